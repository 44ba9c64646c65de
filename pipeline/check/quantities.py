"""Numbers as they stand in a text, in digits or in words, with every value that each may mean.

Values are canonical strings: `12400`, `3.5`, and `14:30` for a time of day. A number whose reading depends on the language
is read as that language writes it; one that may be a time as well, or whose mark has two meanings in that language, has
both readings. Data: data/numbers.toml, data/languages.toml.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final
from unicodedata import numeric

from pipeline.check.clock import around
from pipeline.check.number_words import Lexicon, lexicon
from pipeline.check.pair import data, words_of
from pipeline.check.romans import romans

# A number in words is at most this many words: "quatre vingt dix sept".
_PHRASE: Final = 4
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_DATE: Final = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d./-]*\d)")
_ISO_DATE: Final = re.compile(r"(?<![\d./-])(\d{4})-(\d\d)-(\d\d)(?![\d./-]*\d)")
_TIME: Final = re.compile(r"(?<![\d.,:])([01]?\d|2[0-4])\s?[:h.]\s?([0-5]\d)(?![\d%]|[.,]\d)")
_OF_THE_DAY: Final = re.compile(r"\s?(?:[ap]\.?m\b|o['’]clock|in the (?:afternoon|evening))", re.I)
_RANGE: Final = re.compile(r"\s?(?:[-–—]|a|o|e|to|or|and|y|u|et|ou|à|bis|und|oder|до|или|и|–)\s?(?:[€$£]\s?)?", re.I)
_PERCENT: Final = re.compile(r"\b(?:per|por|pour|al)\s$", re.I)
_PERCENT_CHARS: Final = 5
# A figure that is a number of thousands or has three decimals, as one takes its mark.
_TWOFOLD: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_SEASON: Final = re.compile(r"(?:18|19|20)\d\d[-/–]$")
# The decimal digits of other scripts, by their noughts (Arabic to Khmer, full width), and Arabic's own marks.
_DIGITS: Final = {ord(zero) + d: str(d) for zero in "٠۰०০੦૦௦౦೦൦๐໐၀០０" for d in range(10)} | str.maketrans("٫٬", ".,")
_FRACTIONS: Final = ("¼", "½", "¾")
# What may be something else than a magnitude: "m" is metres, "조" is an article of a law.
_UNSURE: Final = frozenset("mk조")
# These are parts of many words unless they stand right after a figure or another magnitude.
_ATTACHED: Final = frozenset("mk백천만억조")
# Scripts in which a magnitude is found as it stands, whatever is written onto it.
_UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]")
# "Er kam '89", not 5'10.
_SHORT_YEAR: Final = re.compile(r"(?<!\d)['’]$")
# What may stand between a number and what multiplies it; "200多万" is two million and more.
_TIMES: Final = ("", " ", "\u00a0", "-", ". ", " a ", " de ", "多", "余", "餘")
# "m²" and "CO₂", which lose their small figures on the way: those of "m2" and "CO2" are no numbers.
_NO_NUMBER: Final = re.compile(r"(?<![^\W\d_])(?:[cdhkm]?m[23]|(?:CO|NO|SO|CH|H|O)[234])(?!\d)")
_MONTH: Final = re.compile(r"\s?[月월]")
_HALVES: Final = frozenset(["half", "mezzo", "mezza", "medio", "media", "demi", "meio", "meia", "halbe", "halben"])
# Italian says "diciannovenne" for nineteen years old, "vent'anni" for twenty years, "ventiquattr'ore".
_ELIDED: Final = re.compile(r"(?:ultra)?(\w{3,})(?:enn[ei]|['’]\w+)")


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


def quantities(text: str, language: str, joined: bool = True) -> list[Quantity]:
    """The numbers of a text, in order. What may be one figure or two, "12 345" or "2 mil 500", is one if `joined`, but for
    "12 345" where that is the language's way; in English it is two."""
    text = text.translate(_DIGITS)
    found = [*_dates(text), *_times(text, language == "en")]
    taken = [(q.start, q.end) for q in found] + [m.span() for m in _NO_NUMBER.finditer(text)]
    known = lexicon(language)
    pieces = [*_digits(text, language, taken, joined), *_spelt(text, language), *_written(text, known)]
    found += _combined(text, pieces, known, joined and language != "en")
    # They are not missed, but may account for a number.
    found += [_word(start, end, Decimal(value), False) for start, end, value in romans(text, language)]
    return _clocked(text, _ranged(text, sorted(found, key=lambda q: q.start)), language)


