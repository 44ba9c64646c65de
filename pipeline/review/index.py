"""Records → index: which segments there are, a document at a time, and only those documents that changed."""

from __future__ import annotations

import heapq
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from pipeline.errors import InputError
from pipeline.manifest import RUN, read_entries
from pipeline.provenance import english_title
from pipeline.records import Record, Segment
from pipeline.review.store import Store, segment_key
from pipeline.verify import first_line, read_record

# Documents put into the index in one transaction.
BATCH: Final = 200
# Places of a sample that are drawn: enough for ±1 % at any share (9,604), and a few more.
SAMPLE_PLACES: Final = 10_000
_RANK_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """A segment with what names it and how it stands in both texts."""

    key: str
    number: int
    segment: Segment
    source: str
    text: str

    @property
    def worth_a_look(self) -> bool:
        """Whether a reviewer has anything to say of it: a model's words, or a flag."""
        return self.segment.action == "translated" or bool(self.segment.flags)


def listed(record: Record) -> Iterator[Listed]:
    """The segments of a record, in order, with the keys that name them across runs."""
    times: Counter[str] = Counter()
    for number, segment in enumerate(record.segments):
        source = record.source[segment.source.start : segment.source.end]
        text = record.text[segment.text.start : segment.text.end]
        yield Listed(segment_key(record.id, source, times[source]), number, segment, source, text)
        times[source] += 1


def orphans(folder: Path) -> frozenset[str]:
    """The documents that the last run kept, but found no more in its input, as earlier versions of edited articles.

    None where there is no `run.json`, for then nobody knows. Raises InputError if it cannot be read.
    """
    run = folder / RUN
    try:
        return frozenset(entry["id"] for _, entry in read_entries(run) if "orphan" in entry)
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError as error:
        raise InputError(f"{run}: cannot be read ({error.strerror}); check its permissions") from error
    except ValueError as error:
        raise InputError(f"{run}: cannot be read ({first_line(error)}); see: monoglot verify {folder}") from error


def refresh(store: Store, progress: Callable[[int, int], None] | None = None) -> int:
    """Bring the index up to the records that are there. Returns how many documents were read.

    `progress` hears how many of how many are done. Raises InputError for a record that cannot be read.
    """
    records = store.folder / "records"
    gone_from_input = orphans(store.folder)
    stamps = {document: stamp for document, stamp in _stamps(records).items() if document not in gone_from_input}
    with store.reading() as db:
        known = {row["id"]: row["stamp"] for row in db.execute("SELECT id, stamp FROM documents")}
    gone = sorted(known.keys() - stamps.keys())
    changed = sorted(document for document, stamp in stamps.items() if known.get(document) != stamp)
    if not gone and not changed:
        return 0
    for at in range(0, len(changed) or 1, BATCH):
        done = min(at + BATCH, len(changed))
        batch = [(read_record(records / f"{document}.json"), stamps[document]) for document in changed[at:done]]
        with store.writing() as db:
            for record, stamp in batch:
                _forget(db, record.id)
                _add(db, record, stamp)
            # With the last documents, or not at all: whoever ends this in between has no index that sums do not fit.
            if done == len(changed):
                for document in gone:
                    _forget(db, document)
                _count(db)
                db.execute("DELETE FROM samples")
        if progress is not None and batch:
            progress(done, len(changed))
    return len(changed)


def refresh_if_rewritten(store: Store, key: str) -> None:
    """Bring the index up to the records if the one that holds the segment of a key has changed: looks at that file alone.

    Raises InputError for a record that cannot be read.
    """
    with store.reading() as db:
        row = db.execute(
            "SELECT d.id, d.stamp FROM segments s JOIN documents d ON d.id = s.document WHERE s.key = ?", (key,)
        ).fetchone()
    if row is None:
        return
    try:
        now = _stamp((store.folder / "records" / f"{row['id']}.json").stat())
    except OSError:
        now = ""
    if now != row["stamp"]:
        refresh(store)


