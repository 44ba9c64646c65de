"""The repairs of a text before any of it is judged: characters, line ends, and lines that a program wrapped."""

from __future__ import annotations

import pytest

from pipeline.clean import clean, laid_out
from pipeline.clean.ledger import invert
from pipeline.read import read_document
from pipeline.settings import Settings

WIDE = "the council of the old town has met again to speak of what is to be done with the"


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("long-", "term", "long-term"),
        ("coun-", "cil", "council"),
        ("Kinder-", "und Jugendhilfe", "Kinder- und Jugendhilfe"),
        ("pre-", "and postwar", "pre- and postwar"),
        ("arc-", "en-ciel", "arc-en-ciel"),
        ("Kinder-", "undeutlich", "Kinder-undeutlich"),
        ("allez-y, allez-", "y donc", "allez-y, allez-y donc"),
        ("bridge—", "which", "bridge - which"),
        ("bridge―  ", "which", "bridge - which"),
        ("bridge–", "which", "bridge-which"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_words_at_the_end_of_a_wrapped_line(first: str, second: str, joined: str, line_end: str) -> None:
    lines = [f"{WIDE} {first}", f"{second} {WIDE}", WIDE, WIDE]
    assert laid_out(line_end.join(lines)) == f"{WIDE} {joined} {WIDE} {WIDE} {WIDE}"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("One.\rTwo.\r\nThree.\nFour.", ["One.", "Two.", "Three.", "Four."]),
        ("One.\r\r\nTwo.\n", ["One.", "Two."]),
        ("One.\r\n\r\nTwo.\r", ["One.", "Two."]),
    ],
)
def test_no_carriage_return_is_left_of_mixed_line_ends(text: str, lines: list[str]) -> None:
    assert laid_out(text) == "\n\n".join(lines)
    document = clean(read_document("a.txt", text.encode()), Settings())
    assert "\r" not in document.source
    assert invert(document.source, document.edits) == text
