"""What can be told of a translation without a reference: checks of numbers, names, negation and all else that is checkable.

Each check is a pure function of a `Pair` that yields flags: a code, a severity, one sentence for a person, and the evidence
as spans of both sides. `check` runs them all; `fault` is the part of them that the repair ladder acts on. docs/checks.md
has what each finds, misses and wrongly reports, measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline.check.addresses import addresses
from pipeline.check.inventions import inventions
from pipeline.check.leftover import copied, language, untranslated
from pipeline.check.length import length
from pipeline.check.loops import loops
from pipeline.check.marks import brackets, quotes, symbols
from pipeline.check.names import names
from pipeline.check.negation import negation
from pipeline.check.numbers import numbers, restored
from pipeline.check.pair import Check, Pair
from pipeline.records import Flag

# Part of every record's signature: to be raised with any change of a check, of its data or of `pipeline.figures` that changes a
# flag or a figure.
CHECKS_VERSION: Final = 9

CHECKS: Final[dict[str, Check]] = {
    "copied": copied,
    "language": language,
    "loops": loops,
    "inventions": inventions,
    "length": length,
    "numbers": numbers,
    "names": names,
    "negation": negation,
    "addresses": addresses,
    "untranslated": untranslated,
    "quotes": quotes,
    "brackets": brackets,
    "symbols": symbols,
}
# What the repair ladder acts on, by how much worse than another it is. The first group makes an output unusable.
UNUSABLE: Final = {"no-output": 100.0, "loop": 50.0, "invention": 40.0, "copied": 30.0, "not-english": 30.0}
DAMAGED: Final = {
    "too-short": 8.0,
    "too-long": 8.0,
    "number-changed": 6.0,
    "number-lost": 6.0,
    "number-added": 6.0,
    "address-changed": 4.0,
    "address-added": 4.0,
}
_REPAIRABLE: Final = (copied, language, loops, inventions, length, numbers, addresses)


@dataclass(frozen=True, slots=True)
class Fault:
    """What makes a hypothesis not good enough: the code of its worst flag, and the weight of all of them."""

    code: str
    weight: float


def with_figure(source: str, text: str, language: str) -> str | None:
    """The text with the one figure that it got wrong put right, or None where that is not clear."""
    return restored(Pair(source, text, language))


def check(source: str, text: str, language: str) -> tuple[Flag, ...]:
    """The flags of a segment's translation, spans within `source` and `text`; in the order of CHECKS."""
    pair = Pair(source, text, language)
    return tuple(flag for one in CHECKS.values() for flag in one(pair))


def fault(source: str, text: str, language: str) -> Fault | None:
    """The damage that another try may mend, or None: no output, a loop, an invention, a length or a number that is off."""
    if not any(map(str.isalpha, text)):
        return Fault("no-output", UNUSABLE["no-output"])
    pair = Pair(source, text, language)
    weights = UNUSABLE | DAMAGED
    codes = [flag.code for one in _REPAIRABLE for flag in one(pair) if flag.severity == "error"]
    found = sorted({code: weights[code] for code in codes}.items(), key=lambda item: -item[1])
    return Fault(found[0][0], sum(weight for _, weight in found)) if found else None
