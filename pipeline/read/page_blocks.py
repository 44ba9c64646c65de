"""What a page shows, block by block, and which of its blocks are not in the article that was taken from it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from pipeline.records import OUTSIDE, Edit

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Elements that stand in a line of text (HTML Living Standard, 4.5, and what came before it); all others begin a new block.
INLINE: Final = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "blink", "cite", "code", "data", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "label", "mark", "nobr", "output", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tt", "u", "var", "wbr",
))  # fmt: skip
# Elements whose words are not on the page, or are those of a control.
UNSHOWN: Final = frozenset((
    "applet", "audio", "canvas", "datalist", "embed", "head", "iframe", "noscript", "object", "script", "select", "style", "svg",
    "template", "textarea", "title", "video",
))  # fmt: skip
_WORD: Final = re.compile(r"[^\W_]+")
# By so many letters at its head, the most that it has, a key is found in an article. Short keys then have few lengths to be
# tried, and long ones seldom share a head: one pass is enough for any number of them.
_HEADS: Final = (1, 8, 32)


def blocks(tree: HtmlElement) -> Iterator[str]:
    """The words of each block of a page in its order, white space normalised; a `br` ends one, too."""
    from lxml.etree import iterwalk

    words: list[str] = []
    walk = iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        shown = element.tag not in UNSHOWN
        if shown and element.tag not in INLINE and words:
            if block := " ".join("".join(words).split()):
                yield block
            words.clear()
        if event == "start" and not shown:
            walk.skip_subtree()
        elif text := element.text if event == "start" else element.tail:
            words.append(text)


def outside(page: Iterable[str], article: str) -> list[str]:
    """Those blocks of a page whose letters and digits are not in its article, in their order, each once."""
    keyed: dict[str, str] = {}
    for block in page:
        keyed.setdefault(key(block), block)
    keyed.pop("", None)
    inside = _within(keyed, article)
    return [block for letters, block in keyed.items() if letters not in inside]


def on_record(article: str, beside: Iterable[str]) -> tuple[str, tuple[Edit, ...]]:
    """An article with the blocks beside it, a paragraph each, and the edits that take these out again."""
    pieces = [article]
    edits: list[Edit] = []
    at = len(article)
    for block in beside:
        piece = f"\n\n{block}"
        edits.append(Edit(at, at + len(piece), piece, "", OUTSIDE, "on the page beside the article"))
        pieces.append(piece)
        at += len(piece)
    return "".join(pieces), tuple(edits)


def key(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _within(keys: Iterable[str], article: str) -> set[str]:
    """Those keys that occur in the article from the beginning of a word on, found in one pass over its words."""
    wanted = set(keys)
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for one in wanted:
        lengths[one[: _head(len(one))]].add(len(one))
    words = _words(article)
    letters = "".join(words)
    found = set[str]()
    at = 0
    for word in words:
        for size in _HEADS:
            for length in lengths.get(letters[at : at + size], ()):
                if (one := letters[at : at + length]) in wanted:
                    found.add(one)
        at += len(word)
    return found


def _head(length: int) -> int:
    return max(size for size in _HEADS if size <= length)
