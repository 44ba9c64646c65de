"""Worker processes: from whatever a caller is, they start, and do not run it again; one that ends is told of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import MonoglotError
from pipeline.run import MIN_PARALLEL_DOCUMENTS
from pipeline.workers import workers
from tests.run.conftest import ROOT

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


def test_a_worker_that_is_ended_from_outside_is_one_line() -> None:
    with (
        pytest.raises(MonoglotError, match="run the same command again, with fewer --jobs"),
        workers(2) as each,
    ):
        list(each(os._exit, [1]))
