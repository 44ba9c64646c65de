"""Sentences: sentencex, with what it cuts too early joined and what it leaves joined cut. Data: abbreviations.toml.

`sentence_spans` is the call to use; `refine` is the pure part, free of the library. docs/segmentation.md has the measurement
that chose sentencex and the failures on the tuning half that each rule here mends.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import pairwise

Span = tuple[int, int]
_CLOSERS = "\"'»”’“‘›)]」』）】》〉"
_OPENERS = "\"'«“„‘‚‹([¿¡「『（ \t—–-"
_ENDINGS = ")]」』）】》〉"  # what closes and never opens
_END = ".!?…؟。！？"
_STOP = rf"[{_END}][{re.escape(_CLOSERS)}]*"
_REACH = 80  # characters looked at on each side of a place: keeps the time linear

# sentencex's time is quadratic in the apostrophes and brackets of one call: 200 kB of Italian in one takes 2 s.
_WINDOW = 10_000

# sentencex 1.0.32 panics on a capital, a space that isn't ASCII and a stop ("A\u00a0."); same length, no panic.
_ODD_SPACE = re.compile(r"[^\S\n ]")
_CANDIDATE = re.compile(rf"{_STOP}\s+|[。！？…][{re.escape(_CLOSERS)}]*")
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"|「[^「」]*」")
_LIST_MARK = re.compile(rf"(?:^|\w\w\w[{_END}]\s+|[。！？])\(?(?:\d{{1,3}}|[A-Za-z])[.)]$")
_LIST_ITEM = re.compile(r"\d{1,2}[.)]\s+[^\W\d_]")
_ASIDE = re.compile(rf"[(（][^()（）]*[{_END}][)）]\s*")
_ADDRESS = re.compile(r"(@|www\.|https?:)\S+\.$")
_INITIAL = re.compile(r"(?:^|[\s(\"«-])[^\W\d_a-zа-яіїєґ]\.$")  # one capital, or one letter of a caseless script
_WORD_STOP = re.compile(r"[^\W\d_]{4,}\.$|[!?؟。！？]$")
_ASKED = re.compile(r"[?!؟？！][»”\"」]$")


def _abbreviated(kind: str, language: str, text: str) -> bool:
    """Whether a text ends with an abbreviation of that kind: looked for no further back than the longest one reaches."""
    pattern, longest = _abbreviations(kind, language)
    return pattern.search(text, max(0, len(text) - longest)) is not None


@cache
def _abbreviations(kind: str, language: str) -> tuple[re.Pattern[str], int]:
    """One pattern for the words of a language, and its longest match; a single letter keeps its case, the rest don't."""
    data = tomllib.loads((resources.files("pipeline") / "abbreviations.toml").read_text(encoding="utf-8"))
    words = sorted(data.get(language, {}).get(kind, []), key=len, reverse=True)
    forms = [re.escape(w).replace(r"\#\ ", r"(?<=\d )") for w in words]
    forms += [re.escape(w.capitalize()) for w in words if len(w) == 1]
    longest = len(words[0]) + 1 if words else 0
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms) or '(?!)'})\.$", re.I), longest


def _joins(left: str, right: str, language: str) -> bool:
    """True when sentencex has cut inside a sentence, between `left` (trimmed) and `right`."""
    tail, head = left[-_REACH:], right[:_REACH].lstrip(_OPENERS)[:1]
    if right[0] in ",;:ºª" + _ENDINGS:
        return True
    if head.islower():  # a text all in lower case keeps its cuts
        return not left[:_REACH].lstrip(_OPENERS)[:1].islower()
    if _abbreviated("may_end", language, tail):
        return False
    if _LIST_MARK.search(tail) or _abbreviated("never_ends", language, tail) or _INITIAL.search(tail):
        return True
    if right[:1].isdigit() and _abbreviated("before_number", language, tail):
        return True
    return head.isalpha() and not head.isupper() and bool(_ASKED.search(tail))


def _cuts(text: str, language: str) -> Iterator[int]:
    """Where a sentence starts inside `text`, which sentencex has left whole."""
    if aside := _ASIDE.match(text):
        yield aside.end()
    quotes = [match.span() for match in _QUOTED.finditer(text)]
    starts = [start for start, _ in quotes]
    for match in _CANDIDATE.finditer(text):
        place = match.end()
        left, right = text[max(0, place - _REACH) : place].rstrip(), text[place : place + _REACH]
        if _LIST_ITEM.match(right) and _WORD_STOP.search(left):
            yield place
        head = right.lstrip(_OPENERS)[:1]
        if not head.isalpha() or head.islower():
            continue
        quote = bisect_right(starts, place) - 1
        if quote >= 0 and place < quotes[quote][1]:
            if _WORD_STOP.search(left) and not _abbreviated("never_ends", language, left):
                yield place
        elif (
            _abbreviated("may_end", language, left)
            or _ADDRESS.search(left)
            or (left.endswith(("…", "...")) and head.isupper())
        ):
            yield place


def _trim(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    for start, end in spans:
        piece = text[start:end]
        if kept := piece.strip():
            start += len(piece) - len(piece.lstrip())
            yield start, start + len(kept)


def refine(text: str, spans: Iterable[Span], language: str) -> list[Span]:
    """Spans of `text` corrected for `language` and trimmed of white space; every other character stays covered.

    `spans` are in code points, in order, and cover the text but for white space. Never joins over an empty line.
    """
    joined: list[Span] = []
    for start, end in _trim(text, spans):
        if joined:
            before, after = joined[-1]
            if "\n\n" not in text[after:start] and _joins(text[before:after], text[start:end], language):
                joined[-1] = (before, end)
                continue
        joined.append((start, end))
    pieces: list[Span] = []
    for start, end in joined:
        edges = sorted({start, end, *(start + cut for cut in _cuts(text[start:end], language))})
        pieces += pairwise(edges)
    return list(_trim(text, pieces))


def sentence_spans(text: str, language: str) -> list[Span]:
    """Sentences of one paragraph as trimmed, ordered, non-overlapping spans; only white space is left out.

    `language` is a bare ISO 639-1 code: sentencex takes "it-IT" for an unknown language and uses English rules.
    """
    from sentencex import get_sentence_boundaries

    plain, spans, start = _ODD_SPACE.sub(" ", text), list[Span](), 0
    while start < len(plain):
        end = min(start + _WINDOW, len(plain))
        if end < len(plain):  # cut after a stop if there is one, else after a word
            stop = max(plain.rfind(mark, start, end) + 1 for mark in (". ", "! ", "? ", "。", "\n"))
            end = stop or plain.rfind(" ", start, end) + 1 or end
        for found in get_sentence_boundaries(language, plain[start:end]):
            spans.append((start + found["start_index"], start + found["end_index"]))
        start = end
    return refine(text, spans, language)
