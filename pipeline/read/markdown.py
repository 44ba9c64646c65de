"""Markdown: its metadata, and its marks as edits that take them out. The text itself stays the file's: its bytes can be had again.

markdown-it parses it; nothing is changed that it does not know for a mark, so that plain text with a sign or two in it loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.read.front_matter import RULE, FrontMatter, front_matter
from pipeline.read.markdown_edits import Marked, changed
from pipeline.read.page_blocks import key
from pipeline.records import Edit, Field, Span

# The headline is among so many blocks: a kicker may stand above it.
_TOP: Final = 3
# What may follow it where it is the title of a page.
_PAPER: Final = re.compile(r"\s+[-–—|·•:»]\s|\s*\|")


def extract(text: str) -> tuple[tuple[Field, ...], tuple[Edit, ...]]:
    """The metadata of a Markdown text, and the edits that leave its words: sorted, and none within another.

    The title stands in front where the text does not begin with it, as that of a page does.
    """
    before = front_matter(text)
    marked = Marked(text, before.end if before else 0)
    edits = marked.edits()
    if before is None:
        return (), tuple(edits)
    title = next((field for field in before.fields if field.name == "title"), None)
    said = None if title is None else _said(title, marked, edits)
    fields = tuple(said if said and field is title else field for field in before.fields)
    return fields, (*_without(text, before, None if said else title), *edits)


def _said(title: Field, marked: Marked, edits: Sequence[Edit]) -> Field | None:
    """The title as the text itself says it, at its top: the same words, or a heading that they begin with before the paper's name."""
    for leaf in marked.leaves[:_TOP]:
        span = marked.span(leaf)
        words = " ".join(_edited(marked.text, span, edits).split())
        same = bool(words) and key(words) == key(title.value)
        heads = leaf.shape == "heading" and title.value.startswith(words) and _PAPER.match(title.value, len(words))
        if same or (words and heads):
            start = marked.text.find(words, span.start, span.end)
            return replace(title, value=words, span=span if start < 0 else Span(start, start + len(words)))
    return None


def _edited(text: str, span: Span, edits: Iterable[Edit]) -> str:
    pieces: list[str] = []
    at = span.start
    for edit in edits:
        if span.start <= edit.start and edit.end <= span.end:
            pieces += (text[at : edit.start], edit.replacement)
            at = edit.end
    return "".join((*pieces, text[at : span.end]))


def _without(text: str, before: FrontMatter, title: Field | None) -> Iterator[Edit]:
    """The edits that take front matter out, all of it but the title that is to stand in front."""
    if title is None or title.span is None:
        yield from changed(text, 0, before.end, f"{title.value}\n\n" if title else "", RULE)
        return
    start, end = title.span.start, title.span.end
    yield from changed(text, 0, start, "", RULE)
    yield from changed(text, start, end, title.value, RULE)
    yield from changed(text, end, before.end, "\n\n", RULE)
