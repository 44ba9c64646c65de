"""A dictionary as training text, a few words to a line: it keeps rare words in step with a network that moves on.

A word that the parallel text lacks keeps the embedding that it started with, while the encoder changes around it; after
some hours the two no longer fit.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from .corpus import Pair

# Words a line: enough to be worth a row of a batch, few enough that each is still looked at.
FEWEST, MOST = 3, 7


def word_lists(pairs: Sequence[Pair], copies: int, seed: int) -> list[Pair]:
    """Lines of several dictionary words, each word in ``copies`` of them; the corpus is NAME+lists.

    >>> words = [Pair("cane", "dog", "d"), Pair("gatto", "cat", "d"), Pair("topo", "mouse", "d")]
    >>> sorted(word_lists(words, 1, 0)[0].english.split(", "))
    ['cat', 'dog', 'mouse']
    """
    rng = random.Random(seed)
    made: list[Pair] = []
    for _ in range(copies):
        order = list(pairs)
        rng.shuffle(order)
        while order:
            some = [order.pop() for _ in range(min(len(order), rng.randint(FEWEST, MOST)))]
            source, english = ", ".join(p.source for p in some), ", ".join(p.english for p in some)
            made.append(Pair(source, english, f"{some[0].corpus}+lists"))
    return made
