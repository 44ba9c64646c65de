"""Characters that a terminal would obey, or has no letters for; names that are not Unicode, or look like markup."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.conftest import Command


def test_a_file_name_cannot_steer_the_terminal(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m[bold]\n.pdf").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "b.txt").write_text("The council met on Monday and closed the old bridge.\n")
    done = command("run", tmp_path, "--out", tmp_path / "out")
    assert b"\x1b" not in done.stderr
    assert rb"a\x1b[31m[bold]\n.pdf" in done.stderr


def test_a_text_cannot_steer_the_terminal(command: Command, tmp_path: Path) -> None:
    page = tmp_path / "a\x1b[2J.txt"
    page.write_text("Bridge closed\n\nThe council met.\n\nREAD MORE: \x1b]0;PWNED\x07\x1b[31mThe mayor\n", "utf-8")
    command("run", page, "--out", tmp_path / "out")
    (record,) = (tmp_path / "out" / "records").glob("*.json")
    for options in ((), ("--removed",)):
        shown = command("show", record.stem, *options, "--from", tmp_path / "out").stdout
        assert b"Bridge closed" in shown or b"PWNED" in shown
        assert b"\x1b" not in shown
    explained = command("explain", page).stdout
    assert b"PWNED" in explained
    assert b"\x1b" not in explained


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_standard_output_has_no_letters_for_is_escaped(
    command: Command, article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = command("run", article, "--out", tmp_path / "out")
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert rb"\u2192" in done.stdout


def test_the_c_locale_has_all_letters_or_escapes_them(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    done = shell("LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 monoglot run a.txt")
    assert (done.returncode, done.stderr.count(b"Traceback")) == (0, 0)
    assert b"\\u2192 normalized/" in done.stdout


def test_a_name_that_is_not_unicode_is_read_and_recorded(command: Command, tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123 (a name in bytes)
        file.write(b"The council met on Monday and closed the old bridge.\n")
    assert command("run", tmp_path, "--out", tmp_path / "out").returncode == 0
    row = json.loads((tmp_path / "out" / "documents.jsonl").read_text("utf-8"))
    assert row["path"].endswith(r"caf\xe9.txt")


@pytest.mark.parametrize(
    "arguments", ["verify {out}", "review {out} --html {page}", "review out --html {page} --reviewer {out}"]
)
def test_an_output_whose_name_is_not_unicode_is_as_good_as_any(
    command: Command, article: Path, tmp_path: Path, arguments: str
) -> None:
    out = os.fsdecode(b"out\xe9")
    command("run", article, "--out", "out", cwd=tmp_path)
    again = command("run", article, "--out", out, cwd=tmp_path)
    done = command(*arguments.format(out=out, page="page.html").split(), cwd=tmp_path)
    assert (again.returncode, again.stderr.count(b"Traceback")) == (0, 0)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_bracket_in_the_name_of_the_output_is_no_markup(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    done = command("run", "a.txt", "--out", "o[/b][red]", cwd=tmp_path)
    assert done.returncode == 0
    assert b"o[/b][red]/" in done.stdout
