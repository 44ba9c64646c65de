"""Word lexicons from a language to the pivot, Portuguese: Apertium's dictionaries and glosses made by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from .apertium import run_modes
from .config import read_json
from .languages import modes_to_pivot, other_way

HERE = Path(__file__).parent
# Words to Apertium at a time, each a sentence of its own.
CHUNK = 5_000
# Letters that two forms of a word must share, and that may differ after them.
SHORTEST_STEM, LONGEST_ENDING = 5, 3
_UNKNOWN = re.compile(r"[*#@]")


def read_gloss(language: str, column: int) -> dict[str, str]:
    """``gloss.LANGUAGE-pt-en.tsv``: word → Portuguese (column 1) or English (2), where it is another word.

    A language without such a file has no glosses.
    """
    path = HERE / f"gloss.{language}-pt-en.tsv"
    gloss: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        columns = line.split("\t")
        if len(columns) == 3 and columns[column].strip() and columns[0] != columns[column]:
            gloss[columns[0]] = columns[column].strip()
    return gloss


def translate_words(words: Iterable[str], modes: Sequence[str]) -> dict[str, str]:
    """What Apertium makes of each word alone, for the words that all its dictionaries on the way know."""
    meanings = {word: word for word in words}
    for mode in modes:
        items = list(meanings.items())
        meanings = {}
        for start in range(0, len(items), CHUNK):
            chunk = items[start : start + CHUNK]
            # The full stop keeps each word a sentence, so that no two are read as one expression.
            for (word, _), text in zip(chunk, run_modes([mode], [f"{t} ." for _, t in chunk], mark=True), strict=True):
                translated = re.sub(r"\s*\.$", "", text)
                if translated and not _UNKNOWN.search(translated):
                    meanings[word] = translated
    return meanings


def lexicon(language: str, words: Iterable[str], cache: Path) -> dict[str, str]:
    """Word → Portuguese for ``words``; Apertium's, and the glosses for what it does not know."""
    if not modes_to_pivot(language):
        return {}
    if cache.exists():
        found: dict[str, str] = read_json(cache)
    else:
        words = list(words)
        found = translate_words(words, modes_to_pivot(language))
        if way := other_way(language):
            found |= translate_words((word for word in words if word not in found), way)
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return {**read_gloss(language, 1), **found}


def with_relatives(words: Iterable[str], lexicon: Mapping[str, str]) -> dict[str, str]:
    """The lexicon, and for words that it lacks the translation of their nearest relative: "populisti" as "populista".

    A relative has the same letters but for the last three at most; the fewer differ the nearer it is, then the earlier
    in the lexicon.

    >>> with_relatives(["populisti", "zelm"], {"popolo": "povo", "populista": "populista"})["populisti"]
    'populista'
    """
    stems: dict[str, str] = {}
    for cut in range(LONGEST_ENDING + 1):
        for word in lexicon:
            if len(word) - cut >= SHORTEST_STEM:
                stems.setdefault(word[: len(word) - cut], word)
    found = dict(lexicon)
    for word in words:
        for cut in range(1, LONGEST_ENDING + 1):
            stem = word[: len(word) - cut]
            if word in found or len(stem) < SHORTEST_STEM:
                break
            if stem in stems:
                found[word] = lexicon[stems[stem]]
    return found
