"""The file below the translation memory: opening it, its schema, and what SQLite says made plain.

SQLite in WAL mode: readers never wait, one writer at a time, each transaction whole or not at all, also after `kill -9`.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from pipeline.errors import MemoryUnusable

# Marks the file as ours (`file` and SQLite tools show it): "mono" in ASCII.
APPLICATION_ID: Final = 0x6D6F6E6F
SCHEMA_VERSION: Final = 2
# A writer holds the lock for milliseconds; whoever waits this long has met a process that hangs.
BUSY_SECONDS: Final = 30.0
# Rows read at a time where a whole table goes by.
ROWS: Final = 1000
# Parameters in one statement: SQLite's lowest default limit is 999 (https://www.sqlite.org/limits.html).
PARAMETERS: Final = 500

# What each giver (a folder under review by its name, '' for all files) stands by, and of these what stands for a segment: the
# latest; of two of one second a person's own before one of a file, and the one that came later.
_CORRECTIONS: Final = (
    """CREATE TABLE correction (
        id INTEGER PRIMARY KEY,
        language TEXT NOT NULL,
        source TEXT NOT NULL,
        giver TEXT NOT NULL,
        english TEXT NOT NULL,
        reviewer TEXT,
        made TEXT NOT NULL,
        UNIQUE (language, source, giver)
    )""",
    """CREATE VIEW standing AS SELECT language, source, english, reviewer, made FROM correction AS one WHERE NOT EXISTS (
        SELECT 1 FROM correction AS other WHERE other.language = one.language AND other.source = one.source
        AND (other.made, other.giver <> '', other.id) > (one.made, one.giver <> '', one.id)
    )""",
    *(
        f"""CREATE TRIGGER correction_{event.lower()} AFTER {event} ON correction BEGIN
            INSERT INTO revision VALUES ({row}.language, lower(hex(randomblob(6))))
            ON CONFLICT DO UPDATE SET name = excluded.name;
        END"""
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ),
)
# A hypothesis is found by (maker, digest): the texts themselves would double the file as an index.
_SCHEMA: Final = (
    """CREATE TABLE maker (
        id INTEGER PRIMARY KEY,
        language TEXT NOT NULL,
        model TEXT NOT NULL,
        decoder TEXT NOT NULL,
        UNIQUE (language, model, decoder)
    )""",
    """CREATE TABLE hypothesis (
        id INTEGER PRIMARY KEY,
        maker INTEGER NOT NULL REFERENCES maker,
        digest BLOB NOT NULL,
        text TEXT NOT NULL,
        body TEXT NOT NULL,
        used TEXT NOT NULL,
        UNIQUE (maker, digest)
    )""",
    # What a language's corrections are called: another name after each change, the same in no two files.
    "CREATE TABLE revision (language TEXT PRIMARY KEY, name TEXT NOT NULL)",
    *_CORRECTIONS,
)
# From the first format, which had one correction of a segment and did not know who gave it.
_TO_2: Final = (
    "ALTER TABLE correction RENAME TO before",
    _CORRECTIONS[0],
    "INSERT INTO correction (language, source, giver, english, reviewer, made)"
    " SELECT language, source, '', english, reviewer, made FROM before",
    "DROP TABLE before",
    *_CORRECTIONS[1:],
)
_NOT_OURS: Final = "name another file with --memory, or run with --no-memory"
_PLAIN: Final = {
    sqlite3.SQLITE_NOTADB: f"is no database, but another kind of file; {_NOT_OURS}",
    sqlite3.SQLITE_CORRUPT: "is damaged; move it away to start a new one "
    "(sqlite3 FILE .recover may save what is left), or run with --no-memory",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full; make room, or name another file with --memory",
    sqlite3.SQLITE_BUSY: f"has been in use by another process for {BUSY_SECONDS:.0f} s; try again when that has ended",
    sqlite3.SQLITE_READONLY: "cannot be written; check its permissions and its folder's",
    sqlite3.SQLITE_PERM: "cannot be opened; check its permissions",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its folder is there, and the permissions of both",
}


class Database:
    """A memory's file, opened when it is first asked for something; it is made when something is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: sqlite3.Connection | None = None
        self._empty: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        for connection in (self._opened, self._empty):
            if connection is not None:
                connection.close()
        self._opened = self._empty = None

    def _file(self) -> sqlite3.Connection:
        """The file, to write to; made if it is not there."""
        if self._opened is None:
            self._opened = connect(self.path)
        return self._opened

    def _read(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Ask the file, or nothing at all as long as it is not there."""
        if self._opened is None and not is_there(self.path):
            self._empty = self._empty or _nothing()
            return self._empty.execute(query, values)
        return self._file().execute(query, values)

    def _rows(self, query: str, values: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, some at a time."""
        with said_plainly(self.path):
            cursor = self._read(query, values)
        while True:
            with said_plainly(self.path):
                rows = cursor.fetchmany(ROWS)
            if not rows:
                return
            yield from rows


def _nothing() -> sqlite3.Connection:
    """A memory without a file and without content, to read from."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in _SCHEMA:
        connection.execute(statement)
    return connection


def is_there(path: Path) -> bool:
    """Whether there is something at a path. Raises MemoryUnusable where that cannot be known: corrections might be missing."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise MemoryUnusable(
                f"{path}: the translation memory is a link to {path.readlink()}, which is not there; mount its disk, or {_NOT_OURS}"
            ) from None
        return False
    except OSError as error:
        raise MemoryUnusable(
            f"{path}: the translation memory cannot be reached ({error.strerror}); check the permissions of its folder, or"
            f" {_NOT_OURS}"
        ) from error
    return True


