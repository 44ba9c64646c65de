"""`--prune` removes what has left the input, and nothing that may still be in it."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from pipeline.errors import InputError
from pipeline.manifest import read_entries
from pipeline.run import run
from pipeline.verify import verify
from tests.conftest import files, lock
from tests.run.conftest import ENGLISH, QUICK, ROOT


def test_prune_removes_what_is_no_longer_in_the_input(articles: Path) -> None:
    keeping = replace(QUICK, keep_sources=True)
    shutil.copy(ROOT / "seeds" / "ardmouth-standard_kharmat-hospital.html", articles / "page.html")
    run(["articles"], Path("out"), keeping)
    assert len(list(Path("out/sources").iterdir())) == 1
    for name in ("short.txt", "page.html"):
        (articles / name).unlink()
    report = run(["articles"], Path("out"), replace(keeping, prune=True))
    assert (report.unchanged, report.orphans, report.pruned) == (2, 0, 2)
    assert list(verify(Path("out"))) == []
    run(["articles"], Path("fresh"), keeping)
    assert files(Path("out")) == files(Path("fresh"))
    assert run(["articles"], Path("out"), replace(keeping, prune=True)).pruned == 0


def test_prune_removes_nothing_that_may_be_where_nobody_could_look(
    articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("far/a.txt", "near/b.txt"):
        (articles / name).parent.mkdir()
        (articles / name).write_text(f"{ENGLISH} {name}\n")
    run(["articles"], Path("out"), QUICK)
    (articles / "near/b.txt").rename(articles / "far/b.txt")  # a document that has moved is in the input
    with monkeypatch.context() as locked:
        lock(articles / "far", locked)
        report = run(
            [str(articles)], Path("out"), replace(QUICK, prune=True)
        )  # nor by another spelling of the same place
    assert (report.pruned, report.orphans, report.spared) == (0, 2, 2)
    assert list(verify(Path("out"))) == []
    assert run(["articles"], Path("out"), replace(QUICK, prune=True)).pruned == 0


def test_prune_leaves_what_stood_where_a_file_is_no_text_now(articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (articles / "b.txt").write_text(ENGLISH)
    run(["articles"], Path("out"), QUICK)
    (articles / "b.txt").unlink()
    (articles / "short.txt").write_bytes(b"\0\1\2")
    report = run(["articles"], Path("out"), replace(QUICK, prune=True))
    kept = [entry["path"] for _, entry in read_entries(Path("out/run.json")) if "orphan" in entry]
    assert (kept, report.pruned, report.spared) == (["articles/short.txt"], 1, 1)
    # One that has moved and does not get done there is in the input, too.
    first = next(articles.glob("01*.txt")).rename(articles / "moved.txt")
    monkeypatch.setattr("pipeline.stages.detect", Mock(side_effect=IndexError("odd")))
    report = run([str(first.parent / "moved.txt"), "articles"], Path("out"), replace(QUICK, prune=True))
    assert (report.pruned, report.spared) == (0, 2)
    assert list(verify(Path("out"))) == []


@pytest.mark.parametrize("inputs", [["nothing"], ["articles", "nothing"], ["-"]])
def test_prune_removes_nothing_for_an_input_with_nothing_in_it(
    articles: Path, inputs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (articles.parent / "nothing").mkdir()
    (articles.parent / "nothing/b.txt").write_text(ENGLISH)
    run(["articles", "nothing"], Path("out"), QUICK)
    (articles.parent / "nothing/b.txt").unlink()  # as the place of a disk that is not there
    monkeypatch.setattr("sys.stdin", Mock(buffer=io.BytesIO()))
    try:
        assert run(inputs, Path("out"), replace(QUICK, prune=True)).pruned == 0
    except InputError:
        assert inputs == ["nothing"]
    assert len(list(Path("out/records").iterdir())) == 4 + (inputs == ["-"])  # an empty document is one
    assert list(verify(Path("out"))) == []


def test_a_copy_of_a_record_is_no_document(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    before = files(Path("out"))
    for path in [*Path("out/records").iterdir(), *Path("out/text").iterdir()]:
        shutil.copy(path, path.with_stem(f"{path.stem} (conflicted copy)"))
    report = run(["articles"], Path("out"), replace(QUICK, prune=True))
    assert (report.unchanged, report.orphans, report.pruned) == (3, 0, 0)
    assert before.items() <= files(Path("out")).items()
