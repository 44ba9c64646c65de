"""The orchestration: the stages in their order, batching over documents, resume, and what is said on the way.

Documents are taken in windows, so that memory does not grow with their number; within a window all that is to be translated
goes to the engine at once, sorted by length. A document whose bytes, settings and models are those of the files that are
already there is not done again.
"""

from __future__ import annotations

import hashlib
import platform
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from pipeline import __version__
from pipeline.clean import NOTHING, clean
from pipeline.clean.repetition import MIN_DOCUMENTS, Repetition, survey
from pipeline.clean.repetition import from_json as from_json_repetition
from pipeline.detect import detect
from pipeline.errors import InputError, UnreadableFile
from pipeline.manifest import Entry, Previous, dump_row
from pipeline.models import ModelStore
from pipeline.provenance import assemble, corrected, from_json, row, signature
from pipeline.read import STDIN, Found, Skipped, discover, load, read_document
from pipeline.records import Document, Record
from pipeline.report import Observer, Report, Silent
from pipeline.segment import segment
from pipeline.settings import Settings, cores
from pipeline.translate.memory import Memory
from pipeline.translator import Translator
from pipeline.write import REPETITION, Listing, Output, entry_of, short, text_file, write_atomically

AFTER_CLEANING: Final[tuple[Callable[[Document, Settings], Document], ...]] = (detect, segment)
# A window ends at either bound: enough segments to fill batches of one length, little enough to hold in memory.
WINDOW_DOCUMENTS: Final = 256
WINDOW_BYTES: Final = 8 * 1024 * 1024
# Worker processes load both classifiers, a second or two each; fewer documents than this are done in this one.
MIN_PARALLEL_DOCUMENTS: Final = 64


Prepare = Callable[[Sequence[tuple[str, bytes]]], Iterable[Document | str]]


@dataclass(slots=True)
class Slot:
    """One input file on its way through a window: done already (`entry`), or with its bytes waiting."""

    name: str
    entry: Entry | None = None
    row: bytes = b""
    data: bytes = b""
    document: Document | None = None


def prepare(name: str, data: bytes, settings: Settings, repetition: Repetition = NOTHING) -> Document | str:
    """Everything before the model: the document, or what is wrong with its file. `repetition` is that of its corpus."""
    try:
        document = read_document(name, data, settings.keep_sources)
    except UnreadableFile as error:
        return str(error)
    document = clean(document, settings, repetition)
    for stage in AFTER_CLEANING:
        document = stage(document, settings)
    return document


def normalize(texts: Iterable[str | bytes], settings: Settings | None = None) -> Iterator[Record]:
    """The records of documents that are in memory, in order: text, or the bytes of a file. Nothing is written.

    Raises UnreadableFile for bytes that are no text, ModelError and MissingExtra if a model does not load, MemoryUnusable.
    """
    settings = settings or Settings()
    store = ModelStore(settings.engine, settings.model, settings.pivot)
    with _memory(settings) as memory:
        translator = Translator(settings, store, Silent(), memory)
        window: list[Document] = []
        for text in texts:
            document = prepare("-", text.encode("utf-8") if isinstance(text, str) else text, settings)
            if isinstance(document, str):
                raise UnreadableFile(document)
            window.append(document)
            if len(window) == WINDOW_DOCUMENTS:
                yield from _records(window, settings, store, translator)
                window = []
        yield from _records(window, settings, store, translator)


def _records(window: list[Document], settings: Settings, store: ModelStore, translator: Translator) -> list[Record]:
    corrections = translator.corrections(window)
    hypotheses = translator.translate(window, corrections)
    return [assemble(document, settings, store, hypotheses, corrections) for document in window]


def _memory(settings: Settings) -> AbstractContextManager[Memory | None]:
    return nullcontext() if settings.memory is None else Memory(settings.memory)


def run(inputs: Sequence[str], out: Path, settings: Settings, observer: Observer | None = None) -> Report:
    """Read, clean, translate and write every document below the inputs. Returns the report; problems go to the observer.

    Raises InputError, OutputError, ModelError, MissingExtra: then what was written is whole, and a second call goes on.
    """
    with _memory(settings) as memory:
        return _Run(out, settings, observer or Silent(), memory).go(inputs)


