"""The record: what became of one document, put together from its stages so that every sum can be checked again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from pipeline.check import UNUSABLE, check
from pipeline.clean.repetition import NOTHING, Bearing
from pipeline.clean.unicode import styled, tidy
from pipeline.figures import written_english
from pipeline.glossary import apply_glossary, variants
from pipeline.models import TARGET, ModelStore
from pipeline.records import (
    SCHEMA_VERSION,
    Action,
    Attempt,
    Coverage,
    Document,
    Edit,
    Flag,
    Language,
    Record,
    Segment,
    Span,
    Status,
    Translation,
    Unit,
)
from pipeline.risk import risk
from pipeline.settings import Settings
from pipeline.signature import signature
from pipeline.translate import Hypothesis
from pipeline.translate.given import has_letters, request, translatable
from pipeline.translate.joins import Part, seam
from pipeline.translate.unread import unread_flags

_WORD: Final = re.compile(r"\w+(?:['’-]\w+)*")
_UNKNOWN: Final = Language("und", 0.0, (), "none")
# What stands for the model where a person translated.
HUMAN: Final = "human"
# By language: segments as they stand in documents, and people's English for them.
Corrections = Mapping[str, Mapping[str, str]]
_NONE: Final[Corrections] = MappingProxyType({})
# What stands for a segment: how it came about, the English, its translation, and flags with spans within the segment.
_Rendered = tuple[Action, str, Translation | None, tuple[Flag, ...]]
# By the restorers of `pipeline.translate.restore`: what the reader is told.
_RESTORED: Final = {
    "address": Flag("address-restored", "info", "the model had an address wrong: it was put back from the source"),
    "figure": Flag("number-restored", "warning", "the model had a figure wrong: it was put back from the source"),
}


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
    hypotheses: Mapping[str, Mapping[str, Hypothesis]],
    corrections: Corrections = _NONE,
    bearing: Bearing = NOTHING,
) -> Record:
    """The record of a document. `hypotheses` hold, by language, what `wanted` asked for; what they lack is kept as it was.
    Where people's `corrections` have a segment, theirs stands, whatever a model says. `bearing` is what `clean` was given;
    a document that is dropped comes without segments, and has no text."""
    source = document.source
    rendered = [
        _render(words, source, code, settings, store, hypotheses.get(code, {}), corrections.get(code, {}))
        for words, code in words_of(document)
    ]
    separators = _join(source, document.units, rendered)
    pieces: list[str] = []
    at = 0  # the length of the pieces
    segments: list[Segment] = []
    for unit, separator, (action, output, translation, flags) in zip(document.units, separators, rendered, strict=True):
        pieces += (separator, output)
        at += len(separator)
        segments.append(
            Segment(
                unit.paragraph,
                unit.source,
                Span(at, at + len(output)),
                unit.language,
                action,
                translation,
                tuple(_moved(flag, unit.source.start, at) for flag in flags),
                risk(action, translation.score if translation else None, flags),
            )
        )
        at += len(output)
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
    dump = json.JSONEncoder(ensure_ascii=False).encode

    def member(item: Any) -> str:
        if isinstance(item, list) and item and isinstance(item[0], dict):
            return "[\n  " + ",\n  ".join(map(dump, item)) + "\n ]"
        return dump(item)

    return "{\n " + ",\n ".join(f"{dump(key)}: {member(item)}" for key, item in value.items()) + "\n}\n"


def _join(source: str, units: Sequence[Unit], rendered: list[_Rendered]) -> list[str]:
    """What stands before each segment in the text; neighbours in one sentence are fitted to one another in `rendered`."""
    separators = [""] * min(1, len(units))
    for index, (one, two) in enumerate(pairwise(units)):
        if one.paragraph != two.paragraph:
            separators.append("\n\n")
            continue
        left, right = (_part(source, unit, made) for unit, made in ((one, rendered[index]), (two, rendered[index + 1])))
        before, gap, after = seam(left, right, source[one.source.end : two.source.start])
        rendered[index : index + 2] = _fitted(rendered[index], before), _fitted(rendered[index + 1], after)
        separators.append(gap)
    return separators


def _part(source: str, unit: Unit, rendered: _Rendered) -> Part:
    action, output, translation, _ = rendered
    made = action == "translated" and translation is not None and translation.model != HUMAN
    return Part(source[unit.source.start : unit.source.end], output, made)


def _fitted(rendered: _Rendered, english: str) -> _Rendered:
    """A segment with its English as it is in its sentence, which the record tells of."""
    action, output, translation, flags = rendered
    if english == output or translation is None:
        return rendered
    end = len(english)
    flags = tuple(
        replace(flag, text=tuple(Span(min(span.start, end), min(span.end, end)) for span in flag.text))
        for flag in flags
    )
    return action, english, _changed(translation, "joined", english), flags


def _changed(translation: Translation, method: str, english: str) -> Translation:
    """A translation of which something else than a model changed the words: what it was before is its attempt before."""
    first = translation.attempts or (Attempt("first", translation.hypothesis, translation.score, method),)
    done = Attempt(method, english, translation.score, None)
    return replace(translation, hypothesis=english, attempts=(*first, done))


def _render(
    words: str,
    document: str,
    language: str,
    settings: Settings,
    store: ModelStore,
    hypotheses: Mapping[str, Hypothesis],
    corrections: Mapping[str, str],
) -> _Rendered:
    """What stands for a segment of a document in the English text, and why; the flags' spans are within the segment and its
    English."""
    if (english := corrections.get(words)) is not None:
        output = tidy(english)
        given = request(words, language, document).given
        return "translated", output, _by_hand(english), tuple(check(given, output, language))
    if language == TARGET or not translatable(words):
        written = written_english(words, words, language)
        return "copied", written.text, None, variants(words, settings.glossary) if language == TARGET else written.flags
    if language == "und":
        return _kept(words, Flag("undetermined", "warning", "the language could not be told: left as it was"))
    way = store.way(language)
    if way is None:
        message = f"no model for {language}→{TARGET}: left as it was; get one with: monoglot models fetch {language}"
        return _kept(words, Flag("no-model", "warning", message))
    given = request(words, language, document).given
    found = hypotheses.get(given)
    if found is None:
        return _kept(words, Flag("too-long", "error", "longer than the model can read: left as it was"))
    translation = Translation(
        way.signature,
        given if given != words else None,
        found.text,
        found.score,
        found.source_tokens,
        found.target_tokens,
        attempts=found.attempts,
        pivot=found.pivot,
    )
    if found.fault in UNUSABLE:  # then the source is better
        tries = f"{len(found.attempts)} tries" if len(found.attempts) > 1 else "one try"
        message = f"no usable translation after {tries} ({found.fault}): left as it was"
        return _kept(words, Flag("untranslated", "error", message), translation)
    output = tidy(found.text)
    written = written_english(words, output, language)
    if written.flags:
        output = written.text
        translation = _changed(translation, "figures", output)
    applied = apply_glossary(words, output, language, settings.glossary)
    if applied.text != output:
        output = tidy(applied.text)
        translation = _changed(translation, "glossary", output)
    unread = unread_flags(words, output, found.unread)
    back = [span for flag in unread for span in flag.text]
    # The words in the case of their document, of which the checks can tell names.
    flags = [
        flag
        for flag in check(given, output, language)
        if not _in_glossary(flag, applied.terms) and not _put_back(flag, back)
    ]
    return (
        "translated",
        output,
        translation,
        (*flags, *unread, *_restored(found, words, output), *written.flags, *applied.flags),
    )


def _restored(found: Hypothesis, words: str, output: str) -> Iterator[Flag]:
    """What was put back into a hypothesis, told by the name of the attempt that stands."""
    method = next((attempt.method for attempt in found.attempts if attempt.hypothesis == found.text), "")
    for name in method.split("+"):
        if name in _RESTORED:
            yield replace(_RESTORED[name], source=(Span(0, len(words)),), text=(Span(0, len(output)),))


def _kept(words: str, flag: Flag, translation: Translation | None = None) -> _Rendered:
    """A segment that stays as it was: the flag says why, and its evidence is the whole segment."""
    whole = (Span(0, len(words)),)
    return "kept", words, translation, (replace(flag, source=whole, text=whole),)


def _in_glossary(flag: Flag, terms: Sequence[Span]) -> bool:
    """Whether a flag doubts nothing but names that the glossary has decided."""
    return flag.code.startswith("name-") and all(
        any(term.start <= span.start and span.end <= term.end for term in terms) for span in flag.source
    )


def _put_back(flag: Flag, places: Sequence[Span]) -> bool:
    """Whether a flag doubts nothing but words that were put back as the source has them."""
    return flag.code == "untranslated-word" and all(
        any(place.start <= span.start and span.end <= place.end for place in places) for span in flag.text
    )


def _moved(flag: Flag, source: int, text: int) -> Flag:
    """A flag of a segment with its spans in the coordinates of the record."""
    return replace(
        flag,
        source=tuple(Span(span.start + source, span.end + source) for span in flag.source),
        text=tuple(Span(span.start + text, span.end + text) for span in flag.text),
    )


def _by_hand(english: str) -> Translation:
    """The translation that a person made: no model was asked, so there is no score but certainty, and no tokens."""
    return Translation(HUMAN, None, english, 0.0, 0, 0, "human")


def _status(source: str, language: Language, segments: Sequence[Segment]) -> Status:
    if not has_letters(source):
        return "empty"
    if language.code == TARGET:
        return "english"
    return "translated" if any(segment.action == "translated" for segment in segments) else "untranslated"
