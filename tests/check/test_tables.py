"""Each check against tables of faulty and faithful translations, and against what holds of any text."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.check import CHECKS, UNUSABLE, check, fault, with_figure
from pipeline.check.pair import Pair
from pipeline.check.quantities import quantities

TABLES = Path(__file__).parent.parent / "data" / "checks"
ROOT = Path(__file__).parent.parent.parent
LEAST_CASES = 20
# Of 100 faithful translations a check may doubt so many at most.
MOST_FALSE_ALARMS = 0.03


def table(name: str) -> Any:
    return json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))


def faithful() -> list[Pair]:
    """Faithful pairs in seven languages, and the Italian ones that the risk is fitted on."""
    lines = [line.split("\t") for line in (TABLES / "faithful.tsv").read_text(encoding="utf-8").splitlines()]
    italian = (ROOT / "benchmarks" / "risk" / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    return [Pair(s, t, code) for code, s, t in lines] + [
        Pair(s, t, "it") for s, t in (line.split("\t") for line in italian)
    ]


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_what_is_faulty_with_evidence(name: str) -> None:
    cases = table(name)["faulty"]
    assert len(cases) >= LEAST_CASES
    for case in cases:
        found = {flag.code: flag for flag in CHECKS[name](Pair(case["source"], case["text"], case["language"]))}
        assert case["code"] in found, case
        flag = found[case["code"]]
        assert flag.source or flag.text
        assert flag.message
        assert "\n" not in flag.message


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_leaves_faithful_translations_alone(name: str) -> None:
    cases = table(name)["faithful"]
    assert len(cases) >= LEAST_CASES
    doubted = [case for case in cases if list(CHECKS[name](Pair(case["source"], case["text"], case["language"])))]
    assert len(doubted) <= MOST_FALSE_ALARMS * len(cases), doubted


def test_false_alarms_are_rare_in_every_language_and_check() -> None:
    pairs = faithful()
    assert {pair.language for pair in pairs} >= {"it", "es", "fr", "pt", "de"}
    alarms = Counter(name for pair in pairs for name, one in CHECKS.items() if list(one(pair)))
    assert all(number <= MOST_FALSE_ALARMS * len(pairs) for number in alarms.values()), alarms
    by_language = Counter(pair.language for pair in pairs if check(pair.source, pair.text, pair.language))
    assert all(number <= 0.07 * sum(p.language == code for p in pairs) + 1 for code, number in by_language.items())


def test_a_translation_is_faulty_when_its_pair_is_swapped() -> None:
    """The sentence after it is not its translation: nearly all such pairs are doubted by one check or another."""
    pairs = faithful()
    swapped = [
        Pair(a.source, b.text, a.language) for a, b in zip(pairs, pairs[7:], strict=False) if a.language == b.language
    ]
    doubted = sum(bool(check(pair.source, pair.text, pair.language)) for pair in swapped)
    assert doubted > 0.6 * len(swapped)


ANY = st.text(max_size=80) | st.text(alphabet="12.,:/%€ \"'«»()@#aàeinot½²٣三点分割พัน", max_size=60)
LANGUAGES = st.sampled_from(["it", "es", "fr", "pt", "de", "ru", "ar", "zh", "ja", "ko", "th", "tr", "xx", "und", "en"])


@given(ANY, ANY, LANGUAGES)
@example("1.2.3.4 1/2/3/4 12:99", "١٢٣ ½ ²", "it")
@example("duecentomilacento", "two hundred and and a half million", "it")
@example("", "", "und")
def test_no_text_breaks_a_check(source: str, text: str, language: str) -> None:
    for flag in check(source, text, language):
        for spans, within in ((flag.source, source), (flag.text, text)):
            assert all(0 <= span.start <= span.end <= len(within) for span in spans)
    fault(source, text, language)
    with_figure(source, text, language)


@given(st.sampled_from(faithful()))
def test_a_source_given_back_is_never_fine(pair: Pair) -> None:
    found = fault(pair.source, pair.source, pair.language)
    assert found is not None or not pair.source.isascii() or pair.language == "de"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("235.000 sfollati", "it", ["235000"]),
        ("235,000 displaced", "en", ["235000"]),
        ("3,5%", "it", ["3.5"]),
        ("1,2 milioni", "it", ["1200000"]),
        ("1.2 million", "en", ["1200000"]),
        ("quatre-vingt-dix-sept", "fr", ["97"]),
        ("fünfunddreißig", "de", ["35"]),
        ("treinta y cinco", "es", ["35"]),
        ("duemilacinquecento", "it", ["2500"]),
        ("two hundred and five", "en", ["205"]),
        ("3 200 personnes", "fr", ["3200"]),
        ("٣٬٢٠٠", "ar", ["3200"]),
        ("tre milioni e mezzo", "it", ["3500000"]),
        ("three and a half million", "en", ["3500000"]),
        ("1,4 mil milhões", "pt", ["1400000000"]),
        ("2.500 millones", "es", ["2500000000"]),
        ("2 mil 500 millones", "es", ["2500000000"]),
        ("1 milione e 200mila", "it", ["1200000"]),
        ("1 million 200 people", "en", ["1000000", "200"]),
        ("1億2000万", "ja", ["120000000"]),
        ("3천만", "ko", ["30000000"]),
        ("5 लाख", "hi", ["500000"]),
        ("1.5 พันคน", "th", ["1500"]),
        ("3 พันธุ์", "th", ["3"]),
        ("9点15分", "zh", ["21:15"]),
    ],
)
def test_numbers_are_read_as_their_language_writes_them(text: str, language: str, expected: list[str]) -> None:
    assert [sorted(q.readings)[0] for q in quantities(text, language) if q.sure] == expected


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("Sono passate 12.400 persone.", "11,400 people have passed.", "12,400 people have passed."),
        ("Nel 1945 finì la guerra.", "The war ended in 1954.", "The war ended in 1945."),
        ("Salì al 3,5% in maggio.", "It rose to 35% in May.", "It rose to 3.5% in May."),
        ("Costa 48,2 milioni.", "It costs 8 million.", None),
        ("Morti 3, feriti 12.", "4 dead, 13 wounded.", None),
        ("Alle 14.30 parte.", "It leaves at 4:30.", None),
        ("Sono 12.400.", "There are many.", None),
        ("Il biglietto costa 12,50 euro.", "The ticket costs 15.50 euros.", "The ticket costs 12.50 euros."),
        ("Il rischio è dello 0,50%.", "The risk is 0.60%.", "The risk is 0.50%."),
    ],
)
def test_a_figure_is_put_back_only_where_it_is_clear(source: str, text: str, expected: str | None) -> None:
    assert with_figure(source, text, "it") == expected


@given(st.integers(2, 99_999), st.sampled_from([7, 12, 24, 60, 100, 1000]))
def test_a_figure_in_another_unit_stays_as_it_is(number: int, unit: int) -> None:
    large = number * unit
    assert with_figure(f"Sono {large} pezzi.", f"There are {number:,} pieces.", "it") is None
    assert with_figure(f"Sono {number} pezzi.", f"There are {large:,} pieces.", "it") is None


@pytest.mark.parametrize(
    ("source", "text", "language", "severity"),
    [
        ("Погибли двадцать три человека.", "23 people died.", "ru", "warning"),
        ("Dwie osoby zginęły.", "2 people died.", "pl", "warning"),
        ("Погибли люди.", "123 people died.", "ru", "error"),
        ("Morirono delle persone.", "23 people died.", "it", "error"),
        ("Morirono delle persone.", "Twenty-three people died.", "it", "warning"),
    ],
)
def test_a_number_that_may_stand_in_unknown_words_is_only_doubted(
    source: str, text: str, language: str, severity: str
) -> None:
    assert [(f.code, f.severity) for f in check(source, text, language)] == [("number-added", severity)]
    assert (fault(source, text, language) is None) == (severity == "warning")


@pytest.mark.parametrize(
    ("figures", "source", "text"),
    [
        (2000, "{} casse,", "9{} boxes,"),
        (500, "alle 7 di sera il 12/3/2024 {} milioni,", "at 7 a.m. on 12/3/2024 {} million,"),
        (500, "due per cento, l'Ottocento, secolo XV, 2-1,", "two hundred, the 1800s, 1-2,"),
    ],
)
def test_the_time_is_linear_in_the_figures(figures: int, source: str, text: str) -> None:
    def seconds(times: int) -> float:
        there, here = ("".join(form.format(1000 + at) for at in range(times)) for form in (source, text))
        pair = Pair(there, here, "it")
        start = time.process_time()
        list(CHECKS["numbers"](pair))
        return time.process_time() - start

    seconds(10)
    assert seconds(4 * figures) < 9 * seconds(figures)  # four times; with each pair compared it is twelve to sixteen


def test_a_place_of_several_words_is_shown_whole() -> None:
    source = "Il volo per la Nuova Zelanda parte domani."
    (flag,) = check(source, "The flight leaves tomorrow for the islands.", "it")
    assert [source[span.start : span.end] for span in flag.source] == ["Nuova Zelanda"]
    assert "Nuova Zelanda" in flag.message


@pytest.mark.parametrize(
    ("language", "source", "text", "expected"),
    [
        ("es", "Murieron 1,250 personas.", "1,250 people died.", None),
        ("es", "El dólar cerró en 17.125 pesos.", "The dollar closed at 17.125 pesos.", None),
        ("es", "La tasa subió al 4.125 por ciento.", "The rate rose to 4.125 percent.", None),
        ("es", "Murieron 1.256 soldados.", "1,265 soldiers died.", "1,256 soldiers died."),
        ("es", "Murieron 1.250 soldados.", "1.250 soldiers died.", "1,250 soldiers died."),
        ("es", "Unas 12 345 personas huyeron.", "Some 12,346 people fled.", "Some 12,345 people fled."),
        ("it", "Del gruppo 12 345 sono qui.", "Of the group 345 are here.", None),
        ("it", "Morirono 1,500 persone.", "1,500 people died.", None),
        ("it", "Costa 1,859 euro.", "It costs 1.86 euros.", "It costs 1.859 euros."),
        ("ar", "عبر 12.400 شخص الجسر.", "12,400 people crossed the bridge.", None),
        ("fa", "۱۲.۴۰۰ نفر رفتند.", "12,400 people left.", None),
        ("he", "12.400 איש", "12,400 people", None),
        ("ko", "3만 명이 참석했다.", "30,000 people attended.", None),
        ("ko", "3만 명이 참석했다.", "3 people attended.", None),
        ("ko", "37명이 참석했다.", "73 people attended.", "37 people attended."),
        ("hi", "5 लाख लोग आए।", "500,000 people came.", None),
        ("cs", "Přišlo 3 tisíce lidí.", "3,000 people came.", None),
        ("ja", "3千人が来た。", "3,000 people came.", None),
        ("zh", "3千人来了。", "3,000 people came.", None),
        ("th", "มีคน 3 พันคน", "There were 3,000 people.", None),
        ("xx", "3 foo", "There were 30 people.", "There were 3 people."),
        ("xx", "3 foo", "There were 300 people.", None),
        ("xx", "3,5 foo", "There were 3,500,000,000 people.", None),
        ("de", "Er ging im Jahr '89.", "He left in 1989.", None),
        ("it", "È nato nel '68.", "He was born in 1968.", None),
        ("it", "È nato nel 68.", "He was born in 1968.", None),
        ("it", "Sono morti in 68.", "1,968 of them died.", None),
        ("it", "Sono morti in 68.", "2,168 of them died.", "68 of them died."),
        ("es", "Cuesta 2 mil 500 pesos.", "It costs 2,500 pesos.", None),
        ("it", "La visita comincia alle 18.", "The tour starts at 6.", None),
        ("it", "La visita comincia alle 18.", "It is the 6 tour.", None),
        ("it", "Lo spread cala di 20 punti base.", "The spread falls by 0.2 points.", None),
        ("it", "Condannato a 24 mesi.", "Sentenced to 2 years.", None),
        ("it", "La tregua dura 72 ore.", "The truce lasts 3 days.", None),
        ("it", "Il film dura 90 minuti.", "The film lasts 1.5 hours.", None),
        ("it", "Mancano 1.500 metri.", "There are 1.5 kilometres to go.", None),
        ("it", "Il muro è alto 35 millimetri.", "The wall is 3.5 centimetres high.", None),
        ("it", "La strada è lunga 100 km.", "The road is 62 miles long.", None),
        ("it", "Ci sono 20 gradi.", "It is 68 degrees Fahrenheit.", None),
        ("it", "Chiamare lo 045 8077.", "Call 054 8077.", None),
        ("it", "Gol al minuto 12.", "A goal in the 21st minute.", None),
        ("it", "Il 3 maggio si vota.", "The vote is on 13th May.", None),
        ("fa", "سال ۱۴۰۲ بود.", "It was the year 2023.", None),
        ("th", "ปี 2566", "The year 2023.", None),
        ("ja", "3割が反対した。", "30% were against it.", None),
        ("ja", "7割が反対した。", "7% were against it.", None),
    ],
)
def test_no_figure_is_put_back_that_may_be_right(language: str, source: str, text: str, expected: str | None) -> None:
    assert with_figure(source, text, language) == expected


def test_the_ladder_acts_on_what_makes_an_output_unusable() -> None:
    assert {code for code in UNUSABLE if (found := _of(code)) and found.code in UNUSABLE} == set(UNUSABLE)


def _of(code: str) -> Any:
    cases = {
        "no-output": ("Il ponte è chiuso.", " - "),
        "loop": ("Home", "home home home home home"),
        "invention": ("La notte", "Subtitles by the team"),
        "copied": ("Il ponte è chiuso.", "Il ponte è chiuso."),
        "not-english": ("Il mercato della città è chiuso.", "Il mercato della city è chiuso dal fire."),
    }
    return fault(*cases[code], "it")
