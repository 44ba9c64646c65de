"""What the recipe knows of each language: its way to the pivot, Portuguese, its letters, its function words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .config import RecipeError

PIVOT = "pt"
_WAYS = ("to_pivot", "from_pivot", "to_catalan", "from_catalan", "other_way")
_FILE = Path(__file__).parent / "languages.toml"


@dataclass(frozen=True, slots=True)
class Language:
    """A row of ``languages.toml``, which explains the fields."""

    name: str
    alphabet: str
    words: frozenset[str]
    packages: tuple[str, ...]
    to_pivot: tuple[str, ...] | None = None
    from_pivot: tuple[str, ...] | None = None
    to_catalan: tuple[str, ...] | None = None
    from_catalan: tuple[str, ...] | None = None
    other_way: tuple[str, ...] | None = None


@cache
def known() -> dict[str, Language]:
    """Every language by its ISO 639-1 code."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        code: Language(
            row["name"],
            row["alphabet"],
            frozenset(row["words"].split()),
            tuple(row["packages"]),
            *(tuple(row[way]) if way in row else None for way in _WAYS),
        )
        for code, row in table.items()
    }


def language(code: str) -> Language:
    """One language.

    Raises:
        RecipeError: the recipe knows nothing of it.
    """
    if code not in known():
        raise RecipeError(f"{code}: not in {_FILE.name}; known are {', '.join(known())}. Its head says how to add one")
    return known()[code]


def modes_to_pivot(code: str) -> tuple[str, ...]:
    """Apertium's modes from a language to Portuguese; none for Portuguese.

    Raises:
        RecipeError: Apertium does not link them.
    """
    modes = language(code).to_pivot
    if modes is None:
        raise RecipeError(f"{code}: {_FILE.name} has no Apertium modes from it to Portuguese")
    return modes


def other_way(code: str) -> tuple[str, ...]:
    """Apertium's modes to Portuguese that share no dictionary with those of ``modes_to_pivot``; none where there are none."""
    return language(code).other_way or ()


def ways_to_pivot(code: str, count: int) -> list[tuple[str, ...]]:
    """Apertium's modes from a language to Portuguese by so many ways, the better one first.

    Raises:
        RecipeError: Apertium has fewer.
    """
    ways = [way for way in (modes_to_pivot(code), other_way(code)) if way]
    if count > len(ways):
        raise RecipeError(f"{code}: {_FILE.name} has {len(ways)} way(s) from it to Portuguese; set ways = {len(ways)}")
    return ways[:count]


def modes_from_pivot(code: str) -> tuple[str, ...]:
    """Apertium's modes from Portuguese to a language; none for Portuguese.

    Raises:
        RecipeError: Apertium does not link them.
    """
    modes = language(code).from_pivot
    if modes is None:
        raise RecipeError(
            f"{code}: {_FILE.name} has no Apertium modes from Portuguese to it: nothing can be translated back"
        )
    return modes


def passed_through(code: str) -> list[str]:
    """The language, and the one that its way to Portuguese leads by: those whose words may be left over in Portuguese."""
    modes = modes_to_pivot(code)
    return [code, *(other for other, row in known().items() if len(modes) > 1 and row.to_pivot == modes[-1:])]


def modes_between(source: str, target: str) -> tuple[str, ...]:
    """Apertium's modes from one language to another: by Catalan if it has both, else by Portuguese.

    >>> modes_between("it", "fr")
    ('ita-cat', 'cat-fra')
    >>> modes_between("ro", "it")
    ('ro-es', 'es-pt', 'por-cat', 'cat-ita')
    """
    if source == target:
        return ()
    there, back = language(source).to_catalan, language(target).from_catalan
    if there is not None and back is not None:
        return (*there, *back)
    return (*modes_to_pivot(source), *modes_from_pivot(target))


def packages(modes: Iterable[str]) -> str:
    """The Debian packages that have some of Apertium's modes, as one line for ``apt-get install``.

    A package is named after the two languages of its modes, in either order; what follows ``_`` is a variant of a mode.

    >>> packages(["ita-cat", "cat-ita", "ro-es"])
    'apertium cg3 apertium-cat-ita apertium-es-ro'
    """
    listed = {package for row in known().values() for package in row.packages}
    named = {frozenset(package.split("-")[1:]): package for package in listed}
    pairs = (mode.partition("_")[0] for mode in modes)
    wanted = (named.get(frozenset(pair.split("-")), f"apertium-{pair}") for pair in pairs)
    return " ".join(dict.fromkeys(["apertium", "cg3", *wanted]))
