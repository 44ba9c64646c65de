"""Boilerplate in plain text: what is not the article is removed, block by block, each with the evidence against it.

Evidence adds up to a score; a block goes when its score reaches the threshold of the cleaning level. Losing a sentence of
the article is worse than leaving a footer, so long blocks need more than a phrase, and prose is never judged by its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.clean.cues import cue_book
from pipeline.records import Edit, Field, Kind, Span
from pipeline.settings import CleanLevel

# The score at which a block is removed. `standard` wants one cue that is enough alone, or two that are not.
THRESHOLDS: Final[dict[CleanLevel, float]] = {"light": 1.5, "standard": 0.9, "strict": 0.6}
# Cues are looked for in blocks up to this many characters: furniture is short, and the search stays linear.
MAX_CUE_CHARS: Final = 1_200
# A heading is a short line that does not end like a sentence; a label is one of at most this many words at either end.
MAX_HEADING_WORDS: Final = 12
MAX_LABEL_WORDS: Final = 2

_BLOCK: Final = re.compile(r"[^\n]+")
_SENTENCE_END: Final = re.compile(r"[.!?。！？؟۔…][\"')\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of laid-out text: its place, and its words."""

    index: int
    span: Span
    text: str

    @property
    def words(self) -> int:
        """The number of words, counted by the spaces."""
        return self.text.count(" ") + 1

    @property
    def is_short_line(self) -> bool:
        """Whether it has the shape of a heading: few words, and no full stop."""
        return self.words <= MAX_HEADING_WORDS and not _SENTENCE_END.search(self.text)

    @property
    def kind(self) -> Kind:
        """Heading or prose, by shape alone."""
        return "heading" if self.is_short_line else "prose"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to hold a block for boilerplate: its kind, its weight, the rule's id and a clause for a person."""

    kind: str
    weight: float
    rule: str
    reason: str
    fields: tuple[Field, ...] = ()


def blocks(text: str) -> list[Block]:
    """The paragraphs of a laid-out text."""
    return [Block(i, Span(*m.span()), m.group()) for i, m in enumerate(_BLOCK.finditer(text))]


def evidence(block: Block, document: Sequence[Block]) -> list[Evidence]:
    """All that speaks for a block being boilerplate."""
    return [*_cues(block), *_repetition(block, document), *_label(block, document)]


def strip(text: str, level: CleanLevel) -> tuple[list[Edit], list[Field]]:
    """The edits that remove the boilerplate of a laid-out text, and the metadata that it held (spans within `text`)."""
    document = blocks(text)
    edits: list[Edit] = []
    fields: list[Field] = []
    removed: set[int] = set()
    for block in document:
        found = evidence(block, document)
        fields += (field for item in found for field in item.fields)
        if sum(item.weight for item in found) >= THRESHOLDS[level]:
            best = max(found, key=lambda item: item.weight)
            removed.add(block.index)
            start, end = _with_separator(block, document, removed)
            reason = "; ".join(dict.fromkeys(item.reason for item in found))
            edits.append(Edit(start, end, text[start:end], "", f"boilerplate.{best.kind}:{best.rule}", reason))
    return edits, fields


def _with_separator(block: Block, document: Sequence[Block], removed: set[int]) -> tuple[int, int]:
    """The block with the blank line before it, or after it where nothing before it stays: no edit overlaps another."""
    if all(i in removed for i in range(block.index)):
        following = document[block.index + 1].span.start if block.index + 1 < len(document) else block.span.end
        return block.span.start, following
    return document[block.index - 1].span.end, block.span.end


def _cues(block: Block) -> Iterator[Evidence]:
    if len(block.text) > MAX_CUE_CHARS:
        return
    strongest: dict[str, Evidence] = {}
    for hit in cue_book().find(block.text):
        start = block.span.start
        item = Evidence(
            kind=hit.cue.kind,
            weight=hit.cue.weight,
            rule=hit.cue.id,
            reason=f"{hit.cue.kind}: “{hit.words[:60]}” ({hit.cue.match} of block)",
            fields=tuple(
                Field(name, value.strip(), hit.cue.id, Span(start + a, start + b))  # type: ignore[arg-type]
                for name, value, a, b in hit.groups
            ),
        )
        if item.weight > getattr(strongest.get(item.kind), "weight", 0):
            strongest[item.kind] = item
    yield from strongest.values()


def _repetition(block: Block, document: Sequence[Block]) -> Iterator[Evidence]:
    if block.index and document[block.index - 1].text == block.text:
        yield Evidence("repeated", 1.0, "shape.repeated", "the same block stands right before it")


def _label(block: Block, document: Sequence[Block]) -> Iterator[Evidence]:
    last = block.index == len(document) - 1
    if last and len(document) > 3 and block.is_short_line and block.words <= MAX_LABEL_WORDS:
        yield Evidence("label", 0.9, "shape.last-label", "a stray label as the last line")
