"""What earlier runs have left in the output folder, and which of it is what this run would make."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

from pipeline.clean.repetition import Bearing
from pipeline.manifest import Entry, Previous, dump_row
from pipeline.models import ModelStore
from pipeline.provenance import corrected, drops, from_json, row
from pipeline.records import Record
from pipeline.settings import Settings
from pipeline.signature import signature
from pipeline.translate.memory import Memory
from pipeline.translator import Translator
from pipeline.write import Output, entry_of, short, text_file

# Signatures held at hand: documents of one language, on which nothing bears, have the same one.
SIGNATURES: Final = 4_096


class Standing:
    """The documents of earlier runs: their entries in the manifest, or where it is missing, in their records."""

    def __init__(
        self,
        output: Output,
        settings: Settings,
        store: ModelStore,
        translator: Translator,
        memory: Memory | None,
    ) -> None:
        """Look at the manifest in the output folder. To be closed."""
        self._output = output
        self._settings = settings
        self._translator = translator
        self._memory = memory
        self._revisions: dict[str, str] = {}
        self.previous = Previous(output.folder)

        @lru_cache(maxsize=SIGNATURES)
        def signed(languages: tuple[str, ...], corrected: str, corpus: str, dropped: bool, language: str | None) -> str:
            return short(signature(settings, store, languages, corrected, corpus, dropped, language))

        self._signed = signed

    def look_at_memory(self) -> None:
        """Ask which corrections there are: before any of them is looked up, so that one that comes later is seen by the next run."""
        self._revisions = self._memory.revisions() if self._memory is not None else {}

    def unchanged(self, document: str, name: str, bearing: Bearing) -> Entry | None:
        """The entry of a document whose files are what this run would make; None if it is to be done."""
        entry = self._entry(document)
        if entry is None or entry["path"] != name or not self._output.holds(entry):
            return None
        dropped = drops(self._settings, bearing)
        language = self._settings.language_of(name)
        if entry["signature"] != self._signed(
            tuple(entry["languages"]), entry.get("corrected", ""), bearing.digest, dropped, language
        ):
            return None
        return self._as_corrected(document, entry)

    def row(self, document: str) -> bytes:
        """The row of a document that has an entry."""
        if document in self.previous:
            return self.previous.row(document)
        return dump_row(row(self._record(document)))

    def revisions(self, entry: Entry) -> str:
        """What the corrections are called that there are for the languages of a document."""
        return ",".join(self._revisions[code] for code in entry["languages"] if code in self._revisions)

    def orphans(self, seen: Collection[str]) -> Iterator[Entry]:
        """The entries of documents that are whole but no longer in the input."""
        for document in sorted(name for name in self._output.documents() if name not in seen):
            if (entry := self._entry(document)) is not None:
                yield entry

    def close(self) -> None:
        """Close the manifest."""
        self.previous.close()

    def _entry(self, document: str) -> Entry | None:
        return self.previous.entry(document) or self._entry_from_record(document)

    def _entry_from_record(self, document: str) -> Entry | None:
        """The entry of a document that a run which did not finish has left whole; None if its files do not agree."""
        body, text = self._output.files(document)
        if body is None:
            return None
        try:
            record = from_json(body)
        except ValueError:
            return None
        # A copy that something else has made of a record speaks of the files of another document.
        return entry_of(record, text, body) if record.id == document and text_file(record) == text else None

    def _as_corrected(self, document: str, entry: Entry) -> Entry | None:
        """The entry of a document that holds the corrections that people have made by now; None if it does not."""
        revisions = self.revisions(entry)
        if entry.get("corrections", "") == revisions:
            return entry
        # Some correction of its languages is new or gone: whether it is one of this document's, its segments tell.
        record = self._record(document)
        if corrected(record, self._translator.corrections([record])) != entry.get("corrected", ""):
            return None
        return entry | {"corrections": revisions}

    def _record(self, document: str) -> Record:
        return from_json((self._output.folder / "records" / f"{document}.json").read_bytes())