def in_english(reading: str, digits: int, grouped: bool = True) -> str:
    """A reading as English writes it ("1,234.50"), with so many digits at least: zeros behind the point count."""
    whole, _, decimals = reading.partition(".")
    decimals = decimals.ljust(digits - len(whole), "0")
    return (f"{int(whole):,}" if grouped else whole) + (f".{decimals}" if decimals else "")


def canonical(value: Decimal) -> str:
    """A value as its reading: no exponent, no zeros at the end."""
    value = value.normalize()
    return format(value, "f")


def _dates(text: str) -> Iterator[Quantity]:
    """Dates in digits: day and year count, the month may come back as a word."""
    for match in _DATE.finditer(text):
        for group, sure in ((1, True), (3, False), (4, True)):
            value = int(match[group])
            readings = {str(value), f"20{value:02}", f"19{value:02}"} if group == 4 and value < 100 else {str(value)}
            yield Quantity(*match.span(group), frozenset(readings), (sure and value > 12) or group == 4, True)
    for match in _ISO_DATE.finditer(text):
        for group, sure in ((1, True), (2, False), (3, True)):
            yield Quantity(*match.span(group), frozenset({str(int(match[group]))}), sure, True)


def _times(text: str, english: bool) -> Iterator[Quantity]:
    for match in _TIME.finditer(text):
        if english and "." in match[0] and not _OF_THE_DAY.match(text, match.end()):
            continue
        if _DATE.search(text[max(0, match.start() - 6) : match.end() + 6]):
            continue
        hour, minute = int(match[1]), match[2]
        readings = {f"{h}:{minute}" for h in (hour, hour + 12 if hour <= 12 else hour - 12)}
        if minute == "00":
            readings |= {str(hour), str(hour + 12 if hour <= 12 else hour - 12)}
        if ":" not in match[0]:
            readings.add(canonical(Decimal(f"{hour}.{minute}")))
        yield Quantity(*match.span(), frozenset(readings), True, True)


@cache
def _number(language: str, spaces: bool) -> re.Pattern[str]:
    """A figure as the language writes it (`whole`, with `part` or `odd` for decimals), or beyond doubt as others do."""
    grouped = r"\d{1,3}(?:[%s]\d{3})+(?!\d)"
    if _points(language):
        # "1,50,000" is grouped as in India.
        whole, mark, group, point = r"\d{1,2}(?:,\d\d)+,\d{3}(?!\d)|" + grouped % ",\u00a0\u202f", r"\.", r"\.", ","
    elif language in words_of("languages", "spaced"):
        whole, mark, group, point = grouped % " \u00a0\u202f.", ",", ",", r"\."
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


def _points(language: str) -> bool:
    """Whether the language has a decimal point and groups with commas, as English does."""
    return language not in words_of("languages", "spaced") | words_of("languages", "dotted")


def _covered(spans: Iterable[tuple[int, int]]) -> set[int]:
    """The characters of some spans."""
    return {at for start, end in spans for at in range(start, end)}


def _digits(text: str, language: str, taken: list[tuple[int, int]], spaces: bool) -> Iterator[Quantity]:
    covered = _covered(taken)
    for match in _number(language, spaces).finditer(text):
        if not covered.isdisjoint(range(*match.span())):
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


