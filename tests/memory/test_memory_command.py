"""`monoglot memory` as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.translate import Hypothesis
from pipeline.translate.memory import Memory
from tests.memory.corrections import correct

ROOT = Path(__file__).parent.parent.parent
ONE = Hypothesis("one", -0.5, 1, 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "memory.sqlite"
    with Memory(path) as memory:
        memory.remember({"uno": ONE, "due": ONE}, "it", "it-en@gone", "d")
        correct(memory, "tre", "it", "three", "Marta")
    return path


def call(path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """`monoglot memory …` with the memory that `path` is."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline", "memory", *map(str, arguments)],
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MONOGLOT_MEMORY": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_one_memory_to_another(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    assert call(path, "export", "all.jsonl").returncode == 0
    assert call(path, "export", "human.tmx", "--origin", "human").returncode == 0
    done = call(path, "import", "all.jsonl", "human.tmx", "--memory", other)
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "all.jsonl: 1 correction (1 new), 2 hypotheses (2 new)",
            "human.tmx: 1 correction (0 new, 1 not later than what stands)",
        ],
    )
    assert call(path, "import", "all.jsonl", "--memory", other).stdout.splitlines() == [
        "all.jsonl: 1 correction (0 new, 1 not later than what stands), 2 hypotheses (0 new, 2 known)"
    ]
    assert call(other, "export", "-").stdout == (tmp_path / "all.jsonl").read_text("utf-8")


def test_stats(path: Path) -> None:
    held = json.loads(call(path, "stats", "--json").stdout)
    assert held["path"] == str(path)
    assert held["corrections"] == {"it": 1}
    assert [(maker["model"], maker["hypotheses"]) for maker in held["makers"]] == [("it-en@gone", 2)]
    assert "it  2 hypotheses of it-en@gone" in call(path, "stats").stdout
    assert call(path.with_name("none.sqlite"), "stats").stdout.endswith("nothing yet: monoglot run fills it\n")
    assert not path.with_name("none.sqlite").exists()


def test_one_is_one(tmp_path: Path) -> None:
    path = tmp_path / "small.sqlite"
    with Memory(path) as memory:
        memory.remember({"uno": ONE}, "it", "it-en@gone", "d")
    call(path, "export", "one.jsonl")
    done = call(path, "import", "one.jsonl", "--memory", "other.sqlite")
    assert done.stdout == "one.jsonl: 1 hypothesis (1 new)\n"
    assert "it  1 hypothesis of it-en@gone" in call(path, "stats").stdout
    assert ": 1 hypothesis forgotten" in call(path, "prune", "--uninstalled").stdout


def test_prune_leaves_corrections(path: Path) -> None:
    assert ": 0 hypotheses forgotten" in call(path, "prune", "--unused", 1, "--max-size", "1.5 GB").stdout
    assert ": 2 hypotheses forgotten" in call(path, "prune", "--uninstalled").stdout
    with Memory(path) as memory:
        assert [(c.source, c.english) for c in memory.every_correction("it")] == [("tre", "three")]
        assert memory.stats().makers == ()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("prune",), "--unused DAYS, --uninstalled or --max-size SIZE"),
        (("prune", "--max-size", "large"), "500MB or 2GB, not 'large'"),
        (("prune", "--unused", "0"), "greater than or equal to 1"),
        (("prune", "--unused", "999999"), "less than or equal to 36500"),
        (("export", "memory.csv"), "ends in .tmx or .jsonl"),
        (("export", "no/folder/memory.tmx"), "cannot be written"),
        (("import", "nothing.tmx"), "nothing.tmx: cannot be read"),
        (("stats", "--memory", "."), "is a folder"),
    ],
)
def test_usage_errors_exit_with_1(path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = call(path, *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["stats", "import", "export", "prune"])
def test_each_help_has_an_example(path: Path, command: str) -> None:
    assert f"Example: monoglot memory {command}" in call(path, command, "--help").stdout


def test_memory_and_no_memory_exclude_each_other(path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "run", "x", "--memory", str(path), "--no-memory"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "exclude each other" in done.stderr
