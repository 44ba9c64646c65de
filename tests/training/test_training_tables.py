"""The curve of a training, its schedule, and the number of its threads."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the recipe needs torch: pip install -e '.[train]'")

from models.training import threads
from models.training.config import RecipeError
from models.training.optimiser import learning_rate
from models.training.plot import plot
from models.training.tables import append_row

pytestmark = pytest.mark.train


def test_a_curve_is_drawn_of_losses_and_scores(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the curve needs matplotlib: pip install -e '.[train]'")
    for step in range(1, 30):
        append_row(tmp_path / "loss.csv", {"step": step, "tokens": step * 1000, "loss": 3 / step})
    append_row(tmp_path / "dev.csv", {"tokens": 9000, "language": "it", "bleu": 20.5})
    plot(tmp_path, tmp_path / "curve.svg")
    assert "<svg" in (tmp_path / "curve.svg").read_text(encoding="utf-8")


def test_no_curve_without_losses(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="train first"):
        plot(tmp_path, tmp_path / "curve.svg")


def test_the_rate_rises_falls_and_stays_at_its_end() -> None:
    rates = [learning_rate(t, warmup=100, total=1000, peak=1.0, final=0.1) for t in (0, 50, 100, 550, 1000, 2000)]
    assert rates == pytest.approx([0.01, 0.5, 1.0, 0.55, 0.1, 0.1])


@pytest.mark.parametrize(("processor", "expected"), [(2.0, 2), (1.0, 1)])
def test_threads_that_wait_for_each_other_become_one(
    monkeypatch: pytest.MonkeyPatch, processor: float, expected: int
) -> None:
    """A second of wall time, in which two threads had ``processor`` seconds."""
    clock = {"wall": 0.0, "processor": 0.0}
    chosen: list[int] = []
    monkeypatch.setattr("torch.set_num_threads", chosen.append)
    monkeypatch.setattr("time.monotonic", lambda: clock["wall"])
    monkeypatch.setattr("time.process_time", lambda: clock["processor"])
    adaptive = threads.Threads(2)
    clock.update(wall=1.0, processor=processor)
    for _ in range(threads.TRIAL_STEPS):
        adaptive.after_step()
    assert adaptive.count == expected
    assert chosen == [2, expected]
    for wall in (threads.CALM_SECONDS, threads.CALM_SECONDS + 2):
        clock.update(wall=wall, processor=processor + 2 * wall)
        for _ in range(threads.TRIAL_STEPS):
            adaptive.after_step()
        assert chosen[-1] == (expected if wall == threads.CALM_SECONDS else 2)


def test_one_thread_is_never_changed() -> None:
    import torch

    before = torch.get_num_threads()
    adaptive = threads.Threads(1)
    for _ in range(threads.TRIAL_STEPS + 1):
        adaptive.after_step()
    assert adaptive.count == 1
    torch.set_num_threads(before)
