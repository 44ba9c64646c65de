"""English for its own sake: the examples and definitions of WordNet, from Debian's package ``wordnet-base``.

No other free text that a package registry has holds so many of the words of English, each where it belongs. Translated back, it
teaches what the written pairs have no room for: "caliphate", "muckraking", "wrench".
"""

from __future__ import annotations

import random
import re
from pathlib import Path

from .config import RecipeError

PLACE = Path("/usr/share/wordnet")
# Words of an example and of a definition.
EXAMPLE_WORDS, DEFINITION_WORDS = (5, 40), (5, 30)
# Zipf frequency (log10 of occurrences in 10^9 words) of the rarest word of a defined term: rarer ones are left out.
COMMONEST_FROM = 2.6
# Share of the examples that are dressed as sentences, with a capital and a full stop; WordNet writes them as phrases.
DRESSED = 0.7
_QUOTED = re.compile(r'"([^"]+)"')
_EXAMPLES = re.compile(r'\s*;?\s*(?:as in\s*)?"[^"]*"(?:-\s*[^;]+)?')


def _dressed(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else text + "."


def _fits(text: str, words: tuple[int, int]) -> bool:
    return words[0] <= len(text.split()) <= words[1] and "`" not in text and "..." not in text


def sentences(seed: int, place: Path = PLACE) -> list[str]:
    """Examples of all synsets, and "term: definition" of the nouns whose terms are not rare, in random order.

    Raises:
        RecipeError: WordNet is not installed.
    """
    from wordfreq import zipf_frequency

    def commonness(term: str) -> float:
        return float(min(zipf_frequency(word, "en") for word in term.split()))

    examples: dict[str, None] = {}
    definitions: dict[str, None] = {}
    for kind in ("noun", "verb", "adj", "adv"):
        path = place / f"data.{kind}"
        if not path.exists():
            raise RecipeError(f"{path}: not there. Get it with: apt-get install wordnet-base")
        # The layout is that of wndb(5WN): the licence is indented; then fields, terms with a number each, "|", the gloss.
        for line in path.read_text(encoding="latin-1").splitlines():
            if line.startswith("  "):
                continue
            head, _, gloss = line.partition(" | ")
            fields = head.split()
            terms = [term.partition("(")[0].replace("_", " ") for term in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
            found = (text.strip() for text in _QUOTED.findall(gloss))
            examples |= dict.fromkeys(text for text in found if _fits(text, EXAMPLE_WORDS))
            definition = _EXAMPLES.sub("", gloss).strip("; ")
            term = max(terms, key=commonness)
            if kind == "noun" and _fits(definition, DEFINITION_WORDS) and commonness(term) >= COMMONEST_FROM:
                definitions[f"{term}: {definition}"] = None
    rng = random.Random(seed)
    lines = [_dressed(text) if rng.random() < DRESSED else text for text in examples] + list(definitions)
    rng.shuffle(lines)
    return lines
