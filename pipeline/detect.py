"""The language of a document and of its paragraphs: langdetect, seeded, with the document as prior.

langdetect is a naive Bayes classifier over character n-grams (Nakatani Shuyo, 2010) that draws random numbers; its own
instance here has the seed 0, so that the same text has the same answer. Long documents are sampled at fixed places. A
paragraph keeps its document's language unless it is long enough to say otherwise and clearly does.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any, Final

from pipeline.clean.blocks import blocks
from pipeline.records import Candidate, Document, Language, Paragraph
from pipeline.settings import Settings

UNDETERMINED: Final = "und"
# Below this probability a document is `und`: langdetect is near 1 on anything longer than a sentence that it knows.
MIN_CONFIDENCE: Final = 0.80
# A paragraph must be surer than this, and have this many words, to differ from its document.
MIN_PARAGRAPH_CONFIDENCE: Final = 0.95
MIN_PARAGRAPH_WORDS: Final = 6
# The prior probability that a paragraph is in its document's language.
DOCUMENT_PRIOR: Final = 0.9
# Share of function words from which a paragraph is in its document's language without asking further. English news has
# 0.35 to 0.5, and no pair of the listed languages shares as much.
FUNCTION_WORD_SHARE: Final = 0.22
# A long document is judged by its beginning, middle and end; langdetect's answer is stable from a few hundred characters.
SAMPLE_CHARS: Final = 500

_WORD: Final = re.compile(r"[^\W\d_]+")
_WRITTEN_ALIKE: Final = {"zh-cn": "zh", "zh-tw": "zh"}


@cache
def _factory() -> Any:
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.seed = 0
    return factory


@cache
def _function_words() -> dict[str, frozenset[str]]:
    table = tomllib.loads((resources.files("pipeline") / "function_words.toml").read_text(encoding="utf-8"))
    return {code: frozenset(words.split()) for code, words in table.items()}


def classify(text: str, prior: str | None = None) -> Language:
    """The language of a text, with the alternatives; `prior` is the language of the document that it stands in."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    # Capitals are what acronyms and headlines are made of; the profiles were learnt from running text.
    detector.append(text.lower() if text.isupper() else text)
    if prior is not None:
        languages = _factory().get_lang_list()
        others = (1 - DOCUMENT_PRIOR) / max(1, len(languages) - 1)
        detector.set_prior_map({code: DOCUMENT_PRIOR if _code(code) == prior else others for code in languages})
    try:
        found = detector.get_probabilities()
    except LangDetectException:  # no letters of any known script
        return Language(UNDETERMINED, 0.0, (), "none")
    candidates = tuple(Candidate(_code(item.lang), round(item.prob, 4)) for item in found)
    return (
        Language(candidates[0].code, candidates[0].confidence, candidates[1:4], "langdetect")
        if candidates
        else Language(UNDETERMINED, 0.0, (), "none")
    )


def detect(document: Document, settings: Settings) -> Document:
    """The document with its language and its paragraphs, each with its own."""
    source = document.source
    if settings.language is not None:
        language = Language(settings.language, 1.0, (), "given")
    else:
        language = classify(sample(source))
        if language.confidence < MIN_CONFIDENCE:
            undecided = (Candidate(language.code, language.confidence), *language.alternatives)
            language = Language(
                UNDETERMINED, language.confidence, undecided if language.confidence else (), language.method
            )
    paragraphs = tuple(
        Paragraph(block.span, block.kind, paragraph_language(block.text, language)) for block in blocks(source)
    )
    return replace(document, language=language, paragraphs=paragraphs)


def paragraph_language(text: str, document: Language) -> Language:
    """The language of a paragraph of a document."""
    inherited = Language(document.code, document.confidence, (), "given" if document.method == "given" else "inherited")
    if document.method == "given":
        return inherited
    words = _WORD.findall(text.casefold())
    if (len(words) < MIN_PARAGRAPH_WORDS and " " in text) or not words:
        return inherited
    if function_word_share(words, document.code) >= FUNCTION_WORD_SHARE:
        return inherited
    found = classify(sample(text), document.code)
    if found.code != document.code and found.confidence < MIN_PARAGRAPH_CONFIDENCE:
        return inherited
    return found


def function_word_share(words: Sequence[str], code: str) -> float:
    """The share of `words` (case-folded) that are function words of a language; 0 for a language without a list."""
    known = _function_words().get(code, frozenset())
    return sum(word in known for word in words) / max(1, len(words))


def sample(text: str) -> str:
    """The text, or where it is long, its beginning, middle and end: always the same characters."""
    if len(text) <= 3 * SAMPLE_CHARS:
        return text
    middle = (len(text) - SAMPLE_CHARS) // 2
    return "\n".join((text[:SAMPLE_CHARS], text[middle : middle + SAMPLE_CHARS], text[-SAMPLE_CHARS:]))


def _code(tag: str) -> str:
    return _WRITTEN_ALIKE.get(tag, tag)