def _spelt(text: str, language: str) -> Iterator[Quantity]:
    """Numbers in words, from 2 on; those that may be another word are not sure."""
    known = lexicon(language)
    tokens = list(_TOKEN.finditer(text))
    skip = 0
    for index, token in enumerate(tokens):
        if index < skip:
            continue
        longest = min(_PHRASE, len(tokens) - index) if token[0].lower() in known.openers else 1
        for length in range(longest, 1, -1):
            last = tokens[index + length - 1]
            phrase = text[token.start() : last.end()].lower().replace("-", " ")
            sure = phrase in known.words
            if sure or phrase in known.unsure:
                skip = index + length
                yield _word(token.start(), last.end(), Decimal((known.words if sure else known.unsure)[phrase]), sure)
                break
        else:
            yield from _single(text, token, known)


def _single(text: str, token: re.Match[str], known: Lexicon) -> Iterator[Quantity]:
    word = token[0].lower()
    start = token.start() + max(word.rfind("'"), word.rfind("’")) + 1
    if elided := _ELIDED.fullmatch(word):
        parts = (known.part(elided[1] + ending) for ending in ("", *"aeio"))
        if years := next(filter(None, parts), None):
            yield _word(token.start(), token.end(), Decimal(years), False)
            return
    form = text[start : token.end()].lower()
    if (value := known.unsure.get(form)) is not None:
        yield _word(start, token.end(), value, False)
    elif (whole := known.value(form)) is not None and not (
        form in known.hundreds and _PERCENT.search(text, max(0, token.start() - _PERCENT_CHARS), token.start())
    ):
        # "l'Ottocento" is the nineteenth century.
        if form in known.hundreds and text[start].isupper() and start > 0:
            readings = frozenset({str(whole), str(whole // 100 + 11)})
            yield Quantity(start, token.end(), readings, False, False)
        else:
            yield _word(start, token.end(), Decimal(whole), True)


def _word(start: int, end: int, value: Decimal, sure: bool) -> Quantity:
    return Quantity(start, end, frozenset({canonical(value)}), sure, False)


def _written(text: str, known: Lexicon) -> Iterator[Quantity]:
    """Numbers in the figures of a script that has its own for each: 二十, 三万."""
    if known.figures:
        signs = "".join(sign for sign in (*known.figures, *known.magnitudes) if len(sign) == 1)
        for match in re.finditer(rf"(?<![\d{signs}])[{signs}]+", text):
            yield _word(*match.span(), Decimal(known.written(match[0])), False)


def _combined(text: str, pieces: list[Quantity], known: Lexicon, figures: bool) -> list[Quantity]:
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
    covered = _covered((q.start, q.end) for q in pieces)
    for match in _magnitudes(tuple(known.magnitudes)).finditer(text):
        word, before = match[0].lower(), text[match.start() - 1 : match.start()]
        if word not in known.magnitudes or match.start() in covered:
            continue
        if word in _ATTACHED and not (before.isdigit() or before in known.magnitudes):
            continue
        yield _word(match.start(), match.end(), known.magnitudes[word], False)


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
    if text[left.start : left.end].lower() in _HALVES:
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


def _ranged(text: str, found: list[Quantity]) -> list[Quantity]:
    """In "2-3 million" the first number may be meant in millions too."""
    made = list(found)
    for index, (left, right) in enumerate(itertools.pairwise(found)):
        if right.magnitude > 1 and left.magnitude == 1 and _RANGE.fullmatch(text[left.end : right.start]):
            more = {canonical(value * right.magnitude) for value in left.values}
            made[index] = replace(left, readings=left.readings | more)
    return made


def _clocked(text: str, found: list[Quantity], language: str) -> list[Quantity]:
    """Times of day in words and what has a half after it; half of anything is 0.5 as well."""
    made = []
    for quantity in found:
        more: set[str] = set()
        if quantity.magnitude == 1:
            more = around(text, quantity.start, quantity.end, quantity.values, language)
            if text[quantity.start : quantity.end].lower() in _HALVES:
                more.add("0.5")
        made.append(replace(quantity, readings=quantity.readings | more) if more else quantity)
    return made
