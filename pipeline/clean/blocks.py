"""Blocks: the paragraphs of a laid-out text, and what their shape says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pipeline.clean.folding import bare, fold
from pipeline.records import Kind, Span

# A heading is a short line that does not end like a sentence.
MAX_HEADING_WORDS: Final = 12
# Fewer words than this do not make the prose that an article begins and ends with.
MIN_PROSE_WORDS: Final = 8

_BLOCK: Final = re.compile(r"[^\n]+")
SENTENCE_END: Final = re.compile(r"[.!?。！？؟۔…:;][\"')\]]*$")
_UNSPACED: Final = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]")
_UNSPACED_CHARACTERS_A_WORD: Final = 2


@dataclass(frozen=True)
class Block:
    """One paragraph of laid-out text: its place, and its words."""

    index: int
    span: Span
    text: str

    @cached_property
    def words(self) -> int:
        """The number of words, counted by the spaces; two characters a word where none are set."""
        spaces = self.text.count(" ") + 1
        return (
            spaces if self.text.isascii() else spaces + len(_UNSPACED.findall(self.text)) // _UNSPACED_CHARACTERS_A_WORD
        )

    @cached_property
    def compared(self) -> str:
        """The text as blocks are compared with one another: without case, accents and the signs around it."""
        return bare(fold(self.text))

    @cached_property
    def ends_like_sentence(self) -> bool:
        """Whether its last sign is one that ends sentences."""
        return SENTENCE_END.search(self.text[-6:]) is not None

    @cached_property
    def is_short_line(self) -> bool:
        """Whether it has the shape of a heading: few words, and no full stop."""
        return self.words <= MAX_HEADING_WORDS and not self.ends_like_sentence

    @cached_property
    def is_prose(self) -> bool:
        """Whether it has the shape of a paragraph: words enough, and an end."""
        return self.words >= MIN_PROSE_WORDS and self.ends_like_sentence

    @property
    def kind(self) -> Kind:
        """Heading or prose, by shape alone."""
        return "heading" if self.is_short_line else "prose"


def blocks(text: str) -> list[Block]:
    """The paragraphs of a laid-out text."""
    return [Block(i, Span(*m.span()), m.group()) for i, m in enumerate(_BLOCK.finditer(text))]
