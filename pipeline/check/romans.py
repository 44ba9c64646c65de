"""Roman numerals, which may account for a number of the other text: of centuries, popes, phases and articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_WORTH: Final = {"I": 1, "V": 5, "X": 10, "L": 50}
# French writes ordinals onto them: XXIe, Ier.
_NUMERAL: Final = re.compile(r"(?<!\w)(?=([IVXL]+))(?:X{0,3}|XL|L)(?:IX|IV|V?I{0,3})(?:er|re|e|ème)?(?!\w)")
# A letter by itself is one after a word of its sentence: "secolo V", "Juan Carlos I"; "I" begins Italian sentences.
_AFTER_WORD: Final = re.compile(r"[^\W\d_] ")
_CENTURY: Final = re.compile(r"\b(?:secol[oi]|siglos?|siècles?|séculos?|век\w*|centur(?:y|ies))\b|\bsec\.", re.I)


def romans(text: str, language: str) -> Iterator[tuple[int, int, int]]:
    """The places and values of the Roman numerals of a text: those of several letters, and such letters as stand by
    themselves where they can hardly be anything else."""
    century = _CENTURY.search(text) is not None
    for match in _NUMERAL.finditer(text):
        letters = match[1]
        if letters == "L" or (match[0] != letters and language != "fr"):
            continue
        if match[0] in ("I", "V", "X") and not (century or _telling(text, match, language)):
            continue
        values = [_WORTH[letter] for letter in letters]
        yield *match.span(), sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def _telling(text: str, match: re.Match[str], language: str) -> bool:
    """Whether a letter by itself can be a numeral without a century beside it: the English "I" is a pronoun."""
    after_word = _AFTER_WORD.match(text, max(0, match.start() - 2)) is not None
    return after_word and (match[0] != "I" or language != "en")
