"""The repair ladder: what it retries, in which order, and that a segment's output depends on nothing but itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check import fault
from pipeline.models import Model
from pipeline.settings import Settings
from pipeline.translate import Decoding, Engine, Hypothesis, load_engine
from pipeline.translate.plan import translate_all
from pipeline.translate.repair import FIGURES, fold_capitals, halves, join, repair

MODEL = Path(__file__).parent.parent.parent / "models" / "romance-en"
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
)


class Scripted:
    """An engine whose words are written down: for each text the outputs of one call after another."""

    max_length = 512

    def __init__(self, outputs: dict[str, list[str]]) -> None:
        self.outputs = {text: list(said) for text, said in outputs.items()}
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
                Hypothesis(self.outputs[s].pop(0), -0.5, 5, 5)
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
    assert found.attempts[-1].method == FIGURES
    assert found.attempts[-1].fault is None


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("th", "มีคน 3 พันคน", "There were 3,000 people."),
        ("et", "Tuli 3 tuhat inimest.", "3,000 people came."),
        ("it", "È nato nel 68.", "He was born in 1968."),
    ],
)
def test_a_figure_that_may_be_right_is_left_with_its_flag(language: str, text: str, said: str) -> None:
    (found,) = repair([text], [Hypothesis(said, -0.1, 5, 5)], Scripted({text: [said] * 20}), language)
    assert found.text == said
    assert [one.fault for one in found.attempts] == ["number-changed"] * 3


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
        "The bridge is closed the road reopens.",
        -0.4,
        9,
        8,
    )


def test_capitals_are_folded_but_for_acronyms() -> None:
    assert fold_capitals("La DIGA di VALDORA, dice la NATO") == "La DIGA di Valdora, dice la NATO"


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
        before, after = (fault(text, one.text, "it") for one in (first, known[text]))
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
