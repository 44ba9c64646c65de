"""The repairs of a text before any of it is judged: characters, line ends, and lines that a program wrapped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import REPAIRS, clean, laid_out
from pipeline.clean.characters import DASHES, LETTER_JOINERS, RULES
from pipeline.clean.ledger import apply, invert
from pipeline.clean.unicode import tidy
from pipeline.read import read_document
from pipeline.records import Edit
from pipeline.settings import Settings

# All that house style changes, what stands beside it, and what the other repairs look for.
CHARACTERS = sorted({*DASHES, *LETTER_JOINERS, *"aAé1 \n-.,&;<>\"'|\u0301", *(c for rule in RULES for c in rule.table)})
PIECES = [
    "« ",
    " »",
    "« »",
    "«\u202f",
    "\u202f»",
    "<<",
    ">>",
    "<< ",
    " >>",
    "\r\n",
    "  ",
    "-\n",
    "\u00ad\n",
    "&amp;",
    "Ã©",
    "\x1b[0m",
]
TEXT = st.lists(
    st.sampled_from(CHARACTERS) | st.sampled_from([*PIECES, "word", "the council of the old town has met "])
).map("".join)

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


@pytest.mark.parametrize("repair", REPAIRS)
@given(text=TEXT)
def test_the_edits_of_a_repair_are_in_order_apart_and_fit(repair: Callable[[str], Iterable[Edit]], text: str) -> None:
    edits = list(repair(text))
    assert all(a.end <= b.start for a, b in pairwise(edits))
    assert all(edit.original != edit.replacement for edit in edits)
    assert invert(apply(text, edits), edits) == text


@pytest.mark.parametrize(
    ("text", "styled"),
    [
        ("entre les signes « » et non", 'entre les signes " " et non'),
        ("les “ ” de l'anglais", 'les " " de l\'anglais'),
        ("« Oui », « non »", '"Oui", "non"'),
        ("«\u202fOui\u202f», «non»", '"Oui", "non"'),
        ("<<Non torneremo>>, ha detto. E poi: <<Basta>>.", '"Non torneremo", ha detto. E poi: "Basta".'),
        ("<< Nous n’avons\npas peur >>, dit-il", '"Nous n\'avons pas peur", dit-il'),
        ("<<\u00a0Oui\u00a0>>", '"Oui"'),
        ("dell'<<Avanti>>", 'dell\'"Avanti"'),
        ("¿Qué dijo? (<<Nada>>)", '¿Qué dijo? ("Nada")'),
        ("x<<2 and y>>2", "x<<2 and y>>2"),
        ("1 << 2 is 4", "1 << 2 is 4"),
        ("x << 2 and y >> 3", "x << 2 and y >> 3"),
        ("m << M, ma M >> m", "m << M, ma M >> m"),
        ("le groupe << A >> est", 'le groupe "A" est'),
        ("Il a << raison >>, dit-on", 'Il a "raison", dit-on'),
        (">> that is what she wrote", ">> that is what she wrote"),
        ("<< Indietro | Avanti >>", "<< Indietro | Avanti >>"),
        ("<<One\n\nTwo>>", "<<One Two>>"),
        ("<<>>, << >>, <<<a>>>", "<<>>, << >>, <<<a>>>"),
        ("Il crie << Assez ! >>, puis << Allez >>.", 'Il crie "Assez !", puis "Allez".'),
        ("Elle répond << Fort ; lent >> (p. 5)", 'Elle répond "Fort ; lent" (p. 5)'),
        ("Le livre <<1984>> est paru", 'Le livre "1984" est paru'),
        *(
            (code, code)
            for code in (
                'cout << "x"; cin >> y',
                'Write cout << "Name: "; cin >> name and wait.',
                "std::cout << a << b; std::cin >> c;",
                "out << total; in >> next;",
                "x = (val << bits) ^ (val >> bits)",
                "Use value << count to multiply and value >> count to divide.",
                "The operators << and >> shift bits.",
                "m << n == 2; p >> q",
                "m <<= 2; n >>= 3",
                "<< /Type /Page /Parent 2 0 R >>",
                '<<"abc">>',
                "cat << EOF >> out.txt",
                "a <<,>> b",
            )
        ),
    ],
)
def test_angles_that_quote_become_plain_quotes(text: str, styled: str) -> None:
    assert tidy(text) == styled


@pytest.mark.parametrize("unit", [" ", "<<", "<< a", "« ", "« »", "a \n", "\u00a0"])
def test_repairs_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    begun = time.perf_counter()
    laid_out(f"Ferry\n{text}\nboat")
    assert time.perf_counter() - begun < 10
