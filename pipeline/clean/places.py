"""Places: where on a page blocks of some kind stand, looked up once, so that a question about each block takes no walk."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable


class Places:
    """The places of some of a page's blocks, in order.

    >>> places = Places([False, True, True, False])
    >>> places.before(1), places.before(2), places.after(0), places.after(2), places.between(0, 3)
    (-1, 1, 1, 4, 2)
    """

    def __init__(self, marks: Iterable[bool]) -> None:
        """The places of those that are marked; there is a mark for each block of the page."""
        every = list(marks)
        self._places = [place for place, marked in enumerate(every) if marked]
        self._end = len(every)

    def before(self, place: int) -> int:
        """The last place before another; -1 where there is none."""
        number = bisect_left(self._places, place)
        return self._places[number - 1] if number else -1

    def after(self, place: int) -> int:
        """The first place after another; that behind all blocks where there is none."""
        number = bisect_right(self._places, place)
        return self._places[number] if number < len(self._places) else self._end

    def between(self, first: int, last: int) -> int:
        """How many places lie between two others, these not among them."""
        return max(0, bisect_left(self._places, last) - bisect_right(self._places, first))
