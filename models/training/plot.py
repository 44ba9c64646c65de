"""The curve of a training: loss by target pieces, and the development scores beside it."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from .config import RecipeError

# Rows of loss.csv to a point: batches differ in kind, a single row says little.
SMOOTHING = 10


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def smooth(values: list[float], window: int = SMOOTHING) -> list[float]:
    """The mean of each value and those before it in the window.

    >>> smooth([4.0, 2.0, 0.0], window=2)
    [4.0, 3.0, 1.0]
    """
    return [sum(part) / len(part) for i in range(len(values)) if (part := values[max(0, i - window + 1) : i + 1])]


def plot(run: Path, out: Path) -> None:
    """Draw ``loss.csv`` and ``dev.csv`` of a run; the format is that of the name, for example ``curve.svg``.

    Raises:
        RecipeError: nothing was trained yet, or matplotlib is missing.
    """
    losses, scores = _rows(run / "loss.csv"), _rows(run / "dev.csv")
    if not losses:
        raise RecipeError(f"{run / 'loss.csv'}: no losses yet; train first")
    try:
        import matplotlib
    except ImportError as error:
        raise RecipeError("matplotlib: not installed. Get it with: pip install -e '.[train]'") from error
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, left = plt.subplots(figsize=(8, 4.5))
    seen = [int(row["tokens"]) / 1e6 for row in losses]
    left.plot(seen, smooth([float(row["loss"]) for row in losses]), color="0.4", label="loss")
    left.set_xlabel("target pieces, millions")
    left.set_ylabel("loss, nats a piece")
    right = left.twinx()
    by_language: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in scores:
        by_language[row["language"]].append((int(row["tokens"]) / 1e6, float(row["bleu"])))
    for language, points in sorted(by_language.items()):
        right.plot(*zip(*sorted(points), strict=True), marker="o", label=f"{language}→en")
    right.set_ylabel("BLEU, development set")
    if by_language:
        right.legend(loc="center right")
    figure.tight_layout()
    figure.savefig(out)
    plt.close(figure)
