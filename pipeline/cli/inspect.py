"""`monoglot show`, `restore`, `verify`: looking at an output folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import INCOMPLETE, OK, USAGE, Folder, Name, errors_for_people, reader_may_leave
from pipeline.review import MAX_SEED

OptionalName = Annotated[
    str | None,
    typer.Argument(
        help="A document: its identifier or the start of it, or its path or the last parts of that.", show_default=False
    ),
]


def show(
    document: OptionalName = None,
    folder: Folder = Path("normalized"),
    risky: Annotated[
        int | None, typer.Option(help="Print the N riskiest segments, of the document or of all.", min=1, metavar="N")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(help="Print N translated segments drawn at random.", min=1, metavar="N")
    ] = None,
    seed: Annotated[
        int, typer.Option(help="With --sample: names the sample, the same as in review.", min=0, max=MAX_SEED)
    ] = 1,
    removed: Annotated[bool, typer.Option("--removed", help="Print what cleaning took away, and why.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole record.")] = False,
) -> None:
    """Print a document or segments, source and English side by side.

    A document has all its flags below; segments, of one or of all, are the riskiest ones, or are drawn at random.
    """
    from pipeline import display
    from pipeline.provenance import to_json
    from pipeline.verify import load_record

    if sum((risky is not None, sample is not None, removed, as_json)) > 1:
        raise typer.BadParameter("--risky, --sample, --removed and --json are one at a time")
    if document is None and risky is None and sample is None:
        raise typer.BadParameter("name a document, or choose segments of all with --risky N or --sample N")
    with errors_for_people():
        if risky is not None or sample is not None:
            from pipeline.review import choose

            records = [load_record(folder, document)] if document else choose.every_record(folder)
            display.segments(
                choose.riskiest(records, risky) if risky is not None else choose.drawn(records, sample or 0, seed)
            )
            return
        record = load_record(folder, document or "")
        if as_json:
            typer.echo(to_json(record).decode("utf-8"), nl=False)
        elif removed:
            display.removed(record)
        else:
            from pipeline.review.index import orphans

            display.document(record, orphan=record.id in orphans(folder))


def explain(
    file: Annotated[str, typer.Argument(help="A text, HTML or Markdown file, or `-` for standard input.")],
    clean: Annotated[str, typer.Option(help="light, standard or strict.")] = "standard",
    keep: Annotated[list[str] | None, typer.Option(help="A rule or kind that is not applied; may be repeated.")] = None,
) -> None:
    """Print why cleaning would take which block of a file.

    Of each block: its score, the evidence, and whether it stays. Below a paragraph that stays are the sentences that are taken out of it; last, what a page shows beside its article.
    """
    from pipeline import display
    from pipeline.clean import begun
    from pipeline.clean import explain as verdicts
    from pipeline.clean.boilerplate import THRESHOLDS
    from pipeline.errors import UnreadableFile
    from pipeline.read import Found, load, read_document
    from pipeline.settings import Settings

    levels = {level: threshold for level, threshold in THRESHOLDS.items() if level == clean}
    if not levels:
        raise typer.BadParameter(f"{clean!r} is not one of {', '.join(THRESHOLDS)}", param_hint="--clean")
    ((level, threshold),) = levels.items()
    try:
        settings = Settings(clean=level, keep=tuple(keep or ()))
    except ValueError as error:
        typer.echo(f"monoglot: {error}", err=True)
        raise typer.Exit(USAGE) from error
    try:
        document = read_document(file, load(Found(file, file)))
    except UnreadableFile as error:
        typer.echo(f"monoglot: {file} {error}", err=True)
        raise typer.Exit(USAGE) from error
    judged = [item for verdict in verdicts(document, settings) for item in (verdict, *verdict.sentences)]
    with errors_for_people():
        display.verdicts(judged, threshold, begun(document, settings))


def restore(document: Name, folder: Folder = Path("normalized")) -> None:
    """Write a document's source to standard output, byte for byte."""
    from pipeline.verify import restore as restore_bytes

    with errors_for_people():
        sys.stdout.buffer.write(restore_bytes(folder, document))
        sys.stdout.buffer.flush()


def verify(
    folder: Annotated[Path, typer.Argument(help="The output folder of a run.")] = Path("normalized"),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing; the exit code tells.")] = False,
) -> None:
    """Prove from the files alone that nothing was lost or changed.

    Checks every hash, every offset, that each character of each source is accounted for, and that its bytes can be restored. The
    bytes of an HTML page stay in its own file, unless the run was told to --keep-sources; where that file is not to be found is said,
    and is no fault.

    Exit code: 0 if all holds, 2 if not.
    """
    from pipeline.display import counted, printable
    from pipeline.verify import away
    from pipeline.verify import verify as faults_of

    faults = 0
    with errors_for_people(), reader_may_leave():
        for fault in faults_of(folder):
            faults += 1
            if not quiet:
                typer.echo(printable(fault))
        if not quiet:
            typer.echo(f"{folder}: {counted(faults, 'fault') if faults else 'every hash, offset and sum holds'}")
        if not quiet and not faults and (pages := away(folder))[0]:
            lost = f"{pages[1]:,} of them not found from here, or changed since" if pages[1] else "all found from here"
            typer.echo(
                f"The bytes of {counted(pages[0], 'page')} are in their own files, {lost} (run --keep-sources keeps copies)"
            )
    raise typer.Exit(INCOMPLETE if faults else OK)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(
        epilog="Example: monoglot show agenzia-nord_corridoio-umanitario.txt --from normalized/, or monoglot show --risky 10"
    )(show)
    app.command(epilog="Example: monoglot explain article.txt --clean strict")(explain)
    app.command(epilog="Example: monoglot restore 677448b03300 --from normalized/ > article.txt")(restore)
    app.command(epilog="Example: monoglot verify normalized/ && echo all there")(verify)
