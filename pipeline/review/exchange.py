"""Verdicts out and in: CSV for spreadsheets, JSON Lines for programs, TMX and XLIFF for translators, and a colleague's file."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from xml.etree import ElementTree as ET

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import InputError
from pipeline.review import MAX_NAME
from pipeline.review.index import ensure_sample
from pipeline.review.queue import preview
from pipeline.review.store import Store
from pipeline.review.verdicts import LATEST, Corrections, Verdict, moment, take
from pipeline.translate.memory import written
from pipeline.translate.tmx import UNWRITABLE, Unit, write_tmx

COLUMNS: Final = (
    "path", "document", "number", "language", "verdict", "source", "machine", "correction", "note", "sample", "seed",
    "reviewer", "at", "current",
)  # fmt: skip
# Larger files are no verdicts: 20,000 corrections of long sentences stay far below.
MAX_IMPORT: Final = 64 << 20
# What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_STATES: Final = {"accept": "final", "edit": "final", "reject": "initial"}


def _in_utc(at: str) -> str:
    """A time with its zone as verdicts keep it. Raises ValueError if there is no such time."""
    try:
        return written(datetime.fromisoformat(at))
    except OverflowError as error:
        raise ValueError(f"{at} is not a time in UTC") from error


class _Imported(BaseModel):
    """A verdict in a file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    uid: str = Field(pattern=r"^[0-9a-f-]{36}$")
    key: str = Field(pattern=r"^[0-9a-f]{16}$")
    kind: Literal["accept", "edit", "reject", "note", "confirm"]
    text: str | None = Field(None, max_length=1 << 20)
    seen: str
    stratum: str | None = Field(None, max_length=200)
    # Earlier versions made pages with any seed; browsers count exactly to here.
    seed: int | None = Field(None, ge=0, lt=2**53)
    at: Annotated[
        str,
        Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"),
        AfterValidator(_in_utc),
    ]
    undone: bool = False


class _File(BaseModel):
    """What the page writes when it stands alone."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Literal["monoglot-review"]
    version: Literal[1]
    reviewer: str | None = Field(None, max_length=MAX_NAME)
    verdicts: list[_Imported]


def rows(store: Store, language: str | None = None) -> Iterator[dict[str, Any]]:
    """The verdict that stands on each segment, or the note alone, in the order of documents.

    `language` takes those of one language. `sample` is the stratum that it was drawn from, None if it was hunted; `current` says whether the words that it was given
    on still stand.
    """
    with store.reading() as db:
        found = db.execute(
            "WITH places AS (SELECT id, segment, kind, row_number() OVER (PARTITION BY segment, kind = 'note' ORDER BY"
            f" {LATEST}) AS place, stratum FROM verdicts v WHERE undone_at IS NULL), last AS (SELECT segment,"
            " max(CASE WHEN kind <> 'note' AND place = 1 THEN id END) AS verdict,"
            " max(CASE WHEN kind = 'note' AND place = 1 THEN id END) AS note, max(CASE WHEN kind <> 'note' AND"
            " stratum IS NOT NULL THEN id END) AS drawn FROM places GROUP BY segment)"
            " SELECT v.*, n.text AS note, d.stratum AS sample, d.seed AS sample_seed, n.segment AS noted, v.kind AS verdict,"
            " s.number, s.text AS stands, s.human FROM last JOIN verdicts v ON v.id = coalesce(last.verdict, last.note)"
            " LEFT JOIN verdicts n ON n.id = last.note LEFT JOIN verdicts d ON d.id = last.drawn"
            " LEFT JOIN segments s ON s.key = last.segment ORDER BY v.path, v.document, s.number, v.id"
        ).fetchall()
    for row in found:
        noted = row["verdict"] == "note"
        if (noted and row["note"] is None) or language not in (None, row["language"]):
            continue
        yield {
            "path": row["path"],
            "document": row["document"],
            "number": row["number"],
            "language": row["language"],
            "verdict": None if noted else row["verdict"],
            "source": row["source"],
            "machine": row["seen"],
            "correction": row["text"] if row["verdict"] == "edit" else None,
            "note": row["note"],
            "sample": row["sample"],
            "seed": row["sample_seed"],
            "reviewer": row["reviewer"],
            "at": row["at"],
            "current": row["stands"] == row["seen"] or bool(row["human"] and row["stands"] == row["text"]),
        }


def to_jsonl(store: Store, language: str | None = None) -> bytes:
    """One verdict a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(store, language)).encode("utf-8")


