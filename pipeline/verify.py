"""Proving an output folder from its files alone: every hash, offset and sum, down to the bytes of the sources.

`verify` yields what is wrong, a line a fault; a folder that yields nothing holds all that was read, and nothing else.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from pipeline.clean.ledger import apply, invert
from pipeline.clean.unicode import tidy
from pipeline.errors import InputError
from pipeline.figures import written_english
from pipeline.manifest import ROWS, RUN, Entry, dump_row, file_sha256, is_sealed, read_entries, read_head
from pipeline.provenance import coverage, from_json, row, to_json
from pipeline.read import digest
from pipeline.read.discover import recorded, unescaped
from pipeline.read.text import Decoded, encode
from pipeline.records import Record, Segment, Span
from pipeline.write import entry_of, text_file

# So many documents are named where several answer to a name.
MAX_NAMED: Final = 5


def restore(folder: Path, document: str) -> bytes:
    """The bytes of a document's source, their SHA-256 checked.

    Raises InputError if there is no such document, or if its bytes cannot be had any more.
    """
    record = load_record(folder, document)
    data = source_bytes(folder, record)
    if data is None:
        where = record.origin.path
        raise InputError(
            f"{record.id}: {where} is a page whose bytes stay in its file, and the file has changed or is not there, seen from "
            "this folder; put it back, or run with --keep-sources"
            if record.origin.kept == "reference"
            else f"{record.id}: what the record holds does not give the bytes of {where}; see: monoglot verify {folder}"
        )
    return data


def record_files(folder: Path) -> list[Path]:
    """The record files of an output folder, in order. Raises InputError if there is none, or they cannot be listed."""
    records = folder / "records"
    try:
        found = sorted(path for path in records.iterdir() if path.suffix == ".json")
    except (FileNotFoundError, NotADirectoryError):
        found = []
    except OSError as error:
        raise InputError(f"{records}: cannot be listed ({error.strerror}); check its permissions") from error
    if not found:
        raise InputError(f"{folder}: no records there; name a folder that monoglot run has written")
    return found


def load_record(folder: Path, document: str) -> Record:
    """The record of a document, by its identifier, its path or the last parts of it, or the beginning of its identifier.

    Raises InputError if no document answers to that, or several do.
    """
    found = {path.stem: path for path in record_files(folder)}
    named = {document: ""} if document in found else {}
    if not named and (folder / RUN).is_file():
        named = {name: path for name, path in _named(folder / RUN, document).items() if name in found}
    if not named and document.isalnum():
        named = {name: "" for name in found if name.startswith(document)}
    if not named:
        raise InputError(f"{folder}: no document answers to {document!r}; {ROWS} lists their identifiers")
    if len(named) > 1:
        some = [f"{name} ({path!r})" if path else name for name, path in list(named.items())[:MAX_NAMED]]
        more = f" and {len(named) - MAX_NAMED} more" if len(named) > MAX_NAMED else ""
        raise InputError(
            f"{folder}: several documents answer to {document!r}: {', '.join(some)}{more}; name one of them"
        )
    return read_record(found[next(iter(named))])


def _named(run: Path, name: str) -> dict[str, str]:
    """The paths, by identifier, of the documents with that path, or else of those whose path ends in it, by whole parts.

    Those of the last input, or if none is, earlier ones.
    """
    names = {name, recorded(name)}
    endings = tuple(f"/{one}" for one in names)
    found: dict[tuple[bool, bool], dict[str, str]] = {}
    try:
        for _, entry in read_entries(run):
            path = entry["path"]
            if "id" in entry and (path in names or path.endswith(endings)):
                found.setdefault(("orphan" in entry, path not in names), {}).setdefault(entry["id"], path)
    except OSError as error:
        raise InputError(f"{run}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError) as error:
        raise InputError(f"{run}: is not as it was written; see: monoglot verify {run.parent}") from error
    return found[min(found)] if found else {}


def read_record(path: Path) -> Record:
    """The record in a file of an output folder. Raises InputError if it cannot be read, or is not one any more."""
    try:
        return from_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except ValueError as error:
        raise InputError(
            f"{path}: is not a record any more ({first_line(error)}); see: monoglot verify {path.parent.parent}"
        ) from error


def source_bytes(folder: Path, record: Record) -> bytes | None:
    """The bytes of a document's source, their SHA-256 checked; None where they cannot be had."""
    origin = record.origin
    if origin.kept == "ledger":
        try:
            raw = invert(record.source, record.edits)
            data = encode(Decoded(raw, origin.encoding, origin.bom, origin.newline, origin.undecoded))
        except (LookupError, ValueError):  # an encoding that is none, a ledger that does not hold
            return None
        return data if _is_source(data, origin.sha256) else None
    paths = [folder / "sources" / record.id] if origin.kept == "copy" else _own_files(origin.path)
    return next((data for path in paths if _is_source(data := _read(path), origin.sha256)), None)


