"""Segments: the sentences of each paragraph, with exact offsets into `source`; long ones cut at clause boundaries.

The sentences are those of `pipeline.sentences`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pipeline.records import Document, Span
from pipeline.sentences import sentence_spans
from pipeline.settings import Settings

# Measured (python -m benchmarks.long_sentences, docs/checks.md): read whole, the bundled model falls from chrF 63 at 40 words
# to 59 at 60 and 39 at 120; cut at 60 it stays at 65–66. MarianMT's hard limit is 512 tokens. A sentence above MAX_WORDS is
# cut into clauses of at least MIN_WORDS; scripts that set no spaces count two characters a word.
MAX_WORDS: Final = 60
MIN_WORDS: Final = 8
# Where to cut, best first: after a semicolon or colon, after a spaced dash, after a comma, and last, at any space.
_CUTS: Final = tuple(re.compile(p) for p in (r"[;:；：؛]\s*", r"\s-\s+", r"[,，、،]\s*", r"\s+", r"(?<=.)"))
_WORDS: Final = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]{1,2}|[^\s\u2e80-\u9fff\uac00-\ud7af]+")
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
