"""Names: who and where must not change. Names are words with a capital inside a sentence, or in a script without capitals,
known places and what follows a title; places may have their English name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipeline.check.gazetteer import (
    MIN_STEM,
    Gazetteer,
    adjective,
    exact,
    fold,
    gazetteer,
    is_place,
    likeness,
    same,
    skeleton,
)
from pipeline.check.leftover import english_words
from pipeline.check.pair import Pair, cited, data, span, words_of
from pipeline.records import Flag, Severity

_WORD: Final = re.compile(r"[^\W\d_]+")
_START: Final = re.compile(r"(?:^|\s-\s|[.!?…:;·—–\"“«„»”(\[•*])\s*[\"'“‘«„(\[¿¡—–-]*\s*$")
# So many marks and spaces at most stand before a word that begins a sentence.
_MARKS: Final = 12
# What inflection adds to the stem of a word that is translated: Верховного, Najwyższego.
MAX_ENDING: Final = 4
_ENDINGS: Final = "aeiouyąęěéíáýůúıüöаеиоуыэюяйьіїєαειουηωάέίόύήώς"
# So many characters may hold an office and what joins it to the next word.
_PHRASE: Final = 32
_ANY: Final = re.compile(r".+", re.S)
# French writes the twenty-first century "XXIe siècle".
_ORDINAL: Final = re.compile(r"[IVXLC]+(?:er|re|e|ème)")
MIN_LETTERS: Final = 3
# Two Latin spellings with the same consonants are one name if they agree so far: Riad, Riyadh (.8); Ferrandin, Fernando (.7).
SAME_SPELLING: Final = 0.74
# An English word is the name translated, not the name, if it is more like it than chance: "Comisión", "Commission" (.8).
TRANSLATED: Final = 0.6
_PEOPLES: Final = ("an", "ans", "ese", "ish", "ist", "ists", "ic", "ine")
_LONGEST: Final = 4
_SIDES: Final = frozenset(["north", "south", "east", "west"])


@dataclass(frozen=True, slots=True)
class Heard:
    """The folded words of the English, and those of them with a capital."""

    words: set[str]
    names: set[str]


def names(pair: Pair) -> Iterator[Flag]:
    """Flag names of the source that the English does not have, in any spelling that can be theirs."""
    if pair.capitals or pair.language in ("en", "und"):
        return
    english = [m for m in _WORD.finditer(pair.text) if len(m[0]) > 1]
    heard = Heard({fold(m[0]) for m in english}, {fold(m[0]) for m in english if m[0][0].isupper()})
    found = _unmarked(pair) if pair.language in words_of("languages", "unmarked") else _capitalised(pair)
    known = gazetteer(pair.language)
    lost: list[re.Match[str]] = []
    changed: list[tuple[re.Match[str], re.Match[str]]] = []
    respelt: list[tuple[re.Match[str], re.Match[str]]] = []
    for name, place in found:
        if place is not None:
            if not all(fold(m[0]) in heard.words for m in _WORD.finditer(name[0])) and not _said(place, heard):
                lost.append(name)
            continue
        verdict = _verdict(name, pair, known, english, heard)
        if verdict is None:
            continue
        if isinstance(verdict, re.Match):
            was, now = fold(name[0]), fold(verdict[0])
            if known.english((was,)) is not None and is_place(now):
                changed.append((name, verdict))
            elif not _people(was, now):
                (respelt if _variant(was, now) else changed).append((name, verdict))
        else:
            lost.append(name)
    if changed:
        yield _became("name-changed", "warning", changed)
    if respelt:
        yield _became("name-spelling", "info", respelt)
    if lost:
        message = f"{cited(m[0] for m in lost)} is not in the English"
        yield Flag("name-lost", "warning", message, tuple(map(span, lost)))


def _became(code: str, severity: Severity, pairs: list[tuple[re.Match[str], re.Match[str]]]) -> Flag:
    message = "; ".join(f"“{was[0]}” became “{now[0]}”" for was, now in pairs[:3])
    return Flag(code, severity, message, tuple(span(m) for m, _ in pairs), tuple(span(m) for _, m in pairs))


def _verdict(
    name: re.Match[str], pair: Pair, known: Gazetteer, english: list[re.Match[str]], said: Heard
) -> re.Match[str] | bool | None:
    """None where a name is there; the English word that it became; True where it is lost."""
    folded = fold(name[0])
    place = known.english((folded,))
    if place is not None and _said(place, said):
        return None
    heard = [(m, fold(m[0])) for m in english]
    latin = name[0].isascii() or all(ord(c) < 0x250 for c in name[0])
    there = [m for m, word in heard if folded == word or _possessive(folded, word)]
    if there:
        return there[0] if latin and all(_letters_added(name[0], m[0]) for m in there) else None
    near = [m for m, word in heard if m[0][0].isupper() and same(folded, word)]
    if not latin and near:
        return None
    plain = any(m[0].lower() in english_words() and likeness(folded, fold(m[0])) >= TRANSLATED for m in near)
    if plain or _translated(name, pair):
        return None
    if latin and any(_cognate(folded, word) and m[0].lower() in english_words() for m, word in heard):
        return None
    if near:
        return max(near, key=lambda m: likeness(folded, fold(m[0])))
    # An adjective or an office, with a capital in this language, becomes a common word in the other.
    return True


def _translated(name: re.Match[str], pair: Pair) -> bool:
    """Whether a word is translated in spite of its capital: an office, a month, what an office is for ("Corte dei Conti")."""
    if _office(name[0].lower(), pair.language):
        return True
    before = _of_what(pair.language).search(pair.source, max(0, name.start() - _PHRASE), name.start())
    return before is not None and _office(before[1].lower(), pair.language)


def _office(word: str, language: str) -> bool:
    if word in words_of("names", "translated", language):
        return True
    lengths = range(max(MIN_STEM, len(word) - MAX_ENDING), len(word) + 1)
    return any(word[:length] in _stems(language) for length in lengths)


@cache
def _stems(language: str) -> frozenset[str]:
    """What remains of the translated words of a language with cases when their endings are taken off."""
    inflected = language in words_of("languages", "inflected")
    stems = {word.rstrip(_ENDINGS) for word in words_of("names", "translated", language) if inflected}
    return frozenset(stem for stem in stems if len(stem) >= MIN_STEM)


@cache
def _of_what(language: str) -> re.Pattern[str]:
    return re.compile(rf"([^\W\d_]+) (?:{data('names')['plural'].get(language, '(?!)')}) $")


@cache
def _patronymic(language: str) -> re.Pattern[str]:
    return re.compile(data("names")["patronymic"].get(language, "(?!)"))


def _cognate(name: str, word: str) -> bool:
    """Whether both languages can have the word ("Commissione", "commission"); not so "Andreotti" and "and"."""
    begun = len(word) > MIN_LETTERS and word[:MIN_LETTERS] == name[:MIN_LETTERS]
    return begun and likeness(name, word) >= TRANSLATED


def _letters_added(name: str, english: str) -> bool:
    """Whether the English has accented letters that the name does not have: "Brennağhi" for "Brennaghi"."""
    return bool({c for c in english.lower() if not c.isascii()} - set(name.lower()))


def _capitalised(pair: Pair) -> Iterator[tuple[re.Match[str], frozenset[str] | None]]:
    """The words with a capital inside a sentence; several that together are a known place come once, with its names."""
    known = gazetteer(pair.language)
    tokens = list(_WORD.finditer(pair.source))
    skip = 0
    for index, token in enumerate(tokens):
        if index < skip or not token[0][0].isupper():
            continue
        for length in range(min(_LONGEST, len(tokens) - index), 1, -1):
            phrase = tuple(fold(t[0]) for t in tokens[index : index + length] if len(t[0]) > 1)
            place = known.english(phrase) if len(phrase) > 1 else None
            last = tokens[index + length - 1]
            # "La réunion" at the beginning of a sentence is no island.
            if place is not None and (last[0][0].isupper() or not _begins(token, pair.source)):
                skip = index + length
                if whole := _ANY.fullmatch(pair.source, token.start(), last.end()):
                    yield whole, place
                break
        else:
            left_out = token[0].isupper() or _ORDINAL.fullmatch(token[0]) or _is_patronymic(tokens, index, pair)
            if not left_out and not _begins(token, pair.source) and len(token[0]) >= MIN_LETTERS:
                yield token, None


def _is_patronymic(tokens: list[re.Match[str]], index: int, pair: Pair) -> bool:
    """Whether a name is the father's, between two others: English says "Ivan Somov" of Иван Петрович Сомов."""
    if not _patronymic(pair.language).search(tokens[index][0]):
        return False
    around = tokens[max(0, index - 1) : index + 2]
    together = len(pair.source[around[0].start() : around[-1].end()].split()) == len(around) == 3
    return together and all(word[0][0].isupper() for word in around)


