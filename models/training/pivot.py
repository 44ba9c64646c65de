"""The Portuguese side of a pair, for the student to teach from: Apertium's, kept in ``RUN/pivot/LANGUAGE.tsv``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .apertium import run_modes
from .corpus import Pair, plain
from .languages import PIVOT, modes_to_pivot

# The folder of a run, and sentences to Apertium at a time.
FOLDER = "pivot"
CHUNK = 1_000


def keep(run: Path, language: str, sides: Sequence[tuple[str, str]]) -> None:
    """Add sources and their Portuguese to what is kept of a language."""
    (run / FOLDER).mkdir(parents=True, exist_ok=True)
    with (run / FOLDER / f"{language}.tsv").open("a", encoding="utf-8") as stream:
        stream.writelines(f"{source}\t{portuguese}\n" for source, portuguese in sides)


def kept(run: Path, language: str) -> dict[str, str]:
    """Source → Portuguese of a language."""
    path = run / FOLDER / f"{language}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    sides = (line.partition("\t") for line in lines)
    return {source: portuguese for source, tab, portuguese in sides if tab}


def with_pivots(pairs: Sequence[Pair], language: str, run: Path) -> list[Pair]:
    """The pairs with their Portuguese; what is not kept yet is translated by Apertium."""
    if language == PIVOT:
        return [replace(pair, pivot=pair.source) for pair in pairs]
    known = kept(run, language)
    missing = sorted({pair.source for pair in pairs} - known.keys())
    for start in range(0, len(missing), CHUNK):
        chunk = missing[start : start + CHUNK]
        sides = list(zip(chunk, map(plain, run_modes(modes_to_pivot(language), chunk)), strict=True))
        keep(run, language, sides)
        known |= dict(sides)
        print(f"{language}: {start + len(chunk)} of {len(missing)} sentences put into Portuguese", flush=True)
    return [replace(pair, pivot=known[pair.source]) for pair in pairs]
