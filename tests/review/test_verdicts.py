"""Verdicts in the database: what counts, what is undone, what reaches the memory, and what a kill leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import InputError, OutputError
from pipeline.manifest import dump_entry, write_manifest
from pipeline.provenance import from_json, to_json
from pipeline.records import Record, Segment, Span, Translation
from pipeline.review import index, queue
from pipeline.review.choose import every_record
from pipeline.review.index import ensure_sample, refresh
from pipeline.review.memory import MemoryFile
from pipeline.review.queue import Query
from pipeline.review.store import DATABASE, VERSION, Store
from pipeline.review.verdicts import Overtaken, Refused, Unknown, Verdict, judge, settle, undo
from pipeline.translate.memory import Correction, Memory
from pipeline.verify import load_record

from . import corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus.write(tmp_path / "normalized", [corpus.HARBOUR, corpus.VALLEY])


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store(folder) as store:
        refresh(store)
        yield store


@pytest.fixture
def memory(tmp_path: Path) -> MemoryFile:
    return MemoryFile(tmp_path / "memory.sqlite")


def corrections(memory: MemoryFile, language: str = "it") -> dict[str, str]:
    with Memory(memory.path) as opened:
        return {c.source: c.english for c in opened.every_correction(language)}


def first(store: Store, **how: object) -> dict[str, object]:
    return queue.page(store, Query(**how))[0]  # type: ignore[arg-type]


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


def test_an_edit_goes_to_the_memory_and_undo_withdraws_it(store: Store, memory: MemoryFile) -> None:
    item = first(store)
    row = judge(
        store, memory, Verdict(str(item["key"]), "edit", "  The prefect said “235 families” left. ", reviewer="Ada")
    )
    source = "Secondo il prefetto, 235 famiglie hanno lasciato le case."
    assert corrections(memory) == {source: 'The prefect said "235 families" left.'}
    undo(store, memory, row, "Ada")
    assert corrections(memory) == {}
    with pytest.raises(Unknown):
        undo(store, memory, row)


def test_undoing_the_second_edit_brings_back_the_first(store: Store, memory: MemoryFile) -> None:
    key = str(first(store)["key"])
    judge(store, memory, Verdict(key, "edit", "One."))
    row = judge(store, memory, Verdict(key, "edit", "Two."))
    assert list(corrections(memory).values()) == ["Two."]
    undo(store, memory, row)
    assert list(corrections(memory).values()) == ["One."]
    judge(store, memory, Verdict(key, "reject"))
    assert corrections(memory) == {}


def test_a_rejection_leaves_corrections_from_elsewhere_alone(store: Store, memory: MemoryFile) -> None:
    item = first(store)
    source = "Secondo il prefetto, 235 famiglie hanno lasciato le case."
    memory.swap("it", source, None, Correction("it", source, "From another folder.", None, "2026-01-01T00:00:00+00:00"))
    judge(store, memory, Verdict(str(item["key"]), "reject"))
    assert corrections(memory) == {source: "From another folder."}


SOURCE = "Secondo il prefetto, 235 famiglie hanno lasciato le case."
MARTA = Correction("it", SOURCE, "Marta's words.", "Marta", "2026-01-01T00:00:00+00:00")


@pytest.mark.parametrize("last", ["undo", "reject"])
def test_what_an_edit_replaced_is_put_back(store: Store, memory: MemoryFile, last: str) -> None:
    memory.swap("it", SOURCE, None, MARTA)
    key = str(first(store)["key"])
    judge(store, memory, Verdict(key, "edit", "One."))
    row = judge(store, memory, Verdict(key, "edit", "Two."))
    assert corrections(memory) == {SOURCE: "Two."}
    undo(store, memory, row)
    assert corrections(memory) == {SOURCE: "One."}
    if last == "reject":
        judge(store, memory, Verdict(key, "reject"))
    else:
        undo(store, memory, row - 1)
    assert memory.correction("it", SOURCE) == MARTA


def test_undo_in_one_folder_leaves_the_edit_of_another(store: Store, memory: MemoryFile, tmp_path: Path) -> None:
    key = str(first(store)["key"])
    row = judge(store, memory, Verdict(key, "edit", "Here.", at="2026-03-01T10:00:00+00:00"))
    with Store(corpus.write(tmp_path / "elsewhere", [corpus.HARBOUR])) as elsewhere:
        refresh(elsewhere)
        judge(elsewhere, memory, Verdict(key, "edit", "There.", at="2026-03-02T10:00:00+00:00"))
    undo(store, memory, row)
    assert corrections(memory) == {SOURCE: "There."}


def test_the_same_verdict_in_two_folders_is_taken_out_by_the_one_that_put_it_there(
    store: Store, memory: MemoryFile, tmp_path: Path
) -> None:
    verdict = Verdict(str(first(store)["key"]), "edit", "The same.", at="2026-03-01T10:00:00+00:00")
    row = judge(store, memory, verdict)
    with Store(corpus.write(tmp_path / "elsewhere", [corpus.HARBOUR])) as elsewhere:
        refresh(elsewhere)
        undo(elsewhere, memory, judge(elsewhere, memory, verdict))
    assert corrections(memory) == {SOURCE: "The same."}
    undo(store, memory, row)
    assert corrections(memory) == {}


def test_an_edit_that_another_process_has_put_there_first_can_be_undone(
    store: Store, memory: MemoryFile, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap, others = memory.swap, iter([True])

    def late(*given: object) -> bool:
        if next(others, False):  # between this process's look and its write
            with Store(folder) as other:
                settle(other, MemoryFile(memory.path))
        return swap(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(memory, "swap", late)
    row = judge(store, memory, Verdict(str(first(store)["key"]), "edit", "Ada's."))
    assert corrections(memory) == {SOURCE: "Ada's."}
    undo(store, memory, row)
    assert corrections(memory) == {}


def test_what_came_into_the_memory_later_stays(store: Store, memory: MemoryFile) -> None:
    key = str(first(store)["key"])
    row = judge(store, memory, Verdict(key, "edit", "Ada's.", at="2025-12-31T10:00:00+00:00"))
    with Memory(memory.path) as opened:
        opened.take([MARTA])
    undo(store, memory, row)
    assert memory.correction("it", SOURCE) == MARTA
    judge(store, memory, Verdict(key, "edit", "Ada's again.", at="2025-12-31T11:00:00+00:00"))
    assert memory.correction("it", SOURCE) == MARTA


def test_the_later_verdict_stands_whenever_it_came(store: Store, memory: MemoryFile) -> None:
    key = str(first(store)["key"])
    row = judge(store, memory, Verdict(key, "edit", "Late.", at="2026-03-02T10:00:00+00:00"))
    judge(store, memory, Verdict(key, "reject", at="2026-03-01T10:00:00+00:00"))
    judge(store, memory, Verdict(key, "edit", "Early.", at="2026-03-01T10:00:01+00:00"))
    assert corrections(memory) == {SOURCE: "Late."}
    assert first(store)["standing"]["text"] == "Late."  # type: ignore[index]
    assert first(store)["standing"]["kind"] == "edit"  # type: ignore[index]
    undo(store, memory, row)
    assert corrections(memory) == {SOURCE: "Early."}


def test_a_database_of_version_1_is_brought_up_to_date(folder: Path, store: Store, memory: MemoryFile) -> None:
    key = str(first(store)["key"])
    row = judge(store, memory, Verdict(key, "edit", "Kept.", at="2026-03-01T10:00:00+00:00"))
    with store.writing() as db:
        db.execute("ALTER TABLE verdicts DROP COLUMN replaced")
        db.execute("PRAGMA user_version = 1")
    store.close()
    for _ in range(2):
        with Store(folder) as again, again.reading() as db:
            assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION
            assert db.execute("SELECT text, replaced FROM verdicts").fetchone()[:] == ("Kept.", "null")
    with Store(folder) as again:
        undo(again, memory, row)
    assert corrections(memory) == {}


def test_a_database_of_a_later_version_is_refused(folder: Path, store: Store) -> None:
    with store.writing() as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(InputError, match="newer version"):
        Store(folder)


@pytest.mark.parametrize("content", [b"these are words, no database\n" * 100, None], ids=["text", "cut"])
def test_a_damaged_database_is_told_from_one_that_cannot_be_written(
    folder: Path, store: Store, content: bytes | None
) -> None:
    store.close()
    path = folder / DATABASE
    path.write_bytes(content if content is not None else path.read_bytes()[:5000])

    def open_and_look() -> None:
        with Store(folder) as damaged:
            refresh(damaged)
            queue.page(damaged, Query())

    with pytest.raises(OutputError, match=r"review\.sqlite: is damaged .* move it away"):
        open_and_look()


def test_what_a_kill_left_undone_is_done_at_the_next_start(store: Store, memory: MemoryFile) -> None:
    class Broken:
        def correction(self, *_: object) -> None:
            raise ConnectionAbortedError

        def swap(self, *_: object) -> bool:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        judge(store, Broken(), Verdict(str(first(store)["key"]), "edit", "Kept."))
    assert corrections(memory) == {}
    settle(store, memory)
    assert list(corrections(memory).values()) == ["Kept."]


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("edit", "  ", "needs words"),
        ("edit", "According to the prefect,  253 families left their homes.", "nothing was changed"),
        ("confirm", None, "no verdict to confirm"),
    ],
)
def test_senseless_verdicts_are_refused(
    store: Store, memory: MemoryFile, kind: str, text: str | None, message: str
) -> None:
    with pytest.raises(Refused, match=message):
        judge(store, memory, Verdict(str(first(store)["key"]), kind, text))  # type: ignore[arg-type]


def test_a_second_window_cannot_overwrite_unseen(store: Store, memory: MemoryFile) -> None:
    key = str(first(store)["key"])
    judge(store, memory, Verdict(key, "accept", revision=0))
    with pytest.raises(Overtaken):
        judge(store, memory, Verdict(key, "reject", revision=0))


def test_the_same_verdict_sent_twice_is_one(store: Store, memory: MemoryFile) -> None:
    verdict = Verdict(str(first(store)["key"]), "accept", uid="0" * 36)
    assert judge(store, memory, verdict) == judge(store, memory, verdict)
    assert queue.summary(store, Query())["judged"] == 1


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


def test_a_time_that_is_none_locks_nobody_out(store: Store, memory: MemoryFile) -> None:
    """An earlier version took 30 February from a file."""
    judge(store, memory, Verdict(str(first(store)["key"]), "edit", "Kept.", at="2026-02-30T10:00:00Z"))
    assert list(corrections(memory).values()) == ["Kept."]


def test_an_index_that_was_ended_before_its_sums_is_made_again(
    folder: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.write(folder, [corpus.HOSTILE])
    (folder / "records" / f"{corpus.VALLEY.id}.json").unlink()
    with monkeypatch.context() as broken:
        broken.setattr(index, "_count", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            refresh(store)
    refresh(store)
    assert queue.summary(store, Query())["segments"] == len(queue.page(store, Query())) == 9


def test_a_database_in_use_is_told_in_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.review.store.BUSY_SECONDS", 0.01)
    with Store(folder) as one, Store(folder) as other:
        with one.writing(), pytest.raises(OutputError, match=r"review\.sqlite: cannot be used \(database is locked\)"):
            refresh(other)
        refresh(other)


def test_a_full_disk_is_told_in_words_and_the_store_stays_usable(store: Store) -> None:
    with store.reading() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutputError, match="full"), store.writing() as db:
        db.execute("INSERT INTO counts VALUES ('x', ?, 0)", ("x" * 1_000_000,))
    assert queue.page(store, Query())
    with store.writing() as db:
        db.execute("DELETE FROM counts WHERE what = 'x'")


@pytest.mark.parametrize(("content", "message"), [(b"{}", "not a record any more"), (None, "cannot be read")])
def test_a_damaged_record_is_named(store: Store, folder: Path, content: bytes | None, message: str) -> None:
    path = folder / "records" / f"{corpus.VALLEY.id}.json"
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    for look in (
        lambda: refresh(store),
        lambda: list(every_record(folder)),
        lambda: load_record(folder, corpus.VALLEY.id),
    ):
        with pytest.raises(InputError, match=f"{path}.*{message}"):
            look()


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


def test_many_threads_lose_nothing(store: Store, memory: MemoryFile) -> None:
    keys = [item["key"] for item in queue.page(store, Query())]
    threads = [
        threading.Thread(target=lambda key=key: [judge(store, memory, Verdict(key, "note", str(i))) for i in range(10)])
        for key in keys
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as db:
        assert db.execute("SELECT count(*) FROM verdicts").fetchone()[0] == 10 * len(keys)


JUDGE_FOR_EVER = """
import sys
from pathlib import Path
from pipeline.review import queue
from pipeline.review.memory import MemoryFile
from pipeline.review.store import Store
from pipeline.review.verdicts import Verdict, judge
with Store(Path(sys.argv[1])) as store:
    key = queue.page(store, queue.Query())[0]["key"]
    number = 0
    while True:
        number += 1
        print(judge(store, MemoryFile(Path(sys.argv[2])), Verdict(key, "edit", f"Number {number}.")), flush=True)
"""


def test_kill_9_takes_no_verdict_that_was_answered(folder: Path, store: Store, memory: MemoryFile) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", JUDGE_FOR_EVER, folder, memory.path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        answered = [int(process.stdout.readline()) for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        answered += [int(line) for line in process.stdout if line.endswith("\n")]
    with Store(folder) as again:
        settle(again, memory)
        with again.reading() as db:
            kept = {row[0] for row in db.execute("SELECT id FROM verdicts")}
            last = db.execute("SELECT text FROM verdicts ORDER BY id DESC LIMIT 1").fetchone()[0]
            assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert set(answered) <= kept
    assert list(corrections(memory).values()) == [last]


def test_a_run_takes_the_folder_for_its_own(folder: Path, store: Store) -> None:
    from pipeline.write import Output

    store.close()
    assert (folder / DATABASE).is_file()
    with Output(folder).opened():
        assert (folder / DATABASE).is_file()
