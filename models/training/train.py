"""The training loop: resumable at the batch, its losses in a table, its averaged model scored now and then."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from .batches import epochs, fill
from .checkpoint import read_checkpoint, save_state, write_checkpoint
from .config import Recipe, read_json
from .pieces import TokenisedCorpus, Vocabulary
from .student import Student
from .tables import append_row
from .teacher import Teacher
from .threads import Threads
from .trainer import ADDED, Trainer

REPORT_EVERY = 50


def frequent_pieces(corpus: TokenisedCorpus, count: int) -> Tensor:
    """The ``count`` commonest target pieces: candidates in every batch."""
    return torch.from_numpy(np.argsort(-np.bincount(corpus.target), kind="stable")[:count].copy())


class _Stop:
    """Turns SIGTERM and Ctrl-C into a flag, so that a training ends between two steps, with its state saved."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


class _Losses:
    """Collects losses and writes every so many steps a line of the table."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._start()

    def _start(self) -> None:
        self._sum, self._count, self._since = 0.0, 0, time.monotonic()

    def add(self, loss: float, count: int, trainer: Trainer, threads: int) -> None:
        self._sum, self._count = self._sum + loss * count, self._count + count
        if trainer.step % REPORT_EVERY == 0:
            self.write(trainer, threads)

    def write(self, trainer: Trainer, threads: int) -> None:
        """A line of what has come since the last one, if anything has."""
        if not self._count:
            return
        row = {
            "step": trainer.step,
            "tokens": trainer.tokens,
            "epoch": trainer.epoch,
            "loss": round(self._sum / self._count, 4),
            "tokens_per_second": round(self._count / (time.monotonic() - self._since)),
            "threads": threads,
            "rate": f"{trainer.adam.param_groups[0]['lr']:.3e}",
        }
        append_row(self.path, row)
        print(" ".join(f"{k} {v}" for k, v in row.items()), flush=True)
        self._start()


def train(
    recipe: Recipe,
    start: Path,
    corpus: TokenisedCorpus,
    run: Path,
    score_command: list[str] | None = None,
    until: int | None = None,
    student: Student | None = None,
) -> Trainer:
    """Train from the model folder ``start``, or go on where ``run`` stopped, until the schedule's end or a signal.

    Args:
        corpus: the tokenised pairs.
        run: the folder of this training: ``state.pt``, ``loss.csv``, and ``average/``, the model to use.
        score_command: started in the background each ``score_tokens``, with ``--tokens N --model RUN/average``.
        student: who teaches, where the recipe asks for it; the package's own if not given.
        until: stop after this many target pieces though the schedule goes on.
    """
    s = recipe.train
    threads = Threads(s.threads)
    run.mkdir(parents=True, exist_ok=True)
    vocabulary = Vocabulary(start)
    teacher = Teacher(student or Student(), vocabulary) if recipe.taught or recipe.round_trip else None
    frequent = frequent_pieces(corpus, s.frequent_candidates)
    added = read_json(start / ADDED) if (start / ADDED).exists() else 0
    trainer = Trainer(read_checkpoint(start), s, frequent, recipe.seed, teacher, added)
    state, model = run / "state.pt", run / "average"
    if state.exists():
        trainer.load(torch.load(state, weights_only=True))
        print(f"resuming at step {trainer.step}, {trainer.tokens / 1e6:.2f}M pieces", flush=True)
    (run / "recipe.json").write_text(json.dumps(asdict(recipe), indent=2) + "\n", encoding="utf-8")

    def save() -> float:
        save_state(state, trainer.state())
        write_checkpoint(model, trainer.average, trainer.bias, trainer.shape, start, recipe.languages[0])
        return time.monotonic()

    losses = _Losses(run / "loss.csv")
    limit = min(s.tokens, until or s.tokens)
    scorer: subprocess.Popen[bytes] | None = None
    saved = time.monotonic()
    first = (trainer.epoch, trainer.position)
    order = epochs(corpus, recipe.weights, recipe.seed, s.batch_tokens, s.max_pieces, s.joined, *first)
    with _Stop() as stop:
        for epoch, position, items in order:
            if trainer.tokens >= limit or stop.asked:
                break
            before = trainer.tokens
            loss, count = trainer.learn(fill(corpus, items, vocabulary.pad))
            trainer.epoch, trainer.position = epoch, position
            threads.after_step()
            losses.add(loss, count, trainer, threads.count)
            due = score_command is not None and before // s.score_tokens != trainer.tokens // s.score_tokens
            if due or time.monotonic() - saved > s.save_minutes * 60:
                saved = save()
            if due and score_command is not None and (scorer is None or scorer.poll() is not None):
                command = [*score_command, "--tokens", str(trainer.tokens), "--model", str(model)]
                scorer = subprocess.Popen(command, stdout=sys.stderr)
        losses.write(trainer, threads.count)
        save()
    if scorer is not None:
        scorer.wait()
    return trainer
