"""Back-translation: English → Portuguese by the package's own student → the other Romance languages by Apertium.

The English side is real, the other side is made: what it lacks in idiom it has in breadth, and it is the only parallel
text of news that Spanish, Portuguese and French get here.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from .apertium import run_modes
from .config import RecipeError
from .corpus import Pair, fault, plain
from .languages import PIVOT, modes_from_pivot
from .pivot import completed, keep
from .student import native_engine

# Sentences to Apertium at a time: one start of its pipeline each, and few sentences lost to a failure.
CHUNK = 500
MIN_WORDS, MAX_WORDS = 4, 60
# Under which the student's Portuguese of English is kept, as Apertium's is under the language of the source.
ENGLISH = "en"


def choose(
    pairs: Sequence[Pair], corpora: Mapping[str, int], seed: int, alone: Mapping[str, Sequence[str]] | None = None
) -> list[tuple[str, str]]:
    """Different English sentences with their corpus: at most so many of each, at random, in the order of ``corpora``.

    Which language a corpus's other side is in does not matter here: the prefix that says so is left off.

    Args:
        alone: sentences of corpora that have English only.

    Raises:
        RecipeError: a corpus has no sentence of fitting length, or is not there.
    """
    rng = random.Random(seed)
    found: dict[str, set[str]] = {}
    every = [(p.corpus.rpartition(":")[2], p.english) for p in pairs]
    every += [(name, english) for name, sentences in (alone or {}).items() for english in sentences]
    for name, english in every:
        if MIN_WORDS <= len(english.split()) <= MAX_WORDS:
            found.setdefault(name, set()).add(english)
    if missing := [name for name in corpora if name not in found]:
        raise RecipeError(
            f"[back] {', '.join(missing)}: no English of {MIN_WORDS} to {MAX_WORDS} words; "
            f"corpora that have some: {', '.join(sorted(found)) or 'none'}"
        )
    chosen: dict[str, str] = {}
    for name, most in corpora.items():
        sentences = sorted(found[name] - chosen.keys())
        for sentence in rng.sample(sentences, min(most, len(sentences))):
            chosen[sentence] = name
    return list(chosen.items())


def to_portuguese(sentences: Sequence[str], threads: int = 1) -> list[str]:
    """Translate with the English→Portuguese student, ``threads`` sentences at a time."""
    engine = native_engine("enpt")
    with ThreadPoolExecutor(threads) as pool:
        return [plain(text) for text in pool.map(engine.translate, sentences)]


def with_round_trip(pairs: Sequence[Pair], run: Path, threads: int = 2) -> list[Pair]:
    """The pairs with one more Portuguese text each, the student's own of their English; kept in ``RUN/pivot/en.tsv``."""
    done = completed({pair.english for pair in pairs}, run, ENGLISH, partial(to_portuguese, threads=threads))
    return [replace(pair, pivots=(*pair.pivots, done[pair.english])) for pair in pairs]


def back_translate(chosen: Sequence[tuple[str, str]], languages: Sequence[str], out: Path, threads: int = 1) -> None:
    """Append to ``out/LANGUAGE-en.tsv`` (source, English, corpus+back) what is not there yet; may be cut and resumed.

    The Portuguese between is kept beside ``out`` for a teacher, see ``pivot.py``.
    """
    out.mkdir(parents=True, exist_ok=True)
    progress = out / "done.txt"
    done = set(progress.read_text(encoding="utf-8").splitlines()) if progress.exists() else set()
    todo = [(english, corpus) for english, corpus in chosen if english not in done]
    for start in range(0, len(todo), CHUNK):
        chunk = todo[start : start + CHUNK]
        portuguese = to_portuguese([english for english, _ in chunk], threads)
        keep(out.parent, ENGLISH, [(english, text) for (english, _), text in zip(chunk, portuguese, strict=True)])
        for language in languages:
            sources = [plain(s) for s in run_modes(modes_from_pivot(language), portuguese)]
            if language != PIVOT:
                keep(out.parent, language, list(zip(sources, portuguese, strict=True)))
            with (out / f"{language}-en.tsv").open("a", encoding="utf-8") as stream:
                for source, (english, corpus) in zip(sources, chunk, strict=True):
                    if fault(source, english, language) is None:
                        stream.write(f"{source}\t{english}\t{corpus}+back\n")
        with progress.open("a", encoding="utf-8") as stream:
            stream.writelines(f"{english}\n" for english, _ in chunk)
        print(f"back-translated {start + len(chunk)} of {len(todo)} sentences", flush=True)
