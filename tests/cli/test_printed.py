"""What `monoglot run` prints, and where: a table, counts, problems, or the English itself."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import ROOT
from tests.conftest import Command


def test_run_prints_a_table_on_stdout_and_progress_on_stderr(command: Command, article: Path, tmp_path: Path) -> None:
    done = command("run", article, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert b"english" in done.stdout
    assert b"reading 1 file\n" in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


def test_json_is_one_object_of_counts_and_nothing_else(command: Command, article: Path, tmp_path: Path) -> None:
    done = command("run", article.parent, "--out", tmp_path / "out", "--json")
    assert json.loads(done.stdout) == {
        "english": 1,
        "translated": 0,
        "untranslated": 0,
        "empty": 0,
        "duplicate": 0,
        "failed": 0,
        "kept": 0,
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


def test_a_page_from_standard_input_can_be_restored(command: Command, tmp_path: Path) -> None:
    page = (ROOT / "seeds" / "ardmouth-standard_kharmat-hospital.html").read_bytes()
    command("run", "-", "--out", "out", cwd=tmp_path, stdin=page)
    assert command("restore", "-", "--from", "out", cwd=tmp_path).stdout == page
    assert command("verify", "out", cwd=tmp_path).returncode == 0
