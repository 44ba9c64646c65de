"""The marks of a Markdown text as edits: where each block's words and marks are in the text, by the lines that it is on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.read.front_matter import RULE as FRONT_MATTER
from pipeline.read.markdown_blocks import BREAK, Leaf, Shape, blocks
from pipeline.read.markdown_inline import (
    CODE,
    EMPHASIS,
    ESCAPE,
    HTML,
    IMAGE,
    LINK,
    LIST,
    NOTE,
    QUOTE,
    TEMPLATE,
    Mark,
    instead,
    marks,
)
from pipeline.read.page_blocks import UNSHOWN
from pipeline.records import Edit, Span

BLOCK: Final = "markdown.block"
HEADING: Final = "markdown.heading"
LINE: Final = "markdown.line"
RULER: Final = "markdown.ruler"
TABLE: Final = "markdown.table"

_REASONS: Final = {
    BLOCK: "a block of its own",
    CODE: "code, or its marks",
    EMPHASIS: "the marks of emphasis",
    ESCAPE: "a sign written in another way",
    FRONT_MATTER: "metadata before the text",
    HEADING: "the marks of a heading",
    HTML: "HTML within the text",
    IMAGE: "an image",
    LINE: "a line that was wrapped, or broken by hand",
    LINK: "the marks and the target of a link",
    LIST: "the mark of an item",
    NOTE: "the mark of a footnote",
    QUOTE: "the mark of a quotation",
    RULER: "a line between parts",
    TABLE: "the marks of a table",
    TEMPLATE: "attributes, or what a template fills in",
}
# Blocks that go, whole lines at a time.
_GONE: Final[dict[Shape, str]] = {
    "code": CODE,
    "definition": LINK,
    "ruler": RULER,
    "table": TABLE,
    "template": TEMPLATE,
}
# What holds a block, before its words.
_HELD: Final = re.compile(r"(\[\^[^\[\]\s]{1,99}\]:[ \t]*)|(>[ \t]?)|(#{1,6}[ \t]*)|(\*(?=[ \t]))")
_HELD_BY: Final = ((NOTE, ""), (QUOTE, ""), (HEADING, ""), (LIST, "-"))
_QUOTED: Final = re.compile(r"[ \t]*>[ \t>]*")
_HOLDERS: Final = re.compile(r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])+")
_BAR: Final = re.compile(r"(?<!\\)\|")
_HTML: Final = re.compile(
    rf"<!--.*?(?:-->|\Z)|<({'|'.join(sorted(UNSHOWN))})\b(?:[^<>]*/>|.*?(?:</\1\s*>|\Z))"
    r"|</?[a-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|<[!?][^>]*>",
    re.S | re.I,
)
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.I)
# Programs wrap at this width at most: a paragraph with a longer line has lines that end where the writer ended them.
_MAX_WRAP_WIDTH: Final = 120


def changed(text: str, start: int, end: int, replacement: str, rule: str) -> Iterator[Edit]:
    """The edit that puts a replacement in the place of a mark; none where that is what stands there."""
    if text[start:end] != replacement:
        yield Edit(start, end, text[start:end], replacement, rule, _REASONS[rule])


class _Line(NamedTuple):
    """A line of a block: where its words are in the text, and where they begin in the block's content."""

    start: int
    end: int
    content: int


