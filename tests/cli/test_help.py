"""Help and wrong usage: every command is explained with an example, and a mistake is told in a line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.conftest import Command


@pytest.mark.parametrize("name", ["run", "show", "restore", "verify"])
def test_every_command_has_help_with_an_example(command: Command, name: str) -> None:
    done = command(name, "--help")
    assert done.returncode == 0
    assert b"Example: monoglot " + name.encode() in done.stdout


@pytest.mark.parametrize(("name", "extra"), [("run", "torch"), ("evaluate", "evaluate"), ("models convert", "torch")])
def test_help_names_the_extra_that_is_needed(command: Command, name: str, extra: str) -> None:
    shown = " ".join(command(*name.split(), "--help").stdout.decode().replace("│", " ").split())
    assert f"extra '{extra}'" in shown


def test_help_is_as_wide_as_the_terminal(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "800")
    lines = command("memory", "import", "--help").stdout.decode().splitlines()
    assert any("Every unit of a TMX file" in line and "the later one stands" in line for line in lines)


def test_help_and_version_import_nothing_heavy() -> None:
    code = "import sys, pipeline.cli; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    heavy = ["transformers", "torch", "ctranslate2", "numpy", "pydantic", "trafilatura", "lxml", "ftfy", "langdetect"]
    heavy += ["pipeline.records", "pipeline.glossary", "pipeline.run"]
    assert not [name for name in heavy if f"'{name}'" in loaded]


def test_version(command: Command) -> None:
    from pipeline import __version__

    assert command("--version").stdout.decode().strip() == f"monoglot {__version__}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing argument"),
        (("articles", "--beam", "x"), "--beam"),
        (("nowhere",), "nowhere: no such file or folder"),
        (("articles", "--beam", "0", "--jobs", "-1", "--language", "Italian"), "--language takes"),
        (("articles", "--beam", "0", "--jobs", "-1", "--language", "Italian"), "--beam takes"),
        (("articles", "--model", "articles"), "not a MarianMT model"),
        (("articles", "--engine", "marian"), "--engine"),
    ],
)
def test_wrong_usage_is_one_and_says_why(
    command: Command, article: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = command("run", *arguments, cwd=article.parent.parent)
    assert done.returncode == 1
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", ["memory export none/m.tmx", "review {out} --html none/m.html"])
def test_a_file_in_a_folder_that_is_not_there(command: Command, article: Path, tmp_path: Path, arguments: str) -> None:
    command("run", article, "--out", tmp_path / "out")
    done = command(*arguments.format(out=tmp_path / "out").split(), cwd=tmp_path)
    assert done.returncode == 1
    assert b"none/m." in done.stderr
    assert b"cannot be written (there is no folder none)" in done.stderr
