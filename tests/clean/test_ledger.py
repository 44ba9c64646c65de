"""The ledger's laws, for all texts and all edits of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.ledger import apply, compose, invert, raw_spans
from pipeline.records import Edit, Span

TEXT = st.text(alphabet="abc \n“”é", max_size=30)


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    """Some edits of a text, in order, none over another; insertions and removals among them."""
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [
        Edit(a, b, text[a:b], new, f"rule.{draw(st.integers(1, 3))}", "drawn")
        for a, b in zip(places[::2], places[1::2], strict=False)
        if (new := draw(st.text(alphabet="xyz\n", max_size=4))) != text[a:b]
    ]


@given(st.data())
def test_what_was_applied_can_be_undone(data: st.DataObject) -> None:
    text = data.draw(TEXT)
    edits = data.draw(edits_of(text))
    assert invert(apply(text, edits), edits) == text


@given(st.data())
def test_two_rounds_of_edits_are_one(data: st.DataObject) -> None:
    text = data.draw(TEXT)
    first = data.draw(edits_of(text))
    middle = apply(text, first)
    second = data.draw(edits_of(middle))
    joined = compose(first, second)
    assert apply(text, joined) == apply(middle, second)
    assert invert(apply(middle, second), joined) == text
    assert all(a.end <= b.start for a, b in pairwise(joined))
    assert all(edit.original != edit.replacement for edit in joined)


def origins(raw: str, edits: list[Edit]) -> list[Span]:
    """Of each character of the clean text, the place in `raw` that it came from: its own, or all that its edit replaced."""
    found: list[Span] = []
    at = 0
    for edit in edits:
        found += (Span(i, i + 1) for i in range(at, edit.start))
        found += [Span(edit.start, edit.end)] * len(edit.replacement)
        at = edit.end
    return found + [Span(i, i + 1) for i in range(at, len(raw))]


@given(st.data())
def test_a_span_of_the_clean_text_comes_from_all_that_its_characters_came_from(data: st.DataObject) -> None:
    raw = data.draw(TEXT)
    edits = data.draw(edits_of(raw))
    places = origins(raw, edits)
    assert len(places) == len(apply(raw, edits))
    to_raw = raw_spans(edits)
    for start in range(len(places)):
        for end in range(start + 1, len(places) + 1):
            assert to_raw(Span(start, end)) == Span(places[start].start, places[end - 1].end)
        nothing = to_raw(Span(start, start))
        assert 0 <= nothing.start <= nothing.end <= len(raw)


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 1, "x", "y", "rule", "reason")],
        [Edit(0, 2, "ab", "x", "rule", "reason"), Edit(1, 3, "bc", "y", "rule", "reason")],
        [Edit(2, 3, "c", "x", "rule", "reason"), Edit(0, 1, "a", "y", "rule", "reason")],
    ],
    ids=["other words", "over one another", "out of order"],
)
def test_edits_that_do_not_fit_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        apply("abc", edits)


def test_a_removal_that_covers_a_repair_keeps_its_own_reason() -> None:
    repair = [Edit(3, 4, "’", "'", "style.single-quote", "a curly quote")]
    removal = [Edit(0, 8, "Don't go", "", "boilerplate.plea", "a plea")]
    assert compose(repair, removal) == (Edit(0, 8, "Don’t go", "", "boilerplate.plea", "a plea"),)


def test_edits_that_overlap_in_part_keep_both_reasons() -> None:
    first = [Edit(0, 2, "ab", "xy", "one", "first")]
    second = [Edit(1, 3, "yc", "z", "two", "second")]
    assert compose(first, second) == (Edit(0, 3, "abc", "xz", "one+two", "first; second"),)
