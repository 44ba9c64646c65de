"""What the learned judgement sees of a block: its shape, what the rules hold of it, where it stands, and its neighbours.

All are numbers and none is a word, so that what was learnt in ten languages holds in others. They are explained where they are
made; `benchmarks.cleaning.fit` learns from the same ones.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.clean.blocks import Block
from pipeline.scripts import letters

Matrix = npt.NDArray[np.float64]

# A block with more evidence against it than this is not taken for the article's prose when its ends are looked for.
DOUBTFUL: Final = 0.4
# How far the place of a block is told exactly, in blocks: from the ends of a page, and from those of the prose.
FAR: Final = 10
FAR_FROM_PROSE: Final = 8
# Neighbours that are seen one by one, and the widths of the windows before and behind that are seen as a whole.
NEIGHBOURS: Final = (-3, -2, -1, 1, 2, 3)
WINDOWS: Final = (3, 6)
# What of a neighbour is seen, and of a window.
OF_NEIGHBOUR: Final = ("score", "is prose", "words", "ends a sentence", "removed by rules")
OF_WINDOW: Final = ("removed by rules", "is prose")
_SIGNS: Final = {
    f"has a {name}": frozenset(signs)
    for name, signs in {
        "colon": ":",
        "question mark": "?؟",
        "exclamation mark": "!",
        "bar": "|",
        "middle dot": "·",
        "at sign": "@",
        "arrow": "→›»>▸►",
        "quotation mark": '"',
        "comma": ",،",
        "bracket": "(",
        "slash": "/",
        "copyright sign": "©",
        "star": "★☆*",
    }.items()
}
SHAPE: Final = (
    "capitals",
    "in capitals",
    "digits",
    "capitalised words",
    "ends in a colon",
    "ends in a question",
    "ends in an exclamation",
    "begins small",
    "begins with a digit",
    "begins with a sign",
    "sentences",
    "has an address",
    "has a year",
    "has an hour",
    *_SIGNS,
)
OWN: Final = (
    *OF_NEIGHBOUR,
    "one word",
    "two words",
    "evidence of words",
    "evidence of place",
    "evidence",
    *SHAPE,
)
_WINDOW_COLUMNS: Final = [OF_NEIGHBOUR.index(name) for name in OF_WINDOW]
PLACES: Final = (
    "before the prose",
    "after the prose",
    "from the first prose",
    "from the last prose",
    "place",
    "from the top",
    "from the foot",
    "prose behind",
    "sentences behind",
)
# The columns of what is seen of a block's surroundings, in order.
SURROUNDINGS: Final = (
    *PLACES,
    *(
        name
        for distance in NEIGHBOURS
        for name in (f"none at {distance:+}", *(f"{name} at {distance:+}" for name in OF_NEIGHBOUR))
    ),
    *(f"{name} in {width} {side}" for width in WINDOWS for side in ("before", "behind") for name in OF_WINDOW),
)
SCORE_RANGE: Final = (-0.6, 1.0)

_SENTENCE: Final = re.compile(r"[.!?؟。](?:\s|$)")
_ADDRESS: Final = re.compile(r"www\.|https?:|\.(?:com|org|net|eu|info|[a-z]{2})\b")
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_CLOCK: Final = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
MOST_SENTENCES: Final = 4
MIN_CAPITALS: Final = 4
CAPITALS_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Own:
    """What is seen of a block by itself: its numbers, in columns called OWN, and the weights of the rules that hold of it."""

    numbers: tuple[float, ...]
    rules: Mapping[str, float]


# A document is judged again after each change, and most of its blocks are as they were.
@lru_cache(maxsize=4_096)
def _shape(text: str) -> tuple[float, ...]:
    """What a block's own signs say, whatever its language, in columns called SHAPE."""
    every, upper = letters(text)
    capitals = upper / (every or 1)
    words = text.split()
    present = set(text)
    return (
        capitals,
        capitals > CAPITALS_SHARE and every >= MIN_CAPITALS,
        sum(map(str.isdigit, text)) / len(text),
        sum([word[0].isupper() for word in words]) / len(words),
        text[-1] == ":",
        text[-1] in "?؟",
        text[-1] == "!",
        text[0].islower(),
        text[0].isdigit(),
        not text[0].isalnum(),
        min(MOST_SENTENCES, len(_SENTENCE.findall(text))),
        _ADDRESS.search(text) is not None,
        _YEAR.search(text) is not None,
        _CLOCK.search(text) is not None,
        *(not present.isdisjoint(signs) for signs in _SIGNS.values()),
    )


