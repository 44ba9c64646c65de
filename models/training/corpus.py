"""Sentence pairs: reading, repairing, filtering with a reason, weighting.

A pair file is tab-separated text, plain or .xz: source, English and, where it has a third column, the name of the corpus
that the pair comes from; otherwise the file's own folder is that name.
"""

from __future__ import annotations

import lzma
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .config import RecipeError, not_utf8
from .languages import PIVOT
from .languages import language as known_language

# Characters; the longest sentence of news is about 400.
MAX_CHARS = 700
# Characters of the longer side per character of the shorter; only judged above RATIO_FROM characters.
MAX_RATIO = 2.2
RATIO_FROM = 24

_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "\u202f": " ", "\u00ad": ""}
)
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
# Thousands parted by spaces, as French has them.
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")
_LANGUAGE = re.compile(r"\b([a-z]{2})-en\b")


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, its English, the corpus that it comes from, and its Portuguese, by each way, where a teacher is to read that."""

    source: str
    english: str
    corpus: str
    pivots: tuple[str, ...] = ()


def plain(text: str) -> str:
    """The spelling that the models read: straight quotes, ordinary spaces, no soft hyphens.

    >>> plain("l’\u00a0«altra» “riva”")
    'l\\' «altra» "riva"'
    """
    return " ".join(text.translate(_PLAIN).split())


def _sure_foreign(text: str, expected: str, other: str) -> bool:
    words = [w.lower() for w in _WORD.findall(text)]
    right, wrong = known_language(expected).words, known_language(other).words
    if len(words) < 5:
        return False
    expected_count = sum(w in right - wrong for w in words)
    other_count = sum(w in wrong - right for w in words)
    return other_count > expected_count


def _numbers(text: str) -> set[str]:
    """The numbers of a text by their digits alone: 1.200, 1 200 and 1,200 are one."""
    joined = _SPACED.sub(lambda number: number[0].replace(" ", ""), text)
    return set(_NUMBER.findall(joined.replace(".", "").replace(",", "")))


def fault(source: str, english: str, language: str) -> str | None:
    """Why a pair is not to be learnt from, or None.

    >>> fault("Il gatto dorme sul divano.", "Il gatto dorme sul divano.", "it")
    'identical'
    >>> fault("Nel 2019 erano 1200.", "They were 1,300 in 2019.", "it")
    'numbers'
    """
    if not source or not english:
        return "empty"
    if max(len(source), len(english)) > MAX_CHARS:
        return "long"
    words = _WORD.findall(source)
    if not words or not _WORD.search(english):
        return "no letters"
    if source == english and len(words) > 3:
        return "identical"
    longer, shorter = max(len(source), len(english)), min(len(source), len(english))
    if longer > RATIO_FROM and longer > MAX_RATIO * shorter:
        return "length ratio"
    # Months and "5 million" are written either way, so only longer numbers must agree.
    wanted = {number for number in _numbers(source) if len(number) > 2}
    found = _numbers(english)
    if len(wanted - found) > len(wanted) // 3:
        return "numbers"
    if _sure_foreign(source, language, "en"):
        return "source is English"
    if _sure_foreign(english, "en", language):
        return "English is not"
    return None


def language_of(path: Path, languages: tuple[str, ...]) -> str:
    """The source language of a pair file, from its name or its folder's: ``es-en.tsv.xz``, ``news-it-en/a.tsv``.

    A file that does not say has the recipe's language, if that has only one.

    Raises:
        RecipeError: it does not say and could be of several, or is of none of them nor Portuguese.
    """
    named = next((found[1] for part in (path.name, path.parent.name) if (found := _LANGUAGE.search(part))), None)
    if named is None and len(languages) != 1:
        raise RecipeError(f"{path}: name the file or its folder after its languages, e.g. es-en")
    if named not in (None, PIVOT, *languages):
        raise RecipeError(f"{path}: {named} is not among the recipe's languages ({', '.join(languages)}); add it there")
    return named or languages[0]


def _lines(path: Path) -> Iterator[str]:
    opened = lzma.open if path.suffix == ".xz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as stream:
            yield from stream
    except UnicodeDecodeError as error:
        raise RecipeError(not_utf8(path)) from error
    except (lzma.LZMAError, EOFError) as error:
        raise RecipeError(f"{path}: no whole .xz file; pack it anew, or name it .tsv if it is plain text") from error


def read_pairs(paths: Iterable[Path], language: str) -> tuple[list[Pair], Counter[tuple[str, str]]]:
    """Read pair files: the pairs that are good and different, and how many were dropped by (corpus, reason)."""
    kept: dict[tuple[str, str], Pair] = {}
    dropped: Counter[tuple[str, str]] = Counter()
    for path in paths:
        for line in _lines(path):
            columns = line.rstrip("\n").split("\t")
            corpus = columns[2] if len(columns) > 2 else path.parent.name
            if len(columns) < 2:
                dropped[corpus, "no tab"] += 1
                continue
            source, english = plain(columns[0]), plain(columns[1])
            reason = fault(source, english, language)
            if reason is None and (source, english) in kept:
                reason = "duplicate"
            if reason is not None:
                dropped[corpus, reason] += 1
                continue
            kept[source, english] = Pair(source, english, corpus)
    return list(kept.values()), dropped


def _in_folder(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(path for path in folder.glob(pattern) if path.is_file())
    except (NotImplementedError, ValueError) as error:
        raise RecipeError(f"{pattern!r}: no name below a folder of text; name the folder with --data") from error


def find_files(folders: Iterable[Path], patterns: Iterable[str]) -> list[Path]:
    """The pair files that a recipe names, sorted, from whichever folder has them; each once.

    Raises:
        RecipeError: for every pattern that no folder has a file for.
    """
    places = list(folders)
    found = {pattern: [path for folder in places for path in _in_folder(folder, pattern)] for pattern in patterns}
    missing = [pattern for pattern, paths in found.items() if not paths]
    if missing:
        where = ", ".join(dict.fromkeys(map(str, places)))
        raise RecipeError(f"{', '.join(missing)}: not found in {where}; name the folders of parallel text with --data")
    different: dict[Path, Path] = {}
    for paths in found.values():
        for path in paths:
            different.setdefault(path.resolve(), path)
    return list(different.values())


def find_file(folders: Iterable[Path], name: str) -> Path:
    """The one file of that name.

    Raises:
        RecipeError: no folder has it, or several do.
    """
    found = find_files(folders, [name])
    if len(found) > 1:
        raise RecipeError(f"{name}: there are several, keep one: {', '.join(map(str, found))}")
    return found[0]
