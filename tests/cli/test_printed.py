"""What `monoglot run` prints, and where: a table, counts, problems, or the English itself."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.manifest import read_head
from tests.cli.conftest import ROOT
from tests.conftest import Command

PASSED_OVER = {"hidden": 1, "a broken link": 1, ".pdf is not a kind of file that is read": 2}


def lay_about(folder: Path) -> None:
    """Put what is PASSED_OVER beside the articles of a folder."""
    for name in ("a.pdf", "b.pdf", ".drafts/c.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("The council met on Monday.\n")
    (folder / "d.txt").symlink_to("nowhere")


def test_run_prints_a_table_on_stdout_and_progress_on_stderr(command: Command, article: Path, tmp_path: Path) -> None:
    done = command("run", article, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert b"english" in done.stdout
    assert b"reading 1 file\n" in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


def test_json_is_one_object_of_counts_and_nothing_else(command: Command, article: Path, tmp_path: Path) -> None:
    lay_about(article.parent)
    done = command("run", article.parent, "--out", tmp_path / "out", "--json")
    assert json.loads(done.stdout) == {
        "english": 1,
        "translated": 0,
        "untranslated": 0,
        "empty": 0,
        "duplicate": 0,
        "failed": 0,
        "kept": 0,
        "passed_over": PASSED_OVER,
    }
    assert done.stderr == b""


def test_quiet_prints_problems_only(command: Command, article: Path, tmp_path: Path) -> None:
    (article.parent / "b.pdf").write_bytes(b"%PDF-1.7\n")
    done = command("run", article.parent, article.parent / "b.pdf", "--out", tmp_path / "out", "--quiet")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().splitlines() == [
        f"{article.parent}/b.pdf: is a PDF document: save its text first, for example with pdftotext"
    ]


def test_nothing_done_is_three(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b" \n")
    assert command("run", "a.txt", cwd=tmp_path).returncode == 3


def test_standard_input_to_standard_output(command: Command, tmp_path: Path) -> None:
    words = "Il ponte è chiuso da lunedì.\r\n".encode()
    done = command("run", "-", "--out", "out", "--language", "it", "--beam", "1", cwd=tmp_path, stdin=words)
    assert done.returncode == 0
    (row,) = (json.loads(line) for line in (tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines())
    assert (row["path"], row["status"]) == ("-", "translated")
    assert command("restore", row["id"], "--from", "out", cwd=tmp_path).stdout == words


def test_the_english_of_one_file_is_printed_and_of_more_their_rows(
    command: Command, article: Path, tmp_path: Path
) -> None:
    words = article.read_bytes()
    for source, given in (("-", words), (article, b"")):
        done = command("run", source, "--out", "-", cwd=tmp_path, stdin=given)
        assert (done.returncode, done.stdout, done.stderr) == (0, words, b"")
    done = command("run", article.parent, "--out", "-", cwd=tmp_path)
    (row,) = map(json.loads, done.stdout.splitlines())
    assert (row["path"], row["text"]) == (article.as_posix(), words.decode().rstrip())
    done = command("run", "-", "--out", "-", "--language", "ar", cwd=tmp_path, stdin=words)
    assert (done.returncode, done.stdout) == (2, words)
    assert done.stderr.decode().splitlines() == ["No model for ar. Get one with: monoglot models fetch ar"]
    assert command("run", "-", "--out", "-", "--json", cwd=tmp_path, stdin=words).returncode == 1
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("articles", "data")] == []


def test_what_is_passed_over_is_said_where_no_file_will_tell(command: Command, article: Path, tmp_path: Path) -> None:
    lay_about(article.parent)
    done = command("run", article.parent, "--out", "-", cwd=tmp_path)
    assert done.returncode == 0
    said = {f"{number} passed over: {reason}" for reason, number in PASSED_OVER.items()}
    assert set(done.stderr.decode().splitlines()) == said
    assert command("run", article.parent, "--out", "-", "--quiet", cwd=tmp_path).stderr == b""
    assert command("run", article.parent, "--out", "out", "--quiet", cwd=tmp_path).stderr == b""
    assert read_head(tmp_path / "out" / "run.json")["passed_over"] == PASSED_OVER


def test_a_path_to_something_called_as_standard_input_is_no_standard_input(command: Command, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "-").write_text("The council met on Monday and closed the old bridge.\n")
    assert command("run", "in", "--out", "./-", cwd=tmp_path).returncode == 0
    assert (tmp_path / "-" / "run.json").is_file()
    words = b"The mayor closed the school.\n"
    assert command("run", "./-", "-", "--out", "out", cwd=tmp_path / "in", stdin=words).returncode == 0
    assert read_head(tmp_path / "in" / "out" / "run.json")["inputs"] == ["./-", "-"]
    assert b"old bridge" in command("show", "./-", "--from", "out", cwd=tmp_path / "in").stdout


def test_a_page_from_standard_input_can_be_restored(command: Command, tmp_path: Path) -> None:
    page = (ROOT / "seeds" / "ardmouth-standard_kharmat-hospital.html").read_bytes()
    command("run", "-", "--out", "out", cwd=tmp_path, stdin=page)
    assert command("restore", "-", "--from", "out", cwd=tmp_path).stdout == page
    assert command("verify", "out", cwd=tmp_path).returncode == 0
