"""`monoglot evaluate`: how good a model is, against references."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.run import Arithmetic, Engine, pairs
from pipeline.cli.shared import USAGE, errors_for_people, print_json

if TYPE_CHECKING:
    from pipeline.evaluate import Difference, Evaluation


def evaluate(
    source: Annotated[Path, typer.Option("--source", "-s", help="Sentences to translate, one a line, UTF-8.")],
    reference: Annotated[Path, typer.Option("--reference", "-r", help="Their English, line by line.")],
    language: Annotated[
        str, typer.Option("--language", "--lang", "-l", help="The language of the source (ISO 639-1).")
    ],
    model: Annotated[Path | None, typer.Option(help="A MarianMT folder, instead of the installed model.")] = None,
    pivot: Annotated[
        list[str] | None, typer.Option(metavar="CODE=CODE", help="Translate by way of another language, as in run.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="A second model folder: compare the two with paired bootstrap.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="What runs the model.")] = Engine.ctranslate2,
    compute_type: Annotated[Arithmetic, typer.Option(help="The arithmetic of ctranslate2.")] = Arithmetic.int8,
    beam: Annotated[int, typer.Option(help="Beam width.")] = 4,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Processor cores to use; 0 is all.")] = 0,
    tsv: Annotated[Path | None, typer.Option(help="Write every line with its score into this file.")] = None,
    worst: Annotated[int, typer.Option(min=0, help="List so many lines, those with the lowest chrF.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Score a model on a test set with sacreBLEU.

    BLEU and chrF2, with their signatures. The source is segmented, translated and repaired as in a run. Needs the extra 'evaluate'.
    """
    from pipeline import evaluate as evaluation
    from pipeline.models import ModelStore
    from pipeline.settings import Settings

    try:
        ways = pairs(pivot or [])
        settings = Settings(language, model, engine.value, compute_type.value, beam, jobs=jobs, pivot=ways)
    except ValueError as error:
        typer.echo(f"monoglot: {error}", err=True)
        raise typer.Exit(USAGE) from error
    with errors_for_people():
        evaluation.require_sacrebleu()
        # First: what cannot be done in the end is not to cost the time of a translation.
        if tsv is not None:
            evaluation.require_place(tsv, (source, reference))
        if against is not None:
            ModelStore(settings.engine, against)
        sources, references = evaluation.read_pair(source, reference)
        first = evaluation.evaluate(sources, references, language, settings)
        second, differences = None, []
        if against is not None:
            second = evaluation.evaluate(sources, references, language, replace(settings, model=against, pivot=()))
            differences = evaluation.compare(first, second)
        (_print_json if as_json else _print_text)(first, second, differences, worst)
        # Last: a table that cannot be written costs no scores.
        if tsv is not None:
            evaluation.write_tsv(tsv, first)


def _print_json(first: Evaluation, second: Evaluation | None, differences: list[Difference], worst: int) -> None:
    result: dict[str, Any] = first.summary()
    if worst:
        result["worst"] = [asdict(line) for line in first.worst(worst)]
    if second is not None:
        result["against"] = second.summary()
        result["differences"] = [asdict(difference) for difference in differences]
    print_json(result)


def _print_text(first: Evaluation, second: Evaluation | None, differences: list[Difference], worst: int) -> None:
    typer.echo(f"{first.model} | {first.engine} | {first.n} lines")
    typer.echo(f"BLEU  {first.bleu:6.2f}  {first.bleu_signature}")
    typer.echo(f"chrF2 {first.chrf:6.2f}  {first.chrf_signature}")
    if second is not None:
        typer.echo(f"against {second.model} | {second.engine}")
    for found in differences:
        typer.echo(
            f"{found.metric:5} {found.score:6.2f} ± {found.margin:.2f} against {found.against:.2f}"
            f" ± {found.against_margin:.2f}, p = {found.p_value:.4f}  {found.signature}"
        )
    for line in first.worst(worst):
        typer.echo(f"\nline {line.number}, chrF {line.chrf}\n  source     {line.source}")
        typer.echo(f"  reference  {line.reference}\n  output     {line.output}")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(epilog="Example: monoglot evaluate --source test.it --reference test.en --language it --worst 10")(
        evaluate
    )
