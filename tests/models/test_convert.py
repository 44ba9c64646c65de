"""Conversion: weights that no processor's arithmetic cuts off."""

from __future__ import annotations

from typing import Any

import numpy as np
from ctranslate2.specs import common_spec
from ctranslate2.specs.model_spec import NumpyVariable

from pipeline.models.convert import quantize


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