def _begins(token: re.Match[str], source: str) -> bool:
    """Whether a word begins a sentence, where its capital says nothing."""
    return bool(_START.search(source, max(0, token.start() - _MARKS), token.start()))


def _unmarked(pair: Pair) -> Iterator[tuple[re.Match[str], frozenset[str] | None]]:
    """Known places, and the word after a title or a word such as "town"."""
    known = gazetteer(pair.language)
    if pair.language in words_of("languages", "joined"):
        yield from _written_out(pair)
        return
    cues = frozenset(data("names")["cues"].get(pair.language, "").split())
    tokens = list(_WORD.finditer(pair.source))
    for index, token in enumerate(tokens):
        if pair.language == "de":
            cue = index > 0 and tokens[index - 1][0].lower() in cues and token[0][0].isupper()
            # "Seine" and "Oder" begin sentences more often than they are rivers.
            named = token[0][0].isupper() and len(token[0]) > MIN_LETTERS and not _begins(token, pair.source)
            place = known.names.get((fold(token[0]),)) if named else None
        else:
            cue = index > 0 and tokens[index - 1][0] in cues and not token[0].startswith("ال")
            place = exact(pair.language).get(token[0])
        if place is not None:
            yield token, place
        elif cue:
            yield token, None


def _written_out(pair: Pair) -> Iterator[tuple[re.Match[str], frozenset[str] | None]]:
    """Known places wherever they stand; of two that share a letter the one that begins first, else the longer: 上海地区 has no
    Haiti (海地)."""
    hits = [
        (start, -len(local), place)
        for local, place in exact(pair.language).items()
        if (start := _find(local, pair.source, pair.language)) >= 0
    ]
    end = 0
    for start, length, place in sorted(hits, key=lambda hit: hit[:2]):
        if start >= end and (found := _ANY.fullmatch(pair.source, start, start - length)):
            end = found.end()
            yield found, place


