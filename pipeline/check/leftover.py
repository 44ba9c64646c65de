"""What was not translated: words of the source left standing, a source copied whole, an output in another language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

from pipeline.check.addresses import ADDRESS
from pipeline.check.pair import Pair, cited, particles, span, words, words_of
from pipeline.records import Flag, Span

# Shorter words are spelt alike in several languages too often to tell anything.
MIN_LETTERS: Final = 4
# Function words show a text's language only in a sentence of some length.
MIN_WORDS: Final = 5
_PIECE: Final = re.compile(r"[^\W\d_]+")
FOREIGN_SCRIPT: Final = re.compile(
    r"[\u0370-\u03ff\u0400-\u052f\u0590-\u08ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]+"
)
_QUOTED: Final = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|\([^)]*\)|(?<!\w)'[^']*'(?!\w)")


@cache
def english_words() -> frozenset[str]:
    """English words in lower case; far from all."""
    lines = (resources.files("pipeline.check") / "data" / "english.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def function_words(language: str) -> frozenset[str]:
    """The commonest function words of a language; empty for a language without a list."""
    return all_function_words().get(language, frozenset())


@cache
def all_function_words() -> dict[str, frozenset[str]]:
    """The commonest function words of each language."""
    text = (resources.files("pipeline") / "function_words.toml").read_text(encoding="utf-8")
    return {language: frozenset(words.split()) for language, words in tomllib.loads(text).items()}


def untranslated(pair: Pair) -> Iterator[Flag]:
    """Flag words of the source that stand in the English as they were, outside quotations, and letters of another script."""
    if script := list(FOREIGN_SCRIPT.finditer(pair.text)):
        message = f"{cited(m[0] for m in script)} is not in Latin letters"
        yield Flag("untranslated-word", "error", message, (), tuple(map(span, script)))
        return
    if pair.capitals:
        return
    kept = [m.span() for pattern in (_QUOTED, ADDRESS) for m in pattern.finditer(pair.text)]
    kept += [m.span() for m in particles(pair.text, pair.language)]
    there = {m[0]: span(m) for m in _PIECE.finditer(pair.source) if m[0].islower() and len(m[0]) >= MIN_LETTERS}
    found = [
        m
        for m in _PIECE.finditer(pair.text)
        if m[0] in there and not _is_english(m[0]) and not any(s <= m.start() < e for s, e in kept)
    ]
    if found:
        spans = tuple(sorted({there[m[0]] for m in found}, key=lambda s: s.start))
        yield Flag(
            "untranslated-word",
            "warning",
            f"{cited(m[0] for m in found)} was left as it was",
            spans,
            tuple(map(span, found)),
        )


def copied(pair: Pair) -> Iterator[Flag]:
    """Flag an English segment that is the source itself, if that has a word that English lacks outside names and addresses."""
    source, text = ([m[0].casefold() for m in words(t)] for t in (pair.source, pair.text))
    foreign = [w for w in source if w not in english_words() and not w.isdigit()]
    plain = [w for w in _own_words(pair.source, pair.language) if w.islower() and not _is_english(w)]
    if source == text and len(source) > 1 and foreign and (plain or pair.capitals):
        yield Flag("copied", "error", "the source was not translated", *_whole(pair))


def language(pair: Pair) -> Iterator[Flag]:
    """Flag an output that is full of the source language's function words and poor in English ones."""
    own = _own_words(pair.text, pair.language)
    if pair.language == "en" or len(own) < MIN_WORDS:
        return
    known, ours = english_words(), function_words("en")
    theirs = function_words(pair.language) - ours
    text = [word.casefold() for word in own]
    # A word with a capital inside a sentence is part of a name: "Le Monde", "La Tour".
    shown = text if pair.text.isupper() else [w for at, w in enumerate(own) if at == 0 or w[0].islower()]
    english, foreign = sum(w in ours for w in text), [w for w in map(str.casefold, shown) if w in theirs]
    # "no", "die" and "over" are English words as well: they count only where they are more than all other English words.
    surely = sum(w not in known for w in foreign)
    others = sum(w in known and w not in ours and w not in theirs for w in text)
    if surely > max(1, english) or len(foreign) > max(1, english + others):
        yield Flag("not-english", "error", "the words are not English ones", *_whole(pair))


def _own_words(text: str, language: str) -> list[str]:
    """The words of a text without addresses and without the particles in names."""
    text = ADDRESS.sub(" ", text)
    left_out = {m.start() for m in particles(text, language)}
    return [m[0] for m in _PIECE.finditer(text) if m.start() not in left_out]


def _is_english(word: str) -> bool:
    known = english_words()
    return word in known or (word.endswith("s") and word[:-1] in known) or word in words_of("shared", "words")


def _whole(pair: Pair) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    return (Span(0, len(pair.source)),), (Span(0, len(pair.text)),)
