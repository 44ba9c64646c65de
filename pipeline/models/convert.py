"""From the weights that a hub has to those that are kept: pickle to safetensors, and safetensors to CTranslate2 int8.

Both need the extra [torch], once; translating with the result needs none.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from pipeline.errors import MissingExtra, ModelBroken
from pipeline.models.store import CONVERTED

QUANTIZATION: Final = "int8"
SAFE: Final = "model.safetensors"
PICKLE: Final = "pytorch_model.bin"


def require_torch() -> None:
    """Raise MissingExtra if no conversion can be made here."""
    if find_spec("torch") is None or find_spec("safetensors") is None:
        raise MissingExtra("Converting a model", "torch")


def converter() -> str:
    """What a conversion is made with, for its lock."""
    return f"ctranslate2-{version('ctranslate2')}/{QUANTIZATION}"


def convert(model: Path) -> Path:
    """Write the CTranslate2 int8 conversion of `model` into its sub-folder, and return that.

    Made in a temporary folder and moved in whole. Raises MissingExtra, or ModelBroken where the weights do not load.
    """
    require_torch()
    from ctranslate2.converters import TransformersConverter

    target = model / CONVERTED
    with tempfile.TemporaryDirectory(dir=model) as scratch, _quiet(model):
        made = Path(scratch) / CONVERTED
        TransformersConverter(str(model)).convert(str(made), quantization=QUANTIZATION)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return target


def unpickle(model: Path) -> None:
    """Turn `pytorch_model.bin` into `model.safetensors` and drop it. Its code is never run: torch loads weights only."""
    require_torch()
    from transformers import MarianMTModel

    with tempfile.TemporaryDirectory(dir=model) as scratch, _quiet(model):
        loaded: Any = MarianMTModel.from_pretrained(str(model), local_files_only=True, weights_only=True)
        loaded.save_pretrained(scratch)
        (Path(scratch) / SAFE).rename(model / SAFE)
    (model / PICKLE).unlink()


@contextlib.contextmanager
def _quiet(model: Path) -> Iterator[None]:
    """No progress bars and warnings of the libraries; their errors as ModelBroken. A full disk stays an OSError."""
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tokeniser recommends sacremoses, which it then does not use
            yield
    except (ValueError, KeyError, RuntimeError, ImportError, TypeError) as error:
        raise ModelBroken(f"{model}: its weights do not convert: {error}") from error
