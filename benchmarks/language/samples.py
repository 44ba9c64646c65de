"""Read the collection: two short articles and eight headlines in each of 32 languages, and the like in none (`und`), written for this project (CC0).

A file has the sections `[tuning]`, `[test]`, `[headlines tuning]` and `[headlines test]`. Constants of `pipeline.detect`
are fitted on the tuning half and reported on the test half, which is about another subject. Cut into pieces of a number of
words, as a document, a paragraph or a headline would be.

    >>> len(languages()), "und" in languages()
    (33, True)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

SAMPLES: Final = Path(__file__).parent / "samples"
LENGTHS: Final = (5, 20, 100)
# Chinese and Japanese are written without spaces: two characters stand for a word.
UNSPACED: Final = frozenset(("zh", "ja"))
# A last piece with less than this share of the words asked for is left out.
LEAST: Final = 0.65

Half = Literal["tuning", "test"]
Form = Literal["running", "capitals", "headline"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A text whose language is known; `words` is 5, 20 or 100 for pieces of an article, 0 for a headline."""

    code: str
    half: Half
    form: Form
    words: int
    text: str


def languages() -> list[str]:
    """The codes of the collection, sorted."""
    return sorted(path.stem for path in SAMPLES.glob("*.txt"))


def article(code: str, half: Half) -> str:
    """One of the two articles of a language."""
    return " ".join(_section(code, half))


def samples(half: Half, lengths: Sequence[int] = LENGTHS) -> Iterator[Sample]:
    """All pieces of one half: running text, the same in capitals where the script has them, and headlines."""
    for code in languages():
        text = article(code, half)
        for words in lengths:
            for piece in pieces(text, words, spaced=code not in UNSPACED):
                yield Sample(code, half, "running", words, piece)
                if piece.upper() != piece.lower() and code not in UNSPACED:
                    yield Sample(code, half, "capitals", words, piece.upper())
        for line in _section(code, f"headlines {half}"):
            yield Sample(code, half, "headline", 0, line)


def pieces(text: str, words: int, *, spaced: bool = True) -> Iterator[str]:
    """The text in consecutive pieces of `words` words."""
    units = text.split(" ") if spaced else [text[i : i + 2] for i in range(0, len(text), 2)]
    for start in range(0, len(units), words):
        piece = units[start : start + words]
        if len(piece) >= LEAST * words:
            yield (" " if spaced else "").join(piece)


def _section(code: str, name: str) -> list[str]:
    lines = (SAMPLES / f"{code}.txt").read_text(encoding="utf-8").splitlines()
    start = lines.index(f"[{name}]") + 1
    end = next((i for i in range(start, len(lines)) if lines[i].startswith("[")), len(lines))
    return lines[start:end]
