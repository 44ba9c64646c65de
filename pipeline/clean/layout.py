"""Layout: one line a paragraph, one blank line between paragraphs, single spaces. Text in, edits out.

A line was wrapped by a program, not by the writer, where the next line's first word would not have fitted any more: that
test needs only the width, and the width shows in the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.records import Edit

# Widths that mailers, agencies' wires and text editors wrap at; shorter lines are lists or verse, longer ones paragraphs.
MIN_WRAP_WIDTH: Final = 50
MAX_WRAP_WIDTH: Final = 120
# Programs that do not break at hyphens, and justified text, leave lines a little shorter than they could be.
WRAP_SLACK: Final = 6

_LINE: Final = re.compile(r"[^\n]*\S[^\n]*")
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
_LIST_ITEM: Final = re.compile(r"[-*•·‣▪]\s|\(?\d{1,3}[.)]\s")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def layout(text: str) -> Iterator[Edit]:
    """Edits that join wrapped lines and leave one blank line between paragraphs, with no space at either end."""
    lines = [
        _Line(
            match.start() + len(whole) - len(whole.lstrip()),
            match.start() + len(whole.rstrip()),
            whole.strip(),
        )
        for match in _LINE.finditer(text)
        for whole in (match.group(),)
    ]
    width = _wrap_width(lines)
    vocabulary = {word.lower() for word in _WORD.findall(text)} | {*_HYPHENATED.findall(text)} if width else set()
    at = 0
    previous: _Line | None = None
    for line in lines:
        gap = text[at : line.start]
        if previous is None:
            yield from _change(at, gap, "", "layout.edge", "white space at the start")
        elif gap.count("\n") == 1 and width and _wrapped(previous.text, line.text, width):
            yield from _join(text, previous, line, vocabulary)
        else:
            yield from _change(at, gap, "\n\n", "layout.paragraph", "one blank line between paragraphs")
        for spaces in _SPACES.finditer(text, line.start, line.end):
            yield from _change(spaces.start(), spaces.group(), " ", "layout.space", "repeated spaces")
        at, previous = line.end, line
    yield from _change(at, text[at:], "", "layout.edge", "white space at the end")


def _change(start: int, old: str, new: str, rule: str, reason: str) -> Iterator[Edit]:
    if old != new:
        yield Edit(start, start + len(old), old, new, rule, reason)


def _wrap_width(lines: list[_Line]) -> int:
    """The width that the text was wrapped at, in characters; 0 where it was not."""
    if len(lines) < 3:
        return 0
    width = max(len(line.text) for line in lines)
    return width if MIN_WRAP_WIDTH <= width <= MAX_WRAP_WIDTH else 0


def _wrapped(line: str, following: str, width: int) -> bool:
    if _LIST_ITEM.match(following):
        return False
    word = _FIRST_WORD.match(following)
    fits = len(line) + 1 + len(word.group() if word else "") <= width - WRAP_SLACK
    return not fits or (following[0].islower() and line[-1] not in _TERMINAL)


def _join(text: str, line: _Line, following: _Line, vocabulary: set[str]) -> Iterator[Edit]:
    """Join two lines; a word that was divided between them is made whole where the document has it whole elsewhere."""
    gap = text[line.end : following.start]
    head, tail = _DIVIDED.search(line.text[-40:]), _WORD.match(following.text)
    shared = _SHARING.match(following.text)
    if head is None or tail is None or (shared and f"-{shared.group()}" not in vocabulary):
        yield from _change(line.end, gap, " ", "layout.unwrap", "a line that was wrapped")
    elif tail.group().islower() and (head.group(1) + tail.group()).lower() in vocabulary:
        yield from _change(line.end - 1, f"-{gap}", "", "layout.unhyphenate", "a word divided at the end of a line")
    else:
        yield from _change(line.end, gap, "", "layout.unwrap", "a line that was wrapped at a hyphen")
