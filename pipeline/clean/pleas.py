"""Pleas: sentences that ask the reader to subscribe or to give, and can be nothing else. They are taken out of the paragraph
that they stand in; a short block that has one goes with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.evidence import ARTICLE, Evidence, cues, language_of, of_words, score, strongest
from pipeline.clean.keep import kept
from pipeline.records import Span

# A sentence within a paragraph goes where its own words say so twice over: an opening and two phrases of pleas beyond it.
# Of the tuning half of benchmarks/cleaning eight paragraphs lose one so: six pleas, and two sentences of essays that say the same.
PLEA: Final = 1.3
# One that is a block by itself needs more, since nothing beside it asks for the same: of the tuning half's own, 1.3 would take
# two sentences about pleas.
ALONE: Final = 1.8
PLEAS: Final = frozenset(("subscribe", "newsletter", "donate", "app"))
MIN_PLEA_WORDS: Final = 6
MAX_PLEA_WORDS: Final = 40
# An article can quote a plea: of a sentence with somebody's words in it, none is taken.
_SPEECH: Final = re.compile(r'^- |"')
# A longer block with a plea in it is a paragraph of the article that somebody put it into.
MAX_BLOCK_WORDS: Final = 40
MAX_BLOCK_SENTENCES: Final = 3
SENTENCE: Final = re.compile(r"[^.!?。]+(?:[.!?。](?!\s|$)[^.!?。]*)*(?:[.!?。]+\s*|$)")


def is_plea(block: Block, evidence: Sequence[Evidence], keep: frozenset[str]) -> bool:
    """Whether a short block asks the reader to subscribe or to give: one of its sentences does, and none is the article's."""
    parts = SENTENCE.findall(block.text)
    if block.words > MAX_BLOCK_WORDS or len(parts) > MAX_BLOCK_SENTENCES or _SPEECH.search(block.text):
        return False
    if not _may_hold_pleas(block, evidence) or any(item.kind == ARTICLE for item in evidence):
        return False
    spoken = _spoken(evidence)
    least = ALONE if len(parts) == 1 else PLEA
    return any(score(_plea(part.strip(), spoken, keep)) >= least for part in parts)


def pleas(
    block: Block, evidence: Sequence[Evidence], keep: frozenset[str]
) -> Iterator[tuple[Span, str, list[Evidence]]]:
    """The pleas within a block that stays, a paragraph with `evidence` against it: where, their words, and the evidence."""
    if not _may_hold_pleas(block, evidence):
        return
    spoken = _spoken(evidence)
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
        yield Span(block.span.start + start, block.span.start + end), block.text[start:end], found


def _may_hold_pleas(block: Block, evidence: Sequence[Evidence]) -> bool:
    return block.is_prose and any(item.kind in PLEAS and item.weight > 0 for item in evidence)


def _spoken(evidence: Sequence[Evidence]) -> frozenset[str]:
    return frozenset(language_of(item.rule) for item in evidence)


def _plea(text: str, spoken: frozenset[str], keep: frozenset[str]) -> list[Evidence]:
    """The evidence for a sentence being a plea, where it is enough; else none."""
    sentence = Block(0, Span(0, len(text)), text)
    items = [item for item in of_words(sentence, cues(text), spoken) if not kept(keep, item.kind, item.rule)]
    certain = strongest(items)[0] in PLEAS and score(items) >= PLEA
    if not certain or _SPEECH.search(text) or any(item.kind == ARTICLE for item in items):
        return []
    return items if MIN_PLEA_WORDS <= sentence.words <= MAX_PLEA_WORDS else []
