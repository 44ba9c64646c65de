"""Repetition across the corpus, as the cleaning of one document is given it: furniture that no rule knows is told by its
standing in many documents.

`pipeline/clean/survey.py` finds what recurs; here is what it found, a `Bearing` a document. A document is cleaned with its
own alone, so that a change anywhere else in the corpus leaves it as it is. Blocks are compared by their words, numbers
masked, so that “Page 3 of 12, printed 4 May” is the same block on every page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from functools import lru_cache
from typing import Final

from pipeline.clean.folding import fold, tokens
from pipeline.records import Duplicate

# A block in so many documents, near-duplicates aside, is furniture: news prints the same sentence twice, not eight times.
MIN_REPEATS: Final = 8
# Shorter blocks recur for good reasons (“What happens next”); longer ones are not furniture, and cost time.
MIN_BLOCK_WORDS: Final = 5
MAX_BLOCK_WORDS: Final = 120
_VERSION: Final = 2


@dataclass(frozen=True, slots=True)
class Bearing:
    """What in a corpus bears on one document.

    `repeated` and `near` are the keys of its blocks that stand in many documents, word for word or nearly; `duplicate` is
    the earlier document that it nearly repeats.
    """

    repeated: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    duplicate: Duplicate | None = None

    @property
    def digest(self) -> str:
        """Eight hex digits that change with what this would change in an output; empty where there is nothing."""
        return hashlib.sha256(json.dumps(_plain(self)).encode()).hexdigest()[:8] if self != NOTHING else ""


NOTHING: Final = Bearing()


@dataclass(frozen=True, slots=True)
class Repetition:
    """What recurs in a corpus, by document; those on which nothing bears are not named."""

    documents: Mapping[str, Bearing] = field(default_factory=dict)

    def of(self, document: str) -> Bearing:
        """What bears on the document of that identifier."""
        return self.documents.get(document, NOTHING)

    def to_json(self, corpus: str) -> str:
        """The repetition of the corpus of that digest, as a file keeps it: a document a line."""
        lines = ",\n".join(
            f"{json.dumps(name)}: {json.dumps(_plain(self.of(name)))}" for name in sorted(self.documents)
        )
        return f'{{\n"version": {_VERSION},\n"corpus": {json.dumps(corpus)},\n"documents": {{\n{lines}\n}}\n}}\n'


def from_json(text: str, corpus: str) -> Repetition | None:
    """What `to_json` wrote; None where that was of another corpus or another version, or is no such file."""
    shared: dict[Bearing, Bearing] = {}
    documents: dict[str, Bearing] = {}
    try:
        value = json.loads(text)
        if (value["version"], value["corpus"]) != (_VERSION, corpus):
            return None
        for name, (repeated, near, duplicate) in value["documents"].items():
            like = Duplicate(str(duplicate[0]), float(duplicate[1])) if duplicate else None
            bearing = Bearing(tuple(int(key, 16) for key in repeated), tuple(int(key, 16) for key in near), like)
            documents[name] = shared.setdefault(bearing, bearing)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Repetition(documents)


def _plain(bearing: Bearing) -> list[object]:
    keys = [[f"{key:016x}" for key in keys] for keys in (bearing.repeated, bearing.near)]
    return [*keys, list(astuple(bearing.duplicate)) if bearing.duplicate else None]


def block_key(words: list[str]) -> int:
    """The 64-bit key of a block by its words."""
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=8).digest(), "big")


# A document is judged again after each change, and most of its blocks are as they were.
@lru_cache(maxsize=1_024)
def text_key(text: str) -> int:
    """The 64-bit key of a block by its text."""
    return block_key(masked(text))


def masked(text: str) -> list[str]:
    """The words of a block as they are compared: folded, without signs, numbers as `0`."""
    return ["0" if token[0].isdigit() else token for token in tokens(fold(text)) if token.isalnum()]
