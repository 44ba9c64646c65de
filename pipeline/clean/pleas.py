"""Pleas within a paragraph that stays: sentences that ask the reader to subscribe or to give, and can be nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.evidence import ARTICLE, Evidence, cues, language_of, of_words, score, strongest
from pipeline.clean.keep import kept
from pipeline.records import Edit, Span

# A sentence within a paragraph goes where its own words say so twice over: an opening and two phrases of pleas beyond it.
# Even at 0.9 no sentence of the tuning half of benchmarks/cleaning goes, which has none to remove: the rest is caution.
PLEA: Final = 1.3
PLEAS: Final = frozenset(("subscribe", "newsletter", "donate", "app"))
MIN_PLEA_WORDS: Final = 6
MAX_PLEA_WORDS: Final = 40
SENTENCE: Final = re.compile(r"[^.!?。]+(?:[.!?。](?!\s|$)[^.!?。]*)*(?:[.!?。]+\s*|$)")


def pleas(block: Block, evidence: Sequence[Evidence], keep: frozenset[str]) -> Iterator[Edit]:
    """The edits that take pleas out of a block that stays, a paragraph with `evidence` against it."""
    if not block.is_prose or not any(item.kind in PLEAS and item.weight > 0 for item in evidence):
        return
    spoken = frozenset(language_of(item.rule) for item in evidence)
    parts = list(SENTENCE.finditer(block.text))
    found_in = [_plea(part.group().strip(), spoken, keep) for part in parts]
    for i, found in enumerate(found_in):
        if not found or all(found_in):
            continue
        # The space before a last sentence goes with it; that after any other.
        start, end = parts[i].span()
        if i + 1 == len(parts):
            end = len(block.text)
            start -= not found_in[i - 1]
        best = max(found, key=lambda item: item.weight)
        reason = "; ".join(("a sentence within a paragraph", *dict.fromkeys(item.reason for item in found)))
        at = block.span.start
        yield Edit(at + start, at + end, block.text[start:end], "", f"boilerplate.{best.kind}:{best.rule}", reason)


def _plea(text: str, spoken: frozenset[str], keep: frozenset[str]) -> list[Evidence]:
    """The evidence for a sentence being a plea, where it is enough; else none."""
    sentence = Block(0, Span(0, len(text)), text)
    items = [item for item in of_words(sentence, cues(text), spoken) if not kept(keep, item.kind, item.rule)]
    certain = strongest(items)[0] in PLEAS and score(items) >= PLEA
    if not certain or any(item.kind == ARTICLE for item in items):
        return []
    return items if MIN_PLEA_WORDS <= sentence.words <= MAX_PLEA_WORDS else []
