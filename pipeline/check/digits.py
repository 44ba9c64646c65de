"""Numbers in digits: dates, times of day, and figures as their language writes them. Data: data/languages.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final
from unicodedata import numeric

from pipeline.check.clock import of_day
from pipeline.check.pair import data, words_of
from pipeline.check.quantity import Quantity, canonical, covered

_DATE: Final = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d./-]*\d)")
_ISO_DATE: Final = re.compile(r"(?<![\d./-])(\d{4})-(\d\d)-(\d\d)(?![\d./-]*\d)")
_TIME: Final = re.compile(r"(?<![\d.,:])([01]?\d|2[0-4])\s?[:h.]\s?([0-5]\d)(?![\d%]|[.,]\d)")
_OF_THE_DAY: Final = re.compile(r"\s?(?:[ap]\.?m\b|o['’]clock|in the (?:afternoon|evening))", re.I)
# A figure that is a number of thousands or has three decimals, as one takes its mark.
_TWOFOLD: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_SEASON: Final = re.compile(r"(?:18|19|20)\d\d[-/–]$")
_FRACTIONS: Final = ("¼", "½", "¾")
# "Er kam '89", not 5'10.
_SHORT_YEAR: Final = re.compile(r"(?<!\d)['’]$")
_MONTH: Final = re.compile(r"\s?[月월]")


def dates(text: str) -> Iterator[Quantity]:
    """Dates in digits: day and year count, the month may come back as a word."""
    for match in _DATE.finditer(text):
        for group, sure in ((1, True), (3, False), (4, True)):
            value = int(match[group])
            readings = {str(value), f"20{value:02}", f"19{value:02}"} if group == 4 and value < 100 else {str(value)}
            yield Quantity(*match.span(group), frozenset(readings), (sure and value > 12) or group == 4, True)
    for match in _ISO_DATE.finditer(text):
        for group, sure in ((1, True), (2, False), (3, True)):
            yield Quantity(*match.span(group), frozenset({str(int(match[group]))}), sure, True)


def times(text: str, english: bool) -> Iterator[Quantity]:
    """Times of day in digits: 14:30, 14h30, and 14.30, which is a decimal as well; in English only if more says what it is."""
    for match in _TIME.finditer(text):
        if english and "." in match[0] and not _OF_THE_DAY.match(text, match.end()):
            continue
        if _DATE.search(text[max(0, match.start() - 6) : match.end() + 6]):
            continue
        readings = of_day(int(match[1]), int(match[2]))
        if ":" not in match[0]:
            readings |= {canonical(Decimal(f"{match[1]}.{match[2]}"))}
        yield Quantity(*match.span(), readings, True, True)


def figures(text: str, language: str, taken: list[tuple[int, int]], spaces: bool) -> Iterator[Quantity]:
    """All other figures, but for those within what is `taken`. Where "12 345" may be two, it is one if `spaces`."""
    elsewhere = covered(taken)
    for match in _number(language, spaces).finditer(text):
        if not elsewhere.isdisjoint(range(*match.span())):
            continue
        found = match.groupdict()
        if found["other"]:
            whole, _, decimals = found["other"].partition("," if _points(language) else ".")
        else:
            whole, decimals = found["whole"], found["part"] or found.get("odd") or ""
        whole = re.sub(r"\D", "", whole)
        try:
            value = Decimal(f"{whole}.{decimals or 0}")
        except InvalidOperation:  # pragma: no cover (the pattern lets only digits through)
            continue
        end = match.end()
        if not decimals and text[end : end + 1] in _FRACTIONS:
            value += Decimal(str(numeric(text[end])))
            end += 1
        readings = {canonical(value)}
        if found["suffix"] == "s" and len(whole) == 4:
            readings.add(str(int(whole[2:])))  # the 1980s are the eighties
        before = text[max(0, match.start() - 5) : match.start()]
        if not decimals and len(whole) == 2 and (_SEASON.search(before) or _SHORT_YEAR.search(before)):
            readings |= {f"20{whole}", f"19{whole}", f"18{whole}"}
        century = language == "it" and len(whole) == 3 and whole.endswith("00") and _SHORT_YEAR.search(before)
        if century:
            readings |= {str(int(whole) // 100 + 11), f"1{whole}"}  # "il '900" is the twentieth century
        other, likely = _otherwise(text, match, value, language)
        if other is not None and likely:
            readings.add(canonical(other))
            other = None
        month = value <= 12 and _MONTH.match(text, end) is not None
        yield Quantity(match.start(), end, frozenset(readings), not (month or century), True, other=other)


@cache
def _number(language: str, spaces: bool) -> re.Pattern[str]:
    """A figure as the language writes it (`whole`, with `part` or `odd` for decimals), or beyond doubt as others do."""
    grouped = r"\d{1,3}(?:[%s]\d{3})+(?!\d)"
    if _points(language):
        # "1,50,000" is grouped as in India.
        whole, mark, group, point = r"\d{1,2}(?:,\d\d)+,\d{3}(?!\d)|" + grouped % ",\u00a0\u202f", r"\.", r"\.", ","
    elif language in words_of("languages", "spaced"):
        whole, mark, group, point = grouped % " \u00a0\u202f.", ",", ",", r"\."
        whole = whole if spaces else _no_day(language) + whole
    else:
        # House style has made the no-break spaces plain ones.
        whole, mark, group, point = grouped % (".\u00a0\u202f’'" + " " * spaces), ",", ",", r"\."
    other = rf"\d{{1,3}}(?:{group}\d{{3}})+{point}\d\d?(?![.,]?\d)|\d{{1,3}}(?:{group}\d{{3}}){{2,}}(?![.,]?\d)"
    if language == "en":
        other = r"(?!)"  # what is grouped with points is wrong in the translation
    elif _points(language) and language in words_of("languages", "mixed"):
        other += r"|(?<!\d,)\d+,\d\d?(?![.,]?\d)"
    # A decimal point is understood everywhere where it cannot group thousands.
    odd = r"(?!)" if _points(language) else r"\.(?P<odd>\d\d?)(?![\d.])"
    return re.compile(
        rf"(?<!\d)(?:(?P<other>{other})|(?P<whole>{whole}|\d+)(?:{mark}(?P<part>\d+)|{odd})?)"
        r"(?P<suffix>s\b|(?:st|nd|rd|th)\b)?"
    )


def _no_day(language: str) -> str:
    """A pattern for where no day of the month can begin that a figure of three digits stands behind: "Le 14 200 personnes"."""
    entry = data("numbers").get(language, {})
    before = "|".join(rf"(?<=\b{word} )" for word in entry.get("dated", "").split())
    if not before:
        return ""
    return rf"(?!(?i:{before})(?:[12]?\d|3[01]) \d{{3}}(?! (?:{'|'.join(entry['measured'].split())})\b))"


def _points(language: str) -> bool:
    """Whether the language has a decimal point and groups with commas, as English does."""
    return language not in words_of("languages", "spaced") | words_of("languages", "dotted")


def _otherwise(text: str, match: re.Match[str], value: Decimal, language: str) -> tuple[Decimal | None, bool]:
    """What "1,500" or "12.400" is where the mark means the opposite, and whether that is as likely; None if it can't be."""
    if language == "en" or not _TWOFOLD.fullmatch(match[0]):
        return None, False
    mixed = language in words_of("languages", "mixed")
    percent = bool(_per_cent().match(text, match.end()))
    # Hardly anyone writes a decimal fraction of three digits with a zero at the end, but in percentages.
    fraction = percent or match[0][-1] != "0"
    if match["part"]:
        return value * 1000, mixed or not fraction
    return (value / 1000, percent) if mixed and fraction else (None, False)


@cache
def _per_cent() -> re.Pattern[str]:
    entry = data("symbols")["per cent"]
    return re.compile(rf"\s?(?:{entry['sign']}|{entry['said']})", re.I)
