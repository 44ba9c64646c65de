"""Worker processes for what needs no model: reading, cleaning, telling languages, splitting sentences."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Thread
from types import ModuleType
from typing import Protocol, TypeVar

from pipeline.errors import MonoglotError

Given = TypeVar("Given")
Made = TypeVar("Made")


class Each(Protocol):
    """Does some work on each of many things, in order."""

    def __call__(self, work: Callable[[Given], Made], items: Iterable[Given], /) -> Iterable[Made]:
        """What the work makes of the things."""
        ...


@contextmanager
def workers(processes: int) -> Iterator[Each]:
    """What does work in so many processes; in this one if it is one. Raises MonoglotError where a process is ended from outside."""
    if processes == 1:
        yield map
        return
    pool = ProcessPoolExecutor(processes, _WorkerContext(), initializer=_start_worker)
    try:
        yield partial(pool.map, chunksize=8)
    except BrokenProcessPool as error:
        raise MonoglotError(
            "a worker process was ended from outside, perhaps because memory ran out; what was finished is kept, "
            "run the same command again, with fewer --jobs"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


class _Worker(SpawnProcess):
    """A process that does not import the caller's main module, which needs no `if __name__ == "__main__"` then."""

    def start(self) -> None:
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = main


class _WorkerContext(SpawnContext):
    Process = _Worker


def _start_worker() -> None:
    """Leave Ctrl-C to the process that has the pool, and end with it, also where it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is None:
        raise AssertionError("a worker has a parent")
    parent.join()
    os._exit(1)
