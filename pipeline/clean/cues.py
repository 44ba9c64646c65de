"""The cue rules: what publishers' furniture says, by language, as data in `cues/*.toml`.

A cue is a phrase or a pattern that is evidence for a kind of boilerplate when it stands in the right place of a short
block. `cues/README.md` describes the files.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

Match = Literal["start", "whole", "end", "anywhere"]
DEFAULT_MAX_WORDS: Final = 30
_OUTSIDE_WORDS: Final = re.compile(r"^\W+|\W+$")
_KEYS: Final = frozenset(("kind", "id", "match", "weight", "phrases", "pattern", "max_words"))


@dataclass(frozen=True, slots=True)
class Cue:
    """One rule. `weight` is evidence in (0, 1]; `max_words` is the longest block, in words, that it speaks of."""

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


class CueBook:
    """All cues of all languages, arranged for look-up."""

    def __init__(self, files: dict[str, bytes]) -> None:
        """Read the files: names to TOML. Raises ValueError, with every fault in them, if one does not follow the schema."""
        self.digest = hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files))).hexdigest()
        self._whole: dict[str, list[Cue]] = {}
        self._start: dict[str, list[tuple[str, Cue]]] = {}
        self._end: dict[str, list[tuple[str, Cue]]] = {}
        self._anywhere: list[tuple[str, Cue]] = []
        self._patterns: list[tuple[re.Pattern[str], Cue]] = []
        faults = [
            fault for name in sorted(files) for fault in self._read(name, tomllib.loads(files[name].decode("utf-8")))
        ]
        if faults:
            raise ValueError("cue files: " + "; ".join(faults))

    def _read(self, name: str, table: dict[str, Any]) -> Iterator[str]:
        for entry in table.get("cue", ()):
            label = f"{name}: {entry.get('id', entry)}"
            if unknown := entry.keys() - _KEYS:
                yield f"{label}: unknown {', '.join(sorted(unknown))}"
            if not {"id", "kind", "match", "weight"} <= entry.keys() or ("phrases" in entry) == ("pattern" in entry):
                yield f"{label}: needs id, kind, match, weight and either phrases or pattern"
                continue
            if entry["match"] not in ("start", "whole", "end", "anywhere") or not 0 < entry["weight"] <= 1:
                yield f"{label}: match or weight is not one of those allowed"
                continue
            cue = Cue(
                entry["id"],
                entry["kind"],
                entry["match"],
                float(entry["weight"]),
                entry.get("max_words", DEFAULT_MAX_WORDS),
            )
            if "pattern" in entry:
                self._patterns.append((re.compile(entry["pattern"], re.IGNORECASE), cue))
            for phrase in entry.get("phrases", ()):
                self._add(normal(phrase), cue)

    def _add(self, phrase: str, cue: Cue) -> None:
        if cue.match == "whole":
            self._whole.setdefault(phrase, []).append(cue)
        elif cue.match == "start":
            self._start.setdefault(phrase[:2], []).append((phrase, cue))
        elif cue.match == "end":
            self._end.setdefault(phrase[-2:], []).append((phrase, cue))
        else:
            self._anywhere.append((phrase, cue))

    def find(self, block: str) -> Iterator[Hit]:
        """The cues that a block holds. `block` is one paragraph in house style."""
        words = block.count(" ") + 1
        text = normal(block)
        for cue in self._whole.get(text, ()):
            if words <= cue.max_words:
                yield Hit(cue, block)
        for phrase, cue in self._start.get(text[:2], ()):
            if words <= cue.max_words and text.startswith(phrase) and _apart(text, len(phrase)):
                yield Hit(cue, phrase)
        for phrase, cue in self._end.get(text[-2:], ()):
            if words <= cue.max_words and text.endswith(phrase) and _apart(text, len(text) - len(phrase)):
                yield Hit(cue, phrase)
        for phrase, cue in self._anywhere:
            if words <= cue.max_words and phrase in text and _stands_alone(text, phrase):
                yield Hit(cue, phrase)
        for pattern, cue in self._patterns:
            if words <= cue.max_words and (match := _match(pattern, cue.match, block)):
                groups = ((name, value, *match.span(name)) for name, value in match.groupdict().items() if value)
                yield Hit(cue, match.group(), tuple(groups))


def normal(text: str) -> str:
    """A block or phrase as cues compare it: case folded, without the punctuation around it."""
    return _OUTSIDE_WORDS.sub("", text).casefold()


def _apart(text: str, at: int) -> bool:
    """Whether no word runs across `at`; a script that sets no spaces has no such boundary."""
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    return not (before.isalnum() and after.isalnum()) or before >= "\u2e80" or after >= "\u2e80"


def _stands_alone(text: str, phrase: str) -> bool:
    at = text.find(phrase)
    while at >= 0:
        if _apart(text, at) and _apart(text, at + len(phrase)):
            return True
        at = text.find(phrase, at + 1)
    return False


def _match(pattern: re.Pattern[str], where: Match, block: str) -> re.Match[str] | None:
    if where == "start":
        return pattern.match(block)
    if where == "whole":
        return pattern.fullmatch(block)
    return pattern.search(block)


@cache
def cue_book() -> CueBook:
    """The cues that come with the package."""
    folder = resources.files("pipeline.clean") / "cues"
    return CueBook({path.name: path.read_bytes() for path in folder.iterdir() if path.name.endswith(".toml")})
