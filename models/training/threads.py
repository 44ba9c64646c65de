"""How many threads to compute with while other programs come and go."""

from __future__ import annotations

import time

import torch

# Seconds with one thread between two trials of all threads, and steps of such a trial.
CALM_SECONDS = 60.0
TRIAL_STEPS = 8
# Processor seconds per second and thread below which the threads are waiting for each other: every product ends in a
# barrier, so that one thread that is kept off its core holds up all. Two threads that are left alone come to 0.8 in bfloat16
# and to 0.7 in float32, whose steps have longer parts that one thread does by itself.
BUSY = 0.6


class Threads:
    """Chooses between one thread and all of them, by whether all of them really get to run.

    On a free machine two threads are nearly twice as fast as one; where a program of higher priority holds one of the
    two cores they are several times slower than one.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.left = TRIAL_STEPS
        self._calm_until = 0.0
        self._set(most)

    def _set(self, count: int) -> None:
        self.count = count
        torch.set_num_threads(count)
        self._wall, self._processor = time.monotonic(), time.process_time()

    def after_step(self) -> None:
        """Call after every step; now and then changes the number of threads."""
        self.left -= 1
        if self.left > 0 or self.most == 1 or time.monotonic() < self._calm_until:
            return
        wall, processor = time.monotonic() - self._wall, time.process_time() - self._processor
        crowded = self.count > 1 and processor < BUSY * self.count * wall
        self.left = TRIAL_STEPS
        self._calm_until = time.monotonic() + CALM_SECONDS if crowded else 0.0
        self._set(1 if crowded else self.most)
