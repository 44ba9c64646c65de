"""A checkpoint read back from its CTranslate2 int8 conversion, so that a model published as int8 alone can be trained on."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from torch import Tensor

from .checkpoint import FORBIDDEN, Checkpoint
from .config import RecipeError, read_json
from .network import EMBEDDING, Shape, parameter_shapes

# The version of CTranslate2's binary file that is read: `ctranslate2.specs.model_spec.CURRENT_BINARY_VERSION`.
BINARY_VERSION = 6
# CTranslate2's numbers of data types, in `ctranslate2.specs.model_spec._dtype_to_type_id`.
_TYPES = ("float32", "int8", "int16", "int32", "float16")
_SCALE = "_scale"
_PROJECTIONS = {"q_proj": 0, "k_proj": 1, "v_proj": 2}


def _string(stream: BinaryIO) -> str:
    (length,) = struct.unpack("<H", stream.read(2))
    return stream.read(length).rstrip(b"\0").decode()


def _stored(path: Path) -> Iterator[tuple[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]]:
    with path.open("rb") as stream:
        (version,) = struct.unpack("<I", stream.read(4))
        if version != BINARY_VERSION:
            raise RecipeError(f"{path}: version {version} of CTranslate2's format; version {BINARY_VERSION} is known")
        _string(stream)
        _revision, count = struct.unpack("<II", stream.read(8))
        for _ in range(count):
            name = _string(stream)
            (rank,) = struct.unpack("<B", stream.read(1))
            shape = struct.unpack(f"<{rank}I", stream.read(4 * rank))
            kind, size = struct.unpack("<BI", stream.read(5))
            yield name, np.frombuffer(stream.read(size), _TYPES[kind]).reshape(shape)


def _floats(path: Path) -> dict[str, Tensor]:
    """All variables as float32, the weights in int8 divided by the scales of their rows."""
    stored = {name: torch.from_numpy(value.astype(np.float32)) for name, value in _stored(path)}
    scales = {name.removesuffix(_SCALE): value for name, value in stored.items() if name.endswith(_SCALE)}
    return {
        name: value / scales[name][:, None] if name in scales else value
        for name, value in stored.items()
        if not name.endswith(_SCALE)
    }


def _places(shape: Shape) -> Iterator[tuple[str, str, int | None]]:
    """Hugging Face's module, CTranslate2's, and which third or half of its rows it is, where several were joined."""
    for side, layers in (("encoder", shape.encoder_layers), ("decoder", shape.decoder_layers)):
        for layer in range(layers):
            ours, theirs = f"model.{side}.layers.{layer}", f"{side}/layer_{layer}"
            for name, part in _PROJECTIONS.items():
                yield f"{ours}.self_attn.{name}", f"{theirs}/self_attention/linear_0", part
            yield f"{ours}.self_attn.out_proj", f"{theirs}/self_attention/linear_1", None
            yield f"{ours}.self_attn_layer_norm", f"{theirs}/self_attention/layer_norm", None
            yield f"{ours}.fc1", f"{theirs}/ffn/linear_0", None
            yield f"{ours}.fc2", f"{theirs}/ffn/linear_1", None
            yield f"{ours}.final_layer_norm", f"{theirs}/ffn/layer_norm", None
            if side == "decoder":
                yield f"{ours}.encoder_attn.q_proj", f"{theirs}/attention/linear_0", None
                yield f"{ours}.encoder_attn.k_proj", f"{theirs}/attention/linear_1", 0
                yield f"{ours}.encoder_attn.v_proj", f"{theirs}/attention/linear_1", 1
                yield f"{ours}.encoder_attn.out_proj", f"{theirs}/attention/linear_2", None
                yield f"{ours}.encoder_attn_layer_norm", f"{theirs}/attention/layer_norm", None


def read_conversion(folder: Path, converted: Path) -> Checkpoint:
    """The checkpoint that a conversion was made from, but for the rounding to int8.

    Args:
        folder: the model's folder, with its ``config.json``.
        converted: the conversion's folder, with its ``model.bin``.

    Raises:
        RecipeError: the file is of another version, or the network is not the one that ``config.json`` tells of.
    """
    config = read_json(folder / "config.json")
    shape = Shape.of(config)
    path = converted / "model.bin"
    stored = _floats(path)
    table = torch.zeros(config["vocab_size"], shape.width)
    bias = torch.full((config["vocab_size"],), FORBIDDEN)
    weights: dict[str, Tensor] = {EMBEDDING: table}
    try:
        # The conversion leaves the row of the padding out, which is nought.
        table[:-1], bias[:-1] = stored["decoder/embeddings/weight"], stored["decoder/projection/bias"]
        for ours, theirs, part in _places(shape):
            kinds = ("gamma", "beta") if theirs.endswith("layer_norm") else ("weight", "bias")
            for kind, name in zip(kinds, ("weight", "bias"), strict=True):
                value = stored[f"{theirs}/{kind}"]
                start = 0 if part is None else part * shape.width
                weights[f"{ours}.{name}"] = value if part is None else value[start : start + shape.width].clone()
    except (KeyError, RuntimeError) as error:
        raise RecipeError(f"{path}: not the network of {folder / 'config.json'}: {error}") from error
    wrong = [n for n, s in parameter_shapes(len(table), shape).items() if tuple(weights[n].shape) != s]
    if wrong:
        raise RecipeError(
            f"{path}: weights of another shape than {folder / 'config.json'} says: {', '.join(wrong[:4])}"
        )
    return Checkpoint(weights, bias, shape)
