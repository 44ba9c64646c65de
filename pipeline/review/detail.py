"""One segment with everything around it: neighbours, evidence, where it stood in the file, what cleaning did there.

All offsets in records are code points, which a browser does not count in; so texts leave here cut into pieces, each with
what is to be said of it, and no number has to be counted again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from pipeline.clean.ledger import invert, raw_spans
from pipeline.records import Edit, Record, Segment, Span
from pipeline.review.index import listed
from pipeline.review.queue import item
from pipeline.review.store import Store
from pipeline.review.verdicts import Unknown, history, revision, words
from pipeline.verify import read_record

# Segments of the same document that are shown before and after.
NEIGHBOURS: Final = 2
# Characters of a neighbour that are shown; of the file on both sides; of a removed block.
NEIGHBOUR_CHARACTERS: Final = 600
CONTEXT_CHARACTERS: Final = 240
REMOVED_CHARACTERS: Final = 1_200

Piece = dict[str, Any]


def detail(store: Store, key: str) -> dict[str, Any]:
    """All about the segment of a key, which is found by the key in the record as well: a run may have written it again.

    Raises Unknown if the segment is not in the index, or not in the record as it is there; InputError if the record cannot
    be read.
    """
    with store.reading() as db:
        shown = item(db, key)
        if shown is None:
            raise Unknown("that segment is no longer in the output; reload the page")
        text = db.execute("SELECT text FROM segments WHERE key = ?", (key,)).fetchone()["text"]
        about = {"seen": words(text), "revision": revision(db, key), "history": history(db, key)}
    record = _record(store, shown["document"])
    number = next((one.number for one in listed(record) if one.key == key and one.text == text), None)
    if number is None:
        raise Unknown("that document was written again; reload the page")
    return {**shown, **about, "number": number, **described(record, number)}


def described(record: Record, number: int) -> dict[str, Any]:
    """What a record says of its segment of that number."""
    segment = record.segments[number]
    translation = segment.translation
    raw = invert(record.source, record.edits)
    return {
        "source": _marked(record.source, segment.source, [flag.source for flag in segment.flags]),
        "text": _marked(record.text, segment.text, [flag.text for flag in segment.flags]),
        "plain": record.text[segment.text.start : segment.text.end],
        "flags": [{"code": flag.code, "severity": flag.severity, "message": flag.message} for flag in segment.flags],
        "before": [_neighbour(record, i) for i in range(max(0, number - NEIGHBOURS), number)],
        "after": [_neighbour(record, i) for i in range(number + 1, min(len(record.segments), number + 1 + NEIGHBOURS))],
        "of": len(record.segments),
        "spans": {
            "source": [segment.source.start, segment.source.end],
            "text": [segment.text.start, segment.text.end],
            **_raw(record, segment),
        },
        "context": context(raw, record.edits, _raw_span(record, segment)),
        "translation": None
        if translation is None
        else {
            "model": translation.model,
            "score": round(translation.score, 3),
            "hypothesis": translation.hypothesis,
            "given": translation.given,
            "origin": translation.origin,
            "pivot": None
            if translation.pivot is None
            else {
                "language": translation.pivot.language,
                "hypothesis": translation.pivot.hypothesis,
                "score": round(translation.pivot.score, 3),
            },
            "attempts": [
                {"method": a.method, "given": list(a.given), "hypothesis": a.hypothesis, "fault": a.fault}
                for a in translation.attempts
            ],
        },
    }


def context(raw: str, edits: Sequence[Edit], span: Span) -> list[Piece]:
    """The file around a span, in pieces: what was kept, what was removed or changed and why, and what is the segment.

    A removed block that touches the surroundings is shown from its start to its end, shortened in the middle if it is long.
    """
    start, end = max(0, span.start - CONTEXT_CHARACTERS), min(len(raw), span.end + CONTEXT_CHARACTERS)
    near = [edit for edit in edits if edit.start <= end and edit.end >= start]
    if near:
        start, end = min(start, near[0].start), max(end, near[-1].end)
    pieces: list[Piece] = []
    at = start
    for edit in near:
        pieces += _kept(raw, at, edit.start, span)
        pieces.append(
            {
                "kind": "changed" if edit.replacement.strip() else "removed",
                "text": _shortened(edit.original),
                "became": edit.replacement,
                "rule": edit.rule,
                "reason": edit.reason,
                "here": span.start <= edit.start < span.end,
            }
        )
        at = edit.end
    return pieces + _kept(raw, at, end, span)


def _kept(raw: str, start: int, end: int, span: Span) -> list[Piece]:
    cuts = sorted({start, end, *(cut for cut in (span.start, span.end) if start < cut < end)})
    return [
        {"kind": "kept", "text": raw[a:b], "here": span.start <= a and b <= span.end}
        for a, b in pairwise(cuts)
        if b > a
    ]


def _shortened(text: str) -> str:
    half = REMOVED_CHARACTERS // 2
    return text if len(text) <= REMOVED_CHARACTERS else f"{text[:half]} […] {text[-half:]}"


def _marked(text: str, span: Span, evidence: Sequence[Sequence[Span]]) -> list[Piece]:
    """The words of a span in pieces, each with the numbers of the flags whose evidence it is."""
    inside = [
        (max(s.start, span.start), min(s.end, span.end), flag)
        for flag, spans in enumerate(evidence)
        for s in spans
        if s.start < span.end and s.end > span.start
    ]
    cuts = sorted({span.start, span.end, *(cut for start, end, _ in inside for cut in (start, end))})
    covers: list[list[int]] = [[] for _ in cuts]
    for start, end, flag in inside:
        for place in range(bisect_left(cuts, start), bisect_left(cuts, end)):
            covers[place].append(flag)
    return [
        {"text": text[a:b], "flags": sorted(set(flags))}
        for (a, b), flags in zip(pairwise(cuts), covers, strict=False)
        if b > a
    ]


def _neighbour(record: Record, number: int) -> dict[str, Any]:
    segment = record.segments[number]
    source = record.source[segment.source.start : segment.source.end]
    text = record.text[segment.text.start : segment.text.end]
    return {"number": number, "language": segment.language, "source": _cut(source), "text": _cut(text)}


def _cut(text: str) -> str:
    return text if len(text) <= NEIGHBOUR_CHARACTERS else text[:NEIGHBOUR_CHARACTERS] + "…"


def _raw_span(record: Record, segment: Segment) -> Span:
    return raw_spans(record.edits)(segment.source)


def _raw(record: Record, segment: Segment) -> dict[str, Any]:
    span = _raw_span(record, segment)
    return {"raw": [span.start, span.end]}


def _record(store: Store, document: str) -> Record:
    """The record of a document that the index knows: the name comes from there, never from the page."""
    path = store.folder / "records" / f"{document}.json"
    if not path.exists():
        raise Unknown("that document is no longer in the output; reload the page")
    return read_record(path)
