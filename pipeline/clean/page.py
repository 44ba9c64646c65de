"""A page: the blocks of a document with what is held of each so far, for the evidence that they give one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.clean.blocks import Block

Item = tuple[str, float, str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A document's blocks with what is held of each so far: the kind and weight of its own evidence, and if it goes, if
    anything speaks for it, and if it names a date."""

    blocks: Sequence[Block]
    strongest: Sequence[tuple[str, float]]
    removed: Sequence[bool]
    doubted: Sequence[bool]
    dated: Sequence[bool]
    first_prose: int = field(init=False)
    last_prose: int = field(init=False)

    def __post_init__(self) -> None:
        """Find where the article's prose begins and ends; nowhere, where there is none."""
        prose = [
            b.index
            for b in self.blocks
            if b.is_prose and not self.removed[b.index] and self.strongest[b.index][1] < 0.4
        ]
        object.__setattr__(self, "first_prose", prose[0] if prose else len(self.blocks))
        object.__setattr__(self, "last_prose", prose[-1] if prose else -1)

    def is_outside(self, i: int) -> bool:
        """Whether a block stands before the first paragraph of prose or after the last."""
        return i < self.first_prose or i > self.last_prose

    def beside_removed(self, i: int) -> bool:
        """Whether the block right before or after goes."""
        return any(0 <= j < len(self.blocks) and self.removed[j] for j in (i - 1, i + 1))
