"""Verdicts: what counts, what is undone, and what reaches the memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.review import queue
from pipeline.review.index import refresh
from pipeline.review.memory import MemoryFile
from pipeline.review.queue import Query
from pipeline.review.store import Store
from pipeline.review.verdicts import Overtaken, Refused, Unknown, Verdict, judge, settle, undo
from pipeline.translate.memory import Correction, Memory

from . import corpus
from .conftest import corrections, first


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


def test_a_time_that_is_none_locks_nobody_out(store: Store, memory: MemoryFile) -> None:
    """An earlier version took 30 February from a file."""
    judge(store, memory, Verdict(str(first(store)["key"]), "edit", "Kept.", at="2026-02-30T10:00:00Z"))
    assert list(corrections(memory).values()) == ["Kept."]
