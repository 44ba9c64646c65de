"""A network in training: its loss, its optimiser, its averaged copy, and all of it as a state to be saved.

No dropout and no label smoothing: the students were trained without, and with them a student starts at a loss of 9.7
instead of 3.2 and unlearns. What regularises instead is the averaging, and the breadth of the data.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .batches import Batch
from .checkpoint import Checkpoint
from .config import TrainSettings
from .ensemble import Trained
from .network import (
    EMBEDDING,
    Member,
    SoftTargets,
    arithmetic,
    candidate_loss,
    decode,
    encode,
    padding_mask,
    sinusoids,
)
from .optimiser import BETAS, EPSILON, RowAdam, learning_rate
from .pieces import END, UNKNOWN
from .teacher import Teacher

# Steps between two updates of the averaged weights: the average needs no finer grain, and 24M numbers take 20 ms.
AVERAGE_EVERY = 10
# The file of an untrained model that tells how many of its last pieces are new to its vocabulary.
ADDED = "added.json"


class Trainer:
    """A network in training, its optimiser and its averaged copy; everything of it is in :meth:`state`."""

    def __init__(
        self,
        start: Checkpoint,
        settings: TrainSettings,
        frequent: Tensor,
        seed: int,
        teacher: Teacher | None = None,
        added: int = 0,
    ) -> None:
        self.settings = settings
        self.teacher = teacher
        self.shape = start.shape
        self.bias = start.bias
        self.english = start.english
        self.pad = start.weights[EMBEDDING].shape[0] - 1
        self.table = start.weights[EMBEDDING].clone()
        # The decoder starts from the padding's embedding, which CTranslate2 takes to be zero.
        self.table[self.pad] = 0.0
        self.dense = {n: w.clone().requires_grad_() for n, w in start.weights.items() if n != EMBEDDING}
        self.average = {n: w.clone() for n, w in start.weights.items()}
        scale = torch.ones(len(self.table))
        scale[self.pad - added : self.pad] = settings.added
        self.rows = RowAdam(self.table, scale)
        self.adam = torch.optim.Adam(list(self.dense.values()), lr=0.0, betas=BETAS, eps=EPSILON, fused=True)
        self.always = torch.zeros(self.english, dtype=torch.bool)
        self.always[frequent] = True
        self.always[END] = True
        self.arithmetic = arithmetic()
        # What the network was before, for teaching itself.
        self.before = Trained(start) if settings.own_share else None
        self.positions = sinusoids(self.shape.positions, self.shape.width)
        self.random = torch.Generator().manual_seed(seed)
        self.step = 0
        self.tokens = 0
        self.epoch = 0
        self.position = 0

    def _candidates(self, wanted: Tensor) -> Tensor:
        chosen = self.always.clone()
        chosen[wanted] = True
        chosen[torch.randint(UNKNOWN + 1, self.english, (self.settings.random_candidates,), generator=self.random)] = (
            True
        )
        return chosen.nonzero().flatten()

    def _embed(self, table: Tensor, ids: Tensor) -> Tensor:
        scaled = F.embedding(ids, table) * self.shape.width**0.5
        return (scaled + self.positions[: ids.shape[1]]).to(self.arithmetic)

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor, int]:
        """The batch's mean loss, the embedding rows that it used, their leaf tensor, and its target pieces."""
        source, target = torch.from_numpy(batch.source), torch.from_numpy(batch.target)
        given = F.pad(target[:, :-1], (1, 0), value=self.pad)
        real = target != self.pad
        candidates = self._candidates(target[real])
        used = torch.unique(torch.cat([candidates, source.flatten(), given.flatten()]))
        leaf = self.table[used].requires_grad_()
        half = {name: w.to(self.arithmetic) for name, w in self.dense.items()}
        mask = padding_mask(source, self.pad, self.arithmetic)
        memory = encode(half, self.shape, self._embed(leaf, torch.searchsorted(used, source)), mask)
        states = decode(half, self.shape, self._embed(leaf, torch.searchsorted(used, given)), memory, mask)
        table = leaf[torch.searchsorted(used, candidates)].to(self.arithmetic)
        wanted = torch.searchsorted(candidates, target[real])
        soft = self._soft(batch, source, given, target, candidates)
        loss = candidate_loss(states[real], table, self.bias[candidates], wanted, soft)
        return loss, used, leaf, int(real.sum())

    def _soft(
        self, batch: Batch, source: Tensor, given: Tensor, target: Tensor, candidates: Tensor
    ) -> SoftTargets | None:
        """What the teachers would write at the real places of the rows: the student, by each way, and the network of before."""
        real = target != self.pad
        share, own = self.settings.teacher_share, self.settings.own_share
        members: list[Member] = []
        if self.teacher is not None and batch.taught.any():
            taught = torch.from_numpy(batch.taught)
            each = share * (1 - own) / taught.sum(0).clamp(min=1)
            for reads, pivot in zip(taught, batch.pivots, strict=True):
                if not reads.any():
                    continue
                states = torch.zeros(*target.shape, self.shape.width, dtype=self.arithmetic)
                states[reads] = self.teacher.states(torch.from_numpy(pivot), given[reads])
                shares = (each * reads)[:, None] * self.teacher.knows[target]
                members.append(
                    Member(states[real], self.teacher.table[candidates], self.teacher.bias[candidates], shares[real])
                )
        if (before := self.before) is not None:
            states = before.states(source, given)[real]
            shares = torch.full((len(states),), share * own)
            members.append(Member(states, before.table[candidates], before.bias[candidates], shares))
        return SoftTargets(tuple(members), self.settings.teacher_sharpness) if members else None

    def learn(self, batch: Batch) -> tuple[float, int]:
        """One step; returns the mean loss (nats a piece) and the number of target pieces."""
        s = self.settings
        rate = learning_rate(self.tokens, warmup=s.warmup_tokens, total=s.tokens, peak=s.peak, final=s.final)
        loss, used, leaf, count = self.loss(batch)
        loss.backward()
        gradient = leaf.grad
        assert gradient is not None
        gradient[used == self.pad] = 0.0
        norm = torch.nn.utils.clip_grad_norm_([*self.dense.values(), leaf], s.clip)
        if bool(torch.isfinite(norm)):
            self.adam.param_groups[0]["lr"] = rate * s.layers
            self.adam.step()
            self.rows.step(used, gradient, rate)
        self.adam.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += count
        if self.step % AVERAGE_EVERY == 0:
            self._average()
        return float(loss.detach()), count

    def _average(self) -> None:
        # While young, the average forgets faster, so that it is not held back by where it started.
        keep = min(
            0.5 ** (AVERAGE_EVERY / self.settings.average_half_life),
            self.step / (self.step + 10 * AVERAGE_EVERY),
        )
        with torch.no_grad():
            for name, mean in self.average.items():
                mean.lerp_(self.table if name == EMBEDDING else self.dense[name], 1 - keep)

    def weights(self) -> dict[str, Tensor]:
        """All current weights under their names."""
        return {EMBEDDING: self.table, **{n: w.detach() for n, w in self.dense.items()}}

    def state(self) -> dict[str, Any]:
        """Everything that a resumed training needs."""
        return {
            "weights": self.weights(),
            "average": self.average,
            "adam": self.adam.state_dict(),
            "rows": self.rows.state(),
            "random": self.random.get_state(),
            "step": self.step,
            "tokens": self.tokens,
            "epoch": self.epoch,
            "position": self.position,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        with torch.no_grad():
            for name, value in state["weights"].items():
                (self.table if name == EMBEDDING else self.dense[name]).copy_(value)
            for name, value in state["average"].items():
                self.average[name].copy_(value)
        self.adam.load_state_dict(state["adam"])
        self.rows.load(state["rows"])
        self.random.set_state(state["random"])
        self.step, self.tokens = state["step"], state["tokens"]
        self.epoch, self.position = state["epoch"], state["position"]
