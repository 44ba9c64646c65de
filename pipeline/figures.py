"""Figures in the format of their source, written as English does: "12.500" and "4 500" are 12,500 and 4,500 there.

Only where a figure has one reading alone in its language, and stands in the English letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.check.addresses import ADDRESS
from pipeline.check.quantities import Quantity, canonical, quantities
from pipeline.records import Flag, Span

# A figure with a mark or space in it that is no part of a code, a fraction or an address.
_FIGURE: Final = re.compile(r"(?<![\w.,/-])(?<!\d )\d+(?:[.,]\d+|[' ]\d{3}(?!\d))+(?!\w|[.,/-]\d| \d)")
# A telephone number is grouped as a figure is, without decimals. So many characters before it may say what it is.
_GROUPS: Final = re.compile(r"\d{1,3}(?:\D\d{3}){2,}")
_DIALLED: Final = re.compile(
    r"(?:tel|fax|cell|m[oó]vil|phone|whatsapp|num[eé]ro|número|linea|línea|ligne)\b|\+\s?$", re.I
)
_BEFORE: Final = 32


@dataclass(frozen=True, slots=True)
class Written:
    """A text with figures written the English way, and the flag that tells of them; none where there was nothing to do."""

    text: str
    flags: tuple[Flag, ...] = ()


def written_english(source: str, text: str, language: str) -> Written:
    """The text with the figures that it has from its source (`language`, ISO 639-1) written the English way."""
    figures = dict(_figures(source, language)) if language not in ("en", "und") else {}
    if not figures:
        return Written(text)
    kept = [match.span() for match in ADDRESS.finditer(text)]
    done: dict[str, str] = {}

    def written(match: re.Match[str]) -> str:
        figure = figures.get(match[0])
        if figure is None or any(start <= match.start() < end for start, end in kept):
            return match[0]
        done[match[0]] = figure
        return figure

    made = _FIGURE.sub(written, text)
    if not done:
        return Written(text)
    places = tuple(Span(*match.span()) for match in _FIGURE.finditer(source) if match[0] in done)
    pairs = ", ".join(f"“{was}” is “{now}”" for was, now in done.items())
    return Written(made, (Flag("number-restored", "info", f"{pairs} in English", places),))


def _figures(source: str, language: str) -> Iterator[tuple[str, str]]:
    """The figures of a source, each with what English writes, where that is another way and beyond doubt."""
    found = list(_FIGURE.finditer(source))
    if not found:
        return
    apart = set(quantities(source, language, joined=False))
    known = {quantity.start: quantity for quantity in quantities(source, language) if quantity in apart}
    for match in found:
        quantity = known.get(match.start())
        figure = _english(match[0], quantity) if quantity and quantity.end >= match.end() else None
        dialled = _GROUPS.fullmatch(match[0]) and _DIALLED.search(
            source[max(0, match.start() - _BEFORE) : match.start()]
        )
        if figure is not None and figure != match[0] and not dialled:
            yield match[0], figure


def _english(figure: str, quantity: Quantity) -> str | None:
    """What English writes for a figure that is that quantity; None where it may mean something else, or is part of a sum."""
    if len(quantity.readings) != 1 or not quantity.digits or quantity.other is not None or not quantity.values:
        return None
    whole, _, decimals = canonical(quantity.values[0] / quantity.magnitude).partition(".")
    digits = re.sub(r"\D", "", figure)
    decimals = decimals.ljust(len(digits) - len(whole), "0")
    return f"{int(whole):,}" + (f".{decimals}" if decimals else "") if whole + decimals == digits else None
