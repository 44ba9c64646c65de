"""Pairs with invented names: a small model copies a name that it has never met only if copying is what it learnt.

Names that stand the same on both sides of a pair are replaced, on both sides, by others: some from a list of names of
many languages, most made up by a letter model of that list and of the corpus's own names. Words that are no names (an
English loan in Italian) are copied all the same, so an occasional "Software" turned into "Kozelić" does no harm.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from .corpus import Pair

LISTS = Path(__file__).parent / "lists"

_NAME = re.compile(r"(?<![^\s(\"«'-])([^\W\d_]{2,})(?![\w'])")
_ORDER = 3
_END = "\n"


def _is_name(word: str) -> bool:
    return (
        len(word) > 1
        and word[0].isupper()
        and ((len(word) > 3 and word[1:].islower()) or (word.isupper() and len(word) <= 5))
    )


def shared_names(pair: Pair) -> list[str]:
    """Capitalised words and acronyms of the source that its English has too.

    >>> shared_names(Pair("Ieri Haider ha lasciato la NATO.", "Yesterday Haider left NATO.", "x"))
    ['Haider', 'NATO']
    """
    found = dict.fromkeys(w for w in _NAME.findall(pair.source) if _is_name(w))
    english = set(re.findall(r"[^\W\d_]+", pair.english))
    return [word for word in found if word in english]


class NameMaker:
    """Makes up names letter by letter, each from the three before it, as the names that it is given go."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted({n for n in names if _is_name(n) and not n.isupper()})
        table: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for name in self.names:
            text = " " * _ORDER + name + _END
            for i in range(_ORDER, len(text)):
                table[text[i - _ORDER : i]][text[i]] += 1
        self._next = {k: (list(c), list(c.values())) for k, c in table.items()}

    def invent(self, rng: random.Random) -> str:
        """A name of 3 to 14 letters."""
        while True:
            text = " " * _ORDER
            while not text.endswith(_END) and len(text) < _ORDER + 16:
                letters, counts = self._next[text[-_ORDER:]]
                text += rng.choices(letters, counts)[0]
            name = text.strip()
            if text.endswith(_END) and 3 <= len(name) <= 14:
                return name

    def make(self, like: str, rng: random.Random) -> str:
        """A replacement for ``like``: an acronym for an acronym, else a name, a third of them real."""
        if like.isupper():
            letters = "ABCDEFGHIJKLMNOPRSTUVZ" * 3 + "ÖÜŠČÉÇŁĐÄ"
            return "".join(rng.choices(letters, k=rng.randint(2, 5)))
        return rng.choice(self.names) if rng.random() < 0.33 else self.invent(rng)


def rename(pair: Pair, maker: NameMaker, rng: random.Random) -> Pair | None:
    """The pair with its shared names replaced on all its sides, or None where it has none."""
    names = shared_names(pair)
    if not names:
        return None
    new = {name: maker.make(name, rng) for name in names}
    pattern = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, names)) + r")(?!\w)")

    def swap(text: str) -> str:
        return pattern.sub(lambda m: new[m[1]], text)

    # A name that Apertium translated ("Rossi" is "reds") is not there to be replaced.
    def kept(pivot: str) -> bool:
        return all(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", pivot) for name in names)

    pivots = tuple(swap(pivot) if kept(pivot) else "" for pivot in pair.pivots)
    return Pair(swap(pair.source), swap(pair.english), pair.corpus + "+names", pivots)


def listed_names() -> list[str]:
    """Names of many languages, for their letters and their spelling."""
    return (LISTS / "names.txt").read_text(encoding="utf-8").split()


def alike_names() -> frozenset[str]:
    """Common names that English writes as they are: they get no piece of their own in sources, for then nothing is there to copy."""
    return frozenset((LISTS / "alike.txt").read_text(encoding="utf-8").split())


def renamed(pairs: Sequence[Pair], copies: int, seed: int) -> list[Pair]:
    """``copies`` renamed versions of every pair that has names on both sides."""
    found = [(pair, names) for pair in pairs if (names := shared_names(pair))]
    maker = NameMaker([*listed_names(), *(n for _, names in found for n in names)])
    rng = random.Random(seed)
    made = (rename(pair, maker, rng) for pair, _ in found for _ in range(copies))
    return [pair for pair in made if pair is not None]
