"""The cue rules: what publishers' furniture says, by language, as data in `cues/*.toml`.

A cue is a phrase or a pattern that is evidence for a kind of boilerplate when it stands in the right place of a short
block. `cues/README.md` describes the files.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from itertools import product
from typing import Any, Final, Literal, get_args

from pipeline.clean.blocks import SENTENCE_END
from pipeline.clean.folding import bare, fold, tokens, unmarked
from pipeline.clean.furniture import Vocabulary

Match = Literal["start", "whole", "end", "anywhere", "made-of", "menu", "furniture"]
DEFAULT_MAX_WORDS: Final = 30
# A menu has this many entries or more, and this share of its words are names of sections (the rest are the paper's own);
# two or three words of it and nothing else (“Culture / Books”) are a hint.
MIN_MENU_WORDS: Final = 4
MENU_PAIR: Final = 0.6
MENU_SHARE: Final = 0.6
_PAIR: Final = "-pair"
_KEYS: Final = frozenset(("kind", "id", "match", "weight", "phrases", "pattern", "needs", "cased", "max_words"))
# What the short form of the files means: a table for each kind, with lists by role. An opening alone is half the evidence
# that it takes to remove a block; with a word of the same kind it is enough.
_ROLES: Final[dict[str, tuple[Match, float, int]]] = {
    "whole": ("whole", 1.0, 40),
    "opens": ("start", 0.95, 60),
    "start": ("start", 0.5, 60),
    "word": ("anywhere", 0.45, 60),
    "likely": ("whole", 0.6, 8),
    "colon": ("start", 1.0, 40),
    "by": ("whole", 1.0, 24),
    "crumb": ("whole", 1.0, 16),
    "made-of": ("made-of", 0.75, DEFAULT_MAX_WORDS),
    "menu": ("menu", 1.0, 40),
    # Verbs of saying, in the table [article]: evidence for the article, so that it counts against removal.
    "says": ("anywhere", -0.6, 120),
}
# After these labels and their colon whole sentences follow; after others a headline, a name, a list.
_SENTENCE_AFTER_COLON: Final = frozenset(("amended", "legal", "contact", "donate", "newsletter", "advert", "app"))
_SIGNS: Final = frozenset("€$£©*+>-/@#|")
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_MACRO: Final = re.compile(r"%([A-Z]+)%")


@dataclass(frozen=True, slots=True)
class Cue:
    """One rule. `weight` is evidence in [-1, 1]; `max_words` is the longest block, in words, that it speaks of."""

    id: str
    kind: str
    match: Match
    weight: float
    max_words: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue that was found in a block: the words that it matched, and the named groups of its pattern."""

    cue: Cue
    words: str
    groups: tuple[tuple[str, str, int, int], ...] = ()


@dataclass(frozen=True)
class _Pattern:
    """A pattern, compiled when a block first needs it: there are hundreds, and a corpus is in few languages."""

    source: str
    cue: Cue
    cased: bool

    @cached_property
    def expression(self) -> re.Pattern[str]:
        return re.compile(self.source)


