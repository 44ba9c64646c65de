"""Runs with a memory: nothing is translated twice, people's corrections stand, and the bytes never tell where words came from."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import normalize
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.translate.memory import Memory
from pipeline.translate.plan import CHUNK
from pipeline.verify import load_record, verify
from tests.conftest import Heard, files
from tests.memory.corrections import correct, withdraw

ROOT = Path(__file__).parent.parent.parent

ARTICLES = {
    "bridge.txt": "Il ponte resta chiuso\n\nIl sindaco ha chiuso il ponte vecchio. La riapertura è prevista per lunedì mattina.\n",
    "school.txt": "La scuola riapre\n\nLa scuola elementare riapre dopo le feste. La riapertura è prevista per lunedì mattina.\n",
    "market.txt": "Il mercato del pesce\n\nI pescatori hanno portato duecento casse di sardine. I prezzi sono rimasti bassi.\n",
    "english.txt": "The fish market\n\nThe fishermen brought two hundred crates of sardines. Prices stayed low all week.\n",
    "german.txt": "Der Markt\n\nDie Fischer haben zweihundert Kisten Sardinen auf den Markt gebracht. Die Preise blieben niedrig.\n",
}
SHARED = "La riapertura è prevista per lunedì mattina."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with ARTICLES in `articles`."""
    (tmp_path / "articles").mkdir()
    for name, text in ARTICLES.items():
        (tmp_path / "articles" / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONOGLOT_MODELS", str(tmp_path / "no-models"))
    return tmp_path


MEMORY = Path("memory.sqlite")
QUICK = Settings(beam=1, memory=MEMORY)


def places(folder: str) -> dict[str, int]:
    """The records of an output, by the files that they are of, with the numbers that the disk knows them by."""
    found = {}
    for path in Path(folder, "records").iterdir():
        found[Path(json.loads(path.read_bytes())["origin"]["path"]).name] = path.stat().st_ino
    return found


def written_again(before: dict[str, int]) -> set[str]:
    after = places("out")
    return {name for name in after if after[name] != before[name]}


def test_the_bytes_are_those_of_the_model_wherever_they_come_from(folder: Path) -> None:
    observers = [Heard() for _ in range(4)]
    run(["articles"], Path("without"), Settings(beam=1), observers[0])
    run(["articles"], Path("first"), QUICK, observers[1])
    run(["articles"], Path("second"), QUICK, observers[2])
    run(["articles/bridge.txt"], Path("part"), Settings(beam=1, memory=Path("other.sqlite")))
    run(["articles"], Path("mixed"), Settings(beam=1, memory=Path("other.sqlite")), observers[3])
    assert files("without") == files("first") == files("second") == files("mixed")
    assert [observer.segments for observer in observers] == [8, 8, 0, 5]
    head = json.loads(Path("second/run.json").read_bytes())
    assert (head["remembered"], head["settings"]["memory"]) == (8, True)
    assert not list(verify(Path("second")))


@pytest.mark.parametrize("settings", [Settings(beam=2, memory=MEMORY), Settings(compute_type="float32", memory=MEMORY)])
def test_what_another_decoder_made_is_not_used(folder: Path, settings: Settings) -> None:
    run(["articles"], Path("out"), QUICK)
    observer = Heard()
    run(["articles"], Path("out"), settings, observer)
    assert observer.segments == 8


def test_a_run_that_remembers_everything_loads_no_model(folder: Path) -> None:
    code = """
import sys
from pipeline.cli import main
try:
    main()
except SystemExit as end:
    heavy = {"transformers", "ctranslate2", "torch", "sentencepiece", "tokenizers"} & sys.modules.keys()
    print(end.code, sorted(heavy))
"""
    said = []
    for _ in range(2):
        command = [sys.executable, "-c", code, "run", "articles", "--force", "--quiet", "--memory", "memory.sqlite"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        said.append(
            subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split(" ", 1)
        )
    assert said[0][0] == said[1][0] == "2"  # the German has no model
    assert "ctranslate2" in said[0][1]
    assert said[1][1] == "[]\n"


def test_a_correction_is_taken_by_exactly_the_documents_that_have_the_segment(folder: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    before, original = places("out"), files("out")
    with Memory(MEMORY) as memory:
        correct(memory, SHARED, "it", "It is to open again on Monday “morning”.", "Marta")
        correct(memory, "Questo non lo dice nessuno.", "it", "Nobody says this.")
    observer = Heard()
    report = run(["articles"], Path("out"), QUICK, observer)
    assert written_again(before) == {"bridge.txt", "school.txt"}
    assert (report.unchanged, observer.segments) == (3, 0)
    record = load_record(Path("out"), "school.txt")
    (segment,) = [s for s in record.segments if record.source[s.source.start : s.source.end] == SHARED]
    assert segment.translation is not None
    assert (segment.translation.origin, segment.translation.model) == ("human", "human")
    assert record.text[segment.text.start : segment.text.end] == 'It is to open again on Monday "morning".'
    assert "|human:" in record.signature
    assert "|human:" not in load_record(Path("out"), "market.txt").signature
    assert not list(verify(Path("out")))

    before = places("out")
    assert run(["articles"], Path("out"), QUICK).unchanged == 5
    assert run(["articles"], Path("out"), QUICK).unchanged == 5
    assert written_again(before) == set()

    with Memory(MEMORY) as memory:
        withdraw(memory, SHARED, "it")
    run(["articles"], Path("out"), QUICK)
    assert written_again(before) == {"bridge.txt", "school.txt"}
    assert files("out") == original


def test_without_the_memory_corrections_are_left_out_again(folder: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    original = files("out")
    with Memory(MEMORY) as memory:
        correct(memory, SHARED, "it", "It opens on Monday.")
    run(["articles"], Path("out"), QUICK)
    before = places("out")
    run(["articles"], Path("out"), Settings(beam=1))
    assert written_again(before) == {"bridge.txt", "school.txt"}
    assert files("out") == original


def test_a_correction_is_taken_after_a_run_that_was_stopped(folder: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    before = places("out")
    Path("out/run.json").unlink()
    with Memory(MEMORY) as memory:
        correct(memory, SHARED, "it", "It opens on Monday.")
    run(["articles"], Path("out"), QUICK)
    assert written_again(before) == {"bridge.txt", "school.txt"}


def test_a_person_can_translate_what_no_model_can(folder: Path) -> None:
    with Memory(MEMORY) as memory:
        correct(memory, "Die Preise blieben niedrig.", "de", "Prices stayed low.")
    run(["articles/german.txt"], Path("out"), QUICK)
    record = load_record(Path("out"), "german.txt")
    assert record.status == "translated"
    assert record.text.endswith("auf den Markt gebracht. Prices stayed low.")
    assert [segment.action for segment in record.segments] == ["kept", "kept", "translated"]
    assert not list(verify(Path("out")))


def test_the_python_api_uses_the_memory_that_it_is_given(folder: Path) -> None:
    text = ARTICLES["bridge.txt"]
    (plain,) = normalize([text], Settings(beam=1))
    assert not MEMORY.exists()
    with Memory(MEMORY) as memory:
        correct(memory, "Il ponte resta chiuso", "it", "Bridge still shut")
    (corrected,) = normalize([text], QUICK)
    assert corrected.text.startswith("Bridge still shut\n\n")
    assert corrected.text.partition("\n\n")[2] == plain.text.partition("\n\n")[2]


def test_a_killed_run_has_remembered_all_but_the_last_chunk(folder: Path) -> None:
    many = 3 * CHUNK
    story = "\n\n".join(f"La casa numero {i}." for i in range(many))
    Path("story.txt").write_text(story, "utf-8")
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "run",
        "story.txt",
        "--beam",
        "1",
        "--memory",
        "memory.sqlite",
        "--language",
        "it",
    ]
    running = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
    while running.poll() is None and remembered() < CHUNK:
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    kept = remembered()
    assert kept >= CHUNK
    assert kept % CHUNK == 0
    observer = Heard()
    run(["story.txt"], Path("normalized"), Settings(beam=1, memory=MEMORY, language="it"), observer)
    assert observer.segments == many - kept


def remembered() -> int:
    """The number of hypotheses in the memory, as another program sees it."""
    if not MEMORY.exists():
        return 0
    connection = sqlite3.connect(MEMORY, timeout=10)
    try:
        ((number,),) = connection.execute("SELECT count(*) FROM hypothesis")
    except sqlite3.OperationalError:  # the file is there before its tables are
        number = 0
    finally:
        connection.close()
    return int(number)


def test_a_memory_that_cannot_grow_stops_no_run(folder: Path) -> None:
    code = """
import resource
from pipeline.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))  # more than an article's files, less than four pages of SQLite
main()
"""
    with Memory(MEMORY) as memory:
        correct(memory, SHARED, "it", "It opens on Monday.")
        command = [
            sys.executable,
            "-c",
            code,
            "run",
            "articles/bridge.txt",
            "--language",
            "it",
            "--memory",
            str(MEMORY),
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        assert memory.stats().makers == ()
    notes = [line for line in done.stderr.splitlines() if "memory.sqlite" in line]
    assert len(notes) == 1
    assert notes[0].endswith("The run goes on; what it translates from here on is not remembered")
    assert load_record(Path("normalized"), "bridge.txt").text.endswith("It opens on Monday.")


def test_a_damaged_memory_stops_a_run_before_anything_is_written(folder: Path) -> None:
    MEMORY.write_bytes(b"SQLite format 3\0" + b"\7" * 5000)
    command = [sys.executable, "-m", "pipeline", "run", "articles", "--memory", str(MEMORY)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert done.stderr.startswith("monoglot: memory.sqlite: ")
    assert "--no-memory" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not Path("normalized").exists()
