"""A run on a Ray cluster: its workers read, clean and translate; the process that was started reads files, puts together and writes.

A worker is given all that it needs with its work: the bytes of files, segments, the files of a model. So the machines share no
disk, and what is written is what one machine would have written. What they must have is this package, in the same versions.
"""

from __future__ import annotations

import os
import platform
import signal
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import current_thread, main_thread
from typing import Any, Final, TypeVar

from pipeline.errors import ClusterError, MissingExtra
from pipeline.models import Model, Way
from pipeline.models.store import ENGINE_FILES, NEEDED
from pipeline.report import Observer
from pipeline.settings import EngineName, Settings
from pipeline.signature import installation
from pipeline.translate import Engine, Hypothesis, load_engine
from pipeline.translate.pivot import engine_of
from pipeline.translate.plan import translated

Given = TypeVar("Given")
Made = TypeVar("Made")
# Where Ray looks for a cluster when it is not told of one: the environment, then this machine.
ADDRESS: Final = "RAY_ADDRESS"
AUTO: Final = "auto"
# Ray itself tries for five minutes where nothing listens.
CONNECT_SECONDS: Final = 10.0
# So long nothing is said where no worker has begun.
PATIENCE_SECONDS: Final = 20.0
# Files that a worker is given at a time: some tenths of a second of work, a hundred times what the way there and back takes.
FILES: Final = 8
# A worker that ends from outside, with its machine or for want of memory, is begun anew so many times, and so is what it was at.
RESTARTS: Final = 3
# What of a processor decides in which order CTranslate2 and numpy add up: with another order a translation may differ.
ARITHMETIC: Final = frozenset({"avx", "avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_int8", "asimd"})


class Cluster:
    """The workers of a run, each on one core of some machine. They are begun when there is something to do for them."""

    def __init__(self, ray: Any, settings: Settings, observer: Observer) -> None:
        self._ray = ray
        self._settings = settings
        self._observer = observer
        self._expected = installation(settings)
        self._idle: list[Any] = []
        self._starting: dict[Any, Any] = {}
        self._processors: set[str] = set()
        self._models: dict[str, Any] = {}
        self._workers: list[Any] = []

    @cached_property
    def size(self) -> int:
        """The number of workers that it has where all that it may use is free."""
        return self._settings.jobs or max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def map(self, work: Callable[[Given], Made], items: Iterable[Given]) -> Iterable[Made]:
        """Some work on each of many things, in order; all are held in memory. Raises ClusterError, and what the work raises."""
        made: dict[int, list[Made]] = dict(
            self._each(enumerate(_chunks(items)), lambda worker, chunk: worker.do.remote(work, chunk))
        )
        return [one for number in sorted(made) for one in made[number]]

    def translate(
        self, way: Way, language: str, chunks: Iterable[list[str]]
    ) -> Iterator[tuple[list[str], list[Hypothesis]]]:
        """Each chunk with its hypotheses, as they come. Raises ClusterError, ModelError."""
        models = {model.signature: self._shipped(model) for model in way.models}
        return self._each(
            ((chunk, chunk) for chunk in chunks),
            lambda worker, chunk: worker.translate.remote(way, models, language, chunk),
        )

    def close(self) -> None:
        """End the workers."""
        for worker in self._workers:
            self._ray.kill(worker)

    def _shipped(self, model: Model) -> Any:
        """Where the workers find a model's files: each machine gets them once."""
        if model.signature not in self._models:
            self._models[model.signature] = self._ray.put(Shipped.of(model))
        return self._models[model.signature]

    def _each(self, work: Iterable[tuple[Any, Any]], ask: Callable[[Any, Any], Any]) -> Iterator[tuple[Any, Any]]:
        """What workers make of things, each with its key, as they are done: a worker that has nothing to do gets the next."""
        waiting = deque(work)
        under_way: dict[Any, tuple[Any, Any]] = {}
        if waiting:
            self._start()
        try:
            while waiting or under_way:
                while waiting and self._idle:
                    key, thing = waiting.popleft()
                    worker = self._idle.pop()
                    under_way[ask(worker, thing)] = worker, key
                for done in self._done([*under_way, *self._starting]):
                    if done in self._starting:
                        self._ready(done)
                    else:
                        worker, key = under_way.pop(done)
                        self._idle.append(worker)
                        yield key, self._result(done)
        finally:
            # Where one thing failed, what the other workers are at is done before what they are given next.
            self._idle += [worker for worker, _ in under_way.values()]

    def _start(self) -> None:
        if self._workers:
            return
        worker_class = self._ray.remote(num_cpus=1, max_restarts=RESTARTS, max_task_retries=RESTARTS)(Worker)
        self._workers = [worker_class.remote(self._settings, self._expected) for _ in range(self.size)]
        self._starting = {worker.processor.remote(): worker for worker in self._workers}

    def _ready(self, reference: Any) -> None:
        """A worker has begun; said where not all are on the same kind of processor."""
        processor = self._result(reference)
        self._idle.append(self._starting.pop(reference))
        if self._processors and processor not in self._processors:
            self._observer.note(
                "the cluster has processors of more than one kind: a translation may differ with the one it was made on, "
                "and a rerun write other bytes"
            )
        self._processors.add(processor)

    def _done(self, references: Sequence[Any]) -> list[Any]:
        """Those of some things under way that are done, one at least."""
        done, _ = self._ray.wait(references, timeout=None if self._processors else PATIENCE_SECONDS)
        if not done:
            self._observer.note("no worker has begun on the cluster yet; the run waits for a free core")
            done, _ = self._ray.wait(references)
        return list(done)

    def _result(self, reference: Any) -> Any:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from error  # as it would be in this process
        except self._ray.exceptions.RayError as error:
            raise ClusterError(
                f"the cluster lost a worker {RESTARTS + 1} times ({_first_line(error)}): perhaps memory ran out on its machine; "
                "what was finished is kept, run the same command again, with fewer --jobs"
            ) from error


