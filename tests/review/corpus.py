"""Output folders for the review's tests: small invented records with risks, flags and evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.provenance import coverage, to_json
from pipeline.records import (
    SCHEMA_VERSION,
    Edit,
    Field,
    Flag,
    Language,
    Paragraph,
    Record,
    Segment,
    Severity,
    Source,
    Span,
    Translation,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for a record: source, English, risk, and flags as (code, severity, message, words there, words here)."""

    source: str
    text: str
    risk: float = 0.1
    flags: tuple[tuple[str, Severity, str, str, str], ...] = ()


def record(path: str, language: str, said: Sequence[Said], removed: str = "Read more: our newsletter") -> Record:
    """A record of one paragraph; `removed` stood before its last sentence and was taken away."""
    source = " ".join(one.source for one in said)
    text = " ".join(one.text for one in said)
    segments, at, here = [], 0, 0
    for one in said:
        flags = tuple(
            Flag(code, severity, message, _find(one.source, there, at), _find(one.text, words, here))
            for code, severity, message, there, words in one.flags
        )
        translation = Translation(f"{language}-en@0123456789ab", None, one.text, -0.31, 12, 11)
        spans = Span(at, at + len(one.source)), Span(here, here + len(one.text))
        segments.append(Segment(0, *spans, language, "translated", translation, flags, one.risk))
        at += len(one.source) + 1
        here += len(one.text) + 1
    start = segments[-1].source.start
    block = f"{removed}\n"
    edits = (Edit(start, start + len(block), block, "", "boilerplate.newsletter", "a plea to subscribe"),)
    raw = source[:start] + block + source[start:]
    data = raw.encode()
    sha256 = hashlib.sha256(data).hexdigest()
    origin = Source(
        path, sha256, len(data), "text/plain", "utf-8", False, "lf", (), "ledger", hashlib.sha256(data).hexdigest()
    )
    known = Language(language, 0.99, (), "given")
    return Record(
        schema=SCHEMA_VERSION,
        id=sha256[:12],
        status="translated",
        signature="test",
        origin=origin,
        language=known,
        fields=(Field("title", f"Title of {path}", "test"),),
        source=source,
        text=text,
        edits=edits,
        paragraphs=(Paragraph(Span(0, len(source)), "prose", known),),
        segments=tuple(segments),
        coverage=coverage(source, edits, segments),
    )


def _find(text: str, words: str, offset: int) -> tuple[Span, ...]:
    at = text.find(words) if words else -1
    return (Span(offset + at, offset + at + len(words)),) if at >= 0 else ()


def write(folder: Path, records: Sequence[Record]) -> Path:
    """An output folder with these records."""
    (folder / "records").mkdir(parents=True, exist_ok=True)
    for one in records:
        (folder / "records" / f"{one.id}.json").write_bytes(to_json(one))
    return folder


HARBOUR = record(
    "it/porto.txt",
    "it",
    (
        Said("Il porto è rimasto chiuso per tre giorni.", "The port stayed closed for three days."),
        Said(
            "Secondo il prefetto, 235 famiglie hanno lasciato le case.",
            "According to the prefect, 253 families left their homes.",
            0.94,
            (
                (
                    "number",
                    "error",
                    "235 stands in the source, 253 in the English",
                    "235",
                    "253",
                ),
                ("name", "info", "a title was translated: check that it is the usual word", "prefetto", "prefect"),
            ),
        ),
        Said(
            "Nessuno è rimasto ferito, ha detto la sindaca.",
            "People were injured, the mayor said.",
            0.81,
            (("negation", "warning", "the source negates, the English does not", "Nessuno", ""),),
        ),
        Said("Il traghetto delle otto ripartirà lunedì.", "The eight o'clock ferry will leave again on Monday.", 0.2),
    ),
    "Iscriviti alla newsletter del porto",
)
VALLEY = record(
    "ar/wadi.txt",
    "ar",
    (
        Said("وصلت القافلة إلى الوادي صباح اليوم.", "The convoy reached the valley this morning.", 0.15),
        Said(
            "وقال المتحدث إن 1200 شخص غادروا القرية قبل الفجر.",
            "The spokesman said that 120 people had left the village before dawn.",
            0.9,
            (("number", "error", "1200 stands in the source, 120 in the English", "1200", "120"),),
        ),
        Said("ولم تتوفر معلومات أخرى.", "No other information was available.", 0.3),
    ),
    "اشترك في نشرتنا",
)
HOSTILE = record(
    "it/<script>alert(1)</script>.txt",
    "it",
    (
        Said('<script>window.hacked = 1</script> & "virgolette"', "<img src=x onerror='window.hacked = 1'>", 0.99),
        Said("Testo \u202eonavoigir\u202c nascosto\u200b qui.", "Text \u202edesrever\u202c hidden\u200b here.", 0.98),
        Said("parola " * 150_000, "word " * 210_000, 0.97),
        Said("</script><!--<script>", "]]>\u2028--></style></script>", 0.96),
        Said("=1+1", '=HYPERLINK("http://example.invalid")', 0.95),
    ),
)
