"""Score the models on our own pairs and hold them to their floors: ``python -m benchmarks.quality``.

A language without a model is skipped, unless a floor is pinned for it: then the model has gone missing. Models are looked
for as a run looks for them (the user's store before those of the project). Exit code 0 when all floors are held, 1 when
one is not, 2 when the call or a file is wrong. Examples::

    python -m benchmarks.quality
    python -m benchmarks.quality --language it --model models/romance-en
    python -m benchmarks.quality --language it --show
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.quality import floors, pairs
from benchmarks.quality.floors import Floor
from benchmarks.quality.scores import score, shortfalls, translate
from pipeline.errors import ModelError
from pipeline.models import ModelStore
from pipeline.settings import Settings


def show(language: str, store: ModelStore, settings: Settings) -> None:
    """Print each pair as three lines: source, reference, translation."""
    if model := store.find(language):
        chosen = pairs.load(language)
        for pair, english in zip(chosen, translate([p.source for p in chosen], model, settings), strict=True):
            print(f"{language}  {pair.source}\nref {pair.english}\nmt  {english}\n")


def gate(language: str, store: ModelStore, settings: Settings, floor: Floor | None) -> bool:
    """Score one language, print how it did, and say whether it passes."""
    model = store.find(language)
    if model is None:
        print(f"{language}: " + ("FAILED: a floor is pinned, but there is no model" if floor else "skipped: no model"))
        return floor is None
    reached = score(pairs.load(language), model, settings)
    below = shortfalls(reached, floor) if floor else []
    if floor is None:
        verdict = "no floor is pinned yet"
    else:
        verdict = f"floor {floor.bleu:.2f} / {floor.chrf:.2f} / {floor.names:.0f} % of {floor.date}: " + (
            "FAILED" if below else "held"
        )
    scores = f"BLEU {reached.bleu:.2f}, chrF2 {reached.chrf:.2f}, {reached.names:.1f} % of the names"
    print(f"{language}: {scores} on {reached.pairs} pairs; {verdict}")
    print(f"    model  {reached.made_by}")
    print(f"    BLEU   {reached.bleu_signature}\n    chrF2  {reached.chrf_signature}")
    for line in below:
        print(f"{language}: {line}: {model.path}", file=sys.stderr)
    return not below


def main() -> int:
    """Parse the options, score, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--language", nargs="+", choices=pairs.LANGUAGES, default=pairs.LANGUAGES, help="which to score"
    )
    parser.add_argument("--model", type=Path, metavar="DIR", help="one MarianMT folder for every language scored")
    parser.add_argument("--beam", type=int, default=Settings().beam, help="beam width; the floors are for %(default)s")
    parser.add_argument("--jobs", type=int, default=0, help="processor cores to use; 0, the default, is all of them")
    parser.add_argument("--show", action="store_true", help="print every source, reference and translation instead")
    options = parser.parse_args()
    try:
        settings = Settings(beam=options.beam, jobs=options.jobs)
        store = ModelStore(settings.engine, options.model)
        if options.show:
            for language in options.language:
                show(language, store, settings)
            return 0
        pinned = floors.load()
        # Every language is scored, also after one has failed.
        passed = [gate(language, store, settings, pinned.get(language)) for language in options.language]
    except (ModelError, ValueError) as error:
        parser.error(str(error))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
