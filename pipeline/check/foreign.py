"""What an English text has in another language: sentences and quotations that could not be told from its own for sure.

`pipeline.detect` leaves a part in the language of the whole unless it is surely in another one, for translating English does
more harm. What is left so stays as it is; here it is named, by the words of other languages and the lack of English ones. No
classifier is asked: most of what it would be asked of is English, and a model takes longer to load than the whole check.
Data: function_words.toml, data/english.txt, data/languages.toml, data/names.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from pipeline.check.addresses import ADDRESS
from pipeline.check.leftover import FOREIGN_SCRIPT, all_function_words, english_words
from pipeline.check.pair import WORD, cited, data, words_of
from pipeline.records import Flag, Span

# Fewer words are no sentence: a name, a title, what English has borrowed.
MIN_WORDS: Final = 3
# Fewer words in small letters are likely a name, too: "Schultz, Müller und Partner".
MIN_SMALL: Final = 2
# So much of what stands between spaces has to be words: code, tables and rows of links are no sentences.
WORD_SHARE: Final = 0.6
_LATIN: Final = re.compile("[A-Za-z]")
_MARKS: Final = "\"'“”‘’«»()[],.;:!?¿¡…-*"
_QUOTED: Final = re.compile(r"\"[^\"]+\"|(?<!\w)'[^']+'(?!\w)")
_ENDINGS: Final = ("", "s", "es", "d", "ed", "ing", "ly")


def foreign(text: str) -> tuple[Flag, ...]:
    """The flag of an English segment that is in another language (a warning), or that quotes something in one (an info)."""
    if not _may_hold(text):
        return ()
    if _is_foreign(text):
        places: tuple[Span, ...] = (Span(0, len(text)),)
        return (Flag("foreign-left", "warning", "this seems not to be English: it was left as it was", places, places),)
    quoted = [match for match in _QUOTED.finditer(text) if _is_foreign(match[0])]
    if not quoted:
        return ()
    places = tuple(Span(*match.span()) for match in quoted)
    message = f"{cited(match[0].strip(_MARKS) for match in quoted)} seems not to be English: it was left as it was"
    return (Flag("foreign-left", "info", message, places, places),)


def _may_hold(text: str) -> bool:
    """Whether a text has anything that shows another language. Most have not, and it takes a few microseconds to know."""
    words = text.lower().replace('"', " ").split()
    return not (text.isascii() and _telling().keys().isdisjoint(words)) or ("'" in text and any(map(_is_elided, words)))


def _is_foreign(text: str) -> bool:
    """Whether a sentence or quotation has more words that show another language than words that may be English."""
    if FOREIGN_SCRIPT.search(text) and not _LATIN.search(text):
        return sum(map(str.isalpha, text)) > MIN_WORDS
    pieces = ADDRESS.sub(" ", text).split()
    words = [word for piece in pieces if WORD.fullmatch(word := piece.strip(_MARKS))]
    if len(words) < MIN_WORDS or len(words) < WORD_SHARE * len(pieces):
        return False
    small = _outside_names(words)
    if len(small) < MIN_SMALL:
        return False
    shown = [(word, languages) for word in small if (languages := _shows(word)) is not None]
    known = [word for word in small if _is_english(word)]
    for language in all_function_words().keys() - {"en"} if shown else ():
        theirs = sum(not languages or language in languages for _, languages in shown)
        own = all_function_words()[language]
        if theirs > sum(word not in own for word in known):
            return True
    return False


def _outside_names(words: Sequence[str]) -> list[str]:
    """The words in small letters, without those within a name ("Copa del Rey"); the first word, too, if no name begins with it."""
    outside: list[str] = []
    small: list[str] = []
    for word in (*words[1:], ""):  # the end is no capital: what stands before it is within no name
        if word and word.islower():
            small.append(word)
            continue
        if not word or any(one not in _particles() for one in small):
            outside += small
        small = []
    begins = words[0].lower()
    return [begins, *outside] if begins in _telling() and outside[:1] == words[1:2] else outside


def _shows(word: str) -> frozenset[str] | None:
    """The languages that a word is of; all (an empty set) where it only shows that it is not English, None where it does not."""
    if word in _telling():
        return _telling()[word]
    return frozenset() if _is_elided(word) or not (word.isascii() or _is_english(word)) else None


def _is_elided(word: str) -> bool:
    """Whether a word has an article or the like written onto it with an apostrophe: "l'acqua", "dell'acqua", "qu'il"."""
    before, mark, after = word.partition("'")
    return mark != "" and after != "" and before in words_of("languages", "elided")


def _is_english(word: str) -> bool:
    """Whether a word, or what it begins with, is a known English one in some form."""
    stem = re.split("['’-]", word)[0]
    return any(stem.removesuffix(ending) in english_words() for ending in _ENDINGS)


@cache
def _telling() -> dict[str, frozenset[str]]:
    """The languages of the function words that are no English words, nor single letters as they stand in lists and code."""
    lists = all_function_words()
    words = frozenset().union(*lists.values()) - english_words() - lists["en"]
    return {
        word: frozenset(code for code, own in lists.items() if word in own)
        for word in words
        if len(word) > 1 or not word.isascii()
    }


@cache
def _particles() -> frozenset[str]:
    """The small words within names, in all languages."""
    return frozenset().union(*(words_of("names", "particles", language) for language in data("names")["particles"]))
