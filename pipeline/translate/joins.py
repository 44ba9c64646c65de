"""How the parts of a sentence become one again: clauses of a long one, what stands beside a quotation, the halves of a retry.

A model writes each part as a sentence of its own, with a capital and a stop. Within a sentence a part ends as its source
does, with a comma or semicolon and without a stop, and the next one begins small unless its first word is a name.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from pipeline.check.gazetteer import fold, is_place
from pipeline.check.leftover import english_words
from pipeline.scripts import UNSPACED
from pipeline.translate import Hypothesis
from pipeline.translate.pivot import joined

CLAUSES: Final = "clauses.toml"
# What may stand behind the last mark of a part.
_CLOSERS: Final = r"[\"'»”’)\]\u300d\u300f\uff09]*$"
# The stops of Arabic, Urdu, Hindi, Armenian, Amharic, Burmese and Khmer, and the wide ones, besides ours.
_ENDED: Final = re.compile(rf"[.!?…\u061f\u06d4\u0964\u0965\u0589\u1362\u104b\u17d4\u3002\uff0e\uff01\uff1f]{_CLOSERS}")
# The marks that end a part within a sentence, and what English has for them.
_ENGLISH: Final = dict(zip("\uff0c\u3001\u060c\uff1b\u061b\uff1a", ",,,;;:", strict=True))
_MARK: Final = re.compile(rf"(?:[,;:{''.join(_ENGLISH)}]|\s-)$")
_MARKED: Final = re.compile(rf"[,;:.!?…-]{_CLOSERS}")
_STOP: Final = re.compile(rf"(?<=[^\s.…])\.(?={_CLOSERS})")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
# "a.m", "U.S", "Ph.D"; not "4.5", nor "giornale.it".
_LETTERS_WITH_STOPS: Final = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]{1,2}\.)+[^\W\d_]$")
# The first word of a part, what stands before it, and the next word; a letter with a stop is an initial.
_FIRST: Final = re.compile(r"([\"'“‘(\[«]*)([A-Z](?:[a-z]+(?:['’][a-z]+)?)?)(?![\w.-]|['’]\w)(?:\s+(\w+))?")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text: its source, its English, and whether a model `made` that; what it did not make is left as it is."""

    source: str
    english: str
    made: bool = True


def seam(left: Part, right: Part, gap: str) -> tuple[str, str, str]:
    """The English of two neighbours and what stands between, as they are in one text; `gap` is what their source has there.

    Where a sentence ends between them they stay as they are, but for a stop that the model has left out.
    """
    before, after = left.english, right.english
    if _inside(left.source, right.source):
        before = _open(left.source, before) if left.made else before
        after = _small(right.source, after) if right.made else after
    elif left.made and before[-1:].isalnum() and left.source.endswith("."):
        before += "."  # "nel 44 a.C." is "in 44 BC" to a model
    return before, _space(left, right, gap), after


def join(source: tuple[str, str], parts: tuple[Hypothesis, Hypothesis]) -> Hypothesis:
    """One hypothesis of two, of the halves of a segment."""
    left, right = parts
    text = "".join(seam(Part(source[0], left.text), Part(source[1], right.text), " "))
    tokens = left.target_tokens + right.target_tokens
    score = sum(part.score * part.target_tokens for part in parts) / max(1, tokens)
    return Hypothesis(
        text.strip(),
        round(score, 4),
        left.source_tokens + right.source_tokens,
        tokens,
        pivot=joined((left.pivot, right.pivot)),
        unread=tuple(dict.fromkeys((*left.unread, *right.unread))),
    )


def _inside(left: str, right: str) -> bool:
    """Whether two neighbours are parts of one sentence. In a script without capitals only a mark tells: Thai has no stops."""
    if _ENDED.search(left):
        return False
    return bool(_MARK.search(left)) or any(letter.isupper() or letter.islower() for letter in left + right)


def _space(left: Part, right: Part, gap: str) -> str:
    """A space where the source has one; where a script sets none, or forgot it between two sentences, English has one."""
    translated = left.english != left.source or right.english != right.source
    if gap or not translated:
        return " " if translated else gap
    unspaced = _UNSPACED.match(left.source[-1:]) or _UNSPACED.match(right.source[:1])
    return " " if unspaced or _ENDED.search(left.source) else ""


def _open(source: str, text: str) -> str:
    """The English of a part that a sentence goes on behind: no stop, but the mark that its source has."""
    stop = _STOP.search(text)
    kept = stop is not None and _abbreviated(text[: stop.start()])
    if stop and not kept:
        text = text[: stop.start()] + text[stop.end() :]
    mark = _MARK.search(source)
    if mark and text and (kept or not _MARKED.search(text)):
        text += _ENGLISH.get(mark[0], " -" if mark[0].endswith("-") else mark[0])
    return text


def _abbreviated(text: str) -> bool:
    """Whether the stop behind a text belongs to its last word: "9 a.m", "the U.S", "etc"."""
    word = text.split()[-1].lstrip("\"'([“‘")
    return _LETTERS_WITH_STOPS.search(word) is not None or word.lower() in _words("stop")


def _small(source: str, text: str) -> str:
    """The English of a part that goes on with a sentence: its first letter is small, unless the source has a capital there or
    the word is a name."""
    begins = next(filter(str.isalnum, source), "")
    first = _FIRST.match(text)
    if begins.isupper() or first is None or _is_name(first[2], first[3] or "", source):
        return text
    return text[: first.start(2)] + first[2].lower() + text[first.end(2) :]


def _is_name(word: str, following: str, source: str) -> bool:
    """Whether an English word with a capital has it by itself, or as the first of a name: "Tuesday", "Mayor Bianchi"."""
    plain = re.split("['’]", word.lower())[0]
    if plain in _proper():
        return True
    if plain in _words("begin"):
        return False
    names = {fold(name) for name in re.findall(r"[^\W\d_]+", source) if name[0].isupper()}
    if plain not in english_words() or following[:1].isupper() or plain in names:
        return True
    # Many common words are names of places, too, but no place is one of which the source writes none: Banks, Hope, Tell.
    return bool(names) and is_place(fold(plain))


@cache
def _words(kind: str) -> frozenset[str]:
    file = resources.files("pipeline.translate") / CLAUSES
    return frozenset(tomllib.loads(file.read_text(encoding="utf-8"))[kind].split())


@cache
def _proper() -> frozenset[str]:
    """Days, months and languages in English (CLDR), and the pronoun; in small letters."""
    from babel import Locale

    english = Locale("en")
    names = [
        *english.days["format"]["wide"].values(),
        *english.months["format"]["wide"].values(),
        *english.languages.values(),
    ]
    return frozenset({"i"}.union(name.lower() for name in names if " " not in name))
