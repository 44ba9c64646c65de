"""An article for the command, and a shell for what only a shell can do with it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
Shell = Callable[[str], "subprocess.CompletedProcess[bytes]"]
needs_a_full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "articles" / "council [draft].txt"
    path.parent.mkdir()
    path.write_text("Council meets\n\nThe council met on Monday and closed the old bridge for a month.\n", "utf-8")
    return path


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A line for a shell in the test's folder, in which `monoglot` is the command: `shell("monoglot show a.txt | true")`."""

    def call(line: str) -> subprocess.CompletedProcess[bytes]:
        script = f'monoglot() {{ {shlex.quote(sys.executable)} -m pipeline "$@"; }}\n{line}'
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, capture_output=True, timeout=120, check=False, env=environment
        )

    return call
