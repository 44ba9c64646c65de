"""Names across languages: what a place is called in English, and whether two spellings can be the same name.

Countries and the larger cities come from CLDR through babel; data/names.toml adds what it lacks. Scripts are brought to
Latin letters with anyascii; an inflected form is found by its stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Final

from pipeline.check.pair import data

# A stem must be so long to stand for a name, and leave at most so many letters of ending.
MIN_STEM: Final = 4
MAX_ENDING: Final = 3
# An adjective begins with as many letters of its place.
MIN_PREFIX: Final = 3
# Endings that English makes an adjective or a people with: Iraq-i, Chin-ese, Ind-ian; "Nigeria" is none of Niger.
_ADJECTIVE: Final = re.compile(r"s|is?|(?:[ei]?a|ie|)ns?|ese|ish|ic|ites?|ers?")
# Spellings of one name in two romanisations agree so far (swept .6–.9 on tests/data/checks/names.json, flat .68–.76).
SAME_NAME: Final = 0.72
# Two names with nearly the same consonants are one if their letters agree a little: Barroso and "French" do not (.15); two
# with the very same if they agree somewhat more: Bogotá and "White" do not (0), Riad and "Riyadh" do (.8).
SAME_SOUND: Final = 0.8
ALIKE: Final = 0.3
SAME_CONSONANTS: Final = 0.45
_VOWELS: Final = re.compile(r"[aeiouyjw'`’ ʿʾ-]")
_SOUNDS: Final = tuple(
    (re.compile(a), b)
    for a, b in (
        (r"^u(?=[aeio])", "v"),
        (r"shch|sch|sh|ch|ts|tz|zh|cz|sz|sci(?=[aou])|dj|dh|th|kh|gh|ph|wh|ck|cc|qu|x|[qg]u(?=[ei])", "#"),
        (r"[ckqgh]", "k"),
        (r"[zsc]", "s"),
        (r"[vwbf]", "v"),
        (r"[dt]", "t"),
        (r"(.)\1+", r"\1"),
    )
)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The names of places in a language: folded, as tuples of words, with the English words that may stand for them."""

    names: dict[tuple[str, ...], frozenset[str]]
    stems: dict[str, tuple[str, ...]]

    def english(self, words: tuple[str, ...]) -> frozenset[str] | None:
        """The folded English words that may stand for a name; None for an unknown one."""
        if words in self.names:
            return self.names[words]
        if len(words) > 1:
            return None
        word = words[0]
        for name in self.stems.get(word[:MIN_STEM], ()):
            stem = name.rstrip("aeiouyjь") if len(name) > MIN_STEM else name
            if len(stem) >= MIN_STEM and word.startswith(stem) and len(word) - len(stem) <= MAX_ENDING:
                return self.names[(name,)]
        return None


@cache
def exact(language: str) -> dict[str, frozenset[str]]:
    """CLDR's names as they are written, for scripts where a name is found by looking for it."""
    return {local: frozenset(_words([english])) for local, english in _cldr(language) if len(local) > 1}


@cache
def gazetteer(language: str) -> Gazetteer:
    """What is known of the places of a language; where CLDR does not have it, only our own list."""
    names: dict[tuple[str, ...], set[str]] = defaultdict(set)
    aliases: dict[str, str] = data("names")["aliases"]
    for english, forms in data("names")["exonyms"].items():
        for form in (*forms.split(), english.lower()):
            said = {english.replace("_", " "), aliases.get(english, "")}
            names[tuple(fold(form.replace("_", " ")).split())] |= set(_words(said))
    for local, english in _cldr(language):
        names[tuple(_words([local]))] |= set(_words([english, aliases.get(english, "")]))
    names.pop((), None)
    stems: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if len(name) == 1 and len(name[0]) >= MIN_STEM:
            stems[name[0][:MIN_STEM]].append(name[0])
    return Gazetteer(
        {name: frozenset(words) for name, words in names.items()}, {stem: tuple(found) for stem, found in stems.items()}
    )


