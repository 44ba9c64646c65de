"""Worker processes: from whatever a caller is, they start, and do not run it again; one that ends is told of."""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing import active_children
from pathlib import Path

import pytest

from pipeline.errors import MonoglotError
from pipeline.report import Silent
from pipeline.run import MIN_PARALLEL_DOCUMENTS, run
from pipeline.settings import Settings
from tests.run.conftest import ENGLISH, ROOT

SCRIPT = """
from pathlib import Path
from pipeline import Settings
from pipeline.run import run
print(run(["many"], Path("out"), Settings(jobs=2, language="en")).counts()["english"])
"""


@pytest.mark.parametrize("typed", [False, True])
def test_a_plain_script_may_run_as_many_files_as_it_likes(tmp_path: Path, typed: bool) -> None:
    (tmp_path / "many").mkdir()
    for number in range(MIN_PARALLEL_DOCUMENTS):
        (tmp_path / "many" / f"{number}.txt").write_text(f"The council met for the {number}th time on Monday.\n")
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-" if typed else "script.py"],
        cwd=tmp_path,
        input=SCRIPT.encode() if typed else b"",
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.stdout.decode().strip(), done.stderr) == (str(MIN_PARALLEL_DOCUMENTS), b"")


def test_a_worker_that_is_ended_from_outside_is_one_line(tmp_path: Path) -> None:
    for number in range(MIN_PARALLEL_DOCUMENTS):
        (tmp_path / f"{number}.txt").write_text(f"{ENGLISH} It is bridge {number}.\n" * 20, "utf-8")

    class Killing(Silent):
        def read(self, documents: int) -> None:  # noqa: ARG002
            for child in active_children():
                child.kill()

    with pytest.raises(MonoglotError, match="run the same command again, with fewer --jobs"):
        run([str(tmp_path)], tmp_path / "out", Settings(beam=1, jobs=2), Killing())
