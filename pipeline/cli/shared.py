"""What all commands share: exit codes, errors as one line, the standard streams, the option that names an output folder."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from inspect import cleandoc
from pathlib import Path
from typing import Annotated, Any, Final, TextIO

import typer

from pipeline.errors import MonoglotError, OutputError

OK: Final = 0
USAGE: Final = 1
INCOMPLETE: Final = 2
INTERRUPTED: Final = 128 + signal.SIGINT

Folder = Annotated[Path, typer.Option("--from", "-f", help="The output folder of a run.")]
Name = Annotated[
    str, typer.Argument(help="A document: its identifier or the start of it, or its path or the last parts of that.")
]


def unwrap_help(group: typer.Typer) -> None:
    """Let help be as wide as the terminal: Typer keeps the line ends of docstrings, which are those of the code."""
    for command in group.registered_commands:
        words = cleandoc((command.callback and command.callback.__doc__) or "")
        command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in words.split("\n\n"))
    for sub in group.registered_groups:
        if sub.typer_instance is not None:
            unwrap_help(sub.typer_instance)


def memory_path(named: Path | None, none: bool = False) -> Path | None:
    """The translation memory that the options name: a person's own without any, None for none. Raises a usage error."""
    if named is not None and none:
        raise typer.BadParameter("--memory and --no-memory exclude each other")
    if none:
        return None
    from pipeline.translate.memory import default_path

    return named or default_path()


class ReaderLeft(Exception):
    """Who reads standard output has closed it. No OSError: libraries would make a failure of that."""


@contextmanager
def errors_for_people() -> Iterator[None]:
    """Turn our errors into one line and an exit code; end quietly on Ctrl-C and where standard output is read no more."""
    try:
        yield
    except MonoglotError as error:
        typer.echo(f"monoglot: {error}", err=True)
        raise typer.Exit(USAGE) from error
    except KeyboardInterrupt:
        typer.echo("monoglot: interrupted; what was finished is kept, run the same command again to go on", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except ReaderLeft:
        raise typer.Exit(OK) from None
    except OSError as error:
        named = f"{error.filename}: " if error.filename is not None else ""
        typer.echo(f"monoglot: {named}{error.strerror or error}", err=True)
        raise typer.Exit(USAGE) from error


def print_json(value: Any, indent: int | None = None) -> None:
    """Print a value as JSON: in one line, or with so many spaces a level."""
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=indent))


def check_language(code: str | None) -> None:
    """Raise a usage error for a --language that no document is found to be in."""
    from pipeline.settings import is_code

    if code not in (None, "und") and not is_code(str(code)):
        raise typer.BadParameter(f"{code!r} is no language code such as `it` (ISO 639-1)", param_hint="--language")


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """What is printed within goes nowhere where its reader has gone: what was done is done, and the exit code tells of it."""
    with suppress(ReaderLeft):
        yield
        sys.stdout.flush()


class StandardOutput(io.FileIO):
    """Standard output, told from all other files: what goes wrong with it is an OutputError, a closed pipe a ReaderLeft."""

    def write(self, data: Any, /) -> int:
        """Write bytes, and return how many. Raises OutputError, ReaderLeft."""
        try:
            return super().write(data)
        except OSError as error:
            _write_no_more(self.fileno())
            if isinstance(error, BrokenPipeError):
                raise ReaderLeft from None
            raise OutputError(f"standard output: cannot be written ({error.strerror})") from error


class StandardError(io.FileIO):
    """Standard error: where nobody can be told of a thing, the work goes on all the same."""

    def write(self, data: Any, /) -> int:
        """Write bytes, and return how many; where they cannot be written, they and all others go nowhere."""
        try:
            return super().write(data)
        except OSError:
            _write_no_more(self.fileno())
            return len(data)


def guard_standard_streams() -> None:
    """Make `sys.stdout` a StandardOutput and `sys.stderr` a StandardError, which escape what their encoding lacks.

    A terminal's are left as they are, but for the escaping: it is never full. Where one was closed, nothing is written to it.
    """
    sys.stdout = _guarded(sys.stdout, StandardOutput)
    sys.stderr = _guarded(sys.stderr, StandardError, line_buffering=True)


def _guarded(plain: TextIO | None, kind: type[io.FileIO], *, line_buffering: bool = False) -> TextIO:
    if plain is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 (it is open as long as the program runs)
    if not isinstance(plain, io.TextIOWrapper):
        return plain
    # In the C locale Python sets surrogateescape, which escapes what it cannot read and not what it cannot write.
    errors = "backslashreplace" if plain.errors in ("strict", "surrogateescape") else plain.errors
    if plain.isatty():
        plain.reconfigure(errors=errors)
        return plain
    raw = kind(plain.fileno(), "wb", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), plain.encoding, errors, line_buffering=line_buffering)


def _write_no_more(output: int) -> None:
    """Let what is still to be written go nowhere: Python would complain again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), output)
