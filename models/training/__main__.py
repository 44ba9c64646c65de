"""The recipe's commands: ``python -m models.training COMMAND RECIPE.toml --data FOLDER --run FOLDER``.

``make`` is the whole of it, from the folder of parallel text to the model; the others are its steps.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path

from .check import EXTRA, check
from .config import BACK, Recipe, RecipeError, is_made, read_recipe, read_text
from .corpus import Pair, find_files, language_of

# Where English that stands alone is kept in a run's folder; a recipe asks for it by these names.
WORDNET, SPEECHES = "english/wordnet.txt", "english/sotu.txt"
# The trained model drawn back to where it began and to the student, in a run's folder.
DRAWN = "drawn"


def _make(args: argparse.Namespace, recipe: Recipe) -> None:
    for name, step in ((WORDNET, _wordnet), (SPEECHES, _speeches)):
        if name in recipe.english and not (args.run / name).exists():
            step(args, recipe)
    if any(Path(name).parent.name == BACK for name in recipe.files):
        _backtranslate(args, recipe)
    if recipe.cross:
        _cross(args, recipe)
    if not (args.run / "start").exists():
        _build(args, recipe)
    seen = _train(args, recipe)
    if seen < recipe.train.tokens:
        print(f"stopped at {seen:,} of {recipe.train.tokens:,} target pieces; the same command goes on", flush=True)
        return
    if recipe.drawn_back:
        _draw(args, recipe)
    if recipe.development:
        _score(_with(args, tokens=seen), recipe)
    out = args.out or args.run / recipe.name
    _export(_with(args, out=out), recipe)
    _card(_with(args, out=out / "README.md"), recipe)
    _plot(_with(args, out=out / "curve.svg"), recipe)


def _with(args: argparse.Namespace, **changed: object) -> argparse.Namespace:
    return argparse.Namespace(**(vars(args) | changed))


def _train(args: argparse.Namespace, recipe: Recipe) -> int:
    from .prepare import tokenised
    from .train import train

    start = args.run / "start"
    corpus = tokenised(recipe, start, args.data, args.run)
    command = None
    if recipe.development:
        data = [part for folder in args.data for part in ("--data", str(folder))]
        command = [sys.executable, "-m", "models.training", "score", str(args.recipe), *data, "--run", str(args.run)]
    return train(recipe, start, corpus, args.run, command, args.until).tokens


def _score(args: argparse.Namespace, recipe: Recipe) -> None:
    from .score import convert, development_sets, score
    from .tables import append_row

    model = _trained(args, recipe)
    sets = development_sets(recipe, args.data)
    converted = convert(model, args.run / "ct2")
    for language, (given, reference) in sets.items():
        result = score(converted, model, given, reference, args.run / f"dev.{language}.txt")
        print(f"{language}→en BLEU {result.bleu} ({result.bleu_signature})")
        print(f"{language}→en chrF {result.chrf} ({result.chrf_signature}); {result.pieces_per_second:.0f} pieces/s")
        row = {"tokens": args.tokens, "model": model.name, "language": language, **asdict(result)}
        append_row(args.run / "dev.csv", row)


def _ensemble(args: argparse.Namespace, recipe: Recipe) -> None:
    from .ensemble import teachers, translations
    from .score import BEAM, development_sets, measure, read_side

    model = args.model[0] if args.model else args.run / "start"
    for language, (given, reference) in development_sets(recipe, args.data).items():
        readers = teachers(recipe, model, args.run, language, read_side(given))
        groups = {name: [reader] for name, reader in readers.items()}
        for name, group in {**groups, "together": list(readers.values())}.items():
            result = measure(translations(group, model, BEAM), read_side(reference))
            shares = "+".join(f"{reader.share:.2g}" for reader in group)
            print(f"{language}→en {name} ({shares}): BLEU {result.bleu}, chrF {result.chrf}", flush=True)


def _given(recipe: Recipe) -> list[str]:
    """The files of parallel text that were brought, not made in the run's folder."""
    return [name for name in recipe.files if not is_made(name)]


def _cross(args: argparse.Namespace, recipe: Recipe) -> None:
    from .cross import cross
    from .prepare import read_all

    pairs: dict[str, list[Pair]] = {}
    for path in find_files(args.data, _given(recipe)):
        read = read_all([path], recipe)
        some = [pair for pair in read if any(fnmatchcase(pair.corpus, pattern) for pattern in recipe.crossed)]
        pairs.setdefault(language_of(path, recipe.languages), []).extend(some)
    cross(pairs, recipe.cross, args.run)


def _backtranslate(args: argparse.Namespace, recipe: Recipe) -> None:
    from .backtranslate import back_translate, choose
    from .prepare import read_all

    made = [Path(name) for name in recipe.files if Path(name).parent.name == BACK]
    if not made:
        raise RecipeError(f"{args.recipe}: names no file {BACK}/LANGUAGE-en.tsv, so there is nothing to translate back")
    languages = [language_of(path, recipe.languages) for path in made]
    alone = {path.stem: read_text(path).splitlines() for path in find_files(args.data, recipe.english)}
    pairs = read_all(find_files(args.data, _given(recipe)), recipe)
    back_translate(choose(pairs, recipe.back, recipe.seed, alone), languages, args.run / BACK)


def _wordnet(args: argparse.Namespace, recipe: Recipe) -> None:
    from .wordnet import sentences

    _keep_english(args.run / WORDNET, sentences(recipe.seed))


