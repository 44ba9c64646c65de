"""The repair ladder: what it retries, in which order, and that a segment's output depends on nothing but itself."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check import fault
from pipeline.check.addresses import ADDRESS
from pipeline.figures import written_english
from pipeline.models import Model
from pipeline.settings import Settings
from pipeline.translate import Decoding, Engine, Hypothesis, load_engine
from pipeline.translate.joins import join
from pipeline.translate.plan import translate_all
from pipeline.translate.repair import MAX_GAP, halves, ladder, repair
from pipeline.translate.restore import with_addresses

ROOT = Path(__file__).parent.parent.parent
MODEL = ROOT / "models" / "romance-en"
# Sentences of all kinds, some of which the bundled model gets wrong at the first try.
SENTENCES = (
    "In quarantotto ore hanno attraversato il Ponte del Sale 12.400 persone, quasi la metà delle quali minorenni.",
    "Le condizioni sanitarie preoccupano i medici, che in due giorni hanno visitato 1.870 pazienti.",
    "La nave trasportava 14.000 tonnellate di fertilizzante.",
    "Il piano costa 48,2 milioni di dollari, di cui 7,35 milioni a carico della provincia di Dorsan.",
    "Home Sport Cultura Meteo Abbonati Home Sport Cultura Meteo Abbonati Home Sport Cultura Meteo Abbonati",
    "Il fiume è in piena.",
    "BREAKING: la DIGA di Valdora HA CEDUTO nella NOTTE, evacuati 2.317 abitanti",
    "Telefono 0431 558812, fax 0431 558813, interno 2204, codice 77190.",
    "ULTIM'ORA: EVACUATE 2.317 PERSONE A DORSAN",
    "12:30 14:45 16:00 18:15 20:30",
    "Dei 48,2 milioni richiesti ne sono arrivati 5,3, e una parte di quella somma è finita nel fango insieme alle tende.",
)


class Scripted:
    """An engine whose words are written down: for each text the outputs of one call after another."""

    max_length = 512

    def __init__(self, outputs: dict[str, list[str]], score: float = -0.1) -> None:
        self.outputs = {text: list(said) for text, said in outputs.items()}
        self.score = score
        self.calls: list[tuple[str, ...]] = []

    def length(self, segment: str) -> int:
        return len(segment.split()) + 1

    def translate(self, segments: Sequence[str]) -> list[Hypothesis]:
        return [found[0] for found in self.candidates(segments, Decoding())]

    def candidates(self, segments: Sequence[str], decoding: Decoding) -> list[list[Hypothesis]]:
        if segments:
            self.calls.append(tuple(segments))
        return [
            [
                Hypothesis(self.outputs[s].pop(0), self.score, 5, 5)
                for _ in range(min(decoding.candidates, len(self.outputs[s])))
            ]
            for s in segments
        ]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load_engine(Settings(), Model(MODEL), threads=1)


def test_the_first_hypothesis_stands_where_it_has_no_fault() -> None:
    scripted = Scripted({"Il fiume è in piena.": ["The river is in flood."]})
    known: dict[str, Hypothesis] = {}
    translate_all(["Il fiume è in piena."], scripted, known, language="it")
    assert known["Il fiume è in piena."].attempts == ()
    assert len(scripted.calls) == 1


def test_a_figure_in_the_format_of_its_source_is_no_reason_to_ask_again() -> None:
    scripted = Scripted({"Au nord vivent 235 000 habitants.": ["In the north live 235 000 inhabitants."]})
    (found,) = repair(
        ["Au nord vivent 235 000 habitants."], scripted.translate(["Au nord vivent 235 000 habitants."]), scripted, "fr"
    )
    assert (found.attempts, len(scripted.calls)) == ((), 1)


def test_only_what_failed_is_tried_again_and_every_try_is_logged() -> None:
    good, bad = "Il fiume è in piena.", "La nave trasportava 14.000 tonnellate."
    scripted = Scripted(
        {
            good: ["The river is in flood."],
            bad: ["The ship.", "It carried 40 tonnes.", "The ship carried 14,000 tonnes."],
        }
    )
    known: dict[str, Hypothesis] = {}
    translate_all([good, bad], scripted, known, language="it")
    assert [set(call) for call in scripted.calls] == [{good, bad}, {bad}]
    found = known[bad]
    assert found.text == "The ship carried 14,000 tonnes."
    assert [(one.method, one.fault) for one in found.attempts] == [("first", "too-short"), ("beam:8", None)]
    assert known[good].attempts == ()


def test_where_nothing_passes_the_least_damaged_stays() -> None:
    text = "Morti 3, feriti 12."
    first = [Hypothesis("home home home home home home", -0.1, 5, 5)]
    scripted = Scripted({text: ["Dead."] * 7 + ["Killed 4, wounded 13."] * 2})
    (found,) = repair([text], first, scripted, "it")
    assert found.text == "Killed 4, wounded 13."
    assert [one.method for one in found.attempts] == ["first", "beam:8", "no-repeat:3"]
    assert all(one.fault for one in found.attempts)


def test_a_single_wrong_figure_is_put_back_at_the_end() -> None:
    text = "Sono 12.400 persone."
    said = "They are 11,400 people."
    (found,) = repair([text], [Hypothesis(said, -0.1, 5, 5)], Scripted({text: [said] * 20}), "it")
    assert found.text == "They are 12,400 people."
    assert found.attempts[-1].method == "figure"
    assert found.attempts[-1].fault is None


ADDRESSES = [
    ("Il bando è su www.comune.verona.it/bandi.", "The band is on www.comune.verona.it/bands.", True),
    ("I dati sono su istat.it e su dati.gov.it.", "The data is istat.it and your data.gov.it.", True),
    ("La campagna #EleNão ha unito tutti.", "The campaign #He has united all.", True),
    ("Scrivi a @mario_rossi83 o a ufficio@esempio.it!", "Write to @mario_ross83 or to office@example.it!", True),
    (
        "Il sito è www.comune.verona.it, il profilo @verona.",
        "The site is @verone, the profile www.comune.verone.it.",
        False,
    ),
    ("Il bando è su www.comune.verona.it.", "The band is on the site.", False),
    ("Il bando è sul sito.", "The band is on www.comune.verona.it.", False),
]


@pytest.mark.parametrize(("text", "said", "mended"), ADDRESSES)
def test_addresses_are_put_back_without_asking_the_model_again(text: str, said: str, mended: bool) -> None:
    scripted = Scripted({text: [said] * 20})
    (found,) = repair([text], [Hypothesis(said, -0.1, 5, 5)], scripted, "it")
    assert (found.text != said) is mended
    assert (found.fault is None) is mended
    if mended:
        assert [one.method for one in found.attempts] == ["first", "address"]
        assert scripted.calls == []


@given(st.sampled_from(ADDRESSES), st.text(max_size=20))
def test_what_is_put_back_is_letter_by_letter_and_nothing_else_changes(case: tuple[str, str, bool], tail: str) -> None:
    source, said, mended = case
    text = with_addresses(source, f"{said} {tail}".strip())
    if text is not None and mended and not ADDRESS.search(tail):
        assert [m[0].rstrip(".!") for m in ADDRESS.finditer(text)] == [
            m[0].rstrip(".!") for m in ADDRESS.finditer(source)
        ]
        assert ADDRESS.sub("", text).split() == ADDRESS.sub("", f"{said} {tail}").split()


def test_an_address_and_a_figure_are_put_back_together() -> None:
    text = "Sono 12.400 persone, dice www.comune.verona.it."
    said = "They are 11,400 people, says www.comune.verone.it."
    (found,) = repair([text], [Hypothesis(said, -0.1, 5, 5)], Scripted({text: [said] * 20}), "it")
    assert found.text == "They are 12,400 people, says www.comune.verona.it."
    assert found.attempts[-1].method == "address+figure"


@pytest.mark.parametrize(
    ("first", "gap", "stays"),
    [
        # A retry that is much less likely than what it should mend is no repair: the check may be wrong.
        ("There are 8 signatures, 902 more than in May.", MAX_GAP - 0.01, False),
        ("There are 8 signatures, 902 more than in May.", MAX_GAP + 0.01, True),
        ("Firmano 7, sono 900 più di maggio.", MAX_GAP + 5, False),
        ("They they they they they they they they.", MAX_GAP + 5, False),
    ],
)
def test_a_much_less_likely_retry_does_not_replace_what_can_be_used(first: str, gap: float, stays: bool) -> None:
    text = "Firmano 7, sono 900 più di maggio."
    retry = "7 people sign, 900 more than in May."
    scripted = Scripted({text: [retry] * 20}, score=-0.1 - gap)
    (found,) = repair([text], [Hypothesis(first, -0.1, 5, 5)], scripted, "it")
    assert found.text == (first if stays else retry)
    assert retry in [one.hypothesis for one in found.attempts]


def test_of_two_that_are_equally_damaged_the_likelier_stands() -> None:
    text = "Morti 3, feriti 12."
    scripted = Scripted({text: ["Killed 5, wounded 14."] * 8}, score=-0.05)
    (found,) = repair([text], [Hypothesis("Killed 4, wounded 13.", -0.1, 5, 5)], scripted, "it")
    assert {one.fault for one in found.attempts} == {"number-changed"}
    assert found.text == "Killed 5, wounded 14."


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        ("Killed 4, wounded 13.", False),
        ("Killed killed killed killed killed killed.", True),
        ("In the town 4 died, in the town 13 were hurt.", True),
        ("Lalalalalalalala 3, 12.", True),
    ],
)
def test_repetition_is_blocked_only_where_something_repeats(first: str, asked: bool) -> None:
    text = "Morti 3, feriti 12."
    scripted = Scripted({text: ["Killed 4, wounded 13."] * 20})
    (found,) = repair([text], [Hypothesis(first, -0.1, 5, 5)], scripted, "it")
    assert ("no-repeat:3" in [one.method for one in found.attempts]) is asked


def test_the_record_says_what_the_model_was_given_for_each_try() -> None:
    text = "BREAKING: la DIGA di VALDORA ha ceduto; evacuati 2.317 abitanti ieri."
    folded = "Breaking: la DIGA di Valdora ha ceduto; evacuati 2.317 abitanti ieri."
    parts = ("BREAKING: la DIGA di VALDORA ha ceduto;", "evacuati 2.317 abitanti ieri.")
    said = dict.fromkeys((text, folded, *parts), ["The dam gave way, 6 left."] * 20)
    (found,) = repair([text], [Hypothesis("The dam gave way, 5 left.", -0.1, 5, 5)], Scripted(said), "it")
    assert {one.method: one.given for one in found.attempts} == {
        "first": (),
        "folded": (folded,),
        "split": parts,
        "beam:8": (),
    }


def test_a_part_without_words_is_copied() -> None:
    text = "2019, 2020, 2021, 2022, 2023: il ponte è rimasto chiuso"
    figures, words = "2019, 2020, 2021, 2022, 2023:", "il ponte è rimasto chiuso"
    scripted = Scripted({words: ["the bridge remained closed"]})
    (found,) = repair([text], [Hypothesis("", -1, 1, 1)], scripted, "it")
    assert found.text == f"{figures} the bridge remained closed"
    assert scripted.calls == [(words,)]
    assert found.score == -0.1
    assert found.attempts[-1].given == (figures, words)


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("pipeline.translate.repair", "LADDER", 99),
        ("pipeline.translate.repair", "CHECKS_VERSION", 99),
        ("pipeline.translate.repair", "UNITS_VERSION", 99),
    ],
)
def test_what_decides_a_hypothesis_is_in_its_key(
    module: str, name: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ladder()
    monkeypatch.setattr(f"{module}.{name}", value)
    assert ladder.__wrapped__() != before


@pytest.mark.parametrize(
    "name",
    ["check/data/hallucinations.toml", "check/data/english.txt", "function_words.toml", "translate/clauses.toml"],
)
def test_the_data_that_decides_a_hypothesis_is_in_its_key(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "pipeline"
    shutil.copytree(ROOT / "pipeline" / "check" / "data", package / "check" / "data")
    shutil.copy(ROOT / "pipeline" / "function_words.toml", package)
    (package / "translate").mkdir()
    shutil.copy(ROOT / "pipeline" / "translate" / "clauses.toml", package / "translate")
    monkeypatch.setattr("pipeline.translate.repair.resources.files", lambda _: package)
    assert ladder.__wrapped__() == ladder()
    with (package / name).open("a") as file:
        file.write("\n")
    assert ladder.__wrapped__() != ladder()


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("et", "Tuli 3 tuhat inimest.", "3,000 people came."),
        ("it", "È nato nel 68.", "He was born in 1968."),
    ],
)
def test_a_figure_that_may_be_right_is_left_with_its_flag(language: str, text: str, said: str) -> None:
    (found,) = repair([text], [Hypothesis(said, -0.1, 5, 5)], Scripted({text: [said] * 20}), language)
    assert found.text == said
    assert [one.fault for one in found.attempts] == ["number-changed"] * 2


@pytest.mark.parametrize(
    ("segment", "parts"),
    [
        (
            "Il ponte è chiuso da ieri; la strada riapre domani mattina.",
            ("Il ponte è chiuso da ieri;", "la strada riapre domani mattina."),
        ),
        (
            "Il ponte è chiuso da ieri e la strada riapre domani.",
            ("Il ponte è chiuso da ieri", "e la strada riapre domani."),
        ),
        (
            "Il governo ha speso per questo circa 3,5 milioni di euro in un anno.",
            ("Il governo ha speso per questo circa", "3,5 milioni di euro in un anno."),
        ),
        (
            "Da ieri il ponte è chiuso, riapre alle 14:30 di domani.",
            ("Da ieri il ponte è chiuso,", "riapre alle 14:30 di domani."),
        ),
        (
            "أغلق الجسر أمس في الساعة ١٤:٣٠ وكلفته ٣،٥ مليون دولار أمريكي.",
            ("أغلق الجسر أمس في الساعة", "١٤:٣٠ وكلفته ٣،٥ مليون دولار أمريكي."),
        ),
        (
            "أغلق الجسر أمس في المساء،وأعيد فتحه هذا اليوم قبل الظهر.",
            ("أغلق الجسر أمس في المساء،", "وأعيد فتحه هذا اليوم قبل الظهر."),
        ),
        ("Il ponte è chiuso.", None),
    ],
)
def test_a_segment_is_cut_at_the_best_boundary(segment: str, parts: tuple[str, str] | None) -> None:
    assert halves(segment) == parts


@given(st.text(max_size=200))
def test_halves_lose_no_character(segment: str) -> None:
    parts = halves(segment)
    if parts is not None:
        assert "".join("".join(parts).split()) == "".join(segment.split())
        assert all(parts)


def test_two_parts_become_one_sentence() -> None:
    parts = (Hypothesis("The bridge is closed.", -0.2, 5, 4), Hypothesis("The road reopens.", -0.6, 4, 4))
    joined = join(("Il ponte è chiuso,", "la strada riapre."), parts)
    assert (joined.text, joined.score, joined.source_tokens, joined.target_tokens) == (
        "The bridge is closed, the road reopens.",
        -0.4,
        9,
        8,
    )


def test_a_retry_does_not_depend_on_what_stands_beside_it(engine: Engine) -> None:
    together: dict[str, Hypothesis] = {}
    translate_all(SENTENCES, engine, together, language="it")
    assert any(found.attempts for found in together.values())
    for text in SENTENCES:
        alone: dict[str, Hypothesis] = {}
        translate_all([text], engine, alone, language="it")
        assert alone[text] == together[text]


def test_the_ladder_never_makes_it_worse(engine: Engine) -> None:
    known: dict[str, Hypothesis] = {}
    translate_all(SENTENCES, engine, known, language="it")
    for text, first in zip(SENTENCES, engine.translate(SENTENCES), strict=True):
        before, after = (fault(text, written_english(text, one.text, "it").text, "it") for one in (first, known[text]))
        assert (after.weight if after else 0) <= (before.weight if before else 0)
        if before is None:
            assert known[text] == first
        else:
            assert known[text].attempts[0].hypothesis == first.text
            assert known[text].attempts[0].fault == before.code


def test_candidates_are_best_first_and_the_first_is_the_translation(engine: Engine) -> None:
    (found,) = engine.candidates([SENTENCES[5]], Decoding(beam=8, candidates=8))
    assert len({one.text for one in found}) == len(found) == 8
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert engine.candidates([SENTENCES[5]], Decoding())[0] == engine.translate([SENTENCES[5]])


def test_blocked_n_grams_do_not_come_twice(engine: Engine) -> None:
    (found,) = engine.candidates([SENTENCES[4]], Decoding(no_repeat=3))
    words = found[0].text.split()
    runs = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    assert len(runs) == len(set(runs))
