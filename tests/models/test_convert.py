"""Conversion: weights that no processor's arithmetic cuts off, and the list of what an output may be made of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import common_spec
from ctranslate2.specs.model_spec import NumpyVariable
from safetensors.numpy import load_file

from pipeline.models import Model
from pipeline.models.convert import convert, quantize
from pipeline.settings import Settings
from pipeline.translate import load_engine
from tests.models.conftest import BUNDLED


def test_weights_are_of_seven_bits_and_what_has_no_scale_is_left() -> None:
    layer: Any = common_spec.LinearSpec()
    weights = np.array([[2.0, -2.0, 1.0], [0.5, 0.0, -0.25], [0.0, 0.0, 0.0]], dtype=np.float32)
    layer.weight, layer.bias = NumpyVariable(weights), NumpyVariable(np.array([100.0], dtype=np.float32))
    quantize(layer)
    whole, scales = layer.weight.numpy(), layer.weight_scale.numpy()
    assert whole.dtype == np.int8
    assert whole.tolist() == [[63, -63, 32], [63, 0, -32], [0, 0, 0]]
    assert np.abs(whole / scales[:, None] - weights).max() <= 0.5 / scales.min()
    assert layer.bias.numpy().tolist() == [100.0]


def test_a_conversion_lists_what_an_output_may_be_made_of(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(BUNDLED, folder)
    engine = load_engine(Settings(), Model(folder), threads=1)
    (line,) = (folder / "ctranslate2" / "vmap.txt").read_text("utf-8").splitlines()
    before, listed = line.split("\t")
    assert before == ""
    bias = load_file(folder / "model.safetensors")["final_logits_bias"][0]
    numbers = json.loads((folder / "vocab.json").read_text("utf-8"))
    assert sorted(numbers[piece] for piece in listed.split(" ")) == np.flatnonzero(bias > -1_000).tolist()
    sentences = ["Il ponte è chiuso da lunedì.", "Nessuno è rimasto ferito, ha detto la sindaca di Ardmouth."]
    with_list = engine.translate(sentences)
    (folder / "ctranslate2" / "vmap.txt").unlink()
    assert load_engine(Settings(), Model(folder), threads=1).translate(sentences) == with_list


def test_converting_again_gives_the_same_files(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(BUNDLED, folder, ignore=shutil.ignore_patterns("ctranslate2"))
    assert {path.name: path.read_bytes() for path in convert(folder).iterdir()} == {
        path.name: path.read_bytes() for path in (BUNDLED / "ctranslate2").iterdir()
    }
