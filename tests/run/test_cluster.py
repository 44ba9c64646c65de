"""A run on a Ray cluster of two machines, each with one core: it writes what one machine writes, and loses nothing with a worker."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from pipeline.cluster import AUTO, Cluster, Shipped, connected
from pipeline.errors import ClusterError, MissingExtra
from pipeline.models import Model
from pipeline.report import Silent
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.signature import installation
from pipeline.translate import load_engine
from tests.conftest import Command
from tests.run.conftest import QUICK, ROOT, start

BUNDLED = ROOT / "models" / "romance-en"
# Tells the workers of this cluster from those of others on the machine, which the tests must not end.
OURS = f"MONOGLOT_TEST_CLUSTER_{os.getpid()}"
# 150 MB for what the machines pass each other, twice the bundled model; workers that are as important as the tests beside them.
CLUSTER = """
import sys
from ray.cluster_utils import Cluster
machine = dict(num_cpus=1, object_store_memory=150 << 20, include_dashboard=False)
cluster = Cluster(initialize_head=True, head_node_args=machine)
cluster.add_node(**machine)
print(cluster.address, flush=True)
sys.stdin.read()
cluster.shutdown()
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a cluster that is there for these tests."""
    environment = {**os.environ, OURS: "1", "RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    process = subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield process.stdout.readline().decode().strip()
    process.stdin.close()
    process.wait(60)
    process.stdout.close()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds in four languages, a copy of one, an empty file, and one that is no text; and a paragraph in Spanish whose like stands
    in twelve files."""
    folder = tmp_path_factory.mktemp("corpus")
    for name in ("agenzia-nord*", "ardmouth-standard*", "manarat*", "quillhaven*"):
        for path in (ROOT / "seeds").glob(name):
            shutil.copy(path, folder)
    shutil.copy(next(folder.glob("quillhaven*")), folder / "copy.txt")
    (folder / "empty.txt").touch()
    (folder / "no text.txt").write_bytes(bytes(range(256)) * 8)
    for number in range(12):
        text = f"El puente número {number} está cerrado desde el lunes.\n\nLos vecinos piden una solución antes del invierno."
        (folder / f"puente-{number}.txt").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def alone(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one machine writes of it."""
    out = tmp_path_factory.mktemp("alone") / "out"
    run([str(corpus)], out, QUICK)
    return written(out)


def written(out: Path) -> dict[str, bytes]:
    """All files of an output folder but that with the times."""
    files = (path for path in out.rglob("*") if path.is_file() and path.name != "run.json")
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def workers() -> list[int]:
    """The processes of the workers, by what Ray calls them, and by what the cluster has in its environment."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                name, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
            except OSError:  # it has ended meanwhile, or is another user's
                continue
            if name.startswith(b"ray::Worker") and f"{OURS}=1".encode() in environment.split(b"\0"):
                found.append(int(process.name))
    return found


def end(processes: list[int]) -> None:
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:  # it has ended meanwhile
            continue


def none_left() -> bool:
    """Whether all workers end within a while."""
    until = time.monotonic() + 30
    while workers() and time.monotonic() < until:
        time.sleep(0.05)
    return workers() == []


class Notes(Silent):
    """Keeps what a run says."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, message: str) -> None:
        self.notes.append(message)


def test_a_cluster_writes_what_one_machine_writes(
    address: str, corpus: Path, alone: dict[str, bytes], tmp_path: Path, command: Command
) -> None:
    arguments = ("run", corpus, "--out", tmp_path / "out", "--no-memory", "--beam", 1, "--cluster", address)
    done = command(*arguments)
    assert done.returncode == 2, done.stderr
    assert written(tmp_path / "out") == alone
    assert none_left()
    before = (tmp_path / "out" / "run.json").read_bytes()
    assert command(*arguments).returncode == 2
    assert (tmp_path / "out" / "run.json").read_bytes() == before  # there was nothing to do


def test_a_worker_that_is_lost_costs_nothing_but_time(
    address: str, corpus: Path, alone: dict[str, bytes], tmp_path: Path
) -> None:
    class Ending(Silent):
        def __init__(self) -> None:
            self.ended = 0

        def translating(self, segments: int) -> None:  # noqa: ARG002
            if not self.ended:
                found = workers()
                self.ended = len(found)
                end(found)

    ending = Ending()
    run([str(corpus)], tmp_path / "out", replace(QUICK, cluster=address), ending)
    assert ending.ended
    assert written(tmp_path / "out") == alone


def test_workers_that_are_lost_again_and_again_end_the_run(address: str, corpus: Path, tmp_path: Path) -> None:
    over = Event()

    def keep_ending() -> None:
        while not over.wait(0.1):
            end(workers())

    killer = Thread(target=keep_ending)
    killer.start()
    try:
        with pytest.raises(
            ClusterError, match=r"lost a worker 4 times \(.*run the same command again, with fewer --jobs"
        ):
            run([str(corpus)], tmp_path / "out", replace(QUICK, cluster=address, jobs=1))
    finally:
        over.set()
        killer.join()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_ends_its_workers_and_goes_on_the_next_time(
    address: str, corpus: Path, alone: dict[str, bytes], tmp_path: Path, command: Command, number: int
) -> None:
    assert none_left()  # of the tests before
    arguments = ("run", corpus, "--out", tmp_path / "out", "--no-memory", "--beam", 1, "--cluster", address)
    process = start(*arguments)
    until = time.monotonic() + 60
    while not workers() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.decode().splitlines()[-1].startswith("monoglot: interrupted; what was finished is kept")
    assert not any(word in said for word in (b"Traceback", b"SIGTERM"))
    assert none_left()
    assert command(*arguments).returncode == 2
    assert written(tmp_path / "out") == alone


def test_machines_with_another_installation_are_refused(
    address: str, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = installation(QUICK).replace("|units:", "|units:9")
    monkeypatch.setattr("pipeline.cluster.installation", lambda _: theirs)
    with pytest.raises(
        ClusterError, match=r"has another installation .* units:\d+ \(here units:9\d+\)\. Install the same"
    ):
        run([str(corpus)], tmp_path / "out", replace(QUICK, cluster=address))


@pytest.mark.parametrize("said", ["127.0.0.1:1", "nonsense", "ray://127.0.0.1:1", "nowhere.invalid:6379"])
def test_where_there_is_no_cluster_is_one_line(said: str, corpus: Path, tmp_path: Path, command: Command) -> None:
    done = command("run", corpus, "--out", tmp_path / "out", "--cluster", said)
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"monoglot: --cluster {said}: no Ray cluster can be reached there (")
    assert not (tmp_path / "out").exists()


def test_the_environment_says_where_the_cluster_is(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", address)
    with connected(Settings(cluster=AUTO), Silent()) as cluster:
        assert cluster.size == 2


def test_without_the_extra_it_is_named(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"--cluster needs the extra \[cluster\]"):
        run([str(corpus)], tmp_path / "out", Settings(cluster=AUTO))


def test_work_comes_back_in_order_and_nothing_is_begun_for_no_work(address: str) -> None:
    with connected(Settings(cluster=address), Silent()) as cluster:
        assert list(cluster.map(abs, [])) == []
        assert none_left()
        assert list(cluster.map(abs, range(-100, 0))) == list(range(100, 0, -1))
        assert len(workers()) == 2
        with pytest.raises(ValueError, match="invalid literal for int"):
            cluster.map(int, ["1"] * 20 + ["one"] + ["1"] * 20)
        assert list(cluster.map(int, ["1"] * 100)) == [1] * 100
    assert none_left()


def test_what_a_person_should_know_of_the_cluster_is_said_once(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.cluster.PATIENCE_SECONDS", 0.01)
    notes = Notes()
    with connected(Settings(cluster=address), notes) as cluster:
        assert list(cluster.map(abs, range(100))) == list(range(100))
        assert notes.notes == ["no worker has begun on the cluster yet; the run waits for a free core"]
        _another_processor(cluster)
        assert list(cluster.map(abs, range(100))) == list(range(100))
    assert [note.partition(":")[0] for note in notes.notes[1:]] == ["the cluster has processors of more than one kind"]


def _another_processor(cluster: Cluster) -> None:
    """Let the workers begin anew beside one on another processor."""
    cluster.close()
    cluster._workers, cluster._idle = [], []
    cluster._processors = {"a machine of another kind"}


def test_a_model_comes_with_the_work(tmp_path: Path) -> None:
    words = ["La scuola riapre lunedì."]
    here = load_engine(Settings(), Model(BUNDLED), 1).translate(words)
    copy = tmp_path / "romance-en"
    shutil.copytree(BUNDLED, copy, ignore=shutil.ignore_patterns("*.safetensors", "*.svg"))
    shipped = Shipped.of(Model(copy))
    shutil.rmtree(copy)
    assert shipped.load(Settings()).translate(words) == here
