"""Sentences and quotations in another language than the paragraph that they stand in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.detect import detect
from pipeline.records import Document, Source
from pipeline.segment import segment
from pipeline.settings import Settings

ORIGIN = Source("a.txt", "0" * 64, 0, "text/plain", "utf-8", False, "lf", (), "ledger", "")
ENGLISH = "The council met on Monday to discuss the harbour. Nobody expected a decision, and there was none."


def units(paragraph: str, options: Settings | None = None) -> list[tuple[str, str]]:
    """The units of a paragraph that stands between two English ones."""
    text = f"{ENGLISH}\n\n{paragraph}\n\n{ENGLISH}"
    found = segment(detect(Document(ORIGIN, text, source=text), options or Settings()), Settings())
    return [(unit.language, text[unit.source.start : unit.source.end]) for unit in found.units if unit.paragraph == 1]


@pytest.mark.parametrize(
    "marked",  # {it} and the like: the language from there on, and where a unit begins
    [
        # A sentence of its own, in a paragraph of either language.
        "{en}She spoke after the vote. {it}Il sindaco non ha voluto rispondere alle domande dei giornalisti. {en}Then she left.",
        "{it}Il sindaco ha parlato ai giornalisti dopo il voto di ieri. {en}Nobody was hurt in the crowd.",
        "{fr}Le maire a parlé aux journalistes après le vote. {es}El alcalde no quiso responder a las preguntas. {en}She left.",
        # A quotation within a sentence: after, before, around and amid what is said of it.
        '{en}The mayor said: {it}"Non ci arrenderemo mai, resteremo nella nostra terra fino alla fine."',
        '{it}"Non ci arrenderemo mai, resteremo nella nostra terra", {en}she said in the hall.',
        '{it}"Non ci arrenderemo mai. Resteremo nella nostra terra fino alla fine della guerra", {en}said the mayor.',
        '{it}"Non ci arrenderemo mai, resteremo nella nostra terra", {en}she said, {it}"e non accetteremo mai un accordo ingiusto".',
        "{en}The sign, which reads {it}«Vietato l'ingresso ai non addetti ai lavori in corso», {en}was taken down.",
        '{en}He wrote: {ru}"Мы никогда не сдадимся и останемся здесь до самого конца войны", {en}and she wept.',
        # What is quoted within a foreign sentence belongs to it.
        '{it}Il ministro ha detto che "la pace è vicina" e che tutti torneranno presto a casa loro.',
    ],
)
def test_each_language_is_a_unit_of_its_own(marked: str) -> None:
    wanted = [(part[:2], part[3:].strip()) for part in marked.split("{")[1:]]
    assert units(" ".join(text for _, text in wanted)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        'He played in "La vita è bella" and in "Il postino" before he moved to the theatre.',
        'The song "Bella ciao" was sung by the crowd.',
        'It measures 5" by 7" and was sold for 300 pounds to a man who did not give his name.',
        '"No," he said.',
        'It was signed by "Ludovica Brenzoni, Osteria della Luna, Via dei Mille, Castel San Pietro", it says.',
        '"',
    ],
)
def test_titles_names_and_inches_are_no_quotation_in_another_language(text: str) -> None:
    assert units(text) == [("en", text)]


def test_one_word_does_not_read_as_a_language() -> None:
    before = "Il sindaco ha parlato ai giornalisti dopo il voto di ieri. Nessuno si aspettava una decisione."
    english = "We are going to rebuild every single house in this town."
    text = "\n\n".join([before, before, f"{english} Come. {english}", f"{english} Come noi. {english}", before, before])
    found = segment(detect(Document(ORIGIN, text, source=text), Settings()), Settings()).units
    languages = {text[unit.source.start : unit.source.end]: unit.language for unit in found}
    assert languages["Come."] == "en"  # the same letters are an Italian word
    assert languages["Come noi."] == "it"


def test_a_given_language_is_not_questioned() -> None:
    text = 'She said: "Non ci arrenderemo mai, resteremo nella nostra terra fino alla fine."'
    assert units(text, Settings(language="en")) == [("en", text)]


PIECES = [
    '"',
    "“",
    "” ",
    "« ",
    "»",
    " ",
    ". ",
    ", ",
    "5",
    "the house of the ",
    "della nostra terra non ",
    "он не был там ",
    "字",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
@settings(deadline=None)
def test_units_cover_all_but_white_space(pieces: list[str]) -> None:
    text = "".join(pieces)
    document = segment(detect(Document(ORIGIN, text, source=text), Settings()), Settings())
    at = 0
    for unit in document.units:
        words = text[unit.source.start : unit.source.end]
        assert unit.source.start >= at
        assert not text[at : unit.source.start].strip()
        assert words == words.strip() != ""
        at = unit.source.end
    assert not text[at:].strip()
