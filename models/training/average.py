"""Averaging the weights of several model folders: of neighbours in a training, or of trainings of different order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from .checkpoint import VOCABULARY_FILES, Checkpoint, read_checkpoint
from .config import RecipeError


def average(folders: Sequence[Path], shares: Sequence[float] | None = None) -> Checkpoint:
    """The mean of the weights of folders that share their vocabulary.

    Args:
        shares: the part that each folder has in the mean, 1 together; equal parts if not given.

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
    parts = shares or [1 / len(models)] * len(models)
    weights = {
        name: torch.stack([m.weights[name] * part for m, part in zip(models, parts, strict=True)]).sum(0)
        for name in first.weights
    }
    return Checkpoint(weights, first.bias, first.shape)
