"""`monoglot memory stats|import|export|prune`: looking after the translation memory."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline.cli.shared import check_language, errors_for_people, print_json

if TYPE_CHECKING:
    from pipeline.translate.exchange import Imported

File = Annotated[
    Path | None,
    typer.Option("--memory", help="The translation memory.", show_default="$MONOGLOT_MEMORY, or your own"),
]
# A century: no memory is older, and dates go back no further than the year 1.
MAX_DAYS: Final = 36_500
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kMGT]?)B?", re.IGNORECASE)
_UNITS: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


class Origin(StrEnum):
    """The values of --origin."""

    all = "all"
    human = "human"
    machine = "machine"


def stats(
    memory: File = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Print what the memory holds.

    People's corrections by language, and hypotheses by what made them.
    """
    from pipeline.display import counted
    from pipeline.translate.memory import Memory

    path = _path(memory)
    with errors_for_people(), Memory(path) as opened:
        held = opened.stats()
        if as_json:
            print_json({"path": str(path)} | asdict(held))
            return
        typer.echo(f"{path}: {held.bytes / 10**6:.1f} MB")
        for language, number in sorted(held.corrections.items()):
            typer.echo(f"{language}  {counted(number, 'correction')}")
        for maker in held.makers:
            typer.echo(
                f"{maker.language}  {_hypotheses(maker.hypotheses)} of {maker.model} ({maker.decoder}), "
                f"last used {maker.first_used} to {maker.last_used}"
            )
        if not held.corrections and not held.makers:
            typer.echo("nothing yet: monoglot run fills it")


def import_(
    files: Annotated[list[Path], typer.Argument(help="TMX files (.tmx), or JSONL from `memory export`.")],
    memory: File = None,
    reviewer: Annotated[
        str | None, typer.Option(help="Who made the corrections, for those that do not say it.")
    ] = None,
) -> None:
    """Take in corrections and hypotheses from files.

    Each file whole, or not at all. Every unit of a TMX file counts as a person's correction, which outranks the models, in this corpus and all others.
    Units that say that a machine made them (as `memory export` marks its own) are passed over: a hypothesis is of use only
    with the model and the settings that made it, which JSONL holds and TMX does not. Of two corrections of the same segment
    the later one stands (a unit without a date is as old as its file), so that it does no harm to import a file twice.
    """
    from pipeline.translate.exchange import import_file
    from pipeline.translate.memory import Memory

    with errors_for_people(), Memory(_path(memory)) as opened:
        for file in files:
            typer.echo(f"{file}: {', '.join(_told(import_file(opened, file, reviewer))) or 'nothing in it'}")


def _told(found: Imported) -> Iterator[str]:
    """What was in a file, and how much of it is new to the memory."""
    from pipeline.display import counted

    if found.corrections:
        stays = found.corrections - found.taken_corrections
        rest = f", {stays:,} not later than what stands" if stays else ""
        yield f"{counted(found.corrections, 'correction')} ({found.taken_corrections:,} new{rest})"
    if found.hypotheses:
        known = found.hypotheses - found.taken_hypotheses
        yield f"{_hypotheses(found.hypotheses)} ({found.taken_hypotheses:,} new{f', {known:,} known' if known else ''})"
    for reason, number in sorted(found.passed_over.items()):
        yield f"{number:,} passed over: {reason}"


def export(
    file: Annotated[Path, typer.Argument(help="The file to write: .tmx, or .jsonl; - is standard output, as JSONL.")],
    memory: File = None,
    origin: Annotated[Origin, typer.Option(help="Whose English: people's, the models', or all.")] = Origin.all,
    language: Annotated[str | None, typer.Option(help="Only from this language (ISO 639-1).")] = None,
) -> None:
    """Write the memory to a file.

    TMX 1.4b for translators' programs, JSONL with everything for another monoglot.
    """
    from pipeline.display import counted
    from pipeline.translate.exchange import export as export_to
    from pipeline.translate.memory import Memory
    from pipeline.write import file_said_plainly, replacing

    if str(file) != "-" and file.suffix.lower() not in (".tmx", ".jsonl"):
        raise typer.BadParameter(f"{file}: name a file that ends in .tmx or .jsonl, or - for standard output")
    check_language(language)
    with errors_for_people(), Memory(_path(memory)) as opened:
        if str(file) == "-":
            export_to(opened, sys.stdout.buffer, False, origin.value, language)
            sys.stdout.buffer.flush()
            return
        with file_said_plainly(file), replacing(file) as out:
            left_out = export_to(opened, out, file.suffix.lower() == ".tmx", origin.value, language)
        if left_out:
            typer.echo(
                f"{file}: {counted(left_out, 'entry', 'entries')} left out: TMX cannot hold their characters, JSONL can",
                err=True,
            )


def prune(
    memory: File = None,
    unused: Annotated[
        int | None,
        typer.Option(
            "--unused", min=1, max=MAX_DAYS, metavar="DAYS", help="Forget what no run has used for so many days."
        ),
    ] = None,
    uninstalled: Annotated[
        bool, typer.Option("--uninstalled", help="Forget what models made that are no longer installed.")
    ] = False,
    max_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE", help="Forget what was unused for longest until the file is no larger (500MB, 2GB)."
        ),
    ] = None,
) -> None:
    """Forget hypotheses, which a model can make again. People's corrections always stay."""
    from pipeline.translate.memory import Memory

    if unused is None and not uninstalled and max_size is None:
        raise typer.BadParameter("say what to forget: --unused DAYS, --uninstalled or --max-size SIZE")
    size = None if max_size is None else _bytes(max_size)
    since = None if unused is None else (datetime.now(UTC) - timedelta(days=unused)).date()
    path = _path(memory)
    with errors_for_people(), Memory(path) as opened:
        pruned = opened.prune(since, _installed() if uninstalled else None, size)
        typer.echo(f"{path}: {_hypotheses(pruned)} forgotten; {opened.stats().bytes / 10**6:.1f} MB now")


def _hypotheses(number: int) -> str:
    from pipeline.display import counted

    return counted(number, "hypothesis", "hypotheses")


def _path(named: Path | None) -> Path:
    from pipeline.translate.memory import default_path

    return named or default_path()


def _bytes(written: str) -> int:
    size = _SIZE.fullmatch(written.strip())
    if size is None:
        raise typer.BadParameter(f"--max-size takes a size such as 500MB or 2GB, not {written!r}")
    return int(float(size[1]) * _UNITS[size[2].lower()])


def _installed() -> set[str]:
    """The signatures of the models that there are, for either engine."""
    from pipeline.models.store import ENGINE_FILES, Model, installed

    return {Model(path, engine).signature for path in set(installed().values()) for engine in ENGINE_FILES}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group = typer.Typer(
        help="Look after the translation memory.\n\nIt holds what models made of segments, and people's corrections.",
        epilog="Example: monoglot memory stats",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command(epilog="Example: monoglot memory stats --json")(stats)
    group.command("import", epilog="Example: monoglot memory import from-translator.tmx --reviewer Marta")(import_)
    group.command(epilog="Example: monoglot memory export corrections.tmx --origin human --language it")(export)
    group.command(epilog="Example: monoglot memory prune --unused 365 --max-size 2GB")(prune)
    app.add_typer(group, name="memory")
