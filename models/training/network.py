"""The Marian transformer as plain functions over named weights, lean enough to train on two CPU cores.

The names are those of Hugging Face's ``MarianMTModel``, so a checkpoint is read and written as it is, without importing
transformers. What is gained over that class: one product for query, key and value, bfloat16 arithmetic with float32
master weights where the processor has it, and a softmax over the candidates of the batch instead of the whole vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch
import torch.nn.functional as F
from torch import Tensor

Weights = Mapping[str, Tensor]


EMBEDDING = "model.shared.weight"
BIAS = "final_logits_bias"

# A teacher that gives the right piece less than this probability has probably read a word that it does not know, or that
# was put into Portuguese wrongly; down to this part of its share it is believed then.
EXPECTED, LEAST_TRUST = 0.01, 0.3

# Rows of logits at a time: 512 x 7,000 x 4 bytes is 14 MB.
LOSS_BLOCK = 512


def arithmetic() -> torch.dtype:
    """What to compute in: bfloat16 where the processor multiplies it itself, else float32.

    With avx512_bf16 bfloat16 is three to five times as fast as float32; without, it is a tenth as fast (measured with
    torch 2.13: 16 against 150 GFLOP/s on two AVX2 cores).
    """
    return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a network; the defaults are those of the "tiny11" students of the Firefox Translations project."""

    width: int = 256
    heads: int = 8
    feed_forward: int = 1536
    encoder_layers: int = 6
    decoder_layers: int = 2
    positions: int = 512

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self:
        """The sizes that Hugging Face's ``config.json`` tells."""
        return cls(
            config["d_model"],
            config["encoder_attention_heads"],
            config["encoder_ffn_dim"],
            config["encoder_layers"],
            config["decoder_layers"],
            config["max_position_embeddings"],
        )


def sinusoids(length: int, width: int) -> Tensor:
    """Positions as Hugging Face's Marian computes them: sines in the first half, cosines in the second."""
    rate = torch.exp(torch.arange(0, width, 2, dtype=torch.float64) * (-math.log(10000.0) / width))
    angle = torch.arange(length, dtype=torch.float64)[:, None] * rate[None]
    return torch.cat([angle.sin(), angle.cos()], 1).float()


def parameter_shapes(vocabulary: int, shape: Shape) -> dict[str, tuple[int, ...]]:
    """Every trainable weight of a network and its shape, in a fixed order."""
    d, f = shape.width, shape.feed_forward
    shapes: dict[str, tuple[int, ...]] = {EMBEDDING: (vocabulary, d)}
    stacks = (
        ("encoder", shape.encoder_layers, ("self_attn",)),
        ("decoder", shape.decoder_layers, ("self_attn", "encoder_attn")),
    )
    for stack, layers, attentions in stacks:
        for layer in range(layers):
            prefix = f"model.{stack}.layers.{layer}"
            for attention in attentions:
                for projection in ("q_proj", "k_proj", "v_proj", "out_proj"):
                    shapes[f"{prefix}.{attention}.{projection}.weight"] = (d, d)
                    shapes[f"{prefix}.{attention}.{projection}.bias"] = (d,)
            for norm in (*(f"{attention}_layer_norm" for attention in attentions), "final_layer_norm"):
                shapes[f"{prefix}.{norm}.weight"] = (d,)
                shapes[f"{prefix}.{norm}.bias"] = (d,)
            shapes[f"{prefix}.fc1.weight"], shapes[f"{prefix}.fc1.bias"] = (f, d), (f,)
            shapes[f"{prefix}.fc2.weight"], shapes[f"{prefix}.fc2.bias"] = (d, f), (d,)
    return shapes


def _heads(x: Tensor, heads: int) -> Tensor:
    batch, length, width = x.shape
    return x.view(batch, length, heads, width // heads).transpose(1, 2)


def _attend(query: Tensor, key: Tensor, value: Tensor, heads: int, mask: Tensor | None) -> Tensor:
    """Scaled dot-product attention, written out: the fused kernel's backward pass takes five times as long here."""
    q, k, v = (_heads(x, heads) for x in (query, key, value))
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if mask is not None:
        scores = scores + mask
    return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2)


