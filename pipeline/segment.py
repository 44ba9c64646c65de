"""Units: the sentences of each paragraph with their languages, and exact offsets into `source`.

The sentences are those of `pipeline.sentences`. One in another language than its paragraph is a unit in that language; one
that quotes in another language is cut around the quotation; long ones are cut at clause boundaries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from pipeline.detect import part_language, reads_as
from pipeline.records import Document, Language, Paragraph, Span, Unit
from pipeline.scripts import UNSPACED
from pipeline.sentences import sentence_spans
from pipeline.settings import Settings

# Part of every record's signature: to be raised with any change to this module, `pipeline.detect`, `pipeline.identify` or
# `pipeline.sentences` that changes a unit.
UNITS_VERSION: Final = 3

# Measured (python -m benchmarks.long_sentences, docs/checks.md): read whole, the bundled model falls from chrF 72 at 40 words
# to 71 at 60, 62 at 80 and 42 at 120; cut at 60 it stays at 72. MarianMT's hard limit is 512 tokens. A sentence above
# MAX_WORDS is cut into clauses of at least MIN_WORDS; scripts that set no spaces count two characters a word.
MAX_WORDS: Final = 60
MIN_WORDS: Final = 8
# What a sentence quotes, with its marks and what closes it: a mark at the end of a word closes, any other opens. The sentence
# may begin or end within the quotation. No more marks open one than eight: the time is linear in a run of them.
_MARK: Final = re.compile('["“”„«»]')
_QUOTED: Final = re.compile(
    r"[{0}]{{1,8}}[^{0}]+(?:(?<=\S)[{0}]+[.,;:!?…)\]]*(?!\w)|$)|\A[^{0}]+(?<=\S)[{0}]+[.,;:!?…)\]]*(?!\w)".format(
        '"“”„«»'
    )
)
# A sentence, or what is beside a quotation, is asked from so many words on whether it reads as the whole does.
MIN_READ_WORDS: Final = 2
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
    """The document with its units, in order; between two of them there is white space or nothing."""
    units = tuple(
        Unit(index, clause, language)
        for index, paragraph in enumerate(document.paragraphs)
        for part, language in parts(document.source, paragraph, document.language or paragraph.language)
        for clause in clauses(document.source, part)
    )
    return replace(document, units=units)


def parts(text: str, paragraph: Paragraph, document: Language) -> Iterator[tuple[Span, str]]:
    """The sentences of a paragraph with their languages; what a sentence quotes in another language is a part of its own."""
    found = list(sentences(text, paragraph.source, paragraph.language.code))
    for sentence in found:
        words = text[sentence.start : sentence.end]
        if paragraph.language.method == "given":
            yield sentence, paragraph.language.code
            continue
        language = part_language(words, paragraph.language) if len(found) > 1 else paragraph.language
        if language.code != document.code and _reads_as(words, document):
            language = document
        for start, end, code in _stretches(words, (paragraph.language, document, language)):
            for part in _trimmed(text, sentence.start + start, sentence.start + end):
                yield part, code


def _stretches(words: str, languages: Sequence[Language]) -> list[tuple[int, int, str]]:
    """Where a sentence changes its language for a quotation: the start, end and language of each stretch.

    `languages` are those that it may be in: its paragraph's, its document's, and its own as a whole.
    """
    quoted = [match.span() for match in _QUOTED.finditer(words)] if _MARK.search(words) else []
    if not quoted:
        return [(0, len(words), languages[-1].code)]
    outside = " ".join(words[end:start] for (_, end), (start, _) in pairwise([(0, 0), *quoted, (len(words), 0)]))
    frame = next((language for language in languages if _reads_as(outside, language)), None)
    frame = frame or part_language(outside, languages[0])
    found = [
        (start, end, code)
        for start, end in quoted
        if (code := part_language(words[start:end], frame).code) != frame.code
    ]
    edges = [0, *(edge for start, end, _ in found for edge in (start, end)), len(words)]
    beside = [(start, end, frame.code) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
    return sorted(found + beside)


def _reads_as(words: str, language: Language) -> bool:
    return len(words.split()) >= MIN_READ_WORDS and reads_as(words, language.code)


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
