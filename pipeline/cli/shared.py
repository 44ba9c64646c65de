"""What all commands share: exit codes, errors as one line, the option that names an output folder."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.errors import MonoglotError

OK: Final = 0
USAGE: Final = 1
INCOMPLETE: Final = 2
INTERRUPTED: Final = 128 + signal.SIGINT

Folder = Annotated[Path, typer.Option("--from", "-f", help="The output folder of a run.")]
Name = Annotated[str, typer.Argument(help="A document: its identifier or the start of it, its path, or its file name.")]


def memory_path(named: Path | None, none: bool = False) -> Path | None:
    """The translation memory that the options name: a person's own without any, None for none. Raises a usage error."""
    if named is not None and none:
        raise typer.BadParameter("--memory and --no-memory exclude each other")
    if none:
        return None
    from pipeline.translate.memory import default_path

    return named or default_path()


@contextmanager
def errors_for_people() -> Iterator[None]:
    """Turn our errors into one line and an exit code; end quietly on Ctrl-C and on a closed pipe."""
    try:
        yield
    except MonoglotError as error:
        typer.echo(f"monoglot: {error}", err=True)
        raise typer.Exit(USAGE) from error
    except KeyboardInterrupt:
        typer.echo("monoglot: interrupted; what was finished is kept, run the same command again to go on", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # The reader has gone; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(OK) from None
