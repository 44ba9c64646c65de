"""Numbers: every one of the source has to be in the English, whatever its format, and none may come out of nowhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from pipeline.check.clock import afternoon
from pipeline.check.number_words import lexicon
from pipeline.check.pair import Pair, cited
from pipeline.check.quantities import quantities
from pipeline.check.quantity import Quantity, canonical, in_english
from pipeline.records import Flag, Severity, Span

_SPACED: Final = re.compile(r"\d \d{3}")
_CENTURIES: Final = (1800, 1900, 2000)
# Years of the Persian calendar, the Buddhist one, the Chinese republic and the last Japanese eras, counted from Christ.
_CALENDARS: Final = (621, 622, -543, 1911, 1925, 1988, 2018)
_YEARS: Final = (1800, 2100)
_MAGNITUDES: Final = frozenset(Decimal(10) ** power for power in range(2, 13))
# Weeks, years, days, hours for days, months, hours, minutes; 2.5 metres for 250 centimetres, 0.2 points for 2 tenths.
_UNITS: Final = _MAGNITUDES | frozenset(map(Decimal, (7, 10, 12, 24, 60)))
_IMPERIAL: Final = re.compile(
    r"\W{0,2}(?:miles?|mph|feet|foot|ft|yards?|inch(?:es)?|pounds?|lbs?|ounces?|acres?|gallons?|(?:degrees )?F(?:ahrenheit)?)\b"
)
# A figure by itself: no code with a nought before it, no ordinal, no fraction.
_FIGURE: Final = re.compile(r"(?![0٠۰०]\d)\d(?:[\W\d]*\d)?")
_HOURS: Final = 24
_HOUR: Final = re.compile(r"\d{1,2}(?!\d)")
# Words that tell which half of the day English means, wherever they stand.
_DAYTIME: Final = re.compile(
    r"\b(?:[ap]\.?m|mornings?|afternoons?|evenings?|nights?|tonight|overnight|dawn|dusk)\b", re.I
)
# The score of a match or a vote; English puts the greater number first where it says who won or lost.
_SCORE: Final = re.compile(r"(?<![\d.,:/–-])(\d{1,3})(?:\s?[-–]\s?| a | à | to )(\d{1,3})(?![.,:/–-]?\d)")
_RESULT: Final = re.compile(r"\b(?:los[est]\w*|defeat\w*|beat\w*|down|fell|trail\w*|behind|victory|wins?|won)\b", re.I)
_IDIOMATIC: Final = frozenset(map(str, (*range(11), 100, 1000)))
# What words that are not sure to be numbers say of one thing in many ways: once, both, weekly, a dozen, hundreds.
_COMMON: Final = frozenset(map(str, (1, 2, 7, 10, 12, 100)))
# What an English word for a number may come from that is none: a pair, a week, a decade, a dozen, "a hundred reasons".
_EVERYDAY: Final = _IDIOMATIC | {"11", "12"}


def numbers(pair: Pair) -> Iterator[Flag]:
    """Flag numbers that were changed, lost or added."""
    text = quantities(pair.text, "en")
    ways = _sources(pair)
    found = [_unmatched(_in_the_same_unit(source), text) for source in ways]
    missed, new = min(found, key=lambda both: sum(q.sure for q in both[0]) + sum(q.digits for q in both[1]))
    known = lexicon(pair.language)
    lost = [q for q in missed if q.sure]
    added = [q for q in new if q.digits or (known.words and q.sure and _telling(q))]
    if not lost and not added:
        # Ordinals, fractions and Roman numerals, where both sides have one that the other has not.
        lost, new = ([q for q in qs if not q.readings & _COMMON] for qs in (missed, new))
        lost = lost if new else []
    changed = [q for q in new if q.digits or q.sure] if any(q.sure for q in lost) else new
    if lost and changed:
        was, became = (cited(_words(p, qs)) for p, qs in ((pair.source, lost), (pair.text, changed)))
        yield Flag("number-changed", _severity(lost), f"{was} became {became}", _spans(lost), _spans(changed))
    elif lost:
        message = f"{cited(_words(pair.source, lost))} is not in the English"
        yield Flag("number-lost", _severity(lost), message, _spans(lost))
    elif added:
        message = f"{cited(_words(pair.text, added))} is not in the source"
        error = any(q.digits and (known.words or known.figures or not _in_words(q)) for q in added)
        yield Flag("number-added", "error" if error else "warning", message, (), _spans(added))
    yield from _other_half(pair, ways[0], text)
    yield from _turned_round(pair)


def _other_half(pair: Pair, source: list[Quantity], text: list[Quantity]) -> Iterator[Flag]:
    """Flag hours of one half of the day that the English has only in the other, or, in figures, without saying the second."""
    halves = [_half(pair.source, q, pair.language) for q in source]
    hours = [(q, half) for q, half in zip(source, halves, strict=True) if half is not None]
    # An hour that the source has many times is looked for once.
    found = {
        (readings, half): _in_the_other(pair.text, text, readings, half)
        for readings, half in {(q.readings, half) for q, half in hours}
    }
    wrong = [(q, half) for q, half in hours if found[q.readings, half]]
    if wrong:
        said_of = [f"“{pair.source[q.start : q.end]}” is {'after' if half else 'before'} noon" for q, half in wrong[:3]]
        message = f"{', '.join(said_of)}: the English does not say so"
        here = sorted(
            {place for places in found.values() for place in places}, key=lambda place: (place.start, place.end)
        )
        yield Flag("number-changed", "warning", message, _spans([q for q, _ in wrong]), tuple(here))


def _in_the_other(english: str, text: list[Quantity], readings: frozenset[str], half: bool) -> tuple[Span, ...]:
    """Where the English has an hour of the second half of the day, or the first, if it has it only in the other."""
    found = [q for q in text if q.readings & readings]
    said = [_half(english, q, "en") for q in found]
    # "At six" may be the evening; who writes 6 for 18 should say so somewhere.
    bare = half and all(q.digits for q in found) and not _DAYTIME.search(english)
    hours = all(_hour(english, q, "en") for q in found)
    return _spans(found) if hours and half not in said and (bare or None not in said) else ()


def _half(text: str, quantity: Quantity, language: str) -> bool | None:
    """Whether a number is an hour of the second half of the day; None where the text does not say."""
    return afternoon(text, quantity.start, quantity.end, _hour(text, quantity, language), language)


def _hour(text: str, quantity: Quantity, language: str) -> int:
    """The number that an hour is called by: 18 of "18:30", 8 of "half past eight"; 0 where it is no whole number."""
    said = text[quantity.start : quantity.end]
    figure = _HOUR.match(said)
    return int(figure[0]) if figure else lexicon(language).part(said.lower().replace("-", " ")) or 0


def _turned_round(pair: Pair) -> Iterator[Flag]:
    """Flag a score whose two numbers are in the other order, unless the English puts the greater one of a result first."""
    source, text = ([(m, int(m[1]), int(m[2])) for m in _SCORE.finditer(t)] for t in (pair.source, pair.text))
    # The first place of each; those that stand further on are read first.
    there, here = ({(one, other): m for m, one, other in reversed(scores)} for scores in (source, text))
    result = _RESULT.search(pair.text)
    wrong = []
    for was, one, other in source:
        turned = here.get((other, one))
        if turned and (one, other) not in here and (other, one) not in there and not (one < other and result):
            wrong.append((was, turned))
    if wrong:
        message = "; ".join(f"“{was[0]}” became “{now[0]}”" for was, now in wrong[:3])
        places = (tuple(Span(*m.span()) for m in dict.fromkeys(side)) for side in zip(*wrong, strict=True))
        yield Flag("number-changed", "warning", message, *places)


def restored(pair: Pair) -> str | None:
    """The English with the figure of the source put back, where one figure was lost and one came up in its place; None
    where it is not that clear. Times, dates, ordinals, codes ("045") and numbers with a word ("million") are left alone, and
    so is a figure that may be right: in another unit, by another calendar or clock, if the source uses point and comma the
    other way round, writes a year short, or has an unknown word after it."""
    text = quantities(pair.text, "en")
    found = [_unmatched(source, text) for source in _sources(pair)]
    lost, added = [q for q in found[0][0] if q.sure], found[0][1]
    if len(lost) != 1 or not all(len(new) == 1 for _, new in found):
        return None
    was, now = lost[0], added[0]
    seen, shown = pair.source[was.start : was.end], pair.text[now.start : now.end]
    if not all(_plain_figure(q) for q in (was, now)) or not all(map(_FIGURE.fullmatch, (seen, shown))):
        return None
    if _may_be_right(was, now, seen == shown) or _IMPERIAL.match(pair.text, now.end):
        return None
    (value,) = was.readings
    # A year has no comma; a number of four digits that the source groups has one.
    grouped = len(value.partition(".")[0]) > 4 or not seen.isdigit()
    figure = in_english(value, sum(map(str.isdigit, seen)), grouped)
    return pair.text[: now.start] + figure + pair.text[now.end :]


def _sources(pair: Pair) -> list[list[Quantity]]:
    """The numbers of the source; where "12 345" or "2 mil 500" may be one number or two, read in both ways."""
    ways = [quantities(pair.source, pair.language)]
    twofold = _SPACED.search(pair.source) or any(q.magnitude > 1 for q in ways[0])
    if twofold and (apart := quantities(pair.source, pair.language, joined=False)) != ways[0]:
        ways.append(apart)
    return ways


def _may_be_right(was: Quantity, now: Quantity, copied: bool) -> bool:
    """Whether a figure of the English may be what the source means by its own; one that was `copied` is in no other unit."""
    (usual,), (new,) = (map(Decimal, q.readings) for q in (was, now))
    if was.other is not None and _apart(new, was.other) < _apart(new, usual):
        return True
    if _YEARS[0] <= new <= _YEARS[1] and ((usual < 100 and new - usual in _CENTURIES) or new - usual in _CALENDARS):
        return True
    if abs(usual - new) == _HOURS / 2 and max(usual, new) <= _HOURS:
        return True
    # A hundred times as much, a thousand times …: a magnitude in a word that we do not know.
    return not copied and bool(usual and new) and (new / usual in _UNITS - {10} or usual / new in _UNITS)


def _apart(one: Decimal, two: Decimal) -> Decimal:
    return max(one, two) / (min(one, two) or Decimal("1e-9"))


def _plain_figure(quantity: Quantity) -> bool:
    return quantity.digits and quantity.magnitude == 1 and len(quantity.readings) == 1


def _telling(quantity: Quantity) -> bool:
    """Whether a number in words is one that does not come into a translation by itself."""
    return not quantity.readings & _EVERYDAY


def _in_words(quantity: Quantity) -> bool:
    """Whether a figure may well stand for words: numbers below a hundred and round ones are often written out."""
    return any(value < 100 or value % 100 == 0 for value in quantity.values)


def _severity(found: list[Quantity]) -> Severity:
    """A figure is a fact; a small or round number in words may be part of an idiom ("two steps away", "a thousand times")."""
    telling = [q for q in found if q.digits or q.magnitude > 1 or not q.readings & _IDIOMATIC]
    return "error" if any(q.sure for q in telling) else "warning"


def _unmatched(source: list[Quantity], text: list[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """What remains on both sides when each number has been set against one that can mean the same, the sure ones first."""
    left, right = sorted(source, key=lambda q: not q.sure), sorted(text, key=lambda q: not (q.digits or q.sure))
    # By reading, the places in `right` of those that have it, the first one last; taken ones go when they come up.
    places: dict[str, list[int]] = defaultdict(list)
    for at in reversed(range(len(right))):
        for reading in right[at].readings:
            places[reading].append(at)
    free = [True] * len(right)
    lost = []
    for quantity in left:
        first = len(right)
        for reading in quantity.readings & places.keys():
            waiting = places[reading]
            while waiting and not free[waiting[-1]]:
                waiting.pop()
            first = min([first, *waiting[-1:]])
        if first == len(right):
            lost.append(quantity)
        else:
            free[first] = False
    # A number that the English says again, for clearness, is not a new one.
    said = frozenset().union(*(q.readings for q in source)) if source else frozenset()
    again = frozenset().union(*(q.readings for q in text)) if text else frozenset()
    new = [q for q, is_free in zip(right, free, strict=True) if is_free and not q.readings & said]
    return [q for q in lost if not q.readings & again], new


def _in_the_same_unit(found: list[Quantity]) -> list[Quantity]:
    """Numbers that may be meant in a unit named elsewhere: "193,3 miliardi in impegni e 187,6 in pagamenti"."""
    units = {q.magnitude for q in found if q.magnitude > 1}
    return [
        replace(
            q,
            readings=q.readings | {canonical(value * unit) for value in q.values for unit in units},
        )
        if q.magnitude == 1
        else q
        for q in found
    ]


def _words(text: str, found: list[Quantity]) -> list[str]:
    return [text[q.start : q.end] for q in sorted(found, key=lambda q: q.start)]


def _spans(found: list[Quantity]) -> tuple[Span, ...]:
    return tuple(Span(q.start, q.end) for q in sorted(found, key=lambda q: q.start))
