"""The parts of a sentence become one again: as the source has it, with no capital, stop or space that comes of the cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import Record, Settings, normalize
from pipeline.records import Flag, Pivot, Span, Translation, Unit
from pipeline.rendering import Rendered, fit
from pipeline.translate import Hypothesis
from pipeline.translate.joins import Part, join, seam
from pipeline.verify import _follows

LONG = (
    "Il ministro ha detto che la riforma, che era stata annunciata lo scorso anno e che doveva entrare in vigore a gennaio, sarà"
    " rinviata di almeno sei mesi perché mancano i fondi necessari per pagare i nuovi assunti; l'opposizione, che da mesi chiede"
    " le dimissioni del governo, ha annunciato che voterà contro il decreto e che porterà in piazza migliaia di persone nelle"
    " prossime settimane."
)


def record(text: str, language: str | None = None) -> Record:
    return next(iter(normalize([text], Settings(language=language))))


@pytest.mark.parametrize(
    ("sources", "parts", "gap", "expected"),
    [
        # A clause begins small, behind the mark of its source.
        (
            ("della parte civile,", "ha condannato"),
            ("the civil party,", "He sentenced"),
            " ",
            "the civil party, he sentenced",
        ),
        (("gli assunti;", "l'opposizione"), ("the new ones.", "The opposition"), " ", "the new ones; the opposition"),
        (("del nord,", "dove ieri"), ("the north.", "Where yesterday"), " ", "the north, where yesterday"),
        (("del nord", "dove ieri"), ("the north.", "Where yesterday"), " ", "the north where yesterday"),
        (("il ponte -", "e la strada"), ("The bridge.", "And the road"), " ", "The bridge - and the road"),
        (("إنه قال،", "ثم ذهب"), ("He said.", "Then he left."), " ", "He said, then he left."),
        (("他说，", "她来了。"), ("He said.", "She came."), "", "He said, she came."),
        (("x,", "2.000 persone"), ("x", "Two thousand people"), " ", "x, two thousand people"),
        (("x,", "un uomo"), ("x", "A man"), " ", "x, a man"),
        (("x,", "è finita"), ("x", "It's over"), " ", "x, it's over"),
        # Names, days, months, nationalities, acronyms and the pronoun keep their capital.
        (("x,", "l'Italia paga"), ("x", "Italy pays"), " ", "x, Italy pays"),
        (("x,", "martedì chiude"), ("x", "Tuesday it closes"), " ", "x, Tuesday it closes"),
        (("x,", "a maggio"), ("x", "May is next"), " ", "x, May is next"),
        (("x,", "i turchi"), ("x", "Turkish men"), " ", "x, Turkish men"),
        (("x,", "in inglese"), ("x", "English is spoken"), " ", "x, English is spoken"),
        (("x,", "la Nato dice"), ("x", "NATO says"), " ", "x, NATO says"),
        (("x,", "ho detto"), ("x", "I said"), " ", "x, I said"),
        (("x,", "sono qui"), ("x", "I'm here"), " ", "x, I'm here"),
        (("x,", "il sindaco Bianchi"), ("x", "Mayor Bianchi"), " ", "x, Mayor Bianchi"),
        (("x,", "mentre Bianchi"), ("x", "While Bianchi"), " ", "x, while Bianchi"),
        # Two sentences are two.
        (("nel 44 a.C.", "Il papiro"), ("in 44 BC", "The papyrus"), " ", "in 44 BC. The papyrus"),
        # Words that are names of places, too: none where the source writes no name.
        (("x,", "la Turchia"), ("x", "Turkey"), " ", "x, Turkey"),
        (("x,", "le banche"), ("x", "Banks"), " ", "x, banks"),
        (("x,", "i sindacati"), ("x", "Unions say"), " ", "x, unions say"),
        (("x,", "lo stilista Rose"), ("x", "Rose made it"), " ", "x, Rose made it"),
        (("x,", "Bianchi dice"), ("x", "Whites say"), " ", "x, Whites say"),
        # The stop of an abbreviation is none of the sentence, dots are no stop.
        (("alle 9,", "poi"), ("at 9 a.m.", "Then"), " ", "at 9 a.m., then"),
        (("negli Usa", "poi"), ("in the U.S.", "Then"), " ", "in the U.S. then"),
        (("con un Ph.D.,", "poi"), ("with a Ph.D.", "Then"), " ", "with a Ph.D., then"),
        (("del 4,5,", "poi"), ("by 4.5.", "Then"), " ", "by 4.5, then"),
        (("secondo giornale.it,", "poi"), ("to giornale.it.", "Then"), " ", "to giornale.it, then"),
        (("la ditta", "poi"), ("Acme Inc.", "Then"), " ", "Acme Inc. then"),
        (("dice...", "poi"), ("he says...", "Then"), " ", "he says... Then"),
        (('"Basta"', "ha detto"), ('"Enough."', "He said"), " ", '"Enough" he said'),
        # Where a sentence ends nothing is changed.
        (("Il ponte è chiuso.", "la strada no."), ("Closed.", "The road is not."), " ", "Closed. The road is not."),
        (("È chiuso?", "La strada no."), ("Closed?", "The road is not."), " ", "Closed? The road is not."),
        (("天气好。", "她来了。"), ("It is fine.", "She came."), "", "It is fine. She came."),
        (("ฉันมา", "เธอไป"), ("I came.", "She went."), " ", "I came. She went."),
        (("È chiuso.", "Poi"), ("It is closed.", "Then"), "", "It is closed. Then"),
        # A space stands where the source has one.
        (("di Verona (", "ha scritto"), ("of Verona (", "He wrote"), "", "of Verona (he wrote"),
    ],
)
def test_two_parts_of_a_text_are_joined_as_their_source_is(
    sources: tuple[str, str], parts: tuple[str, str], gap: str, expected: str
) -> None:
    assert "".join(seam(Part(sources[0], parts[0]), Part(sources[1], parts[1]), gap)) == expected


def test_what_no_model_made_is_left_as_it_is() -> None:
    quoted = Part('"We shall see.",', '"We shall see.",', made=False)
    assert seam(quoted, Part("ha detto", "He said"), " ") == ('"We shall see.",', " ", "he said")
    assert seam(Part("ha detto,", "He said."), Part("we see", "We see", made=False), " ") == ("He said,", " ", "We see")


@given(st.text("aA .,;:\"'(é我", max_size=12), st.text("aA .,;:\"'(é我", max_size=12), st.sampled_from(["", " "]))
def test_only_a_stop_a_mark_and_a_capital_change(left: str, right: str, gap: str) -> None:
    before, between, after = seam(Part(left, "The road."), Part(right, "The bridge."), gap)
    assert before in ("The road.", *(f"The road{mark}" for mark in ("", ",", ";", ":")))
    assert after.casefold() == "the bridge."
    assert between in ("", " ")
    assert between == " " or gap == ""


def test_two_halves_become_one_hypothesis() -> None:
    pivot = Pivot("it", "x", -0.1, 2)
    parts = (
        Hypothesis("The bridge is closed.", -0.2, 5, 4, pivot=pivot, unread=("☭",)),
        Hypothesis("The road reopens.", -0.6, 4, 4, pivot=pivot, unread=("☭", "µ")),
    )
    found = join(("Il ponte è chiuso,", "la strada riapre."), parts)
    assert found.text == "The bridge is closed, the road reopens."
    assert (found.score, found.source_tokens, found.target_tokens) == (-0.4, 9, 8)
    assert found.unread == ("☭", "µ")
    assert found.pivot == Pivot("it", "x x", -0.1, 4)


def test_a_long_sentence_is_one_sentence_and_the_record_tells_of_it() -> None:
    found = record(LONG, "it")
    assert len(found.segments) == 2
    assert "; the opposition" in found.text
    assert found.text.count(".") == 1
    made = found.segments[1].translation
    assert made is not None
    assert [attempt.method for attempt in made.attempts] == ["first", "joined"]
    assert made.attempts[0].hypothesis.startswith("The opposition")
    assert all(_follows(found, segment) for segment in found.segments)


def test_a_part_between_two_others_is_fitted_once() -> None:
    sources = ("Il ponte,", "che è chiuso,", "riapre.")
    source = " ".join(sources)
    units = [Unit(0, Span(at := source.index(part), at + len(part)), "it") for part in sources]
    made = ("The bridge.", "Which is closed.", "It reopens.")
    flag = Flag("some-code", "info", "a sentence", text=(Span(6, 16),))
    rendered = [
        Rendered("translated", english, Translation("a-model", None, english, -0.1, 3, 3), (flag,)) for english in made
    ]
    gaps = fit(source, units, rendered)
    text = "".join(gap + one.english for gap, one in zip(gaps, rendered, strict=True))
    assert text == "The bridge, which is closed, it reopens."
    tried = [[attempt.hypothesis for attempt in one.translation.attempts] for one in rendered if one.translation]
    assert tried == [
        ["The bridge.", "The bridge,"],
        ["Which is closed.", "which is closed,"],
        ["It reopens.", "it reopens."],
    ]
    assert [one.flags[0].text[0].end for one in rendered] == [11, 16, 11]


@pytest.mark.parametrize(
    ("text", "start", "inside"),
    [
        (
            'Il sindaco di Verona ("We are going to rebuild every single house in this town", ha scritto ieri in inglese) ha'
            " incontrato gli sfollati nella palestra.",
            '("We are going',
            'town", he wrote',
        ),
        (
            'The mayor spoke again on Tuesday about the old bridge ("Non possiamo pagare ancora, con il prezzo del grano che'
            ' sale ogni settimana") and left the town hall.',
            '("We',
            '") and left',
        ),
    ],
)
def test_a_quotation_in_brackets_is_not_torn_from_them(text: str, start: str, inside: str) -> None:
    found = record(text)
    assert start in found.text
    assert inside in found.text
