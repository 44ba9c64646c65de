"""The command as a process: what it prints where, its exit codes, and how it takes what goes wrong."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
Command = Callable[..., "subprocess.CompletedProcess[bytes]"]
COMMANDS = ("run", "show", "restore", "verify")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "articles" / "council [draft].txt"
    path.parent.mkdir()
    path.write_text("Council meets\n\nThe council met on Monday and closed the old bridge for a month.\n", "utf-8")
    return path


@pytest.mark.parametrize("name", COMMANDS)
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


def test_run_prints_a_table_on_stdout_and_progress_on_stderr(command: Command, article: Path, tmp_path: Path) -> None:
    done = command("run", article, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert b"english" in done.stdout
    assert b"reading 1 file\n" in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


def test_json_is_one_object_of_counts_and_nothing_else(command: Command, article: Path, tmp_path: Path) -> None:
    done = command("run", article.parent, "--out", tmp_path / "out", "--json")
    assert json.loads(done.stdout) == {
        "english": 1,
        "translated": 0,
        "untranslated": 0,
        "empty": 0,
        "duplicate": 0,
        "failed": 0,
        "kept": 0,
    }
    assert done.stderr == b""


def test_quiet_prints_problems_only(command: Command, article: Path, tmp_path: Path) -> None:
    (article.parent / "b.pdf").write_bytes(b"%PDF-1.7\n")
    done = command("run", article.parent, article.parent / "b.pdf", "--out", tmp_path / "out", "--quiet")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().splitlines() == [
        f"{article.parent}/b.pdf: is a PDF document: save its text first, for example with pdftotext"
    ]


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


def test_nothing_done_is_three(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b" \n")
    assert command("run", "a.txt", cwd=tmp_path).returncode == 3


def test_standard_input_to_standard_output(command: Command, tmp_path: Path) -> None:
    words = "Il ponte è chiuso da lunedì.\r\n".encode()
    done = command("run", "-", "--out", "out", "--language", "it", "--beam", "1", cwd=tmp_path, stdin=words)
    assert done.returncode == 0
    (row,) = (json.loads(line) for line in (tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines())
    assert (row["path"], row["status"]) == ("-", "translated")
    assert command("restore", row["id"], "--from", "out", cwd=tmp_path).stdout == words


def test_the_english_of_one_file_is_printed_and_of_more_their_rows(
    command: Command, article: Path, tmp_path: Path
) -> None:
    words = article.read_bytes()
    for source, given in (("-", words), (article, b"")):
        done = command("run", source, "--out", "-", cwd=tmp_path, stdin=given)
        assert (done.returncode, done.stdout, done.stderr) == (0, words, b"")
    done = command("run", article.parent, "--out", "-", cwd=tmp_path)
    (row,) = map(json.loads, done.stdout.splitlines())
    assert (row["path"], row["text"]) == (article.as_posix(), words.decode().rstrip())
    done = command("run", "-", "--out", "-", "--language", "ar", cwd=tmp_path, stdin=words)
    assert (done.returncode, done.stdout) == (2, words)
    assert done.stderr.decode().splitlines() == ["No model for ar. Get one with: monoglot models fetch ar"]
    assert command("run", "-", "--out", "-", "--json", cwd=tmp_path, stdin=words).returncode == 1
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("articles", "data")] == []


def test_a_page_from_standard_input_can_be_restored(command: Command, tmp_path: Path) -> None:
    page = (ROOT / "seeds" / "ardmouth-standard_kharmat-hospital.html").read_bytes()
    command("run", "-", "--out", "out", cwd=tmp_path, stdin=page)
    assert command("restore", "-", "--from", "out", cwd=tmp_path).stdout == page
    assert command("verify", "out", cwd=tmp_path).returncode == 0


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_closed_or_full_standard_output_is_no_crash(command: Command, article: Path, tmp_path: Path) -> None:
    command("run", article, "--out", tmp_path / "out")
    piped = f"{sys.executable} -m pipeline show '{article.name}' --from '{tmp_path}/out' | head -c 1"
    done = subprocess.run(["bash", "-c", piped], cwd=ROOT, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", ["show a.txt", "run a.txt"])
def test_a_reader_that_leaves_is_no_fault(command: Command, tmp_path: Path, arguments: str) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    command("run", "a.txt", cwd=tmp_path)
    shell = f"{shlex.quote(sys.executable)} -m pipeline {arguments} | true; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
@pytest.mark.parametrize("errors", ["2>/dev/full", "2>&-", "2>&1 >out.log | true"])
def test_a_run_goes_on_where_nobody_can_be_told_of_it(tmp_path: Path, errors: str) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    shell = f"{shlex.quote(sys.executable)} -m pipeline run a.txt b.png {errors}; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, check=False, env=environment)
    assert done.returncode == 2  # the picture
    assert len((tmp_path / "normalized" / "documents.jsonl").read_text("utf-8").splitlines()) == 1


def test_the_c_locale_has_all_letters_or_escapes_them(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "a.txt"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env=environment,
    )
    assert (done.returncode, done.stderr.count(b"Traceback")) == (0, 0)
    assert b"\\u2192 normalized/" in done.stdout


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_worker(tmp_path: Path, end: signal.Signals) -> None:
    for number in range(64):  # enough for worker processes
        (tmp_path / f"{number}.txt").write_text(f"The council met on Monday, for the {number}th time.\n" * 40, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", ".", "--jobs", "2"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr is not None
    process.stderr.readline()  # "reading 64 files"
    process.send_signal(end)
    _, said = process.communicate(timeout=60)  # which a worker that is left over would never end
    if end is signal.SIGTERM:
        assert process.returncode == 130
        assert b"interrupted; what was finished is kept" in said
        assert not list((tmp_path / "normalized").glob(".*tmp-*"))


@pytest.mark.parametrize("arguments", ["show a.txt", "restore a.txt", "--version"])
def test_no_standard_output_is_none_to_write_to(
    command: Command, article: Path, tmp_path: Path, arguments: str
) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    command("run", "a.txt", cwd=tmp_path)
    closed = f"{shlex.quote(sys.executable)} -m pipeline {arguments} >&-"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", closed], cwd=tmp_path, capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_bracket_in_the_name_of_the_output_is_no_markup(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The council met on Monday.\n", "utf-8")
    done = command("run", "a.txt", "--out", "o[/b][red]", cwd=tmp_path)
    assert done.returncode == 0
    assert b"o[/b][red]/" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "run {article} --out {out} --json",
        "restore {article} --from {out}",
        "show {article} --from {out} --json",
        "explain {article}",
        "verify {out}",
        "models list",
        "memory stats",
    ],
)
def test_a_full_standard_output_is_named(command: Command, tmp_path: Path, arguments: str) -> None:
    """Whether it is less than Python's buffer holds, such as counts, or more, such as this article."""
    words = "The council met on Monday and closed the old bridge for a month.\n\n"
    (tmp_path / "a.txt").write_text(words * 400, "utf-8")
    command("run", "a.txt", "--out", "out", cwd=tmp_path)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments.format(article="a.txt", out="out").split()],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    assert done.returncode == 1
    assert done.stderr == b"monoglot: standard output: cannot be written (No space left on device)\n"


FULL = """
import resource, signal, sys
from pipeline.cli import main
from pipeline.identify import identify
if {warm}:
    identify("The council met on Monday.")  # unpacks its model in the temporary folder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
sys.argv[1:] = ["run", "articles", "--out", "out", "--no-memory"]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX")
@pytest.mark.parametrize("warm", [True, False], ids=["the output folder", "the temporary folder"])
def test_a_full_disk_is_one_line_and_can_be_gone_on_from(article: Path, tmp_path: Path, warm: bool) -> None:
    (article.parent / "z.txt").write_text("The bridge is closed and the council met. " * 400, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", FULL.format(warm=warm)],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1
    assert b"cannot be written (File too large)" in done.stderr
    assert b"Traceback" not in done.stderr
    assert not list((tmp_path / "out").rglob(".*tmp-*"))
    if warm:
        assert b"run the same command again" in done.stderr
        assert len(list((tmp_path / "out" / "records").glob("*.json"))) == 1
