"""Fit the weights of `pipeline.identify` on the tuning half, and bin the confidences of the test half against the truth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Final

from benchmarks.language.samples import Half, samples
from pipeline.identify import Evidence, Weights, evidence, folded, probabilities

# Shorter and longer than the table's, so that the fit holds between them.
FITTED_LENGTHS: Final = (3, 5, 10, 20, 50, 100)
BINS: Final = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.01)


@dataclass(frozen=True, slots=True)
class Case:
    """The evidence of one text, and its language."""

    code: str
    words: int
    characters: int
    found: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts with a confidence in [low, high): how many, what they were given on average, how many were right."""

    low: float
    high: float
    texts: int
    confidence: float
    right: float


def cases(half: Half, lengths: Sequence[int] = FITTED_LENGTHS) -> list[Case]:
    """The evidence of every text of one half that has any."""
    found = []
    for sample in samples(half, lengths):
        text = folded(sample.text)
        if given := evidence(text):
            found.append(Case(sample.code, sample.words, len(text), given))
    return found


def loss(weights: Weights, among: Iterable[Case]) -> float:
    """The mean negative log-likelihood of the truth, in nats."""
    lost = [-math.log(max(1e-6, probabilities(c.found, c.characters, weights).get(c.code, 0.0))) for c in among]
    return sum(lost) / len(lost)


def fit(among: Sequence[Case], start: Weights) -> Weights:
    """The weights of least loss, by coordinate search with shrinking steps: five numbers need no gradient.

    langdetect's own weight stays as it is: left free it falls to nothing (docs/language.md).
    """
    values = list(astuple(start))
    best = loss(start, among)
    step = 0.5
    while step > 0.02:
        improved = False
        for i in range(1, len(values)):
            for change in (step, -step):
                tried = [*values[:i], values[i] + change, *values[i + 1 :]]
                value = loss(Weights(*tried), among)
                if value < best - 1e-6:
                    best, values, improved = value, tried, True
                    break
        if not improved:
            step /= 2
    return Weights(*(round(value, 2) for value in values))


def reliability(among: Iterable[Case], weights: Weights) -> list[Bin]:
    """The confidences of the best candidates in bins, with the share of each that was right."""
    answers = []
    for case in among:
        likely = probabilities(case.found, case.characters, weights)
        code = max((code for code in likely if code != "und"), key=lambda code: likely[code])
        answers.append((likely[code], code == case.code))
    bins = []
    for low, high in pairwise(BINS):
        inside = [answer for answer in answers if low <= answer[0] < high]
        if inside:
            mean = sum(answer[0] for answer in inside) / len(inside)
            right = sum(answer[1] for answer in inside) / len(inside)
            bins.append(Bin(low, min(1.0, high), len(inside), mean, right))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error: the mean distance of confidence and truth, weighted by the texts."""
    return sum(b.texts * abs(b.confidence - b.right) for b in bins) / sum(b.texts for b in bins)