class Marked:
    """A Markdown text from `start` on, with its blocks."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        breaks = [(start, start), *(found.span() for found in BREAK.finditer(text, start)), (len(text), len(text))]
        self._starts = [end for _, end in breaks[:-1]]
        self._ends = [begin for begin, _ in breaks[1:]]
        self._blocks = blocks(text[start:])
        self.leaves = self._blocks.leaves

    def span(self, leaf: Leaf) -> Span:
        """The lines of a block."""
        return Span(self._starts[leaf.first], self._ends[leaf.end - 1])

    def edits(self) -> list[Edit]:
        """The edits that take the marks out, sorted, and none within another."""
        edits: list[Edit] = []
        for edit in sorted(self._all(), key=lambda edit: (edit.start, -edit.end)):
            if not edits or edit.start >= edits[-1].end:
                edits.append(edit)
        return edits

    def _all(self) -> Iterator[Edit]:
        """The edits of each block; those of what is in a mark stand within that mark's."""
        at = 0
        for number, leaf in enumerate(self.leaves):
            for line in range(at, leaf.first):
                yield from self._between(line)
            at = leaf.end
            if leaf.shape in _GONE:
                for line in range(leaf.first, leaf.end):
                    yield from self._change(self._starts[line], self._ends[line], "", _GONE[leaf.shape])
            elif leaf.shape == "row":
                yield from self._row(leaf)
            else:
                yield from self._words(leaf)
            if number + 1 < len(self.leaves) and self.leaves[number + 1].first == leaf.end:
                yield from self._change(self._ends[at - 1], self._starts[at], "\n\n", BLOCK)
        for line in range(at, len(self._starts)):
            yield from self._between(line)

    def _change(self, start: int, end: int, replacement: str, rule: str) -> Iterator[Edit]:
        return changed(self.text, start, end, replacement, rule)

    def _between(self, line: int) -> Iterator[Edit]:
        """A line without words, such as the one between two paragraphs of a quotation."""
        if found := _QUOTED.fullmatch(self.text, self._starts[line], self._ends[line]):
            yield from self._change(found.start(), found.end(), "", QUOTE)

    def _row(self, leaf: Leaf) -> Iterator[Edit]:
        """A row of a table: its cells, with a bar between two."""
        start, end = self._starts[leaf.first], self._ends[leaf.first]
        if held := _HOLDERS.match(self.text, start, end):
            start = held.end()
            yield from self._held(_Line(start, end, 0))
        bars = [found.start() for found in _BAR.finditer(self.text, start, end)]
        cells = [self._trimmed(*cell) for cell in zip([start, *(bar + 1 for bar in bars)], [*bars, end], strict=True)]
        first, last = cells[0][0] == cells[0][1], cells[-1][0] == cells[-1][1]
        cells = cells[first : len(cells) - last] or cells[:1]
        yield from self._change(start, cells[0][0], "", TABLE)
        yield from self._change(cells[-1][1], end, "", TABLE)
        for (_, before), (behind, _) in pairwise(cells):
            yield from self._change(before, behind, " | ", TABLE)
        for begin, stop in cells:
            found, _ = marks(self.text[begin:stop], self._blocks.parser, self._blocks.references)
            yield from self._marks(found, [_Line(begin, stop, 0)])

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        words = self.text[start:end]
        begin = start + len(words) - len(words.lstrip())
        return begin, begin + len(words.strip())

    def _words(self, leaf: Leaf) -> Iterator[Edit]:
        """A paragraph, a heading, or a block of HTML: the marks before each of its lines, between two, and in its words."""
        lines = self._lines(leaf)
        if not lines:
            return
        for line in lines:
            yield from self._held(line)
        found, hard = (
            _tags(leaf.content)
            if leaf.shape == "html"
            else marks(leaf.content, self._blocks.parser, self._blocks.references)
        )
        broken = {_at(lines, offset) for offset in hard}
        by_hand = leaf.shape == "prose" and any(line.end - line.start > _MAX_WRAP_WIDTH for line in lines)
        for number, (line, following) in enumerate(pairwise(lines)):
            start = self._starts[bisect_right(self._starts, following.start) - 1]
            held = self.text[start : following.start]
            start += len(held) - len(held.lstrip())
            ends = number in broken or (by_hand and not self.text[following.start].islower())
            yield from self._change(line.end, start, "\n\n" if ends else " ", LINE)
        yield from self._marks(found, lines)
        if leaf.shape == "heading":  # what closes it, or underlines it
            yield from self._change(lines[-1].end, self.span(leaf).end, "", HEADING)

    def _held(self, line: _Line) -> Iterator[Edit]:
        """The marks before the words of a line: of a quotation, an item, a heading, a footnote."""
        number = bisect_right(self._starts, line.start) - 1
        for found in _HELD.finditer(self.text, self._starts[number], line.start):
            rule, replacement = _HELD_BY[(found.lastindex or 1) - 1]
            if rule != LIST or number in self._blocks.items:
                yield from self._change(found.start(), found.end(), replacement, rule)

    def _marks(self, found: Iterable[Mark], lines: Sequence[_Line]) -> Iterator[Edit]:
        for mark in found:
            first, last = lines[_at(lines, mark.start)], lines[_at(lines, mark.end - 1)]
            start = first.start + mark.start - first.content
            yield from self._change(start, last.start + mark.end - last.content, mark.replacement, mark.rule)

    def _lines(self, leaf: Leaf) -> list[_Line]:
        """Where each line of a block's content is in the text; none if it can't be told: then the block stays as it is."""
        written = leaf.content.split("\n")
        if leaf.shape == "html" and not written[-1]:
            written.pop()
        for first in range(
            leaf.first, leaf.end - len(written) + 1
        ):  # lines of white space at its beginning are not in it
            if lines := self._aligned(written, first, leaf.shape == "heading"):
                return lines
        return []

    def _aligned(self, written: Sequence[str], first: int, heading: bool) -> list[_Line]:
        lines: list[_Line] = []
        content = 0
        for number, line in enumerate(written, first):
            start, words = self._starts[number], line.strip()
            whole = self.text[start : self._ends[number]].rstrip()
            if heading and not whole.endswith(words):
                whole = whole.rstrip("#").rstrip()
            if not whole.endswith(words):
                return []
            start += len(whole) - len(words)
            lines.append(_Line(start, start + len(words), content + len(line) - len(line.lstrip())))
            content += len(line) + 1
        return lines


def _at(lines: Sequence[_Line], offset: int) -> int:
    """The line that a place in a block's content is on."""
    return max(0, bisect_right(lines, offset, key=lambda line: line.content) - 1)


def _tags(html: str) -> tuple[list[Mark], set[int]]:
    """The marks of a block of HTML: its tags, and what is between them but not shown."""
    found = [Mark(*tag.span(), instead(tag.group()), HTML) for tag in _HTML.finditer(html)]
    found += (Mark(*name.span(), unescape(name.group()), ESCAPE) for name in _ENTITY.finditer(html))
    return found, set()
