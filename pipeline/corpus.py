"""The files of a run as one corpus: what recurs in them, looked for once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from pipeline import __version__
from pipeline.clean.ledger import apply
from pipeline.clean.pieces import Piece, pieces
from pipeline.clean.repetition import Repetition, from_json
from pipeline.clean.survey import MIN_DOCUMENTS, survey
from pipeline.errors import UnreadableFile, one_document
from pipeline.read import STDIN, Found, load, read_document
from pipeline.workers import Each
from pipeline.write import REPETITION, said_plainly, write_atomically

# Files that are in memory at a time.
FILES: Final = 256


def recurring(found: Iterable[Found], folder: Path, again: bool = False, each: Each = map) -> Repetition:
    """What recurs in the input, pipes and standard input aside, which can be read but once; `each` has the files cut into blocks.

    For a corpus of some size it is kept in the output folder, so that a rerun over the same bytes does not look again, unless `again`.
    Raises OutputError if that folder or the one for temporary files is full.
    """
    files = [item for item in found if _is_lasting(item)]
    if len(files) < 2:
        return Repetition()
    if len(files) < MIN_DOCUMENTS:
        return _surveyed(files, each)
    corpus, path = _digest(files), folder / REPETITION
    known = None if again else _kept(path, corpus)
    if known is None:
        known = _surveyed(files, each)
        with said_plainly(folder):
            folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, known.to_json(corpus).encode("utf-8"))
    return known


def _kept(path: Path, corpus: str) -> Repetition | None:
    """What an earlier run has found; None where that was in another corpus, or cannot be read: it can be found again."""
    try:
        return from_json(path.read_text("utf-8"), corpus)
    except (OSError, UnicodeDecodeError):
        return None


def _is_lasting(item: Found) -> bool:
    """Whether a file can be read again: a pipe, which a shell makes of `<(…)`, cannot."""
    return item.path != STDIN and os.path.isfile(item.path)  # noqa: PTH113 (Path.is_file can raise)


def _surveyed(files: Sequence[Found], each: Each) -> Repetition:
    with said_plainly(Path("the folder for temporary files")):
        return survey(_documents(files, each), len(files))


def _digest(files: Iterable[Found]) -> str:
    """A hash of all bytes, file by file, of what the name says that they are, and of the program's version: all that an
    outcome depends on."""
    corpus = hashlib.sha256(__version__.encode())
    for item in files:
        with suppress(UnreadableFile):  # said when its turn comes
            kind = item.path.rpartition(".")[2].lower().encode("utf-8", "surrogateescape")
            corpus.update(hashlib.sha256(load(item)).digest() + kind + b"\0")
    return corpus.hexdigest()


def _documents(files: Iterable[Found], each: Each = map) -> Iterator[tuple[str, list[Piece]]]:
    """The identifiers and the blocks of the files that can be read, of pages the article's; each content once.

    What cannot be read is said when its turn comes.
    """
    seen: set[str] = set()
    rest = iter(files)
    while some := list(islice(rest, FILES)):
        for found in each(_blocks, _loaded(some)):
            if found is not None and found[0] not in seen:
                seen.add(found[0])
                yield found


def _loaded(files: Iterable[Found]) -> Iterator[tuple[str, bytes]]:
    for item in files:
        with suppress(UnreadableFile):
            yield item.name, load(item)


def _blocks(file: tuple[str, bytes]) -> tuple[str, list[Piece]] | None:
    """A file's part of the corpus; None where it cannot be read."""
    with suppress(UnreadableFile), one_document():
        document = read_document(*file)
        return document.origin.id, list(pieces(apply(document.raw, document.edits)))
    return None
