"""The vocabulary of furniture: a block that is made up mostly of words such as “share”, “comments”, “account” is none of the
article, whatever phrase they make. It finds the prompts that no list of phrases foresaw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.clean.folding import bare, fold, tokens

# A stem (an entry that ends in `*`) is looked up by its first letters; shorter ones would meet too many words.
STEM_LETTERS: Final = 3
# Longer blocks are paragraphs, whatever words they are made of; longer lines than the second are headlines.
MAX_WORDS: Final = 45
MAX_LINE_WORDS: Final = 14
# Share of a block's words (function words and numbers apart), words at the least, weight; the first that fits counts.
# Set by hand on the tuning half of benchmarks/cleaning: below half, headlines of the media pages come in.
LINE_STEPS: Final = ((0.99, 2, 0.95), (0.99, 1, 0.6), (0.66, 2, 0.75), (0.5, 2, 0.5))
SENTENCE_STEPS: Final = ((0.7, 3, 0.75), (0.5, 3, 0.5), (0.4, 4, 0.4))
_ARTICLES: Final = ("وال", "بال", "لل", "ال")


class Vocabulary:
    """The furniture words and the function words of each language."""

    def __init__(self) -> None:
        """Begin with no language."""
        self._words: dict[str, set[str]] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._small: dict[str, set[str]] = {}
        self._known: dict[str, frozenset[str]] = {}

    def add(self, language: str, words: Iterable[str], small: Iterable[str]) -> None:
        """Take in a language's words; those that end in `*` are stems. Of “siga-nos” or “today's” the parts that mean
        something are taken."""
        for entry in small:
            for word in tokens(bare(fold(entry))):
                self._small.setdefault(word, set()).add(language)
        for entry in words:
            if entry.endswith("*"):
                stem = fold(entry[:-1])
                self._stems.setdefault(stem[:STEM_LETTERS], []).append((stem, language))
                continue
            parts = tokens(bare(fold(entry)))
            for word in parts if len(parts) == 1 else self.meaning(language, parts):
                self._words.setdefault(word, set()).add(language)

    def meaning(self, language: str, words: Iterable[str]) -> list[str]:
        """The words that mean something: neither function words of the language nor single letters, the “e” of “e-mail”."""
        return [word for word in words if len(word) > 1 and language not in self._small.get(word, ())]

    def weigh(self, words: list[str], sentence: bool) -> Iterator[tuple[str, float, str]]:
        """For each language whose furniture words fill the block: the language, the weight and the words found."""
        content = [word for word in words if word[0].isalpha()]
        if not content or len(content) > (MAX_WORDS if sentence else MAX_LINE_WORDS):
            return
        found: dict[str, list[str]] = {}
        for word in content:
            known_in = self._known.get(word)
            for language in self._languages(word) if known_in is None else known_in:
                found.setdefault(language, []).append(word)
        steps = SENTENCE_STEPS if sentence else LINE_STEPS
        fewest = min(number for _, number, _ in steps)
        for language, known in found.items():
            distinct = len(set(known))
            if distinct < fewest:
                continue
            share = len(known) / max(len(self.meaning(language, content)), 1)
            for least, number, weight in steps:
                if share >= least and distinct >= number:
                    yield language, weight, ", ".join(dict.fromkeys(known))
                    break

    def _languages(self, word: str) -> frozenset[str]:
        """The languages in which a word is furniture; remembered, since texts repeat their words."""
        spellings = [
            word,
            *(word.removeprefix(a) for a in _ARTICLES if word.startswith(a) and len(word) > len(a) + 2),
        ]
        found = set().union(*(self._words.get(spelling, ()) for spelling in spellings))
        for spelling in spellings:
            stems = self._stems.get(spelling[:STEM_LETTERS], ())
            found |= {language for stem, language in stems if spelling.startswith(stem)}
        known = frozenset(found)
        if len(self._known) < 50_000:
            self._known[word] = known
        return known
