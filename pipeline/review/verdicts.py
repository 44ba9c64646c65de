"""Verdicts: accept, edit, reject, note; undo; and the corrections that follow from them.

A verdict is a row that is never changed, only marked as undone, so that who said what and when stays known. It holds the
words that it was given on: if another model translates the segment otherwise later, the verdict no longer counts for it.
Of several that stand the latest counts, by when it was given, not by when it came: a colleague's file may come late.

An edit goes to the translation memory, which other folders and other people's files share. There each folder stands by one
edit of a segment, or by none, and the latest of all stands: what is taken back is only what this folder gave.

`stratum` tells how the segment was found. None: it was hunted, by risk, flag, search or reading. Otherwise it was drawn at
random: `*` from all segments, `language:it` from those of a language, `document:<id>` from those of a document. Only drawn
ones say anything about the whole.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol
from uuid import uuid4

from pipeline.clean.unicode import tidy
from pipeline.review.store import Store
from pipeline.translate.memory import Correction, written

Kind = Literal["accept", "edit", "reject", "note", "confirm"]
EVERYWHERE: Final = "*"
# A verdict on what stands there now: on these words, or on those that a correction has replaced.
CURRENT: Final = "(s.text = v.seen OR (s.human AND EXISTS (SELECT 1 FROM verdicts e WHERE e.language = s.language AND e.source = s.source AND e.kind = 'edit' AND e.text = s.text)))"
ACTIVE: Final = "v.undone_at IS NULL AND v.kind <> 'note'"
LATEST: Final = "v.at DESC, v.id DESC"
# A time that is none, which an earlier version took from a file, is before all others.
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Refused(Exception):
    """A verdict that makes no sense; the message is for the person who gave it."""


class Unknown(Refused):
    """A segment or verdict that is not there (any more)."""


class Overtaken(Refused):
    """The segment has been judged elsewhere, in another tab, since it was shown."""


class Corrections(Protocol):
    """The part of the translation memory that verdicts write to."""

    def give(self, giver: str, language: str, source: str, correction: Correction | None) -> Correction | None:
        """Have a giver stand by a correction, or by none, whatever it stood by before. Returns the one that stands then."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of the segment `key`.

    `text` is the corrected English of an `edit`, or the words of a `note` (none take the note away). `confirm` repeats the
    verdict that stands, so that one given while hunting counts when the segment is drawn. `revision` is the state that the
    person saw, and `seen` the `words` of the English; None takes any. The same `uid` twice is the same verdict, sent again.
    """

    key: str
    kind: Kind
    text: str | None = None
    stratum: str | None = None
    seed: int | None = None
    reviewer: str | None = None
    revision: int | None = None
    uid: str = ""
    at: str = ""
    seen: str | None = None


def judge(store: Store, corrections: Corrections, verdict: Verdict) -> int:
    """Take a verdict. Returns the number of its row. Raises Refused, Unknown, Overtaken.

    Raises MonoglotError where the translation memory cannot be written: the verdict is kept all the same, and the memory
    gets it with the next one, or at the next start.
    """
    with store.writing() as db:
        row = _insert(db, verdict)
    settle(store, corrections)
    return row


def undo(store: Store, corrections: Corrections, row: int, reviewer: str | None = None) -> str:
    """Take a verdict back. Returns the key of its segment. Raises Unknown if there is none, or it was taken back before."""
    with store.writing() as db:
        found = db.execute("SELECT segment FROM verdicts WHERE id = ? AND undone_at IS NULL", (row,)).fetchone()
        if found is None:
            raise Unknown("that verdict has been taken back already")
        _mark_undone(db, row, reviewer, now())
    settle(store, corrections)
    key: str = found["segment"]
    return key


def take(
    store: Store, corrections: Corrections, verdicts: Iterable[tuple[Verdict, bool]]
) -> tuple[int, list[tuple[Verdict, Refused]], list[str]]:
    """Take many verdicts, from a file, each with whether it was undone there.

    Returns how many were new, those that were refused, and the segments whose edits are older than what stands.
    """
    new = 0
    refusals: list[tuple[Verdict, Refused]] = []
    with store.writing() as db:
        for verdict, undone in verdicts:
            known = db.execute("SELECT id, undone_at FROM verdicts WHERE uid = ?", (verdict.uid,)).fetchone()
            try:
                if known is None:
                    row = _insert(db, verdict)
                    new += 1
                else:
                    row = known["id"]
                if undone and (known is None or known["undone_at"] is None):
                    _mark_undone(db, row, verdict.reviewer, verdict.at or now())
            except Refused as error:
                refusals.append((verdict, error))
    return new, refusals, settle(store, corrections)


def settle(store: Store, corrections: Corrections) -> list[str]:
    """Bring the translation memory up to the verdicts. What a killed process left undone is done at the next start.

    Returns the keys of segments with a new edit that is without effect, because what stands is later.
    """
    with store.reading() as db:
        pending = db.execute(
            "SELECT language, source FROM verdicts WHERE pending GROUP BY language, source ORDER BY min(id)"
        ).fetchall()
        (giver,) = db.execute("SELECT giver FROM self").fetchone()
    older = []
    for language, source in pending:
        # One process of those that have the folder open at a time: none gives what another knows to be taken back.
        with store.writing() as db:
            older += _settled(db, corrections, giver, language, source)
    return older


def _settled(db: sqlite3.Connection, corrections: Corrections, giver: str, language: str, source: str) -> list[str]:
    """Give the memory the edit of a source that stands, or none. Returns the segment of a new edit that is without effect."""
    about = (language, source)
    standing = db.execute(
        "SELECT * FROM verdicts WHERE language = ? AND source = ? AND kind IN ('edit', 'reject') AND undone_at IS NULL",
        about,
    ).fetchall()
    standing.sort(key=_when)
    edit = standing[-1] if standing and standing[-1]["kind"] == "edit" else None
    there = corrections.give(giver, *about, edit and _correction(edit))
    db.execute("UPDATE verdicts SET pending = 0 WHERE language = ? AND source = ?", about)
    new = next((row for row in reversed(standing) if row["pending"]), None)
    lost = new is not None and new["kind"] == "edit" and (there is None or there.english != new["text"])
    return [new["segment"]] if new is not None and lost else []


def _when(row: sqlite3.Row) -> tuple[datetime, int]:
    return moment(row["at"]) or _NEVER, row["id"]


def _correction(row: sqlite3.Row) -> Correction:
    """What an edit puts into the memory."""
    made = written(_when(row)[0])
    return Correction(row["language"], row["source"], row["text"], row["reviewer"], made)


def revision(db: sqlite3.Connection, key: str) -> int:
    """A number that grows with everything that happens to a segment's verdicts."""
    row = db.execute(
        "SELECT coalesce(max(id), 0) + count(undone_at) FROM verdicts WHERE segment = ?", (key,)
    ).fetchone()
    number: int = row[0]
    return number