def _own_files(path: str) -> list[Path]:
    """Where the file of a page may be, by its path as the record has it."""
    return [Path(path), Path(unescaped(path))]


def away(folder: Path) -> tuple[int, int]:
    """How many pages have their bytes in files of their own, and how many of these are not to be found there, or are others by now.

    Seen from the folder that the program runs in. Raises OSError, or ValueError if `run.json` is not one.
    """
    pages = [entry for _, entry in read_entries(folder / RUN) if entry.get("kept") == "reference"]
    found = sum(any(_is_source(_read(path), page["id"]) for path in _own_files(page["path"])) for page in pages)
    return len(pages), len(pages) - found


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_source(data: bytes | None, sha256: str) -> bool:
    """Whether bytes are those of a SHA-256, or of the beginning of one."""
    return data is not None and hashlib.sha256(data).hexdigest().startswith(sha256)


def verify(folder: Path) -> Iterator[str]:
    """All that is wrong with an output folder, a line a fault. Raises InputError if there is no run in it."""
    run = folder / RUN
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one that monoglot run has written")
    if not run.is_file():
        record_files(folder)  # without one it is no output folder
        raise InputError(f"{folder}: no {RUN} there: its run did not finish; the same monoglot run goes on with it")
    if not is_sealed(run):
        yield f"{RUN}: has been changed since it was written"
        return
    try:
        head = read_head(run)
        entries = [entry for _, entry in read_entries(run)]
    except (ValueError, KeyError) as error:
        yield f"{RUN}: cannot be read: {first_line(error)}"
        return
    documents = [entry for entry in entries if "text_sha256" in entry]
    counts = Counter(entry["status"] for entry in entries if "copy" not in entry and "orphan" not in entry)
    if counts != Counter({status: number for status, number in head["counts"].items() if number}):
        yield f"{RUN}: its counts are not those of its documents"
    if not (folder / ROWS).is_file() or file_sha256(folder / ROWS) != head["documents_sha256"]:
        yield f"{ROWS}: has been changed since it was written"
    yield from _strays(folder, documents)
    yield from _duplicates(documents)
    rows = _rows(folder / ROWS)
    for entry in documents:
        yield from (f"{entry['id']} ({entry['path']}): {fault}" for fault in _document(folder, entry, rows))


def _strays(folder: Path, documents: Sequence[Entry]) -> Iterator[str]:
    known = {entry["id"] for entry in documents}
    allowed = {
        "text": {f"{entry['id']}.txt" for entry in documents if entry["text_sha256"] is not None},
        "records": {f"{document}.json" for document in known},
        "sources": known,
    }
    for name, names in allowed.items():
        for path in sorted((folder / name).glob("*")):
            if path.name not in names:
                yield f"{name}/{path.name}: is not of this run"


def _duplicates(documents: Sequence[Entry]) -> Iterator[str]:
    """Faults of what was dropped: for each document without a text there is one in the run that says the same."""
    texts = {entry["id"] for entry in documents if entry["text_sha256"] is not None}
    for entry in documents:
        if entry["status"] == "duplicate" and "orphan" not in entry and entry.get("duplicate_of") not in texts:
            yield f"{entry['id']} ({entry['path']}): was dropped, but what it repeats has no text either"


def _rows(path: Path) -> dict[str, str]:
    """The hash of each row, by identifier."""
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {line[8:20].decode("ascii", "replace"): hashlib.sha256(line).hexdigest() for line in file}


