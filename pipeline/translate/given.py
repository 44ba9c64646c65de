"""What a model is given of a segment: nothing where it has no words, and headlines in capitals in the case that their
document writes them in.

A model has hardly seen capitals: it makes "DETAIL INTO PAPA" of "MORTO IL PAPA". Nor does it know a name in small letters: of
"il sindaco bianchi" it makes "the white mayor". So each word gets the case that it has inside the sentences of the document.
What the document does not write otherwise is in small letters, but for places (CLDR), acronyms (acronyms.toml) and numerals.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from pipeline.check.addresses import ADDRESS
from pipeline.check.gazetteer import exact

# So many letters in capitals are no acronyms, nor are words if one of them is longer than MAX_ACRONYM: of the longer acronyms
# that are not listed a model makes names.
MIN_CAPITALS: Final = 12
MAX_ACRONYM: Final = 4
ACRONYMS: Final = "acronyms.toml"
# Regions of CLDR whose names are common words: Mondo, Riunione.
_NO_PLACES: Final = (frozenset({"world"}), frozenset({"reunion"}))

_WORD: Final = re.compile(r"[^\W\d_]+")
# A word, and before it what makes its capital mean nothing: the beginning of a sentence, a quotation, a bracket.
_PLACED: Final = re.compile(r"(^|[.!?…:;·•*\"“”«»(\[¿¡—–-]\s*)?([^\W\d_]+)")
# Numerals of kings, popes and centuries. "Vi", the Italian pronoun, is rarer in headlines than Paolo VI.
_NUMERAL: Final = re.compile(r"[IVX]{2,}")
# The letters of G7 and A14, not those of 8h30.
_CODE: Final = re.compile(r"(?<!\d)[^\W\d_]+\d")
_VOWEL: Final = re.compile(r"[aeiouyáàâãäåæéèêëíìîïóòôõöøœúùûüý]")
_LATIN: Final = re.compile(r"[a-zñç]+")


@dataclass(frozen=True, slots=True)
class Request:
    """A segment for a model: its text in the document, and the text that the model is given, which is as long."""

    segment: str
    given: str


def has_letters(text: str) -> bool:
    """Whether a text has a letter at all."""
    return any(map(str.isalpha, text))


def translatable(text: str) -> bool:
    """Whether there is anything to translate: letters outside addresses. Of anything else a model would invent some."""
    return has_letters(text) and has_letters(ADDRESS.sub("", text))


def request(segment: str, language: str = "und", document: str = "") -> Request:
    """What the model is given for a segment of a document, a text in `language` (ISO 639-1): capitals are folded.

    >>> request("MORTO IL SINDACO BIANCHI", "it", "Il ponte è chiuso. Lo dice il sindaco Bianchi.").given
    'Morto il sindaco Bianchi'
    """
    return Request(segment, _folded(segment, language, document) if segment.isupper() else segment)


def fold_capitals(segment: str) -> str:
    """The segment with its words in capitals folded, but for those short enough to be acronyms."""
    return _WORD.sub(
        lambda m: m[0].capitalize() if m[0].isupper() and len(m[0]) > MAX_ACRONYM else m[0],
        segment,
    )


@lru_cache(maxsize=8)
def written(document: str) -> Mapping[str, str]:
    """By words in small letters, how the document mostly writes them where their case means something: inside its sentences.

    Lines in capitals tell nothing of it.

    >>> written("Il sindaco Bianchi chiede aiuto alla NATO.")["nato"]
    'NATO'
    """
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in document.splitlines():
        if line.isupper():
            continue
        for placed in _PLACED.finditer(line):
            begins, word = placed.groups()
            if begins is None or word.islower() or (word.isupper() and len(word) > 1):
                found[_small(word)][word] += 1
    # Of equals the one with fewer capitals: a shout is no acronym.
    best = {
        small: max(forms, key=lambda form: (forms[form], -sum(map(str.isupper, form))))
        for small, forms in found.items()
    }
    return MappingProxyType(best)


def _folded(segment: str, language: str, document: str) -> str:
    words = _WORD.findall(segment)
    known = written(document)
    # A word that the document writes in small letters stands in no row of acronyms.
    plain = any(known.get(_small(word), word).islower() for word in words)
    long = plain or sum(map(len, words)) >= MIN_CAPITALS or max(map(len, words), default=0) > MAX_ACRONYM
    places = _places(language)

    def cased(match: re.Match[str]) -> str:
        small = _small(match[0])
        if small in known:
            return known[small]
        if not long or _is_acronym(match[0], small, language) or _CODE.match(segment, match.start()):
            return match[0]
        return places.get(small, small)

    text = _WORD.sub(cased, segment)
    if long and (pattern := _long_places(language)):
        text = pattern.sub(lambda m: places[_small(m[0])], text)
    first = next((i for i, c in enumerate(text) if c.isalpha()), 0)
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]


def _small(text: str) -> str:
    """The text in small letters, as long as it was: only "İ" has a small letter of two characters."""
    return text.replace("İ", "i").lower()


def _is_acronym(word: str, small: str, language: str) -> bool:
    if _NUMERAL.fullmatch(word) or small in acronyms(language):
        return True
    return len(small) > 1 and _LATIN.fullmatch(small) is not None and not _VOWEL.search(small)


@cache
def acronyms(language: str) -> frozenset[str]:
    """The acronyms that a language's headlines are likely to have, in small letters."""
    lists = tomllib.loads((resources.files("pipeline.translate") / ACRONYMS).read_text(encoding="utf-8"))
    return frozenset(f"{lists['all']} {lists.get(language, '')}".split())


@cache
def _places(language: str) -> Mapping[str, str]:
    """The places of CLDR, by their names in small letters, as the language writes them."""
    names = (name.replace("’", "'") for name, english in exact(language).items() if english not in _NO_PLACES)
    return MappingProxyType({_small(name): name for name in names})


@cache
def _long_places(language: str) -> re.Pattern[str] | None:
    """Finds places of several words."""
    names = sorted((name for name in _places(language) if not _WORD.fullmatch(name)), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.I) if names else None
