"""Decoding by an ensemble: what the teachers of a training know together, measured before a network is to learn it.

One beam search over the mean of their distributions, piece by piece (Freitag et al. 2017, "Ensemble distillation for neural
machine translation", do the same with networks that read the same text).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from .checkpoint import Checkpoint, read_checkpoint
from .config import Recipe
from .corpus import Pair, plain
from .network import EMBEDDING, arithmetic, decode, encode, padding_mask, sinusoids
from .pieces import END, Vocabulary
from .pivot import with_pivots
from .student import Student
from .teacher import Teacher

# Sentences at a time, and the longest translation in pieces.
BATCH = 64
LONGEST = 160


class Network(Protocol):
    """What a member of an ensemble can do; `Teacher` is one, `Trained` the other.

    Attributes:
        pad: the number of the padding, with which an output begins.
        table: embedding of every number, (pieces, width).
        bias: of every number, (pieces,).
    """

    pad: int
    table: Tensor
    bias: Tensor

    def read(self, source: Tensor) -> tuple[Tensor, Tensor | None]:
        """The encoder's states of a batch, (rows, length, width), and the mask of its padding."""

    def write(self, memory: Tensor, mask: Tensor | None, given: Tensor) -> Tensor:
        """The decoder's last states, (rows, length, width), for what was read and the English ``given`` so far."""


class Trained:
    """A model of the recipe as a member of an ensemble."""

    def __init__(self, model: Checkpoint) -> None:
        self.arithmetic = arithmetic()
        self.shape = model.shape
        self.weights = {name: weight.to(self.arithmetic, copy=True) for name, weight in model.weights.items()}
        self.table, self.bias = self.weights[EMBEDDING], model.bias
        self.pad = len(self.bias) - 1
        self.table[self.pad] = 0
        self.positions = sinusoids(self.shape.positions, self.shape.width)

    def _embed(self, ids: Tensor) -> Tensor:
        scaled = F.embedding(ids, self.table).float() * self.shape.width**0.5
        return (scaled + self.positions[: ids.shape[1]]).to(self.arithmetic)

    def read(self, source: Tensor) -> tuple[Tensor, Tensor | None]:
        """See `Network`."""
        mask = padding_mask(source, self.pad, self.arithmetic)
        with torch.no_grad():
            return encode(self.weights, self.shape, self._embed(source), mask), mask

    def write(self, memory: Tensor, mask: Tensor | None, given: Tensor) -> Tensor:
        """See `Network`."""
        with torch.no_grad():
            return decode(self.weights, self.shape, self._embed(given), memory, mask)

    def states(self, source: Tensor, given: Tensor) -> Tensor:
        """The decoder's last states, (rows, length, width), for ``source`` and the English ``given`` so far."""
        return self.write(*self.read(source), given)


@dataclass(frozen=True, slots=True)
class Reader:
    """A member of an ensemble: a network, the text of every sentence that it reads (piece numbers), its part of the mean."""

    network: Network
    texts: Sequence[Sequence[int]]
    share: float