class _Run:
    """One run: what it was told, and the state that its windows share."""

    def __init__(self, out: Path, settings: Settings, observer: Observer, memory: Memory | None) -> None:
        self.settings = settings
        self.observer = observer
        self.output = Output(out)
        self.report = Report()
        self.store = ModelStore(settings.engine, settings.model, settings.pivot)
        self.memory = memory
        self.translator = Translator(settings, self.store, observer, memory)
        self.revisions: dict[str, str] = {}
        self.signatures: dict[tuple[str, ...], str] = {}
        self.seen: dict[str, str] = {}
        self.repetition = NOTHING

    def go(self, inputs: Sequence[str]) -> Report:
        started, clock = datetime.now(UTC), time.perf_counter()
        found = self._find(inputs)
        with self.output.opened():
            previous = Previous(self.output.folder)
            try:
                self.repetition = self._survey(found)
                with (
                    self.output.listing() as listing,
                    _workers(len(found), self.settings, self.repetition) as prepare_all,
                ):
                    for window in self._windows(found, previous):
                        self._finish(window, prepare_all, listing)
                    self._list_orphans(previous, listing)
                    self.report.seconds = round(time.perf_counter() - clock, 3)
                    self.output.finish(listing, previous, self._head(inputs, started))
            finally:
                previous.close()
        return self.report

    def _find(self, inputs: Sequence[str]) -> list[Found]:
        found: list[Found] = []
        for item in discover(inputs, self.output.folder):
            if isinstance(item, Skipped):
                self.report.skipped += 1
                self.observer.note(f"{item.path}: passed over ({item.reason})")
            else:
                found.append(item)
        if not found:
            raise InputError(f"{', '.join(inputs)}: nothing to read there")
        self.observer.listed(len(found))
        return found

    def _survey(self, found: Sequence[Found]) -> Repetition:
        """What recurs in the input. It is kept beside the output, so that a rerun over the same bytes does not look again.

        Its digest is part of every document's signature: when an added file makes a block furniture that was not, all
        documents are done again, since any of them may hold it.
        """
        if len(found) < MIN_DOCUMENTS or any(item.path == STDIN for item in found):
            return NOTHING
        corpus = hashlib.sha256()
        for item in found:
            with suppress(UnreadableFile):  # said when its turn comes
                corpus.update(hashlib.sha256(load(item)).digest())
        path = self.output.folder / REPETITION
        known = from_json_repetition(path.read_text("utf-8"), corpus.hexdigest()) if path.exists() else None
        if known is not None:
            return known
        repetition = survey(_raw_texts(found))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, repetition.to_json(corpus.hexdigest()).encode("utf-8"))
        return repetition

    def _windows(self, found: Iterable[Found], previous: Previous) -> Iterator[list[Slot]]:
        window: list[Slot] = []
        documents = size = 0
        # Asked before any correction is looked up: one that comes in between is seen by the next run.
        self.revisions = self.memory.revisions() if self.memory is not None else {}
        for item in found:
            slot = self._slot(item, previous)
            window.append(slot)
            documents += bool(slot.entry is None)
            size += len(slot.data) + len(slot.row)
            if documents >= WINDOW_DOCUMENTS or size >= WINDOW_BYTES:
                yield window
                window, documents, size = [], 0, 0
                self.revisions = self.memory.revisions() if self.memory is not None else {}
        yield window

    def _slot(self, item: Found, previous: Previous) -> Slot:
        """Read one file, and find out whether there is anything to do for it."""
        try:
            data = load(item)
        except UnreadableFile as error:
            return self._failed(item.name, str(error))
        sha256 = hashlib.sha256(data).hexdigest()
        document = sha256[:12]
        if document in self.seen:
            self.report.copies += 1
            return Slot(item.name, {"path": item.name, "id": document, "copy": True})
        entry = None if self.settings.force else self._unchanged(document, item.name, previous)
        if entry is None:
            self.seen[document] = ""
            return Slot(item.name, data=data)
        self.seen[document] = entry["status"]
        self.report.unchanged += 1
        return Slot(item.name, entry, previous.row(document) if previous.entry(document) else self._row(document))

    def _unchanged(self, document: str, name: str, previous: Previous) -> Entry | None:
        """The entry of a document whose files are what this run would make; None if it is to be done."""
        if not self.output.has(document):
            return None
        entry = previous.entry(document) or self._entry_from_record(document)
        if entry is None or entry["path"] != name:
            return None
        if entry["signature"] != self._signature(entry["languages"], entry.get("corrected", "")):
            return None
        return self._as_corrected(document, entry)

    def _as_corrected(self, document: str, entry: Entry) -> Entry | None:
        """The entry of a document that holds the corrections that people have made by now; None if it does not."""
        revisions = self._revisions(entry)
        if entry.get("corrections", "") == revisions:
            return entry
        # Some correction of its languages is new or gone: whether it is one of this document's, its segments tell.
        record = from_json((self.output.folder / "records" / f"{document}.json").read_bytes())
        if corrected(record, self.translator.corrections([record])) != entry.get("corrected", ""):
            return None
        return entry | {"corrections": revisions}

    def _revisions(self, entry: Entry) -> str:
        """What the corrections are called that there are for the languages of a document."""
        return ",".join(self.revisions[code] for code in entry["languages"] if code in self.revisions)

    def _entry_from_record(self, document: str) -> Entry | None:
        """The entry of a document that a run which did not finish has left whole; None if its files do not agree."""
        folder = self.output.folder
        body = (folder / "records" / f"{document}.json").read_bytes()
        text = (folder / "text" / f"{document}.txt").read_bytes()
        try:
            record = from_json(body)
        except ValueError:
            return None
        return entry_of(record, text, body) if text_file(record) == text else None

    def _row(self, document: str) -> bytes:
        return dump_row(row(from_json((self.output.folder / "records" / f"{document}.json").read_bytes())))

    def _signature(self, languages: Iterable[str], corrected: str = "") -> str:
        key = (*languages, corrected)
        if key not in self.signatures:
            self.signatures[key] = short(
                signature(self.settings, self.store, key[:-1], corrected, self.repetition.digest)
            )
        return self.signatures[key]

    def _failed(self, name: str, message: str) -> Slot:
        self.observer.problem(name, message)
        return Slot(name, {"path": name, "status": "failed", "error": message})

    def _finish(self, window: list[Slot], prepare_all: Prepare, listing: Listing) -> None:
        """Do what is to be done in a window, and list its documents in their order."""
        todo = [slot for slot in window if slot.entry is None]
        for slot, document in zip(todo, prepare_all([(slot.name, slot.data) for slot in todo]), strict=True):
            if isinstance(document, str):
                slot.entry = self._failed(slot.name, document).entry
                self.seen[hashlib.sha256(slot.data).hexdigest()[:12]] = "failed"
            else:
                slot.document = document
            self.observer.read(1)
        self.observer.read(len(window) - len(todo))
        documents = [slot.document for slot in todo if slot.document is not None]
        corrections = self.translator.corrections(documents)
        hypotheses = self.translator.translate(documents, corrections)
        for slot in window:
            if slot.document is not None:
                record = assemble(slot.document, self.settings, self.store, hypotheses, corrections, self.repetition)
                entry, slot.row = self.output.write(record, slot.data if record.origin.kept == "copy" else None)
                slot.entry = entry | {"corrections": self._revisions(entry)} if self._revisions(entry) else entry
                self.seen[record.id] = record.status
            if slot.entry is None:
                raise AssertionError(f"{slot.name} was neither done nor failed")
            if "copy" in slot.entry:
                slot.entry["status"] = self.seen[slot.entry["id"]]
            else:
                self.report.add(slot.entry)
            listing.add(slot.entry, slot.row)
        self.translator.forget()

    def _list_orphans(self, previous: Previous, listing: Listing) -> None:
        """List what earlier runs left of documents that are no longer in the input: kept, vouched for, without a row."""
        for document in sorted(name for name in self.output.documents() if name not in self.seen):
            entry = previous.entry(document) or self._entry_from_record(document)
            if entry is not None:
                self.report.orphans += 1
                listing.add({**entry, "orphan": True})

    def _head(self, inputs: Sequence[str], started: datetime) -> dict[str, Any]:
        """What `run.json` says of the run itself."""
        return {
            "monoglot": __version__,
            "inputs": list(inputs),
            # Where a person keeps their memory is nobody's business: whether there was one is enough.
            "settings": {name: str(v) if isinstance(v, Path) else v for name, v in asdict(self.settings).items()}
            | {"memory": self.memory is not None},
            "started": started.isoformat(timespec="seconds"),
            "seconds": self.report.seconds,
            "machine": {
                "python": platform.python_version(),
                "system": platform.system(),
                "processor": platform.machine(),
            },
            "counts": self.report.counts(),
            "segments": dict(self.report.segments),
            "unchanged": self.report.unchanged,
            "copies": self.report.copies,
            "remembered": self.translator.remembered,
        }


@contextmanager
def _workers(documents: int, settings: Settings, repetition: Repetition) -> Iterator[Prepare]:
    """A function that prepares documents, in order: in worker processes where there are enough documents for it."""
    processes = cores(settings)
    if processes == 1 or documents < MIN_PARALLEL_DOCUMENTS:
        yield lambda files: (prepare(name, data, settings, repetition) for name, data in files)
        return
    # Ctrl-C is for this process to handle; the workers end with the pool.
    pool = ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
    )
    try:
        yield lambda files: pool.map(partial(_prepare_file, settings, repetition), files, chunksize=8)
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare_file(settings: Settings, repetition: Repetition, file: tuple[str, bytes]) -> Document | str:
    return prepare(*file, settings, repetition)


def _raw_texts(found: Iterable[Found]) -> Iterator[tuple[str, str]]:
    """The identifiers and raw texts of the files that can be read; each content once."""
    seen: set[str] = set()
    for item in found:
        try:
            document = read_document(item.name, load(item))
        except UnreadableFile:
            continue  # said when its turn comes
        if document.origin.id not in seen:
            seen.add(document.origin.id)
            yield document.origin.id, document.raw
