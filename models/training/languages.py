"""What the recipe knows of each language: its way to the pivot, Portuguese, its letters, its function words."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .config import RecipeError

PIVOT = "pt"
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
            *(tuple(row[way]) if way in row else None for way in ("to_pivot", "from_pivot")),
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


def modes_between(source: str, target: str) -> tuple[str, ...]:
    """Apertium's modes from one language to another, by Portuguese or by a language on both their ways to it.

    >>> modes_between("it", "fr")
    ('ita-spa', 'es-fr')
    """
    there, back = list(modes_to_pivot(source)), list(modes_from_pivot(target))
    while there and back and sorted(there[-1].split("-")) == sorted(back[0].split("-")):
        there, back = there[:-1], back[1:]
    return (*there, *back)


def packages() -> str:
    """The Debian packages that have the modes of all languages, as one line for ``apt-get install``."""
    wanted = dict.fromkeys(package for row in known().values() for package in row.packages)
    return " ".join(["apertium", "cg3", *wanted])
