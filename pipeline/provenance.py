"""The record: what became of one document, put together from its stages so that every sum can be checked again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any, Final

from pipeline import __version__
from pipeline.clean import NOTHING
from pipeline.clean.cues import cue_book
from pipeline.clean.repetition import Repetition
from pipeline.clean.unicode import styled
from pipeline.models import TARGET, ModelStore
from pipeline.records import (
    SCHEMA_VERSION,
    Action,
    Coverage,
    Document,
    Duplicate,
    Edit,
    Flag,
    Language,
    Record,
    Segment,
    Span,
    Status,
    Translation,
)
from pipeline.settings import Settings
from pipeline.translate import Hypothesis, decoder_signature
from pipeline.translate.plan import has_letters, request

_WORD: Final = re.compile(r"\w+(?:['’-]\w+)*")
_UNKNOWN: Final = Language("und", 0.0, (), "none")


def signature(settings: Settings, store: ModelStore, languages: Sequence[str], corpus: str = "") -> str:
    """What made a document's output, in one line: the same signature and source give the same bytes.

    `corpus` is the digest of what recurs in the corpus (`Repetition.digest`): it takes part in the cleaning of each document.
    `languages` are those of its segments; of the models only theirs count, so that a new model does not redo the rest.
    """
    parts = [f"monoglot:{__version__}", _text_stages()]
    parts.append(f"clean:{settings.clean}" + ("/keep-sources" if settings.keep_sources else ""))
    if settings.keep:
        parts.append("keep:" + ",".join(sorted(set(settings.keep))))
    if corpus:
        parts.append(f"corpus:{corpus}")
    if settings.language:
        parts.append(f"language:{settings.language}")
    foreign = [code for code in sorted(set(languages)) if code not in (TARGET, "und")]
    if foreign:
        found = {code: store.find(code) for code in foreign}
        parts.append(
            "mt:" + ",".join(model.signature if model else f"{code}-{TARGET}@none" for code, model in found.items())
        )
        if any(found.values()):
            parts.append(decoder_signature(settings))
    return "|".join(parts)


@cache
def _text_stages() -> str:
    """The parts of the signature that the text stages have: library versions and a hash of the rules that are data."""
    libraries = ("ftfy", "trafilatura", "charset-normalizer", "langdetect", "sentencex")
    rules = hashlib.sha256(cue_book().digest.encode())
    for name in ("function_words.toml", "abbreviations.toml"):
        rules.update((resources.files("pipeline") / name).read_bytes())
    return f"rules:{rules.hexdigest()[:8]}|" + "|".join(f"{name}:{version(name)}" for name in libraries)


def wanted(document: Document, store: ModelStore) -> dict[str, list[str]]:
    """What is to be translated of a document: the texts that the models are given, by language."""
    texts: dict[str, list[str]] = {}
    for span, language in _segments(document):
        words = document.source[span.start : span.end]
        if has_letters(words) and store.find(language) is not None:
            texts.setdefault(language, []).append(request(words).given)
    return texts


def assemble(
    document: Document,
    settings: Settings,
    store: ModelStore,
    hypotheses: Mapping[str, Mapping[str, Hypothesis]],
    repetition: Repetition = NOTHING,
) -> Record:
    """The record of a document. `hypotheses` hold, by language, what `wanted` asked for; what they lack is kept as it was."""
    source = document.source
    pieces: list[str] = []
    at = 0  # the length of the pieces
    segments: list[Segment] = []
    paragraph = -1
    for index, (span, code) in zip(_paragraph_indices(document), _segments(document), strict=True):
        words = source[span.start : span.end]
        action, output, translation, flags = _render(words, code, store, hypotheses.get(code, {}))
        if segments:
            same = index == paragraph
            gap = source[segments[-1].source.end : span.start] if same else "\n\n"
            # A script that sets no spaces between sentences gets them with its English.
            separator = " " if same and "translated" in (action, segments[-1].action) else gap
            pieces.append(separator)
            at += len(separator)
        pieces.append(output)
        segments.append(Segment(index, span, Span(at, at + len(output)), code, action, translation, flags))
        at += len(output)
        paragraph = index
    language = document.language or _UNKNOWN
    duplicate = repetition.duplicates.get(document.origin.id)
    languages = sorted({segment.language for segment in segments})
    return Record(
        schema=SCHEMA_VERSION,
        id=document.origin.id,
        status=_status(source, language, segments),
        signature=signature(settings, store, languages, repetition.digest),
        origin=document.origin,
        language=language,
        fields=document.fields,
        source=source,
        text="".join(pieces),
        edits=document.edits,
        paragraphs=document.paragraphs,
        segments=tuple(segments),
        coverage=coverage(source, document.edits, segments),
        duplicate=Duplicate(*duplicate) if duplicate else None,
    )


def coverage(source: str, edits: Sequence[Edit], segments: Sequence[Segment]) -> Coverage:
    """The sums of a record."""
    actions = [segment.action for segment in segments]
    removed, inserted = (
        sum(len(edit.original) for edit in edits),
        sum(len(edit.replacement) for edit in edits),
    )
    return Coverage(
        segments=len(actions),
        translated=actions.count("translated"),
        copied=actions.count("copied"),
        kept=actions.count("kept"),
        raw_characters=len(source) - inserted + removed,
        source_characters=len(source),
        removed_characters=removed,
        inserted_characters=inserted,
    )


def row(record: Record) -> dict[str, Any]:
    """The flat line of `documents.jsonl` for a record."""
    models = sorted({segment.translation.model for segment in record.segments if segment.translation})
    return {
        "id": record.id,
        "path": record.origin.path,
        "status": record.status,
        "language": record.language.code,
        "confidence": record.language.confidence,
        "title": english_title(record),
        "text": record.text,
        "date": record.field("date"),
        "publisher": record.field("publisher"),
        "author": record.field("author"),
        "url": record.field("url"),
        "duplicate_of": record.duplicate.of if record.duplicate else None,
        "similarity": record.duplicate.similarity if record.duplicate else None,
        "words": len(_WORD.findall(record.text)),
        "flags": sum(len(segment.flags) for segment in record.segments),
        "model": ",".join(models) or None,
    }


def english_title(record: Record) -> str | None:
    """The title as it stands in the English text, or as the metadata has it."""
    title = record.field("title")
    if title is None or not record.paragraphs:
        return title
    first = record.paragraphs[0].source
    if record.source[first.start : first.end] != styled(title):
        return title
    spans = [segment.text for segment in record.segments if segment.paragraph == 0]
    return record.text[spans[0].start : spans[-1].end] if spans else title


def to_json(record: Record) -> bytes:
    """A record as its file holds it: canonical, one edit or segment a line, so that a person and `diff` can read it."""
    return _lines(_adapter().dump_python(record, mode="json")).encode("utf-8")


def from_json(data: bytes) -> Record:
    """The record of a file. Raises ValueError where it does not follow the schema."""
    record: Record = _adapter().validate_json(data)
    return record


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a record file, generated from the types."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "monoglot record",
    }
    return schema | {key: value for key, value in _adapter().json_schema().items() if key != "title"}


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Record)


def _lines(value: dict[str, Any]) -> str:
    def dump(item: Any) -> str:
        return json.dumps(item, ensure_ascii=False)

    def member(item: Any) -> str:
        if isinstance(item, list) and item and isinstance(item[0], dict):
            return "[\n  " + ",\n  ".join(map(dump, item)) + "\n ]"
        return dump(item)

    return "{\n " + ",\n ".join(f"{dump(key)}: {member(item)}" for key, item in value.items()) + "\n}\n"


def _paragraph_indices(document: Document) -> list[int]:
    """For each segment the index of its paragraph."""
    indices: list[int] = []
    index = 0
    for span in document.segments:
        while span.start >= document.paragraphs[index].source.end:
            index += 1
        indices.append(index)
    return indices


def _segments(document: Document) -> list[tuple[Span, str]]:
    """The segments of a document with their languages."""
    codes = [paragraph.language.code for paragraph in document.paragraphs]
    return [(span, codes[i]) for span, i in zip(document.segments, _paragraph_indices(document), strict=True)]


def _render(
    words: str, language: str, store: ModelStore, hypotheses: Mapping[str, Hypothesis]
) -> tuple[Action, str, Translation | None, tuple[Flag, ...]]:
    """What stands for a segment in the English text, and why."""
    if language == TARGET or not has_letters(words):
        return "copied", words, None, ()
    if language == "und":
        return (
            "kept",
            words,
            None,
            (Flag("undetermined", "warning", "the language could not be told: left as it was"),),
        )
    model = store.find(language)
    if model is None:
        message = f"no model for {language}→{TARGET}: left as it was; get one with: monoglot models fetch {language}"
        return "kept", words, None, (Flag("no-model", "warning", message),)
    asked = request(words)
    found = hypotheses.get(asked.given)
    if found is None:
        return (
            "kept",
            words,
            None,
            (Flag("too-long", "error", "longer than the model can read: left as it was"),),
        )
    output = " ".join(styled(found.text).split())
    if not has_letters(output):
        return (
            "kept",
            words,
            None,
            (Flag("no-output", "error", "the model gave no words back: left as it was"),),
        )
    given = asked.given if asked.given != words else None
    translation = Translation(model.signature, given, found.text, found.score, found.source_tokens, found.target_tokens)
    return "translated", output, translation, ()


def _status(source: str, language: Language, segments: Sequence[Segment]) -> Status:
    if not has_letters(source):
        return "empty"
    if language.code == TARGET:
        return "english"
    return "translated" if any(segment.action == "translated" for segment in segments) else "untranslated"
