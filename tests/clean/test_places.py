"""Where on a page blocks of some kind stand: the same as a walk over all blocks would find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.places import Places


@given(st.lists(st.booleans(), max_size=12), st.integers(-1, 13), st.integers(-1, 13))
def test_what_is_looked_up_is_what_a_walk_finds(marks: list[bool], place: int, other: int) -> None:
    places = Places(marks)
    marked = [i for i, mark in enumerate(marks) if mark]
    assert places.before(place) == max((i for i in marked if i < place), default=-1)
    assert places.after(place) == min((i for i in marked if i > place), default=len(marks))
    assert places.between(place, other) == sum(place < i < other for i in marked)
