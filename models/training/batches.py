"""The order in which pairs are learnt: fixed by seed and epoch, so that a training resumes at the very batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt

from .config import RecipeError
from .pieces import TokenisedCorpus

# Pairs sorted by length together: large enough for little padding, small enough that batches differ in kind.
BLOCK = 20_000

Items = npt.NDArray[np.int64]


def weight_of(corpus: str, weights: Mapping[str, float]) -> float:
    """A corpus's weight: by its name, else by the first pattern that fits, else 1.

    >>> weight_of("es:news+back", {"news+back": 3, "*+back": 0.5})
    0.5
    """
    if corpus in weights:
        return weights[corpus]
    return next((w for pattern, w in weights.items() if "*" in pattern and fnmatchcase(corpus, pattern)), 1.0)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded piece numbers: ``source`` and ``target`` (rows, longest), and ``pivots``, one such array for each way to Portuguese.

    One of ``pivots`` holds the Portuguese of the rows that have it by that way, in their order; ``taught`` (ways, rows) says
    which they are.
    """

    source: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]
    pivots: tuple[npt.NDArray[np.int64], ...]
    taught: npt.NDArray[np.bool_]


def sample_epoch(corpus: TokenisedCorpus, weights: Mapping[str, float], seed: int, epoch: int, joined: float) -> Items:
    """One epoch's items (n, 2): a pair and, for the share ``joined``, a second pair of the same corpus, else -1.

    A corpus of weight 2.5 gives every pair twice and a random half of its pairs once more.
    """
    rng = np.random.default_rng([seed, epoch])
    parts: list[npt.NDArray[np.int64]] = []
    for number, name in enumerate(corpus.names):
        members = np.flatnonzero(corpus.corpus == number)
        weight = weight_of(name, weights)
        whole = int(weight)
        taken = [members] * whole + [rng.permutation(members)[: round(len(members) * (weight - whole))]]
        first = rng.permutation(np.concatenate(taken))
        second = np.full(len(first), -1)
        if joined > 0 and len(members) > 1:
            chosen = rng.random(len(first)) < joined
            second[chosen] = rng.choice(members, int(chosen.sum()))
        parts.append(np.stack([first, second], 1))
    return rng.permutation(np.concatenate(parts))


def _lengths(corpus: TokenisedCorpus, items: Items) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    source, target = np.diff(corpus.source_starts), np.diff(corpus.target_starts)
    second = items[:, 1] >= 0
    # Joining two sentences drops the first one's end mark.
    more_source = np.where(second, source[items[:, 1]] - 1, 0)
    more_target = np.where(second, target[items[:, 1]] - 1, 0)
    return source[items[:, 0]] + more_source, target[items[:, 0]] + more_target


def plan_epoch(
    corpus: TokenisedCorpus, items: Items, batch_tokens: int, max_pieces: int, seed: int, epoch: int
) -> list[Items]:
    """Group an epoch's items into batches of like lengths, at most ``batch_tokens`` padded pieces on either side."""
    rng = np.random.default_rng([seed, epoch, 1])
    source, target = _lengths(corpus, items)
    too_long = (source > max_pieces) | (target > max_pieces)
    items = items.copy()
    items[too_long, 1] = -1
    source, target = _lengths(corpus, items)
    batches: list[Items] = []
    for start in range(0, len(items), BLOCK):
        block = np.arange(start, min(start + BLOCK, len(items)))
        order = block[np.lexsort((source[block], target[block]))]
        planned: list[Items] = []
        current: list[int] = []
        longest = 0
        for i in order:
            longest_now = max(longest, int(source[i]), int(target[i]))
            if current and longest_now * (len(current) + 1) > batch_tokens:
                planned.append(items[current])
                current, longest_now = [], max(int(source[i]), int(target[i]))
            current.append(int(i))
            longest = longest_now
        if current:
            planned.append(items[current])
        batches += [planned[i] for i in rng.permutation(len(planned))]
    return batches


def fill(corpus: TokenisedCorpus, items: Items, pad: int) -> Batch:
    """The padded numbers of a batch."""
    sources: list[npt.NDArray[np.int32]] = []
    targets: list[npt.NDArray[np.int32]] = []
    pivots: list[list[npt.NDArray[np.int32]]] = [[] for _ in range(corpus.ways)]
    for first, second in items:
        source, target = corpus.pair(int(first))
        if second >= 0:
            more_source, more_target = corpus.pair(int(second))
            source, target = (
                np.concatenate([source[:-1], more_source]),
                np.concatenate([target[:-1], more_target]),
            )
        sources.append(source)
        targets.append(target)
        for way, side in enumerate(pivots):
            pivot = corpus.portuguese(int(first), way)
            if second >= 0:
                more_pivot = corpus.portuguese(int(second), way)
                pivot = np.concatenate([pivot[:-1], more_pivot]) if len(pivot) and len(more_pivot) else pivot[:0]
            side.append(pivot)

    def padded(rows: list[npt.NDArray[np.int32]]) -> npt.NDArray[np.int64]:
        out = np.full((len(rows), max(map(len, rows), default=0)), pad, np.int64)
        for i, row in enumerate(rows):
            out[i, : len(row)] = row
        return out

    taught = np.array([[len(pivot) > 0 for pivot in side] for side in pivots], bool).reshape(len(pivots), len(items))
    there = tuple(padded([p for p in side if len(p)]) for side in pivots)
    return Batch(padded(sources), padded(targets), there, taught)


def epochs(
    corpus: TokenisedCorpus,
    weights: Mapping[str, float],
    seed: int,
    batch_tokens: int,
    max_pieces: int,
    joined: float,
    epoch: int = 0,
    position: int = 0,
) -> Iterator[tuple[int, int, Items]]:
    """Batches without end, from batch ``position`` of ``epoch`` on: (epoch, position of the next batch, items).

    Raises:
        RecipeError: the weights leave nothing.
    """
    while True:
        items = sample_epoch(corpus, weights, seed, epoch, joined)
        planned = plan_epoch(corpus, items, batch_tokens, max_pieces, seed, epoch)
        if not planned:
            raise RecipeError("[weights]: so low that no pair is taken in an epoch; raise some")
        for number in range(position, len(planned)):
            yield epoch, number + 1, planned[number]
        epoch, position = epoch + 1, 0