def own_features(block: Block, evidence: Sequence[tuple[str, float, str]], removed: bool) -> Own:
    """What a block says and what the rules say of it: `evidence` is the kind, the weight and the rule of each item.

    Whether it recurs over a corpus is left out: that is known of few documents, and counts by itself.
    """
    rules: dict[str, float] = {}
    words = place = 0.0
    for kind, weight, rule in evidence:
        if rule.startswith("shape."):
            place += weight
            rules[rule] = 1.0
        elif not rule.startswith("corpus."):
            words += weight
            name = f"kind {kind}"
            if weight > rules.get(name, -1.0):
                rules[name] = weight
    least, most = SCORE_RANGE
    score = words + place
    return Own(
        (
            least if score < least else most if score > most else score,
            block.is_prose,
            math.log(block.words + 1),
            block.ends_like_sentence,
            removed,
            block.words == 1,
            block.words == 2,
            words,
            place,
            score,
            *_shape(block.text),
        ),
        rules,
    )


def matrix(own: Sequence[Own], names: Sequence[str]) -> Matrix:
    """The features of all blocks of a document in columns called `names`: a row a block."""
    column, told, numbers, around, places = _layout(tuple(names))
    rows = np.zeros((len(own), len(names)))
    every = np.array([block.numbers for block in own], float)
    rows[:, told] = every[:, numbers]
    rows[:, around] = _surroundings(every)[:, places]
    for number, block in enumerate(own):
        for name, weight in block.rules.items():
            if name in column:
                rows[number, column[name]] = weight
    return rows


def all_names(documents: Sequence[Sequence[Own]]) -> list[str]:
    """The names of all features that occur, sorted."""
    return sorted({name for own in documents for block in own for name in block.rules} | {*OWN, *SURROUNDINGS})


@cache
def _layout(names: tuple[str, ...]) -> tuple[dict[str, int], list[int], list[int], list[int], list[int]]:
    """The columns of all names; of those in OWN, the columns and the places in OWN; of those in SURROUNDINGS, the same."""
    column = {name: number for number, name in enumerate(names)}
    own = [(column[name], place) for place, name in enumerate(OWN) if name in column]
    around = [(column[name], place) for place, name in enumerate(SURROUNDINGS) if name in column]
    return column, [c for c, _ in own], [p for _, p in own], [c for c, _ in around], [p for _, p in around]


def _surroundings(every: Matrix) -> Matrix:
    """Place and neighbours of each block, from the numbers of all: in columns called SURROUNDINGS."""
    seen = every[:, : len(OF_NEIGHBOUR)]
    words = every[:, OWN.index("evidence of words")]
    number, reach = len(every), max(NEIGHBOURS)
    outside = np.ones((number + 2 * reach, 1))
    padded = np.zeros((number + 2 * reach, len(OF_NEIGHBOUR)))
    outside[reach:-reach], padded[reach:-reach] = 0.0, seen
    sums = np.concatenate([np.zeros((1, len(OF_WINDOW))), np.cumsum(seen[:, _WINDOW_COLUMNS], axis=0)])
    at = np.arange(number)
    parts = [_places(seen, words)]
    for distance in NEIGHBOURS:
        there = slice(reach + distance, reach + distance + number)
        parts += [outside[there], padded[there]]
    for width in WINDOWS:
        parts.append((sums[at] - sums[np.maximum(0, at - width)]) / width)
        parts.append((sums[np.minimum(number, at + 1 + width)] - sums[at + 1]) / width)
    return np.concatenate(parts, axis=1)


def _places(seen: Matrix, words: Matrix) -> Matrix:
    """Where each block stands, in columns called PLACES."""
    prose, ends, removed = (
        seen[:, OF_NEIGHBOUR.index(name)] > 0 for name in ("is prose", "ends a sentence", "removed by rules")
    )
    undoubted = words < DOUBTFUL
    number = len(words)
    at = np.arange(number)
    paragraphs = np.flatnonzero(prose & undoubted)
    first, last = (int(paragraphs[0]), int(paragraphs[-1])) if len(paragraphs) else (number, -1)
    sentences = np.flatnonzero(ends & undoubted & ~removed)
    return np.array(
        [
            at < first,
            at > last,
            _near(at - first),
            _near(at - last),
            at / number,
            np.minimum(at, FAR),
            np.minimum(number - 1 - at, FAR),
            at < last,
            at < (int(sentences[-1]) if len(sentences) else -1),
        ],
        float,
    ).T


def _near(distances: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Distances, told exactly up to FAR_FROM_PROSE."""
    return np.minimum(np.maximum(distances, -FAR_FROM_PROSE), FAR_FROM_PROSE)
