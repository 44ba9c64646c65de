"""How well `pipeline.risk` sorts translations, and the fit of its coefficients.

    python -m benchmarks.risk          the table of docs/checks.md
    python -m benchmarks.risk --fit    new coefficients, by ridge regression (they are then written into pipeline/risk.py)

pairs.tsv and long.tsv (31 words on average, half of it clumsy as translated news is) hold Italian sentences with a written
translation, which the bundled model was not trained on. A translation is bad if its chrF2 against the written one is below
`BAD_CHRF`, or if it lacks a figure or a name that this has. To have more bad ones, and errors such as the checks look for, each
sentence is also translated from a text in which one word in five is garbled.
"""

from __future__ import annotations

import argparse
import math
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.check import check
from pipeline.models import ModelStore
from pipeline.records import Flag
from pipeline.risk import BAD_CHRF, BIAS, features, weights
from pipeline.settings import Settings
from pipeline.translate import Hypothesis, load_engine
from pipeline.translate.plan import translate_all

HERE = Path(__file__).parent
PAIRS = ("pairs.tsv", "long.tsv")
# One case: the features, and whether the translation is bad.
Case = tuple[tuple[float, ...], bool]


def cases() -> list[Case]:
    """The features and the verdict for every pair, as it is and garbled."""
    from sacrebleu.metrics import CHRF

    chrf: Any = CHRF()
    model = ModelStore().find("it")
    if model is None:
        raise SystemExit("no model for it")
    lines = [line for name in PAIRS for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    pairs = [line.split("\t") for line in lines]
    plain = [(source, source, english) for source, english in pairs]
    noisy = [(source, _garbled(source, seed), english) for seed, (source, english) in enumerate(pairs)]
    known: dict[str, Hypothesis] = {}
    translate_all([given for _, given, _ in plain + noisy], load_engine(Settings(), model, 1), known, language="it")
    made: list[Case] = []
    for source, given, english in plain + noisy:
        found = known[given]
        flags: Sequence[Flag] = check(source, found.text, "it")
        score = float(chrf.sentence_score(found.text, [english]).score)
        made.append((features(found.score, flags), score < BAD_CHRF or not _facts(english) <= _facts(found.text)))
    return made


def _facts(english: str) -> set[str]:
    """The figures of an English sentence, and its words with a capital but for the first."""
    return set(re.findall(r"\d+(?:[.,]\d+)*", english)) | set(re.findall(r"(?<=\w )[A-Z]\w+", english))


def _garbled(text: str, seed: int) -> str:
    """The text with the inner letters of every fifth word shuffled: what unknown words do to a model."""
    draw = random.Random(seed)
    words = text.split(" ")
    for at in draw.sample(range(len(words)), max(1, len(words) // 5)):
        inner = list(words[at][1:-1])
        draw.shuffle(inner)
        words[at] = words[at][:1] + "".join(inner) + words[at][-1:] if len(words[at]) > 1 else words[at]
    return " ".join(words)


def fit(data: Sequence[Case], ridge: float = 1.0, steps: int = 20_000, rate: float = 0.05) -> list[float]:
    """The bias and the coefficients of a logistic regression, by gradient descent; no coefficient is below 0."""
    width = len(data[0][0])
    theta = [0.0] * (width + 1)
    for _ in range(steps):
        gradient = [0.0] * (width + 1)
        for row, bad in data:
            error = _sigmoid(theta[0] + sum(w * x for w, x in zip(theta[1:], row, strict=True))) - bad
            for at, value in enumerate((1.0, *row)):
                gradient[at] += error * value
        theta = [
            t - rate * (g + (ridge * t if at else 0)) / len(data)
            for at, (t, g) in enumerate(zip(theta, gradient, strict=True))
        ]
        theta[1:] = [max(0.0, t) for t in theta[1:]]
    return theta


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def auc(scores: Sequence[float], bad: Sequence[bool]) -> float:
    """The chance that a bad translation has a higher score than a good one."""
    high, low = ([s for s, b in zip(scores, bad, strict=True) if b is verdict] for verdict in (True, False))
    wins = sum((h > g) + 0.5 * (h == g) for h in high for g in low)
    return wins / max(1, len(high) * len(low))


def main() -> None:
    """Print the table; with --fit the coefficients, and what they give on the half that they were not fitted on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit anew")
    asked = parser.parse_args()
    data = cases()
    bad = [verdict for _, verdict in data]
    print(f"{len(data)} translations, {sum(bad)} bad (chrF2 < {BAD_CHRF:g}, or a figure or a name lost)")
    theta = [BIAS, *weights()]
    if asked.fit:
        halves = [data[::2], data[1::2]]
        for mine, other in (halves, halves[::-1]):
            half = fit(mine)
            scores = [half[0] + sum(w * x for w, x in zip(half[1:], row, strict=True)) for row, _ in other]
            print(f"fitted on one half, AUC on the other: {auc(scores, [b for _, b in other]):.3f}")
        theta = fit(data)
        print("bias {:.2f}, a nat {:.2f}, a warning {:.2f}, an error {:.2f}".format(*theta))
    risks = [_sigmoid(theta[0] + sum(w * x for w, x in zip(theta[1:], row, strict=True))) for row, _ in data]
    print(
        f"AUC: risk {auc(risks, bad):.3f}, score alone {auc([row[0] for row, _ in data], bad):.3f}, "
        f"flags alone {auc([row[1] + 3 * row[2] for row, _ in data], bad):.3f}"
    )
    print("risk       segments   bad")
    for low in (0.0, 0.1, 0.2, 0.3, 0.5, 0.7):
        high = {0.0: 0.1, 0.1: 0.2, 0.2: 0.3, 0.3: 0.5, 0.5: 0.7, 0.7: 1.01}[low]
        inside = [b for r, b in zip(risks, bad, strict=True) if low <= r < high]
        print(f"{low:.1f}–{min(high, 1):.1f}  {len(inside):9}  {sum(inside) / max(1, len(inside)):5.0%}")


if __name__ == "__main__":
    main()
