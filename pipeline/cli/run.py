"""`monoglot run`: the main job."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline.cli.shared import USAGE, errors_for_people, memory_path, print_json, reader_may_leave

if TYPE_CHECKING:
    from pipeline.report import Observer, Report
    from pipeline.settings import Settings

# What is said instead of a folder to have the English printed.
STDOUT: Final = "-"


class Engine(StrEnum):
    """The values of --engine."""

    ctranslate2 = "ctranslate2"
    transformers = "transformers"


class Clean(StrEnum):
    """The values of --clean."""

    light = "light"
    standard = "standard"
    strict = "strict"


class Arithmetic(StrEnum):
    """The values of --compute-type."""

    int8 = "int8"
    float32 = "float32"


def run(
    inputs: Annotated[list[str], typer.Argument(help="Files, folders, globs, or - for standard input.")],
    out: Annotated[
        str,  # not a path: of that, `./-` would be standard output, too
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            help="The folder to write; made if it is not there. - prints the English of one file, or the rows of more.",
        ),
    ] = "normalized",
    language: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE[=PLACE]",
            help="it: the language of all documents (ISO 639-1), not to be detected. it=PLACE: of one file, or all in a folder, by "
            "the end of its path (it='agency/*.txt'); may be repeated.",
        ),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="A MarianMT folder to translate with, instead of those installed.")
    ] = None,
    pivot: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE=CODE",
            help="gl=es: translate Galician in two steps, by way of Spanish; may be repeated. Only if you say so.",
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="What runs the model; transformers needs the extra 'torch'.")
    ] = Engine.ctranslate2,
    compute_type: Annotated[Arithmetic, typer.Option(help="The arithmetic of ctranslate2.")] = Arithmetic.int8,
    beam: Annotated[int, typer.Option(help="Beam width; 1 is greedy: faster, a little worse.")] = 4,
    clean: Annotated[Clean, typer.Option(help="How much evidence it takes to remove a block.")] = Clean.standard,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="A cleaning rule (style.dash, ftfy.*) or kind (byline) that is not applied; may be repeated."
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Processor cores to use; 0 is all. Changes no output.")] = 0,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Have the machines of a Ray cluster do the work: HOST:PORT, or auto for the cluster that this machine is in; --jobs "
            "are its cores. Needs the extra 'cluster'. Changes no output.",
        ),
    ] = None,
    keep_sources: Annotated[
        bool, typer.Option("--keep-sources", help="Store a copy of each page, so that restore needs no file.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Do unchanged documents again.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove documents of earlier runs that are no longer in the input.")
    ] = False,
    memory: Annotated[
        Path | None,
        typer.Option(help="The translation memory to use.", show_default="$MONOGLOT_MEMORY, or your own"),
    ] = None,
    no_memory: Annotated[
        bool, typer.Option("--no-memory", help="Remember nothing, and leave people's corrections out.")
    ] = False,
    glossary: Annotated[
        Path | None,
        typer.Option(help="A CSV file of names: source term, English term, and if wanted language and case rule."),
    ] = None,
    drop_duplicates: Annotated[
        bool,
        typer.Option(
            "--drop-duplicates", help="Leave out the text of articles that nearly repeat an earlier one; records stay."
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print problems only.")] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print as JSON, and nothing else: the documents by status, the segments kept as they were, and what was passed over.",
        ),
    ] = False,
) -> None:
    """Turn articles into uniform English.

    Reads text, HTML and Markdown, strips what is not the article, finds the language, translates what is not English, and writes
    text/, records/, documents.jsonl and run.json. Run it again after adding files: only what changed is done.

    Exit code: 0 all well, 1 wrong usage, 2 some documents failed or are untranslated, in whole or in part, 3 nothing done.
    """
    from pipeline import display
    from pipeline.glossary import read_glossary
    from pipeline.run import run as run_pipeline
    from pipeline.settings import Settings

    said, places = languages_said(language or [])
    folder = None if out == STDOUT else Path(out)
    if not out:
        raise typer.BadParameter("--out takes a folder, or -")
    if folder is None and as_json:
        raise typer.BadParameter("--json and --out - both print: they are one at a time")
    with errors_for_people():
        try:
            settings = Settings(
                language=said,
                languages=places,
                model=model,
                engine=engine.value,
                compute_type=compute_type.value,
                beam=beam,
                clean=clean.value,
                jobs=jobs,
                cluster=cluster,
                keep_sources=keep_sources,
                force=force,
                prune=prune,
                memory=memory_path(memory, no_memory),
                glossary=read_glossary(glossary) if glossary else (),
                keep=tuple(keep or ()),
                drop_duplicates=drop_duplicates,
                pivot=pairs(pivot or []),
            )
        except ValueError as error:
            typer.echo(f"monoglot: {error}", err=True)
            raise typer.Exit(USAGE) from error
        with display.observer(quiet=quiet or as_json or folder is None) as observer:
            if folder is None:
                report = _printed(inputs, settings, observer)
            else:
                report = run_pipeline(inputs, folder, settings, observer)
        with reader_may_leave():
            if as_json:
                print_json({**report.counts(), "kept": report.segments["kept"], "passed_over": report.passed_over})
            elif not quiet:
                display.summary(report, folder)
    raise typer.Exit(report.exit_code)


def _printed(inputs: list[str], settings: Settings, observer: Observer) -> Report:
    """Do a run in a folder that goes again, and print what it made: of one file its text, of more their rows."""
    import shutil
    from tempfile import TemporaryDirectory

    from pipeline.manifest import ROWS
    from pipeline.read import STDIN
    from pipeline.run import run as run_pipeline

    with TemporaryDirectory(prefix="monoglot-") as folder:
        out = Path(folder, "normalized")
        report = run_pipeline(inputs, out, settings, observer)
        name = inputs[0]
        one = len(inputs) == 1 and (name == STDIN or (os.path.lexists(name) and not os.path.isdir(name)))  # noqa: PTH112
        for path in (out / "text").iterdir() if one else [out / ROWS]:
            with path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    return report


def languages_said(written: list[str]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The values of --language as Settings take them: of all documents, and by place. Raises a usage error.

    >>> languages_said(["es", "it=agency/*.txt"])
    ('es', (('it', 'agency/*.txt'),))
    """
    of_all = [item for item in written if "=" not in item]
    if len(of_all) > 1:
        raise typer.BadParameter(f"--language {of_all[-1]}: all documents are in {of_all[0]}; of some: CODE=PLACE")
    return next(iter(of_all), None), pairs([item for item in written if "=" in item])


def pairs(written: list[str]) -> tuple[tuple[str, str], ...]:
    """What stands before and behind a `=`, as Settings take it, which also finds what is wrong with it.

    >>> pairs(["gl=es", "be=ru"])
    (('gl', 'es'), ('be', 'ru'))
    """
    return tuple((language, over) for language, _, over in (item.partition("=") for item in written))


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(epilog="Example: monoglot run articles/ extra/*.html --out normalized/ --jobs 2")(run)
