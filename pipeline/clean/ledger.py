"""The ledger: cleaning as a list of edits that can be replayed, undone and joined.

An edit list is sorted by `start` and its edits do not overlap. For all texts and their edit lists
`invert(apply(text, edits), edits) == text`, and `apply(text, compose(a, b)) == apply(apply(text, a), b)`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from pipeline.records import Edit, Span


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Replay the edits on `text`. Raises ValueError where an edit does not fit it."""
    pieces: list[str] = []
    at = 0
    for edit in edits:
        if edit.start < at or text[edit.start : edit.end] != edit.original:
            raise ValueError(f"edit {edit.rule} at {edit.start} does not fit the text")
        pieces += (text[at : edit.start], edit.replacement)
        at = edit.end
    return "".join((*pieces, text[at:]))


def inverse(edits: Iterable[Edit]) -> list[Edit]:
    """The edit list that leads from the edited text back to the first one."""
    shift = 0
    back: list[Edit] = []
    for edit in edits:
        start = edit.start + shift
        end = start + len(edit.replacement)
        back.append(Edit(start, end, edit.replacement, edit.original, edit.rule, edit.reason))
        shift += len(edit.replacement) - len(edit.original)
    return back


def invert(text: str, edits: Iterable[Edit]) -> str:
    """Undo the edits: from the edited text to the one before. Raises ValueError where they do not fit."""
    return apply(text, inverse(edits))


def compose(first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """One edit list that does what `first` and then `second` do, in the coordinates of the text before `first`.

    Edits that do not meet keep their own rule and reason. Edits that overlap become one: with the rule of the later where
    that covers all of it (a removed paragraph that had a curly quote mended), else with both.
    """
    joined: list[Edit] = []
    i = j = shift = 0
    while i < len(first) or j < len(second):
        a = first[i] if i < len(first) else None
        b = second[j] if j < len(second) else None
        if a is not None and (b is None or a.start + shift + len(a.replacement) <= b.start):
            joined.append(a)
            shift += len(a.replacement) - len(a.original)
            i += 1
        elif b is not None and (a is None or b.end <= a.start + shift):
            joined.append(Edit(b.start - shift, b.end - shift, b.original, b.replacement, b.rule, b.reason))
            j += 1
        else:
            group, i_next, j_next = _overlap(first, second, i, j, shift)
            joined.append(group)
            shift += sum(len(edit.replacement) - len(edit.original) for edit in first[i:i_next])
            i, j = i_next, j_next
    return tuple(edit for edit in joined if edit.original != edit.replacement)


def _overlap(first: Sequence[Edit], second: Sequence[Edit], i: int, j: int, shift: int) -> tuple[Edit, int, int]:
    """Join the run of overlapping edits that starts at `first[i]` and `second[j]` into one edit."""
    begin = end = min(first[i].start + shift, second[j].start)
    old: list[tuple[int, Edit]] = []  # (start in the middle text, edit)
    new: list[Edit] = []
    moved = shift
    while True:
        if i < len(first) and (first[i].start + moved < end or not old):
            start = first[i].start + moved
            old.append((start, first[i]))
            end = max(end, start + len(first[i].replacement))
            moved += len(first[i].replacement) - len(first[i].original)
            i += 1
        elif j < len(second) and (second[j].start < end or not new):
            new.append(second[j])
            end = max(end, second[j].end)
            j += 1
        else:
            break
    # Every character of the middle text in [begin, end) stands in one of the edits, so no text is needed to rebuild it.
    middle = [""] * (end - begin)
    for start, edit in old:
        middle[start - begin : start - begin + len(edit.replacement)] = edit.replacement
    for edit in new:
        middle[edit.start - begin : edit.end - begin] = edit.original
    before = _splice(middle, ((s - begin, len(e.replacement), e.original) for s, e in old))
    after = _splice(middle, ((e.start - begin, len(e.original), e.replacement) for e in new))
    covers = len(new) == 1 and new[0].start == begin and new[0].end == end
    named = new if covers else [*(edit for _, edit in old), *new]
    group = Edit(
        start=begin - shift,
        end=begin - shift + len(before),
        original=before,
        replacement=after,
        rule="+".join(dict.fromkeys(edit.rule for edit in named)),
        reason="; ".join(dict.fromkeys(edit.reason for edit in named)),
    )
    return group, i, j


def _splice(middle: Sequence[str], changes: Iterable[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, length, words in changes:
        pieces += (*middle[at:start], words)
        at = start + length
    return "".join((*pieces, *middle[at:]))


def raw_spans(edits: Sequence[Edit]) -> Callable[[Span], Span]:
    """A function from spans of the clean text to the spans of `raw` that they came from.

    An end that falls inside a replacement widens to the whole of what was replaced.
    """
    back = inverse(edits)
    starts = [edit.start for edit in back]
    ends = [edit.end for edit in back]
    shifts = [0, *accumulate(len(edit.replacement) - len(edit.original) for edit in back)]

    def to_raw(span: Span) -> Span:
        first = bisect_right(ends, span.start)  # edits that end at or before the start lie before it
        start = edits[first].start if first < len(back) and starts[first] < span.start else span.start + shifts[first]
        last = bisect_left(starts, span.end)  # edits that start before the end
        inside = last > 0 and ends[last - 1] > span.end
        end = edits[last - 1].end if inside else span.end + shifts[last]
        return Span(start, max(start, end))

    return to_raw
