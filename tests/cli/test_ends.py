"""Readers that leave, disks that are full, and signals: one line at most, no trace left behind, and no crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Shell, needs_a_full_device
from tests.conftest import Command


def test_a_closed_or_full_standard_output_is_no_crash(command: Command, shell: Shell, article: Path) -> None:
    command("run", article, "--out", "out", cwd=article.parent.parent)
    assert b"Traceback" not in shell(f"monoglot show '{article.name}' --from out | head -c 1").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        "--version",
        "run --help",
        "run a.txt",
        "run a.txt --out -",
        "show a.txt",
        "restore a.txt",
        "explain a.txt",
        "verify",
        "review --export csv",
        "memory export -",
        "models list",
    ],
)
def test_a_reader_that_leaves_is_no_fault(command: Command, shell: Shell, tmp_path: Path, arguments: str) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    command("run", "a.txt", cwd=tmp_path)
    done = shell(f"monoglot {arguments} | true; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr


def test_a_reader_that_leaves_does_not_make_good_what_is_wrong(command: Command, shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    command("run", "a.txt", cwd=tmp_path)
    next((tmp_path / "normalized" / "text").iterdir()).write_text("something else\n")
    assert shell("monoglot verify | true; exit ${PIPESTATUS[0]}").returncode == 2


@needs_a_full_device
@pytest.mark.parametrize("errors", ["2>/dev/full", "2>&-", "2>&1 >out.log | true"])
def test_a_run_goes_on_where_nobody_can_be_told_of_it(shell: Shell, tmp_path: Path, errors: str) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    done = shell(f"monoglot run a.txt b.png {errors}; exit ${{PIPESTATUS[0]}}")
    assert done.returncode == 2  # the picture
    assert len((tmp_path / "normalized" / "documents.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_worker(tmp_path: Path, end: signal.Signals) -> None:
    for number in range(64):  # enough for worker processes
        (tmp_path / f"{number}.txt").write_text(f"The council met on Monday, for the {number}th time.\n" * 40, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", ".", "--jobs", "2"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr is not None
    process.stderr.readline()  # "reading 64 files"
    process.send_signal(end)
    _, said = process.communicate(timeout=60)  # which a worker that is left over would never end
    if end is signal.SIGTERM:
        assert process.returncode == 130
        assert b"interrupted; what was finished is kept" in said
        assert not list((tmp_path / "normalized").glob(".*tmp-*"))


@pytest.mark.parametrize("arguments", ["show a.txt", "restore a.txt", "--version"])
def test_no_standard_output_is_none_to_write_to(command: Command, shell: Shell, tmp_path: Path, arguments: str) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    command("run", "a.txt", cwd=tmp_path)
    done = shell(f"monoglot {arguments} >&-")
    assert (done.returncode, done.stderr) == (0, b"")


@needs_a_full_device
@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "run a.txt --out out --json",
        "restore a.txt --from out",
        "show a.txt --from out --json",
        "explain a.txt",
        "verify out",
        "models list",
        "memory stats",
    ],
)
def test_a_full_standard_output_is_named(command: Command, shell: Shell, tmp_path: Path, arguments: str) -> None:
    """Whether it is less than Python's buffer holds, such as counts, or more, such as this article."""
    words = "The council met on Monday and closed the old bridge for a month.\n\n"
    (tmp_path / "a.txt").write_text(words * 400, "utf-8")
    command("run", "a.txt", "--out", "out", cwd=tmp_path)
    done = shell(f"monoglot {arguments} >/dev/full")
    assert done.returncode == 1
    assert done.stderr == b"monoglot: standard output: cannot be written (No space left on device)\n"


FULL = """
import resource, signal, sys
from pipeline.cli import main
from pipeline.identify import identify
if {warm}:
    identify("The council met on Monday.")  # unpacks its model in the temporary folder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
sys.argv[1:] = ["run", "articles", "--out", "out", "--no-memory"]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX")
@pytest.mark.parametrize("warm", [True, False], ids=["the output folder", "the temporary folder"])
def test_a_full_disk_is_one_line_and_can_be_gone_on_from(article: Path, tmp_path: Path, warm: bool) -> None:
    (article.parent / "z.txt").write_text("The bridge is closed and the council met. " * 400, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", FULL.format(warm=warm)],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1
    assert b"cannot be written (File too large)" in done.stderr
    assert b"Traceback" not in done.stderr
    assert not list((tmp_path / "out").rglob(".*tmp-*"))
    if warm:
        assert b"run the same command again" in done.stderr
        assert len(list((tmp_path / "out" / "records").glob("*.json"))) == 1
