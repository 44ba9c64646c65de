"""Single words as training text: they keep rare words in step with a network that moves on.

A word that the parallel text lacks keeps the embedding that it started with, while the encoder changes around it; after
some hours the two no longer fit. So the whole lexicon is trained on, a few words to a line, at a small weight.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from .corpus import Pair
from .student import native_engine

# Words a line: enough to be worth a row of a batch, few enough that each is still looked at.
FEWEST, MOST = 3, 7


def to_english(words: Sequence[str]) -> list[str]:
    """Portuguese words or phrases in English, by the package's own engine."""
    engine = native_engine("pten")
    return [str(engine.translate(word)).strip() for word in words]


def english_lexicon(lexicon: Mapping[str, str]) -> dict[str, str]:
    """Word → English through Portuguese; words that come back unchanged or as a phrase are left out."""
    portuguese = sorted(set(lexicon.values()))
    english = dict(zip(portuguese, to_english(portuguese), strict=True))
    found: dict[str, str] = {}
    for word, middle in lexicon.items():
        text = english[middle].rstrip(".")
        if text and len(text.split()) <= 3 and text.lower() not in (middle.lower(), word.lower()):
            found[word] = text[:1].lower() + text[1:] if word.islower() else text
    return found


def write_dictionary(lexicon: Mapping[str, str], gloss: Mapping[str, str], path: Path) -> int:
    """Write a pair file of corpus ``lexicon``, hand-made English first; returns how many words it has."""
    found = {**english_lexicon(lexicon), **gloss}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{w}\t{e}\tlexicon\n" for w, e in found.items()), encoding="utf-8")
    return len(found)


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
