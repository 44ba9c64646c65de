"""`monoglot review`: the spot-check page, and verdicts in and out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.shared import INCOMPLETE, USAGE, check_language, errors_for_people, print_json
from pipeline.review import MAX_NAME, MAX_SEED

if TYPE_CHECKING:
    from pipeline.review.store import Store


class Format(StrEnum):
    """The values of --export."""

    csv = "csv"
    jsonl = "jsonl"
    tmx = "tmx"
    xliff = "xliff"


def review(
    folder: Annotated[Path, typer.Argument(help="The output folder of a run.")] = Path("normalized"),
    port: Annotated[int, typer.Option(help="The port to serve on; 0 takes any that is free.", min=0, max=65535)] = 0,
    host: Annotated[
        str, typer.Option(help="The address to serve on. Any but the default lets other computers in.")
    ] = "127.0.0.1",
    no_open: Annotated[bool, typer.Option("--no-open", help="Print the address, do not open a browser.")] = False,
    reviewer: Annotated[str | None, typer.Option(help="Your name, to stand with your verdicts.")] = None,
    seed: Annotated[
        int, typer.Option(help="Names the random sample: the same seed, the same sample.", min=0, max=MAX_SEED)
    ] = 1,
    memory: Annotated[
        Path | None, typer.Option(help="The translation memory that corrections go to, if not your own.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write the page as one file, to send to somebody without monoglot.")
    ] = None,
    limit: Annotated[int, typer.Option(help="With --html: how many segments to put in.", min=2)] = 1000,
    import_file: Annotated[
        Path | None, typer.Option("--import", help="Take the verdicts that such a page has written.")
    ] = None,
    export: Annotated[Format | None, typer.Option(help="Print the verdicts in this format.")] = None,
    language: Annotated[str | None, typer.Option(help="With --export: verdicts on this language only.")] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Print how good the whole is, from the sampled verdicts, as JSON.")
    ] = False,
) -> None:
    """Look at translations in the browser, the riskiest first.

    What is wrong can be corrected there. Verdicts are kept in review.sqlite in the folder. Corrections go to the translation memory: the next monoglot run puts
    them into the text. Judge some of the random sample as well, and the page says how good the whole is.
    """
    if sum(map(bool, (html, import_file, export, estimate))) > 1:
        typer.echo("monoglot: --html, --import, --export and --estimate are one at a time", err=True)
        raise typer.Exit(USAGE)
    if language is not None and export is None:
        raise typer.BadParameter("--language goes with --export")
    check_language(language)
    with errors_for_people():
        from pipeline.read.discover import escaped
        from pipeline.review.index import refresh
        from pipeline.review.store import Store

        reviewer = reviewer and escaped(reviewer)
        if len(reviewer or "") > MAX_NAME:
            raise typer.BadParameter(f"takes a name of at most {MAX_NAME} letters", param_hint="--reviewer")
        with Store(folder) as store:
            refresh(store, _progress(sys.stderr.isatty()))
            if html is not None:
                _write_page(store, html, reviewer, seed, limit)
            elif import_file is not None:
                _import(store, import_file, reviewer, memory)
            elif export is not None:
                from pipeline.review.exchange import FORMATS

                sys.stdout.buffer.write(FORMATS[export.value](store, language))
                sys.stdout.buffer.flush()
            elif estimate:
                from pipeline.review.queue import estimates

                print_json(estimates(store))
            else:
                _serve(store, host, port, memory, seed, reviewer, open_browser=not no_open)


def _write_page(store: Store, path: Path, reviewer: str | None, seed: int, limit: int) -> None:
    from pipeline.review.page import standalone
    from pipeline.write import file_said_plainly, write_atomically

    with file_said_plainly(path):
        write_atomically(path, standalone(store, store.name, reviewer, seed, limit))
    typer.echo(
        f"{path}: send it to a colleague; what comes back, take with: monoglot review {store.folder} --import FILE"
    )


def _import(store: Store, path: Path, reviewer: str | None, memory: Path | None) -> None:
    from pipeline.display import counted, printable
    from pipeline.review.exchange import read_file

    taken = read_file(store, _corrections(memory), path, reviewer)
    for refusal in taken.refusals:
        typer.echo(printable(f"monoglot: {refusal}"), err=True)
    for place in taken.older:
        typer.echo(printable(f"monoglot: {place}: the correction is older than what stands, which stays"), err=True)
    typer.echo(
        f"{path}: {counted(taken.total, 'verdict')}, {taken.new:,} of them new, {len(taken.refusals):,} not taken"
        f"{f', {len(taken.older):,} older than what stands' if taken.older else ''}"
    )
    if taken.refusals:
        raise typer.Exit(INCOMPLETE)


def _serve(
    store: Store, host: str, port: int, memory: Path | None, seed: int, reviewer: str | None, *, open_browser: bool
) -> None:
    from pipeline.errors import MissingExtra

    try:
        from pipeline.review import server
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        raise MissingExtra("the review page", "review") from error
    from pipeline.review.guard import is_loopback, new_token
    from pipeline.review.index import ensure_sample
    from pipeline.review.verdicts import settle

    corrections = _corrections(memory)
    settle(store, corrections)
    ensure_sample(store, seed)
    settings = {"folder": store.name, "reviewer": reviewer, "seed": seed}
    token = new_token()
    with server.listen(host, port) as listening:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listening.getsockname()[1]}/?token={token}"

        def ready() -> None:
            typer.echo(address)
            typer.echo("Ctrl-C ends the review; every verdict is kept as soon as it is given.")
            if not is_loopback(host):
                typer.echo(
                    f"monoglot: {host} lets other computers in; who has the address can read and judge everything,"
                    " and it goes over the network unencrypted",
                    err=True,
                )
            if open_browser:
                import threading
                import webbrowser

                # A browser in the terminal keeps whoever opens it waiting, and would wait for the page itself.
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        with suppress(KeyboardInterrupt):  # the way in which a review ends
            server.serve(server.Pages(store, corrections, settings), token, [listening], host, ready)


def _corrections(memory: Path | None) -> Any:
    from pipeline.review.memory import MemoryFile
    from pipeline.translate.memory import default_path

    return MemoryFile(memory or default_path())


def _progress(shown: bool) -> Callable[[int, int], None]:
    def progress(done: int, of: int) -> None:
        if shown:
            typer.echo(f"\rindexing {done:,} of {of:,} documents{'' if done < of else chr(10)}", nl=False, err=True)

    return progress


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(epilog="Example: monoglot review normalized/ --reviewer Ada")(review)