def self_attention(w: Weights, prefix: str, x: Tensor, heads: int, mask: Tensor | None) -> Tensor:
    """Multi-head attention of ``x`` (batch, length, width) to itself."""
    weight = torch.cat([w[f"{prefix}.{p}.weight"] for p in ("q_proj", "k_proj", "v_proj")])
    bias = torch.cat([w[f"{prefix}.{p}.bias"] for p in ("q_proj", "k_proj", "v_proj")])
    query, key, value = F.linear(x, weight, bias).chunk(3, -1)
    mixed = _attend(query, key, value, heads, mask)
    return F.linear(mixed, w[f"{prefix}.out_proj.weight"], w[f"{prefix}.out_proj.bias"])


def cross_attention(w: Weights, prefix: str, x: Tensor, memory: Tensor, heads: int, mask: Tensor | None) -> Tensor:
    """Multi-head attention of the decoder's ``x`` to the encoder's ``memory``."""
    query = F.linear(x, w[f"{prefix}.q_proj.weight"], w[f"{prefix}.q_proj.bias"])
    weight = torch.cat([w[f"{prefix}.{p}.weight"] for p in ("k_proj", "v_proj")])
    bias = torch.cat([w[f"{prefix}.{p}.bias"] for p in ("k_proj", "v_proj")])
    key, value = F.linear(memory, weight, bias).chunk(2, -1)
    mixed = _attend(query, key, value, heads, mask)
    return F.linear(mixed, w[f"{prefix}.out_proj.weight"], w[f"{prefix}.out_proj.bias"])


def add_and_norm(w: Weights, prefix: str, x: Tensor, y: Tensor) -> Tensor:
    """Layer normalisation after the residual, as Marian's students have it ("post-norm")."""
    return F.layer_norm(x + y, x.shape[-1:], w[f"{prefix}.weight"], w[f"{prefix}.bias"], 1e-5)


def feed_forward(w: Weights, prefix: str, x: Tensor) -> Tensor:
    """The two linear maps with a ReLU between."""
    hidden = F.relu(F.linear(x, w[f"{prefix}.fc1.weight"], w[f"{prefix}.fc1.bias"]))
    return F.linear(hidden, w[f"{prefix}.fc2.weight"], w[f"{prefix}.fc2.bias"])


def encode(w: Weights, shape: Shape, embedded: Tensor, mask: Tensor | None) -> Tensor:
    """Encoder states of already embedded, scaled and positioned source pieces; ``mask`` adds -inf on padding."""
    x = embedded
    for layer in range(shape.encoder_layers):
        prefix = f"model.encoder.layers.{layer}"
        y = self_attention(w, f"{prefix}.self_attn", x, shape.heads, mask)
        x = add_and_norm(w, f"{prefix}.self_attn_layer_norm", x, y)
        x = add_and_norm(w, f"{prefix}.final_layer_norm", x, feed_forward(w, prefix, x))
    return x


def decode(w: Weights, shape: Shape, embedded: Tensor, memory: Tensor, mask: Tensor | None) -> Tensor:
    """Decoder states under teacher forcing; ``mask`` hides the padding of ``memory``."""
    x = embedded
    causal = torch.full((x.shape[1], x.shape[1]), float("-inf"), dtype=x.dtype).triu_(1)
    for layer in range(shape.decoder_layers):
        prefix = f"model.decoder.layers.{layer}"
        y = self_attention(w, f"{prefix}.self_attn", x, shape.heads, causal)
        x = add_and_norm(w, f"{prefix}.self_attn_layer_norm", x, y)
        y = cross_attention(w, f"{prefix}.encoder_attn", x, memory, shape.heads, mask)
        x = add_and_norm(w, f"{prefix}.encoder_attn_layer_norm", x, y)
        x = add_and_norm(w, f"{prefix}.final_layer_norm", x, feed_forward(w, prefix, x))
    return x


