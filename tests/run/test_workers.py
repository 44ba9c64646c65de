"""Worker processes: from whatever a caller is, they start, and do not run it again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.run import MIN_PARALLEL_DOCUMENTS

ROOT = Path(__file__).parent.parent.parent
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
