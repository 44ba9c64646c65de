"""The record: what became of one document, put together from its stages so that every sum can be checked again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from pipeline.clean.repetition import NOTHING, Bearing
from pipeline.clean.unicode import styled
from pipeline.models import TARGET, ModelStore
from pipeline.records import (
    SCHEMA_VERSION,
    Coverage,
    Document,
    Edit,
    Flag,
    Language,
    Record,
    Segment,
    Span,
    Status,
)
from pipeline.rendering import fit, render
from pipeline.risk import risk
from pipeline.settings import Settings
from pipeline.signature import signature
from pipeline.translate import Hypothesis
from pipeline.translate.given import has_letters, request, translatable

_WORD: Final = re.compile(r"\w+(?:['’-]\w+)*")
_UNKNOWN: Final = Language("und", 0.0, (), "none")
# By language: segments as they stand in documents, and people's English for them.
Corrections = Mapping[str, Mapping[str, str]]
# By language: what the models were given, and what they made of it.
Hypotheses = Mapping[str, Mapping[str, Hypothesis]]
_NONE: Final[Corrections] = MappingProxyType({})


def drops(settings: Settings, bearing: Bearing) -> bool:
    """Whether a document is left out of the text, because it nearly repeats an earlier one."""
    return settings.drop_duplicates and bearing.duplicate is not None


def wanted(document: Document, store: ModelStore, corrections: Corrections = _NONE) -> dict[str, list[str]]:
    """What is to be translated of a document: the texts that the models are given, by language."""
    texts: dict[str, list[str]] = {}
    for words, language in words_of(document):
        if translatable(words) and words not in corrections.get(language, {}) and store.way(language) is not None:
            texts.setdefault(language, []).append(request(words, language, document.source).given)
    return texts


def words_of(document: Document | Record) -> Iterator[tuple[str, str]]:
    """The segments of a document as they stand in its source, each with its language."""
    for part in document.units if isinstance(document, Document) else document.segments:
        yield document.source[part.source.start : part.source.end], part.language


def corrections_of(document: Document, corrections: Corrections) -> Corrections:
    """Those of some corrections that a document has a segment for."""
    found: dict[str, dict[str, str]] = {}
    for words, language in words_of(document):
        if words in corrections.get(language, {}):
            found.setdefault(language, {})[words] = corrections[language][words]
    return found


def corrected(document: Document | Record, corrections: Corrections) -> str:
    """The fingerprint of those corrections that a document has a segment for; empty if there are none."""
    found = {
        (language, words, corrections[language][words])
        for words, language in words_of(document)
        if words in corrections.get(language, {})
    }
    return hashlib.sha256(json.dumps(sorted(found)).encode()).hexdigest()[:12] if found else ""


def assemble(
    document: Document,
    settings: Settings,
    store: ModelStore,
    hypotheses: Hypotheses,
    corrections: Corrections = _NONE,
    bearing: Bearing = NOTHING,
) -> Record:
    """The record of a document. `hypotheses` hold, by language, what `wanted` asked for; what they lack is kept as it was.
    Where people's `corrections` have a segment, theirs stands, whatever a model says. `bearing` is what `clean` was given;
    a document that is dropped comes without segments, and has no text."""
    source = document.source
    rendered = [
        render(words, source, code, settings, store, hypotheses.get(code, {}), corrections.get(code, {}))
        for words, code in words_of(document)
    ]
    separators = fit(source, document.units, rendered)
    pieces: list[str] = []
    at = 0  # the length of the pieces
    segments: list[Segment] = []
    for unit, separator, made in zip(document.units, separators, rendered, strict=True):
        pieces += (separator, made.english)
        at += len(separator)
        segments.append(
            Segment(
                unit.paragraph,
                unit.source,
                Span(at, at + len(made.english)),
                unit.language,
                made.action,
                made.translation,
                tuple(_moved(flag, unit.source.start, at) for flag in made.flags),
                risk(made.action, made.translation.score if made.translation else None, made.flags),
            )
        )
        at += len(made.english)
    language = document.language or _UNKNOWN
    dropped = drops(settings, bearing)
    languages = sorted({segment.language for segment in segments})
    return Record(
        schema=SCHEMA_VERSION,
        id=document.origin.id,
        status="duplicate" if dropped else _status(source, language, segments),
        signature=signature(
            settings,
            store,
            languages,
            corrected(document, corrections),
            bearing.digest,
            dropped,
            settings.language_of(document.origin.path),
        ),
        origin=document.origin,
        language=language,
        fields=document.fields,
        source=source,
        text="".join(pieces),
        edits=document.edits,
        paragraphs=document.paragraphs,
        segments=tuple(segments),
        coverage=coverage(source, document.edits, segments),
        duplicate=bearing.duplicate,
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
        "kept": record.coverage.kept,
        "model": ",".join(models) or None,
    }


def english_title(record: Record) -> str | None:
    """The title as it stands in the English text, or as the metadata has it."""
    title = record.field("title")
    if title is None:
        return None
    for index, paragraph in enumerate(record.paragraphs[:3] if record.segments else ()):  # a kicker may stand above it
        if record.source[paragraph.source.start : paragraph.source.end] == styled(title):
            spans = [segment.text for segment in record.segments if segment.paragraph == index]
            return record.text[spans[0].start : spans[-1].end]
    return styled(title)


def to_json(record: Record) -> bytes:
    """A record as its file holds it: canonical, one edit or segment a line, so that a person and `diff` can read it."""
    return _lines(_adapter().dump_python(record, mode="json")).encode("utf-8")


def from_json(data: bytes) -> Record:
    """The record of a file. Raises ValueError where it does not follow the schema."""
    record: Record = _adapter().validate_json(data)
    return record


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a record file, generated from the types: what stands in it and no other member."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "monoglot record",
    }
    schema |= {key: value for key, value in _adapter().json_schema().items() if key != "title"}
    for described in (schema, *schema["$defs"].values()):
        described["additionalProperties"] = False
    return schema


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Record)


def _lines(value: dict[str, Any]) -> str:
    dump = json.JSONEncoder(ensure_ascii=False).encode

    def member(item: Any) -> str:
        if isinstance(item, list) and item and isinstance(item[0], dict):
            return "[\n  " + ",\n  ".join(map(dump, item)) + "\n ]"
        return dump(item)

    return "{\n " + ",\n ".join(f"{dump(key)}: {member(item)}" for key, item in value.items()) + "\n}\n"


def _moved(flag: Flag, source: int, text: int) -> Flag:
    """A flag of a segment with its spans in the coordinates of the record."""
    return replace(
        flag,
        source=tuple(Span(span.start + source, span.end + source) for span in flag.source),
        text=tuple(Span(span.start + text, span.end + text) for span in flag.text),
    )


def _status(source: str, language: Language, segments: Sequence[Segment]) -> Status:
    if not has_letters(source):
        return "empty"
    if language.code == TARGET:
        return "english"
    return "translated" if any(segment.action == "translated" for segment in segments) else "untranslated"
