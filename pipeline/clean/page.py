"""A page: the blocks of a document with what is held of each so far, for the evidence that they give one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.clean.blocks import Block

# The kinds of furniture that stand below articles more than within them.
ENDERS: Final = frozenset(
    (
        "share",
        "comment",
        "related",
        "copyright",
        "label",
        "newsletter",
        "legal",
        "contact",
        "app",
        "navigation",
        "donate",
        "subscribe",
        "byline",
        "cookie",
    )
)
# Of these, the kinds that hardly stand within articles; and how many of them make a footer.
FOOTER: Final = frozenset(("comment", "copyright", "label", "legal", "contact", "byline"))
MIN_FOOTER_KINDS: Final = 2
# More sentences than this behind furniture are the article going on; an article has more paragraphs than this before it.
MAX_FOOTER_PROSE: Final = 3
MIN_BODY: Final = 3
# A page's head has no more lines than this, menus and all.
MAX_HEAD: Final = 30

Item = tuple[str, float, str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A document's blocks with what is held of each so far: the kind and weight of its own evidence, and if it goes, if
    anything speaks for it, if it names a date, and if it says a block before it again; and the names in the bylines, as
    blocks are compared."""

    blocks: Sequence[Block]
    strongest: Sequence[tuple[str, float]]
    removed: Sequence[bool]
    doubted: Sequence[bool]
    dated: Sequence[bool]
    repeated: Sequence[bool]
    authors: frozenset[str] = frozenset()
    has_body: bool = field(init=False)
    first_prose: int = field(init=False)
    last_prose: int = field(init=False)

    def __post_init__(self) -> None:
        """Find where the article's prose begins and ends; nowhere, where there is none."""
        prose = [
            b.index
            for b in self.blocks
            if b.is_prose and not self.removed[b.index] and self.strongest[b.index][1] < 0.4
        ]
        while len(prose) > 1 and self._in_the_footer(prose[-1]):
            prose.pop()
        prose = self._without_footer(prose)
        # A summary above the byline belongs to the head.
        for k in range(min(2, len(prose) - 1), 0, -1):
            if prose[k] < MAX_HEAD and self._is_head(prose[k - 1], prose[k]):
                prose = prose[k:]
                break
        object.__setattr__(self, "has_body", len(prose) >= MIN_BODY)
        object.__setattr__(self, "first_prose", prose[0] if prose else len(self.blocks))
        object.__setattr__(self, "last_prose", prose[-1] if prose else -1)

    def _without_footer(self, prose: list[int]) -> list[int]:
        """The prose up to a run of lines that only footers have, if little prose comes behind it."""
        for k in range(max(MIN_BODY, len(prose) - MAX_FOOTER_PROSE), len(prose)):
            between = range(prose[k - 1] + 1, prose[k])
            kinds = {self.strongest[j][0] for j in between if self.removed[j] and self.strongest[j][1] >= 0.9}
            if len(kinds & FOOTER) >= MIN_FOOTER_KINDS and not any(self.doubted[j] for j in prose[k:]):
                return prose[:k]
        return prose

    def named_author(self, i: int) -> bool:
        """Whether a block is the name of an author, or “About the author”: a byline that names no craft before a colon."""
        block = self.blocks[i]
        return (self.strongest[i][0] == "byline" and ":" not in block.text) or block.compared in self.authors

    def _is_head(self, first: int, second: int) -> bool:
        """Whether a byline, a timestamp or several buttons stand between two paragraphs."""
        between = [self.strongest[j] for j in range(first + 1, second) if self.removed[j]]
        kinds = [kind for kind, weight in between if weight >= 0.6]
        return not {"byline", "timestamp"}.isdisjoint(kinds) or sum(kind in ("share", "comment") for kind in kinds) > 1

    def _in_the_footer(self, i: int) -> bool:
        """Whether a sentence stands alone among furniture that comes after articles: a notice that no rule knows."""
        around = [j for j in range(max(0, i - 4), i) if self.removed[j]]
        enders = sum(self.strongest[j][0] in ENDERS and self.strongest[j][1] >= 0.9 for j in around)
        alone = not any(0 <= j < len(self.blocks) and self._is_kept_prose(j) for j in (i - 1, i - 2, i + 1, i + 2))
        return enders >= 2 and alone

    def _is_kept_prose(self, i: int) -> bool:
        return self.blocks[i].ends_like_sentence and not self.removed[i] and self.strongest[i][1] < 0.4

    def is_outside(self, i: int) -> bool:
        """Whether a block stands before the first paragraph of prose or after the last."""
        return i < self.first_prose or i > self.last_prose

    def in_footer(self, i: int) -> bool:
        """Whether a line that only footers have stands between the last prose and a block."""
        return any(
            self.removed[j] and self.strongest[j][0] in FOOTER and self.strongest[j][1] >= 0.9
            for j in range(self.last_prose + 1, i)
        )

    def amid_prose(self, i: int) -> bool:
        """Whether lines of the article, paragraphs or headings, stand right before and right after a block."""
        return self.first_prose < i < self.last_prose and all(
            not self.removed[j] and self.strongest[j][1] < 0.4 for j in (i - 1, i + 1)
        )

    def flanked(self, i: int) -> bool:
        """Whether the block right before goes, and the one right after, if there is one."""
        return i > 0 and self.removed[i - 1] and (i + 1 == len(self.blocks) or self.removed[i + 1])

    def beside_removed(self, i: int) -> bool:
        """Whether the block right before or after goes."""
        return any(0 <= j < len(self.blocks) and self.removed[j] for j in (i - 1, i + 1))
