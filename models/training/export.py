"""What is published of a training: the float16 checkpoint and its CTranslate2 int8 conversion, with their sizes."""

from __future__ import annotations

import shutil
from pathlib import Path

from .score import convert

INT8_FOLDER = "ctranslate2"
CHECKPOINT = "model.safetensors"


def export(model: Path, out: Path, *, int8_only: bool) -> dict[str, int]:
    """Write a model for the repository; returns each file's size in bytes.

    Args:
        int8_only: leave the float16 checkpoint out; what remains translates, but cannot be trained further.
    """
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(model.iterdir()):
        if not (int8_only and path.name == CHECKPOINT):
            shutil.copyfile(path, out / path.name)
    convert(model, out / INT8_FOLDER)
    return {str(p.relative_to(out)): p.stat().st_size for p in sorted(out.rglob("*")) if p.is_file()}
