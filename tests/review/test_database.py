"""The database of a folder's verdicts: its versions, damage, a full disk, others who use it, and what a kill leaves."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.errors import InputError, OutputError
from pipeline.review import index, queue
from pipeline.review.choose import every_record
from pipeline.review.index import refresh
from pipeline.review.memory import MemoryFile
from pipeline.review.queue import Query
from pipeline.review.store import DATABASE, VERSION, Store
from pipeline.review.verdicts import Verdict, judge, settle, undo
from pipeline.verify import load_record

from . import corpus
from .conftest import corrections, first


@pytest.mark.parametrize("version", [1, 2])
def test_a_database_of_an_earlier_version_is_brought_up_to_date(
    folder: Path, store: Store, memory: MemoryFile, version: int
) -> None:
    """What it gave to a memory of then it can take back, though the memory did not know who had given it."""
    key = str(first(store)["key"])
    row = judge(store, memory, Verdict(key, "edit", "Kept.", at="2025-03-01T10:00:00+00:00"))
    with store.writing() as db:
        db.execute("DROP TABLE self")
        if version == 2:
            db.execute("ALTER TABLE verdicts ADD COLUMN replaced TEXT")
        db.execute(f"PRAGMA user_version = {version}")
    store.close()
    with closing(sqlite3.connect(memory.path)) as file, file:
        file.execute("UPDATE correction SET giver = ''")
    for _ in range(2):
        with Store(folder) as again, again.reading() as db:
            assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION
            assert db.execute("SELECT text FROM verdicts").fetchone()[0] == "Kept."
    with Store(folder) as again:
        settle(again, memory)
        assert list(corrections(memory).values()) == ["Kept."]
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
