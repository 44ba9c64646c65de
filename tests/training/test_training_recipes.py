"""The model files and the manifest: readable, complete, consistent with each other."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from models.training.batches import weight_of
from models.training.check import check_languages
from models.training.config import RecipeError, read_recipe
from models.training.languages import known, packages

pytestmark = pytest.mark.train

FOLDER = Path(__file__).parents[2] / "models" / "training"
RECIPES = sorted(p for p in FOLDER.glob("*.toml") if p.name not in ("data.toml", "languages.toml"))
MANIFEST = tomllib.loads((FOLDER / "data.toml").read_text(encoding="utf-8"))["corpus"]
# What the recipe itself makes of other corpora, and a language before a corpus.
_MADE = re.compile(r"^(\w\w:|\*:|\?\?:)?\*?|(\+?(names|lists|back|cross))+$")


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_recipe_is_readable(path: Path) -> None:
    # romance-en.continued and the like are later stages of romance-en.
    assert read_recipe(path).name == path.stem.partition(".")[0]


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_every_language_of_a_recipe_can_be_reached(path: Path) -> None:
    check_languages(read_recipe(path))


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_every_corpus_of_a_recipe_is_in_the_manifest(path: Path) -> None:
    recipe = read_recipe(path)
    known = {entry["name"] for entry in MANIFEST} | {"lexicon"}
    for name in (
        *recipe.weights,
        *recipe.names,
        *recipe.lists,
        *recipe.back,
        *recipe.taught,
        *recipe.round_trip,
        *recipe.crossed,
    ):
        plain = _MADE.sub("", name)
        assert not plain or any(fnmatchcase(k, plain) for k in known), name


def test_every_language_says_how_it_is_written_and_reached() -> None:
    for code, row in known().items():
        assert len(row.words) >= 15, code
        assert re.fullmatch(f"[{row.alphabet}]+", "".join(row.words)), code
        assert code == "en" or row.to_pivot is not None, code
        assert bool(row.packages) == bool(row.to_pivot), code
        ways = (row.to_pivot, row.from_pivot, row.to_catalan, row.from_catalan, row.other_way)
        wanted = packages(mode for way in ways for mode in way or ()).split()
        assert set(wanted) == {"apertium", "cg3", *row.packages}, code


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_a_corpus_that_may_not_be_used_has_no_weight(path: Path) -> None:
    recipe = read_recipe(path)
    barred = [entry for entry in MANIFEST if re.search(r"unverified|not used|-N[CD]", entry["licence"])]
    assert barred
    for entry in barred:
        for language in entry["pairs"].keys() & {*recipe.languages}:
            name = entry["name"] if language == recipe.languages[0] else f"{language}:{entry['name']}"
            assert weight_of(name, recipe.weights) == 0, name
            # Nor is anything made of it: copies with other names, lines of words, translations.
            makes = (*recipe.names, *recipe.lists, *recipe.back, *(recipe.crossed if recipe.cross else ()))
            assert not any(fnmatchcase(name, pattern) for pattern in makes), name


def test_manifest_entries_are_complete() -> None:
    names = [entry["name"] for entry in MANIFEST]
    assert len(names) == len(set(names))
    for entry in MANIFEST:
        assert set(entry) == {"name", "licence", "from", "pairs"}
        assert entry["pairs"]


def test_all_problems_of_a_recipe_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('name = "x"\nlanguages = ["it"]\ncolour = 1\n[train]\ntokens = "many"\n', encoding="utf-8")
    with pytest.raises(RecipeError) as error:
        read_recipe(path)
    for part in ("colour", "train.tokens", "files: missing"):
        assert part in str(error.value)
