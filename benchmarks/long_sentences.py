"""How long a segment may be before the bundled model drops parts of it: the evidence for `pipeline.segment.MAX_WORDS`.

    python -m benchmarks.long_sentences

Sentences of benchmarks/risk/pairs.tsv are joined with semicolons to about so many words, and translated whole and cut into
clauses of at most so many words; chrF2 is against the joined translations, the ladder is off.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pipeline.segment as segment
from pipeline.models import ModelStore
from pipeline.records import Span
from pipeline.settings import Settings
from pipeline.translate import Engine, load_engine

WORDS = (20, 40, 60, 80, 120)
CUTS = (15, 25, 40, 60, 10_000)


def joined(words: int) -> list[tuple[str, str]]:
    """Long sentences of about so many words, with their translations."""
    pairs = [
        line.split("\t") for line in (Path(__file__).parent / "risk" / "pairs.tsv").read_text("utf-8").splitlines()
    ]
    made, left, right = [], list[str](), list[str]()
    for source, english in pairs:
        left.append(source.rstrip("."))
        right.append(english.rstrip("."))
        if sum(len(part.split()) for part in left) >= words:
            made.append(("; ".join(left) + ".", "; ".join(right) + "."))
            left, right = [], []
    return made


def translated(text: str, cut: int, engine: Engine) -> str:
    """The English of a text that is cut into clauses of at most so many words."""
    segment.MAX_WORDS = cut  # type: ignore[misc]
    parts = [text[s.start : s.end] for s in segment.clauses(text, Span(0, len(text)))]
    return " ".join(found.text for found in engine.translate(parts))


def main() -> None:
    """Print the table."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    from sacrebleu.metrics import CHRF

    model = ModelStore().find("it")
    if model is None:
        raise SystemExit("no model for it")
    engine, chrf = load_engine(Settings(), model, 2), CHRF()
    score: Any
    print("words  " + "".join(f"{f'cut {c}' if c < 1000 else 'whole':>9}" for c in CUTS))
    for words in WORDS:
        pairs = joined(words)
        row = []
        for cut in CUTS:
            score = chrf.corpus_score([translated(s, cut, engine) for s, _ in pairs], [[e for _, e in pairs]])
            row.append(f"{score.score:9.1f}")
        print(f"{words:5}  " + "".join(row))


if __name__ == "__main__":
    main()
