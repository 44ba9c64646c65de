"""How many names a model copies that it has not met: ``python -m benchmarks.names [--model DIR]``.

Names that stand alike on both sides of sentences that no model was trained on (the pairs of `benchmarks.quality`, and the long
ones of `benchmarks.risk`) are replaced by others: common ones (`models/training/lists/alike.txt`), then made-up ones and rare ones
(`NameMaker`). Counted is how many of them the English has, letter by letter.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.quality import pairs
from benchmarks.quality.scores import lost_names, translate
from models.training.corpus import Pair, plain
from models.training.names import NameMaker, alike_names, listed_names, shared_names
from pipeline.errors import ModelError
from pipeline.models import ModelStore
from pipeline.settings import Settings

SEED = 99
LONG = Path(__file__).parent / "risk" / "long.tsv"

Put = tuple[str, list[str]]


def unseen() -> Iterator[tuple[str, list[Pair]]]:
    """The language of some sentences, and the sentences."""
    lines = (line.split("\t") for line in LONG.read_text(encoding="utf-8").splitlines())
    yield "it", [Pair(plain(source), plain(english), "long") for source, english, *_ in lines]
    for language in pairs.LANGUAGES:
        yield language, [Pair(plain(p.source), plain(p.english), "quality") for p in pairs.load(language)]


def with_other_names(given: Sequence[Pair], name: Callable[[str], str]) -> list[Put]:
    """Each source that has names, with others in their places, and these."""
    made: list[Put] = []
    for pair in given:
        new = {old: name(old) for old in shared_names(pair)}
        if new:
            parts = re.split(r"(?<!\w)(" + "|".join(map(re.escape, new)) + r")(?!\w)", pair.source)
            made.append(("".join(new.get(part, part) for part in parts), list(new.values())))
    return made


def main() -> int:
    """Count for both kinds of names, language by language."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.names", description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, metavar="DIR", help="one MarianMT folder for every language")
    options = parser.parse_args()
    settings = Settings(jobs=os.cpu_count() or 1)
    rng, common, maker = random.Random(SEED), sorted(alike_names()), NameMaker(listed_names())
    kinds: dict[str, Callable[[str], str]] = {
        "common": lambda _: rng.choice(common),
        "made up": lambda name: maker.make(name, rng),
    }
    try:
        store = ModelStore(settings.engine, options.model)
        for kind, name in kinds.items():
            gone, whole = 0, 0
            for language, given in unseen():
                if (model := store.find(language)) is None:
                    continue
                put = with_other_names(given, name)
                sources, names = zip(*put, strict=True)
                missing = lost_names(names, translate(sources, model, settings))
                count = sum(map(len, names))
                print(f"{kind}, {language}: {len(missing)} of {count} lost: {', '.join(missing[:8])}")
                gone, whole = gone + len(missing), whole + count
            print(f"{kind}: {gone} of {whole} lost")
    except (ModelError, ValueError) as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
