"""A number of a text: its place, and every value that it may mean, as canonical strings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: its place, what it may mean, whether a translation must have it (`sure`), and its form.

    `other` is what its digits mean to those who use point and comma the other way round, where that cannot be ruled out.
    """

    start: int
    end: int
    readings: frozenset[str]
    sure: bool
    digits: bool
    magnitude: Decimal = Decimal(1)
    other: Decimal | None = None

    @property
    def values(self) -> list[Decimal]:
        """What it may mean, times of day left out."""
        return [Decimal(r) for r in self.readings if ":" not in r]


def in_words(start: int, end: int, value: Decimal, sure: bool) -> Quantity:
    """A number that is written in words."""
    return Quantity(start, end, frozenset({canonical(value)}), sure, False)


def covered(spans: Iterable[tuple[int, int]]) -> set[int]:
    """The characters of some spans."""
    return {at for start, end in spans for at in range(start, end)}


def canonical(value: Decimal) -> str:
    """A value as its reading: no exponent, no zeros at the end."""
    value = value.normalize()
    return format(value, "f")


def in_english(reading: str, digits: int, grouped: bool = True) -> str:
    """A reading as English writes it ("1,234.50"), with so many digits at least: zeros behind the point count."""
    whole, _, decimals = reading.partition(".")
    decimals = decimals.ljust(digits - len(whole), "0")
    return (f"{int(whole):,}" if grouped else whole) + (f".{decimals}" if decimals else "")
