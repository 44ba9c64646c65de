"""The Portuguese of a pair, for the student to teach from: Apertium's, kept in ``RUN/pivot/LANGUAGE.tsv``.

That of the other way to Portuguese, where a recipe asks for two, is kept in ``RUN/pivot/LANGUAGE.2.tsv``; the student's own, of the
English, in ``RUN/pivot/en.tsv`` (backtranslate.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from .apertium import MARKS, run_modes
from .corpus import Pair, plain
from .languages import PIVOT, other_way, passed_through, ways_to_pivot
from .lexicon import read_gloss, translate_words, with_relatives
from .mend import mend

# The folder of a run, and sentences to Apertium at a time.
FOLDER = "pivot"
CHUNK = 1_000


def path_of(run: Path, language: str, way: int = 0) -> Path:
    """Where a run keeps the Portuguese of a language's sentences by one of the ways."""
    return run / FOLDER / (f"{language}.tsv" if way == 0 else f"{language}.{way + 1}.tsv")


def keep(run: Path, language: str, sides: Sequence[tuple[str, str]], way: int = 0) -> None:
    """Add sources and their Portuguese to what is kept of a language."""
    (run / FOLDER).mkdir(parents=True, exist_ok=True)
    with path_of(run, language, way).open("a", encoding="utf-8") as stream:
        stream.writelines(f"{source}\t{portuguese}\n" for source, portuguese in sides)


def kept(run: Path, language: str, way: int = 0) -> dict[str, str]:
    """Source → Portuguese of a language."""
    path = path_of(run, language, way)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    sides = (line.partition("\t") for line in lines)
    return {source: portuguese for source, tab, portuguese in sides if tab}


_UNKNOWN = re.compile(r"\*([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+")


def _meanings(words: Sequence[str], code: str) -> dict[str, str]:
    """Portuguese of single words of a language that the way of its sentences does not know."""
    way = other_way(code)
    found = translate_words(words, way) if way else {}
    return with_relatives(words, {**read_gloss(code, 1), **found})


def _fill(marked: Sequence[str], sources: Sequence[str], language: str) -> list[str]:
    """Marked Portuguese with words in place of those that Apertium left as they were, and without its marks.

    A word that it left is of the source or of the language between; each has another way to Portuguese for single words.
    """
    own = [set(_WORD.findall(source.lower())) for source in sources]
    for code in passed_through(language):
        left = [
            [word for word in _UNKNOWN.findall(text) if word.islower() and (word in words) == (code == language)]
            for text, words in zip(marked, own, strict=True)
        ]
        meanings = _meanings(sorted({word for words in left for word in words}), code)
        marked = [_replaced(text, words, meanings) for text, words in zip(marked, left, strict=True)]
    return [MARKS.sub("", text) for text in marked]


def _replaced(text: str, words: Sequence[str], meanings: Mapping[str, str]) -> str:
    return _UNKNOWN.sub(lambda match: meanings.get(match[1], match[0]) if match[1] in words else match[0], text)


def to_portuguese(sources: Sequence[str], language: str, way: int = 0) -> list[str]:
    """Apertium's Portuguese of sentences, its perfects mended; on the first way its gaps are filled word by word."""
    *first, last = ways_to_pivot(language, way + 1)[way]
    marked = run_modes([last], run_modes(first, sources), mark=True)
    filled = _fill(marked, sources, language) if way == 0 else [MARKS.sub("", text) for text in marked]
    return [plain(text) for text in mend(filled)]


def with_pivots(pairs: Sequence[Pair], language: str, run: Path, ways: int = 1) -> list[Pair]:
    """The pairs with their Portuguese by as many ways; what is not kept yet is translated by Apertium."""
    if language == PIVOT:
        return [replace(pair, pivots=(pair.source,)) for pair in pairs]
    sources = {pair.source for pair in pairs}
    done = [
        completed(sources, run, language, partial(to_portuguese, language=language, way=way), way)
        for way, _ in enumerate(ways_to_pivot(language, ways))
    ]
    return [replace(pair, pivots=tuple(sides[pair.source] for sides in done)) for pair in pairs]


def completed(
    texts: Collection[str], run: Path, language: str, translate: Callable[[Sequence[str]], Sequence[str]], way: int = 0
) -> dict[str, str]:
    """Text → Portuguese: what is kept of a language, and of the other ``texts`` what ``translate`` makes, which is kept from then on."""
    done = kept(run, language, way)
    missing = sorted(set(texts) - done.keys())
    for start in range(0, len(missing), CHUNK):
        chunk = missing[start : start + CHUNK]
        sides = list(zip(chunk, translate(chunk), strict=True))
        keep(run, language, sides, way)
        done |= dict(sides)
        print(f"{language}: {start + len(chunk)} of {len(missing)} sentences put into Portuguese", flush=True)
    return done
