"""Averaging the weights of several model folders: of neighbours in a training, or of trainings of different order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .checkpoint import VOCABULARY_FILES, Checkpoint, read_checkpoint
from .config import RecipeError


def average(folders: Sequence[Path]) -> Checkpoint:
    """The mean of the weights of folders that share their vocabulary.

    Raises:
        RecipeError: none were given, or their vocabularies or sizes differ.
    """
    if not folders:
        raise RecipeError("average: name the model folders with --model, once for each")
    for name in VOCABULARY_FILES:
        if len({(folder / name).read_bytes() for folder in folders}) > 1:
            raise RecipeError(f"average: {name} differs between {', '.join(map(str, folders))}")
    models = [read_checkpoint(folder) for folder in folders]
    first = models[0]
    if any(m.shape != first.shape for m in models):
        raise RecipeError(f"average: the sizes differ between {', '.join(map(str, folders))}")
    weights = {name: sum((m.weights[name] for m in models[1:]), w) / len(models) for name, w in first.weights.items()}
    return Checkpoint(weights, first.bias, first.shape)
