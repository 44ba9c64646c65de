"""The memory's file: writers at once, a kill, a full disk, and what is said of one that cannot be used."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.errors import MemoryUnusable
from pipeline.translate.database import APPLICATION_ID, SCHEMA_VERSION
from pipeline.translate.memory import Correction, Memory, default_path
from tests.memory.conftest import MAKER, PONTE, ROOT
from tests.memory.corrections import correct, withdraw


def process(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process that has MAKER, `Memory`, `correct` and `made(i)`, a mapping of 50 hypotheses, to hand."""
    prelude = f"""
import sys
from pathlib import Path
from pipeline.translate import Hypothesis
from pipeline.translate.memory import Memory
from tests.memory.corrections import correct
MAKER = {MAKER!r}
def made(number):
    return {{f"Frase {{number}}.{{i}}": Hypothesis(f"Sentence {{number}}.{{i}}", -0.5, 4, 4) for i in range(50)}}
"""
    command = [sys.executable, "-c", prelude + code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(running: subprocess.Popen[str]) -> str:
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    return out


def test_reading_makes_no_file(path: Path) -> None:
    with Memory(path) as memory:
        assert memory.recall(["Ciao."], *MAKER) == {}
        assert list(memory.every_correction("it")) == []
        assert memory.revisions() == {}
        assert memory.correction("it", "Ciao.") is None
        assert memory.prune(max_bytes=1) == 0
        assert not path.exists()
        memory.remember({"Ciao.": PONTE}, *MAKER)
    assert path.exists()
    assert [file.name for file in path.parent.iterdir()] == [path.name]  # no WAL stays behind


FOREIGN = "CREATE TABLE bookmarks (url TEXT)"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Dear diary, this is no database at all, but it is long enough to look into." * 20, "is no database"),
        (FOREIGN, "is another program's database"),
        (f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION + 1}", "newer monoglot"),
        (f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1; {FOREIGN}", "cannot be used"),
        (None, "is a folder"),
    ],
    ids=("text", "foreign", "newer", "without tables", "folder"),
)
def test_a_file_that_is_no_memory_is_left_alone_and_named_in_one_line(
    path: Path, content: bytes | str | None, said: str
) -> None:
    if content is None:
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        connection = sqlite3.connect(path)
        connection.executescript(content)
        connection.close()
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(MemoryUnusable, match=said) as caught:
        Memory(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert "--no-memory" in str(caught.value) or "permissions" in str(caught.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


FIRST_FORMAT = """
DROP VIEW standing;
DROP TABLE correction;
CREATE TABLE correction (
    language TEXT NOT NULL, source TEXT NOT NULL, english TEXT NOT NULL, reviewer TEXT, made TEXT NOT NULL,
    PRIMARY KEY (language, source)
) WITHOUT ROWID;
CREATE TRIGGER correction_insert AFTER INSERT ON correction BEGIN
    INSERT INTO revision VALUES (NEW.language, 'abc') ON CONFLICT DO UPDATE SET name = excluded.name;
END;
INSERT INTO correction VALUES ('it', 'uno', 'One!', 'Marta', '2025-03-01T00:00:00+00:00');
PRAGMA user_version = 1;
"""


def test_a_memory_of_the_first_format_is_brought_up_to_date(path: Path) -> None:
    with Memory(path) as memory:
        memory.remember({"Il ponte è chiuso.": PONTE}, *MAKER)
    with closing(sqlite3.connect(path)) as file:
        file.executescript(FIRST_FORMAT)
    for _ in range(2):
        with Memory(path) as memory:
            assert memory.correction("it", "uno") == Correction(
                "it", "uno", "One!", "Marta", "2025-03-01T00:00:00+00:00"
            )
            assert memory.revisions() == {"it": "abc"}  # nothing of it has changed
            assert memory.recall(["Il ponte è chiuso."], *MAKER) == {"Il ponte è chiuso.": PONTE}
    with Memory(path) as memory:
        correct(memory, "uno", "it", "one")
        withdraw(memory, "uno", "it")
        assert memory.corrected(["uno"], "it") == {"uno": "One!"}
        assert memory.revisions() != {"it": "abc"}


def test_damage_in_the_middle_is_told(path: Path) -> None:
    with Memory(path) as memory:
        memory.remember({f"Frase {i}.": PONTE for i in range(3000)}, *MAKER)
    with path.open("r+b") as file:
        file.seek(5 * 4096)
        file.write(os.urandom(40 * 4096))
    with Memory(path) as memory, pytest.raises(MemoryUnusable, match="is damaged; move it away"):
        memory.recall([f"Frase {i}." for i in range(3000)], *MAKER)


def test_two_processes_write_at_once(path: Path) -> None:
    code = """
name = sys.argv[2]
with Memory(Path(sys.argv[1])) as memory:
    for number in range(20):
        memory.remember(made(f"{name}{number}"), *MAKER)
        correct(memory, f"{name}{number}", "it", "one")
"""
    running = [process(code, path, name) for name in "ab"]
    for each in running:
        finished(each)
    with Memory(path) as memory:
        assert sum(maker.hypotheses for maker in memory.stats().makers) == 2 * 20 * 50
        assert {c.source for c in memory.every_correction("it")} == {
            f"{name}{number}" for name in "ab" for number in range(20)
        }


def test_a_killed_process_leaves_all_that_it_had_remembered(path: Path) -> None:
    code = """
with Memory(Path(sys.argv[1])) as memory:
    for number in range(10_000):
        memory.remember(made(number), *MAKER)
        print(number, flush=True)
"""
    running = process(code, path)
    assert running.stdout is not None
    for line in running.stdout:
        if int(line) == 20:
            break
    running.send_signal(signal.SIGKILL)
    done = max([20, *map(int, running.stdout.read().split())])
    running.communicate(timeout=60)
    assert running.returncode == -signal.SIGKILL
    with Memory(path) as memory:
        (maker,) = memory.stats().makers
        assert maker.hypotheses % 50 == 0
        assert maker.hypotheses // 50 in (done + 1, done + 2)  # what was being said when it died


def test_a_full_disk_is_told_and_loses_nothing(path: Path) -> None:
    code = """
import resource
from pipeline.errors import MemoryUnusable
with Memory(Path(sys.argv[1])) as memory:
    memory.remember(made("first"), *MAKER)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        for number in range(200):
            memory.remember(made(number), *MAKER)
    except MemoryUnusable as error:
        print(number, error)
    assert memory.recall(made("first"), *MAKER) == made("first")
"""
    number, _, said = finished(process(code, path)).partition(" ")
    assert said.startswith(f"{path}: the translation memory cannot")
    assert "disk" in said
    with Memory(path) as memory:
        (maker,) = memory.stats().makers
        assert maker.hypotheses == 50 * (int(number) + 1)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can get to: root has to become another user to be kept from writing."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        Path(folder).chmod(0o755)


def test_a_memory_that_cannot_be_reached_is_not_taken_for_an_empty_one(public: Path) -> None:
    """As with a folder of another user's: the corrections in it would be missing, and nobody would know."""
    path = public / "memory.sqlite"
    with Memory(path) as memory:
        correct(memory, "uno", "it", "one")
    public.chmod(0)
    code = """
import os
from pipeline.errors import MemoryUnusable
from pipeline.translate.database import connect
if os.geteuid() == 0:
    os.seteuid(65534)
for open_ in (Memory, connect):
    try:
        open_(Path(sys.argv[1]))
    except MemoryUnusable as error:
        print(error)
"""
    said = finished(process(code, path)).splitlines()
    assert [
        line.startswith(f"{path}: the translation memory cannot be reached (Permission denied)") for line in said
    ] == [
        True,
        True,
    ]


def test_a_link_that_leads_nowhere_is_not_an_empty_memory(path: Path) -> None:
    path.symlink_to("/unmounted/memory.sqlite")
    with pytest.raises(MemoryUnusable, match=r"is a link to /unmounted/memory\.sqlite, which is not there"):
        Memory(path)


@pytest.mark.parametrize("folder_too", [False, True], ids=("file", "file and folder"))
def test_a_memory_that_may_only_be_read_is_read(public: Path, folder_too: bool) -> None:
    path = public / "memory.sqlite"
    with Memory(path) as memory:
        memory.remember({"Il ponte è chiuso.": PONTE}, *MAKER)
        correct(memory, "uno", "it", "one")
    path.chmod(0o444)
    if folder_too:
        public.chmod(0o555)
    code = """
import os
from pipeline.errors import MemoryUnusable
with Memory(Path(sys.argv[1])) as memory:  # as root, to have all that it takes imported
    memory.recall(["Il ponte è chiuso."], *MAKER)
if os.geteuid() == 0:
    os.seteuid(65534)
with Memory(Path(sys.argv[1])) as memory:
    found = memory.recall(["Il ponte è chiuso."], *MAKER)
    print(found["Il ponte è chiuso."].text, {c.source: c.english for c in memory.every_correction("it")})
    for write in (lambda: memory.remember(made(1), *MAKER), lambda: correct(memory, "due", "it", "two")):
        try:
            write()
        except MemoryUnusable as error:
            print(error)
"""
    lines = finished(process(code, path)).splitlines()
    assert lines[0] == "The bridge is closed. {'uno': 'one'}"
    assert len(lines) == 3
    assert all("cannot be written" in line for line in lines[1:])


def test_the_default_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MONOGLOT_MEMORY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_path() == Path("/data/monoglot/memory.sqlite")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert default_path() == Path.home() / ".local/share/monoglot/memory.sqlite"
    monkeypatch.setenv("MONOGLOT_MEMORY", "/elsewhere/tm.sqlite")
    assert default_path() == Path("/elsewhere/tm.sqlite")
