"""`show`, `restore`, `verify` and `explain`: what was made of a document, and its bytes again."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import ROOT
from tests.conftest import Command


def test_restore_and_show_find_a_document_by_name_or_identifier(
    command: Command, article: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command("run", article, "--out", out)
    identifier = next((out / "records").glob("*.json")).stem
    for name in (identifier, identifier[:5], article.name, str(article)):
        assert command("restore", name, "--from", out).stdout == article.read_bytes()
    assert b"Council meets" in command("show", article.name, "--from", out).stdout
    command("run", article.parent.name, "--out", out, cwd=article.parent.parent)
    named = f"./{article.parent.name}/{article.name}"
    assert b"Council meets" in command("show", named, "--from", out, cwd=article.parent.parent).stdout
    record = json.loads(command("show", identifier, "--from", out, "--json").stdout)
    assert record["id"] == identifier
    missing = command("restore", "nothing", "--from", out)
    assert missing.returncode == 1
    assert b"no document answers to 'nothing'" in missing.stderr


def test_a_page_that_has_changed_is_not_restored(command: Command, tmp_path: Path) -> None:
    page = (ROOT / "seeds" / "ardmouth-standard_kharmat-hospital.html").read_bytes()
    (tmp_path / "page.html").write_bytes(page)
    command("run", "page.html", "--out", "out", cwd=tmp_path)
    assert command("restore", "page.html", "--from", "out", cwd=tmp_path).stdout == page
    (tmp_path / "page.html").write_bytes(page + b"<!-- -->")
    gone = command("restore", "page.html", "--from", "out", cwd=tmp_path)
    assert (gone.returncode, gone.stdout) == (1, b"")
    assert b"--keep-sources" in gone.stderr
    (tmp_path / "page.html").write_bytes(page)
    command("run", "page.html", "--out", "kept", "--keep-sources", cwd=tmp_path)
    (tmp_path / "page.html").unlink()
    assert command("restore", "page.html", "--from", "kept", cwd=tmp_path).stdout == page


def test_verify_says_how_many_pages_are_not_to_be_found(command: Command, tmp_path: Path) -> None:
    page = (ROOT / "seeds" / "ardmouth-standard_kharmat-hospital.html").read_bytes()
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_bytes(page + f"<!-- {name} -->".encode())
    command("run", "a.html", "b.html", "--out", "out", cwd=tmp_path)
    whole = "out: every hash, offset and sum holds\nThe bytes of 2 pages are in their own files, "
    for change, said in (
        (lambda: None, "all found"),
        ((tmp_path / "a.html").unlink, "1 of them not found"),
        (lambda: (tmp_path / "b.html").write_bytes(b"other"), "2 of them not found"),
    ):
        change()
        done = command("verify", "out", cwd=tmp_path)
        assert (done.returncode, done.stdout.decode().startswith(whole + said)) == (0, True)
    command("run", "b.html", "--out", "kept", "--keep-sources", "--language", "en", cwd=tmp_path)
    assert b"own files" not in command("verify", "kept", cwd=tmp_path).stdout


def test_what_is_removed_can_be_seen(command: Command, seeds_run: Path) -> None:
    done = command("show", "agenzia-nord_corridoio-umanitario.txt", "--removed", "--from", seeds_run)
    assert b"boilerplate." in done.stdout


def test_explain_tells_what_a_page_shows_beside_its_article(command: Command) -> None:
    page = "seeds/ardmouth-standard_kharmat-hospital.html"
    shown = command("explain", page).stdout.decode()
    assert (
        "-        © 2025 Ardmouth Standard Newspapers Limited. All rights reserved.\n         page.outside: on the"
        in shown
    )
    assert "page.outside: on the" not in command("explain", page, "--keep", "page.outside").stdout.decode()


def test_a_document_that_has_left_the_input_is_shown_as_such(command: Command, article: Path, tmp_path: Path) -> None:
    shown = []
    for words in ("closed", "opened"):
        article.write_text(
            f"Council meets\n\nThe council met on Monday and {words} the old bridge for a month.\n", "utf-8"
        )
        command("run", article, "--out", tmp_path / "out")
        first = min((tmp_path / "out" / "records").iterdir(), key=lambda path: path.stat().st_mtime_ns).stem
        shown.append(command("show", first, "--from", tmp_path / "out").stdout.decode())
    assert ["no longer in the input" in text for text in shown] == [False, True]


def test_verify_tells_by_its_exit_code(command: Command, article: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command("run", article, "--out", out)
    assert command("verify", out).returncode == 0
    next((out / "text").glob("*.txt")).write_text("something else\n")
    changed = command("verify", out)
    assert changed.returncode == 2
    assert b"its text has been changed" in changed.stdout
    assert command("verify", tmp_path).returncode == 1
