"""Pairs of one language made into pairs of another: Apertium translates the source, the English stays as it was written.

Italian has three times the written pairs of the other languages; so Spanish and French get what it teaches, in their own
words. What Apertium does not know stays as it is: a model of several languages loses nothing by that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .apertium import run_modes
from .config import CROSS, RecipeError
from .corpus import Pair, fault, plain
from .languages import PIVOT, modes_between
from .pivot import CHUNK, keep, with_pivots


def cross_path(run: Path, other: str, language: str) -> Path:
    """Where a run keeps the pairs of a language that are made from another's."""
    return run / CROSS / f"{other}.{language}-en.tsv"


def cross(pairs: Mapping[str, Sequence[Pair]], wanted: Mapping[str, Sequence[str]], run: Path) -> None:
    """Write ``run/cross/OTHER.LANGUAGE-en.tsv`` for each language and each other one that it is made from: NAME+cross.

    A file that is there is left as it is. The Portuguese of the given sources is kept for a teacher, see ``pivot.py``: it
    is one translation away from what was written, and Portuguese made from what is made here would be two.

    Args:
        pairs: the written pairs of each language.
        wanted: language → the languages that its pairs are made from.

    Raises:
        RecipeError: one of these has no pairs.
    """
    missing = dict.fromkeys(other for others in wanted.values() for other in others if not pairs.get(other))
    if missing:
        raise RecipeError(f"[cross] {', '.join(missing)}: no pairs to make others from; bring a file LANGUAGE-en.tsv")
    (run / CROSS).mkdir(parents=True, exist_ok=True)
    for language, others in wanted.items():
        for other in others:
            path = cross_path(run, other, language)
            if not path.exists():
                lines = _made(with_pivots(pairs[other], other, run), other, language, run)
                temporary = path.with_suffix(".partial")
                temporary.write_text("".join(lines), encoding="utf-8")
                temporary.replace(path)
                print(f"{other} made into {language}: {len(lines)} of {len(pairs[other])} pairs", flush=True)


def _made(pairs: Sequence[Pair], other: str, language: str, run: Path) -> list[str]:
    modes = modes_between(other, language)
    lines: list[str] = []
    for start in range(0, len(pairs), CHUNK):
        chunk = pairs[start : start + CHUNK]
        sources = [plain(text) for text in run_modes(modes, [pair.source for pair in chunk])]
        good = [(s, p) for s, p in zip(sources, chunk, strict=True) if fault(s, p.english, language) is None]
        if language != PIVOT:
            keep(run, language, [(s, p.pivots[0]) for s, p in good])
        lines += [f"{s}\t{p.english}\t{p.corpus.rpartition(':')[2]}+cross\n" for s, p in good]
    return lines
