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
from pipeline.models import shortlist
from pipeline.models.hub import client_imported
from pipeline.models.store import CONVERTED

QUANTIZATION: Final = "int8"
# Weights go from -63 to 63, not to 127. Processors without VNNI add two products in sixteen bits, and what is more than these
# hold is cut off. With 127 that cost it-en 1.8 BLEU and 1.7 chrF on AVX2 (benchmarks/quality: 39.4 and 60.4, against 41.2 and
# 62.2 with 63, and 41.0 and 62.1 with 127 on a processor with VNNI). With 63 nothing can be cut off: 2 × 255 × 63 < 2^15.
LARGEST_WEIGHT: Final = 63
SAFE: Final = "model.safetensors"
PICKLE: Final = "pytorch_model.bin"


def missing_torch() -> MissingExtra | None:
    """What is wrong if no conversion can be made here."""
    lacking = find_spec("torch") is None or find_spec("safetensors") is None
    return MissingExtra("Converting a model", "torch") if lacking else None


def require_torch() -> None:
    """Raise MissingExtra if no conversion can be made here."""
    if missing := missing_torch():
        raise missing


def converter() -> str:
    """What a conversion is made with, for its lock."""
    return f"ctranslate2-{version('ctranslate2')}/{QUANTIZATION}-{LARGEST_WEIGHT}"


def convert(model: Path) -> Path:
    """Write the CTranslate2 int8 conversion of `model` into its sub-folder, and return that.

    Made in a temporary folder and moved in whole. Raises MissingExtra, or ModelBroken where the weights are missing or do not
    load.
    """
    require_torch()
    if not (model / SAFE).is_file():
        raise ModelBroken(f"{model}: nothing to convert: it has no {SAFE}")
    target = model / CONVERTED
    with tempfile.TemporaryDirectory(dir=model) as scratch, _quiet(model):
        made = Path(scratch) / CONVERTED
        made.mkdir()
        write_int8(model, made)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return target


def write_int8(model: Path, folder: Path) -> None:
    """Write the conversion of a checkpoint into a folder that is there: what `TransformersConverter.convert` does, with
    weights that no processor cuts off, and with the list of the pieces that an output may be made of."""
    from ctranslate2.converters import TransformersConverter

    spec: Any = TransformersConverter(str(model))._load()
    spec.validate()
    (folder / shortlist.FILE).write_bytes(shortlist.content(_sayable(model, spec)))
    quantize(spec)
    spec.optimize()
    spec.save(str(folder))


def _sayable(model: Path, spec: Any) -> list[str]:
    """The pieces of the target that the bias of the output does not forbid."""
    from sentencepiece import SentencePieceProcessor

    target = SentencePieceProcessor(model_file=str(model / "target.spm"))
    known = {target.id_to_piece(number) for number in range(target.get_piece_size())}
    (pieces,) = spec._vocabularies["target"]
    bias = spec.decoder.projection.bias.numpy()
    return [piece for piece, by in zip(pieces, bias, strict=True) if piece in known and by > shortlist.FORBIDDING]


def quantize(spec: Any) -> None:
    """Turn the float weights of a CTranslate2 specification that have a `_scale` beside them into int8, row by row.

    CTranslate2's own way, but to ±LARGEST_WEIGHT and not to ±127; straight from float, for what is rounded twice is worse.
    """
    import numpy as np
    from ctranslate2.specs.model_spec import NumpyVariable, Variable, visit_spec

    def to_int8(layer: Any, name: str, value: Any) -> None:
        key = name.rpartition("/")[2]
        if not isinstance(value, Variable) or value.is_scalar() or not hasattr(layer, f"{key}_scale"):
            return
        weights = value.to("float32").numpy()
        largest = np.abs(weights).max(axis=1)
        scales = (LARGEST_WEIGHT / np.where(largest == 0, LARGEST_WEIGHT, largest)).astype(np.float32)
        setattr(layer, key, NumpyVariable(np.rint(weights * scales[:, None]).astype(np.int8)))
        setattr(layer, f"{key}_scale", NumpyVariable(scales))

    visit_spec(spec, to_int8)


def unpickle(model: Path) -> None:
    """Turn `pytorch_model.bin` into `model.safetensors` and drop it. Its code is never run: torch loads weights only."""
    require_torch()
    with client_imported():
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
    from safetensors import SafetensorError

    with client_imported():
        from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tokeniser recommends sacremoses, which it then does not use
            yield
    except (ValueError, KeyError, RuntimeError, ImportError, TypeError, SafetensorError) as error:
        raise ModelBroken(f"{model}: its weights do not convert: {error}") from error