def _speeches(args: argparse.Namespace, _recipe: Recipe) -> None:
    from .speeches import FILES, sentences

    _keep_english(args.run / SPEECHES, sentences(find_files(args.data, [FILES])))


def _keep_english(path: Path, sentences: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{sentence}\n" for sentence in sentences), encoding="utf-8")


def _build(args: argparse.Namespace, recipe: Recipe) -> None:
    from .create import create, take_up

    if args.published is not None:
        take_up(recipe, args.data, args.published, args.run)
    else:
        create(recipe, args.data, args.run, base=args.start)


def _trained(args: argparse.Namespace, recipe: Recipe) -> Path:
    """The model that is meant: the one that is named, else what the run has made by its recipe."""
    if args.model:
        named: Path = args.model[0]
        return named
    made: Path = args.run / (DRAWN if recipe.drawn_back else "average")
    if not made.exists():
        raise RecipeError(f"{made}: not there yet; `{'draw' if recipe.drawn_back else 'train'}` makes it")
    return made


def _draw(args: argparse.Namespace, recipe: Recipe) -> None:
    from .average import average
    from .checkpoint import write_checkpoint
    from .student import Student
    from .surgery import blend

    if not recipe.drawn_back:
        raise RecipeError(f"{args.recipe}: has neither `start_share` nor `drawn`, so there is nothing to draw back")
    trained = args.model[0] if args.model else args.run / "average"
    mean = average([trained, args.run / "start"], [1 - recipe.start_share, recipe.start_share])
    model = blend(Student("pten"), mean, trained, recipe.drawn)
    write_checkpoint(args.run / DRAWN, model.weights, model.bias, model.shape, trained, recipe.languages[0])


def _average(args: argparse.Namespace, recipe: Recipe) -> None:
    from .average import average
    from .checkpoint import write_checkpoint

    model = average(args.model)
    out = args.out or args.run / "averaged"
    write_checkpoint(out, model.weights, model.bias, model.shape, args.model[0], recipe.languages[0])


def _export(args: argparse.Namespace, recipe: Recipe) -> None:
    from .export import export

    model = _trained(args, recipe)
    sizes = export(model, args.out or args.run / recipe.name, int8_only=args.int8_only)
    for name, size in sizes.items():
        print(f"{size:>12,} {name}")
    print(f"{sum(sizes.values()):>12,} bytes in all")


def _card(args: argparse.Namespace, recipe: Recipe) -> None:
    from .card import card
    from .score import convert

    model = _trained(args, recipe)
    converted = convert(model, args.run / "ct2")
    before = [folder and folder.name for folder in (args.start, args.published)]
    size, int8 = (path.stat().st_size for path in (model / "model.safetensors", converted / "model.bin"))
    text = card(recipe, args.run, size, int8, *before)
    (args.out or args.run / "README.md").write_text(text, encoding="utf-8")


def _plot(args: argparse.Namespace, recipe: Recipe) -> None:
    from .plot import plot

    plot(args.run, args.out or args.run / f"{recipe.name}.svg")


_COMMANDS: dict[str, Callable[[argparse.Namespace, Recipe], object]] = {
    "average": _average,
    "backtranslate": _backtranslate,
    "build": _build,
    "card": _card,
    "cross": _cross,
    "draw": _draw,
    "ensemble": _ensemble,
    "export": _export,
    "make": _make,
    "plot": _plot,
    "score": _score,
    "speeches": _speeches,
    "train": _train,
    "wordnet": _wordnet,
}


def main(argv: list[str] | None = None) -> int:
    """Parse the command line, run one step, turn what went wrong into an exit code."""
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("command", choices=sorted(_COMMANDS))
    parser.add_argument("recipe", type=Path, help="a model's TOML file, e.g. models/training/romance-en.toml")
    parser.add_argument(
        "--data", type=Path, action="append", default=[], help="a folder of parallel text; may be repeated"
    )
    parser.add_argument(
        "--run", type=Path, required=True, help="where this training lives; resumed if it holds a state"
    )
    parser.add_argument(
        "--start", type=Path, help="build, card, make: a model trained before, whose network is taken over"
    )
    parser.add_argument(
        "--continue", dest="published", type=Path, help="build, card, make: a published model, to train on"
    )
    parser.add_argument(
        "--model",
        type=Path,
        action="append",
        default=[],
        help="a model folder (default: what the run has made); may be repeated",
    )
    parser.add_argument("--out", type=Path, help="average, card, export, make, plot: where to write (default: in RUN)")
    parser.add_argument("--int8-only", action="store_true", help="export: without the float16 checkpoint")
    parser.add_argument("--tokens", type=int, default=0, help="score: target pieces seen, for the table")
    parser.add_argument("--until", type=int, help="train: stop after this many target pieces")
    args = parser.parse_args(argv)
    # What is translated back is kept in the run's folder, and found there like the text that was brought.
    args.data.append(args.run)
    try:
        recipe = read_recipe(args.recipe)
        check(args, recipe)
        _COMMANDS[args.command](args, recipe)
    except RecipeError as error:
        return _failed(str(error))
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("models.", "pipeline.")):
            raise
        return _failed(f"{error.name}: not installed. {EXTRA}")
    except OSError as error:
        return _failed(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        return _failed("stopped; the same command goes on", 130)
    return 0


def _failed(message: str, code: int = 1) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
