"""The translation memory: what models and people made of segments, in one SQLite file for all runs of a person.

A hypothesis is found again by the text that the model was given, the language, the model and the decoder: what comes from
the memory is what the model would give. A correction is a person's English for a segment as it stands in a document; it
outranks every model. Whoever gives one (a folder under review, or files) can take it back: of those that are left the latest
stands. None is later than now: a time of the future, which a wrong clock gives, becomes that at which it is noticed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from pipeline.folders import data_folder
from pipeline.models.store import THEN
from pipeline.translate import Hypothesis
from pipeline.translate.database import PARAMETERS, Database, said_plainly, transaction

T = TypeVar("T")
_REMEMBER: Final = "INTO hypothesis (maker, digest, text, body, used) VALUES (?, ?, ?, ?, ?)"
# The giver of corrections that came in files; all others have a name.
_FILES: Final = ""
_GIVE: Final = (
    "INSERT OR REPLACE INTO correction (giver, language, source, english, reviewer, made) VALUES (?, ?, ?, ?, ?, ?)"
)
_SAME: Final = "language = ? AND source = ? AND english = ? AND reviewer IS ? AND made = ?"
# Hypotheses taken away at a time while the file is larger than it may be.
_PRUNED: Final = 2000


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's English for a segment. `made` is when, in ISO 8601 with the zone; `reviewer` who, if they said."""

    language: str
    source: str
    english: str
    reviewer: str | None
    made: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A hypothesis with what made it: `text` is what the model was given; `used` is the day of the last use."""

    language: str
    model: str
    decoder: str
    text: str
    hypothesis: Hypothesis
    used: str


@dataclass(frozen=True, slots=True)
class Maker:
    """How many hypotheses there are of one language, model and decoder, and the days of their last uses."""

    language: str
    model: str
    decoder: str
    hypotheses: int
    first_used: str
    last_used: str


@dataclass(frozen=True, slots=True)
class Stats:
    """What a memory holds: its size in bytes, corrections by language, hypotheses by what made them."""

    bytes: int
    corrections: Mapping[str, int]
    makers: tuple[Maker, ...]


def written(when: datetime) -> str:
    """A time as corrections have it: ISO 8601, in UTC, to the second. Raises OverflowError where UTC has no such year."""
    return when.astimezone(UTC).isoformat(timespec="seconds")


def default_path() -> Path:
    """Where a person's memory is: $MONOGLOT_MEMORY, or memory.sqlite in the data folder. Raises OutputError."""
    named = os.environ.get("MONOGLOT_MEMORY")
    return Path(named) if named else data_folder() / "memory.sqlite"