class CueBook:
    """All cues of all languages, arranged so that a block is compared only with those that share a word with it."""

    def __init__(self, files: dict[str, bytes]) -> None:
        """Read the files: names to TOML. Raises ValueError, with every fault in them, if one does not follow the schema."""
        self.digest = hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files))).hexdigest()
        self.months: dict[str, int] = {}
        self.names: set[str] = set()  # ids and kinds of the cues that can be the reason for a removal
        self._whole: dict[str, list[Cue]] = {}
        self._start: dict[str, list[tuple[str, Cue]]] = {}  # by first word
        self._end: dict[str, list[tuple[str, Cue]]] = {}  # by last word
        self._anywhere: dict[str, list[tuple[str, Cue]]] = {}  # by longest word: the rarest, most likely
        self._patterns: dict[str, list[_Pattern]] = {}  # by a word that they need
        self._always: list[_Pattern] = []
        self._lists: list[tuple[frozenset[str], Cue]] = []
        self._vocabulary = Vocabulary()
        tables = {name: tomllib.loads(files[name].decode("utf-8")) for name in sorted(files)}
        shared = tables.get("any.toml", {}).get("macro", {})
        faults = [fault for name, table in tables.items() for fault in self._read(name, table, shared)]
        if faults:
            raise ValueError("cue files: " + "; ".join(faults))

    def _read(self, name: str, table: dict[str, Any], shared: dict[str, str]) -> Iterator[str]:
        macros = shared | table.get("macro", {})
        months = [_normal(month) for names in table.get("months", ()) for month in names.split("|")]
        macros["MONTH"] = "(?:" + "|".join(sorted(months, key=len, reverse=True)) + r")\.?"
        for number, names in enumerate(table.get("months", ()), start=1):
            self.months |= dict.fromkeys(map(_normal, names.split("|")), number)
        ids: set[str] = set()
        furniture = table.get("furniture", {})
        self._vocabulary.add(name.removesuffix(".toml"), furniture.get("words", ()), furniture.get("small", ()))
        if furniture:
            self.names.add(_furniture(name.removesuffix(".toml")))
        yield from (f"{name}: [furniture] has no list {role}" for role in furniture.keys() - {"words", "small"})
        for kind, role, phrases in _short(table):
            if role not in _ROLES:
                yield f"{name}: [{kind}] has no list {role}"
                continue
            if bad := [p for p in phrases if not all(map(_normal, choices(p))) or _loses(p)]:
                yield f"{name}: [{kind}] {role}: no word in, or a sign at the edge of {bad}"
                continue
            match, weight, max_words = _ROLES[role]
            cue = Cue(f"{name.removesuffix('.toml')}.{kind}.{role}", kind, match, weight, max_words)
            for entry in _long(kind, role, phrases):
                self._add(cue, entry, macros, months)
        for entry in table.get("cue", ()):
            label = f"{name}: {entry.get('id', entry)}"
            if fault := _fault(entry, ids):
                yield f"{label}: {fault}"
                continue
            ids.add(entry["id"])
            cue = Cue(
                entry["id"],
                entry["kind"],
                entry["match"],
                float(entry["weight"]),
                entry.get("max_words", DEFAULT_MAX_WORDS),
            )
            try:
                self._add(cue, entry, macros, months)
            except KeyError as error:
                yield f"{label}: {error}"

    def _add(self, cue: Cue, entry: dict[str, Any], macros: dict[str, str], months: list[str]) -> None:
        if cue.weight > 0:
            self.names |= {cue.kind, cue.id, *((cue.id + _PAIR,) if cue.match == "menu" else ())}
        if "pattern" in entry:
            cased = entry.get("cased", False)
            source = _expanded(entry["pattern"], macros)
            pattern = _Pattern(source if cased else _folded_pattern(source), cue, cased)
            for word in entry.get("needs", ()):
                self._patterns.setdefault(fold(word), []).append(pattern)
            if "needs" not in entry:
                self._always.append(pattern)
            return
        phrases = [_normal(choice) for phrase in entry["phrases"] for choice in choices(phrase)]
        if cue.match in ("made-of", "menu"):
            if cue.kind == "timestamp":
                phrases += months
            self._lists.append((frozenset(word for phrase in phrases for word in tokens(phrase)), cue))
        for phrase in dict.fromkeys(phrases) if cue.match not in ("made-of", "menu") else ():
            if cue.match == "whole":
                self._whole.setdefault(phrase, []).append(cue)
            else:
                words = tokens(phrase)
                table, word = {
                    "start": (self._start, words[0]),
                    "end": (self._end, words[-1]),
                    "anywhere": (self._anywhere, max(words, key=len)),
                }[cue.match]
                table.setdefault(word, []).append((phrase, cue))

    def find(self, block: str) -> Iterator[Hit]:
        """The cues that a block holds. `block` is one paragraph in house style."""
        folded = fold(block)
        plain = unmarked(folded)
        text = bare(plain)
        words = tokens(plain)
        present = set(words)
        spoken = [word for word in words if word.isalnum()]
        count = len(spoken)
        for cue in self._whole.get(text, ()):
            yield Hit(cue, block)
        opening = 0
        edges = ((self._start, spoken[0], text.startswith), (self._end, spoken[-1], text.endswith)) if spoken else ()
        for table, word, has in edges:
            for phrase, cue in table.get(word, ()):
                if has(phrase) and count <= cue.max_words and _holds(text, phrase, cue.match, 0):
                    opening = max(opening, len(phrase) if cue.match == "start" else 0)
                    yield Hit(cue, phrase)
        known = present & self._anywhere.keys()
        anywhere = [pair for word in known for pair in self._anywhere[word] if count <= pair[1].max_words]
        # The words of the opening are no evidence a second time: what is found must go beyond them.
        held = [pair for pair in anywhere if pair[0] in text and _holds(text, pair[0], "anywhere", opening)]
        for phrase, cue in sorted(held, key=lambda pair: (-len(pair[0]), pair[0], pair[1].id)):
            yield Hit(cue, phrase)
        numbered = any(word[0].isdigit() for word in present)
        for pattern in self._candidates(present, numbered, count):
            if hit := _search(pattern, block, folded, plain):
                yield hit
        if count <= DEFAULT_MAX_WORDS:
            yield from self._listed(block, words, present, numbered, count)
        for language, weight, found in self._vocabulary.weigh(words, SENTENCE_END.search(block[-6:]) is not None):
            yield Hit(Cue(_furniture(language), "furniture", "furniture", weight, 0), found)

    def _candidates(self, present: set[str], numbered: bool, count: int) -> Iterable[_Pattern]:
        """The patterns that a block of so many words may match; those that need a number come with any."""
        needed = present & self._patterns.keys() | ({"0"} if numbered else set())
        found = {id(p): p for word in needed for p in self._patterns.get(word, ()) if count <= p.cue.max_words}
        always = (p for p in self._always if count <= p.cue.max_words)
        return (*always, *sorted(found.values(), key=lambda pattern: pattern.cue.id))

    def _listed(self, block: str, words: list[str], present: set[str], numbered: bool, count: int) -> Iterator[Hit]:
        letters = {word for word in present if word[0].isalpha()}
        is_menu = block[-1] not in ".!?。"
        is_pair = is_menu and 2 <= count < MIN_MENU_WORDS < len(block) and len(words) > count
        for names, cue in self._lists:
            if cue.match == "made-of":
                if numbered and letters <= names and not names.isdisjoint(present):
                    yield Hit(cue, block)
            elif is_menu and MIN_MENU_WORDS <= count <= cue.max_words and not names.isdisjoint(present):
                if sum(word[0].isalpha() and word in names for word in words) >= MENU_SHARE * count:
                    yield Hit(cue, block)
            elif is_pair and all(word in names or not word.isalnum() for word in words):
                yield Hit(replace(cue, id=cue.id + _PAIR, weight=MENU_PAIR), block)


