"""Layout: which line ends a program made, and which the writer did."""

from __future__ import annotations

from textwrap import fill

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import clean, laid_out, unicode
from pipeline.clean.ledger import invert
from pipeline.read import read_document
from pipeline.settings import Settings

WIDTH = 72
WORDS = (
    "the council of the old town has met again to speak of what is to be done with the bridge, which has been shut "
    "since the flood came down from the hills and took one of the piers with it, and nobody knows who is to pay"
)
PARAGRAPH = fill(f"On Monday {WORDS}.", WIDTH)


def paragraphs(text: str) -> list[str]:
    return laid_out(text).split("\n\n")


def full(words: str) -> str:
    """A line of the width that ends in these words."""
    return f"{WORDS[: WIDTH - len(words) - 1].rstrip()} ".ljust(WIDTH - len(words), "a") + words


@pytest.mark.parametrize(
    "long",
    [
        "https://www.agency.example/abroad/2025/03/17/" + "the-bridge-opens-again-" * 5,
        "© Harbour Times. " + "No part of this may be printed anywhere without leave of the paper. " * 3,
    ],
)
def test_one_long_line_leaves_the_wrapped_ones_wrapped(long: str) -> None:
    assert paragraphs(f"{PARAGRAPH}\n\n{long}") == [PARAGRAPH.replace("\n", " "), long.strip()]


def test_lines_of_many_lengths_are_paragraphs() -> None:
    lines = ["Ferries to the northern islands will sail on Sunday", "Bridge shut for a week while the piers are mended"]
    lines += [f"The mayor of Portwell said that {WORDS}.", "Who will pay for it is to be seen in the autumn, he said."]
    assert paragraphs("\n".join(lines)) == lines


@pytest.mark.parametrize(
    "following",
    [
        "21. März, läuft sie aus",
        "235. The rest had crossed",
        "- the only ones left - went to see them",
        "14:50 on Monday",
    ],
)
def test_a_full_line_without_an_end_mark_goes_on(following: str) -> None:
    before = full("until the")
    assert f"{before} {following}" in laid_out(f"{PARAGRAPH}\n{before}\n{following}")


@pytest.mark.parametrize(
    "item",
    ["● nine buses", "► nine buses", "✓ nine buses", "- nine buses", "-De Jarmat", "14:50 Nine buses", "Q: Who pays?"],
)
def test_an_item_begins_a_line_where_the_one_before_ends(item: str) -> None:
    assert paragraphs(f"{PARAGRAPH}\n{full('came then:')}\n{item}")[-1] == item


def test_items_that_were_wrapped_are_items() -> None:
    items = [f"- {WORDS}", f"- {WORDS}, they say", f"- {WORDS} today"]
    assert paragraphs("\n".join([PARAGRAPH, *(fill(item, WIDTH) for item in items)]))[1:] == items


def test_a_title_a_byline_a_heading_and_an_indented_paragraph_stand_alone() -> None:
    title, byline, heading = (
        "The bridge opens, but for six hours",
        "by Ada Quill",
        "READ MORE: The children who crossed",
    )
    ending = full("no way out.")
    text = "\n".join([title, byline, PARAGRAPH, ending, heading, PARAGRAPH, ending, f"   {PARAGRAPH}"])
    whole = PARAGRAPH.replace("\n", " ")
    assert paragraphs(text) == [title, byline, whole, ending, heading, whole, ending, whole]


@pytest.mark.parametrize("end", ["\u00ad\n", "\u00ad \r\n", "\u00ad\n  "])
def test_a_soft_hyphen_at_the_end_of_a_line_divides_a_word(end: str) -> None:
    text = f"L’évacua{end}tion a repris.\n\nA\u00adlors \u00ad\n\nrien."
    assert paragraphs(text) == ["L'évacuation a repris.", "Alors", "rien."]
    document = clean(read_document("a.txt", text.encode()), Settings())
    assert invert(document.source, document.edits) == document.raw


@pytest.mark.parametrize(
    ("text", "styled"),
    [
        ("« On y croyait,\net puis non », dit-elle", '"On y croyait,\net puis non", dit-elle'),
        ("« Un.\n\n« Deux. »", '"Un.\n\n"Deux."'),
        ("l’« avenir » et «\u2009paix\u2009»", 'l\'"avenir" et "paix"'),
        ("“ Cours ! ” dit-il", '"Cours !" dit-il'),
        ("„Wort“ sagte er, »Wort«\u00a0sagte sie", '"Wort" sagte er, "Wort" sagte sie'),
        ("hon sade\u00a0”ord” i dag", 'hon sade "ord" i dag'),
        ("Home » Sport » Calcio", 'Home " Sport " Calcio'),
    ],
)
def test_spaces_inside_quotation_marks_go(text: str, styled: str) -> None:
    assert unicode.styled(text) == styled


LINES = st.lists(
    st.one_of(
        st.text(alphabet=" ab\u00ad-«»“”\u00a0A1.:,", max_size=90),
        st.sampled_from([*PARAGRAPH.split("\n"), "- one", "21. März", "   Nine", full("no end."), full("no end")]),
    ),
    max_size=14,
).map("\n".join)


@given(LINES)
def test_layout_can_be_undone_and_changes_clean_text_no_more(text: str) -> None:
    document = clean(read_document("a.txt", text.encode()), Settings(clean="light"))
    assert invert(document.source, document.edits) == document.raw
    assert laid_out(document.source) == document.source
