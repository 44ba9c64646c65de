"""Blocks: the paragraphs of a laid-out text, and what their shape says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pipeline.clean.folding import bare, fold
from pipeline.records import Kind, Span
from pipeline.scripts import UNSPACED

# A heading is a short line that does not end like a sentence.
MAX_HEADING_WORDS: Final = 12
# Fewer words than this do not make the prose that an article begins and ends with.
MIN_PROSE_WORDS: Final = 8
# Of a block of so many characters it is remembered how it is compared: it is asked again in each round of the cleaning.
MAX_REMEMBERED: Final = 2_000

# Where the layout is kept, a line may be of white space, or have some about its words: that is no part of a block.
_BLOCK: Final = re.compile(r"\S(?:[^\n]*\S)?")
SENTENCE_END: Final = re.compile(r"[.!?。！？؟۔…:;][\"')\]]*$")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_UNSPACED_CHARACTERS_A_WORD: Final = 2


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of laid-out text: its place, its words, and its shape.

    `words` is their number, counted by the spaces, two characters a word where none are set. `ends_like_sentence` says
    whether its last sign is one that ends sentences, `is_prose` whether it has the shape of a paragraph: words enough, and
    an end.
    """

    index: int
    span: Span
    text: str
    words: int = field(init=False)
    ends_like_sentence: bool = field(init=False)
    is_prose: bool = field(init=False)

    def __post_init__(self) -> None:
        """Look at the text: every block is asked for its shape, many times."""
        words = self.text.count(" ") + 1
        if not self.text.isascii():
            words += len(_UNSPACED.findall(self.text)) // _UNSPACED_CHARACTERS_A_WORD
        # Most signs that sentences end with are the last one.
        ends = self.text[-1] in ".!?" or SENTENCE_END.search(self.text[-6:]) is not None
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "ends_like_sentence", ends)
        object.__setattr__(self, "is_prose", ends and words >= MIN_PROSE_WORDS)

    @property
    def compared(self) -> str:
        """The text as blocks are compared with one another: without case, accents and the signs around it."""
        return _compared(self.text) if len(self.text) <= MAX_REMEMBERED else bare(fold(self.text))

    @property
    def is_short_line(self) -> bool:
        """Whether it has the shape of a heading: few words, and no full stop."""
        return self.words <= MAX_HEADING_WORDS and not self.ends_like_sentence

    @property
    def kind(self) -> Kind:
        """Heading or prose, by shape alone."""
        return "heading" if self.is_short_line else "prose"


@lru_cache(maxsize=1_024)
def _compared(text: str) -> str:
    return bare(fold(text))


# Within a document the same text is asked for by the judgement, the title and the language.
@lru_cache(maxsize=2)
def blocks(text: str) -> tuple[Block, ...]:
    """The paragraphs of a laid-out text."""
    return tuple(Block(i, Span(*m.span()), m.group()) for i, m in enumerate(_BLOCK.finditer(text)))
