"""The command line: parsing and printing only. A module a group of commands; heavy imports wait inside the commands."""

from __future__ import annotations

import signal
import sys
from typing import Annotated, Any, Final

import typer

from pipeline import __version__
from pipeline.cli import evaluate, inspect, memory, models, review, run
from pipeline.cli.shared import INTERRUPTED, OK, USAGE, ReaderLeft, guard_standard_streams, unwrap_help
from pipeline.errors import OutputError

# However the program was started.
NAME: Final = "monoglot"
# Columns of help: as many as the terminal has.
WIDEST: Final = 10_000

app = typer.Typer(
    name=NAME,
    help="A folder of articles in any language in, uniform English with full provenance out.",
    epilog="Example: monoglot run articles/ --out normalized/",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: rich's costs half the time that help takes, for what no line of ours has
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST},
)
run.register(app)
inspect.register(app)
review.register(app)
memory.register(app)
models.register(app)
evaluate.register(app)
unwrap_help(app)

# Typer keeps its usage errors private but for this one; all of them share its base.
_UsageError: Final[type[Exception]] = typer.BadParameter.__mro__[1]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"monoglot {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    pass


def _in_a_line(error: Any) -> str:
    """What is said of a usage error, and where to look; of a group without a command its help, which has lines of its own."""
    message: str = error.format_message()
    if "\n" in message:
        return message
    where = error.ctx.command_path if error.ctx is not None else NAME
    plain = message.removeprefix("Invalid value: ").replace(": Value error, ", ": ").rstrip(".")
    return f"{where}: {plain}. See: {where} --help"


def main() -> None:
    """The command `monoglot`. Usage errors exit with 1: 2 says that some documents were not done."""
    guard_standard_streams()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what was finished is kept
    try:
        code = app(prog_name=NAME, standalone_mode=False)
    except _UsageError as error:
        typer.echo(_in_a_line(error), err=True)
        code = USAGE
    except ReaderLeft:
        code = OK
    except OutputError as error:  # of standard output, in what the commands do not guard
        typer.echo(f"monoglot: {error}", err=True)
        code = USAGE
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("monoglot: interrupted", err=True)
        code = INTERRUPTED
    sys.exit(code)
