"""What can go wrong, as types. Every message says what, where, and what to do about it.

MonoglotError
├── InputError          a path that is not there, or nothing to read
│   └── UnreadableFile  one file that cannot be read as text: the run goes on without it
├── OutputError         the output folder or standard output cannot be written; the folder is in use, or not one of ours
│   └── MemoryUnusable  the translation memory cannot be read or written, or is not one
├── ModelError
│   ├── ModelMissing    no model for a language
│   ├── ModelBroken     a model folder that lacks a file, does not load, or is not as it was locked
│   └── ModelUnavailable  a model that cannot be had: no network, no room, a pickle, a wrong hash
├── ClusterError        a Ray cluster that is not there, has another version, or loses its workers
└── MissingExtra        an optional package is needed
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from typing import Final

# Of what an error says so much is told: a library may put the whole of a text into it.
MAX_SAID: Final = 200


class MonoglotError(Exception):
    """The base of all errors that are meant for a person."""


class InputError(MonoglotError):
    """The input that was named is not there, or holds nothing to read."""


class UnreadableFile(InputError):
    """One file that cannot be read as text."""


class OutputError(MonoglotError):
    """The output folder or standard output cannot be written, or the folder is in use or holds something else."""


class MemoryUnusable(OutputError):
    """The translation memory cannot be read or written, is damaged, or is another program's file."""


class ModelError(MonoglotError):
    """A translation model cannot be used."""


class ModelMissing(ModelError):
    """There is no translation model for a language."""


class ModelBroken(ModelError):
    """A model folder lacks a file, does not load, or is not as it was locked."""


class ModelUnavailable(ModelError):
    """A model cannot be had: there is no network, no room, or what came is not what was named."""


class ClusterError(MonoglotError):
    """A Ray cluster cannot be reached, has another version of this package, or loses its workers again and again."""


class MissingExtra(MonoglotError):
    """An optional package is not installed."""

    def __init__(self, needed_for: str, extra: str) -> None:
        super().__init__(f"{needed_for} needs the extra [{extra}]. Install it with: pip install 'monoglot[{extra}]'")


@contextmanager
def one_document() -> Iterator[None]:
    """Make an UnreadableFile of what nobody has foreseen: one odd document must not end a run.

    Our own errors pass, and so do those of the system (a full disk, a file of the program that is not there) and Ctrl-C; a
    package that is not there ends the run as a MonoglotError. A panic of a library that is written in Rust does not: it is no
    Exception, though it is one document's.
    """
    try:
        yield
    except (MonoglotError, OSError, KeyboardInterrupt, SystemExit):
        raise
    except ImportError as error:
        raise MonoglotError(f"the installation is not whole ({error}): install monoglot again") from error
    except MemoryError as error:
        raise UnreadableFile("needs more memory than there is: split it into articles first") from error
    except BaseException as error:
        place = extract_tb(error.__traceback__)[-1]
        said = str(error).partition("\n")[0][:MAX_SAID].encode("utf-8", "backslashreplace").decode("utf-8")
        raise UnreadableFile(
            f"is not done, by a fault of monoglot ({type(error).__name__}: {said}; {Path(place.filename).name}, line"
            f" {place.lineno}): please report these words, with the file if you may"
        ) from error
