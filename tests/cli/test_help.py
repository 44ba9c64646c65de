"""Help: every command is explained with an example, as fast as may be."""

from __future__ import annotations

import subprocess
import sys

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


@pytest.mark.parametrize("group", ["", "memory", "models"])
def test_each_command_is_told_in_a_line_of_eighty_letters(
    command: Command, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, _, listed = command(*group.split(), "--help").stdout.decode().partition("Commands:\n")
    lines = [line for line in listed.splitlines() if line.startswith("  ") and "Example:" not in line]
    assert len(lines) >= 4
    assert [line for line in lines if not line.endswith(".") or line.endswith("...")] == []


def test_help_is_as_wide_as_the_terminal(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "800")
    lines = command("memory", "import", "--help").stdout.decode().splitlines()
    assert any("Every unit of a TMX file" in line and "the later one stands" in line for line in lines)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_that_they_do_not_need(option: str) -> None:
    code = "import atexit, sys, pipeline.cli as cli; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); cli.main()"
    command = [sys.executable, "-c", code, option]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stderr.decode().split()
    heavy = ["transformers", "torch", "ctranslate2", "numpy", "pydantic", "trafilatura", "lxml", "ftfy", "langdetect"]
    heavy += ["rich", "rich.console", "json", "tempfile", "pipeline.records", "pipeline.glossary", "pipeline.run"]
    assert "pipeline.cli" in loaded
    assert not set(heavy).intersection(loaded)


def test_version(command: Command) -> None:
    from pipeline import __version__

    assert command("--version").stdout.decode().strip() == f"monoglot {__version__}"
