"""The order of learning: fixed by the seed, complete, within the budget, and resumable."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from models.training.batches import epochs, fill, plan_epoch, sample_epoch, weight_of
from models.training.config import RecipeError
from models.training.corpus import Pair
from models.training.pieces import END, UNKNOWN, TokenisedCorpus, Vocabulary, tokenise

pytestmark = pytest.mark.train

PAD = 99


def _corpus() -> TokenisedCorpus:
    rng = np.random.default_rng(0)
    lengths = rng.integers(2, 12, 60)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    flat = rng.integers(2, 90, starts[-1]).astype(np.int32)
    flat[starts[1:] - 1] = 0
    names = np.repeat([0, 1], 30).astype(np.int32)
    return TokenisedCorpus(flat, starts, flat, starts, flat, starts, names, ("news", "software"))


class _Letters(Vocabulary):
    """Every letter is a piece: those of English come first, then those of sources alone."""

    def __init__(self) -> None:
        pass

    def encode_source(self, text: str) -> list[int]:
        return [*("abcxyz".find(letter) + 2 if letter in "abcxyz" else UNKNOWN for letter in text), END]

    encode_target = encode_source


ENGLISH = 5


@pytest.mark.parametrize(
    ("source", "english", "portuguese", "kept"),
    [
        ("xyz", "abc", ("ab",), [[2, 3, END]]),
        ("x?z", "abc", ("ab",), [[2, 3, END]]),
        # What is too long, or not there, does not teach.
        ("xyz", "abc", ("abcab", "ab"), [[], [2, 3, END]]),
        ("xyz", "abc", (), [[]]),
        ("xyz", "ab?", (), None),
        ("xyz", "abx", (), None),
        ("xyzx", "abc", (), None),
        ("xyz", "abca", (), None),
        ("", "abc", (), None),
        ("xyz", "", (), None),
    ],
)
def test_pairs_that_fit_and_that_english_pieces_can_write_are_numbered(
    source: str, english: str, portuguese: tuple[str, ...], kept: list[list[int]] | None
) -> None:
    other = Pair("zz", "ccc", "b", ("c",))
    corpus, unusable = tokenise([Pair(source, english, "a", portuguese), other], _Letters(), ENGLISH, max_pieces=4)
    assert unusable == (kept is None)
    *_, last = range(len(corpus))
    assert [side.tolist() for side in corpus.pair(last)] == [[7, 7, END], [4, 4, 4, END]]
    assert (corpus.names[corpus.corpus[last]], corpus.portuguese(last, 0).tolist()) == ("b", [4, END])
    if kept is not None:
        assert corpus.pair(0)[1].tolist() == [2, 3, 4, END]
        assert [corpus.portuguese(0, way).tolist() for way in range(corpus.ways)] == kept


def test_weights_are_copies_and_shares() -> None:
    items = sample_epoch(_corpus(), {"news": 2.5, "software": 0.1}, 1, 0, 0.0)
    counts = np.bincount(items[:, 0], minlength=60)
    assert set(counts[:30]) == {2, 3}
    assert counts[:30].sum() == 75
    assert counts[30:].sum() == 3


def test_a_weight_may_be_a_pattern() -> None:
    weights = {"es:news": 1.0, "*names": 0.5, "*": 0.1}
    assert [weight_of(c, weights) for c in ("es:news", "news+names", "ddtp")] == [1.0, 0.5, 0.1]
    assert weight_of("ddtp", {}) == 1.0


def test_batches_keep_to_the_budget_and_lose_nothing() -> None:
    corpus = _corpus()
    items = sample_epoch(corpus, {}, 1, 0, 0.3)
    batches = plan_epoch(corpus, items, 40, 16, 1, 0)
    assert sorted(int(i) for b in batches for i in b[:, 0]) == list(range(60))
    for batch in batches:
        filled = fill(corpus, batch, PAD)
        assert filled.target.shape[1] <= 16
        assert filled.target.size <= 40


def test_a_joined_pair_has_one_end_mark() -> None:
    filled = fill(_corpus(), np.array([[3, 5]]), PAD)
    assert (filled.source == 0).sum() == 1
    assert filled.source[0, -1] == 0


def test_resuming_goes_on_at_the_very_batch() -> None:
    def order(epoch: int, position: int) -> itertools.islice[tuple[int, int, list[list[int]]]]:
        found = epochs(_corpus(), {}, 5, 40, 16, 0.2, epoch, position)
        return itertools.islice(((e, p, i.tolist()) for e, p, i in found), 30)

    whole = list(order(0, 0))
    epoch, position, _ = whole[9]
    assert list(order(epoch, position))[:20] == whole[10:]
    assert {e for e, _, _ in whole} > {0}


def test_weights_that_leave_no_pair_are_told() -> None:
    with pytest.raises(RecipeError, match="no pair is taken in an epoch"):
        next(epochs(_corpus(), {"*": 0.001}, 5, 40, 16, 0.2))


def test_each_way_to_portuguese_has_its_rows() -> None:
    corpus = _corpus()
    # By the first way every pair has a text, by the second every other pair.
    sides = [corpus.pair(i)[0] if way == 0 or i % 2 else np.zeros(0, np.int32) for i in range(60) for way in range(2)]
    starts = np.concatenate([[0], np.cumsum([len(side) for side in sides])])
    twice = replace(corpus, pivot=np.concatenate(sides), pivot_starts=starts)
    batch = fill(twice, np.array([[0, -1], [1, -1], [3, 5], [3, 4]]), PAD)
    assert batch.taught.tolist() == [[True] * 4, [False, True, True, False]]
    first, second = batch.pivots
    assert [row[row != PAD].tolist() for row in second] == [row[row != PAD].tolist() for row in first[[1, 2]]]
    assert first[2][first[2] != PAD].tolist() == [*corpus.pair(3)[0][:-1].tolist(), *corpus.pair(5)[0].tolist()]
