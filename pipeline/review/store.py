"""`review.sqlite`, beside the output: the index of segments, and the verdicts.

The index can be made again from the records at any time. The verdicts cannot: each is committed with `synchronous=FULL`
in a write-ahead log before the page hears that it was taken, so that neither a killed process nor a lost power supply
takes one away, and two pages, or two processes, may write at once.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pipeline.errors import InputError, OutputError
from pipeline.read.discover import escaped
from pipeline.verify import record_files

DATABASE: Final = "review.sqlite"
VERSION: Final = 3
# How long a writer waits for another one, in seconds; a verdict takes milliseconds.
BUSY_SECONDS: Final = 10.0
# Search reads the whole index: mapped, 100,000 segments take half the time that they take through read calls.
MAPPED_BYTES: Final = 1 << 30

# By what name the translation memory knows this folder: one that no other has, wherever it is moved to.
_SELF: Final = (
    "CREATE TABLE self (giver TEXT NOT NULL) STRICT",
    "INSERT INTO self VALUES (lower(hex(randomblob(8))))",
)
# `calm` is 1 - risk, so that ascending order is riskiest first; `folded` holds the words that search compares.
_SCHEMA: Final = """
CREATE TABLE documents (
  id TEXT PRIMARY KEY, path TEXT NOT NULL, title TEXT NOT NULL, language TEXT NOT NULL,
  segments INTEGER NOT NULL, stamp TEXT NOT NULL, folded TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX documents_by_path ON documents (path, id);
CREATE TABLE segments (
  n INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, document TEXT NOT NULL REFERENCES documents (id),
  number INTEGER NOT NULL, language TEXT NOT NULL, action TEXT NOT NULL, human INTEGER NOT NULL,
  calm REAL NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, flags TEXT NOT NULL, folded TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX segments_by_document ON segments (document, number);
CREATE INDEX segments_by_risk ON segments (calm, n);
CREATE INDEX segments_by_language ON segments (language, calm, n);
CREATE TABLE flags (code TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (code, n)) STRICT, WITHOUT ROWID;
CREATE INDEX flags_by_segment ON flags (n);
CREATE TABLE samples (
  seed INTEGER NOT NULL, place INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (seed, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX samples_by_key ON samples (seed, key);
CREATE TABLE counts (what TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (what, name))
  STRICT, WITHOUT ROWID;
CREATE TABLE verdicts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, segment TEXT NOT NULL,
  document TEXT NOT NULL, path TEXT NOT NULL, language TEXT NOT NULL, source TEXT NOT NULL, seen TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('accept', 'edit', 'reject', 'note')), text TEXT,
  stratum TEXT, seed INTEGER, reviewer TEXT, at TEXT NOT NULL, undone_by TEXT, undone_at TEXT,
  pending INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX verdicts_by_segment ON verdicts (segment, id);
CREATE INDEX verdicts_by_source ON verdicts (language, source, id);
CREATE INDEX verdicts_pending ON verdicts (pending) WHERE pending;
"""
# What leads from a version to the next one.
_STEPS: Final = {
    1: ("ALTER TABLE verdicts ADD COLUMN replaced TEXT",),
    # The memory has the edits, but not by this folder's name: it is told anew.
    2: (
        "ALTER TABLE verdicts DROP COLUMN replaced",
        "UPDATE verdicts SET pending = 1 WHERE kind = 'edit' AND undone_at IS NULL",
        *_SELF,
    ),
}
_DAMAGED: Final = frozenset((sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT))


class Store:
    """An open `review.sqlite`. Safe to use from several threads: one at a time holds the connection."""

    def __init__(self, folder: Path) -> None:
        """Open the database of an output folder, making it where it is not there. Raises InputError, OutputError."""
        self.folder = folder
        record_files(folder)
        self._path = folder / DATABASE
        self._lock = threading.RLock()
        with self._said_plainly():
            self._db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
            with self.writing() as db:
                version = db.execute("PRAGMA user_version").fetchone()[0]
                if version == 0:
                    for statement in (*_SCHEMA.split(";\n"), *_SELF):
                        db.execute(statement)
                for step in range(version or VERSION, VERSION):
                    for statement in _STEPS[step]:
                        db.execute(statement)
                if version < VERSION:
                    db.execute(f"PRAGMA user_version = {VERSION}")
        if version > VERSION:
            self.close()
            raise InputError(
                f"{self._path}: was written by a newer version of monoglot; use that one to export its verdicts"
            )

    @property
    def name(self) -> str:
        """What the output folder is called."""
        return escaped(self.folder.resolve().name)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, held, for statements that change nothing. Raises OutputError."""
        with self._lock, self._said_plainly():
            yield self._db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is on disk when the block ends, or has not happened. Raises OutputError."""
        with self._lock, self._said_plainly():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has ended it already
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _DAMAGED:
                raise OutputError(
                    f"{self._path}: is damaged ({error}); move it away to start a new one, without its verdicts "
                    "(sqlite3 FILE .recover may save what is left)"
                ) from error
            raise OutputError(
                f"{self._path}: cannot be used ({error}); is the folder writable, and is there room on the disk?"
            ) from error

    def close(self) -> None:
        """Close the connection; the log is folded into the database."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def segment_key(document: str, source: str, occurrence: int) -> str:
    """What names a segment across runs: 16 hex digits of a hash of its document, its words, and which time they occur."""
    return hashlib.sha256(f"{document}\0{occurrence}\0{source}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
