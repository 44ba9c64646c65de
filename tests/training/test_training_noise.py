"""Pairs with slips of the pen: the source is typed carelessly, nothing else changes, and what it says is still there."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.training.corpus import Pair
from models.training.noise import MOST, noised, with_noise

pytestmark = pytest.mark.train

PAIR = Pair(
    "L'accordo è fatto, dice Rokan: 12 paesi.", "The deal is done, says Rokan: 12 countries.", "news", ("O acordo",)
)


@pytest.mark.parametrize(
    "slip",
    [
        "L' accordo",
        "e' fatto",
        " é fatto",
        " e fatto",
        "fatto,dice",
        "fatto , dice",
        "fatto dice",
        "paesi .",
        "Rokan :",
        "Paesi",
    ],
)
def test_slips_are_those_that_people_make(slip: str) -> None:
    assert any(slip in noised(PAIR.source, random.Random(seed)) for seed in range(400))


def test_words_are_misspelt_by_a_letter() -> None:
    found = {word for seed in range(400) for word in noised("Il governo", random.Random(seed)).split()}
    assert {"govrno", "govverno", "goevrno"} <= found


@given(st.text(alphabet="abcdèéà 0123456789.,;'\"-", max_size=60), st.integers(0, 2**32))
def test_a_slip_changes_a_character_or_two_and_no_number(text: str, seed: int) -> None:
    changed = noised(text, random.Random(seed))
    assert abs(len(changed) - len(text)) <= 2 * MOST
    assert [c for c in changed if c.isdigit()] == [c for c in text if c.isdigit()]


def test_only_the_source_of_a_noised_pair_is_another() -> None:
    made = with_noise([PAIR], 20, 5)
    assert made == with_noise([PAIR], 20, 5) != with_noise([PAIR], 20, 6)
    assert {(pair.english, pair.pivots, pair.corpus) for pair in made} == {(PAIR.english, PAIR.pivots, "news+noise")}
    assert PAIR.source not in {pair.source for pair in made}


def test_a_pair_in_which_nothing_can_be_mistyped_has_no_copy() -> None:
    assert with_noise([Pair("12", "12", "news")], 3, 1) == []
