"""Model folders in Hugging Face's MarianMT layout, read and written without importing transformers."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from .config import RecipeError, read_json
from .network import BIAS, EMBEDDING, Shape, parameter_shapes

# What the bias says of a piece that English is never written with.
FORBIDDEN = -10_000.0
VOCABULARY_FILES = ("vocab.json", "source.spm", "target.spm")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights in float32 under Hugging Face's names, and the bias of the output pieces."""

    weights: dict[str, Tensor]
    bias: Tensor
    shape: Shape

    @property
    def english(self) -> int:
        """Pieces from this number on are never produced."""
        return int((self.bias > FORBIDDEN / 2).nonzero().max()) + 1


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read ``model.safetensors`` and the sizes in ``config.json``."""
    path = folder / "model.safetensors"
    if not path.exists():
        raise RecipeError(f"{path}: no checkpoint; make one with: python -m models.training build")
    config = read_json(folder / "config.json")
    shape = Shape.of(config)
    stored = load_file(path)
    names = parameter_shapes(stored[EMBEDDING].shape[0], shape)
    missing = [n for n, s in names.items() if n not in stored or tuple(stored[n].shape) != s]
    if missing:
        raise RecipeError(f"{path}: {len(missing)} weights missing or of another shape: {', '.join(missing[:4])}")
    return Checkpoint({n: stored[n].float() for n in names}, stored[BIAS].float().flatten(), shape)


def model_config(vocabulary: int, shape: Shape) -> dict[str, Any]:
    """The ``config.json`` that transformers and CTranslate2 expect of this network."""
    return {
        "architectures": ["MarianMTModel"],
        "model_type": "marian",
        "dtype": "float16",
        "vocab_size": vocabulary,
        "decoder_vocab_size": vocabulary,
        "d_model": shape.width,
        "encoder_layers": shape.encoder_layers,
        "decoder_layers": shape.decoder_layers,
        "encoder_attention_heads": shape.heads,
        "decoder_attention_heads": shape.heads,
        "encoder_ffn_dim": shape.feed_forward,
        "decoder_ffn_dim": shape.feed_forward,
        "max_position_embeddings": shape.positions,
        "activation_function": "relu",
        "scale_embedding": True,
        "share_encoder_decoder_embeddings": True,
        "static_position_embeddings": True,
        "tie_word_embeddings": True,
        "dropout": 0.0,
        "attention_dropout": 0.0,
        "activation_dropout": 0.0,
        "encoder_layerdrop": 0.0,
        "decoder_layerdrop": 0.0,
        "init_std": 0.02,
        "is_encoder_decoder": True,
        "use_cache": True,
        "pad_token_id": vocabulary - 1,
        "decoder_start_token_id": vocabulary - 1,
        "eos_token_id": 0,
        "bos_token_id": 0,
        "forced_eos_token_id": 0,
    }


def write_checkpoint(
    folder: Path, weights: Mapping[str, Tensor], bias: Tensor, shape: Shape, vocabulary: Path, language: str
) -> None:
    """Write a complete model folder: float16 weights, configuration, and the vocabulary files copied from a folder.

    The folder appears at once and complete: it is written beside its place and renamed.
    """
    size = weights[EMBEDDING].shape[0]
    temporary = folder.with_name(folder.name + ".partial")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    stored = {name: weights[name].detach().to(torch.float16).contiguous() for name in parameter_shapes(size, shape)}
    stored[BIAS] = bias.detach().to(torch.float16).reshape(1, -1).contiguous()
    save_file(stored, temporary / "model.safetensors", metadata={"format": "pt"})
    config = model_config(size, shape)
    special = (
        "pad_token_id",
        "decoder_start_token_id",
        "eos_token_id",
        "bos_token_id",
        "forced_eos_token_id",
    )
    files: dict[str, dict[str, Any]] = {
        "config.json": config,
        "generation_config.json": {name: config[name] for name in special} | {"num_beams": 4, "max_length": 512},
        "tokenizer_config.json": {
            "source_lang": language,
            "target_lang": "en",
            "model_max_length": 512,
            "tokenizer_class": "MarianTokenizer",
        },
    }
    for name, content in files.items():
        (temporary / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    for name in VOCABULARY_FILES:
        shutil.copyfile(vocabulary / name, temporary / name)
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    temporary.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def save_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write a training's state so that a cut at any moment leaves the old or the new one whole."""
    temporary = path.with_name(path.name + ".partial")
    with temporary.open("wb") as stream:
        torch.save(dict(state), stream)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
