"""What a model's tokeniser has no piece for: what the model is given in its place, how it comes back, and what is lost.

SentencePiece makes an unknown token of such characters, of which a model makes nothing or something else: "20 µg" became
"20g". So the model is given what it can read, and the signs are put back where there is no doubt of their place: the µ of a unit
goes there as "mc", ‰ as "per mille", a bracket without a readable letter as an empty one, and a picture or a bullet at either end not at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from pipeline.records import Flag, Span

_LETTER: Final = r"[^\W\d_]"
# The two characters that Unicode has for it, at the beginning of a unit: µg, µm, µSv.
_MICRO: Final = re.compile(rf"(?<!{_LETTER})([µμ])(?=([A-Za-z]{{1,3}})(?!{_LETTER}))")
_MILLE: Final = re.compile(r"(?<=\d)\s?‰")
# What models were seen to make of "per mille" after a figure; the latter only where the source has no hundredths.
_PER_MILLE: Final = re.compile(r"(?<=\d)\s?(?:per|a|in a) (?:thousand|mille)(?!\w)")
_PER_CENT: Final = re.compile(rf"{_PER_MILLE.pattern}|(?<=\d)\s?(?:%|per ?cent(?!\w))")
_HUNDREDTHS: Final = re.compile(r"%|cent|cien|prozent", re.I)
_BRACKET: Final = re.compile(r"([(\[])([^()\[\]]*)([)\]])")
_EMPTY: Final = re.compile(r"([(\[])\s*([)\]])")
# What may close a sentence behind a picture, and what closes its English.
_CLOSED: Final = re.compile(r"[.!?…,;:\"')\]]*$")
# Marks that English does without.
_NOT_ENGLISH: Final = frozenset("¿¡")
# What stands between two characters of one picture, beside spaces.
_JOINERS: Final = " \u200d\ufe0f"


@dataclass(frozen=True, slots=True)
class Unread:
    """A segment with characters that a model cannot read: these (`runs`, in order), and the text that it is `given` instead.

    `brackets` are those that went as empty ones, and those that are; `head` and `tail` what was left out at either end, with the spaces
    between it and the rest, and `closing` the marks behind the tail, which stay.
    """

    segment: str
    given: str
    runs: tuple[str, ...]
    brackets: tuple[str, ...] = ()
    head: str = ""
    tail: str = ""
    closing: str = ""

    @classmethod
    def of(cls, segment: str, unknown: Sequence[Span]) -> Self:
        """What is to be done about a segment of which the model cannot read some places."""
        places = _joined(segment, unknown)
        runs = tuple(segment[place.start : place.end] for place in places)
        hidden = _hidden(segment, places)
        start, end = _head(segment, places), _tail(segment, places)
        behind = places[-1].end if end < len(segment) else len(segment)
        head, tail, closing = segment[:start], segment[end:behind], segment[behind:]
        bare = [m for m in _BRACKET.finditer(hidden, start, end) if not re.search(r"[^\s\0]", m[2])]
        brackets = bare if any("\0" in m[2] for m in bare) else []
        given, at = "", start
        for bracket in brackets:
            given += _spelt(segment[at : bracket.start()], hidden[at : bracket.start()]) + bracket[1] + bracket[3]
            at = bracket.end()
        given += _spelt(segment[at:end], hidden[at:end]) + closing
        if not any(map(str.isalpha, given)):  # then there is nothing that the model could translate instead
            return cls(segment, segment, runs)
        filled = tuple(segment[m.start() : m.end()] for m in brackets)
        return cls(segment, given, runs, filled, head, tail, closing)

    def restored(self, text: str) -> str:
        """The English of what was given with the signs put back."""
        if not text:
            return text
        if self.brackets and len(self.brackets) == len(_EMPTY.findall(text)):
            fills = iter(self.brackets)
            text = _EMPTY.sub(lambda _: next(fills), text)
        for sign, unit in dict.fromkeys(found.groups() for found in _MICRO.finditer(self.segment)):
            written = rf"(?<!{_LETTER})mc(?={unit}(?!{_LETTER}))"
            if not re.search(written, self.segment):
                text = re.sub(written, sign, text)
        if signs := len(_MILLE.findall(self.segment)):
            written_out = _PER_MILLE if _HUNDREDTHS.search(self.segment) else _PER_CENT
            text = written_out.sub("‰", text, signs)
        end = len(text)
        if self.closing:
            ended = _CLOSED.search(text)
            quoted = text[-1] in "\"')]" and self.segment[: -len(self.tail + self.closing)].endswith(text[-1])
            if not quoted:
                end = end - len(self.closing) if text.endswith(self.closing) else ended.start() if ended else end
        return self.head + text[:end].rstrip() + self.tail + text[end:]


def unread_flags(source: str, text: str, runs: Sequence[str]) -> list[Flag]:
    """Flags for what of a segment the model could not read: what is not in its English, and what was put back there."""
    lost: list[Span] = []
    back: list[Span] = []
    there: list[Span] = []
    for run in dict.fromkeys(runs):
        if all(unicodedata.category(letter)[0] == "N" or letter in _JOINERS for letter in run):
            continue  # ½ may be "half": the check of numbers knows; the 三 of 三菱 is a letter
        places = _places(run, source)
        found = _places(run, text)
        (back if len(found) >= len(places) else lost).extend(places)
        there.extend(found if len(found) >= len(places) else ())
    flags = []
    if lost:
        signs = _cited(source, lost)
        severity = "info" if all(_is_picture(source[place.start : place.end]) for place in lost) else "warning"
        message = f"{signs} is not in the English: the model cannot read it"
        flags.append(Flag("sign-lost", severity, message, _ordered(lost)))  # type: ignore[arg-type]
    if back:
        message = f"{_cited(source, back)} was put back from the source: the model cannot read it"
        flags.append(Flag("sign-restored", "info", message, _ordered(back), _ordered(there)))
    return flags


def _joined(segment: str, unknown: Sequence[Span]) -> list[Span]:
    """The places that English lacks something without, those put together that have but spaces and joiners between them."""
    places: list[Span] = []
    for place in unknown:
        if set(segment[place.start : place.end]) <= _NOT_ENGLISH:
            continue
        if places and not segment[places[-1].end : place.start].strip(_JOINERS):
            place = Span(places.pop().start, place.end)
        places.append(place)
    return places


def _hidden(segment: str, places: Sequence[Span]) -> str:
    """The segment with U+0000 for all that the model cannot read."""
    letters = list(segment)
    for place in places:
        letters[place.start : place.end] = "\0" * (place.end - place.start)
    return "".join(letters)


def _head(segment: str, places: Sequence[Span]) -> int:
    """Where the segment begins that a model is given: behind a picture or bullet, unless that belongs to a figure."""
    if not places or segment[: places[0].start].strip() or not _is_sign(segment[places[0].start : places[0].end]):
        return 0
    rest = segment[places[0].end :].lstrip()
    return 0 if not rest or rest[0].isdigit() else len(segment) - len(rest)


def _tail(segment: str, places: Sequence[Span]) -> int:
    """Where it ends: before a picture, with the spaces before it, unless that belongs to a figure."""
    if not places or not _CLOSED.fullmatch(segment, places[-1].end):
        return len(segment)
    before = segment[: places[-1].start].rstrip()
    sign = _is_sign(segment[places[-1].start : places[-1].end])
    return len(before) if sign and before and not before[-1].isdigit() else len(segment)


def _spelt(text: str, hidden: str) -> str:
    """A stretch with those signs spelt out that stand for a word; `hidden` has U+0000 for what the model cannot read."""
    for pattern, letters in ((_MICRO, "mc"), (_MILLE, " per mille")):
        for match in reversed(list(pattern.finditer(text))):
            if "\0" in hidden[match.start() : match.end()]:
                text, hidden = (t[: match.start()] + letters + t[match.end() :] for t in (text, hidden))
    return text


def _is_sign(run: str) -> bool:
    return all(unicodedata.category(letter)[0] in "SPMC" or letter == " " for letter in run)


def _is_picture(run: str) -> bool:
    return all(unicodedata.category(letter) in ("So", "Sk", "Mn", "Me", "Cf") or letter == " " for letter in run)


def _places(run: str, text: str) -> list[Span]:
    return [Span(*match.span()) for match in re.finditer(re.escape(run), text, re.I)]


def _cited(text: str, places: Sequence[Span]) -> str:
    return ", ".join(dict.fromkeys(f"“{text[place.start : place.end]}”" for place in _ordered(places)))


def _ordered(places: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(sorted(places, key=lambda place: place.start))
