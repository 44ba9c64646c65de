"""`run.json`: what a run was told, what made it, what came of every document, and the hashes of all that was written.

It is the only file with times in it. Its last member is the SHA-256 of the file itself (with that member's digits as zeros),
so that a change of any byte of it shows, too. One document a line: programs read it by lines, people by eye. It is written
and read back in a stream: a corpus of any size takes little memory.
"""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any, Final

Entry = dict[str, Any]
RUN: Final = "run.json"
ROWS: Final = "documents.jsonl"
_ZEROS: Final = b"0" * 64
_DOCUMENTS: Final = b'"documents": [\n'
_SEAL: Final = b'\n],\n"sha256": "'
_TAIL: Final = b'"\n}\n'
_BEGINNINGS: Final = {RUN: re.compile(rb'\{\n"monoglot": "'), ROWS: re.compile(rb'\{"id": "[0-9a-f]{12}"')}
_ROW_ID: Final = slice(8, 20)  # where `{"id": "` ends and the twelve digits stand


def write_manifest(file: IO[bytes], head: Mapping[str, Any], entries: Iterable[bytes]) -> None:
    """Write `run.json` to a file that is open for writing: the head's members, then the entries, then the seal."""
    digest = hashlib.sha256()

    def put(data: bytes) -> None:
        digest.update(data)
        file.write(data)

    put(b"{\n" + b"".join(f"{_dump(key)}: {_dump(value)},\n".encode() for key, value in head.items()) + _DOCUMENTS)
    for number, entry in enumerate(entries):
        put((b",\n" if number else b"") + entry)
    put(_SEAL)
    digest.update(_ZEROS + _TAIL)
    file.write(digest.hexdigest().encode() + _TAIL)


def dump_entry(entry: Entry) -> bytes:
    """One document's line of `run.json`, without its newline."""
    return _dump(entry).encode("utf-8")


def dump_row(row: Mapping[str, Any]) -> bytes:
    """One line of `documents.jsonl`, with its newline."""
    return (_dump(row) + "\n").encode("utf-8")


def begins_as(path: Path, of: str) -> bool:
    """Whether a file begins as every `run.json` or `documents.jsonl` (`of`) does that we write. Raises OSError."""
    with path.open("rb") as file:
        start = file.read(64)
    return not start or _BEGINNINGS[of].match(start) is not None


def is_sealed(path: Path) -> bool:
    """Whether a `run.json` is, byte for byte, the one that was written. Raises OSError."""
    digest = hashlib.sha256()
    length = path.stat().st_size - len(_ZEROS + _TAIL)
    with path.open("rb") as file:
        while length > 0 and (chunk := file.read(min(1 << 20, length))):
            digest.update(chunk)
            length -= len(chunk)
        end = file.read()
    digest.update(_ZEROS + _TAIL)
    return end == digest.hexdigest().encode() + _TAIL


def read_head(path: Path) -> dict[str, Any]:
    """The members of a `run.json` but its documents. Raises OSError, or ValueError if it is not one."""
    head = b""
    with path.open("rb") as file:
        for line in file:
            if line == _DOCUMENTS:
                break
            head += line
    members: dict[str, Any] = json.loads(head.rstrip().rstrip(b",") + b"}")
    return members


def read_entries(path: Path) -> Iterator[tuple[int, Entry]]:
    """The entries of a `run.json`, each with the place of its line. Raises OSError, or ValueError if it is not one."""
    with path.open("rb") as file:
        at, inside = 0, False
        for line in file:
            if inside and line == b"],\n":
                return
            if inside and line.strip():
                yield at, json.loads(line.rstrip().rstrip(b","))
            inside = inside or line == _DOCUMENTS
            at += len(line)


class Previous:
    """What the last complete run left: its entries and its rows, by identifier. Only their places are held in memory."""

    def __init__(self, folder: Path) -> None:
        """Look at a folder; one without a manifest, or whose manifest or rows were changed, has nothing to give."""
        self._index: dict[str, int] = {}
        self._places = array("Q")  # of each entry: where its line is, where its row is
        self._files: list[IO[bytes]] = []
        self._run = run = folder / RUN
        rows = folder / ROWS
        try:
            if not is_sealed(run) or read_head(run)["documents_sha256"] != file_sha256(rows):
                return
            self._files = [run.open("rb"), rows.open("rb")]
        except (OSError, ValueError, KeyError):
            return
        for at, entry in read_entries(run):
            if "text_sha256" in entry and "orphan" not in entry:
                self._index[entry["id"]] = len(self._places) // 2
                self._places.extend((at, 0))
        at = 0
        for line in self._files[1]:
            if (number := self._index.get(line[_ROW_ID].decode("ascii", "replace"))) is not None:
                self._places[2 * number + 1] = at
            at += len(line)

    def __contains__(self, document: str) -> bool:
        return document in self._index

    def entry(self, document: str) -> Entry | None:
        """The entry of a document, or None."""
        number = self._index.get(document)
        if number is None:
            return None
        entry: Entry = json.loads(self._line(0, self._places[2 * number]).rstrip().rstrip(b","))
        return entry

    def row(self, document: str) -> bytes:
        """The row of a document that has an entry."""
        return self._line(1, self._places[2 * self._index[document] + 1])

    def lists(self, rows_sha256: str, entries: Iterable[bytes]) -> bool:
        """Whether the last run listed the same: these rows, and these lines of entries."""
        if not self._files or read_head(self._run)["documents_sha256"] != rows_sha256:
            return False
        before = (dump_entry(entry) for _, entry in read_entries(self._run))
        return all(a == b for a, b in zip_longest(before, entries))

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()

    def _line(self, file: int, at: int) -> bytes:
        self._files[file].seek(at)
        return self._files[file].readline()


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
