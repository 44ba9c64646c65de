"""A newspaper's credit in brackets at the end of a paragraph that stays: the brackets alone go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.evidence import Evidence
from pipeline.clean.keep import kept
from pipeline.clean.page import CERTAIN
from pipeline.records import Span

# The cue says nothing of its block, and has no weight there; its brackets are its `rights`.
RULE: Final = "paper-credit"


def bracketed(
    block: Block, evidence: Sequence[Evidence], keep: frozenset[str]
) -> Iterator[tuple[Span, str, list[Evidence]]]:
    """The credit of a block with `evidence`, if there is one: where, with the space before it, its words, and the evidence."""
    for item in evidence:
        if item.rule == RULE and not kept(keep, item.kind, item.rule):
            for field in item.fields:
                if field.name == "rights" and field.span is not None:
                    start = field.span.start - 1 - block.span.start
                    words = block.text[start:]
                    yield Span(block.span.start + start, block.span.end), words, [replace(item, weight=CERTAIN)]
