"""Documents that are nearly the same, such as agency copy that several papers print.

They are found by their raw words with MinHash, and held to be duplicates only where one says nothing of its own: two short
notices under one long footer have most words in common, too, and are two articles, as are two bulletins of a form.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

from pipeline.clean.pieces import Piece, pairs
from pipeline.clean.repetition import block_key

# Documents are compared by 64 minima of the hashes of their word triples; 8 bands of 8 rows find pairs above about 0.77
# Jaccard, and a pair is reported from 0.7 on, since the estimate from 64 minima has a standard error of 0.06.
MINIMA: Final = 64
BANDS: Final = 8
MIN_SIMILARITY: Final = 0.7
SHINGLE_WORDS: Final = 3
MIN_SHINGLES: Final = 20
# A paragraph is one's own where less than half of its word pairs are in the other document: a name or a figure that was
# changed, or a clause that was cut, spoils fewer.
MIN_SHARED: Final = 0.5
# What a paper adds to the copy that it prints, as a share of the words in paragraphs.
MAX_OWN: Final = 0.2
# Bulletins of the same words are the same where half of their figures are; one figure or two are no bulletin's.
MIN_FIGURES: Final = 0.5
JUDGED_FIGURES: Final = 3
_SEED: Final = 1
_BYTES: Final = 4
_ROW: Final = (1 << 32) - 1


class Alike:
    """Documents seen so far, by number, found again by bands of their minima; about 400 bytes each."""

    def __init__(self, number: int) -> None:
        """Make room for so many documents."""
        self._minima = bytearray()  # of the documents kept for comparison, a row each
        self._numbers = array("L")  # of the rows
        # A hash table with open addressing, at most half full: half of a band's key, and the row that had it first, from 1 on.
        self._bands = array("Q", bytes(8 * 2 * BANDS * max(1, number)))

    def add(self, number: int, words: list[str]) -> tuple[int, float] | None:
        """The earlier document that this one is nearly the same as, and the similarity; else it is kept for comparison."""
        from rensa import RMinHash

        shingles = [" ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1)]
        if len(shingles) < MIN_SHINGLES:
            return None
        sketch = RMinHash(num_perm=MINIMA, seed=_SEED)
        sketch.update(shingles)
        minima = b"".join(value.to_bytes(_BYTES, "big") for value in sketch.digest())
        width = len(minima) // BANDS
        keys = [block_key([str(i), minima[i * width : (i + 1) * width].hex()]) for i in range(BANDS)]
        places = [self._place(key) for key in keys]
        candidates = {(self._bands[place] & _ROW) - 1 for place in places if self._bands[place]}
        likeness = {row: _similarity(minima, self._row(row)) for row in candidates}
        best = max(likeness, key=lambda row: (likeness[row], -row), default=None)
        if best is not None and likeness[best] >= MIN_SIMILARITY:
            return self._numbers[best], likeness[best]
        self._minima += minima
        self._numbers.append(number)
        for key in keys:
            if not self._bands[place := self._place(key)]:
                self._bands[place] = key & ~_ROW | len(self._numbers)
        return None

    def _place(self, key: int) -> int:
        """Where a band is in the table, or belongs."""
        place = key % len(self._bands)
        while (held := self._bands[place]) and (held ^ key) > _ROW:
            place = (place + 1) % len(self._bands)
        return place

    def _row(self, row: int) -> bytes:
        size = MINIMA * _BYTES
        return bytes(self._minima[row * size : (row + 1) * size])


def repeats(document: Sequence[Piece], original: Sequence[Piece]) -> bool:
    """Whether a document that was found to be like another says what that one says, and nothing of weight besides.

    Its first paragraph, where an article says what is new, must be the other's, too, and so must half of the figures in what
    they share: a report of another earthquake is another report.
    """
    known = {pair for piece in original for pair in pairs(piece.words)}
    prose = [piece for piece in document if piece.prose]
    own = [piece for piece in prose if _shared(piece, known) < MIN_SHARED]
    figures = {figure for piece in prose if piece not in own for figure in piece.figures}
    theirs = {figure for piece in original for figure in piece.figures}
    if len(figures) >= JUDGED_FIGURES and len(figures & theirs) < MIN_FIGURES * len(figures):
        return False
    if not own:
        return True
    words, all_words = (sum(len(piece.words) for piece in pieces) for pieces in (own, prose))
    return own[0] is not prose[0] and words <= MAX_OWN * all_words


def _shared(piece: Piece, known: set[str]) -> float:
    mine = pairs(piece.words)
    return len(mine & known) / len(mine) if mine else 1.0


def _similarity(a: bytes, b: bytes) -> float:
    same = sum(a[i : i + _BYTES] == b[i : i + _BYTES] for i in range(0, len(a), _BYTES))
    return round(same / MINIMA, 3)
