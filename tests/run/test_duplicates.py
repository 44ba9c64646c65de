"""Near-duplicates: kept and named by default; with `--drop-duplicates` on record, but not translated and not in the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import display
from pipeline.provenance import from_json
from pipeline.records import Record
from pipeline.report import Report
from pipeline.review.choose import drawn, every_record, riskiest
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.verify import restore, verify
from tests.conftest import Heard, files

STORY = """Bridge at Aldermoor closes for the winter

The stone bridge at Aldermoor will close on Monday for repairs that are to last until the end of March, the council said.

Drivers will have to go round by Corvisham, which adds forty minutes to the way to the hospital and the market.
"""
KEEP = Settings(language="en", jobs=1)
DROP = Settings(language="en", jobs=1, drop_duplicates=True)


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three papers that print one story, and one that has its own."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for number, paper in enumerate(("courier", "gazette", "herald")):
        (folder / f"{paper}.txt").write_text(f"{STORY}\nPrinted in the {paper} of page {number}.\n", "utf-8")
    (folder / "tribune.txt").write_text("The fishermen of Brackwen have sold their last boat, and with it the bell.\n")
    monkeypatch.chdir(tmp_path)
    return folder


def rows(out: str) -> dict[str, dict[str, Any]]:
    lines = (Path(out) / "documents.jsonl").read_text("utf-8").splitlines()
    return {Path(row["path"]).stem: row for row in map(json.loads, lines)}


def records(out: str) -> dict[str, Record]:
    found = (from_json(path.read_bytes()) for path in (Path(out) / "records").iterdir())
    return {Path(record.origin.path).stem: record for record in found}


def statuses(report: Report) -> dict[str, int]:
    return {status: number for status, number in report.counts().items() if number}


def test_a_dropped_duplicate_is_on_record_and_not_in_the_text(papers: Path) -> None:
    report = run(["papers"], Path("out"), DROP)
    assert (statuses(report), report.exit_code, report.alike) == ({"english": 2, "duplicate": 2}, 0, 2)
    listed = rows("out")
    assert list(listed) == ["courier", "gazette", "herald", "tribune"]
    for paper in ("gazette", "herald"):
        row, record = listed[paper], records("out")[paper]
        assert (row["status"], row["text"], row["words"], row["model"]) == ("duplicate", "", 0, None)
        assert (row["duplicate_of"], row["language"]) == (listed["courier"]["id"], "en")
        assert row["title"] == "Bridge at Aldermoor closes for the winter"
        assert row["similarity"] >= 0.7
        assert STORY.strip() in record.source
        assert (record.text, record.segments, record.coverage.segments) == ("", (), 0)
        assert restore(Path("out"), f"{paper}.txt") == (papers / f"{paper}.txt").read_bytes()
    assert {path.stem for path in Path("out/text").iterdir()} == {listed[name]["id"] for name in ("courier", "tribune")}
    assert list(verify(Path("out"))) == []


def test_by_default_a_duplicate_is_named_and_kept(papers: Path) -> None:
    report = run(["papers"], Path("out"), KEEP)
    assert (statuses(report), report.alike) == ({"english": 4}, 2)
    assert all(row["text"] for row in rows("out").values())
    assert {name for name, row in rows("out").items() if row["duplicate_of"]} == {"gazette", "herald"}
    assert list(verify(Path("out"))) == []


def test_a_rerun_with_and_without_gives_what_a_fresh_run_gives(papers: Path) -> None:
    run(["papers"], Path("kept"), KEEP)
    run(["papers"], Path("dropped"), DROP)
    for settings, fresh, unchanged in (
        (DROP, "dropped", 0),
        (DROP, "dropped", 4),
        (KEEP, "kept", 2),
        (KEEP, "kept", 4),
        (DROP, "dropped", 2),
    ):
        report = run(["papers"], Path("out"), settings)
        assert report.unchanged == unchanged
        assert files("out") == files(fresh)
        assert list(verify(Path("out"))) == []


def test_a_run_that_was_stopped_takes_dropped_ones_as_done(papers: Path) -> None:
    run(["papers"], Path("out"), DROP)
    Path("out/run.json").unlink()
    assert run(["papers"], Path("out"), DROP).unchanged == 4
    gazette = records("out")["gazette"]
    Path("out/run.json").unlink()
    Path("out/text", f"{gazette.id}.txt").write_text("left by a run that was killed\n", "utf-8")
    assert run(["papers"], Path("out"), DROP).unchanged == 3
    assert list(verify(Path("out"))) == []


def test_where_the_first_one_goes_the_next_one_stands_for_the_story(papers: Path) -> None:
    run(["papers"], Path("out"), DROP)
    (papers / "courier.txt").unlink()
    report = run(["papers"], Path("out"), DROP)
    assert (statuses(report), report.unchanged, report.orphans) == ({"english": 2, "duplicate": 1}, 1, 1)
    assert rows("out")["herald"]["duplicate_of"] == rows("out")["gazette"]["id"]
    assert rows("out")["gazette"]["text"]
    assert list(verify(Path("out"))) == []


def test_nothing_is_translated_in_vain(tmp_path: Path) -> None:
    story = "Il ponte di Sorana resta chiuso fino a marzo per lavori che il comune aveva promesso già due anni fa ai residenti."
    for name, line in (("a", "Lo scrive il Corriere."), ("b", "Lo scrive la Gazzetta.")):
        (tmp_path / f"{name}.txt").write_text(f"{story}\n\n{line}\n", "utf-8")
    heard = Heard()
    report = run([str(tmp_path)], tmp_path / "out", Settings(language="it", beam=1, drop_duplicates=True), heard)
    assert statuses(report) == {"translated": 1, "duplicate": 1}
    assert heard.segments == 2
    assert dict(report.segments) == {"translated": 2, "copied": 0, "kept": 0}


def test_verify_sees_a_duplicate_that_stands_for_nothing(papers: Path) -> None:
    run(["papers"], Path("out"), DROP)
    gazette, courier = records("out")["gazette"], records("out")["courier"]
    text = Path("out/text", f"{gazette.id}.txt")
    text.write_text("put back by hand\n", "utf-8")
    assert list(verify(Path("out"))) == [f"text/{gazette.id}.txt: is not of this run"]
    text.unlink()
    Path("out/text", f"{courier.id}.txt").unlink()
    assert any("cannot be read" in fault for fault in verify(Path("out")))


def test_people_are_told(papers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    display.summary(run(["papers"], Path("kept"), KEEP), Path("kept"))
    assert "2 documents are nearly the same as another (--drop-duplicates" in capsys.readouterr().out
    display.summary(run(["papers"], Path("out"), DROP), Path("out"))
    said = capsys.readouterr().out
    assert "2 documents are nearly the same as another: recorded, but not translated" in said
    display.document(records("out")["herald"])
    said = capsys.readouterr().out
    assert f"nearly repeats {records('out')['courier'].id} (similarity" in said
    assert "Drivers will have to go round" in said


def test_a_reviewer_is_not_shown_what_was_dropped(papers: Path) -> None:
    (papers / "tribune.txt").write_text(
        "Die Fischer von Brackwen haben ihr letztes Boot verkauft und mit ihm die Glocke.\n"
    )
    run(["papers"], Path("out"), Settings(language="de", jobs=1, drop_duplicates=True))
    everything = list(every_record(Path("out")))
    assert {record.origin.path for record, _ in riskiest(everything, 100)} == {
        "papers/courier.txt",
        "papers/tribune.txt",
    }
    assert drawn(everything, 100, 1) == []
