"""Segments: the golden sentences by language, exact offsets on all text, and long sentences cut at clauses."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Span
from pipeline.segment import _QUOTED, MAX_WORDS, clauses, length
from pipeline.sentences import sentence_spans

GOLDEN = Path(__file__).parent.parent / "data" / "segments"

# Boundary F1 below which the splitter has become worse, by language; measured 2026-11-22 (de and it 2026-11-30) on all
# cases of the file, less one point. A floor falls only on purpose, in its own commit, with the reason.
FLOORS = {
    "ar": 95,
    "de": 99,
    "en": 97,
    "es": 97,
    "fa": 96,
    "fr": 98,
    "it": 97,
    "pt": 97,
    "ru": 97,
    "tr": 98,
    "uk": 98,
    "zh": 96,
}


def boundaries(text: str, sentences: list[str]) -> set[int]:
    """Where each golden sentence but the first starts."""
    starts, at = [], 0
    for sentence in sentences:
        at = text.index(sentence, at)
        starts.append(at)
        at += len(sentence)
    return set(starts[1:])


@pytest.mark.parametrize("language", FLOORS)
def test_sentences_of_the_golden_files(language: str) -> None:
    right = found = wanted = 0
    for case in json.loads((GOLDEN / f"{language}.json").read_text(encoding="utf-8")):
        gold = boundaries(case["text"], case["sentences"])
        ours = {start for start, _ in sentence_spans(case["text"], language)[1:]}
        right, found, wanted = right + len(gold & ours), found + len(ours), wanted + len(gold)
    assert 200 * right / (found + wanted) >= FLOORS[language]


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300), st.sampled_from(["it", "en", "zh", "ar"])
)
def test_spans_cover_all_but_white_space(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    outside = [text[a:b] for a, b in zip([0, *(e for _, e in spans)], [*(s for s, _ in spans), len(text)], strict=True)]
    assert not any(gap.strip() for gap in outside)
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)


@given(
    st.lists(
        st.sampled_from(["la valle,", "il fiume;", "guerra", "di", "x" * 90, "e", "字" * 30]), min_size=1, max_size=400
    )
)
def test_no_segment_is_longer_than_the_model_reads(words: list[str]) -> None:
    text = " ".join(words)
    parts = list(clauses(text, Span(0, len(text))))
    assert all(length(text[part.start : part.end]) <= MAX_WORDS for part in parts)
    assert "".join(text[p.start : p.end] for p in parts).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("language", "text"),  # | is where a sentence ends
    [
        ("ja", "彼は『知らない。』と言った。|それから帰った。"),
        ("ja", "【速報。】地震がありました。|津波の心配はありません。"),
        ("zh", "他说：『不知道。』然后走了。|没有人问他。"),
        ("ja", "彼は「勝った。」と言った。|『嫌だ！』と叫んだ。"),
    ],
)
def test_a_closing_mark_begins_no_sentence(language: str, text: str) -> None:
    whole = text.replace("|", "")
    assert [whole[start:end] for start, end in sentence_spans(whole, language)] == text.split("|")


@pytest.mark.parametrize(
    ("language", "text"),  # | is where a sentence ends
    [
        # A German ordinal before a noun; a number before a word that opens a sentence.
        ("de", "Im 21. Jahrhundert lebt er.|Nach dem 2. Weltkrieg kam sie."),
        ("de", "Der 45. Präsident der USA kam.|Er spielte für den 1. FC Köln in der 2. Bundesliga."),
        ("de", "Das Tor fiel in der 80. Minute.|Zu seinem 100. Geburtstag kamen alle."),
        ("de", "Am Freitag, 5. Mai, geht es los.|Es geht um den 2. und 3. Platz."),
        ("de", "Er kam am 5.|Danach ging er.|Das galt bis 2019.|Siemens will mehr."),
        ("de", "Er wohnt in Haus Nummer 5.|Bayern gewann."),
        # An accented letter is a word, a capital or a caseless letter an initial.
        ("it", "Ecco qual è.|Il ministro tace."),
        ("pt", "O que é.|A polícia disse."),
        ("fr", "Il va à.|Il lit un roman d'É. Zola."),
        ("it", "Anche l'O.N.U. è favorevole.|È di É. Zola."),
        # Letters with stops, written onto one another; years before Christ, after which a sentence may begin.
        ("fr", "Selon l'O.N.U., plus de 300 civils.|Selon l’O.M.S., 12."),
        ("it", "Nel 44 a.C. Cesare fu ucciso.|Nel 63 a. C. Augusto nacque.|Morì nel 14 d.C. a Nola."),
        ("it", "Visse nel I secolo a.C.|L'imperatore lo lodò nel 44 a. C.|La città fu poi distrutta."),
        ("pt", "No século I a.C. e depois.|No ano 44 a. C. César caiu.|Foi em 300 a.C.|A cidade ardeu."),
        ("es", "En el 44 a.C. César cayó.|Fue en el siglo V a. C.|La ciudad ardió."),
        ("ro", "În 44 î.Hr. Cezar a fost ucis."),
        ("en", "J. K. Rowling came.|She left."),
        ("ru", "Это А. С. Пушкин.|Он поэт."),
        ("ar", "ألقى د. سامر الحلبي كلمة الافتتاح.|ثم بدأ النقاش."),
        ("ko", "경찰이 조사 중.|피해자는 없다."),
        # Polish and Dutch abbreviations.
        ("pl", "Park im. Jana Pawła II przy pl. Wolności i al. Jerozolimskich.|Dał im.|Potem poszedł."),
        ("pl", "Gen. Andrzejczak, płk. Nowak i ks. Jan Kos byli u św. Jana.|To nowy gen.|To ważne."),
        ("pl", "Przyszło ok. 30 osób, m.in. Polacy z woj. Mazowieckiego.|Wszystko jest ok.|Potem poszedł."),
        ("pl", "To tzw. Dolina Śmierci.|Pełnomocnik ds. Unii kupił chleb, sól itd.|Było to w 1998 r.|Potem poszedł."),
        ("pl", "Tak mówi art. 5 ust. 2 pkt. 3 ustawy.|Zobacz onet.pl.|To ważne."),
        ("nl", "Steden als o.a. Amsterdam groeien.|Daar was mevr. De Vries."),
        ("nl", "Op 3 jan. 2020 en in okt. 2021 kocht hij brood, zout enz.|Daarna zag hij Jan.|3 mensen keken toe."),
        # Abbreviations that are words or units, too.
        ("ru", "Он сказал им.|Они ушли в театр им. Пушкина на завод им. В. И. Ленина."),
        ("ru", "Он купил хлеб, соль и пр.|Он ушёл на пр. Мира."),
        ("ru", "Приехал ген. Иванов.|Обнаружен ген.|Это важно."),
        ("uk", "Довжина 30 м.|Міст закрито у м. Києві."),
        ("fr", "Une tour de 30 m.|M. Dupont a refusé.|MM. Roux aussi."),
        ("it", "Dura 30 s.|Poi basta."),
        ("es", "Dura 30 s.|Luego no."),
        ("de", "Der Gewinn stieg auf 3 Mrd.|Der Umsatz fiel auf 2 Mrd. Euro."),
        ("de", "Die Stadt hat 5 Mio.|Die Stadt hat 5 Mio. Einwohner."),
        ("de", "Das war 79 n. Chr.|Die Stadt war leer.|Das war 79 n.\u00a0Chr. in Pompeji."),
        # An apostrophe that begins a word.
        ("nl", "'s Avonds kwam hij.|'s Morgens ging hij.|'t Is koud."),
        ("nl", "’s Avonds kwam hij.|’s Morgens ging hij.|Hij is dr. 't Hart."),
        ("it", "Cantava sempre.|'O sole mio è bella."),
        ("en", "He left.|'I see,' he said.|'Twas cold."),
        # Korean goes on after a quotation; a Korean date.
        ("ko", '그는 "우리가 이겼다."고 말했다.|그는 “갔다.”라고 했다.'),
        ("ko", "2024. 3. 15. 서울에서 만났다.|3명이 갔다."),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(language: str, text: str) -> None:
    whole = text.replace("|", " ")
    assert [whole[start:end] for start, end in sentence_spans(whole, language)] == text.split("|")


def test_a_text_without_stops_is_not_cut_within_a_word() -> None:
    text = "слово " * 3_000
    assert all(
        text[start:end].split() == ["слово"] * len(text[start:end].split()) for start, end in sentence_spans(text, "ru")
    )


@pytest.mark.parametrize("mark", ['"', "«»", "“", "„”"])
def test_a_run_of_quotation_marks_costs_no_more_than_words(mark: str) -> None:
    start = time.perf_counter()
    list(_QUOTED.finditer(mark * 100_000))  # a square would be minutes
    assert time.perf_counter() - start < 5


def test_thai_is_as_long_as_its_characters_say() -> None:
    text = "เจ้าหน้าที่ปิดสะพานเมื่อวันจันทร์" * 20
    parts = list(clauses(text, Span(0, len(text))))
    assert length(text) > MAX_WORDS
    assert len(parts) > 1
    assert "".join(text[part.start : part.end] for part in parts) == text


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    clause = "i soccorritori hanno portato coperte e acqua nei villaggi sopra il fiume"
    text = "; ".join([clause] * 8) + "."
    parts = [text[part.start : part.end] for part in clauses(text, Span(0, len(text)))]
    assert len(parts) > 1
    assert all(part.endswith((";", ".")) for part in parts)


IT = "i soccorritori hanno portato coperte e acqua nei villaggi sopra il fiume " * 3
AR = "وصلت فرق الإنقاذ إلى القرى التي غمرتها مياه النهر ليلة أمس " * 4
ZH = "救援人员把毯子和水送到河上游的村庄里" * 4


@pytest.mark.parametrize(
    "text",  # | is where it is cut
    [
        f"{IT}alle 14:30 |di domani {IT}",
        f"{IT}costava |3,5 milioni {IT}",
        f"{IT}su |https://example.org:8080/a,b;c {IT}",
        f"{IT}sono 3, 5 o 7: |{IT}",
        f"{IT}lo dicono tutti, |{IT}",
        f"{AR}عند |١٤:٣٠ غدا {AR}",
        f"{AR}نحو ٣،٥ |مليون {AR}",
        f"{AR}وقال الوزير،|وأضاف {AR}",
        f"{AR}حتى عام 2019، |{AR}",
        f"{ZH}|14:30{ZH}",
        f"{ZH}|14：30{ZH}",
        f"{ZH}人|3,500元{ZH}",
        f"{ZH}他说,|{ZH}",
        f"{ZH}他说：|{ZH}",
        f"{ZH}他说，|3人{ZH}",
        f'{ZH}"好"，|"不"{ZH}',
    ],
)
def test_no_time_figure_or_address_is_cut(text: str) -> None:
    whole = text.replace("|", "")
    assert [whole[p.start : p.end] for p in clauses(whole, Span(0, len(whole)))] == [p.strip() for p in text.split("|")]
