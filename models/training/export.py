"""What is published of a training: the float16 checkpoint and its CTranslate2 int8 conversion, with their sizes."""

from __future__ import annotations

import shutil
from pathlib import Path

from .score import convert

# Files that CTranslate2 needs and what the pipeline needs beside them to make pieces.
INT8_FOLDER = "ctranslate2"
SENTENCEPIECE = ("source.spm", "target.spm")


def export(model: Path, out: Path, *, int8_only: bool) -> dict[str, int]:
    """Write a model for the repository; returns each file's size in bytes.

    Args:
        int8_only: leave the float16 checkpoint out; what remains translates, but cannot be trained further.
    """
    out.mkdir(parents=True, exist_ok=True)
    if not int8_only:
        for path in sorted(model.iterdir()):
            shutil.copyfile(path, out / path.name)
    converted = convert(model, out / INT8_FOLDER)
    if int8_only:
        for name in SENTENCEPIECE:
            shutil.copyfile(model / name, converted / name)
    return {str(p.relative_to(out)): p.stat().st_size for p in sorted(out.rglob("*")) if p.is_file()}
