"""Segments: the sentences of each paragraph, with exact offsets into `source`; long ones cut at clause boundaries.

The sentences are those of `pipeline.sentences`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.records import Document, Span
from pipeline.scripts import UNSPACED
from pipeline.sentences import sentence_spans
from pipeline.settings import Settings

# Measured (python -m benchmarks.long_sentences, docs/checks.md): read whole, the bundled model falls from chrF 63 at 40 words
# to 59 at 60 and 39 at 120; cut at 60 it stays at 65–66. MarianMT's hard limit is 512 tokens. A sentence above MAX_WORDS is
# cut into clauses of at least MIN_WORDS; scripts that set no spaces count two characters a word.
MAX_WORDS: Final = 60
MIN_WORDS: Final = 8
# The characters of scripts that are set without spaces, or, Korean, with few.
_UNSPACED: Final = rf"{UNSPACED}\uac00-\ud7af"
# The colon of 14:30 or of an address and the comma of 3,5 end no clause: those that do have white space or such a character
# after them. Full-width and Arabic marks may stand close, and end a clause unless they stand between two digits.
_CLAUSE_END: Final = rf"[{{}}](?:\s+|(?=[{_UNSPACED}]))|[{{}}](?:\s+|(?=\D)|(?<=\D.))"
AFTER_COLON: Final = re.compile(_CLAUSE_END.format(";:", "；：؛"))
AFTER_COMMA: Final = re.compile(_CLAUSE_END.format(",", "，、،"))
# Where to cut, best first: after a semicolon or colon, after a spaced dash, after a comma, at any space, before a letter of unspaced writing.
_CUTS: Final = (
    AFTER_COLON,
    re.compile(r"\s-\s+"),
    AFTER_COMMA,
    re.compile(r"\s+"),
    re.compile(rf"(?<=[{_UNSPACED}])(?=\w)"),
    re.compile(r"(?<=.)"),
)
_WORDS: Final = re.compile(rf"[{_UNSPACED}]{{1,2}}|[^\s{_UNSPACED}]+")
# No word of a language is this long; a run without spaces beyond it is cut so that no limit of the model is met.
MAX_WORD_CHARS: Final = 40


def segment(document: Document, settings: Settings) -> Document:  # noqa: ARG001 (a stage like the others)
    """The document with the spans of its segments, in order; between two of them there is white space or nothing."""
    segments = tuple(
        clause
        for paragraph in document.paragraphs
        for sentence in sentences(document.source, paragraph.source, paragraph.language.code)
        for clause in clauses(document.source, sentence)
    )
    return replace(document, segments=segments)


def sentences(text: str, within: Span, language: str) -> Iterator[Span]:
    """The spans of the sentences of one paragraph, without the white space around them."""
    for start, end in sentence_spans(text[within.start : within.end], "en" if language == "und" else language):
        yield Span(within.start + start, within.start + end)


def clauses(text: str, sentence: Span) -> Iterator[Span]:
    """The sentence itself, or where it is longer than MAX_WORDS, its clauses."""
    words = text[sentence.start : sentence.end]
    if length(words) <= MAX_WORDS:
        yield sentence
        return
    cut = _best_cut(words)
    for start, end in ((sentence.start, sentence.start + cut), (sentence.start + cut, sentence.end)):
        for part in _trimmed(text, start, end):
            yield from clauses(text, part)


def length(text: str) -> int:
    """The length of a text in words, or in pairs of characters where the script sets no spaces."""
    return sum(1 + len(word) // MAX_WORD_CHARS for word in _WORDS.findall(text))


def _best_cut(words: str) -> int:
    """Where to cut a long sentence: the cut of the best kind that is nearest to its middle."""
    middle = len(words) // 2
    margin = min(middle // 2, MIN_WORDS * 6)
    for pattern in _CUTS:
        places = [m.end() for m in pattern.finditer(words, margin, len(words) - margin)]
        if places:
            return min(places, key=lambda place: abs(place - middle))
    return middle


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    words = text[start:end]
    left = len(words) - len(words.lstrip())
    if stripped := words.strip():
        yield Span(start + left, start + left + len(stripped))
