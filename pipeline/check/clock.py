"""What a number means by the words around it: "half past eight" is 8:30 and 20:30, "tre anni e mezzo" three and a half.

Data: the `clock`, `day` and `calendar` tables and the `minutes`, `tenths` and `tens` of data/numbers.toml.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from pipeline.check.pair import data
from pipeline.check.quantity import Quantity, canonical

# Years that a year of another calendar may be.
_YEARS: Final = (1800, 2100)
_DAY: Final = 24 * 60
_HOUR: Final = 60
# The words around a number that are looked at: "at half past", "heures moins le quart".
_REACH: Final = 24
# What may stand between an hour and the half of the day: "3h da manhã", "sept heures moins le quart du soir".
_MINUTES: Final = (
    r"(?:\s?(?:h|hs|ore|horas?|heures?|uhr|o['’]clock)\b\.?)?(?:\s?\d\d\b)?"
    r"(?:\s(?:e|y|et|meno|menos|moins)(?:\s\w+){1,2}?)?[\s,]*"
)
_NIGHT_FALLS: Final = 6


@cache
def _forms(language: str, table: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str], int], ...]:
    """What stands before a number and after it, and what that adds to it: minutes to an hour, years to a year."""
    rows = data("numbers").get(language, {}).get(table, {}).items()
    parts = ((form.partition("#"), added) for form, added in rows)
    return tuple(
        (re.compile(rf"(?:{before})\Z", re.I), re.compile(rf"(?:{after})", re.I), added)
        for (before, _, after), added in parts
    )


@cache
def _parts(language: str) -> tuple[tuple[re.Pattern[str], Decimal], ...]:
    """What a number is so many tenths of, or tens of a hundred, and what it is worth."""
    entry = data("numbers").get(language, {})
    tenths, tens = ("|".join(entry.get(name, "").split()) or "(?!)" for name in ("tenths", "tens"))
    return (re.compile(rf" (?:{tenths})\b", re.I), Decimal("0.1")), (re.compile(tens), Decimal(10))


def around(text: str, start: int, end: int, values: list[Decimal], language: str) -> set[str]:
    """The further readings, as `14:30` or `3.5`, of a number in a text, for what stands right before and after it."""
    made: set[str] = set()
    before = text[max(0, start - _REACH) : start]
    for table in ("clock", "calendar"):
        for left, right, added in _forms(language, table):
            if left.search(before) and right.match(text, end):
                for value in values:
                    made |= _read(value, added) if table == "clock" else _year(value, added)
    for after, worth in _parts(language):
        if after.match(text, end):
            made |= {canonical(value * worth) for value in values}
    return made


def timed(text: str, found: list[Quantity], language: str) -> list[Quantity]:
    """The numbers of a text with an hour and its minutes as one, where both have a word: 3点50分."""
    between, _, after = data("numbers").get(language, {}).get("minutes", "").partition("#")
    made: list[Quantity] = []
    for quantity in found:
        one = made[-1] if between and made else None
        if one and re.fullmatch(between, text[one.end : quantity.start]) and text.startswith(after, quantity.end):
            hours, minutes = (max(q.values, default=Decimal(-1)) for q in (one, quantity))
            if 0 <= hours <= _DAY // _HOUR and 0 <= minutes < _HOUR and hours % 1 == minutes % 1 == 0:
                # 三点五分 may be three and a half points, too.
                readings = of_day(int(hours), int(minutes)) | {canonical(Decimal(f"{hours}.{minutes}"))}
                both = (one.sure and quantity.sure, one.digits and quantity.digits)
                made[-1] = Quantity(one.start, quantity.end, readings, *both)
                continue
        made.append(quantity)
    return made


def of_day(hour: int, minute: int) -> frozenset[str]:
    """The readings of a time of day: in either half of the day, and at the full hour the number of that."""
    hours = (hour, hour + 12 if hour <= 12 else hour - 12)
    return frozenset({f"{h}:{minute:02}" for h in hours} | ({str(h) for h in hours} if minute == 0 else set()))


@cache
def _halves(language: str) -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """What stands before an hour (with `#`) or after it that says which half of the day it is of."""
    made = {}
    for name, form in data("numbers").get(language, {}).get("day", {}).items():
        before, mark, _ = form.partition("#")
        after = "(?!)" if mark else rf"{_MINUTES}(?:{form})"
        made[name] = re.compile(rf"(?:{before if mark else '(?!)'})\Z", re.I), re.compile(after, re.I)
    return made


def afternoon(text: str, start: int, end: int, hour: int, language: str) -> bool | None:
    """Whether an hour that stands there is of the second half of the day; None where the text does not say, and for 12 and 24."""
    if hour % (_DAY // _HOUR // 2) == 0 or hour > _DAY // _HOUR:
        return None
    if hour > _DAY // _HOUR // 2:
        return True
    before = text[max(0, start - _REACH) : start]
    halves = _halves(language).items()
    said = next((name for name, (left, right) in halves if left.search(before) or right.match(text, end)), None)
    return None if said is None else said == "evening" or (said == "night" and hour >= _NIGHT_FALLS)


def _year(value: Decimal, years: int) -> set[str]:
    """A year of another calendar as one of ours, if it can be one of the last centuries."""
    return {canonical(value + years)} if _YEARS[0] <= value + years <= _YEARS[1] else set()


def _read(value: Decimal, minutes: int) -> set[str]:
    """A time of day in the morning and in the afternoon, and as many parts of one more."""
    made = {format(value + Decimal(minutes) / _HOUR, "f")} if minutes > 0 else set()
    if value <= _DAY // _HOUR and value % 1 == 0:
        for half in (0, _DAY // 2):
            hour, minute = divmod((int(value) * _HOUR + minutes + half) % _DAY, _HOUR)
            made |= {f"{hour}:{minute:02}", *(() if minute else (str(hour), str(hour or 24)))}
    return made
