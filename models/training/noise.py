"""Pairs as hurried hands type them: a network that has read clean text alone stumbles over every slip (Belinkov and Bisk 2018,
"Synthetic and natural noise both break neural machine translation", https://arxiv.org/abs/1711.02173).

Only the source is changed. Its Portuguese and its English stay as they are, so a teacher still reads what was meant.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from .corpus import Pair

# Slips in one sentence, at most.
MOST = 3

_GRAVE, _ACUTE = "àèìòù", "áéíóú"
_ACCENTED = re.compile(f"[{_GRAVE}{_ACUTE}È]")
_BARE = str.maketrans(_GRAVE + _ACUTE + "È", "aeiou" * 2 + "E")
_TURNED = str.maketrans(_GRAVE + _ACUTE, _ACUTE + _GRAVE)
_LONG_WORD = re.compile(r"\b[^\W\d_A-Z]{5,}\b")

# What may be written in place of a match.
Variants = Callable[[re.Match[str]], Sequence[str]]


def _as(*templates: str) -> Variants:
    return lambda match: [match.expand(template) for template in templates]


def _accents(match: re.Match[str]) -> Sequence[str]:
    """è → e or é or, at a word's end, e': what keyboards without the key give."""
    bare, turned = match[0].translate(_BARE), match[0].translate(_TURNED)
    ends = not match.string[match.end() : match.end() + 1].isalpha()
    return (bare, turned, bare + "'") if ends else (bare, turned)


def _misspellings(match: re.Match[str]) -> Sequence[str]:
    """A letter dropped, doubled, or changed with its neighbour; not the first or the last."""
    word = match[0]
    split = [(word[:i], word[i], word[i + 1 :]) for i in range(1, len(word) - 1)]
    return [
        variant
        for head, letter, tail in split
        for variant in (head + tail, head + letter * 2 + tail, head + tail[0] + letter + tail[1:])
    ]


_SLIPS: Sequence[tuple[re.Pattern[str], Variants]] = (
    (re.compile(r"(?<=\w)'(?=\w)"), _as("' ")),
    (_ACCENTED, _accents),
    (re.compile(r"(?<=\w), (?=\w)"), _as(",", " , ", " ,", " ")),
    (re.compile(r"(?<=\w)([.:;?!])(?= |$)"), _as(r" \1")),
    (re.compile(r"(?<=\w)\.$"), _as("")),
    (re.compile(r"(?<=\w) - (?=\w)"), _as("- ", " -", "-")),
    (re.compile(r"(?<= )([«\"])(?=\w)"), _as(r"\1 ")),
    (_LONG_WORD, _misspellings),
    (_LONG_WORD, lambda match: [match[0].capitalize()]),
)


def noised(text: str, rng: random.Random) -> str:
    """The text with one to ``MOST`` slips of the pen.

    >>> noised("Il governo è caduto, dice l'agenzia.", random.Random(3)) != "Il governo è caduto, dice l'agenzia."
    True
    """
    for pattern, variants in rng.choices(_SLIPS, k=rng.randint(1, MOST)):
        if places := list(pattern.finditer(text)):
            place = rng.choice(places)
            text = text[: place.start()] + rng.choice(variants(place)) + text[place.end() :]
    return text


def with_noise(pairs: Sequence[Pair], copies: int, seed: int) -> list[Pair]:
    """``copies`` of every pair with slips in its source, where there are any; their corpus is NAME+noise."""
    rng = random.Random(seed)
    made = ((pair, noised(pair.source, rng)) for pair in pairs for _ in range(copies))
    return [
        replace(pair, source=source, corpus=f"{pair.corpus}+noise") for pair, source in made if source != pair.source
    ]
