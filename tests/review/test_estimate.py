"""The interval against published values, and what must hold for every sample."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.estimate import estimate, more_needed, wilson

# Newcombe (1998), table I, method 3 (score, without continuity correction).
PUBLISHED = ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718))


@pytest.mark.parametrize(("wrong", "judged", "low", "high"), PUBLISHED)
def test_published_intervals(wrong: int, judged: int, low: float, high: float) -> None:
    assert wilson(wrong, judged) == pytest.approx((low, high), abs=5e-5)


def test_nothing_judged_says_nothing() -> None:
    found = estimate(500, 0, 0)
    assert (found.share, found.low, found.high) == (0.0, 0.0, 1.0)


def test_everything_judged_is_certain() -> None:
    found = estimate(40, 40, 3)
    assert (found.low, found.high) == pytest.approx((3 / 40, 3 / 40))
    assert more_needed(found, 0.01) == 0


@pytest.mark.parametrize(("population", "judged", "wrong"), [(10, 11, 0), (10, 5, 6), (10, 5, -1)])
def test_impossible_samples_are_refused(population: int, judged: int, wrong: int) -> None:
    with pytest.raises(ValueError, match="no sample"):
        estimate(population, judged, wrong)


@given(st.integers(1, 100_000), st.data())
def test_the_share_lies_within_its_interval(population: int, data: st.DataObject) -> None:
    judged = data.draw(st.integers(1, population))
    wrong = data.draw(st.integers(0, judged))
    found = estimate(population, judged, wrong)
    assert 0 <= found.low <= found.share + 1e-12
    assert found.share - 1e-12 <= found.high <= 1


@given(st.integers(2, 20_000), st.sampled_from((0.01, 0.02, 0.05, 0.1)), st.data())
def test_as_many_more_as_told_are_enough(population: int, margin: float, data: st.DataObject) -> None:
    judged = data.draw(st.integers(0, population))
    now = estimate(population, judged, data.draw(st.integers(0, judged)))
    more = more_needed(now, margin)
    assert 0 <= more <= population - judged
    assert (more == 0) == (judged > 0 and (now.high - now.low) / 2 <= margin)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    population = [True] * 60 + [False] * 940
    chance = random.Random(5)
    held = 0
    for _ in range(1000):
        found = estimate(1000, 150, sum(chance.sample(population, 150)))
        held += found.low <= 0.06 <= found.high
    assert held >= 930
