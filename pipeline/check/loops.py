"""Repetition: what a decoder that has lost its way does, told from what the source itself repeats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from pipeline.check.pair import Pair, cited, words_of
from pipeline.records import Flag, Span

_TOKEN: Final = re.compile(r"\w+(?:['’-]\w+)*")
# The longest run of words that is looked for as a repetition in a row; loops of real models are far shorter.
MAX_UNIT: Final = 12
# A run of so many words that comes so often, anywhere in one segment, is a loop unless the source repeats itself too.
SCATTERED_UNIT: Final = 4
SCATTERED_TIMES: Final = 3
# Letters in a row that no word has; figures and dots may.
_STAMMER: Final = re.compile(r"([^\W\d_])\1{4,}|([^\W\d_]{2,4})\2{4,}", re.I)


def loops(pair: Pair) -> Iterator[Flag]:
    """Flag runs of words that come again and again ("loop"), and a word or phrase said twice in a row ("repeated")."""
    text, source = _tokens(pair.text), _tokens(pair.source)
    repeated = _in_a_row([word for word, _ in text])
    own = _in_a_row([word for word, _ in source])
    times = max((times for *_, times in repeated), default=1)
    allowed = max((times for *_, times in own), default=1)
    if times > max(2, allowed) or _stammer(pair):
        spans = [Span(text[s][1].start, text[e - 1][1].end) for s, e, n in repeated if n > max(2, allowed)]
        spans += [Span(*m.span()) for m in _STAMMER.finditer(pair.text)]
        message = f"{cited(pair.text[s.start : s.end] for s in spans)} goes round in circles"
        yield Flag("loop", "error", message, (), tuple(spans))
    elif places := _scattered([word for word, _ in text], [word for word, _ in source]):
        spans = [Span(text[at][1].start, text[at + SCATTERED_UNIT - 1][1].end) for at in places]
        phrase = pair.text[spans[0].start : spans[0].end]
        yield Flag("loop", "error", f"“{phrase}” comes {len(places)} times", (), tuple(spans))
    elif times > allowed:
        spans = [Span(text[s][1].start, text[e - 1][1].end) for s, e, _ in repeated]
        message = f"{cited(pair.text[s.start : s.end] for s in spans)} says it twice"
        yield Flag("repeated", "warning", message, (), tuple(spans))


def _tokens(text: str) -> list[tuple[str, Span]]:
    return [(m[0].casefold(), Span(*m.span())) for m in _TOKEN.finditer(text)]


def _in_a_row(words: list[str]) -> list[tuple[int, int, int]]:
    """Runs of words that follow themselves, as (start, end, times); the shortest unit counts, figures alone do not."""
    found: list[tuple[int, int, int]] = []
    at = 0
    while at < len(words):
        step = 1
        for unit in range(1, min(MAX_UNIT, (len(words) - at) // 2) + 1):
            piece, times = words[at : at + unit], 1
            while words[at + unit * times : at + unit * (times + 1)] == piece:
                times += 1
            if times == 1 or all(word.isdigit() for word in piece):
                continue
            if unit == 1 and times == 2 and piece[0] in words_of("languages", "doubled"):
                continue
            found.append((at, at + unit * times, times))
            step = unit * times
            break
        at += step
    return found


def _scattered(text: list[str], source: list[str]) -> list[int]:
    """Where a phrase of the English stands that comes too often; nothing where the source repeats a phrase of two words."""
    counts = Counter(tuple(text[at : at + SCATTERED_UNIT]) for at in range(len(text) - SCATTERED_UNIT + 1))
    if not counts:
        return []
    phrase, times = counts.most_common(1)[0]
    own = Counter(pairwise(source)).most_common(1)
    if times < SCATTERED_TIMES or (own and own[0][1] >= times):
        return []
    return [at for at in range(len(text)) if tuple(text[at : at + SCATTERED_UNIT]) == phrase]


def _stammer(pair: Pair) -> bool:
    return bool(_STAMMER.search(pair.text)) and not _STAMMER.search(pair.source)
