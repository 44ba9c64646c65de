"""How cues and repeated blocks compare text: case, accents and spelling variants folded away.

`fold` keeps the length, so that what a pattern finds in folded text has the same place in the block; `bare` also drops
marks and the punctuation around it, so that a phrase meets all its spellings.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pipeline.scripts import UNSPACED

# Letters that Unicode does not decompose, or that newspapers in one language write in two ways.
_VARIANTS: Final = {"ı": "i", "İ": "i", "ł": "l", "ø": "o", "đ": "d", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه"}
_MARKS: Final = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u200c\u200d]")
# Words, digits joined; each other sign alone. Where no spaces are set, characters are taken in pairs.
_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]+")


class _Folding(dict[int, str]):
    """The table of `str.translate`, filled in as characters are met; at most one entry for each code point."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        lower = _VARIANTS.get(character) or character.casefold()
        base = unicodedata.normalize("NFD", lower)[:1]
        base = _VARIANTS.get(base, base) if len(lower) == 1 else character.lower()[:1]
        self[code] = base or character
        return self[code]


_FOLDING: Final = _Folding()


def fold(text: str) -> str:
    """The text without case and accents, character for character.

    >>> fold("À LIRE Aussi: Łódź")
    'a lire aussi: lodz'
    """
    return text.lower() if text.isascii() else text.translate(_FOLDING)


def bare(folded: str) -> str:
    """Folded text without marks of its own and without the punctuation around it.

    >>> bare(fold("¡Síguenos!"))
    'siguenos'
    """
    text = unmarked(folded)
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


def unmarked(folded: str) -> str:
    """Folded text without vowel signs and joiners.

    >>> unmarked("أيضًا") == unmarked("أيضا")
    True
    """
    return folded if folded.isascii() else _MARKS.sub("", folded)


def tokens(folded: str) -> list[str]:
    """The words, numbers and signs of folded text; runs without spaces as overlapping pairs of characters.

    >>> tokens("read more: 3 <分享到>")
    ['read', 'more', ':', '3', '<', '分享', '享到', '>']
    """
    if folded.isascii():
        return _TOKEN.findall(folded)
    found: list[str] = []
    for token in _TOKEN.findall(unmarked(folded)):
        if token[0] >= "\u0e00" and len(token) > 2 and _UNSPACED.fullmatch(token):
            found += (token[i : i + 2] for i in range(len(token) - 1))
        else:
            found.append(token)
    return found
