"""The output folder: every file whole or not at all, and none but the empty lock that the manifest does not vouch for.

    text/<id>.txt  records/<id>.json  [sources/<id>]  documents.jsonl  run.json  [repetition.json]  .lock

`run.json` is taken away before the first document is written and comes back last. So it never speaks of files that have
changed since, and a folder without it is one whose run did not finish.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, Final

from filelock import FileLock, Timeout

from pipeline.errors import OutputError
from pipeline.manifest import ROWS, RUN, Entry, Previous, begins_as, dump_entry, dump_row, file_sha256, write_manifest
from pipeline.provenance import row, to_json
from pipeline.records import Record

FOLDERS: Final = ("text", "records")
_TEMPORARY: Final = ".tmp-"
LOCK: Final = ".lock"
REPETITION: Final = "repetition.json"
# The review of the folder, and what SQLite keeps beside it while it is open.
REVIEW: Final = tuple(f"review.sqlite{end}" for end in ("", "-wal", "-shm"))
_MINE: Final = frozenset((*FOLDERS, "sources", ROWS, RUN, REPETITION, "documents.parquet", *REVIEW))


# What does not pass by itself, as a full disk does.
_NEVER: Final = frozenset((errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST))

# The names of files in the folders.
_OURS: Final = {
    "text": re.compile(r"[0-9a-f]{12}\.txt"),
    "records": re.compile(r"[0-9a-f]{12}\.json"),
    "sources": re.compile(r"[0-9a-f]{12}"),
}


class Output:
    """One output folder, opened for writing by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._texts, self._records = (folder / name for name in FOLDERS)
        self._began = False

    def check(self) -> None:
        """Look at the folder, which need not be there. Raises OutputError if it is not ours."""
        with said_plainly(self.folder):
            if self.folder.exists() and not self.folder.is_dir():
                raise OutputError(f"{self.folder}: is a file; name a folder for the output")
            if self.folder.is_dir() and (strange := self._strangers()):
                raise OutputError(
                    f"{self.folder}: holds {strange[0]!r}, which is not monoglot's; name a new folder, or an empty one"
                )

    @contextmanager
    def opened(self) -> Iterator[Output]:
        """Make the folder and hold its lock. Raises OutputError if it is not ours, cannot be made, or is in use."""
        self.check()
        with said_plainly(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            # In the folder itself: every process that can write there sees it, whatever its folder for temporary files is.
            lock = FileLock(self.folder / LOCK, timeout=0, mode=0o666)
            try:
                lock.acquire()
            except Timeout as error:
                raise OutputError(
                    f"{self.folder}: another monoglot run is writing there; wait for it to end"
                ) from error
        try:
            self._sweep()
            yield self
        finally:
            lock.release()

    def _sweep(self) -> None:
        """Remove the temporary files of a run that was killed."""
        with said_plainly(self.folder):
            for folder in (self.folder, *(self.folder / name for name in (*FOLDERS, "sources"))):
                for path in folder.glob(f".*{_TEMPORARY}*"):
                    path.unlink()

    def _strangers(self) -> list[str]:
        """What stands in the folder that we would write among or over and have not written: told by content, not by name."""
        lists = [self.folder / name for name in (RUN, ROWS)]
        strange = [path.name for path in lists if path.exists() and not begins_as(path, path.name)]
        if strange or lists[0].exists():
            return strange
        inside = [
            f"{name}/{file}" for name in _OURS for file in _names(self.folder / name) if not _OURS[name].fullmatch(file)
        ]
        if inside or _names(self._records):
            return sorted(inside)
        return sorted(name for name in _names(self.folder) if name not in _MINE)

    def begin(self) -> None:
        """Make ready to change documents: from here until `finish` the folder has no manifest."""
        if self._began:
            return
        with said_plainly(self.folder):
            for name in FOLDERS:
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            (self.folder / RUN).unlink(missing_ok=True)
        self._began = True

    def write(self, record: Record, source: bytes | None = None) -> tuple[Entry, bytes]:
        """Write a document's files and return its manifest entry and its row. `source` is a copy of the file to keep."""
        self.begin()
        text, body = text_file(record), to_json(record)
        with said_plainly(self.folder):
            if source is not None:
                (self.folder / "sources").mkdir(exist_ok=True)
                write_atomically(self.folder / "sources" / record.id, source)
            if text is None:
                (self._texts / f"{record.id}.txt").unlink(missing_ok=True)
            else:
                write_atomically(self._texts / f"{record.id}.txt", text)
            write_atomically(self._records / f"{record.id}.json", body)
        return entry_of(record, text, body), dump_row(row(record))

    def remove(self, document: str) -> None:
        """Remove a document's files; its record first, for whatever is without one goes with the halves. Raises OutputError."""
        self.begin()
        with said_plainly(self.folder):
            for path in (self._records / f"{document}.json", self._texts / f"{document}.txt"):
                path.unlink(missing_ok=True)
            (self.folder / "sources" / document).unlink(missing_ok=True)

    def _remove_halves(self) -> None:
        """Remove texts and copies without a record: a run was killed before it wrote that, and the article changed since."""
        recorded = {name.removesuffix(".json") for name in _names(self._records)}
        for name in ("text", "sources"):
            for file in _names(self.folder / name):
                if _OURS[name].fullmatch(file) and file.removesuffix(".txt") not in recorded:
                    (self.folder / name / file).unlink()

    def holds(self, entry: Entry) -> bool:
        """Whether the files of a document are those that its entry speaks of, byte for byte."""
        record, text = (None if data is None else hashlib.sha256(data).hexdigest() for data in self.files(entry["id"]))
        if (record, text) != (entry["record_sha256"], entry["text_sha256"]):
            return False
        if entry.get("kept") != "copy":
            return True
        copy = _bytes(self.folder / "sources" / entry["id"])
        return copy is not None and hashlib.sha256(copy).hexdigest().startswith(entry["id"])

    def files(self, document: str) -> tuple[bytes | None, bytes | None]:
        """The bytes of a document's record and of its text; None for what is not there."""
        return _bytes(self._records / f"{document}.json"), _bytes(self._texts / f"{document}.txt")

    def documents(self) -> Iterator[str]:
        """The identifiers of all documents that have a record in the folder, one at a time."""
        if self._records.is_dir():
            with os.scandir(self._records) as entries:
                yield from (entry.name.removesuffix(".json") for entry in entries if entry.name.endswith(".json"))

    @contextmanager
    def listing(self) -> Iterator[Listing]:
        """The rows and entries of a run as they come; they take their places when the run ends well."""
        with ExitStack() as stack:
            with said_plainly(self.folder):
                rows = _temporary(self.folder / ROWS)
                stack.callback(_discard, rows)
                entries = stack.enter_context(tempfile.TemporaryFile(dir=self.folder))
            yield Listing(rows, entries)

    def finish(self, listing: Listing, previous: Previous, head: Mapping[str, Any]) -> None:
        """Put the rows and the manifest in place; where they would say what they say already, leave them alone."""
        with said_plainly(self.folder):
            listing.rows.flush()
            rows_sha256 = file_sha256(Path(listing.rows.name))
            if not self._began and previous.lists(rows_sha256, listing.lines()):
                return
            self.begin()
            self._remove_halves()
            _commit(listing.rows, self.folder / ROWS)
            with replacing(self.folder / RUN) as file:
                write_manifest(file, {**head, "documents_sha256": rows_sha256}, listing.lines())


@dataclass(frozen=True, slots=True)
class Listing:
    """The two lists of a run, spooled to disk: the rows of `documents.jsonl`, and the entries of `run.json`."""

    rows: IO[bytes]
    entries: IO[bytes]

    def add(self, entry: Entry, row: bytes = b"") -> None:
        """Add a document. One that failed has no row. Raises OutputError."""
        with said_plainly(Path(self.rows.name).parent):
            self.entries.write(dump_entry(entry) + b"\n")
            self.rows.write(row)

    def lines(self) -> Iterator[bytes]:
        """The entries so far, as their lines stand in `run.json`."""
        self.entries.seek(0)
        return (line.rstrip(b"\n") for line in self.entries)


def text_file(record: Record) -> bytes | None:
    """The bytes of `text/<id>.txt`; None for a duplicate, which has no such file: what reads the folder is not to meet it."""
    if record.status == "duplicate":
        return None
    return (record.text + "\n" if record.text else "").encode("utf-8")


def entry_of(record: Record, text: bytes | None, body: bytes) -> Entry:
    """What the manifest says of a document whose files hold `text` and `body`."""
    entry: Entry = {
        "path": record.origin.path,
        "id": record.id,
        "status": record.status,
        "language": record.language.code,
        "languages": sorted({segment.language for segment in record.segments}),
        "signature": short(record.signature),
        "text_sha256": None if text is None else hashlib.sha256(text).hexdigest(),
        "record_sha256": hashlib.sha256(body).hexdigest(),
        "coverage": [record.coverage.translated, record.coverage.copied, record.coverage.kept],
        "flags": sum(len(segment.flags) for segment in record.segments),
    }
    if record.duplicate is not None:
        entry["duplicate_of"] = record.duplicate.of
    if record.origin.kept != "ledger":
        entry["kept"] = record.origin.kept
    # The last part of the signature, where people corrected the document.
    _, human, corrected = record.signature.rpartition("|human:")
    return entry | {"corrected": corrected} if human else entry


def short(signature: str) -> str:
    """The first 12 hex digits of a signature's SHA-256: enough to tell whether it is still the same."""
    return hashlib.sha256(signature.encode("utf-8")).hexdigest()[:12]


def _names(folder: Path) -> list[str]:
    """The names in a folder that are not hidden; none where there is no such folder."""
    return [path.name for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else []


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that its name always has the old bytes or the new, whatever happens. Raises OSError."""
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path` when all has gone well, and leaves no trace if not."""
    with _temporary(path) as file:
        try:
            yield file
            _commit(file, path)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise


def _temporary(path: Path) -> IO[bytes]:
    """A new file beside `path`, with the permissions that `path` is to have: those of `tempfile` are private."""
    return path.with_name(f".{path.name}{_TEMPORARY}{token_hex(4)}").open("xb")


def _discard(file: IO[bytes]) -> None:
    """Close and remove a temporary file. On a full disk closing it fails once more, when it has been said already."""
    with suppress(OSError):
        file.close()
    with suppress(OSError):
        Path(file.name).unlink(missing_ok=True)


def _commit(file: IO[bytes], path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    Path(file.name).replace(path)


@contextmanager
def file_said_plainly(path: Path) -> Iterator[None]:
    """Turn what the file system says of one file that was asked for into an OutputError."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)) if path.parent.is_dir() else f"there is no folder {path.parent}"
        raise OutputError(f"{path}: cannot be written ({why})") from error


@contextmanager
def said_plainly(folder: Path) -> Iterator[None]:
    """Turn what the file system says into an OutputError."""
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        remedy = (
            "check its permissions, or name another folder"
            if error.errno in _NEVER
            else "what was finished is kept, run the same command again"
        )
        raise OutputError(f"{where}: cannot be written ({error.strerror or error}); {remedy}") from error