@cache
def english_places() -> dict[str, tuple[str, ...]]:
    """The English words of all places and persons that are known, by their first letters."""
    known: dict[str, set[str]] = defaultdict(set)
    for words in gazetteer("it").names.values():
        for word in words:
            known[word[:MIN_PREFIX]].add(word)
    return {prefix: tuple(sorted(words)) for prefix, words in known.items()}


@lru_cache(maxsize=65536)
def adjective(word: str, place: str) -> bool:
    """Whether a folded English word may be made of a folded place: "iraqi" of "iraq", not of "iran"; "roman" of "rome"."""
    if len(place) < MIN_PREFIX or word[:MIN_PREFIX] != place[:MIN_PREFIX]:
        return False
    letters = shared(word, place)
    if letters < len(place) - MAX_ENDING:
        return False
    known = english_places().get(word[:MIN_PREFIX], ())
    others = [other for other in known if other != place and not _stem_of(other, place)]
    if stem := _stem_of(word, place):
        return all(_stem_of(word, other) <= stem for other in others)
    return all(shared(word, other) <= max(letters, len(other) - MAX_ENDING - 1) for other in others)


def _stem_of(word: str, place: str) -> int:
    """How much of a place is in an adjective that is regularly made of it: "indi-an", "japan-ese"; else 0."""
    for stem in (place, place[:-1]):
        if word.startswith(stem) and _ADJECTIVE.fullmatch(word, len(stem)):
            return len(stem)
    return 0


def is_place(word: str) -> bool:
    """Whether a folded English word is a known place or an adjective made of one."""
    others = english_places().get(word[:MIN_PREFIX], ())
    return any(word == other or _stem_of(word, other) for other in others)


def shared(left: str, right: str) -> int:
    """How many letters two words begin with together."""
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _cldr(language: str) -> Iterable[tuple[str, str]]:
    """The names of territories and of cities that name a time zone, in a language and in English."""
    from babel import Locale, UnknownLocaleError

    try:
        local, english = Locale.parse(language), Locale("en")
    except (UnknownLocaleError, ValueError):
        return
    for code, name in local.territories.items():
        if code in english.territories:
            yield name, english.territories[code]
    for zone, entry in local.time_zones.items():
        if "city" in entry:
            own = english.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
            yield entry["city"], own


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word in small Latin letters without accents."""
    from anyascii import anyascii

    word = unicodedata.normalize("NFC", word)
    return str(anyascii(word)).lower().replace("`", "").replace("ʼ", "")


def _words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in re.findall(r"[a-z]+", fold(text)) if len(word) > 1]


@lru_cache(maxsize=65536)
def skeleton(folded: str) -> str:
    """The consonants of a folded word, with sounds that romanisations mix up made one."""
    for pattern, sound in _SOUNDS:
        folded = pattern.sub(sound if sound != "#" else lambda m: _DIGRAPHS.get(m[0], m[0]), folded)
    return re.sub(r"(.)\1+", r"\1", _VOWELS.sub("", folded))


_DIGRAPHS: Final = {
    "shch": "s", "sch": "s", "sh": "s", "ch": "s", "ts": "s", "tz": "s", "zh": "s", "cz": "s", "sz": "s", "dj": "s",
    "dh": "t", "th": "t", "kh": "k", "gh": "k", "ph": "v", "wh": "v", "ck": "k", "cc": "k", "x": "ks", "sci": "s", "qu": "kv",
}  # fmt: skip


def likeness(left: str, right: str) -> float:
    """How much of two words agrees, from 0 to 1."""
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def same(left: str, right: str) -> bool:
    """Whether two folded words can be one name in two spellings."""
    if left == right:
        return True
    a, b = skeleton(left), skeleton(right)
    if a == b and len(a) > 1 and likeness(left, right) >= SAME_CONSONANTS:
        return True
    shorter = min(len(left), len(right))
    if shorter < MIN_STEM:
        return a[:1] == b[:1] and left[:2] == right[:2] and abs(len(left) - len(right)) <= 1
    alike = likeness(left, right)
    return alike >= SAME_NAME or (min(len(a), len(b)) > 2 and likeness(a, b) >= SAME_SOUND and alike >= ALIKE)
