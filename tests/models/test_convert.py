"""Conversion: weights that no processor's arithmetic cuts off."""

from __future__ import annotations

import numpy as np
from ctranslate2.specs.model_spec import NumpyVariable

from pipeline.models.convert import narrow


def test_weights_are_narrowed_with_their_scales_and_the_rest_is_left() -> None:
    weights = NumpyVariable(np.array([[127, -127, 64], [1, 0, -3]], dtype=np.int8))
    scales = NumpyVariable(np.array([2.0, 8.0], dtype=np.float32))
    bias = NumpyVariable(np.array([100.0], dtype=np.float32))
    before = weights.numpy() / scales.numpy()[:, None]
    narrow({"layer/weight": weights, "layer/weight_scale": scales, "layer/bias": bias})
    assert weights.numpy().tolist() == [[63, -63, 32], [0, 0, -1]]
    assert np.abs(weights.numpy() / scales.numpy()[:, None] - before).max() <= 0.5 / scales.numpy().min()
    assert bias.numpy().tolist() == [100.0]
