"""What there is to judge, in which order; what of it has been drawn and counts in the estimate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.manifest import dump_entry, write_manifest
from pipeline.provenance import from_json, to_json
from pipeline.records import Record, Segment, Span, Translation
from pipeline.review import queue
from pipeline.review.choose import every_record
from pipeline.review.index import ensure_sample, refresh
from pipeline.review.memory import MemoryFile
from pipeline.review.queue import Query
from pipeline.review.store import Store
from pipeline.review.verdicts import Refused, Verdict, judge

from . import corpus
from .conftest import first


def test_orders(store: Store) -> None:
    risks = [item["risk"] for item in queue.page(store, Query("risk"))]
    assert risks == sorted(risks, reverse=True)
    places = [(item["path"], item["number"]) for item in queue.page(store, Query("document"))]
    assert places == sorted(places)
    drawn = [item["key"] for item in queue.page(store, Query("sample", seed=3))]
    assert drawn == [item["key"] for item in queue.page(store, Query("sample", seed=3))]
    assert drawn != [item["key"] for item in queue.page(store, Query("sample", seed=4))]
    assert len(drawn) == len(risks) == 7


@pytest.mark.parametrize("order", queue.ORDERS)
def test_pages_join_without_gap_or_repeat(store: Store, order: queue.Order) -> None:
    whole = [item["key"] for item in queue.page(store, Query(order))]
    joined: list[str] = []
    while page := queue.page(store, Query(order, after=joined[-1] if joined else "", limit=2)):
        joined += [item["key"] for item in page]
    assert joined == whole


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(language="ar"), 3),
        (Query(flag="number"), 2),
        (Query(flag="number", language="ar"), 1),
        (Query(document=corpus.HARBOUR.id), 4),
        (Query(search="PORTO È"), 1),
        (Query(search="before dawn"), 1),
        (Query(search="%"), 0),
        (Query(flag="no-such-flag"), 0),
        (Query(after="0000000000000000"), 0),
    ],
)
def test_narrowing(store: Store, query: Query, expected: int) -> None:
    assert len(queue.page(store, query)) == expected


def test_hunted_verdicts_do_not_enter_the_estimate(store: Store, memory: MemoryFile) -> None:
    ensure_sample(store, 1)
    for item in queue.page(store, Query("risk"))[:3]:
        judge(store, memory, Verdict(item["key"], "reject"))
    assert queue.estimates(store)["all"]["judged"] == 0
    drawn = queue.page(store, Query("sample"))
    judge(store, memory, Verdict(drawn[0]["key"], "accept", stratum="*", seed=1))
    found = queue.estimates(store)["all"]
    assert (found["judged"], found["wrong"], found["population"]) == (1, 0, 7)


def test_a_hunted_verdict_counts_once_it_is_confirmed_in_the_sample(store: Store, memory: MemoryFile) -> None:
    ensure_sample(store, 1)
    key = str(first(store)["key"])
    judge(store, memory, Verdict(key, "reject"))
    assert key in [item["key"] for item in queue.page(store, Query("sample", open_only=True))]
    judge(store, memory, Verdict(key, "confirm", stratum="*", seed=1))
    found = queue.estimates(store)["all"]
    assert (found["judged"], found["wrong"]) == (1, 1)
    assert key not in [item["key"] for item in queue.page(store, Query("sample", open_only=True))]


def test_a_sample_of_one_language_says_nothing_of_the_others(store: Store, memory: MemoryFile) -> None:
    ensure_sample(store, 1)
    key = str(first(store, order="sample", language="ar")["key"])
    judge(store, memory, Verdict(key, "reject", stratum="language:ar", seed=1))
    found = queue.estimates(store)
    assert found["all"]["judged"] == 0
    assert (found["languages"]["ar"]["judged"], found["languages"]["it"]["judged"]) == (1, 0)


@pytest.mark.parametrize(("stratum", "seed"), [("language:xx", 1), ("document:else", 1), ("*", 99), ("*", None)])
def test_only_what_was_drawn_counts_as_drawn(store: Store, memory: MemoryFile, stratum: str, seed: int | None) -> None:
    ensure_sample(store, 1)
    with pytest.raises(Refused):
        judge(store, memory, Verdict(str(first(store)["key"]), "accept", stratum=stratum, seed=seed))


def renewed(record: Record, number: int, text: str, origin: str) -> Record:
    """The record with another English for one segment, as a later run would write it."""
    pieces, segments, at = [], [], 0
    for place, segment in enumerate(record.segments):
        words = text if place == number else record.text[segment.text.start : segment.text.end]
        assert segment.translation is not None
        made: Translation = segment.translation
        if place == number:
            made = replace(made, hypothesis=text, origin=origin)  # type: ignore[arg-type]
        moved: Segment = replace(segment, text=Span(at, at + len(words)), translation=made, flags=())
        segments.append(moved)
        pieces.append(words)
        at += len(words) + 1
    return replace(record, text=" ".join(pieces), segments=tuple(segments))


def test_verdicts_follow_the_words_they_were_given_on(store: Store, memory: MemoryFile, folder: Path) -> None:
    ensure_sample(store, 1)
    key = str(first(store)["key"])
    judge(store, memory, Verdict(key, "edit", "Corrected.", stratum="*", seed=1))
    path = folder / "records" / f"{corpus.HARBOUR.id}.json"

    path.write_bytes(to_json(renewed(corpus.HARBOUR, 1, "Corrected.", "human")))
    assert refresh(store) == 1
    ensure_sample(store, 1)
    judge(store, memory, Verdict(key, "accept"))
    found = queue.estimates(store)["all"]
    assert (found["judged"], found["wrong"]) == (1, 1), "accepting a correction does not make the model right"

    path.write_bytes(to_json(renewed(from_json(path.read_bytes()), 1, "Another model says this.", "model")))
    refresh(store)
    item = next(item for item in queue.page(store, Query()) if item["key"] == key)
    assert item["standing"] is None
    assert item["stale"]
    assert queue.estimates(store)["all"]["judged"] == 0


def test_documents_that_are_gone_leave_the_index(store: Store, folder: Path) -> None:
    (folder / "records" / f"{corpus.VALLEY.id}.json").unlink()
    refresh(store)
    assert {item["language"] for item in queue.page(store, Query())} == {"it"}


def manifest(folder: Path, *entries: dict[str, object]) -> None:
    with (folder / "run.json").open("wb") as file:
        write_manifest(file, {}, map(dump_entry, entries))


def test_documents_that_left_the_input_are_in_no_queue_and_no_estimate(store: Store, folder: Path) -> None:
    valley: dict[str, object] = {"id": corpus.VALLEY.id, "path": "ar/wadi.txt"}
    harbour: dict[str, object] = {"id": corpus.HARBOUR.id, "path": "it/porto.txt"}
    failed: dict[str, object] = {"path": "it/leer.txt", "status": "failed"}

    def population() -> tuple[int, int]:
        refresh(store)
        return queue.estimates(store)["all"]["population"], sum(len(one.segments) for one in every_record(folder))

    assert population() == (7, 7), "without run.json nobody knows"
    manifest(folder, failed, harbour, {**valley, "orphan": True})
    assert population() == (4, 4)
    manifest(folder, failed, harbour, valley)
    assert population() == (7, 7)
    (folder / "run.json").write_bytes((folder / "run.json").read_bytes().replace(b'"id": ', b'"id", '))
    with pytest.raises(InputError, match=r"run\.json: cannot be read"):
        refresh(store)
