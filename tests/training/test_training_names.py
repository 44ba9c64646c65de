"""Renamed pairs: the same invented name on both sides, and nothing else changed."""

from __future__ import annotations

import random

import pytest

from models.training.corpus import Pair
from models.training.dictionary import word_lists
from models.training.names import NameMaker, listed_names, rename, renamed, shared_names

pytestmark = pytest.mark.train

PAIR = Pair("Ieri Rokan ha visto Miltow a Zelm, con la NATA.", "Rokan saw Miltow in Zelm yesterday, with NATA.", "news")


def test_shared_names_are_those_of_both_sides() -> None:
    assert shared_names(PAIR) == ["Rokan", "Miltow", "Zelm", "NATA"]
    assert shared_names(Pair("La Francia vince", "France wins", "x")) == []


def test_rename_changes_the_names_alone() -> None:
    changed = rename(PAIR, NameMaker(listed_names()), random.Random(1))
    assert changed is not None
    assert changed.corpus == "news+names"
    new = shared_names(changed)
    assert len(new) == 4
    assert not set(new) & set(shared_names(PAIR))
    back = changed.source
    for name, old in zip(new, shared_names(PAIR), strict=True):
        back = back.replace(name, old)
    assert back == PAIR.source


def test_the_same_seed_gives_the_same_names() -> None:
    assert renamed([PAIR], 3, 7) == renamed([PAIR], 3, 7)
    assert renamed([PAIR], 3, 7) != renamed([PAIR], 3, 8)


def test_invented_names_are_pronounceable_in_length_and_letters() -> None:
    maker, rng = NameMaker(listed_names()), random.Random(3)
    names = [maker.invent(rng) for _ in range(200)]
    assert all(3 <= len(n) <= 14 and n.isalpha() for n in names)
    assert len(set(names)) > 150


def test_word_lists_hold_every_word_once_a_copy() -> None:
    words = [Pair(f"parola{i}", f"word{i}", "d") for i in range(20)]
    lists = word_lists(words, 2, 0)
    assert sorted(w for line in lists for w in line.english.split(", ")) == sorted(2 * [p.english for p in words])
    assert all(len(line.source.split(", ")) == len(line.english.split(", ")) for line in lists)
    assert {line.corpus for line in lists} == {"d+lists"}
