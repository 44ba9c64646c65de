"""What makes one number of several: "two hundred and five", "48,2 milioni", "un milione e mezzo", "2-3 million"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Final

from pipeline.check.number_words import Lexicon
from pipeline.check.quantity import Quantity, canonical, covered, in_words

_RANGE: Final = re.compile(r"\s?(?:[-–—]|a|o|e|to|or|and|y|u|et|ou|à|bis|und|oder|до|или|и|–)\s?(?:[€$£]\s?)?", re.I)
# What may be something else than a magnitude: "m" is metres, "조" is an article of a law.
_UNSURE: Final = frozenset("mk조")
# These are parts of many words unless they stand right after a figure or another magnitude.
_ATTACHED: Final = frozenset([*"mk백천만억조", "พัน"])
# Of these what may have a space before it.
_APART: Final = frozenset(["พัน"])
# Scripts in which a magnitude is found as it stands, whatever is written onto it.
_UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]")
# What may stand between a number and what multiplies it; "200多万" is two million and more.
_TIMES: Final = ("", " ", "\u00a0", "-", ". ", " a ", " de ", "多", "余", "餘")
# Words for a half: of what they stand before ("half a million"), and by themselves.
HALVES: Final = frozenset(["half", "mezzo", "mezza", "medio", "media", "demi", "meio", "meia", "halbe", "halben"])


def combined(text: str, pieces: list[Quantity], known: Lexicon, figures: bool) -> list[Quantity]:
    """Join what makes one number: "two hundred and five", "48,2 milioni", "un milione e mezzo"; if `figures`, what is
    written in figures, too: "1 milione e 200mila"."""
    hundreds = {word: Decimal(value) for word, value in known.hundreds.items() if value == 100}
    large = {word: Decimal(value) for word, value in known.thousands.items()} | known.magnitudes
    found = sorted([*pieces, *_lone_magnitudes(text, pieces, known)], key=lambda q: q.start)
    found = _merged(found, lambda left, right: _times_hundred(text, left, right, hundreds, known))
    # "mil" is a thousand of what stands before it, if anything does: "dos mil quinientos" is no two and 1500.
    found = _merged(found, lambda left, right: _plus(text, left, right, known, False) if _below(left, 1000) else None)
    found = _merged(found, lambda left, right: _times_hundred(text, left, right, large, known))
    return _merged(found, lambda left, right: _plus(text, left, right, known, figures))


def _below(quantity: Quantity, bound: int) -> bool:
    return len(quantity.values) == len(quantity.readings) and max(quantity.values) < bound


def _merged(found: list[Quantity], join: Callable[[Quantity, Quantity], Quantity | None]) -> list[Quantity]:
    """Neighbours put together wherever `join` makes one of two."""
    made: list[Quantity] = []
    for piece in found:
        joined = join(made[-1], piece) if made else None
        if joined is None:
            made.append(piece)
        else:
            made[-1] = joined
    return made


def _lone_magnitudes(text: str, pieces: list[Quantity], known: Lexicon) -> Iterator[Quantity]:
    if not known.magnitudes:
        return
    numbers = covered((q.start, q.end) for q in pieces)
    for match in _magnitudes(tuple(known.magnitudes)).finditer(text):
        word = match[0].lower()
        before = text[max(0, match.start() - 2) : match.start()]
        before = (before.rstrip() if word in _APART else before)[-1:]
        if word not in known.magnitudes or match.start() in numbers:
            continue
        if word in _ATTACHED and not (before.isdigit() or before in known.magnitudes):
            continue
        yield in_words(match.start(), match.end(), known.magnitudes[word], False)


@cache
def _magnitudes(known: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    return re.compile(words if _UNSPACED.search(words) else rf"(?<![^\W\d_])(?:{words})(?![^\W\d_])", re.I)


def _times_hundred(
    text: str, left: Quantity, right: Quantity, multiples: dict[str, Decimal], known: Lexicon
) -> Quantity | None:
    """A number and the word that multiplies it, as one."""
    gap, word = text[left.end : right.start].lower(), text[right.start : right.end].lower()
    values = left.values
    if word not in multiples or not values or gap not in _TIMES:
        return None
    by = multiples[word]
    if text[left.start : left.end].lower() in HALVES:
        return Quantity(left.start, right.end, frozenset({canonical(by / 2)}), True, False, by)
    # Romanian says "20 de mii".
    if min(values) >= by or gap == " a " or (gap == " de " and not left.digits):
        return None
    readings = {canonical(value * by) for value in values}
    if word in _UNSURE:
        readings |= left.readings
    end = right.end
    if known.half and text[end : end + len(known.half) + 1].lower() == f" {known.half}":
        readings, end = {canonical((value + Decimal("0.5")) * by) for value in values}, end + len(known.half) + 1
    return Quantity(left.start, end, frozenset(readings), True, left.digits, by)


def _plus(text: str, left: Quantity, right: Quantity, known: Lexicon, figures: bool) -> Quantity | None:
    """Two numbers that are added up to one: a hundred and five, "un miliardo e trecento milioni", "1 milione e 200mila"."""
    gap = text[left.end : right.start].lower().replace("-and-", " and ")
    values, added = left.values, right.values
    digits, large = left.digits or right.digits, left.magnitude > 1
    if large:
        values = values and [max(values)]  # nothing is added to article 5, but to five trillion
    if (digits and not (figures and large)) or len(values) != 1 or len(added) != 1 or left.start == right.start:
        return None
    if right.magnitude > 1 and added[0] == right.magnitude / 2 and gap in (" and a ", " and ") and values[0] < 1000:
        total = values[0] * right.magnitude + added[0]
        return Quantity(left.start, right.end, frozenset({canonical(total)}), True, False, right.magnitude)
    joins = [
        f" {known.joins or 'e'} ",
        *([" ", "-"] if large or not known.fused else []),
        *(["", ". "] if digits else []),
    ]
    if gap not in joins or (known.fused and not large) or not right.sure:
        return None
    step = left.magnitude if large else _unit(values[0])
    if left.magnitude == 1000 < right.magnitude and added[0] < 1000 * right.magnitude and gap in ("", " "):
        total, step = values[0] * right.magnitude + added[0], right.magnitude  # "2 mil 500 millones"
    elif added[0] < step:
        total, step = values[0] + added[0], left.magnitude
    else:
        return None
    return Quantity(left.start, right.end, frozenset({canonical(total)}), True, digits, step)


def _unit(value: Decimal) -> Decimal:
    """What may be added to a number without a new one beginning: below 100 to two hundred, below 10 to twenty."""
    for unit in (Decimal(1000), Decimal(100)):
        if value >= unit and value % unit == 0:
            return unit
    return Decimal(10) if value >= 20 and value % 10 == 0 else Decimal(0)


def ranged(text: str, found: list[Quantity]) -> list[Quantity]:
    """In "2-3 million" the first number may be meant in millions too."""
    made = list(found)
    for index, (left, right) in enumerate(itertools.pairwise(found)):
        if right.magnitude > 1 and left.magnitude == 1 and _RANGE.fullmatch(text[left.end : right.start]):
            more = {canonical(value * right.magnitude) for value in left.values}
            made[index] = replace(left, readings=left.readings | more)
    return made
