"""Pleas within a paragraph that stays: sentences that ask the reader to subscribe or to give, and can be nothing else."""

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
PLEAS: Final = frozenset(("subscribe", "newsletter", "donate", "app"))
MIN_PLEA_WORDS: Final = 6
MAX_PLEA_WORDS: Final = 40
# An article can quote a plea: of a sentence with somebody's words in it, none is taken.
_SPEECH: Final = re.compile(r'^- |"')
SENTENCE: Final = re.compile(r"[^.!?。]+(?:[.!?。](?!\s|$)[^.!?。]*)*(?:[.!?。]+\s*|$)")


def pleas(
    block: Block, evidence: Sequence[Evidence], keep: frozenset[str]
) -> Iterator[tuple[Span, str, list[Evidence]]]:
    """The pleas within a block that stays, a paragraph with `evidence` against it: where, their words, and the evidence."""
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
        yield Span(block.span.start + start, block.span.start + end), block.text[start:end], found


def _plea(text: str, spoken: frozenset[str], keep: frozenset[str]) -> list[Evidence]:
    """The evidence for a sentence being a plea, where it is enough; else none."""
    sentence = Block(0, Span(0, len(text)), text)
    items = [item for item in of_words(sentence, cues(text), spoken) if not kept(keep, item.kind, item.rule)]
    certain = strongest(items)[0] in PLEAS and score(items) >= PLEA
    if not certain or _SPEECH.search(text) or any(item.kind == ARTICLE for item in items):
        return []
    return items if MIN_PLEA_WORDS <= sentence.words <= MAX_PLEA_WORDS else []