class Memory(Database):
    """One memory file, open. Any number of processes may have it open; within one, each thread opens its own.

    Every method raises MemoryUnusable where the file cannot be read or, if it is to, written.
    """

    def __init__(self, path: Path) -> None:
        """Open the file; one that is not there is empty, and made when there is something to keep. Raises MemoryUnusable."""
        super().__init__(path)
        with said_plainly(path):
            self._read("SELECT 1 FROM maker, hypothesis, standing, revision LIMIT 0")

    def recall(self, texts: Iterable[str], language: str, model: str, decoder: str) -> dict[str, Hypothesis]:
        """The hypotheses that are known of the texts, of this very model and decoder."""
        known: dict[str, Hypothesis] = {}
        with said_plainly(self.path):
            maker = self._maker(language, model, decoder)
            if maker is None:
                return known
            for some in _batches(texts, PARAMETERS - 1):
                asked = {_digest(text): text for text in some}
                rows = self._read(
                    f"SELECT digest, body FROM hypothesis WHERE maker = ? AND digest IN ({_marks(asked)})",
                    (maker, *asked),
                )
                for digest, body in rows:
                    if (hypothesis := _load(body)) is not None:
                        known[asked[digest]] = hypothesis
        return known

    def used(self, texts: Iterable[str], language: str, model: str, decoder: str) -> None:
        """Note that what was recalled is in use today, for `prune`; writes at most once a day for each."""
        today = _today()
        with said_plainly(self.path):
            maker = self._maker(language, model, decoder)
            for some in _batches(texts, PARAMETERS - 2) if maker is not None else ():
                where = f"WHERE maker = ? AND used < ? AND digest IN ({_marks(some)})"
                which = (maker, today, *map(_digest, some))
                # Looked at before it is written: a reader waits for nobody.
                if self._read(f"SELECT 1 FROM hypothesis {where} LIMIT 1", which).fetchone():
                    self._file().execute(f"UPDATE hypothesis SET used = ? {where}", (today, *which))

    def remember(self, hypotheses: Mapping[str, Hypothesis], language: str, model: str, decoder: str) -> None:
        """Keep hypotheses by the texts that the model was given: all of them, or none if that fails."""
        today = _today()
        with said_plainly(self.path), transaction(self._file()) as connection:
            maker = self._made_by(language, model, decoder)
            connection.executemany(
                f"INSERT OR REPLACE {_REMEMBER}",
                ((maker, _digest(text), text, _dump(made), today) for text, made in hypotheses.items()),
            )

    def corrected(self, sources: Iterable[str], language: str) -> dict[str, str]:
        """The corrections of some segments of a language."""
        found: dict[str, str] = {}
        with said_plainly(self.path):
            for some in _batches(sources, PARAMETERS - 1):
                found.update(
                    self._read(
                        f"SELECT source, english FROM standing WHERE language = ? AND source IN ({_marks(some)})",
                        (language, *some),
                    )
                )
        return found

    def take(self, entries: Iterable[Correction | Remembered]) -> tuple[int, int]:
        """Take in what files hold: all of it, or nothing if that fails.

        Of two corrections of a segment the later one stands; a hypothesis that is known already stays. Returns how many
        corrections stand now that did not before, and how many hypotheses are new.
        """
        corrections = hypotheses = 0
        makers: dict[tuple[str, str, str], int] = {}
        with said_plainly(self.path), self._correcting() as now:
            for entry in entries:
                if isinstance(entry, Correction):
                    corrections += self._take(_not_after(now, entry))
                    continue
                key = (entry.language, entry.model, entry.decoder)
                if key not in makers:
                    makers[key] = self._made_by(*key)
                row = (makers[key], _digest(entry.text), entry.text, _dump(entry.hypothesis), entry.used)
                hypotheses += self._file().execute(f"INSERT OR IGNORE {_REMEMBER}", row).rowcount
        return corrections, hypotheses

    def give(self, giver: str, language: str, source: str, correction: Correction | None) -> Correction | None:
        """Have a giver, who has a name, stand by a correction of a segment, or by none, whatever it stood by before.

        Returns the correction that stands then: the latest of all givers.
        """
        with said_plainly(self.path), self._correcting() as now:
            if correction is None:
                where = "language = ? AND source = ? AND giver = ?"
                self._file().execute(f"DELETE FROM correction WHERE {where}", (language, source, giver))
            elif not self._has(given := _not_after(now, correction), giver):
                # A file with the very same had it from here: both go when it is taken back.
                self._file().execute(f"DELETE FROM correction WHERE giver = ? AND {_SAME}", (_FILES, *astuple(given)))
                self._file().execute(_GIVE, (giver, *astuple(given)))
            return self.correction(language, source)

    def _take(self, entry: Correction) -> bool:
        """Keep a correction from a file if it is later than what other files had. Returns whether it stands by that."""
        where = "language = ? AND source = ? AND giver = ? AND made >= ?"
        which = (entry.language, entry.source, _FILES, entry.made)
        if self._has(entry) or self._read(f"SELECT 1 FROM correction WHERE {where}", which).fetchone():
            return False
        self._file().execute(_GIVE, (_FILES, *astuple(entry)))
        return self.correction(entry.language, entry.source) == entry

    def _has(self, entry: Correction, giver: str | None = None) -> bool:
        """Whether a giver, or any, stands by this very correction."""
        found = self._read(f"SELECT giver FROM correction WHERE {_SAME}", astuple(entry))
        return any(giver in (None, name) for (name,) in found)

    @contextmanager
    def _correcting(self) -> Iterator[str]:
        """A transaction that may change corrections; gives the time. What a wrong clock has dated later is of now."""
        now = written(datetime.now(UTC))
        with transaction(self._file()) as connection:
            connection.execute("UPDATE correction SET made = ? WHERE made > ?", (now, now))
            yield now

    def correction(self, language: str, source: str) -> Correction | None:
        """The correction of a segment that stands, with who and when; None if there is none."""
        with said_plainly(self.path):
            row = self._read(
                "SELECT language, source, english, reviewer, made FROM standing WHERE language = ? AND source = ?",
                (language, source),
            ).fetchone()
        return None if row is None else Correction(*row)

    def revisions(self) -> dict[str, str]:
        """What the corrections are called as they are now, by language: after a change each has another name.

        A language that never had a correction has none.
        """
        with said_plainly(self.path):
            return dict(self._read("SELECT language, name FROM revision"))

    def every_correction(self, language: str | None = None) -> Iterator[Correction]:
        """The corrections, of one language or of all, in the order of their languages and sources."""
        where, which = ("WHERE language = ?", (language,)) if language is not None else ("", ())
        yield from (
            Correction(*row)
            for row in self._rows(
                f"SELECT language, source, english, reviewer, made FROM standing {where} ORDER BY language, source",
                which,
            )
        )

    def every_hypothesis(self, language: str | None = None) -> Iterator[Remembered]:
        """The hypotheses, of one language or of all, by what made them, the oldest first."""
        where, which = ("WHERE language = ?", (language,)) if language is not None else ("", ())
        rows = self._rows(
            "SELECT language, model, decoder, text, body, used FROM hypothesis JOIN maker ON maker.id = maker"
            f" {where} ORDER BY language, model, decoder, hypothesis.id",
            which,
        )
        for language_, model, decoder, text, body, used in rows:
            if (hypothesis := _load(body)) is not None:
                yield Remembered(language_, model, decoder, text, hypothesis, used)

    def stats(self) -> Stats:
        """What the memory holds."""
        with said_plainly(self.path):
            makers = self._read(
                "SELECT language, model, decoder, count(*), min(used), max(used) FROM hypothesis"
                " JOIN maker ON maker.id = maker GROUP BY maker.id ORDER BY language, model, decoder"
            ).fetchall()
            corrections = self._read("SELECT language, count(*) FROM standing GROUP BY language")
            return Stats(self._bytes(), dict(corrections), tuple(Maker(*row) for row in makers))

    def prune(
        self, unused_since: date | None = None, models: Collection[str] | None = None, max_bytes: int | None = None
    ) -> int:
        """Forget hypotheses and give their room back; corrections stay, always. Returns how many were forgotten.

        Forgets those not used since a day, those with a part by models other than `models` (signatures), and those unused for the
        longest while the file is larger than `max_bytes`.
        """
        with said_plainly(self.path):
            if not self._count():
                return 0
            with transaction(self._file()) as connection:
                before = self._count()
                if unused_since is not None:
                    connection.execute("DELETE FROM hypothesis WHERE used < ?", (unused_since.isoformat(),))
                if models is not None:
                    makers = connection.execute("SELECT id, model FROM maker").fetchall()
                    gone = [(maker,) for maker, model in makers if not set(model.split(THEN)) <= set(models)]
                    connection.executemany("DELETE FROM hypothesis WHERE maker = ?", gone)
                while max_bytes is not None and self._bytes() > max_bytes and self._count():
                    connection.execute(
                        "DELETE FROM hypothesis WHERE id IN (SELECT id FROM hypothesis ORDER BY used, id LIMIT ?)",
                        (_PRUNED,),
                    )
                connection.execute("DELETE FROM maker WHERE id NOT IN (SELECT maker FROM hypothesis)")
                pruned = before - self._count()
            # As scripts, for these have to be stepped through to their ends.
            connection.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);")
        return pruned

    def _maker(self, language: str, model: str, decoder: str) -> int | None:
        row = self._read(
            "SELECT id FROM maker WHERE language = ? AND model = ? AND decoder = ?", (language, model, decoder)
        ).fetchone()
        return None if row is None else int(row[0])

    def _made_by(self, language: str, model: str, decoder: str) -> int:
        """The number of a maker, which is given one if it has none; within a transaction."""
        maker = self._maker(language, model, decoder)
        if maker is not None:
            return maker
        row = self._file().execute(
            "INSERT INTO maker (language, model, decoder) VALUES (?, ?, ?) RETURNING id", (language, model, decoder)
        )
        return int(row.fetchone()[0])

    def _count(self) -> int:
        ((count,),) = self._read("SELECT count(*) FROM hypothesis")
        return int(count)

    def _bytes(self) -> int:
        """The size of the file, without pages that are free."""
        ((pages,),) = self._read("PRAGMA page_count")
        ((free,),) = self._read("PRAGMA freelist_count")
        ((size,),) = self._read("PRAGMA page_size")
        return int(size * (pages - free))


def _not_after(now: str, entry: Correction) -> Correction:
    return replace(entry, made=min(entry.made, now))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _marks(values: Collection[Any]) -> str:
    return ",".join("?" * len(values))


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Hypothesis)


def _dump(hypothesis: Hypothesis) -> str:
    return str(_adapter().dump_json(hypothesis), "utf-8")


def _load(body: str) -> Hypothesis | None:
    """The hypothesis of a row; None, which is to say unknown, if another version wrote it in another shape."""
    try:
        hypothesis: Hypothesis = _adapter().validate_json(body)
    except ValueError:
        return None
    return hypothesis