@contextmanager
def connected(settings: Settings, observer: Observer) -> Iterator[Cluster]:
    """The cluster that the settings name. Raises MissingExtra, ClusterError."""
    try:
        import ray
    except ImportError as error:
        raise MissingExtra("--cluster", "cluster") from error
    own = not ray.is_initialized()
    if own:
        _join(ray, settings.cluster or AUTO)
    try:
        with closing(Cluster(ray, settings, observer)) as cluster:
            yield cluster
    finally:
        if own:
            ray.shutdown()


def _join(ray: Any, address: str) -> None:
    """Join a cluster. Raises ClusterError."""
    place = os.environ.get(ADDRESS, address) if address == AUTO else address
    host, colon, port = place.rpartition(":")
    try:
        if colon and port.isdecimal() and "/" not in host:
            socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
        with _signals_kept():
            ray.init(address=place, log_to_driver=False, logging_level="ERROR")
    except (OSError, ValueError, RuntimeError, SystemExit) as error:
        raise ClusterError(
            f"--cluster {address}: no Ray cluster can be reached there ({_first_line(error)}). Run this on one of its machines, "
            "with its address (HOST:PORT) or auto; a first machine is made a cluster with: ray start --head"
        ) from error


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray takes SIGTERM for itself, and ends the process with what its stack was: who had it has it again."""
    if current_thread() is not main_thread():
        yield
        return
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")


def _chunks(items: Iterable[Given]) -> Iterator[list[Given]]:
    rest = iter(items)
    while chunk := list(islice(rest, FILES)):
        yield chunk


@dataclass(frozen=True, slots=True)
class Shipped:
    """A model on its way to another machine: its files, by their names below its folder."""

    name: str
    engine: EngineName
    files: dict[str, bytes]

    @classmethod
    def of(cls, model: Model) -> Shipped:
        """The files that the engine reads."""
        names = {*NEEDED, *ENGINE_FILES[model.engine]}
        if model.engine == "ctranslate2":
            names |= {str(path.relative_to(model.path)) for path in model.converted.iterdir()}
        paths = {name: model.path / name for name in sorted(names)}
        return cls(
            model.name, model.engine, {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
        )

    def load(self, settings: Settings) -> Engine:
        """The engine for one core, with the model loaded. Raises ModelBroken, MissingExtra."""
        with TemporaryDirectory(prefix="monoglot-") as folder:
            place = Path(folder, self.name)
            for name, content in self.files.items():
                path = place / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            return load_engine(settings, Model(place, self.engine), threads=1)


class Worker:
    """A process on one core of some machine, with the engines that it has loaded. Ray makes an actor of it."""

    def __init__(self, settings: Settings, expected: str) -> None:
        """`expected` is the installation of the process that the run was started with."""
        self._settings = settings
        self._expected = expected
        self._engines: dict[str, Engine] = {}

    def processor(self) -> str:
        """What of the processor may change a translation. Raises ClusterError where another version is installed."""
        try:
            found = installation(self._settings)
        except MissingExtra as error:  # which would not find its way back: it is made from two words
            raise ClusterError(f"on {socket.gethostname()}, {error}") from error
        if found != self._expected:
            raise ClusterError(
                f"{socket.gethostname()} has another installation than the machine of this run: {_other(found, self._expected)}. "
                "Install the same versions on all machines of the cluster"
            )
        return _processor()

    def do(self, work: Callable[[Given], Made], items: list[Given]) -> list[Made]:
        """Some work on each of a few things."""
        self.processor()
        return list(map(work, items))

    def translate(self, way: Way, models: dict[str, Any], language: str, chunk: list[str]) -> list[Hypothesis]:
        """The hypotheses of segments; `models` says where their files are, by the signatures of the models."""
        self.processor()
        return translated(engine_of(way, partial(self._engine, models)), language, chunk)

    def _engine(self, models: dict[str, Any], model: Model) -> Engine:
        import ray

        if model.signature not in self._engines:
            self._engines[model.signature] = ray.get(models[model.signature]).load(self._settings)
        return self._engines[model.signature]


def _other(found: str, expected: str) -> str:
    """What one installation has otherwise than another."""
    ours = expected.split("|")
    return ", ".join(f"{part} (here {our})" for part, our in zip(found.split("|"), ours, strict=False) if part != our)


def _processor() -> str:
    """The machine's kind, with the extensions in ARITHMETIC that it has."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    flags = next((set(line.split()) for line in lines if line.startswith(("flags", "Features"))), set())
    return " ".join((platform.machine(), *sorted(flags & ARITHMETIC)))