def _find(name: str, text: str, language: str) -> int:
    """Where a name first stands in a text, not within a longer word as far as the script tells; -1 where it does not."""
    start = text.find(name)
    if start >= 0 and (within := data("names")["within"].get(language)):
        found = re.search(within.replace("#", re.escape(name)), text)
        return found.start() if found else -1
    return start


def _said(place: frozenset[str], heard: Heard) -> bool:
    """Whether one of the words for a place is in the English, or an adjective made of it. What many places have in their
    names does not count ("new", "united"), but the south is not the north."""
    sides, others = place & _SIDES, {word.removesuffix("ern") for word in heard.names} & _SIDES
    if sides and others and not sides & others:
        return False
    own = place - words_of("names", "common") or place
    if own & (heard.words if len(own) == 1 else heard.names):
        return True
    return any(adjective(other, word) for word in own for other in heard.names)


def _possessive(name: str, word: str) -> bool:
    return word == f"{name}s" or name == f"{word}s"


def _people(name: str, word: str) -> bool:
    """Whether the English word is the place's people or adjective: "Siria", "Syrian"."""
    return name[:MIN_LETTERS] == word[:MIN_LETTERS] and word.endswith(_PEOPLES)


def _variant(name: str, word: str) -> bool:
    """Whether two spellings differ only in what romanisation or an English ending makes differ."""
    left, right = (skeleton(re.sub(r"(?:us|um|os|es|[aeiouysnm])+$", "", one)) for one in (name, word))
    return bool(left) and left == right and likeness(name, word) >= SAME_SPELLING
