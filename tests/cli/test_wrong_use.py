"""Wrong use of every command: one line that says what is wrong, and the exit code 1."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.conftest import Command

# What is typed, in a folder with the output `out`, the folder `articles`, and `note.txt`, which is neither; and what is said.
WRONG = {
    "nonsense": "monoglot: No such command 'nonsense'. See: monoglot --help",
    "--nonsense": "No such option: --nonsense",
    "run": "monoglot run: Missing argument 'inputs'. See: monoglot run --help",
    "run nowhere": "nowhere: no such file or folder",
    "run ''": "'': no such file or folder",
    "run articles --beam x": "--beam",
    "run articles --language Italian": "--language takes an ISO 639-1 code such as it or es, not 'Italian'",
    "run articles --engine marian": "'--engine': 'marian' is not one of 'ctranslate2', 'transformers'. See: monoglot run",
    "run articles --model articles": "not a MarianMT model",
    "run articles --out note.txt": "note.txt: is a file",
    "run articles --out note.txt/sub -q": "cannot be written (Not a directory); check its permissions, or name another folder",
    "run articles --out ''": "--out takes a folder, or -",
    "run articles --out articles": "which is not monoglot's",
    "run articles --json --out -": "monoglot run: --json and --out - both print: they are one at a time",
    "run articles --memory articles": "articles: is a folder; name another file with --memory",
    "run articles --memory note.txt": "note.txt: the translation memory is no database",
    "run articles --glossary nowhere.csv": "nowhere.csv: the glossary cannot be read",
    "show": "monoglot show: name a document",
    "show nothing --from out": "no document answers to 'nothing'",
    "show a --from nowhere": "nowhere: no records there",
    "show a --from note.txt": "note.txt: no records there",
    "show --risky 3 --from note.txt": "note.txt: no records there",
    "show --risky 0": "'--risky': Input should be greater than or equal to 1",
    "explain nowhere.txt": "nowhere.txt cannot be read (No such file or directory)",
    "explain articles": "articles cannot be read (Is a directory)",
    "explain note.txt --clean well": "'well' is not one of light, standard, strict",
    "restore nothing --from articles": "articles: no records there",
    "verify nowhere": "nowhere: no such folder",
    "verify articles": "articles: no records there",
    "review note.txt": "note.txt: no records there",
    "review out --port 99999": "'--port': Input should be less than or equal to 65535",
    "review out --import articles": "articles: cannot be read (Is a directory)",
    "review out --language it": "--language goes with --export",
    "review out --export csv --language Italian": "'Italian' is no language code",
    "review out --host host.invalid --no-open": "host.invalid: is neither an address nor a name of this computer",
    "review out --html none/m.html": "none/m.html: cannot be written (there is no folder none)",
    "evaluate -s note.txt -r articles -l it": "articles: cannot be read (Is a directory)",
    "memory nonsense": "monoglot memory: No such command 'nonsense'. See: monoglot memory --help",
    "memory stats --memory articles": "articles: is a folder",
    "memory import articles": "articles: cannot be read (Is a directory)",
    "memory export m.tmx --language Italian": "'Italian' is no language code",
    "memory export m.csv": "name a file that ends in .tmx or .jsonl",
    "memory export none/m.tmx": "none/m.tmx: cannot be written (there is no folder none)",
    "models list Italian": "takes an ISO 639-1 code such as it or es, not 'Italian'",
    "models import note.txt": "note.txt: no such folder",
    "models convert nowhere": "nowhere: no such folder",
    "models convert articles": "articles/config.json: cannot be read (No such file or directory)",
    "models remove zu": "zu: not in",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, seeds_run: Path) -> Path:
    folder = tmp_path_factory.mktemp("place")
    (folder / "out").symlink_to(seeds_run)
    (folder / "articles").mkdir()
    (folder / "articles" / "a.txt").write_text("The council met on Monday.\n")
    (folder / "note.txt").write_text("Bring milk.\n")
    return folder


@pytest.mark.parametrize(("arguments", "said"), WRONG.items(), ids=WRONG)
def test_wrong_use_is_one_line(command: Command, place: Path, arguments: str, said: str) -> None:
    done = command(*shlex.split(arguments), cwd=place)
    assert (done.returncode, done.stdout) == (1, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("monoglot")
    assert said in line


def test_all_that_is_wrong_with_the_options_is_said_at_once(command: Command, place: Path) -> None:
    done = command("run", "articles", "--beam", "0", "--jobs", "-1", "--language", "Italian", cwd=place)
    assert done.returncode == 1
    assert all(option in done.stderr for option in (b"--beam takes", b"--jobs takes", b"--language takes"))


def test_a_group_without_a_command_shows_its_help(command: Command) -> None:
    done = command("memory")
    assert (done.returncode, b"Commands:" in done.stderr) == (1, True)