def padding_mask(ids: Tensor, pad: int, dtype: torch.dtype) -> Tensor | None:
    """An additive attention mask (batch, 1, 1, length) that hides padding, or None where there is none."""
    padded = ids == pad
    if not bool(padded.any()):
        return None
    return torch.zeros(ids.shape, dtype=dtype).masked_fill_(padded, float("-inf"))[:, None, None, :]


@dataclass(frozen=True, slots=True)
class Member:
    """One of an ensemble: its ``states`` (rows, width), and its embeddings and bias of the candidates.

    ``share`` (rows,) is what each row's distribution sums to.
    """

    states: Tensor
    table: Tensor
    bias: Tensor
    share: Tensor


@dataclass(frozen=True, slots=True)
class SoftTargets:
    """The distributions of an ensemble of teachers over the candidates; the rest of each row's goal is the one right piece.

    ``sharpness`` is the power that the ensemble's distribution is raised to: above 1, what it is surest of counts for more.
    """

    ensemble: tuple[Member, ...]
    sharpness: float = 1.0

    def block(self, start: int, end: int, wanted: Tensor) -> Tensor:
        """Rows ``start`` to ``end`` as probabilities, times their share: all of it where the ensemble expects ``wanted``."""
        mixed = torch.zeros(len(wanted), len(self.ensemble[0].table))
        for member in self.ensemble:
            probabilities = (member.states[start:end] @ member.table.T).float().add_(member.bias).softmax(1)
            mixed.addcmul_(probabilities, member.share[start:end, None])
        share = torch.stack([member.share[start:end] for member in self.ensemble]).sum(0)[:, None]
        expected = mixed.gather(1, wanted) / share.clamp(min=1e-6)
        if self.sharpness != 1:
            mixed.div_(share.clamp(min=1e-6)).pow_(self.sharpness)
            mixed.div_(mixed.sum(1, keepdim=True).clamp(min=1e-20)).mul_(share)
        return mixed.mul_((expected / EXPECTED).clamp_(LEAST_TRUST, 1))


class _CandidateLoss(torch.autograd.Function):  # type: ignore[misc]
    """Cross-entropy over a few thousand candidates, its gradient taken at once, in blocks that stay in the cache.

    Autograd's own softmax backward writes the (pieces x candidates) matrix several times; at 4,000 x 7,000 that was a
    fifth of a step.
    """

    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, table: Tensor, bias: Tensor, target: Tensor, soft: SoftTargets | None
    ) -> Tensor:
        rows = hidden.shape[0]
        grad_hidden, grad_table = torch.empty_like(hidden), torch.zeros(table.shape)
        total = torch.zeros(())
        for start in range(0, rows, LOSS_BLOCK):
            block, wanted = hidden[start : start + LOSS_BLOCK], target[start : start + LOSS_BLOCK, None]
            logits = (block @ table.T).float().add_(bias)
            logits.sub_(logits.amax(1, keepdim=True))
            goal = torch.zeros_like(logits) if soft is None else soft.block(start, start + LOSS_BLOCK, wanted)
            goal.scatter_add_(1, wanted, 1 - goal.sum(1, keepdim=True))
            right = (goal * logits).sum(1, keepdim=True)
            logits.exp_()
            normaliser = logits.sum(1, keepdim=True)
            total += (normaliser.log() - right).sum()
            logits.div_(normaliser).sub_(goal).div_(rows)
            gradient = logits.to(hidden.dtype)
            grad_hidden[start : start + LOSS_BLOCK] = gradient @ table
            grad_table += gradient.T @ block
        ctx.save_for_backward(grad_hidden, grad_table.to(table.dtype))
        return total / rows

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None, None, None]:
        grad_hidden, grad_table = ctx.saved_tensors
        return grad_hidden * grad, grad_table * grad, None, None, None


def candidate_loss(
    hidden: Tensor, table: Tensor, bias: Tensor, target: Tensor, soft: SoftTargets | None = None
) -> Tensor:
    """Mean cross-entropy (nats a piece) of ``target``, indices into the candidates' embeddings ``table``.

    Args:
        soft: what part of each row's goal is a teacher's distribution instead of the one right piece.
    """
    loss: Tensor = _CandidateLoss.apply(hidden, table, bias, target, soft)
    return loss
