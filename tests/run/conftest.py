"""Articles for runs: a folder of three, beside which a test works."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent.parent
QUICK = Settings(beam=1)
ENGLISH = "The council met on Monday and closed the old bridge, which nobody had repaired since the war."


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `articles` with two English seeds and an Italian one; the working folder is the one that it is in."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("01_trieste-talks_harbour-wire.txt", "agenzia-nord_corridoio-umanitario.txt"):
        shutil.copy(ROOT / "seeds" / name, folder)
    (folder / "short.txt").write_text(
        "Il ponte è chiuso.\n\nLa scuola riapre lunedì mattina con nuovi insegnanti.\n", "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return folder


def start(*arguments: object) -> subprocess.Popen[bytes]:
    """The command as a process that goes on, and can be stopped."""
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    """A shell that starts the tests in the background has them ignore Ctrl-C, and what they start, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
