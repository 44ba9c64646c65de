"""Files and folders that are odd, cannot be read or are no articles: each is named, and the others go on."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.clean.repetition import NOTHING
from pipeline.corpus import recurring
from pipeline.errors import InputError
from pipeline.manifest import read_entries, read_head
from pipeline.read import Found
from pipeline.run import run
from pipeline.verify import verify
from tests.conftest import Heard, lock
from tests.run.conftest import ENGLISH, QUICK, ROOT


def test_a_language_said_of_a_place_that_is_not_there_is_noted(articles: Path) -> None:
    heard = Heard()
    places = (("it", "short.txt"), ("it", "caf\udce9"), ("de", "shor.txt"))
    run(["articles"], Path("out"), replace(QUICK, languages=places), heard)
    assert heard.notes == [
        r"--language it=caf\xe9: there is no such file or folder in the input",
        "--language de=shor.txt: there is no such file or folder in the input",
    ]
    said = read_head(Path("out/run.json"))["settings"]["languages"]
    assert said == [["it", "short.txt"], ["it", r"caf\xe9"], ["de", "shor.txt"]]


def test_a_named_file_whose_name_is_not_unicode_is_in_the_manifest(articles: Path) -> None:
    name = os.fsdecode(b"articles/caf\xe9.txt")
    Path(name).write_text(ENGLISH, "utf-8")
    run([name], Path("out"), QUICK)
    assert read_head(Path("out/run.json"))["inputs"] == ["articles/caf\\xe9.txt"]
    assert list(verify(Path("out"))) == []


def test_a_file_that_cannot_be_looked_at_is_left_to_its_turn(tmp_path: Path) -> None:
    # A name that the system refuses, as it does one in a folder that is locked: asking what it is raises an OSError.
    refused = [Found("x" * 300, name) for name in ("a", "b")]
    assert recurring(refused, tmp_path).of("0" * 12) == NOTHING


def test_pipes_are_read_once(tmp_path: Path) -> None:
    ends = []
    for text in ("The bridge was closed on Monday.", "The school opens again on Tuesday."):
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
        ends.append(reading)
    report = run([f"/dev/fd/{end}" for end in ends], tmp_path / "out", QUICK)
    for end in ends:
        os.close(end)
    assert (report.counts()["english"], report.copies) == (2, 0)


def test_bad_files_are_named_and_the_others_go_on(articles: Path) -> None:
    (articles / "a.pdf").write_bytes(b"%PDF-1.4\n")
    (articles / "b.txt").write_bytes(b"")
    heard = Heard()
    report = run(["articles", "articles/a.pdf"], Path("out"), QUICK, heard)
    assert {status: number for status, number in report.counts().items() if number} == {
        "english": 1,
        "translated": 2,
        "empty": 1,
        "failed": 1,
    }
    assert [line.partition(":")[0] for line in heard.problems] == ["articles/a.pdf"]
    assert report.exit_code == 2
    assert list(verify(Path("out"))) == []


def test_what_lies_about_in_a_folder_makes_no_run_fail(articles: Path) -> None:
    for name in ("a.pdf", "b.pdf", "Il ponte_files/logo.png", "Il ponte_files/frame.html", "table.csv"):
        (articles / name).parent.mkdir(exist_ok=True)
        (articles / name).write_bytes(b"%PDF-1.4\n")
    shutil.copy(ROOT / "seeds" / "ardmouth-standard_kharmat-hospital.html", articles / "Il ponte.html")
    heard = Heard()
    report = run(["articles"], Path("out"), QUICK, heard)
    assert (report.counts()["failed"], sum(report.counts().values()), heard.problems) == (0, 4, [])
    assert heard.notes == [
        "articles/Il ponte_files: passed over (pictures and scripts of a saved page)",
        "articles/a.pdf and 1 more: passed over (.pdf is not a kind of file that is read)",
        "articles/table.csv: passed over (.csv is not a kind of file that is read)",
    ]
    assert sum(read_head(Path("out/run.json"))["passed_over"].values()) == 4
    (articles / "Il ponte_files" / "frame.html").unlink()
    with pytest.raises(InputError, match=r"nothing to read there \(\.png is not a kind of file that is read\)"):
        run(["articles/Il ponte_files"], Path("none"), QUICK)


def test_a_folder_that_cannot_be_listed_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("papers/a.txt", "papers/locked/b.txt", "papers/z.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"The council of {name[7:-4]} met on Monday and closed the old bridge.\n")
    lock(Path("papers/locked"), monkeypatch)
    heard = Heard()
    report = run(["papers"], Path("out"), QUICK, heard)
    fault = "cannot be listed (Permission denied): check its permissions"
    assert heard.problems == [f"papers/locked: {fault}"]
    assert {"path": "papers/locked", "status": "failed", "error": fault} in [
        entry for _, entry in read_entries(Path("out/run.json"))
    ]
    assert (report.counts()["english"], report.counts()["failed"], report.exit_code) == (2, 1, 2)
    assert list(verify(Path("out"))) == []


def test_the_output_of_the_last_run_is_not_an_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("The council met on Monday and closed the old bridge.\n")
    run(["*"], Path("normalized"), QUICK)
    report = run(["*"], Path("normalized"), QUICK)
    assert {status: number for status, number in report.counts().items() if number} == {"english": 1}
    assert (report.unchanged, report.copies) == (1, 0)
