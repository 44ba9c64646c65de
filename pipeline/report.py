"""What a run tells while it goes on, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, get_args

from pipeline.manifest import Entry
from pipeline.records import Status

# What becomes of a file: the status of its record, or that there is none.
Outcome = Literal[Status, "failed"]
# So many documents are named where some have to be looked at.
MAX_NAMED: Final = 5
# The exit code of a run that made no text of any document.
NOTHING_DONE: Final = 3


class Observer(Protocol):
    """Who hears how a run goes on."""

    def listed(self, documents: int) -> None:
        """The number of files found."""

    def read(self, documents: int) -> None:
        """So many more files have been read and cleaned, or passed over as unchanged."""

    def translating(self, segments: int) -> None:
        """So many more segments are to be translated."""

    def translated(self, segments: int) -> None:
        """So many more segments have been translated."""

    def problem(self, path: str, message: str) -> None:
        """A file could not be done; the run goes on."""

    def note(self, message: str) -> None:
        """Something that a person should know, but need not act on."""


class Silent:
    """An observer that says nothing."""

    def listed(self, documents: int) -> None:
        """Nothing."""

    def read(self, documents: int) -> None:
        """Nothing."""

    def translating(self, segments: int) -> None:
        """Nothing."""

    def translated(self, segments: int) -> None:
        """Nothing."""

    def problem(self, path: str, message: str) -> None:
        """Nothing."""

    def note(self, message: str) -> None:
        """Nothing."""


@dataclass(slots=True)
class Report:
    """What came of a run: documents by status, and what else a summary says.

    `passed_over` counts what was found and not read, by the reason. `orphans` are no longer in the input and were kept, `pruned` those that were removed,
    `spared` those of the orphans that were to be removed, and may be where nothing could be read.
    `alike` are the documents that nearly repeat an earlier one, dropped or not. `missing` counts those that hold words of a
    language without a model, by that language, and as `und` those whose own language could not be told; `untold` has the paths
    of the first of these. `partly` counts those that are in English but for segments that were kept in another language.
    """

    statuses: Counter[Outcome] = field(default_factory=Counter)
    languages: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    segments: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    copies: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    orphans: int = 0
    pruned: int = 0
    spared: int = 0
    flags: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    untold: list[str] = field(default_factory=list)
    partly: int = 0
    alike: int = 0
    seconds: float = 0.0

    def counts(self) -> dict[str, int]:
        """The documents by status, every status named."""
        return {status: self.statuses[status] for status in get_args(Outcome)}

    def add(self, entry: Entry, missing: Iterable[str] = ()) -> None:
        """Count a document by its manifest entry, and the languages in it for which a model is `missing`."""
        self.statuses[entry["status"]] += 1
        self.languages[entry.get("language", ""), entry["status"]] += 1
        for action, number in zip(("translated", "copied", "kept"), entry.get("coverage", ()), strict=False):
            self.segments[action] += number
        self.flags += entry.get("flags", 0)
        self.alike += "duplicate_of" in entry
        self.missing.update(missing)
        if entry["status"] != "untranslated":
            self.partly += any(entry.get("coverage", ())[2:])
        elif entry["language"] == "und":
            self.missing["und"] += 1
            self.untold += [entry["path"]] if len(self.untold) < MAX_NAMED else []

    @property
    def exit_code(self) -> int:
        """0 all well; 2 some documents failed, or are untranslated in whole or in part; 3 nothing done."""
        if not self.statuses["english"] + self.statuses["translated"] + self.statuses["untranslated"]:
            return NOTHING_DONE
        return 2 if self.statuses["failed"] or self.statuses["untranslated"] or self.partly else 0
