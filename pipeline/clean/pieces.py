"""The blocks of a text as the survey compares them, by their words, repaired and not yet judged; and the shelf on which
they wait for its second pass.
"""

from __future__ import annotations

import marshal
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from tempfile import SpooledTemporaryFile
from typing import Final

from pipeline.clean import laid_out
from pipeline.clean.blocks import blocks
from pipeline.clean.repetition import MAX_BLOCK_WORDS, MIN_BLOCK_WORDS, block_key, masked

# Shorter blocks that differ in a word have too little left in common.
MIN_NEAR_WORDS: Final = 8
# A block has a band of what is the same in all that are nearly like it with the fourth power of the share of that: 0.2 of its
# bands for two thirds, 0.4 for four fifths. Blocks of chance, which share one word pair in fifty, have one in six million.
BANDS: Final = 16
ROWS: Final = 4
# A shelf of some 4,000 articles is held in memory, a larger one in a temporary file.
SHELF_BYTES: Final = 32 << 20
_SEED: Final = 2
_FIGURE: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Piece:
    """One block: its masked words and its figures, whether it is prose by its shape, and by what it is found again.

    `key` is None where the length is not that of furniture; `bands` are those by which it meets blocks that are nearly the same
    (MinHash with locality-sensitive hashing), none for a short one.
    """

    text: str
    figures: tuple[str, ...]
    prose: bool
    key: int | None
    bands: tuple[int, ...]

    @property
    def words(self) -> list[str]:
        """The words, numbers as `0`."""
        return self.text.split()


def pieces(raw: str) -> Iterator[Piece]:
    """The blocks of a raw text, in order, as cleaning will have them when it asks which of them recur."""
    for block in blocks(laid_out(raw)):
        words = masked(block.text)
        key: int | None
        if MIN_BLOCK_WORDS <= block.words <= MAX_BLOCK_WORDS:
            key, bands = block_key(words), _bands(words)
        else:
            key, bands = None, ()
        yield Piece(" ".join(words), tuple(_FIGURE.findall(block.text)), block.is_prose, key, bands)


def pairs(words: list[str]) -> frozenset[str]:
    """The neighbouring words of a block, two by two."""
    return frozenset(f"{a} {b}" for a, b in pairwise(words))


def _bands(words: list[str]) -> tuple[int, ...]:
    from rensa import RMinHash

    if len(words) < MIN_NEAR_WORDS:
        return ()
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=_SEED)
    sketch.update([f"{a} {b}" for a, b in pairwise(words)])
    minima = sketch.digest()
    return tuple(map(hash, zip(range(BANDS), *(minima[row::ROWS] for row in range(ROWS)), strict=True)))


class Shelf:
    """Documents as their pieces, put away in order."""

    def __init__(self) -> None:
        """Begin with none. To be closed."""
        self._file = SpooledTemporaryFile(max_size=SHELF_BYTES)  # noqa: SIM115 (closed by `close`)
        self._ends = array("Q", [0])

    def put(self, document: Sequence[Piece]) -> None:
        """Put a document away."""
        self._file.write(
            marshal.dumps([(piece.text, piece.figures, piece.prose, piece.key, piece.bands) for piece in document])
        )
        self._ends.append(self._file.tell())

    def get(self, number: int) -> list[Piece]:
        """The document of that number, counted from 0."""
        start, end = self._ends[number], self._ends[number + 1]
        self._file.seek(start)
        return [Piece(*fields) for fields in marshal.loads(self._file.read(end - start))]

    def close(self) -> None:
        """Throw all away."""
        self._file.close()