def history(db: sqlite3.Connection, key: str) -> list[dict[str, Any]]:
    """All verdicts on a segment, the newest first."""
    rows = db.execute(
        "SELECT id, kind, text, seen, stratum, reviewer, at, undone_by, undone_at FROM verdicts"
        " WHERE segment = ? ORDER BY id DESC",
        (key,),
    )
    return [dict(row) for row in rows]


def now() -> str:
    """The time, in UTC, to the second."""
    return written(datetime.now(UTC))


def moment(at: str) -> datetime | None:
    """The time of a verdict, in UTC; None where an earlier version took one that is none, such as 30 February, from a file."""
    try:
        return datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def words(text: str) -> str:
    """What stands for an English text on its way to the page and back: 16 hex digits of a hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _insert(db: sqlite3.Connection, verdict: Verdict) -> int:
    """Check a verdict against what stands there, and add its row."""
    if verdict.uid and (row := db.execute("SELECT id FROM verdicts WHERE uid = ?", (verdict.uid,)).fetchone()):
        again: int = row["id"]
        return again
    segment = db.execute(
        "SELECT s.*, d.path FROM segments s JOIN documents d ON d.id = s.document WHERE s.key = ?", (verdict.key,)
    ).fetchone()
    if segment is None:
        raise Unknown("that segment is no longer in the output; reload the page")
    if verdict.seen is not None and verdict.seen != words(segment["text"]):
        raise Overtaken("this segment was translated anew since it was shown; here is how it stands now")
    if verdict.revision is not None and verdict.revision != revision(db, verdict.key):
        raise Overtaken("this segment was judged in another window; here is how it stands now")
    kind, text = _kind_and_text(db, verdict, segment)
    _check_stratum(db, verdict, segment)
    cursor = db.execute(
        "INSERT INTO verdicts (uid, segment, document, path, language, source, seen, kind, text, stratum, seed, reviewer,"
        " at, pending) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            verdict.uid or str(uuid4()),
            verdict.key,
            segment["document"],
            segment["path"],
            segment["language"],
            segment["source"],
            segment["text"],
            kind,
            text,
            verdict.stratum,
            verdict.seed if verdict.stratum else None,
            verdict.reviewer,
            _time(db, verdict, segment),
            kind in ("edit", "reject"),
        ),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _time(db: sqlite3.Connection, verdict: Verdict, segment: sqlite3.Row) -> str:
    """When a verdict was given: none later than now, and what is said here and now after all that was said of these words.

    A clock that was wrong, on this computer or on a colleague's, must not have the last word.
    """
    if verdict.at:
        return min(verdict.at, now())
    about = (segment["language"], segment["source"])
    (last,) = db.execute("SELECT max(at) FROM verdicts WHERE language = ? AND source = ?", about).fetchone()
    return max(now(), last or "")


def _kind_and_text(db: sqlite3.Connection, verdict: Verdict, segment: sqlite3.Row) -> tuple[str, str | None]:
    if verdict.kind == "edit":
        text = tidy(verdict.text or "")
        if not text:
            raise Refused("a correction needs words; to say that the translation is wrong, reject it")
        if text == segment["text"]:
            raise Refused(
                "nothing was changed; to say that the translation is right, accept it, and if it was corrected before, undo that"
            )
        return "edit", text
    if verdict.kind == "note":
        return "note", (verdict.text or "").strip() or None
    if verdict.kind == "confirm":
        standing = db.execute(
            f"SELECT v.kind, v.text FROM verdicts v JOIN segments s ON s.key = v.segment"
            f" WHERE v.segment = ? AND {ACTIVE} AND {CURRENT} ORDER BY {LATEST} LIMIT 1",
            (verdict.key,),
        ).fetchone()
        if standing is None:
            raise Refused("there is no verdict to confirm")
        return standing["kind"], standing["text"]
    return verdict.kind, None


def _check_stratum(db: sqlite3.Connection, verdict: Verdict, segment: sqlite3.Row) -> None:
    """A verdict counts for the estimate only if its segment was really drawn."""
    if verdict.stratum is None:
        return
    if verdict.stratum not in (EVERYWHERE, f"language:{segment['language']}", f"document:{segment['document']}"):
        raise Refused("that segment does not belong to the sample it was shown in")
    drawn = db.execute("SELECT 1 FROM samples WHERE seed = ? AND key = ?", (verdict.seed, verdict.key)).fetchone()
    if drawn is None:
        raise Refused("that segment was not drawn; reload the page")


def _mark_undone(db: sqlite3.Connection, row: int, reviewer: str | None, at: str) -> None:
    db.execute(
        "UPDATE verdicts SET undone_by = ?, undone_at = ?, pending = kind IN ('edit', 'reject') WHERE id = ?",
        (reviewer, at, row),
    )
