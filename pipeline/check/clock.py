"""What a number means by the words around it: "half past eight" is 8:30 and 20:30, "tre anni e mezzo" three and a half.

Data: the `clock` and `day` tables and the `tenths` of data/numbers.toml.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from pipeline.check.pair import data

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
def _forms(language: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str], int], ...]:
    """What stands before a number and after it, and how many minutes that adds to its hour."""
    rows = data("numbers").get(language, {}).get("clock", {}).items()
    parts = ((form.partition("#"), minutes) for form, minutes in rows)
    return tuple(
        (re.compile(rf"(?:{before})\Z", re.I), re.compile(rf"(?:{after})", re.I), minutes)
        for (before, _, after), minutes in parts
    )


@cache
def _tenths(language: str) -> re.Pattern[str]:
    words = data("numbers").get(language, {}).get("tenths", "").split()
    return re.compile(rf" (?:{'|'.join(words) or '(?!)'})\b", re.I)


def around(text: str, start: int, end: int, values: list[Decimal], language: str) -> set[str]:
    """The further readings, as `14:30` or `3.5`, of a number in a text, for what stands right before and after it."""
    made: set[str] = set()
    before = text[max(0, start - _REACH) : start]
    for left, right, minutes in _forms(language):
        if left.search(before) and right.match(text, end):
            for value in values:
                made |= _read(value, minutes)
    if _tenths(language).match(text, end):
        made |= {format(value / 10, "f") for value in values}
    return made


@cache
def _halves(language: str) -> dict[str, re.Pattern[str]]:
    table = data("numbers").get(language, {}).get("day", {})
    return {name: re.compile(rf"{_MINUTES}(?:{after})", re.I) for name, after in table.items()}


def afternoon(text: str, end: int, hour: int, language: str) -> bool | None:
    """Whether an hour that ends there is of the second half of the day; None where the text does not say, and for 12 and 24."""
    if hour % (_DAY // _HOUR // 2) == 0 or hour > _DAY // _HOUR:
        return None
    if hour > _DAY // _HOUR // 2:
        return True
    said = next((name for name, after in _halves(language).items() if after.match(text, end)), None)
    return None if said is None else said == "evening" or (said == "night" and hour >= _NIGHT_FALLS)


def _read(value: Decimal, minutes: int) -> set[str]:
    """A time of day in the morning and in the afternoon, and as many parts of one more."""
    made = {format(value + Decimal(minutes) / _HOUR, "f")} if minutes > 0 else set()
    if value <= _DAY // _HOUR and value % 1 == 0:
        for half in (0, _DAY // 2):
            hour, minute = divmod((int(value) * _HOUR + minutes + half) % _DAY, _HOUR)
            made |= {f"{hour}:{minute:02}", *(() if minute else (str(hour), str(hour or 24)))}
    return made
