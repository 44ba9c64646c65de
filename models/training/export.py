"""What is published of a training: the float16 checkpoint and its CTranslate2 int8 conversion, with their sizes."""

from __future__ import annotations

import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

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
        if path.name != CHECKPOINT:
            shutil.copyfile(path, out / path.name)
    # Eight significant bits, as bfloat16 has, are as many as int8 keeps, and git packs them a fifth smaller than eleven.
    stored = load_file(model / CHECKPOINT)
    rounded = {name: weight.bfloat16().to(weight.dtype) for name, weight in stored.items() if name.endswith(".weight")}
    save_file(stored | rounded, out / CHECKPOINT, {"format": "pt"})
    convert(out, out / INT8_FOLDER)
    if int8_only:
        (out / CHECKPOINT).unlink()
    return {str(p.relative_to(out)): p.stat().st_size for p in sorted(out.rglob("*")) if p.is_file()}
