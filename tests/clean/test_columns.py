"""Columns that are set with tabs, spaces or dots, and gaps that are none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import laid_out
from pipeline.clean.columns import columns
from pipeline.clean.ledger import apply, invert


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\tb\nc\td", ["a | b", "c | d"]),
        ("a\tb\n\nc\td", ["a | b", "c | d"]),
        ("Team\tHome\tAway\nRovers\t2-1\t0-0\nTown\t\t1-3\nQuay\t4-4\t", ["Team | Home | Away", "Rovers | 2-1 | 0-0", "Town | | 1-3", "Quay | 4-4 |"]),
        ("\t2022\t2023\nIncome\t1\t2", ["| 2022 | 2023", "Income | 1 | 2"]),
        ("x\t\ty\nlonger\tz", ["x | y", "longer | z"]),
        ("Rovers  10  8\nTown     9  7\nQuay     2  1", ["Rovers | 10 | 8", "Town | 9 | 7", "Quay | 2 | 1"]),
        ("        One   Year\nAdult   £4    £70\nChild   £2    £35\nFamily  £10   £120", ["| One | Year", "Adult | £4 | £70", "Child | £2 | £35", "Family | £10 | £120"]),
        ("Hake ........ 18.90\nSardine ...... 6.50\nOctopus ..... 21.00", ["Hake | 18.90", "Sardine | 6.50", "Octopus | 21.00"]),
        # Fewer than three rows, or cells that are flush nowhere.
        ("Rovers  10\nTown     9", ["Rovers 10", "Town 9"]),
        ("He came.  She went.\nThey all came.  They went.\nNobody.  Nothing here.", ["He came. She went.", "They all came. They went.", "Nobody. Nothing here."]),
        # Items, what somebody says, entries, prose in columns.
        ("1.\tMelt\n2.\tAdd\n3.\tServe", ["1. Melt", "2. Add", "3. Serve"]),
        ("Q:  When?\nA:  Now.\nQ:  Why?", ["Q: When?", "A: Now.", "Q: Why?"]),
        ("14:32  The lifeboat has been launched to a barge.\n14:05  Power cuts have spread to Marsh Lane now.\n13:47  We ask everyone to stay indoors tonight.", ["14:32 The lifeboat has been launched to a barge.", "14:05 Power cuts have spread to Marsh Lane now.", "13:47 We ask everyone to stay indoors tonight."]),
    ],
)  # fmt: skip
def test_the_cells_of_a_row_have_a_bar_between_them(text: str, rows: list[str]) -> None:
    assert laid_out(text).split("\n\n") == rows


def test_the_lines_of_a_printed_page_in_two_columns_are_no_rows() -> None:
    page = "The council has agreed   the ferry was late again\nto close the old bridge  and forty people waited\non Sunday and the buses  in the rain for a boat"
    assert "|" not in laid_out(page)


def test_the_rows_of_a_wide_table_are_not_joined() -> None:
    row = "Portwell-on-the-Water  {}  Harbour Hall  £12.50  7.30pm  sold out"
    text = "\n".join(row.format(day) for day in ("12 May", "19 May", "26 May"))
    assert len(laid_out(text).split("\n\n")) == 3


def test_columns_can_be_kept() -> None:
    assert laid_out("a\tb\nc\td", frozenset(["layout.column"])) == "a b\n\nc d"


TABLES = st.lists(
    st.lists(st.sampled_from(["a", "Rovers", "10", "", "1.", "Q:", "£4.50", "the ferry was late", "...."]), max_size=4),
    max_size=6,
)


@given(
    TABLES,
    st.sampled_from(["\t", "  ", "    ", " .... ", "\u00a0\u00a0"]),
    st.sampled_from(["\n", "\n\n"]),
    st.integers(0, 12),
)
def test_columns_lose_no_word_and_settle(table: list[list[str]], gap: str, line: str, width: int) -> None:
    text = line.join(gap.join(cell.ljust(width) for cell in row) for row in table)
    edits = list(columns(text))
    once = apply(text, edits)
    assert invert(once, edits) == text
    assert [c for c in once if c.isalnum()] == [c for c in text if c.isalnum()]
    assert laid_out(laid_out(text)) == laid_out(text)


@pytest.mark.parametrize("unit", ["a\t", "a  ", "\t", " ", "\u00a0", "a .... ", ". ", "\t\n", "a  b\n", " \t"])
def test_columns_take_linear_time(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    begun = time.perf_counter()
    list(columns(f"Ferry\n{text}\nboat  b\nc  d"))
    assert time.perf_counter() - begun < 5