def _furniture(language: str) -> str:
    """The rule's name for the vocabulary of a language."""
    return f"{language}.furniture"


def choices(phrase: str) -> Iterator[str]:
    """The phrases that one with braces stands for.

    >>> list(choices("{sign up|register} now"))
    ['sign up now', 'register now']
    """
    parts = _CHOICE.split(phrase)
    alternatives = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
    return (" ".join("".join(choice).split()) for choice in product(*alternatives))


def _short(table: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """The lists of the short form: kind, role, phrases."""
    for kind, lists in table.items():
        if isinstance(lists, dict) and kind not in ("macro", "furniture"):
            yield from ((kind, role, phrases) for role, phrases in lists.items())


def _long(kind: str, role: str, phrases: list[str]) -> Iterator[dict[str, Any]]:
    """What a list of the short form stands for, as cues have it: its phrases, or patterns made of them."""
    if role not in ("colon", "by"):
        yield {"phrases": phrases}
        return
    words = list(dict.fromkeys(_normal(choice) for phrase in phrases for choice in choices(phrase)))
    needs = [tokens(word)[0] for word in words]
    if role == "by":
        written = sorted({choice for phrase in phrases for choice in choices(phrase)}, key=len, reverse=True)
        listed = "|".join(map(re.escape, written))
        pattern = rf"\W{{0,2}}(?i:{listed})(?: ?[:：])? (?P<author>%PEOPLE%|[A-Z]{{2,8}})%ROLE%"
        yield {"pattern": pattern, "cased": True, "needs": needs}
        return
    ending = "" if kind in _SENTENCE_AFTER_COLON else r"(?:[^.]|\.[\])])$"
    yield {"pattern": _before_colon(words) + ending, "needs": needs}
    if kind == "read-more":  # the headline that a label in capitals names may be a sentence
        written = [choice.upper() for phrase in phrases for choice in choices(phrase)]
        yield {"pattern": _before_colon(written) + r"\.$", "cased": True, "needs": needs}


def _before_colon(labels: Iterable[str]) -> str:
    """The pattern of a line that begins with one of the labels and a colon, and goes on."""
    listed = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    return rf"[\W_]{{0,4}}(?:{listed})\W{{0,2}}? ?[:>|：]+ ?[^\W_]?[^\n]*"


def _fault(entry: dict[str, Any], ids: set[str]) -> str | None:
    if unknown := entry.keys() - _KEYS:
        return f"unknown {', '.join(sorted(unknown))}"
    if not {"id", "kind", "match", "weight"} <= entry.keys() or ("phrases" in entry) == ("pattern" in entry):
        return "needs id, kind, match, weight and either phrases or pattern"
    if entry["match"] not in get_args(Match) or not -1 <= entry["weight"] <= 1:
        return "match or weight is not one of those allowed"
    if entry["id"] in ids:
        return "its id stands there twice"
    if not all(_normal(phrase) for phrase in entry.get("phrases", ())):
        return "a phrase without a word"
    if lost := [phrase for phrase in entry.get("phrases", ()) if _loses(phrase)]:
        return f"signs at the edges of {lost} would not be compared: use a pattern"
    return None


def _loses(phrase: str) -> bool:
    """Whether a sign that means something stands at the edge of a phrase, where comparing drops it."""
    return any(choice.strip()[:1] in _SIGNS or choice.strip()[-1:] in _SIGNS for choice in choices(phrase))


def _expanded(pattern: str, macros: dict[str, str]) -> str:
    while _MACRO.search(pattern):
        pattern = _MACRO.sub(lambda match: macros[match.group(1)], pattern)
    return pattern


def _folded_pattern(pattern: str) -> str:
    """A pattern in the letters of folded text. ASCII stays: its capitals are classes such as \\W."""
    return "".join(c if c.isascii() else fold(c) for c in pattern)


def _normal(text: str) -> str:
    return bare(fold(text))


def _holds(text: str, phrase: str, where: Match, opening: int) -> bool:
    """Whether `text` has the phrase in its place; anywhere: so that it ends behind the first `opening` characters."""
    if where == "start":
        return text.startswith(phrase) and _apart(text, len(phrase))
    if where == "end":
        return text.endswith(phrase) and _apart(text, len(text) - len(phrase))
    at = text.find(phrase, max(0, opening - len(phrase) + 1) if opening else 0)
    while at >= 0:
        if _apart(text, at) and _apart(text, at + len(phrase)):
            return True
        at = text.find(phrase, at + 1)
    return False


def _apart(text: str, at: int) -> bool:
    """Whether no word runs across `at`; a script that sets no spaces has no such boundary."""
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    return not (before.isalnum() and after.isalnum()) or before >= "\u2e80" or after >= "\u2e80"


def _search(pattern: _Pattern, block: str, folded: str, plain: str) -> Hit | None:
    cue, expression = pattern.cue, pattern.expression
    # Where no place is asked for, spellings with and without vowel signs are one.
    text = block if pattern.cased else folded if expression.groups else plain
    if cue.match == "start":
        match = expression.match(text)
    elif cue.match == "whole":
        match = expression.fullmatch(text)
    else:
        match = expression.search(text)
    if match is None:
        return None
    spans = ((name, *match.span(name)) for name in match.groupdict())
    groups = tuple((name.rstrip("0123456789"), block[a:b], a, b) for name, a, b in spans if a < b)
    return Hit(cue, block[match.start() : match.end()], groups)


@cache
def cue_book() -> CueBook:
    """The cues that come with the package."""
    folder = resources.files("pipeline.clean") / "cues"
    return CueBook({path.name: path.read_bytes() for path in folder.iterdir() if path.name.endswith(".toml")})
