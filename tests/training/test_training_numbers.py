"""The arithmetic, against the libraries that it stands in for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the recipe needs torch: pip install -e '.[train]'")
pytest.importorskip("safetensors", reason="the recipe needs safetensors: pip install -e '.[train]'")

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from models.training import network
from models.training.average import average
from models.training.batches import Batch
from models.training.checkpoint import FORBIDDEN, Checkpoint, read_checkpoint, write_checkpoint
from models.training.config import RecipeError, TrainSettings
from models.training.network import BIAS, EMBEDDING, Member, Shape, SoftTargets, candidate_loss, parameter_shapes
from models.training.optimiser import BETAS, EPSILON, RowAdam
from models.training.trainer import Trainer

pytestmark = pytest.mark.train

SMALL = Shape(width=16, heads=2, feed_forward=24, encoder_layers=2, decoder_layers=1, positions=32)
PIECES = 30
Loss = Callable[[Tensor, Tensor], Tensor]


def _weights(seed: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    weights = {n: torch.randn(s, generator=generator) * 0.3 for n, s in parameter_shapes(PIECES, SMALL).items()}
    weights[EMBEDDING][-1] = 0
    return weights


def _folder(path: Path, seed: int) -> Path:
    vocabulary = path / "vocabulary"
    vocabulary.mkdir(parents=True, exist_ok=True)
    for name in ("vocab.json", "source.spm", "target.spm"):
        (vocabulary / name).write_text("{}", encoding="utf-8")
    folder = path / f"model{seed}"
    write_checkpoint(folder, _weights(seed), torch.zeros(PIECES), SMALL, vocabulary, "it")
    return folder


def _same_loss_and_gradients(ours: Loss, theirs: Loss) -> None:
    results = []
    for loss in (ours, theirs):
        generator = torch.Generator().manual_seed(1)
        hidden = torch.randn(10, 5, generator=generator).requires_grad_()
        table = torch.randn(7, 5, generator=generator).requires_grad_()
        value = loss(hidden, table)
        value.backward()
        results.append((value.detach(), hidden.grad, table.grad))
    for found, expected in zip(*results, strict=True):
        torch.testing.assert_close(found, expected)


def test_candidate_loss_and_its_gradients_are_those_of_cross_entropy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "LOSS_BLOCK", 4)
    generator = torch.Generator().manual_seed(0)
    target = torch.randint(0, 7, (10,), generator=generator)
    bias = torch.randn(7, generator=generator)
    _same_loss_and_gradients(
        lambda hidden, table: candidate_loss(hidden, table, bias, target),
        lambda hidden, table: F.cross_entropy(hidden @ table.T + bias, target),
    )


@pytest.mark.parametrize("sharpness", [1.0, 2.0])
@pytest.mark.parametrize(("sure", "doubted"), [(0.1, False), (6, True)])
def test_soft_targets_are_a_mean_of_the_teachers_distribution_and_the_right_piece(
    sure: float, doubted: bool, sharpness: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "LOSS_BLOCK", 4)
    generator = torch.Generator().manual_seed(0)
    target = torch.randint(0, 7, (10,), generator=generator)
    bias, theirs = torch.randn(7, generator=generator), torch.randn(7, generator=generator)
    states = torch.randn(2, 10, 3, generator=generator) * sure
    embeddings = torch.randn(2, 7, 3, generator=generator)
    shares = torch.rand(2, 10, generator=generator).round(decimals=1) / 2
    share = shares.sum(0)
    each = (states @ embeddings.transpose(1, 2) + theirs).softmax(2)
    teachers = (each * shares[..., None]).sum(0) / share.clamp(min=1e-6)[:, None]
    # Teachers that hardly expect the right piece are believed less: at a hundredth all, at none three tenths.
    expected = teachers.gather(1, target[:, None])
    assert bool((expected < 0.01).any()) == doubted
    part = share[:, None] * torch.where(expected < 0.01, (expected / 0.01).clamp(min=0.3), 1)
    sharp = teachers**sharpness
    goal = part * sharp / sharp.sum(1, keepdim=True).clamp(min=1e-20) + F.one_hot(target, 7) * (1 - part)
    members = tuple(Member(s, e, theirs, part) for s, e, part in zip(states, embeddings, shares, strict=True))
    soft = SoftTargets(members, sharpness)
    _same_loss_and_gradients(
        lambda hidden, table: candidate_loss(hidden, table, bias, target, soft),
        lambda hidden, table: F.cross_entropy(hidden @ table.T + bias, goal),
    )


def test_row_adam_is_adam_where_every_row_is_touched() -> None:
    generator = torch.Generator().manual_seed(2)
    start = torch.randn(6, 3, generator=generator)
    ours, theirs = start.clone(), start.clone().requires_grad_()
    rows, adam = RowAdam(ours), torch.optim.Adam([theirs], lr=0.01, betas=BETAS, eps=EPSILON)
    for _ in range(5):
        gradient = torch.randn(6, 3, generator=generator)
        rows.step(torch.arange(6), gradient.clone(), 0.01)
        theirs.grad = gradient
        adam.step()
    torch.testing.assert_close(ours, theirs.detach(), atol=1e-5, rtol=1e-4)


def test_row_adam_leaves_other_rows_alone() -> None:
    table = torch.ones(4, 2)
    RowAdam(table).step(torch.tensor([1, 3]), torch.ones(2, 2), 0.1)
    assert table[[0, 2]].eq(1).all()
    assert table[[1, 3]].ne(1).all()


@pytest.mark.parametrize("layers", [0.0, 1.0])
def test_a_step_moves_the_layers_at_their_rate_and_of_the_embedding_what_it_used(layers: float) -> None:
    # Pieces 20 to 28 are of sources alone, 29 is the padding.
    bias = torch.zeros(PIECES).index_fill_(0, torch.arange(20, PIECES), FORBIDDEN)
    start = Checkpoint(_weights(4), bias, SMALL)
    settings = TrainSettings(warmup_tokens=0, peak=1e-2, layers=layers, random_candidates=0, tokens=100)
    trainer = Trainer(start, settings, torch.tensor([5]), seed=1)
    source, target = np.array([[21, 22, 0], [23, 0, 29]]), np.array([[7, 0], [8, 0]])
    _, count = trainer.learn(Batch(source, target, (), np.zeros((0, 2), bool)))
    assert count == trainer.tokens == 4
    weights = trainer.weights()
    moved = (weights.pop(EMBEDDING) != start.weights[EMBEDDING]).any(1)
    assert set(moved.nonzero().flatten().tolist()) == {0, 5, 7, 8, 21, 22, 23}
    unmoved = [name for name, weight in weights.items() if torch.equal(weight, start.weights[name])]
    assert len(unmoved) == (0 if layers else len(weights))


def test_the_network_is_marian_as_transformers_has_it(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    folder = _folder(tmp_path, 3)
    reference = transformers.MarianMTModel.from_pretrained(folder, dtype=torch.float32).eval()
    stored = read_checkpoint(folder)
    source = torch.tensor([[5, 9, 3, 0], [7, 0, PIECES - 1, PIECES - 1]])
    given = torch.tensor([[PIECES - 1, 4, 6], [PIECES - 1, 8, 2]])
    positions = network.sinusoids(SMALL.positions, SMALL.width)

    def embed(ids: Tensor) -> Tensor:
        return stored.weights[EMBEDDING][ids] * SMALL.width**0.5 + positions[: ids.shape[1]]

    mask = network.padding_mask(source, PIECES - 1, torch.float32)
    memory = network.encode(stored.weights, SMALL, embed(source), mask)
    ours = network.decode(stored.weights, SMALL, embed(given), memory, mask) @ stored.weights[EMBEDDING].T
    with torch.no_grad():
        theirs = reference(
            input_ids=source, attention_mask=(source != PIECES - 1).long(), decoder_input_ids=given
        ).logits
    torch.testing.assert_close(ours + stored.bias, theirs, atol=2e-4, rtol=1e-3)


def test_average_is_the_mean(tmp_path: Path) -> None:
    folders = [_folder(tmp_path, 1), _folder(tmp_path, 2)]
    mean = average(folders)
    first, second = (read_checkpoint(f) for f in folders)
    for name, weight in mean.weights.items():
        torch.testing.assert_close(weight, (first.weights[name] + second.weights[name]) / 2)
    assert BIAS not in mean.weights


def test_average_refuses_other_vocabularies(tmp_path: Path) -> None:
    one, two = _folder(tmp_path / "a", 1), _folder(tmp_path / "b", 2)
    (two / "vocab.json").write_text('{"x": 0}', encoding="utf-8")
    with pytest.raises(RecipeError, match=r"vocab\.json differs"):
        average([one, two])


def test_a_missing_checkpoint_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"models\.training build"):
        read_checkpoint(tmp_path)
