"""Layout: one line a paragraph, one blank line between paragraphs, single spaces. Text in, edits out.

A line was wrapped by a program, not by the writer, where the next line's first word would not have fitted any more: that
test needs only the width, and the width shows in the document. What begins an item, a heading or an indented paragraph is
told by the line before it: one that is full and has no end mark goes on, whatever the next one begins with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Final

from pipeline.clean.characters import SOFT_HYPHEN
from pipeline.clean.columns import BAR
from pipeline.records import Edit

# Widths that mailers, agencies' wires and text editors wrap at; shorter lines are lists or verse, longer ones paragraphs.
MIN_WRAP_WIDTH: Final = 50
MAX_WRAP_WIDTH: Final = 120
# Programs that do not break at hyphens, and justified text, leave lines a little shorter than they could be.
WRAP_SLACK: Final = 6

# The white space that a line begins with, and its words; in linear time, whatever there is of either.
_LINE: Final = re.compile(r"^([^\S\n]*)(\S(?:[^\n]*\S)?)", re.M)
_SPACES: Final = re.compile(r"  +")
_FIRST_WORD: Final = re.compile(r"\S+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_DIVIDED: Final = re.compile(r"([^\W\d_]+)-$")
# “Kinder- und Jugendhilfe”: what the words after and before these have in common is said once. It is no word of its own where
# the document hyphenates it elsewhere: “deixou-o”, “allez-y”.
_AND_OR: Final = r"(?:and|or|und|oder|et|ou|e|o|y|u|en|of|ve|i)"
_SHARING: Final = re.compile(rf"{_AND_OR}(?!\S)")
_HYPHENATED: Final = re.compile(rf"(?<=[^\W\d_])-{_AND_OR}\b(?!-)")
_TERMINAL: Final = ".!?:;\"')]。！？؟۔"
# A line that is shorter than this share of the width is a title or a heading, if it stands where one does.
SHORT: Final = 0.6
# So many full lines right below one another show that a text was wrapped which has longer ones, too: an address, a notice.
MIN_FULL: Final = 2
# Signs that nothing but items begin with; and what also stands within sentences: a dash, a date, a time, an initial.
_BULLET: Final = re.compile(r"[*•·‣▪●►→✓]\s")
_LIST_ITEM: Final = re.compile(r"-(?:\s|(?=[^\W\d_]))|\(?\d{1,3}[.)]\s|\d{1,2}[:.h]\d\d\b|[^\W\d_]:\s")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    indent: int

    @property
    def is_item(self) -> bool:
        return _BULLET.match(self.text) is not None or _LIST_ITEM.match(self.text) is not None

    @property
    def has_end_mark(self) -> bool:
        return self.text[-1] in _TERMINAL


def layout(text: str) -> Iterator[Edit]:
    """Edits that join wrapped lines and leave one blank line between paragraphs, with no space at either end."""
    lines = [_Line(*line.span(2), line.group(2), indent=line.end(1) - line.start()) for line in _LINE.finditer(text)]
    width = _wrap_width(text, lines)
    vocabulary = {word.lower() for word in _WORD.findall(text)} | {*_HYPHENATED.findall(text)} if width else set()
    at = 0
    first = previous = None
    for line, following in zip_longest(lines, lines[1:]):
        gap = text[at : line.start]
        joined = (
            previous is not None and gap.count("\n") == 1 and _goes_on(first or line, previous, line, following, width)
        )
        if previous is None:
            yield from _change(at, gap, "", "layout.edge", "white space at the start")
        elif joined:
            yield from _join(text, previous, line, vocabulary)
        else:
            yield from _change(at, gap, "\n\n", "layout.paragraph", "one blank line between paragraphs")
        for spaces in _SPACES.finditer(text, line.start, line.end):
            yield from _change(spaces.start(), spaces.group(), " ", "layout.space", "repeated spaces")
        at, previous = line.end, line
        first = first if joined else line
    yield from _change(at, text[at:], "", "layout.edge", "white space at the end")


def _change(start: int, old: str, new: str, rule: str, reason: str) -> Iterator[Edit]:
    if old != new:
        yield Edit(start, start + len(old), old, new, rule, reason)


def _wrap_width(text: str, lines: list[_Line]) -> int:
    """The width that the text was wrapped at, in characters; 0 where it was not. Longer lines than any program leaves are no
    part of what was wrapped, if the others show it by themselves."""
    within = [line for line in lines if len(line.text) <= MAX_WRAP_WIDTH]
    width = max((len(line.text) for line in within), default=0)
    if len(within) < 3 or width < MIN_WRAP_WIDTH:
        return 0
    return width if len(within) == len(lines) or _has_full_lines(text, lines, width) else 0


def _has_full_lines(text: str, lines: list[_Line], width: int) -> bool:
    """Whether MIN_FULL lines stand right below one another that are full and broken off: the next one begins small."""
    run = 0
    for line, following in pairwise(lines):
        small = not line.has_end_mark and not following.text[0].isupper()
        full = len(line.text) <= width and small and _is_full(line, following, width)
        run = run + 1 if full and text.count("\n", line.end, following.start) == 1 else 0
        if run == MIN_FULL:
            return True
    return False


def _is_full(line: _Line, following: _Line, width: int) -> bool:
    """Whether the next line's first word would not have fitted any more."""
    word = _FIRST_WORD.match(following.text)
    return len(line.text) + 1 + len(word.group() if word else "") > width - WRAP_SLACK


def _goes_on(first: _Line, line: _Line, following: _Line, then: _Line | None, width: int) -> bool:
    """Whether `following` goes on with the paragraph of which `first` is the first line and `line` the last so far."""
    if line.text[-1] == SOFT_HYPHEN:
        return True  # house style leaves those alone that divide a word between two lines
    if not width or _BULLET.match(following.text) or 0 < line.text.count(BAR) == following.text.count(BAR):
        return False
    full = _is_full(line, following, width)
    if following.is_item and (first.is_item or line.has_end_mark or not full):
        return False
    if not line.has_end_mark:
        title = line is first and len(line.text) < SHORT * width
        return full or (following.text[0].islower() and not title)
    heading = len(following.text) < SHORT * width and not following.has_end_mark
    if heading and (then is None or not then.text[0].islower()):
        return False
    return full and (first.is_item or following.indent <= line.indent)


def _join(text: str, line: _Line, following: _Line, vocabulary: set[str]) -> Iterator[Edit]:
    """Join two lines; a word that was divided between them is made whole where the document has it whole elsewhere."""
    gap = text[line.end : following.start]
    if line.text[-1] == SOFT_HYPHEN:
        yield from _change(
            line.end - 1, SOFT_HYPHEN + gap, "", "layout.unhyphenate", "a word divided at the end of a line"
        )
        return
    head, tail = _DIVIDED.search(line.text[-40:]), _WORD.match(following.text)
    shared = _SHARING.match(following.text)
    if head is None or tail is None or (shared and f"-{shared.group()}" not in vocabulary):
        yield from _change(line.end, gap, " ", "layout.unwrap", "a line that was wrapped")
    elif tail.group().islower() and (head.group(1) + tail.group()).lower() in vocabulary:
        yield from _change(line.end - 1, f"-{gap}", "", "layout.unhyphenate", "a word divided at the end of a line")
    else:
        yield from _change(line.end, gap, "", "layout.unwrap", "a line that was wrapped at a hyphen")
