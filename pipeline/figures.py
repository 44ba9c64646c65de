"""Figures in the format of their source, written as English does: "12.500" and "4 500" are 12,500 and 4,500 there.

Only where a figure has one reading alone in its language, and stands in the English letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.check.addresses import ADDRESS
from pipeline.check.quantities import quantities
from pipeline.check.quantity import Quantity, canonical, in_english
from pipeline.records import Flag, Span

# A figure with a mark or space in it that is no part of a code, a fraction, a time or an address.
_FIGURE: Final = re.compile(r"(?<![\w.,/-])(?<!\d[ :])\d+(?:[.,]\d+|[' ]\d{3}(?!\d))+(?!\w|[.,/-]\d| \d)")
# A telephone number is grouped as a figure is, without decimals. So many characters before it may say what it is; where nothing
# does, it may stand without words.
_GROUPS: Final = re.compile(r"\d{1,3}(?:\D\d{3}){2,}")
_THREES: Final = re.compile(r"\d{3}(?:\D\d{3}){2}")
_DIALLED: Final = re.compile(
    r"\b(?:tel|t[eé]l[eé]?[fp]h?\w*|telem[oó]vel|fax|cell\w*|m[oó]vil|phone|whatsapp|n[uú]m[eé]ro|linea|línea|ligne"
    r"|chiam(?:are|i)|llam(?:e|en|ar)|lig(?:ue|ar)|appele[rz]|joindre|contatt\w+|contact\w+)\b|\+\s?$",
    re.I,
)
_BEFORE: Final = 32
# What is written right before a number that counts nothing.
_NAMED: Final = re.compile(
    r"(?:\b(?:tel|fax|cell|dni|rut|nit|nif|rg|cpf|c[eé]dula|siren|rcs|cap|cep|cp|versi[oó]n[ei]?|versão)\b|\(0\d+\))"
    r"\.?:?\s*(?:n[.º°]\s?)?$",
    re.I,
)
# What stands right before or after a decimal that is written with a point in any language: degrees of latitude, frequencies, and
# prices of a litre or a dollar. A segment that has one has other such figures, too. "1,899 al litro" is none.
_POINT: Final = re.compile(r"\d+\.\d+")
_POINTED: Final = (
    re.compile(r"\b(?:lat|lon|long|latitud\w*|longitud\w*|coord\w+)\.?:?\s*$", re.I),
    re.compile(
        r"\s?(?:°(?!\s?[CFK]\b)|[NSEOW]\b(?!\s*\w)|[KMG]Hz\b|FM\b|(?i:(?:€|\$|\b(?:euros?|dollar[io]?s?|d[oó]lar(?:es)?|pesos?|reais))?"
        r"\s?(?:/|al|a|per|por|par|le|el|o)\s?(?:litr[oe]|kwh|smc|euro|d[oó]lar|doll?ar[oi]?)\b))"
    ),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A text with figures written the English way: those that were, as the source has them, each with what stands for it."""

    text: str
    figures: tuple[tuple[str, str], ...] = ()


def written_english(source: str, text: str, language: str) -> Written:
    """The text with the figures that it has from its source (`language`, ISO 639-1) written the English way."""
    figures = dict(_figures(source, language)) if language not in ("en", "und") else {}
    if not figures:
        return Written(text)
    pieces: list[str] = []
    done: dict[str, str] = {}
    end = 0
    for match in _outside_addresses(text):
        if (found := figures.get(match[0])) is not None:
            figure, english = found
            done[figure] = english
            pieces += (text[end : match.start()], english)
            end = match.end()
    return Written("".join((*pieces, text[end:])), tuple(done.items()))


def formats(source: str, text: str, figures: Sequence[tuple[str, str]]) -> tuple[Flag, ...]:
    """The flag that tells of `Written.figures`, with the places where they stand in the source and in what became of the text;
    none where there were none."""
    if not figures:
        return ()
    there, here = (
        tuple(Span(*match.span()) for match in _outside_addresses(where) if match[0] in known)
        for where, known in zip((source, text), map(set, zip(*figures, strict=True)), strict=True)
    )
    pairs = ", ".join(f"“{was}” is “{now}”" for was, now in figures)
    return (Flag("number-format", "info", f"{pairs} in English", there, here),)


def _outside_addresses(text: str) -> Iterator[re.Match[str]]:
    """The figures of a text that are no part of an address."""
    addresses = [match.span() for match in ADDRESS.finditer(text)]
    for match in _FIGURE.finditer(text):
        if not any(start <= match.start() < end for start, end in addresses):
            yield match


def _figures(source: str, language: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """What the figures of a source may be in its English, each with that figure and what English writes, where that is another
    way and beyond doubt."""
    found = list(_FIGURE.finditer(source))
    if not found:
        return
    apart = set(quantities(source, language, joined=False))
    known = {quantity.start: quantity for quantity in quantities(source, language) if quantity in apart}
    pointed = any(
        _POINT.fullmatch(match[0]) and (_POINTED[0].search(*_before(match)) or _POINTED[1].match(source, match.end()))
        for match in found
    )
    doubtful = {match[0] for match in found if _counts_nothing(match)}
    for match in found:
        quantity = known.get(match.start())
        figure = _english(match[0], quantity) if quantity and quantity.end >= match.end() else None
        if figure is None or match[0] in doubtful or (pointed and "." in match[0]):
            continue
        # A model that writes the decimals the English way may leave the thousands as they are.
        for form in (match[0], re.sub(r",(?=\d+$)", ".", match[0])):
            if form != figure:
                yield form, (match[0], figure)


def _before(match: re.Match[str]) -> tuple[str, int, int]:
    return match.string, max(0, match.start() - _BEFORE), match.start()


def _counts_nothing(match: re.Match[str]) -> bool:
    """Whether a figure is likely a telephone number, or the number of a person, a place or a version."""
    if _NAMED.search(*_before(match)) or (_THREES.fullmatch(match[0]) and not any(map(str.isalpha, match.string))):
        return True
    return bool(_GROUPS.fullmatch(match[0]) and _DIALLED.search(*_before(match)))


def _english(figure: str, quantity: Quantity) -> str | None:
    """What English writes for a figure that is that quantity; None where it may mean something else, or is part of a sum."""
    if len(quantity.readings) != 1 or not quantity.digits or quantity.other is not None or not quantity.values:
        return None
    digits = re.sub(r"\D", "", figure)
    english = in_english(canonical(quantity.values[0] / quantity.magnitude), len(digits))
    return english if re.sub(r"\D", "", english) == digits else None
