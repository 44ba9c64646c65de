"""The vocabulary of a model in use: text to piece numbers and back, and the cache of a tokenised corpus."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sentencepiece

from .config import read_json
from .corpus import Pair

END = 0
UNKNOWN = 1

Ints = npt.NDArray[np.int32]


class Vocabulary:
    """The two SentencePiece models of a checkpoint and their common numbering.

    The numbering puts the pieces that English may be written with first: ``</s>``, ``<unk>``, then English pieces up to
    ``english``; the rest only ever occur in sources. The last number is the padding.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number: dict[str, int] = read_json(folder / "vocab.json")
        self.source = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
        self.target = sentencepiece.SentencePieceProcessor(model_file=str(folder / "target.spm"))
        self.pad = self.number["<pad>"]

    def __len__(self) -> int:
        return len(self.number)

    def encode_source(self, text: str) -> list[int]:
        """Piece numbers of a sentence, with its end mark."""
        return [*(self.number.get(p, UNKNOWN) for p in self.source.encode(text, out_type=str)), END]

    def encode_target(self, text: str) -> list[int]:
        """Piece numbers of an English sentence, with its end mark."""
        return [*(self.number.get(p, UNKNOWN) for p in self.target.encode(text, out_type=str)), END]

    @staticmethod
    def text(pieces: Sequence[str]) -> str:
        """What pieces spell."""
        return "".join(pieces).replace("▁", " ").strip()

    def fingerprint(self) -> str:
        """Twelve hex digits that change with any of the vocabulary's files."""
        digest = hashlib.sha256()
        for name in ("vocab.json", "source.spm", "target.spm"):
            digest.update((self.folder / name).read_bytes())
        return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class TokenisedCorpus:
    """Piece numbers of all pairs, end to end; pair ``i`` is at ``starts[i]:starts[i + 1]`` of each side.

    Of the Portuguese, ``pivot``, every pair has as many texts as there are ways to it, one after the other; a text that is
    not there has no number.
    """

    source: Ints
    source_starts: npt.NDArray[np.int64]
    target: Ints
    target_starts: npt.NDArray[np.int64]
    pivot: Ints
    pivot_starts: npt.NDArray[np.int64]
    corpus: Ints
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.corpus)

    def pair(self, index: int) -> tuple[Ints, Ints]:
        """Source and target of a pair."""
        return (
            self.source[self.source_starts[index] : self.source_starts[index + 1]],
            self.target[self.target_starts[index] : self.target_starts[index + 1]],
        )

    @property
    def ways(self) -> int:
        """How many Portuguese texts a pair may have."""
        return (len(self.pivot_starts) - 1) // max(len(self), 1)

    def portuguese(self, index: int, way: int) -> Ints:
        """The Portuguese of a pair by one of the ways; empty if there is none."""
        at = index * self.ways + way
        return self.pivot[self.pivot_starts[at] : self.pivot_starts[at + 1]]

    def save(self, path: Path) -> None:
        """Write to an .npz file, whole or not at all."""
        temporary = path.with_suffix(".tmp.npz")
        np.savez(
            temporary,
            source=self.source,
            source_starts=self.source_starts,
            target=self.target,
            target_starts=self.target_starts,
            pivot=self.pivot,
            pivot_starts=self.pivot_starts,
            corpus=self.corpus,
            names=np.array(self.names),
        )
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> TokenisedCorpus:
        """Read what :meth:`save` wrote."""
        with np.load(path) as file:
            arrays = {f.name: file[f.name] for f in fields(cls) if f.name != "names"}
            return cls(**arrays, names=tuple(str(n) for n in file["names"]))


def tokenise(
    pairs: Sequence[Pair], vocabulary: Vocabulary, english: int, max_pieces: int
) -> tuple[TokenisedCorpus, int]:
    """Number the pieces of all pairs once; returns them and how many pairs were too long or not writable."""
    names = tuple(sorted({p.corpus for p in pairs}))
    index = {name: i for i, name in enumerate(names)}
    ways = max((len(p.pivots) for p in pairs), default=0)
    sources: list[list[int]] = []
    targets: list[list[int]] = []
    pivots: list[list[int]] = []
    corpora: list[int] = []
    for pair in pairs:
        source, target = vocabulary.encode_source(pair.source), vocabulary.encode_target(pair.english)
        writable = all(n < english and n != UNKNOWN for n in target)
        if writable and 1 < len(source) <= max_pieces and 1 < len(target) <= max_pieces:
            sources.append(source)
            targets.append(target)
            for way in range(ways):
                text = pair.pivots[way] if way < len(pair.pivots) else ""
                pivot = vocabulary.encode_target(text) if text else []
                pivots.append(pivot if len(pivot) <= max_pieces else [])
            corpora.append(index[pair.corpus])

    def flat(rows: list[list[int]]) -> tuple[Ints, npt.NDArray[np.int64]]:
        starts = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(r) for r in rows], out=starts[1:])
        return np.fromiter((n for r in rows for n in r), np.int32, int(starts[-1])), starts

    source_flat, source_starts = flat(sources)
    target_flat, target_starts = flat(targets)
    pivot_flat, pivot_starts = flat(pivots)
    numbers = np.array(corpora, np.int32)
    done = TokenisedCorpus(
        source_flat, source_starts, target_flat, target_starts, pivot_flat, pivot_starts, numbers, names
    )
    return done, len(pairs) - len(done)
