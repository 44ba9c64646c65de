"""The orchestration: batching over documents, resume, and what is said on the way.

Documents are taken in windows, so that memory does not grow with their number; within a window all that is to be translated
goes to the engine at once, sorted by length. A document whose bytes, settings and models are those of the files that are
already there is not done again.
"""

from __future__ import annotations

import hashlib
import os
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from math import ceil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from pipeline import __version__
from pipeline.clean.repetition import NOTHING, Bearing, Repetition
from pipeline.corpus import recurring
from pipeline.errors import InputError, UnreadableFile, one_document
from pipeline.manifest import Entry
from pipeline.models import TARGET, ModelStore
from pipeline.provenance import Corrections, Hypotheses, assemble, corrections_of
from pipeline.read import KINDS, Found, Skipped, discover, load, passed_over, recorded
from pipeline.records import Document, Record
from pipeline.report import NOTHING_DONE, Observer, Report, Silent
from pipeline.resume import Standing
from pipeline.settings import Settings, cores, is_at
from pipeline.stages import assemble_file, prepare, prepare_file
from pipeline.translate.memory import Memory
from pipeline.translator import Translator
from pipeline.workers import Each, workers
from pipeline.write import Listing, Output

if TYPE_CHECKING:
    from pipeline.cluster import Cluster

# A window ends at either bound: enough segments to fill batches of one length, little enough to hold in memory. On a cluster the
# bounds are for each so many workers: 256 news articles are some 20 chunks of segments.
WINDOW_DOCUMENTS: Final = 256
WINDOW_BYTES: Final = 8 * 1024 * 1024
WORKERS_OF_A_WINDOW: Final = 4
# Worker processes load both classifiers, a second or two each; fewer documents than this are done in this one.
MIN_PARALLEL_DOCUMENTS: Final = 64
# What has come of the bytes of a file so far, where it is not the status of its document.
WAITING, FAILED = "", "failed"


@dataclass(slots=True)
class Slot:
    """One input file on its way through a window: done already (`entry`), or with its bytes waiting."""

    name: str
    entry: Entry | None = None
    row: bytes = b""
    data: bytes = b""
    bearing: Bearing = NOTHING
    document: Document | None = None


def normalize(texts: Iterable[str | bytes], settings: Settings | None = None) -> Iterator[Record]:
    """The records of documents that are in memory, in order: text, or the bytes of a file. Nothing is written.

    Raises TypeError for a single text, or for what is neither text nor bytes, UnreadableFile for bytes that are no text, ModelError and MissingExtra if a model does not load, MemoryUnusable.
    """
    if isinstance(texts, (str, bytes)):
        raise TypeError("normalize takes a list of texts, or another iterable of them, not one text")
    return _normalized(texts, settings or Settings())


def _normalized(texts: Iterable[str | bytes], settings: Settings) -> Iterator[Record]:
    store = ModelStore(settings.engine, settings.model, settings.pivot)
    with _memory(settings) as memory:
        translator = Translator(settings, store, Silent(), memory)
        window: list[Document] = []
        for number, text in enumerate(texts):
            if not isinstance(text, (str, bytes)):
                raise TypeError(f"normalize: item {number} is {type(text).__name__}, not text or bytes")
            window.append(prepare("-", _encoded(text) if isinstance(text, str) else text, settings))
            if len(window) == WINDOW_DOCUMENTS:
                yield from _records(window, settings, store, translator)
                window = []
        yield from _records(window, settings, store, translator)


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableFile(f"is no text: at {error.start} stands half of a surrogate pair") from error


def _records(window: list[Document], settings: Settings, store: ModelStore, translator: Translator) -> list[Record]:
    corrections = translator.corrections(window)
    translated = translator.translate(window, corrections)
    records = [
        assemble(document, settings, store, hypotheses, corrections)
        for document, hypotheses in zip(window, translated, strict=True)
    ]
    translator.forget()
    return records


