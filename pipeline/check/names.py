"""Names: who and where must not change. Names are words with a capital inside a sentence, or in a script without capitals,
known places and what follows a title; places may have their English name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.check.gazetteer import Gazetteer, exact, fold, gazetteer, likeness, same, skeleton
from pipeline.check.leftover import english_words
from pipeline.check.pair import Pair, cited, data, span, words_of
from pipeline.records import Flag, Severity

_WORD: Final = re.compile(r"[^\W\d_]+")
_START: Final = re.compile(r"(?:^|\s-\s|[.!?…:;·—–\"“«„»”(\[•*])\s*[\"'“‘«„(\[¿¡—–-]*\s*$")
# French writes the twenty-first century "XXIe siècle".
_ORDINAL: Final = re.compile(r"[IVXLC]+(?:er|re|e|ème)")
MIN_LETTERS: Final = 3
# Two Latin spellings with the same consonants are one name if they agree so far: Riad, Riyadh (.8); Ferrandin, Fernando (.7).
SAME_SPELLING: Final = 0.74
_PEOPLES: Final = ("an", "ans", "ese", "ish", "ist", "ists", "ic", "ine")
_LONGEST: Final = 4


def names(pair: Pair) -> Iterator[Flag]:
    """Flag names of the source that the English does not have, in any spelling that can be theirs."""
    if pair.capitals or pair.language in ("en", "und"):
        return
    english = [m for m in _WORD.finditer(pair.text) if len(m[0]) > 1]
    heard = {fold(m[0]) for m in english}
    found = _unmarked(pair) if pair.language in words_of("languages", "unmarked") else _capitalised(pair)
    known = gazetteer(pair.language)
    lost: list[re.Match[str]] = []
    changed: list[tuple[re.Match[str], re.Match[str]]] = []
    respelt: list[tuple[re.Match[str], re.Match[str]]] = []
    for name, place in found:
        if place is not None:
            if fold(name[0]) not in heard and not _said(place, heard):
                lost.append(name)
            continue
        verdict = _verdict(name, pair, known, english)
        if verdict is None:
            continue
        if isinstance(verdict, re.Match):
            if not _people(fold(name[0]), fold(verdict[0])):
                kind = respelt if _variant(fold(name[0]), fold(verdict[0])) else changed
                kind.append((name, verdict))
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
    name: re.Match[str], pair: Pair, known: Gazetteer, english: list[re.Match[str]]
) -> re.Match[str] | bool | None:
    """None where a name is there; the English word that it became; True where it is lost."""
    folded = fold(name[0])
    place = known.english((folded,))
    if place is not None and _said(place, {fold(m[0]) for m in english}):
        return None
    heard = [(m, fold(m[0])) for m in english]
    latin = name[0].isascii() or all(ord(c) < 0x250 for c in name[0])
    there = [m for m, word in heard if folded == word or _possessive(folded, word)]
    if there:
        return there[0] if latin and all(_letters_added(name[0], m[0]) for m in there) else None
    near = [m for m, word in heard if m[0][0].isupper() and same(folded, word)]
    if not latin and near:
        return None
    plain = [m for m in near if m[0].lower() in english_words()]
    if plain or name[0].lower() in words_of("names", "translated", pair.language):
        return None
    if latin and any(
        word[:MIN_LETTERS] == folded[:MIN_LETTERS] and m[0].lower() in english_words() for m, word in heard
    ):
        return None  # a word that both languages have ("Commissione", "commission")
    if near:
        return max(near, key=lambda m: likeness(folded, fold(m[0])))
    # An adjective or an office, with a capital in this language, becomes a common word in the other.
    return True


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
            if place is not None:
                skip = index + length
                yield token, place
                break
        else:
            acronym = token[0].isupper() or _ORDINAL.fullmatch(token[0])
            if not _begins(token, pair.source) and not acronym and len(token[0]) >= MIN_LETTERS:
                yield token, None


def _begins(token: re.Match[str], source: str) -> bool:
    """Whether a word begins a sentence, where its capital says nothing."""
    return bool(_START.search(source[: token.start()]))


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
    for local, place in exact(pair.language).items():
        if found := re.search(re.escape(local), pair.source):
            yield found, place


def _said(place: frozenset[str], heard: set[str]) -> bool:
    """Whether one of the words for a place is in the English, or an adjective made of it."""
    return any(
        word == other
        or (
            len(word) >= MIN_LETTERS
            and word[: max(MIN_LETTERS, len(word) - 3)] == other[: max(MIN_LETTERS, len(word) - 3)]
        )
        for word in place
        for other in heard
    )


def _possessive(name: str, word: str) -> bool:
    return word == f"{name}s" or name == f"{word}s"


def _people(name: str, word: str) -> bool:
    """Whether the English word is the place's people or adjective: "Siria", "Syrian"."""
    return name[:MIN_LETTERS] == word[:MIN_LETTERS] and word.endswith(_PEOPLES)


def _variant(name: str, word: str) -> bool:
    """Whether two spellings differ only in what romanisation or an English ending makes differ."""
    left, right = (skeleton(re.sub(r"(?:us|um|os|es|[aeiouysnm])+$", "", one)) for one in (name, word))
    return bool(left) and left == right and likeness(name, word) >= SAME_SPELLING
