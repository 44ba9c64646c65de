"""The number words of a language, and the value of a number that is written as one word. Data: data/numbers.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final, Literal

from pipeline.check.pair import data

# Magnitudes that multiply all that stands before them: 二十三万.
_LARGE: Final = 10_000
# Behind these there are no decimals: 三点五分 is five past three, 三点一刻 a quarter past.
_OF_AN_HOUR: Final = "分刻"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The number words of a language."""

    words: dict[str, int]
    hundreds: dict[str, int]
    thousands: dict[str, int]
    magnitudes: dict[str, Decimal]
    figures: dict[str, int]
    unsure: dict[str, Decimal]
    joins: str
    half: str
    fused: bool
    openers: frozenset[str]  # the first words of numbers of several
    run: re.Pattern[str] | None  # a number in `figures`, and what it may have of decimals (`part`, times `by`)

    def value(self, word: str) -> int | None:
        """The value of a word from 2 on, or of a number written as one word ("centoventi"); None for other words."""
        if (known := self.words.get(word) or self.hundreds.get(word) or self.thousands.get(word)) is not None:
            return known
        return self._fused(word) if self.fused else None

    def written(self, run: str) -> int:
        """The value of figures and magnitudes in a row: 三万五千, 二〇二三."""
        total = part = last = 0
        for sign in run:
            if (worth := int(self.magnitudes.get(sign, 0))) >= _LARGE:
                total, part, last = (total + part + last or 1) * worth, 0, 0
            elif worth:
                part, last = part + (last or 1) * worth, 0
            else:
                last = last * 10 + self.figures[sign]
        return total + part + last

    def _fused(self, word: str) -> int | None:
        for stem, worth in self.thousands.items():
            left, found, right = word.partition(stem)
            if found:
                return self._sum(left and self.part(left), worth, right)
        for stem in sorted(self.hundreds, key=len, reverse=True):
            left, found, right = word.partition(stem)
            # "neunzehnhundert" is nineteen hundred; nothing stands before "zweihundert".
            if found and (not left or self.hundreds[stem] == 100):
                return self._sum(left and self.words.get(left), self.hundreds[stem], right)
        return None

    def _sum(self, many: int | Literal[""] | None, worth: int, right: str) -> int | None:
        """So many times `worth` and what stands to the right of it; None where either is no number, or that is too much."""
        forms = (right, right.removeprefix("und"), right.removeprefix("e"))
        rest = next((value for form in forms if (value := self.part(form)) is not None), None) if right else 0
        return None if many is None or rest is None or rest >= worth else (many or 1) * worth + rest

    def part(self, word: str) -> int | None:
        """The value of a part of such a word: "sei" is "you are" by itself, in "seimila" it is six beyond doubt."""
        unsure = self.unsure.get(word)
        return self.value(word) if unsure is None or unsure % 1 else int(unsure)


@cache
def lexicon(language: str) -> Lexicon:
    """The number words of a language; empty where the data has none."""
    entry = data("numbers").get(language, {})

    def table(*names: str) -> dict[str, Decimal]:
        items = (item.rpartition("=") for name in names for item in entry.get(name, "").split())
        return {re.sub("[_-]", " ", word): Decimal(value) for word, _, value in items}

    def whole(name: str) -> dict[str, int]:
        return {word: int(value) for word, value in table(name).items()}

    words, unsure = whole("words"), table("ordinals", "unsure")
    figures, magnitudes = whole("figures"), table("magnitudes")
    return Lexicon(
        words,
        whole("hundreds"),
        whole("thousands"),
        magnitudes,
        figures,
        unsure,
        entry.get("and", ""),
        entry.get("half", ""),
        entry.get("fused", False),
        frozenset(word.partition(" ")[0] for word in (*words, *unsure) if " " in word),
        _run(figures, magnitudes, entry["point"]) if figures else None,
    )


def _run(figures: dict[str, int], magnitudes: dict[str, Decimal], point: str) -> re.Pattern[str]:
    """A number in the figures of a script that has its own for each."""
    large = "".join(sign for sign, worth in magnitudes.items() if len(sign) == 1 and worth >= _LARGE)
    signs = "".join({*figures, *(sign for sign in magnitudes if len(sign) == 1)})
    decimals = rf"[{point}](?P<part>[{''.join(figures)}]+)(?P<by>[{large}]?)(?![{signs}{_OF_AN_HOUR}])"
    return re.compile(rf"(?<![\d{signs}])([{signs}]+)(?:{decimals})?")
