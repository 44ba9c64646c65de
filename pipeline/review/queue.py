"""What to look at next: the index in one of three orders, narrowed as asked, a page at a time.

A page begins after the last segment of the one before (keyset paging): it costs the same at the end of 100,000 segments as
at the start, and verdicts given meanwhile move nothing.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, Final, Literal

from pipeline.review.estimate import Estimate, estimate, more_needed
from pipeline.review.index import ensure_sample
from pipeline.review.store import Store
from pipeline.review.verdicts import ACTIVE, CURRENT, EVERYWHERE, LATEST

Order = Literal["risk", "sample", "document"]
ORDERS: Final[tuple[Order, ...]] = ("risk", "sample", "document")
MAX_PAGE: Final = 100
# Characters of a segment that the list shows.
PREVIEW: Final = 160
# Documents that the summary names; more are found by typing.
MAX_DOCUMENTS: Final = 100
# "How many more" is told for this half-width of the interval: ±5 %, what a reader of a report expects.
MARGIN: Final = 0.05


@dataclass(frozen=True, slots=True)
class Query:
    """Which segments, in which order. Empty strings narrow nothing; `after` is the key of the last one seen."""

    order: Order = "risk"
    seed: int = 1
    document: str = ""
    language: str = ""
    flag: str = ""
    search: str = ""
    open_only: bool = False
    after: str = ""
    limit: int = 40

    @property
    def stratum(self) -> str | None:
        """What a verdict given in this queue is drawn from; None where it is hunted."""
        if self.order != "sample" or self.flag or self.search or (self.document and self.language):
            return None
        if self.document:
            return f"document:{self.document}"
        return f"language:{self.language}" if self.language else EVERYWHERE


_FROM: Final = {
    "risk": "segments s JOIN documents d ON d.id = s.document",
    "sample": "samples p JOIN segments s ON s.key = p.key JOIN documents d ON d.id = s.document",
    # CROSS keeps SQLite to this order of the two, which is the order that is wanted.
    "document": "documents d CROSS JOIN segments s ON s.document = d.id",
}
_KEYS: Final = {"risk": ("s.calm", "s.n"), "sample": ("p.place",), "document": ("d.path", "d.id", "s.number")}
_STANDING: Final = (
    f"(SELECT v.id FROM verdicts v WHERE v.segment = s.key AND {ACTIVE} AND {CURRENT} ORDER BY {LATEST} LIMIT 1)"
)
_STRATA: Final = (
    f"(SELECT group_concat(DISTINCT v.stratum) FROM verdicts v WHERE v.segment = s.key AND {ACTIVE} AND {CURRENT})"
)
_STALE: Final = f"EXISTS (SELECT 1 FROM verdicts v WHERE v.segment = s.key AND {ACTIVE})"
_NOTE: Final = f"(SELECT v.text FROM verdicts v WHERE v.segment = s.key AND v.kind = 'note' AND v.undone_at IS NULL ORDER BY {LATEST} LIMIT 1)"
_COLUMNS: Final = (
    f"s.*, d.title, d.path, {_STANDING} AS standing, {_STRATA} AS strata, {_STALE} AS judged_once, {_NOTE} AS note"
)


def page(store: Store, query: Query) -> list[dict[str, Any]]:
    """The segments that come next, as the list shows them."""
    if query.order == "sample":
        ensure_sample(store, query.seed)
    with store.reading() as db:
        return [_item(db, row) for row in _select(db, query)]


def item(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """One segment as the list shows it, or None."""
    row = db.execute(f"SELECT {_COLUMNS} FROM {_FROM['risk']} WHERE s.key = ?", (key,)).fetchone()
    return _item(db, row) if row else None


def _select(db: sqlite3.Connection, query: Query) -> list[sqlite3.Row]:
    keys = _KEYS[query.order]
    wheres: list[str] = []
    values: list[Any] = []

    def where(condition: str, *given: Any) -> None:
        wheres.append(condition)
        values.extend(given)

    if query.order == "sample":
        where("p.seed = ?", query.seed)
    if query.document:
        where("s.document = ?", query.document)
    if query.language:
        where("s.language = ?", query.language)
    if query.flag:
        where("s.n IN (SELECT n FROM flags WHERE code = ?)", query.flag)
    if query.search:
        where("instr(s.folded, ?)", query.search.casefold())
    if query.open_only:
        where(f"{_STRATA if query.order == 'sample' else _STANDING} IS NULL")
    if query.after:
        place = f"SELECT {', '.join(keys)} FROM {_FROM[query.order]} WHERE s.key = ?"
        extra = (query.after, query.seed) if query.order == "sample" else (query.after,)
        row = db.execute(place + (" AND p.seed = ?" if query.order == "sample" else ""), extra).fetchone()
        if row is None:
            return []
        where(f"({', '.join(keys)}) > ({', '.join('?' * len(keys))})", *row)
    condition = f" WHERE {' AND '.join(wheres)}" if wheres else ""
    values.append(max(1, min(query.limit, MAX_PAGE)))
    return db.execute(
        f"SELECT {_COLUMNS} FROM {_FROM[query.order]}{condition} ORDER BY {', '.join(keys)} LIMIT ?", values
    ).fetchall()


def _item(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    standing = None
    if row["standing"] is not None:
        standing = dict(
            db.execute("SELECT id, kind, text, reviewer, at FROM verdicts WHERE id = ?", (row["standing"],)).fetchone()
        )
    return {
        "key": row["key"],
        "document": row["document"],
        "title": row["title"],
        "path": row["path"],
        "number": row["number"],
        "language": row["language"],
        "action": row["action"],
        "human": bool(row["human"]),
        "risk": round(1.0 - row["calm"], 4),
        "flags": json.loads(row["flags"]),
        "source": preview(row["source"]),
        "text": preview(row["text"]),
        "standing": standing,
        "drawn": row["strata"] is not None,
        "strata": row["strata"].split(",") if row["strata"] else [],
        "stale": row["standing"] is None and bool(row["judged_once"]),
        "note": row["note"],
    }


def preview(text: str) -> str:
    """The beginning of a text."""
    return text if len(text) <= PREVIEW else text[: PREVIEW - 1].rstrip() + "…"


def summary(store: Store, query: Query) -> dict[str, Any]:
    """What stands beside the queue: how much there is, how far one is, and how good it looks."""
    with store.reading() as db:
        counts = _counts(db)
        judged = db.execute(
            f"SELECT count(DISTINCT v.segment) FROM verdicts v CROSS JOIN segments s ON s.key = v.segment WHERE {ACTIVE} AND {CURRENT}"
        ).fetchone()[0]
        documents = db.execute("SELECT count(*) FROM documents WHERE segments > 0").fetchone()[0]
    languages, flags = counts.get("language", {}), counts.get("flag", {})
    return {
        "segments": counts["all"][""] if "all" in counts else 0,
        "judged": judged,
        "documents": documents,
        "languages": sorted(languages.items()),
        "flags": sorted(flags.items(), key=lambda flag: (-flag[1], flag[0])),
        "stratum": query.stratum,
        "estimate": estimates(store, query),
    }


def documents(store: Store, search: str = "") -> list[dict[str, Any]]:
    """Documents that have segments to look at, whose title or path holds the words that were typed."""
    with store.reading() as db:
        rows = db.execute(
            "SELECT id, title, path, language, segments FROM documents WHERE segments > 0 AND instr(folded, ?)"
            " ORDER BY path LIMIT ?",
            (search.casefold(), MAX_DOCUMENTS),
        )
        return [dict(row) for row in rows]


def estimates(store: Store, query: Query | None = None, margin: float = MARGIN) -> dict[str, Any]:
    """The estimate for all, for each language and for the documents that were sampled, with how many more to look at."""
    with store.reading() as db:
        counts = _counts(db)
        sampled = _sampled(db)
    population = counts.get("translated", {}).get("", 0)
    languages, documents = counts.get("sampled-language", {}), counts.get("sampled-document", {})

    def told(size: int, chosen: list[tuple[str, str, str, bool]]) -> dict[str, Any]:
        found = estimate(size, len(chosen), sum(wrong for *_, wrong in chosen))
        return as_json(found, margin)

    everywhere = [row for row in sampled if EVERYWHERE in row[2]]
    by_language = {
        code: told(size, [r for r in sampled if r[0] == code and (EVERYWHERE in r[2] or f"language:{code}" in r[2])])
        for code, size in sorted(languages.items())
    }
    seen = {row[1] for row in sampled} | ({query.document} if query and query.document in documents else set())
    by_document = {name: told(documents[name], [row for row in sampled if row[1] == name]) for name in sorted(seen)}
    return {
        "margin": margin,
        "all": told(population, everywhere),
        "languages": by_language,
        "documents": by_document,
    }


def as_json(found: Estimate, margin: float) -> dict[str, Any]:
    """An estimate as the page reads it."""
    return {
        "population": found.population,
        "judged": found.judged,
        "wrong": found.wrong,
        "share": found.share,
        "low": found.low,
        "high": found.high,
        "more": more_needed(found, margin),
    }


def _sampled(db: sqlite3.Connection) -> list[tuple[str, str, str, bool]]:
    """Every segment that was drawn and judged: its language, its document, the strata, and whether it was wrong.

    A later verdict on the same words counts instead of the first, wherever it was given; the acceptance of a correction does
    not make the model's words right.
    """
    rows = db.execute(
        f"SELECT s.language, s.document, group_concat(v.stratum, ' ') AS strata, (SELECT w.kind FROM verdicts w WHERE"
        f" w.segment = s.key AND w.undone_at IS NULL AND w.kind <> 'note' AND w.seen = v.seen ORDER BY w.at DESC, w.id DESC LIMIT 1) AS kind"
        f" FROM verdicts v CROSS JOIN segments s ON s.key = v.segment"
        f" WHERE s.action = 'translated' AND v.stratum IS NOT NULL AND {ACTIVE} AND {CURRENT} GROUP BY s.key"
    )
    return [(row["language"], row["document"], row["strata"], row["kind"] != "accept") for row in rows]


def _counts(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in db.execute("SELECT what, name, number FROM counts WHERE what <> 'sampled-document'"):
        found.setdefault(row["what"], {})[row["name"]] = row["number"]
    for row in db.execute(
        "SELECT name, number FROM counts WHERE what = 'sampled-document' AND name IN (SELECT document FROM verdicts)"
    ):
        found.setdefault("sampled-document", {})[row["name"]] = row["number"]
    return found
