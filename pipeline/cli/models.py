"""`monoglot models`: what is here, what could be, and the ways in and out of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from pipeline.cli.shared import INCOMPLETE, OK, USAGE, errors_for_people, print_json

_group: Final = typer.Typer(
    help="Look after translation models.",
    epilog="Example: monoglot models fetch es fr",
    no_args_is_help=True,
    rich_markup_mode=None,
)

# A column of `list` that is there only where something is to be said in it.
_FAULT: Final = ("fault",)

Languages = Annotated[list[str], typer.Argument(help="ISO 639-1 codes, such as: it es ar.")]
To = Annotated[str, typer.Option("--to", help="The language that it translates into, for run --pivot.", metavar="CODE")]
AllowPickle = Annotated[
    bool,
    typer.Option("--allow-pickle", help="Take weights that are a pickle (pytorch_model.bin), as weights only."),
]


def list_models(
    languages: Annotated[
        list[str] | None, typer.Argument(help="Only these languages, with every model for them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of objects.")] = False,
) -> None:
    """List the models that are here or could be fetched.

    With licence, size and published score. Uses no network: what could be fetched is in the program's catalogue.
    """
    from pipeline.models import report, user_store

    with errors_for_people():
        _check_codes(languages or [])
        here, there = report.here(languages or ()), report.there(languages or ())
        if languages and not here and not there:
            _wrong(f"{', '.join(languages)}: no model is here, and none is in the catalogue")
        if as_json:
            print_json({"here": here, "catalogue": there}, indent=1)
        else:
            _print_table(
                f"Here (yours are in {user_store()})",
                here,
                ("language", "to", "model", "repository", "licence", "MB", *_FAULT * any(row["fault"] for row in here)),
            )
            _print_table(
                "To be fetched (BLEU: on FLORES-101 devtest where no test is named; sources: --json)",
                [{**row, "BLEU": _score(row)} for row in there],
                ("language", "to", "name", "repository", "size", "licence", "MB", "BLEU"),
            )


def _score(row: dict[str, Any]) -> str | None:
    plain = row["test"] is None or row["test"].startswith("FLORES")
    return row["BLEU"] if plain else f"{row['BLEU']} ({row['test']})"


def _print_table(title: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "MB" else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if row[column] is None else str(row[column]) for column in columns))
    # In a pipe no line is broken, whatever the width of the terminal that it came from.
    console = Console()
    console = console if console.is_terminal else Console(width=200)
    console.print(title, style="italic", soft_wrap=True, markup=False, highlight=False)
    console.print(table)


def fetch(
    languages: Languages,
    big: Annotated[
        bool, typer.Option("--big", help="The large model where there is one: better, three times slower.")
    ] = False,
    repository: Annotated[
        str | None, typer.Option(help="Another repository of the hub, for one language.", metavar="OWNER/NAME")
    ] = None,
    revision: Annotated[str | None, typer.Option(help="A branch, tag or commit of the repository.")] = None,
    to: To = "en",
    allow_pickle: AllowPickle = False,
    update: Annotated[bool, typer.Option("--update", help="Look for a newer commit of what is here.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print problems only.")] = False,
) -> None:
    """Fetch models from a hub, convert them, and lock them.

    From the hub that HF_ENDPOINT names, or the usual one; locked by commit and SHA-256. The only command that uses the network. What is broken off goes on where it stopped when the command is run again.
    """
    from pipeline.models.catalogue import catalogue
    from pipeline.models.fetch import fetch as fetch_model

    with errors_for_people():
        if (repository or revision) and len(languages) > 1:
            _wrong("--repository and --revision are for one language at a time")
        _check_codes(languages, to)
        known = catalogue()
        for language in languages:
            entry = known.choice(language, "big" if big else "base", to)
            if repository is None and entry is None:
                what = language if to == "en" else f"{language}→{to}"
                _wrong(f"{what}: not in the catalogue (monoglot models list). Name a repository with --repository")
            chosen = repository or (entry.repository if entry else "")
            model = fetch_model(
                chosen,
                language,
                target=to,
                revision=revision,
                allow_pickle=allow_pickle,
                update=update,
                note=(lambda _: None) if quiet else typer.echo,
            )
            if not quiet:
                typer.echo(f"{language}: {chosen} is ready as {model.signature}")


def import_model(
    folder: Annotated[Path, typer.Argument(help="A MarianMT folder in Hugging Face layout.")],
    language: Annotated[
        str | None, typer.Option(help="The language that it translates, if its files do not say.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="The language that it translates into, if its files do not say.", metavar="CODE")
    ] = None,
    allow_pickle: AllowPickle = False,
) -> None:
    """Copy a model folder into the store, converted and locked.

    The way without a network.
    """
    from pipeline.models.install import import_folder

    with errors_for_people():
        _check_code("--language", language)
        _check_code("--to", to)
        model = import_folder(folder, language, allow_pickle, to)
        typer.echo(f"{folder}: imported as {model.signature} ({model.path})")


def convert(
    folder: Annotated[Path, typer.Argument(help="A MarianMT folder that has model.safetensors.")],
) -> None:
    """Make the CTranslate2 conversion of a folder, in place.

    In int8, for those who make models. Needs the extra 'torch'.
    """
    from pipeline.models.convert import convert as convert_model
    from pipeline.models.install import check_config, no_room

    with errors_for_people(), no_room(folder):
        if not folder.is_dir():
            _wrong(f"{folder}: no such folder")
        check_config(folder)
        typer.echo(convert_model(folder))


def verify(
    languages: Annotated[list[str] | None, typer.Argument(help="Only these languages.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print faults only.")] = False,
) -> None:
    """Compare every file of every model with its lock.

    A model that came with the program is compared with what came. Exit code: 0 if all are as they were, 2 if not, or if a model has nothing to be compared with.
    """
    from pipeline.models.report import folders, proved

    with errors_for_people():
        _check_codes(languages or [])
        found: dict[Path, tuple[str, list[str]]] = {}  # one folder may read several languages
        for language, path in folders(languages or ()):
            if path not in found:
                found[path] = proved(path)
            as_it_was, faults = found[path]
            for fault in faults:
                typer.echo(f"{language}: {fault}")
            if not faults and not quiet:
                typer.echo(f"{language}: {path}: {as_it_was}")
    raise typer.Exit(INCOMPLETE if any(faults for _, faults in found.values()) else OK)


def remove(languages: Languages, to: To = "en") -> None:
    """Remove models from the store. Those that come with the program stay."""
    from pipeline.models.install import no_room, remove_folder
    from pipeline.models.store import user_store

    with errors_for_people(), no_room(user_store()):
        _check_codes(languages, to)
        folders = {language: user_store() / f"{language}-{to}" for language in languages}
        if missing := [language for language, folder in folders.items() if not folder.is_dir()]:
            _wrong(f"{', '.join(missing)}: not in {user_store()}, so nothing was removed")
        for language, folder in folders.items():
            remove_folder(folder)
            typer.echo(f"{language}: removed {folder}")


def _check_codes(languages: list[str], to: str = "en") -> None:
    for language in languages:
        _check_code("LANGUAGES", language)
    _check_code("--to", to)
    if to in languages:
        _wrong(f"{to}: what is written in it already needs no model; name another language")


def _check_code(option: str, code: str | None) -> None:
    from pipeline.settings import is_code

    if code is not None and not is_code(code):
        _wrong(f"{option} takes an ISO 639-1 code such as it or es, not {code!r}")


def _wrong(message: str) -> None:
    typer.echo(f"monoglot: {message}", err=True)
    raise typer.Exit(USAGE)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    _group.command("list", epilog="Example: monoglot models list ru uk")(list_models)
    _group.command("fetch", epilog="Example: monoglot models fetch es fr, or monoglot models fetch gl --to es")(fetch)
    _group.command("import", epilog="Example: monoglot models import /media/usb/opus-mt-es-en")(import_model)
    _group.command("convert", epilog="Example: monoglot models convert models/romance-en")(convert)
    _group.command("verify", epilog="Example: monoglot models verify && echo unchanged")(verify)
    _group.command("remove", epilog="Example: monoglot models remove es")(remove)
    app.add_typer(_group, name="models")
