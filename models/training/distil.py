"""Replacing the recurrence: each decoder layer's self-attention learns to give what the student's SSRU gives.

MarianMT in Hugging Face and CTranslate2 has no SSRU. Teacher-forced on real English, every layer gets the student's own
input and is trained to its output, so the rest of the decoder goes on as it was.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from .config import DistilSettings
from .corpus import Pair
from .network import self_attention, sinusoids
from .student import DECODER_LAYERS, HEADS, SCALE, WIDTH, Student, marian_sinusoids
from .threads import Threads

# Pieces a side, longer sentences are cut: the SSRU is computed step by step.
MAX_PIECES = 80


def fresh_attention(seed: int) -> dict[str, Tensor]:
    """Small random self-attention for every decoder layer, under Hugging Face's names."""
    generator = torch.Generator().manual_seed(seed)
    weights: dict[str, Tensor] = {}
    for layer in range(DECODER_LAYERS):
        for projection in ("q_proj", "k_proj", "v_proj", "out_proj"):
            prefix = f"model.decoder.layers.{layer}.self_attn.{projection}"
            weights[f"{prefix}.weight"] = torch.randn(WIDTH, WIDTH, generator=generator) * WIDTH**-0.5
            weights[f"{prefix}.bias"] = torch.zeros(WIDTH)
    return weights


def _padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    real = torch.zeros(len(rows), longest, dtype=torch.bool)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.tensor(row)
        real[i, : len(row)] = True
    return ids, real


def lesson(student: Student, pairs: Sequence[Pair]) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """Inputs and outputs of every SSRU on Portuguese–English pairs, and which positions are real."""
    pieces = student.pieces
    source, source_real = _padded([[*pieces.encode(p.source)[:MAX_PIECES], pieces.eos_id()] for p in pairs])
    english, real = _padded([[*pieces.encode(p.english)[:MAX_PIECES], pieces.eos_id()] for p in pairs])
    mask = torch.zeros(source.shape).masked_fill_(~source_real, float("-inf"))[:, None, None, :]
    with torch.no_grad():
        memory = student.encode(student.embedding[source] * SCALE + marian_sinusoids(source.shape[1], WIDTH), mask)
        given = F.pad(student.embedding[english[:, :-1]] * SCALE, (0, 0, 1, 0))
        x = given + marian_sinusoids(english.shape[1], WIDTH)
        inputs, outputs = [], []
        for layer in range(1, DECODER_LAYERS + 1):
            recurred = student.recur(x, layer)
            # The first layer of the new model will see Hugging Face's positions instead of Marian's.
            inputs.append(given + sinusoids(english.shape[1], WIDTH) if layer == 1 else x)
            outputs.append(recurred)
            x = student.after_recurrence(x, recurred, layer, memory, mask)
    return inputs, outputs, real


def distil(
    student: Student,
    pairs: Sequence[Pair],
    settings: DistilSettings,
    seed: int,
    start: dict[str, Tensor] | None = None,
    threads: Threads | None = None,
) -> tuple[dict[str, Tensor], list[float]]:
    """Train the self-attentions; returns them and each layer's last relative squared error (0 is perfect).

    Args:
        pairs: Portuguese–English pairs.
        start: self-attentions to go on from instead of random ones.
        threads: how many to compute with, if that is to change with what else the machine does.
    """
    rng = random.Random(seed)
    weights = {n: w.clone().requires_grad_() for n, w in (start or fresh_attention(seed)).items()}
    optimiser = torch.optim.Adam(weights.values(), lr=settings.learning_rate, betas=(0.9, 0.98))
    errors = [1.0] * DECODER_LAYERS
    for step in range(settings.steps):
        rate = settings.learning_rate * min(1.0, (step + 1) / 50) * max(0.02, 1 - step / settings.steps)
        optimiser.param_groups[0]["lr"] = rate
        inputs, outputs, real = lesson(student, rng.choices(pairs, k=settings.batch))
        causal = torch.full((real.shape[1], real.shape[1]), float("-inf")).triu_(1)
        total = torch.zeros(())
        for layer, (given, wanted) in enumerate(zip(inputs, outputs, strict=True)):
            produced = self_attention(weights, f"model.decoder.layers.{layer}.self_attn", given, HEADS, causal)
            error = (produced - wanted)[real].square().mean() / wanted[real].var()
            errors[layer] = 0.9 * errors[layer] + 0.1 * float(error.detach())
            total = total + error
        total.backward()
        optimiser.step()
        optimiser.zero_grad()
        if threads is not None:
            threads.after_step()
        if (step + 1) % 50 == 0:
            print(f"distil step {step + 1}: relative error {', '.join(f'{e:.3f}' for e in errors)}", flush=True)
    return {n: w.detach() for n, w in weights.items()}, errors
