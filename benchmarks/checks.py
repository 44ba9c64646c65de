"""How often the checks are right: false alarms on faithful pairs, and how much planted damage is found.

    python -m benchmarks.checks

The pairs are tests/data/checks/faithful.tsv (eleven languages) and benchmarks/risk/pairs.tsv (Italian).
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pipeline.check import CHECKS, check
from pipeline.check.pair import Pair

ROOT = Path(__file__).parent.parent
# What is done to a faithful translation, by the check that should see it; an unchanged text does not count.
DAMAGE: dict[str, Callable[[str], str]] = {
    "numbers, one digit changed": lambda t: re.sub(r"\d", lambda m: str((int(m[0]) + 3) % 10), t, count=1),
    "numbers, figure dropped": lambda t: re.sub(r"\d[\d.,:]*\d|\d", "some", t, count=1),
    "numbers, half of the day": lambda t: re.sub(r"\bp(?=\.?m\b)", "a", t),
    "names, dropped": lambda t: re.sub(r"(?<=[a-z,] )[A-Z]\w{3,}", "it", t, count=1),
    "names, other name": lambda t: re.sub(r"(?<=[a-z,] )[A-Z]\w{3,}", "Quorvex", t, count=1),
    "negation, not put in": lambda t: re.sub(r"\b(is|are|was|were|has|have|will|had)\b", r"\1 not", t, count=1),
    "negation, taken out": lambda t: re.sub(r" not\b|n't\b|\b[Nn]o(?:ne| one)?\b ?|\bnever ", "", t),
    "quotes, closing mark lost": lambda t: t[::-1].replace('"', "", 1)[::-1],
    "brackets, taken away": lambda t: re.sub(r"[()]", "", t),
    "loops, end said thrice": lambda t: f"{t} {' '.join(t.split()[-3:])} {' '.join(t.split()[-3:])}",
    "length, second half dropped": lambda t: t[: int(len(t) * 0.4)],
}


def pairs() -> list[Pair]:
    """The faithful pairs."""
    lines = (ROOT / "tests" / "data" / "checks" / "faithful.tsv").read_text("utf-8").splitlines()
    italian = (ROOT / "benchmarks" / "risk" / "pairs.tsv").read_text("utf-8").splitlines()
    return [Pair(s, t, code) for code, s, t in (line.split("\t") for line in lines)] + [
        Pair(s, t, "it") for s, t in (line.split("\t") for line in italian)
    ]


def main() -> None:
    """Print both tables."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    faithful = pairs()
    alarms = Counter(name for pair in faithful for name, one in CHECKS.items() if list(one(pair)))
    print(f"false alarms on {len(faithful)} faithful pairs:")
    for name in CHECKS:
        print(f"  {name:13} {alarms[name]:3}  {alarms[name] / len(faithful):.1%}")
    print("damage found      planted   by its check   by any")
    for name, damage in DAMAGE.items():
        one = CHECKS[name.partition(",")[0]]
        hurt = [Pair(p.source, damage(p.text), p.language) for p in faithful if damage(p.text) != p.text]
        own = sum(bool(list(one(pair))) for pair in hurt)
        any_ = sum(bool(check(pair.source, pair.text, pair.language)) for pair in hurt)
        print(f"  {name:28} {len(hurt):4}  {own / len(hurt):6.0%}  {any_ / len(hurt):6.0%}")


if __name__ == "__main__":
    main()
