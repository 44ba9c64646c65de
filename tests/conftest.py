"""What the tests share: the command as a process, one run of the seeds, and what is seen of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The tests share few cores: threads that wait for others must not keep one busy. To be said before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from pipeline.report import Silent
from pipeline.run import run
from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"

# The time of one example says nothing on a busy machine.
settings.register_profile("monoglot", deadline=None)
settings.load_profile("monoglot")

Command = Callable[..., "subprocess.CompletedProcess[bytes]"]


class Heard(Silent):
    """An observer that counts the segments that a model translated, and collects problems and notes."""

    def __init__(self) -> None:
        self.segments = 0
        self.problems: list[str] = []
        self.notes: list[str] = []

    def translated(self, segments: int) -> None:
        self.segments += segments

    def problem(self, path: str, message: str) -> None:
        self.problems.append(f"{path}: {message}")

    def note(self, message: str) -> None:
        self.notes.append(message)


def files(folder: str | Path) -> dict[str, bytes]:
    """Every file of an output but the one with times in it."""
    paths = (path for path in Path(folder).rglob("*") if path.is_file() and path.name != "run.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a folder refuse to be listed; its permissions would not stop one who runs the tests as root."""

    def refusing(look: Callable[[str | Path], Any]) -> Callable[..., Any]:
        def looked(path: str | Path = ".") -> Any:
            if Path(path) == folder:
                raise PermissionError(13, "Permission denied", str(path))
            return look(path)

        return looked

    for name in ("scandir", "listdir"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))


@pytest.fixture(scope="session", autouse=True)
def nobodys_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting, model or memory of the person who runs the tests has a part in them, in fixtures of a session neither."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("MONOGLOT_", "HF_"))]:
            patch.delenv(name)
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or touches the models and memory of another."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """`monoglot` as a process: `command("run", path, cwd=…, stdin=…)`."""

    def call(*arguments: object, cwd: Path = ROOT, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *map(str, arguments)],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path / "data")},
        )

    return call


@pytest.fixture(scope="session")
def seeds_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of one run over the seeds, to be read only."""
    out = tmp_path_factory.mktemp("seeds") / "normalized"
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        run(["seeds"], out, Settings())
    finally:
        os.chdir(here)
    return out