def connect(path: Path) -> sqlite3.Connection:
    """Open a memory, made if it is not there. Raises MemoryUnusable for a file that is none, is damaged or too new."""
    with said_plainly(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MemoryUnusable(f"{path}: its folder cannot be made ({error.strerror}); {_NOT_OURS}") from error
        if is_there(path) and path.is_dir():
            raise MemoryUnusable(f"{path}: is a folder; {_NOT_OURS}")
        try:
            return _opened(path, "mode=rwc")
        except sqlite3.OperationalError as error:
            # In a folder that cannot be written SQLite has no place for the WAL's index. It does without
            # if it is told that nobody writes, which is so where no WAL stands beside the file.
            denied = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
            if not denied or not is_there(path) or not path.is_file() or path.with_name(f"{path.name}-wal").exists():
                raise
            return _opened(path, "mode=ro&immutable=1")


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(path.absolute()))}?{mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    try:
        if not (version := _version(connection, path)):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            _wal(connection)
        if version < SCHEMA_VERSION:
            _write_schema(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The format of the file; 0 if it is empty. Raises MemoryUnusable if it is something else."""
    ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_schema")
    ((application,),) = connection.execute("PRAGMA application_id")
    ((version,),) = connection.execute("PRAGMA user_version")
    if application == 0 and tables == 0:
        return 0
    if application != APPLICATION_ID:
        raise MemoryUnusable(f"{path}: is another program's database; {_NOT_OURS}")
    if version > SCHEMA_VERSION:
        raise MemoryUnusable(f"{path}: was made by a newer monoglot (format {version}); upgrade, or {_NOT_OURS}")
    return int(version)


def _write_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables, or those of an earlier format into ours, unless another process has just done so."""
    with transaction(connection):
        version = _version(connection, path)
        if version < SCHEMA_VERSION:
            for statement in _TO_2 if version else _SCHEMA:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait for this one lock by itself when two processes make the file at once."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Write all or nothing; waits for other writers."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        # After a full disk SQLite has rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the file into a MemoryUnusable. An error of the program's own goes through."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None or isinstance(error, sqlite3.IntegrityError):
            raise
        plain = _PLAIN.get(code & 0xFF, f"cannot be used ({error}); check the disk, or run with --no-memory")
        raise MemoryUnusable(f"{path}: the translation memory {plain}") from error
