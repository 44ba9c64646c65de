"""What the translation memory saves: the same sentences twice, without the start of the program and of the engine.

    python -m benchmarks.memory [--sentences 300]

The sentences are made from a few hundred words by a grammar, each different, twenty to a document. Measured are the
translation alone, by the model and from the memory; then whole runs, which read, clean, tell languages and write besides: the
first, one that does every document again (`--force`) with all of it remembered, and one that finds nothing changed. Last, the
memory alone: recalling 10,000 segments from a file that holds 100,000.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

from pipeline.models import ModelStore
from pipeline.report import Silent
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.stages import prepare
from pipeline.translate import Hypothesis
from pipeline.translate.memory import Memory
from pipeline.translator import Translator

_WHO = ["Il sindaco", "La maestra", "Il pescatore", "Una giovane ingegnera", "Il custode del museo", "La guida alpina"]
_DID = ["ha riparato", "ha misurato", "ha fotografato", "ha chiuso", "ha difeso davanti al consiglio", "ha venduto"]
_WHAT = [
    "il vecchio mulino",
    "la strada del porto",
    "il ponte di legno",
    "la biblioteca comunale",
    "il faro",
    "la scuola",
]
_WHEN = ["prima che arrivasse la neve", "dopo una lunga discussione", "senza chiedere il permesso a nessuno"]
SENTENCES_A_DOCUMENT = 20
MAKER = ("it", "it-en@0123456789ab", "ctranslate2/int8/beam:4")


def sentences(number: int) -> list[str]:
    """So many different sentences, always the same ones."""
    made = [f"{' '.join(words)}." for words in product(_WHO, _DID, _WHAT, _WHEN)]
    random.Random(0).shuffle(made)
    if number > len(made):
        raise SystemExit(f"there are only {len(made)} sentences")
    return made[:number]


def timed(work: Callable[[], object]) -> float:
    """The seconds that it takes."""
    clock = time.perf_counter()
    work()
    return time.perf_counter() - clock


def translation(texts: list[str], folder: Path) -> tuple[float, float]:
    """The seconds to translate documents by the model, which is loaded, and from the memory."""
    settings = Settings(memory=folder / "translation.sqlite")
    first, *rest = [prepare(f"{number}.txt", text.encode(), settings) for number, text in enumerate(texts)]
    seconds = []
    for _ in range(2):
        with Memory(folder / "translation.sqlite") as memory:
            translator = Translator(settings, ModelStore(), Silent(), memory)
            translator.translate([first], {})
            seconds.append(timed(partial(translator.translate, rest, {})))
    return seconds[0], seconds[1]


def runs(texts: list[str], folder: Path) -> tuple[float, float, float]:
    """The seconds of a run that translates, of one that remembers, and of one that finds nothing changed."""
    (folder / "articles").mkdir()
    (folder / "warm.txt").write_text(texts[0], "utf-8")
    for number, text in enumerate(texts[1:]):
        (folder / "articles" / f"{number:06}.txt").write_text(text, "utf-8")
    memory = folder / "runs.sqlite"
    run([str(folder / "warm.txt")], folder / "warm", Settings(memory=memory))
    work = (
        partial(run, [str(folder / "articles")], folder / "out", Settings(memory=memory, force=force))
        for force in (True, True, False)
    )
    first, again, unchanged = map(timed, work)
    return first, again, unchanged


def recall(folder: Path, held: int = 100_000, asked: int = 10_000) -> float:
    """The seconds that it takes to recall segments from a memory that holds many."""
    texts = [f"Nella stanza numero {i} c'erano ancora le valigie di chi era partito per primo." for i in range(held)]
    hypothesis = Hypothesis(
        "The room still held the suitcases of those who had been the first to leave.", -0.31, 18, 17
    )
    with Memory(folder / "large.sqlite") as memory:
        memory.remember(dict.fromkeys(texts, hypothesis), *MAKER)
    wanted = random.Random(0).sample(texts, asked)
    with Memory(folder / "large.sqlite") as memory:
        memory.recall(wanted[:1], *MAKER)  # reading hypotheses is set up once a process
        clock = time.perf_counter()
        found = memory.recall(wanted, *MAKER)
        seconds = time.perf_counter() - clock
    if len(found) != asked:
        raise AssertionError(f"recalled {len(found)} of {asked}")
    return seconds


def main() -> None:
    """Print both measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=300)
    number = parser.parse_args().sentences
    words = sentences(number + SENTENCES_A_DOCUMENT)
    texts = [" ".join(words[at : at + SENTENCES_A_DOCUMENT]) for at in range(0, len(words), SENTENCES_A_DOCUMENT)]
    with tempfile.TemporaryDirectory() as folder:
        model, remembered = translation(texts, Path(folder))
        print(
            f"{number} sentences translated by the model: {model:.2f} s; from the memory: {remembered:.4f} s ({model / remembered:.0f}x)"
        )
        first, again, unchanged = runs(texts, Path(folder))
        print(
            f"whole run: {first:.2f} s; --force, all remembered: {again:.3f} s ({first / again:.0f}x); "
            f"nothing changed: {unchanged:.4f} s ({first / unchanged:.0f}x)"
        )
        print(f"10,000 of 100,000 segments recalled: {recall(Path(folder)):.3f} s")


if __name__ == "__main__":
    main()
