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
_LETTER = re.compile(r"(?:^|[\s(\"«'’-])([^\W\d_가-힣])\.$")  # a Korean syllable is a word: 조사 중.
_WORD_STOP = re.compile(r"[^\W\d_]{4,}\.$|[!?؟。！？]$")
_ASKED = re.compile(r"[?!؟？！][»”\"」]$")
# a.C., l'O.N.U., î.Hr.: one letter with a stop, and written onto it one or two more with theirs. Scripts that have capitals.
_ONE_LETTER = re.compile(r"(?<![^\W_])[^\W\d_]\.$")
_MORE_LETTERS = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿ]{1,2}\.")
_PARTICLE = re.compile(r"[\"'”’»」』][\u3041-\u30ff\uac00-\ud7a3]")  # "이겼다."고, 「勝った。」と: the sentence goes on
_ELIDED = re.compile(r"\s['’][^\W\d_]")  # 's Morgens, 'O sole mio: sentencex takes the apostrophe for a closing mark
_FIRST = re.compile(rf"(?:['’][a-z]\s|[{re.escape(_OPENERS)}])*([^\W_]*\.?)")


@cache
def _words(kind: str, language: str) -> frozenset[str]:
    """The words of that kind in abbreviations.toml; none for a language that isn't there."""
    data = tomllib.loads((resources.files("pipeline") / "abbreviations.toml").read_text(encoding="utf-8"))
    return frozenset(data.get(language, {}).get(kind, ()))


def _abbreviated(kind: str, language: str, text: str) -> bool:
    """Whether a text ends with an abbreviation of that kind: looked for no further back than the longest one reaches."""
    pattern, longest = _abbreviations(kind, language)
    return pattern.search(text, max(0, len(text) - longest)) is not None


@cache
def _abbreviations(kind: str, language: str) -> tuple[re.Pattern[str], int]:
    """One pattern for the words of a language, and its longest match; a single letter keeps its case, the rest don't."""
    words = _words(kind, language)
    forms = []
    for word in sorted(words):
        form = re.sub(r"^\\#", r"(?<=\\d)", re.escape(word)).replace(r"\#", r"\d{1,3}").replace(r"\ ", r"\s")
        forms.append(form if len(word.lstrip("# ")) == 1 else f"(?i:{form})")
    longest = max((len(word) + 2 * word.count("#") for word in words), default=0) + 1
    return re.compile(rf"\b(?:{'|'.join(forms) or '(?!)'})\.$"), longest


def _first(text: str) -> str:
    """The word that a text starts with, after quotation marks and what Dutch elides without a capital ('s Morgens).

    A stop after it belongs to it: the «В.» of «им. В. И. Ленина» isn't the preposition that opens a sentence.
    """
    match = _FIRST.match(text)
    return match[1] if match else ""


def _ends(left: str, right: str, language: str) -> bool:
    """Whether `left` ends with an abbreviation that closes a sentence before `right`, which starts with a capital."""
    return _abbreviated("may_end", language, left) or (
        _abbreviated("ends_before_opener", language, left) and _first(right).lower() in _words("openers", language)
    )


def _initial(text: str) -> bool:
    """Whether a text ends with one capital or one letter of a caseless script: «qual è.» and «O que é.» are words."""
    letter = _LETTER.search(text)
    return letter is not None and not letter[1].islower()


def _joins(left: str, right: str, language: str) -> bool:
    """True when sentencex has cut inside a sentence, between `left` (trimmed) and `right`."""
    tail, head = left[-_REACH:], _first(right[:_REACH])[:1]
    if right[0] in ",;:ºª" + _ENDINGS:
        return True
    if head.islower():  # a text all in lower case keeps its cuts
        return not _first(left[:_REACH])[:1].islower()
    if _ends(tail, right[:_REACH], language):
        return False
    if _LIST_MARK.search(tail) or _initial(tail):
        return True
    if any(_abbreviated(kind, language, tail) for kind in ("never_ends", "ends_before_opener")):
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
        head = _first(right)[:1]
        if not head.isalpha() or head.islower():
            continue
        quote = bisect_right(starts, place) - 1
        if quote >= 0 and place < quotes[quote][1]:
            if _WORD_STOP.search(left) and not _abbreviated("never_ends", language, left):
                yield place
        elif _ends(left, right, language) or _ADDRESS.search(left) or (left.endswith(("…", "...")) and head.isupper()):
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
            if _ELIDED.match(text, after - 2):  # the cut belongs before the apostrophe
                start, after = after - 1, before + len(text[before : after - 1].rstrip())
                joined[-1] = (before, after)
            if (
                _PARTICLE.match(text, after - 1)
                or (
                    after == start
                    and _ONE_LETTER.search(text, max(before, after - 2), after)
                    and _MORE_LETTERS.match(text, start)
                )
                or ("\n\n" not in text[after:start] and _joins(text[before:after], text[start:end], language))
            ):
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