def ensure_sample(store: Store, seed: int) -> None:
    """Draw the sample of a seed, unless it is drawn: the translated segments in an order that only the seed decides.

    A segment's place comes from a hash of the seed and its key, so documents that are added later mix in evenly, and those
    that stay keep their order.
    """
    with store.writing() as db:
        if db.execute("SELECT 1 FROM samples WHERE seed = ?", (seed,)).fetchone():
            return
        keys = (row["key"] for row in db.execute("SELECT key FROM segments WHERE action = 'translated'"))
        drawn = draw(keys, SAMPLE_PLACES, seed)
        db.executemany("INSERT INTO samples VALUES (?, ?, ?)", ((seed, place, key) for place, key in enumerate(drawn)))


def draw(keys: Iterable[str], number: int, seed: int) -> list[str]:
    """A random sample of keys, in its order: the first ones by a hash that the seed salts."""
    return heapq.nsmallest(number, keys, key=lambda key: rank(seed, key))


def rank(seed: int, key: str) -> bytes:
    """Where a segment stands in the random order of a seed."""
    return sha256(f"{seed}:{key}".encode()).digest()[:_RANK_BYTES]


def _stamps(folder: Path) -> dict[str, str]:
    with os.scandir(folder) as entries:
        return {
            entry.name.removesuffix(".json"): _stamp(entry.stat())
            for entry in entries
            if entry.name.endswith(".json") and not entry.name.startswith(".")
        }


def _stamp(file: os.stat_result) -> str:
    """What tells whether a record has changed: its size and the time of its last change."""
    return f"{file.st_size}-{file.st_mtime_ns}"


def _forget(db: sqlite3.Connection, document: str) -> None:
    db.execute("DELETE FROM flags WHERE n IN (SELECT n FROM segments WHERE document = ?)", (document,))
    db.execute("DELETE FROM segments WHERE document = ?", (document,))
    db.execute("DELETE FROM documents WHERE id = ?", (document,))


def _add(db: sqlite3.Connection, record: Record, stamp: str) -> None:
    chosen = [item for item in listed(record) if item.worth_a_look]
    title = english_title(record) or record.origin.path
    db.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            record.id,
            record.origin.path,
            title,
            record.language.code,
            len(chosen),
            stamp,
            f"{title}\n{record.origin.path}".casefold(),
        ),
    )
    for item in chosen:
        segment = item.segment
        human = segment.translation is not None and segment.translation.origin == "human"
        flags = [{"code": flag.code, "severity": flag.severity} for flag in segment.flags]
        n = db.execute(
            "INSERT INTO segments (key, document, number, language, action, human, calm, source, text, flags, folded)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                item.key,
                record.id,
                item.number,
                segment.language,
                segment.action,
                human,
                1.0 - segment.risk,
                item.source,
                item.text,
                json.dumps(flags),
                f"{item.source}\n{item.text}".casefold(),
            ),
        ).lastrowid
        db.executemany("INSERT OR IGNORE INTO flags VALUES (?, ?)", ((flag.code, n) for flag in segment.flags))


def _count(db: sqlite3.Connection) -> None:
    """Sums that the page shows with every answer, kept so that no answer has to count all segments again."""
    db.execute("DELETE FROM counts")
    for what, query in (
        ("all", "SELECT '', count(*) FROM segments"),
        ("translated", "SELECT '', count(*) FROM segments WHERE action = 'translated'"),
        ("language", "SELECT language, count(*) FROM segments GROUP BY language"),
        ("sampled-language", "SELECT language, count(*) FROM segments WHERE action = 'translated' GROUP BY language"),
        ("sampled-document", "SELECT document, count(*) FROM segments WHERE action = 'translated' GROUP BY document"),
        ("flag", "SELECT code, count(*) FROM flags GROUP BY code"),
    ):
        db.execute(f"INSERT INTO counts SELECT ?, * FROM ({query})", (what,))
