"""Repetition across the corpus: furniture that no rule knows is told by its standing in many documents.

The first pass reads every document once, counts its blocks by a hash of their words, and looks for documents that are
nearly the same (agency copy that several papers print); it yields a `Repetition`, which the second pass, the cleaning, is
given. Near-duplicates are counted as one document: else the paragraphs of a story that ten papers print would be
furniture. Numbers are masked, so that “Page 3 of 12, printed 4 May” is the same block on every page.

Memory is bounded by `MAX_COUNTED` for the blocks (rare ones are forgotten first, as in lossy counting: Manku and Motwani,
VLDB 2002) and is about 1 kB a document for the near-duplicates.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.clean.blocks import blocks
from pipeline.clean.folding import fold, tokens
from pipeline.clean.layout import layout
from pipeline.clean.ledger import apply

# Fewer documents say nothing about what recurs.
MIN_DOCUMENTS: Final = 50
# A block in so many documents, near-duplicates aside, is furniture: news prints the same sentence twice, not eight times.
MIN_REPEATS: Final = 8
# Shorter blocks recur for good reasons (“What happens next”); longer ones are not furniture, and cost time.
MIN_BLOCK_WORDS: Final = 5
MAX_BLOCK_WORDS: Final = 120
MAX_COUNTED: Final = 1_000_000
# Documents are compared by 64 minima of the hashes of their word triples; 8 bands of 8 rows find pairs above about 0.77
# Jaccard, and a pair is reported from 0.7 on, since the estimate from 64 minima has a standard error of 0.06.
MINIMA: Final = 64
BANDS: Final = 8
MIN_SIMILARITY: Final = 0.7
SHINGLE_WORDS: Final = 3
MIN_SHINGLES: Final = 20
_SEED: Final = 1
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Repetition:
    """What recurs in a corpus: keys of its repeated blocks; each near-duplicate with the document it is like, and how."""

    repeated: frozenset[int] = frozenset()
    duplicates: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Eight hex digits that change with what this would change in an output; empty where there is nothing."""
        if not self.repeated and not self.duplicates:
            return ""
        return hashlib.sha256(self.to_json("").encode()).hexdigest()[:8]

    def to_json(self, corpus: str) -> str:
        """The repetition of the corpus of that digest, as a file keeps it."""
        return json.dumps(
            {
                "version": _VERSION,
                "corpus": corpus,
                "repeated": [f"{key:016x}" for key in sorted(self.repeated)],
                "duplicates": {key: list(self.duplicates[key]) for key in sorted(self.duplicates)},
            },
            indent=1,
        )


def from_json(text: str, corpus: str) -> Repetition | None:
    """What `to_json` wrote; None where that was of another corpus or another version, or is no such file."""
    try:
        value = json.loads(text)
        if (value["version"], value["corpus"]) != (_VERSION, corpus):
            return None
        pairs = {key: (str(other), float(similarity)) for key, (other, similarity) in value["duplicates"].items()}
        return Repetition(frozenset(int(key, 16) for key in value["repeated"]), pairs)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def block_key(words: list[str]) -> int:
    """The 64-bit key of a block by its words."""
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=8).digest(), "big")


def masked(text: str) -> list[str]:
    """The words of a block as they are compared: folded, without signs, numbers as `0`."""
    return ["0" if token[0].isdigit() else token for token in tokens(fold(text)) if token.isalnum()]


def survey(documents: Iterable[tuple[str, str]]) -> Repetition:
    """The repetition of a corpus, from the identifiers and raw texts of its documents, in a fixed order."""
    counts: Counter[int] = Counter()
    alike = _Alike()
    duplicates: dict[str, tuple[str, float]] = {}
    floor = 1
    for name, raw in documents:
        if found := alike.add(name, masked(raw)):
            duplicates[name] = found
            continue
        counts.update(set(_keys(raw)))
        while len(counts) > MAX_COUNTED:
            counts = Counter({key: number for key, number in counts.items() if number > floor})
            floor += 1
    return Repetition(frozenset(key for key, number in counts.items() if number >= MIN_REPEATS), duplicates)


def _keys(raw: str) -> Iterator[int]:
    for block in blocks(apply(raw, layout(raw))):
        if MIN_BLOCK_WORDS <= block.words <= MAX_BLOCK_WORDS:
            yield block_key(masked(block.text))


class _Alike:
    """Documents seen so far, found again by bands of their minima (MinHash with locality-sensitive hashing)."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._minima: list[bytes] = []
        self._bands: dict[int, int] = {}

    def add(self, name: str, words: list[str]) -> tuple[str, float] | None:
        """The earlier document that this one is nearly the same as, and the similarity; else it is kept for comparison."""
        from rensa import RMinHash

        shingles = [" ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1)]
        if len(shingles) < MIN_SHINGLES:
            return None
        sketch = RMinHash(num_perm=MINIMA, seed=_SEED)
        sketch.update(shingles)
        minima = b"".join(value.to_bytes(4, "big") for value in sketch.digest())
        width = len(minima) // BANDS
        keys = [block_key([str(i), minima[i * width : (i + 1) * width].hex()]) for i in range(BANDS)]
        candidates = dict.fromkeys(self._bands[key] for key in keys if key in self._bands)
        likeness = {i: _similarity(minima, self._minima[i]) for i in candidates}
        best = max(likeness, key=lambda i: (likeness[i], -i), default=None)
        if best is not None and likeness[best] >= MIN_SIMILARITY:
            return self._names[best], likeness[best]
        for key in keys:
            self._bands.setdefault(key, len(self._names))
        self._names.append(name)
        self._minima.append(minima)
        return None


def _similarity(a: bytes, b: bytes) -> float:
    same = sum(a[i : i + 4] == b[i : i + 4] for i in range(0, len(a), 4))
    return round(same / MINIMA, 3)
