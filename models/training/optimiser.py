"""Adam in two parts: dense for the layers, by row for the embedding, of which a batch touches a tenth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

BETAS = (0.9, 0.98)
EPSILON = 1e-9


class RowAdam:
    """Adam that updates only the rows of a table that had a gradient ("lazy Adam").

    A dense step over 56,000 rows would cost a fifth of the time, and would move rare words on stale momentum.
    """

    def __init__(self, table: Tensor, scale: Tensor | None = None) -> None:
        """Args: table: what is trained, in place. scale: what each row's rate is multiplied by, (rows,)."""
        self.table = table
        self.scale = torch.ones(len(table)) if scale is None else scale
        self.first = torch.zeros_like(table)
        self.second = torch.zeros_like(table)
        self.steps = 0

    def step(self, rows: Tensor, gradient: Tensor, rate: float) -> None:
        """One step on ``table[rows]``; ``rows`` are different from each other."""
        self.steps += 1
        with torch.no_grad():
            first = self.first[rows].lerp_(gradient, 1 - BETAS[0])
            second = self.second[rows].mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
            self.first[rows], self.second[rows] = first, second
            correction = (1 - BETAS[1] ** self.steps) ** 0.5 / (1 - BETAS[0] ** self.steps)
            step = rate * correction * self.scale[rows, None]
            self.table[rows] -= step * first / (second.sqrt_() + EPSILON)

    def state(self) -> dict[str, Any]:
        """What a resumed training needs."""
        return {"first": self.first, "second": self.second, "steps": self.steps}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.first.copy_(state["first"])
        self.second.copy_(state["second"])
        self.steps = int(state["steps"])


def learning_rate(tokens: int, *, warmup: int, total: int, peak: float, final: float) -> float:
    """Linear warm-up to ``peak``, then a straight line down to ``final`` at ``total`` target pieces.

    >>> learning_rate(50, warmup=100, total=1100, peak=1.0, final=0.0)
    0.5
    >>> learning_rate(600, warmup=100, total=1100, peak=1.0, final=0.0)
    0.5
    """
    if tokens < warmup:
        return peak * max(tokens, 1) / warmup
    left = max(0.0, (total - tokens) / max(1, total - warmup))
    return final + (peak - final) * left
