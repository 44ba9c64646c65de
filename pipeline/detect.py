"""The language of a document and of its parts, with the whole as prior: paragraphs here, their sentences in `pipeline.segment`.

A part keeps the language of the whole unless it is long enough to say otherwise, both classifiers name the same other
language, and its confidence is high: translating what is English already does more harm than leaving a quotation.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from pipeline.clean.blocks import blocks
from pipeline.identify import (
    FIRST_CHARS,
    SECOND_CHARS,
    UNDETERMINED,
    WORD,
    best_second_opinion,
    first_opinion,
    folded,
    function_word_shares,
    identify,
    profiled,
    sample,
)
from pipeline.records import Candidate, Document, Language, Paragraph
from pipeline.scripts import UNSPACED
from pipeline.settings import Settings

# Below this confidence a document is `und`. Confidences are calibrated, so a fifth of the texts at this very value are
# wrong; of all texts of five words above it 99 in 100 are right (docs/language.md).
MIN_CONFIDENCE: Final = 0.80
# A part must be surer than this, and have this many words, to differ from the whole.
MIN_PART_CONFIDENCE: Final = 0.95
MIN_PART_WORDS: Final = 6
# Share of function words from which a part is in the language of the whole, if it has fewer of any other's.
FUNCTION_WORD_SHARE: Final = 0.22

# So many words of so few letters are part of a name that they stand in.
MAX_PARTICLES: Final = 2
MAX_PARTICLE_CHARS: Final = 3

# What may stand before the first letter of a word: quotation marks, brackets, an elided article (l'Italia, d’Alba).
_BEFORE_WORD: Final = re.compile(r"(?:[^\w\s]*\w{1,2}[’'])?[^\w\s]*")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")


def detect(document: Document, settings: Settings) -> Document:
    """The document with its language and its paragraphs, each with its own."""
    source = document.source
    said = settings.language_of(document.origin.path)
    language = Language(said, 1.0, (), "given") if said else document_language(source)
    paragraphs = tuple(
        Paragraph(block.span, block.kind, part_language(block.text, language)) for block in blocks(source)
    )
    return replace(document, language=language, paragraphs=paragraphs)


def document_language(text: str) -> Language:
    """The language of a whole text; `und` below MIN_CONFIDENCE, with what it may be as the alternatives."""
    language = identify(text)
    if language.confidence >= MIN_CONFIDENCE or language.code == UNDETERMINED:
        return language
    undecided = (Candidate(language.code, language.confidence), *language.alternatives)
    return Language(UNDETERMINED, language.confidence, undecided, language.method)


def part_language(text: str, whole: Language) -> Language:
    """The language of a paragraph of a document, or of a sentence of a paragraph; `whole` is that of what it stands in."""
    inherited = Language(whole.code, whole.confidence, (), "given" if whole.method == "given" else "inherited")
    if whole.method == "given":
        return inherited
    text = folded(text)
    if reads_as(text, whole.code) or not _may_differ(text := without_names(text), whole.code):
        return inherited
    found = identify(text, whole.code)
    if found.code == whole.code or found.confidence < MIN_PART_CONFIDENCE:
        return inherited
    return found


def without_names(text: str) -> str:
    """The text without its names: a paragraph full of foreign ones is not a foreign paragraph.

    Capitalised words go, and up to two short ones between two of them (of the, de la, van der).

        >>> without_names("The Comte de la Rochebrune bought a boat from Société des Voiles du Midi.")
        'bought a boat from'
    """
    words = text.split()
    # Most words begin with a letter and hold no apostrophe: nothing stands before them.
    names = [
        (word[0] if word.isalpha() else word[_BEFORE_WORD.match(word).end() :][:1]).isupper()  # type: ignore[union-attr]
        for word in words
    ]
    last = -MAX_PARTICLES - 2
    for i, is_name in enumerate(names.copy()):
        if not is_name:
            continue
        if i - last <= MAX_PARTICLES + 1 and all(len(word) <= MAX_PARTICLE_CHARS for word in words[last + 1 : i]):
            names[last:i] = [True] * (i - last)
        last = i
    return " ".join(word for word, is_name in zip(words, names, strict=True) if not is_name)


def reads_as(text: str, language: str) -> bool:
    """Whether the function words of a text are those of a language: so many of all its words, and more than of any other."""
    shares = function_word_shares(WORD.findall(sample(text, SECOND_CHARS).casefold()))
    own = shares.pop(language, 0.0)
    return own >= FUNCTION_WORD_SHARE and own > max(shares.values(), default=0.0)


def _may_differ(text: str, whole: str) -> bool:
    """Whether both classifiers name the same language, and it is not that of the whole."""
    longer = sample(text, SECOND_CHARS)
    words = len(WORD.findall(longer)) + len(_UNSPACED.findall(longer)) // 2
    if words < MIN_PART_WORDS or reads_as(text, whole):
        return False
    # The second opinion is asked first: it costs a twentieth, and mostly it is that of the whole.
    second = best_second_opinion(longer) or whole
    if second == whole:
        return False
    first = next(iter(first_opinion(sample(text, FIRST_CHARS))), whole)
    # langdetect has no profile of some languages (Galician): there it can only say that it isn't that of the whole.
    return first == second or (first != whole and second not in profiled())
