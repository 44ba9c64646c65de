"""Verdicts: what counts, what is undone, and what reaches the memory."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from pipeline.review import queue, verdicts
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
    another = Correction("it", source, "From another folder.", None, "2025-01-01T00:00:00+00:00")
    memory.give("another", "it", source, another)
    judge(store, memory, Verdict(str(item["key"]), "reject"))
    assert corrections(memory) == {source: "From another folder."}


SOURCE = "Secondo il prefetto, 235 famiglie hanno lasciato le case."

MARTA = Correction("it", SOURCE, "Marta's words.", "Marta", "2025-01-01T00:00:00+00:00")


@pytest.mark.parametrize("last", ["undo", "reject"])
def test_what_an_edit_replaced_is_put_back(store: Store, memory: MemoryFile, last: str) -> None:
    with Memory(memory.path) as opened:
        opened.take([MARTA])
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
    assert corrections(memory) == {SOURCE: MARTA.english}


# Which of two folders, and whether it edits, or takes back its first edit that is left, or its last.
STEP = st.tuples(st.integers(0, 1), st.sampled_from(["edit", "first", "last"]))


@given(st.lists(STEP, max_size=8))
@example([(0, "edit"), (1, "edit"), (0, "last"), (1, "last")])
@example([(0, "edit"), (1, "edit"), (1, "last"), (0, "last")])
@given_settings(max_examples=15)
def test_two_folders_that_edit_a_sentence_take_back_what_each_gave(steps: list[tuple[int, str]]) -> None:
    with ExitStack() as stack:
        root = Path(stack.enter_context(TemporaryDirectory()))
        memory = MemoryFile(root / "memory.sqlite")
        stores = [stack.enter_context(Store(corpus.write(root / name, [corpus.HARBOUR]))) for name in "ab"]
        for store in stores:
            refresh(store)
        key = str(first(stores[0])["key"])
        left: list[tuple[int, int, str]] = []  # the folder, the row and the words of each edit
        for number, (folder, what) in enumerate(steps):
            own = [edit for edit in left if edit[0] == folder]
            if what == "edit":
                verdict = Verdict(key, "edit", f"Words {number}.", at=f"2025-03-01T10:00:0{number}+00:00")
                left.append((folder, judge(stores[folder], memory, verdict), f"Words {number}."))
            elif own:
                edit = own[0 if what == "first" else -1]
                undo(stores[folder], memory, edit[1])
                left.remove(edit)
            assert corrections(memory) == ({SOURCE: left[-1][2]} if left else {})


@pytest.mark.parametrize("here_first", [True, False])
def test_the_same_verdict_in_two_folders_stays_until_both_have_taken_it_back(
    store: Store, memory: MemoryFile, tmp_path: Path, here_first: bool
) -> None:
    verdict = Verdict(str(first(store)["key"]), "edit", "The same.", at="2025-03-01T10:00:00+00:00")
    with Store(corpus.write(tmp_path / "elsewhere", [corpus.HARBOUR])) as elsewhere:
        refresh(elsewhere)
        given = [(one, judge(one, memory, verdict)) for one in (store, elsewhere)]
        for (one, row), left in zip(given if here_first else given[::-1], ({SOURCE: "The same."}, {}), strict=True):
            undo(one, memory, row)
            assert corrections(memory) == left


def test_windows_that_judge_at_once_leave_the_memory_as_the_verdicts_are(
    store: Store, memory: MemoryFile, folder: Path
) -> None:
    key = str(first(store)["key"])

    def judge_and_undo(name: str) -> None:
        with Store(folder) as window:
            for number in range(8):
                row = judge(window, MemoryFile(memory.path), Verdict(key, "edit", f"{name} {number}."))
                if number % 3:
                    undo(window, MemoryFile(memory.path), row)

    threads = [threading.Thread(target=judge_and_undo, args=(name,)) for name in ("Ada", "Ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert corrections(memory) == {SOURCE: first(store)["standing"]["text"]}  # type: ignore[index]


@pytest.mark.parametrize("imported", [True, False])
def test_a_verdict_of_a_clock_that_was_wrong_has_not_the_last_word(
    store: Store, memory: MemoryFile, imported: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = str(first(store)["key"])
    with monkeypatch.context() as clock:
        if not imported:
            clock.setattr(verdicts, "now", lambda: "2999-03-01T10:00:00+00:00")
        judge(store, memory, Verdict(key, "edit", "Of the future.", at="2999-03-01T10:00:00+00:00" if imported else ""))
    row = judge(store, memory, Verdict(key, "edit", "Of now."))
    assert (corrections(memory), first(store)["standing"]["text"]) == ({SOURCE: "Of now."}, "Of now.")  # type: ignore[index]
    undo(store, memory, row)
    assert corrections(memory) == {SOURCE: "Of the future."}


def test_what_came_into_the_memory_later_stays(store: Store, memory: MemoryFile) -> None:
    key = str(first(store)["key"])
    row = judge(store, memory, Verdict(key, "edit", "Ada's.", at="2024-12-31T10:00:00+00:00"))
    with Memory(memory.path) as opened:
        opened.take([MARTA])
    assert corrections(memory) == {SOURCE: MARTA.english}
    undo(store, memory, row)
    assert corrections(memory) == {SOURCE: MARTA.english}
    judge(store, memory, Verdict(key, "edit", "Ada's again.", at="2024-12-31T11:00:00+00:00"))
    assert corrections(memory) == {SOURCE: MARTA.english}


def test_the_later_verdict_stands_whenever_it_came(store: Store, memory: MemoryFile) -> None:
    key = str(first(store)["key"])
    row = judge(store, memory, Verdict(key, "edit", "Late.", at="2025-03-02T10:00:00+00:00"))
    judge(store, memory, Verdict(key, "reject", at="2025-03-01T10:00:00+00:00"))
    judge(store, memory, Verdict(key, "edit", "Early.", at="2025-03-01T10:00:01+00:00"))
    assert corrections(memory) == {SOURCE: "Late."}
    assert first(store)["standing"]["text"] == "Late."  # type: ignore[index]
    assert first(store)["standing"]["kind"] == "edit"  # type: ignore[index]
    undo(store, memory, row)
    assert corrections(memory) == {SOURCE: "Early."}


def test_what_a_kill_left_undone_is_done_at_the_next_start(store: Store, memory: MemoryFile) -> None:
    class Broken:
        def give(self, *_: object) -> None:
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
    judge(store, memory, Verdict(str(first(store)["key"]), "edit", "Kept.", at="2025-02-30T10:00:00Z"))
    assert list(corrections(memory).values()) == ["Kept."]