_Hypothesis = tuple[float, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Beam:
    """A sentence's unfinished hypotheses with the logarithms of their probabilities, and its finished ones by score."""

    open: tuple[_Hypothesis, ...] = ((0.0, ()),)
    finished: tuple[_Hypothesis, ...] = ()

    def extended(self, values: Sequence[Sequence[float]], pieces: Sequence[Sequence[int]], width: int) -> _Beam:
        """One piece further: ``values`` and ``pieces`` are the best continuations of each open hypothesis."""
        grown = [
            (score + value, (*given, piece))
            for (score, given), row, numbers in zip(self.open, values, pieces, strict=True)
            for value, piece in zip(row, numbers, strict=True)
        ]
        best = sorted(grown, reverse=True)[: 2 * width]
        # A finished one counts if it is among the best; its score is the mean of its pieces, as CTranslate2 has it.
        done = [(score / len(given), given[:-1]) for score, given in best[:width] if given[-1] == END]
        going = [(score, given) for score, given in best if given[-1] != END][:width]
        finished = (*self.finished, *done)
        return replace(self, open=() if len(finished) >= width else tuple(going), finished=finished)

    def best(self) -> tuple[int, ...]:
        """The finished hypothesis with the best score; the best open one if none is finished."""
        return max(self.finished or [(score / len(given), given) for score, given in self.open])[1]


def teachers(recipe: Recipe, model: Path, run: Path, language: str, sources: Sequence[str]) -> dict[str, Reader]:
    """The teachers that a recipe gives a pair of a language, reading sentences: the model that it begins with, and the student.

    Args:
        model: the folder of that model.
        run: where Apertium's Portuguese is kept.
    """
    vocabulary = Vocabulary(model)
    own = recipe.train.own_share
    pairs = with_pivots([Pair(plain(source), "", "") for source in sources], language, run, recipe.ways)
    readers: dict[str, Reader] = {}
    if own:
        texts = [vocabulary.encode_source(pair.source) for pair in pairs]
        readers["the model"] = Reader(Trained(read_checkpoint(model)), texts, own)
    ways = zip(*(pair.pivots for pair in pairs), strict=True)
    student = Teacher(Student(), vocabulary)
    read = [[vocabulary.encode_target(text) for text in portuguese] for portuguese in ways]
    for number, texts in enumerate(read, 1):
        readers[f"the student by way {number}"] = Reader(student, texts, (1 - own) / len(read))
    return readers


def translations(readers: Sequence[Reader], model: Path, width: int) -> list[str]:
    """What readers whose vocabulary is that of the folder ``model`` write together; their shares need not sum to 1."""
    vocabulary = Vocabulary(model)
    piece = {number: piece for piece, number in vocabulary.number.items()}
    whole = sum(reader.share for reader in readers)
    shared = [replace(reader, share=reader.share / whole) for reader in readers]
    found = beam_search(shared, read_checkpoint(model).english, width)
    return [vocabulary.text([piece[number] for number in numbers]) for numbers in found]


def _padded(texts: Sequence[Sequence[int]], pad: int) -> Tensor:
    longest = max(map(len, texts))
    return torch.tensor([[*text, *[pad] * (longest - len(text))] for text in texts])


def _search(readers: Sequence[Reader], rows: Sequence[int], english: int, width: int) -> list[_Beam]:
    """The beams of some sentences when all are finished."""
    read = [r.network.read(_padded([r.texts[i] for i in rows], r.network.pad)) for r in readers]
    beams = [_Beam() for _ in rows]
    for _ in range(LONGEST):
        going = [i for i, beam in enumerate(beams) if beam.open]
        if not going:
            break
        of = torch.tensor([i for i in going for _ in beams[i].open])
        given = torch.tensor([[readers[0].network.pad, *pieces] for i in going for _, pieces in beams[i].open])
        mean = torch.zeros(len(of), english)
        for reader, (memory, mask) in zip(readers, read, strict=True):
            network = reader.network
            last = network.write(memory[of], None if mask is None else mask[of], given)[:, -1]
            logits = (last @ network.table[:english].T).float() + network.bias[:english]
            mean += reader.share * logits.softmax(1)
        values, pieces = mean.log().topk(2 * width, 1)
        sizes = [len(beams[i].open) for i in going]
        for i, value, piece in zip(going, values.split(sizes), pieces.split(sizes), strict=True):
            beams[i] = beams[i].extended(value.tolist(), piece.tolist(), width)
    return beams


def beam_search(readers: Sequence[Reader], english: int, width: int) -> list[tuple[int, ...]]:
    """The ensemble's translation of every sentence, as piece numbers without the end mark.

    Args:
        readers: the ensemble; their shares sum to 1.
        english: pieces from this number on are never written.
        width: hypotheses that are kept at each step.
    """
    texts = readers[0].texts
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found: dict[int, tuple[int, ...]] = {}
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        found |= zip(rows, (beam.best() for beam in _search(readers, rows, english, width)), strict=True)
    return [found[i] for i in range(len(texts))]