def _document(folder: Path, entry: Entry, rows: dict[str, str]) -> Iterator[str]:
    text_path, record_path = (
        folder / "text" / f"{entry['id']}.txt",
        folder / "records" / f"{entry['id']}.json",
    )
    try:
        text = text_path.read_bytes() if entry["text_sha256"] is not None else None
        body = record_path.read_bytes()
    except OSError as error:
        yield f"{error.filename}: cannot be read ({error.strerror})"
        return
    if text is not None and hashlib.sha256(text).hexdigest() != entry["text_sha256"]:
        yield "its text has been changed since it was written"
    if hashlib.sha256(body).hexdigest() != entry["record_sha256"]:
        yield "its record has been changed since it was written"
    try:
        record = from_json(body)
    except ValueError as error:
        yield f"its record does not follow the schema: {first_line(error)}"
        return
    if to_json(record) != body:
        yield "its record is not written as monoglot writes it"
    if text_file(record) != text:
        yield "its text is not the one of its record"
    if wrong := _differing(entry, entry_of(record, text, body)):
        yield f"{RUN} says otherwise of it than its record does ({', '.join(wrong)})"
    if "orphan" not in entry and rows.get(record.id) != hashlib.sha256(dump_row(row(record))).hexdigest():
        yield f"its row in {ROWS} is not the one of its record"
    yield from _ledger(folder, record)
    yield from _segments(record)


def _differing(entry: Entry, of_record: Entry) -> list[str]:
    """The members of an entry that are not those which its record gives, hashes aside, which have a line of their own."""
    aside = {"text_sha256", "record_sha256", "orphan", "corrections"}
    names = (entry.keys() | of_record.keys()) - aside
    return sorted(name for name in names if entry.get(name) != of_record.get(name))


def _ledger(folder: Path, record: Record) -> Iterator[str]:
    """Faults of the way back: from the clean text to `raw`, to the bytes."""
    try:
        raw = invert(record.source, record.edits)
        forward = apply(raw, record.edits)
    except ValueError as error:
        yield f"its ledger does not hold: {error}"
        return
    if digest(raw) != record.origin.raw_sha256 or forward != record.source:
        yield "its ledger does not lead back to what was read"
    copy = folder / "sources" / record.id
    if record.origin.kept != "copy" and copy.is_file() and file_sha256(copy) != record.origin.sha256:
        yield "a copy of its source that an earlier run made has been changed"
    if record.origin.kept != "reference" and source_bytes(folder, record) is None:
        yield "the bytes of its source cannot be restored"
    if record.id != record.origin.sha256[:12]:
        yield "its identifier is not that of its source"


def _segments(record: Record) -> Iterator[str]:
    """Faults of offsets and sums: every character of both texts is in a segment, or is white space between two."""
    dropped = record.status == "duplicate"
    if dropped and (record.duplicate is None or record.segments or record.text):
        yield "it is said to be dropped, but is not"
    if not dropped and not _covers(record.source, [segment.source for segment in record.segments]):
        yield "its segments do not cover its source"
    if not _covers(record.text, [segment.text for segment in record.segments]):
        yield "its segments do not cover its text"
    if coverage(record.source, record.edits, record.segments) != record.coverage:
        yield "its coverage sums do not come out"
    if wrong := sum(not _follows(record, segment) for segment in record.segments):
        yield f"{wrong} of its segments are not what their translation or their source says"


def _covers(text: str, spans: list[Span]) -> bool:
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    ordered = all(a <= b for a, b in pairwise(edges))
    gaps = (text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
    return ordered and not any(gap.strip() for gap in gaps)


def _follows(record: Record, segment: Segment) -> bool:
    source, text = (
        record.source[segment.source.start : segment.source.end],
        record.text[segment.text.start : segment.text.end],
    )
    if segment.action == "copied":
        return segment.translation is None and text == written_english(source, source, segment.language).text
    if segment.action == "kept":  # may hold what a model tried in vain
        return text == source
    translation = segment.translation
    return translation is not None and text == tidy(translation.hypothesis)


def first_line(error: Exception) -> str:
    """The first line of an error's message."""
    return str(error).partition("\n")[0]
