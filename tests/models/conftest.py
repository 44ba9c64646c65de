"""The bundled model as repositories of a local hub, a store of its own for each test, and the command as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.models.hub import Hub, serving
from tests.models.lexicon import GALICIAN, build

ROOT = Path(__file__).parents[2]
# What Italian is translated with where nothing else is asked for.
BUNDLED = ROOT / "models" / "romance-en"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def repositories(tmp_path_factory: pytest.TempPathFactory, galician: Path) -> dict[str, Path]:
    """Both have a conversion, so that none is to be made."""
    italian = linked(BUNDLED, tmp_path_factory.mktemp("hub"), ("model.safetensors",))
    return {"lean/it-en": italian, "lean/gl-it": galician}


@pytest.fixture(scope="session")
def galician(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model from Galician into Italian that knows a dozen words."""
    return build(tmp_path_factory.mktemp("lexicon") / "gl-it", GALICIAN, "gl", "it")


def linked(source: Path, target: Path, leave: tuple[str, ...] = ()) -> Path:
    """A folder of links to the same files, but for those whose path starts with one of `leave`. Never write into one."""
    for path in source.rglob("*"):
        name = path.relative_to(source).as_posix()
        if path.is_file() and not name.startswith(leave):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).symlink_to(path)
    return target


@pytest.fixture
def hub(repositories: dict[str, Path]) -> Iterator[Hub]:
    with serving(dict(repositories)) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    monkeypatch.setenv("MONOGLOT_MODELS", str(folder))
    return folder


@pytest.fixture
def environment(hub: Hub, store: Path, tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    return {**kept, "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hf"), "MONOGLOT_MODELS": str(store)}


@pytest.fixture
def monoglot(environment: dict[str, str]) -> Command:
    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=ROOT,
            env={**environment, **variables},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run
