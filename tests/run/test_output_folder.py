"""The folder that a run writes into: one run at a time, and nothing in it that is a person's is touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import OutputError
from pipeline.run import run
from pipeline.write import Output
from tests.run.conftest import QUICK


def test_a_second_run_into_the_same_folder_waits_for_nothing(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Output(Path("out")).opened():
        # Even a process that has its temporary files elsewhere.
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
        with pytest.raises(OutputError, match="another monoglot run"):
            run(["articles"], Path("out"), QUICK)


def test_a_folder_that_cannot_be_locked_is_one_line(articles: Path) -> None:
    Path("out/.lock").mkdir(parents=True)
    with pytest.raises(OutputError, match="cannot be written"):
        run(["articles"], Path("out"), QUICK)


@pytest.mark.parametrize(
    "theirs",
    ["thesis.tex", "documents.jsonl", "run.json", "text/notes.txt", "records/2024.json", "sources/scan.tiff"],
)
def test_a_folder_that_is_not_ours_is_left_alone(articles: Path, theirs: str) -> None:
    path = Path("theirs") / theirs
    path.parent.mkdir(parents=True)
    path.write_text('{"mine": 1}\n', "utf-8")
    with pytest.raises(OutputError, match=f"holds '{theirs}', which is not monoglot's"):
        run(["articles"], Path("theirs"), QUICK)
    assert path.read_text("utf-8") == '{"mine": 1}\n'
    assert [found for found in Path("theirs").rglob("*") if found.is_file()] == [path]


def test_what_a_person_puts_beside_a_finished_run_stays(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    Path("out/notes.md").write_text("mine", "utf-8")
    run(["articles"], Path("out"), replace(QUICK, force=True))
    assert Path("out/notes.md").read_text("utf-8") == "mine"