def _memory(settings: Settings) -> AbstractContextManager[Memory | None]:
    return nullcontext() if settings.memory is None else Memory(settings.memory)


def run(inputs: Sequence[str], out: Path, settings: Settings, observer: Observer | None = None) -> Report:
    """Read, clean, translate and write every document below the inputs. Returns the report; problems go to the observer.

    Raises InputError, OutputError, ModelError, ClusterError, MissingExtra: then what was written is whole, and a second call goes on.
    """
    observer = observer or Silent()
    with _memory(settings) as memory, _cluster(settings, observer) as cluster:
        return _Run(out, settings, observer, memory, cluster).go(inputs)


def _cluster(settings: Settings, observer: Observer) -> AbstractContextManager[Cluster | None]:
    if settings.cluster is None:
        return nullcontext()
    from pipeline.cluster import connected

    return connected(settings, observer)


class _Run:
    """One run: what it was told, and the state that its windows share."""

    def __init__(
        self, out: Path, settings: Settings, observer: Observer, memory: Memory | None, cluster: Cluster | None
    ) -> None:
        self.settings = settings
        self.observer = observer
        self.output = Output(out)
        self.report = Report()
        self.store = ModelStore(settings.engine, settings.model, settings.pivot)
        self.memory = memory
        self.cluster = cluster
        self.translator = Translator(settings, self.store, observer, memory, cluster)
        self.seen: dict[str, str] = {}
        self.repetition = Repetition()
        self.failed: list[str] = []
        self.unread = False

    def go(self, inputs: Sequence[str]) -> Report:
        started, clock = datetime.now(UTC), time.perf_counter()
        self.output.check()
        found = self._find(inputs)
        with self.output.opened():
            standing = Standing(self.output, self.settings, self.store, self.translator, self.memory)
            try:
                with self._workers(len(found)) as each, self.output.listing() as listing:
                    self.repetition = recurring(found, self.output.folder, self.settings.force, each)
                    for window in self._windows(found, standing):
                        self._finish(window, each, listing, standing)
                    here = {document for document, status in self.seen.items() if status != FAILED}
                    for orphan in standing.orphans(here):
                        self._leave(orphan, listing)
                    self.report.seconds = round(time.perf_counter() - clock, 3)
                    self.output.finish(listing, standing.previous, self._head(inputs, started))
            finally:
                standing.close()
        return self.report

    def _workers(self, documents: int) -> AbstractContextManager[Each]:
        """Who does what needs no model."""
        if self.cluster is not None:
            return nullcontext(self.cluster.map)
        return workers(1 if documents < MIN_PARALLEL_DOCUMENTS else cores(self.settings))

    def _leave(self, orphan: Entry, listing: Listing) -> None:
        """Remove what is no longer in the input if that is wanted; else it is kept, vouched for, without a row."""
        if self.settings.prune and not self._may_be_there(orphan):
            self.report.pruned += 1
            self.output.remove(orphan["id"])
        else:
            self.report.orphans += 1
            self.report.spared += self.settings.prune
            listing.add({**orphan, "orphan": True})

    def _may_be_there(self, orphan: Entry) -> bool:
        """Whether a document may be in the input although it was not found.

        Any may be where a file or a folder could not be read, or a folder is empty, as the place of a disk is that is not there:
        it may have moved, or its place be written otherwise. So may all where there was nothing to do. One whose bytes were
        read, or another file at its path, and failed, is there.
        """
        at = PurePosixPath(orphan["path"])
        failed = orphan["id"] in self.seen or any(at.is_relative_to(name) for name in self.failed)
        return failed or self.unread or self.report.exit_code == NOTHING_DONE

    def _find(self, inputs: Sequence[str]) -> list[Found]:
        found: list[Found] = []
        skipped: list[Skipped] = []
        for item in discover(inputs, self.output.folder, KINDS):
            if isinstance(item, Found):
                found.append(item)
            else:
                skipped.append(item)
        for line in passed_over(skipped):
            self.observer.note(line)
        self.report.passed_over.update(item.reason for item in skipped)
        self.unread = any(_is_empty(name) for name in inputs)
        if not found:
            why = f" ({'; '.join(self.report.passed_over)})" if self.report.passed_over else ""
            raise InputError(f"{', '.join(inputs)}: nothing to read there{why}")
        for code, place in self.settings.languages:
            if not any(is_at(item.name, place) for item in found):
                self.observer.note(f"--language {code}={place}: there is no such file or folder in the input")
        self.observer.listed(len(found))
        return found

    def _windows(self, found: Iterable[Found], standing: Standing) -> Iterator[list[Slot]]:
        window: list[Slot] = []
        documents = size = 0
        scale = 1 if self.cluster is None else ceil(self.cluster.size / WORKERS_OF_A_WINDOW)
        standing.look_at_memory()
        for item in found:
            slot = self._slot(item, standing)
            window.append(slot)
            documents += bool(slot.entry is None)
            size += len(slot.data) + len(slot.row)
            if documents >= scale * WINDOW_DOCUMENTS or size >= scale * WINDOW_BYTES:
                yield window
                window, documents, size = [], 0, 0
                standing.look_at_memory()
        yield window

    def _slot(self, item: Found, standing: Standing) -> Slot:
        """Read one file, and find out whether there is anything to do for it."""
        try:
            data = load(item)
        except UnreadableFile as error:
            self.unread = True
            return self._failed(item.name, str(error))
        sha256 = hashlib.sha256(data).hexdigest()
        document = sha256[:12]
        slot = Slot(item.name, data=data, bearing=self.repetition.of(document))
        if document in self.seen and self.seen[document] != FAILED:
            slot.entry = {"path": item.name, "id": document, "copy": True}
        else:
            self._take(slot, document, standing)
        return slot

    def _take(self, slot: Slot, document: str, standing: Standing) -> None:
        """Fill a slot with what an earlier run has left of its file; what is not there, or is to be other, waits."""
        slot.entry = None if self.settings.force else standing.unchanged(document, slot.name, slot.bearing)
        if slot.entry is None:
            self.seen[document] = WAITING
            return
        self.seen[document] = slot.entry["status"]
        self.report.unchanged += 1
        slot.row, slot.data = standing.row(document), b""

    def _failed(self, name: str, message: str) -> Slot:
        self.observer.problem(name, message)
        self.failed.append(name)
        return Slot(name, {"path": name, "status": FAILED, "error": message})

    def _finish(self, window: list[Slot], each: Each, listing: Listing, standing: Standing) -> None:
        """Do what is to be done in a window, and list its documents in their order."""
        todo = [slot for slot in window if slot.entry is None]
        self.observer.read(len(window) - len(todo))
        while todo:
            self._prepare(todo, each)
            todo = self._copies_of_failed(window, standing)
        records = iter(self._records(window, each))
        for slot in window:
            if slot.document is not None:
                record = next(records)
                if isinstance(record, str):
                    self._fail(slot, record)
                else:
                    self._write(slot, record, standing)
            if slot.entry is None:
                raise AssertionError(f"{slot.name} was neither done nor failed")
            if "copy" in slot.entry:
                self.report.copies += 1
                slot.entry["status"] = self.seen[slot.entry["id"]]
            else:
                self._count(slot.entry)
            listing.add(slot.entry, slot.row)
        self.translator.forget()

    def _records(self, window: Iterable[Slot], each: Each) -> Iterable[Record | str]:
        """The record of each document in a window, or what is wrong with it, with all of them translated."""
        slots = [(slot, slot.document) for slot in window if slot.document is not None]
        documents = [document for _, document in slots]
        corrections = self.translator.corrections(documents)
        translated = self._translated(documents, corrections)
        self.store.settle({unit.language for document in documents for unit in document.units})
        parts = [
            (document, hypotheses, corrections_of(document, corrections), slot.bearing)
            for (slot, document), hypotheses in zip(slots, translated, strict=True)
            if not isinstance(hypotheses, str)
        ]
        records = iter(each(partial(assemble_file, self.settings, self.store), parts))
        return (hypotheses if isinstance(hypotheses, str) else next(records) for hypotheses in translated)

    def _translated(self, documents: list[Document], corrections: Corrections) -> list[Hypotheses | str]:
        """The hypotheses of each document, or what is wrong with it: where nobody has foreseen it, each is done by itself."""
        try:
            with one_document():
                return list(self.translator.translate(documents, corrections))
        except UnreadableFile as error:
            if len(documents) == 1:
                return [str(error)]
        return [one for document in documents for one in self._translated([document], corrections)]

    def _write(self, slot: Slot, record: Record, standing: Standing) -> None:
        entry, slot.row = self.output.write(record, slot.data if record.origin.kept == "copy" else None)
        revisions = standing.revisions(entry)
        slot.entry = entry | {"corrections": revisions} if revisions else entry
        self.seen[record.id] = record.status

    def _fail(self, slot: Slot, message: str) -> None:
        slot.entry = self._failed(slot.name, message).entry
        self.seen[hashlib.sha256(slot.data).hexdigest()[:12]] = FAILED

    def _prepare(self, slots: Sequence[Slot], each: Each) -> None:
        """Everything before the model, for files with different bytes: each slot has its document then, or has failed."""
        work = partial(prepare_file, self.settings)
        prepared = each(work, [(slot.name, slot.data, slot.bearing) for slot in slots])
        for slot, document in zip(slots, prepared, strict=True):
            if isinstance(document, str):
                self._fail(slot, document)
            else:
                slot.document = document
            self.observer.read(1)

    def _copies_of_failed(self, window: Iterable[Slot], standing: Standing) -> list[Slot]:
        """Copies of files that could not be read, one of each, to be done: under its own name one may be an article."""
        again: dict[str, Slot] = {}
        for slot in window:
            if slot.entry is not None and "copy" in slot.entry and self.seen[slot.entry["id"]] == FAILED:
                again.setdefault(slot.entry["id"], slot)
        for document, slot in again.items():
            self._take(slot, document, standing)
        return [slot for slot in again.values() if slot.entry is None]

    def _count(self, entry: Entry) -> None:
        """Add a document to the report, and say so where it is untranslated for another reason than those in the summary."""
        kept = sum(entry.get("coverage", ())[2:])  # where nothing was, it lacks no model
        foreign = [code for code in entry.get("languages", ()) if code not in (TARGET, "und")] if kept else []
        missing = [code for code in foreign if self.store.way(code) is None]
        self.report.add(entry, missing)
        if entry["status"] == "untranslated" and entry["language"] != "und" and not missing:
            where = f"monoglot show {entry['id']} --from {self.output.folder}"
            self.observer.note(f"{entry['path']}: nothing of it was translated; see why with: {where}")

    def _head(self, inputs: Sequence[str], started: datetime) -> dict[str, Any]:
        """What `run.json` says of the run itself."""
        return {
            "monoglot": __version__,
            "inputs": [recorded(name) for name in inputs],
            # Where a person keeps their memory or has a cluster is nobody's business: whether there was one is enough.
            "settings": {name: recorded(v) if isinstance(v, Path) else v for name, v in asdict(self.settings).items()}
            | {"memory": self.memory is not None, "cluster": self.cluster is not None},
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
            "passed_over": dict(self.report.passed_over),
            "remembered": self.translator.remembered,
        }


def _is_empty(name: str) -> bool:
    """Whether there is a folder of that name with nothing in it."""
    try:
        with os.scandir(name) as entries:
            return next(entries, None) is None
    except OSError:
        return False
