"""Columns: a table that is set with tabs, spaces or dots becomes rows whose cells have a bar between them, as those of Markdown
and HTML have. Text in, edits out. Single spaces would leave no trace of its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from pipeline.clean.blocks import MIN_PROSE_WORDS, SENTENCE_END
from pipeline.records import Edit
from pipeline.scripts import UNSPACED

BAR: Final = " | "
# Fewer lines that have a gap in the same place have it by chance; a tab stands between words for a reason.
MIN_ROWS: Final = 3
MIN_TABBED: Final = 2
# So many of them have all cells; where these are, the cells of the others must be.
MIN_FULL: Final = 2
# One column may hold descriptions. Where two have so many words in half of their cells, these are columns of a printed page.
LONG_CELL: Final = 4
# What stands between two cells: a tab, spaces, dots that lead the eye.
_GAP: Final = re.compile(r"[ \u00a0]*\t[ \t\u00a0]*|[ \u00a0]{2,}|[ \u00a0]?(?:\.{4,}|(?:\. ){3,}\.?)[ \u00a0]*")
_LINE: Final = re.compile(r"[^\n]+")
# The mark of an item, or who speaks, with a gap behind it: no cell.
_MARK: Final = re.compile(r"\W{1,2}|\(?(?:\d{1,3}|\w)[.)]|[^\n]{1,40}:")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]{{2}}")


@dataclass(frozen=True, slots=True)
class _Row:
    """A line with gaps in it: its place in the text, its words, where in these each cell begins and ends, and its tabs, those
    behind the last cell among them."""

    start: int
    text: str
    cells: tuple[tuple[int, int], ...]
    tabs: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def tabbed(self) -> bool:
        return all("\t" in self.text[a:b] for (_, a), (b, _) in zip(self.cells, self.cells[1:], strict=False))


def columns(text: str) -> Iterator[Edit]:
    """Edits that put a bar between the cells of each row of a table: lines right below one another, or each below a blank
    line, that are set with as many tabs each, or whose cells are flush at the left or at the right. A cell may be empty."""
    if "\t" not in text and "  " not in text and "...." not in text and ". . " not in text:
        return
    group: list[_Row] = []
    for line in _LINE.finditer(text):
        if line.group().isspace():
            continue
        row = _row(line)
        if group and (row is None or text.count("\n", group[-1].end, row.start) > 2):
            yield from _table(group)
            group = []
        if row is not None:
            group.append(row)
    yield from _table(group)


def _row(line: re.Match[str]) -> _Row | None:
    """The cells of a line, where it has several."""
    words = line.group().rstrip()
    lead = len(words) - len(words.lstrip())
    gaps = [gap.span() for gap in _GAP.finditer(words, lead) if gap.end() < len(words)]
    if not gaps:
        return None
    edges = (lead, *(edge for gap in gaps for edge in gap), len(words))
    return _Row(line.start(), words, tuple(zip(edges[::2], edges[1::2], strict=True)), line.group().count("\t"))


def _table(rows: Sequence[_Row]) -> Iterator[Edit]:
    """The edits of lines with gaps, those of them that are the rows of a table."""
    placed = _placed(rows)
    if not placed or not _holds_cells([row for row, _ in placed]):
        return
    last = max(places[-1] for _, places in placed)
    for row, places in placed:
        at, column = 0, -1
        for place, (start, end) in zip(places, row.cells, strict=True):
            bars = "| " * (place - column - (column < 0))
            yield from _gap(row, at, start, f" {bars}" if column >= 0 else bars)
            at, column = end, place
        yield from _gap(row, at, at, " |" * (last - column))


def _gap(row: _Row, start: int, end: int, bars: str) -> Iterator[Edit]:
    gap = row.text[start:end]
    if bars and gap != bars:
        yield Edit(row.start + start, row.start + end, gap, bars, "layout.column", "cells of a row")


def _placed(rows: Sequence[_Row]) -> list[tuple[_Row, Sequence[int]]]:
    """The rows of a table with the column of each cell; none where they are none."""
    if len(rows) >= MIN_TABBED and all(row.tabbed for row in rows):
        if len({row.tabs for row in rows}) == 1:
            return [(row, [row.text.count("\t", 0, start) for start, _ in row.cells]) for row in rows]
        if len({len(row.cells) for row in rows}) == 1:
            return [(row, range(len(row.cells))) for row in rows]
    most = max((len(row.cells) for row in rows), default=0)
    full = [row for row in rows if len(row.cells) == most]
    below = full[1:] if len(full) > MIN_ROWS else full  # the head may stand otherwise
    if len(below) < MIN_FULL:
        return []
    across = list(zip(*(row.cells for row in below), strict=True))
    starts = [_common(start for start, _ in column) for column in across]
    ends = [_common(end for _, end in column) for column in across]
    if any(start is None and end is None for start, end in zip(starts[1:], ends[1:], strict=True)):
        return []
    found = [(row, range(most) if len(row.cells) == most else _fitted(row, starts, ends)) for row in rows]
    placed = [(row, places) for row, places in found if places]
    return placed if len(placed) >= MIN_ROWS else []


def _common(places: Iterator[int]) -> int | None:
    """The place that all are; None where they differ."""
    every = set(places)
    return every.pop() if len(every) == 1 else None


def _fitted(row: _Row, starts: Sequence[int | None], ends: Sequence[int | None]) -> Sequence[int]:
    """The columns of a row's cells where some are empty, by where they begin or end; none where one fits nowhere."""
    places: list[int] = []
    for start, end in row.cells:
        first = places[-1] + 1 if places else 0
        fits = (i for i in range(first, len(starts)) if start == starts[i] or end == ends[i])
        if (place := next(fits, None)) is None:
            return ()
        places.append(place)
    return places


def _holds_cells(rows: Sequence[_Row]) -> bool:
    """Whether what stands between the gaps is what tables hold: no marks of items, no sentences, no columns of prose."""
    cells = [[row.text[a:b] for a, b in row.cells] for row in rows]
    if max(map(len, cells)) == 2 and any(_MARK.fullmatch(first) for first, *_ in cells):
        return False
    if any(_is_prose(cell) for row in cells for cell in row):
        return False
    full = [row for row in cells if len(row) == max(map(len, cells))]
    return sum(median(map(_words, column)) >= LONG_CELL for column in zip(*full, strict=True)) < 2


def _words(cell: str) -> int:
    return cell.count(" ") + 1 + len(_UNSPACED.findall(cell))


def _is_prose(cell: str) -> bool:
    return _words(cell) >= MIN_PROSE_WORDS and SENTENCE_END.search(cell[-6:]) is not None