def to_csv(store: Store, language: str | None = None) -> bytes:
    """A table for spreadsheets: with a byte order mark, and no cell that would be run as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows(store, language):
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def to_tmx(store: Store, language: str | None = None) -> bytes:
    """TMX 1.4b: the translations that a person has accepted or corrected."""
    out = io.BytesIO()
    write_tmx(out, (_unit(row) for row in rows(store, language) if row["verdict"] in ("accept", "edit")))
    return out.getvalue()


def _unit(row: dict[str, Any]) -> Unit:
    return Unit(
        row["language"],
        _xml(row["source"]),
        _xml(row["correction"] or row["machine"]),
        _xml(row["reviewer"] or ""),
        moment(row["at"]),
        note=_xml(row["note"] or "") or None,
        properties={f"monoglot:{name}": _xml(row[name]) for name in ("path", "verdict")},
    )


def to_xliff(store: Store, language: str | None = None) -> bytes:
    """XLIFF 2.1: a file element a document; accepted and corrected segments are final, rejected ones initial again."""
    by_language: dict[str, list[dict[str, Any]]] = {}
    for row in rows(store, language):
        by_language.setdefault(row["language"], []).append(row)
    if len(by_language) > 1:
        raise InputError(
            f"XLIFF holds one source language a file, and there are verdicts on {', '.join(sorted(by_language))}; "
            "add --language CODE, or export TMX"
        )
    code, found = next(iter(by_language.items()), (language or "und", []))
    root = ET.Element(
        "xliff",
        {"xmlns": "urn:oasis:names:tc:xliff:document:2.0", "version": "2.1", "srcLang": code, "trgLang": "en"},
    )
    files: dict[str, ET.Element] = {}
    for number, row in enumerate(found):
        if row["document"] not in files:
            files[row["document"]] = ET.SubElement(
                root, "file", {"id": f"d{row['document']}", "original": _xml(row["path"])}
            )
        unit = ET.SubElement(files[row["document"]], "unit", id=f"u{number}")
        if row["note"]:
            ET.SubElement(ET.SubElement(unit, "notes"), "note").text = _xml(row["note"])
        segment = ET.SubElement(unit, "segment", state=_STATES.get(row["verdict"] or "", "translated"))
        ET.SubElement(segment, "source").text = _xml(row["source"])
        ET.SubElement(segment, "target").text = _xml(row["correction"] or row["machine"])
    return _document(root)


FORMATS: Final = {"csv": to_csv, "jsonl": to_jsonl, "tmx": to_tmx, "xliff": to_xliff}


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file of verdicts: how many there are, how many were new, which were not taken and why, and the places
    whose edits are older than what stands, which stays."""

    total: int
    new: int
    refusals: tuple[str, ...]
    older: tuple[str, ...]


def read_file(store: Store, corrections: Corrections, path: Path, reviewer: str | None) -> Taken:
    """Take the verdicts of a file that the stand-alone page has written; the same file twice changes nothing.

    Raises InputError.
    """
    file = _parsed(path)
    for seed in {given.seed for given in file.verdicts if given.seed is not None and given.stratum}:
        ensure_sample(store, seed)
    who = reviewer or file.reviewer
    refusals: list[str] = []
    verdicts: list[tuple[Verdict, bool]] = []
    with store.reading() as db:
        for given in file.verdicts:
            if db.execute("SELECT 1 FROM verdicts WHERE uid = ?", (given.uid,)).fetchone() is None:
                row = db.execute("SELECT text FROM segments WHERE key = ?", (given.key,)).fetchone()
                if row is None or row["text"] != given.seen:
                    why = "that segment is no longer in the output" if row is None else "it stands in other words now"
                    refusals.append(f"{_about(db, given)}: {why}")
                    continue
            verdict = Verdict(
                given.key, given.kind, given.text, given.stratum, given.seed, who, None, given.uid, given.at
            )
            verdicts.append((verdict, given.undone))
    new, refused, older = take(store, corrections, verdicts)
    with store.reading() as db:
        by_uid = {given.uid: given for given in file.verdicts}
        refusals += [f"{_about(db, by_uid[verdict.uid])}: {error}" for verdict, error in refused]
        return Taken(len(file.verdicts), new, tuple(refusals), tuple(_place(db, key) for key in older))


def _parsed(path: Path) -> _File:
    """What stands in a file of verdicts. Raises InputError."""
    try:
        if path.stat().st_size > MAX_IMPORT:
            raise InputError(f"{path}: is larger than any file of verdicts")
        text = path.read_text(encoding="utf-8-sig")
        return _File.model_validate_json(text)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8; take the file as the page has saved it") from error
    except ValidationError as error:
        if text.lstrip()[:9].lower() == "<!doctype":
            raise InputError(
                f"{path}: is the page itself; take the file that its button “Save verdicts” writes"
            ) from error
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(
            f"{path}: is not a file of verdicts that the page has written ({where}: {first['msg']})"
        ) from error


def _about(db: sqlite3.Connection, given: _Imported) -> str:
    """A verdict for a person: where its segment stands, the words that it was given on, and what was written about them."""
    written = f", {given.kind} “{preview(given.text)}”" if given.text else f", {given.kind}"
    return f"{_place(db, given.key)}, “{preview(given.seen)}”{written}"


def _place(db: sqlite3.Connection, key: str) -> str:
    """Where the segment of a key stands, as the page says it; its key, where it stands nowhere."""
    row = db.execute(
        "SELECT d.path, s.number FROM segments s JOIN documents d ON d.id = s.document WHERE s.key = ?", (key,)
    ).fetchone()
    return f"segment {key}" if row is None else f"{row['path']}, sentence {row['number'] + 1}"


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _xml(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)


def _document(root: ET.Element) -> bytes:
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"
