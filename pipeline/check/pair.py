"""What every check works on: a segment with its translation, and the small tools that the checks share."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from pipeline.records import Flag, Span

WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PIECE: Final = re.compile(r"[^\W\d_]+")
# So many particles at most stand between two words of a name: "María de los Ángeles".
_MOST_PARTICLES: Final = 2
_WITHIN_NAMES: Final = (" ", ". ", "'", "’", "-")
# A quotation in a message is for recognising the place, not for reading it.
_QUOTE_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """A segment (`source`, in `language`, ISO 639-1 or `und`) and what stands for it in English (`text`)."""

    source: str
    text: str
    language: str

    @property
    def capitals(self) -> bool:
        """Whether the segment is all in capitals, so that they tell nothing of names."""
        return self.source.isupper()


Check = Callable[[Pair], Iterable[Flag]]


@cache
def data(name: str) -> dict[str, Any]:
    """A data file of the checks, by its name without the suffix."""
    file = resources.files("pipeline.check") / "data" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def words_of(name: str, *keys: str) -> frozenset[str]:
    """A list of words of a data file; empty where the file has none under that key."""
    value: Any = data(name)
    for key in keys:
        value = value.get(key, {})
    return frozenset(value.split()) if value else frozenset()


def span(match: re.Match[str]) -> Span:
    """The place of a match."""
    return Span(*match.span())


def words(text: str) -> list[re.Match[str]]:
    """The words of a text, apostrophes and hyphens within them."""
    return list(WORD.finditer(text))


def particles(text: str, language: str) -> Iterator[re.Match[str]]:
    """The small words within the names of a text, as the language writes names: "João dos Santos", "Jean de La Fontaine"."""
    known = words_of("names", "particles", language)
    between: list[re.Match[str]] = []
    named = False
    end = 0
    for word in _PIECE.finditer(text) if known else ():
        named, end = named and text[end : word.start()] in _WITHIN_NAMES, word.end()
        if word[0][0].isupper():
            yield from between if named else ()
            between, named = [], True
        elif named and word[0] in known and len(between) < _MOST_PARTICLES:
            between.append(word)
        else:
            named = False


def cited(texts: Iterable[str]) -> str:
    """Some pieces of text as a message shows them."""
    pieces = [f"“{text}”" for text in texts]
    shown: Sequence[str] = pieces[:3]
    line = ", ".join(shown) + (" …" if len(pieces) > len(shown) else "")
    return line if len(line) <= _QUOTE_CHARS * 2 else line[: _QUOTE_CHARS * 2] + "…”"
