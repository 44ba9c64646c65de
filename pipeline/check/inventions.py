"""Known inventions: phrases that a model says where it knows nothing, such as the credits of subtitles. Data file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from pipeline.check.pair import Pair, cited, data, span
from pipeline.records import Flag

# A segment that says little else than a phrase: so many characters at most come after it, names of translators and the like.
MOST_AFTER: Final = 40


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    entries = data("hallucinations")["phrase"]
    texts = (rf"^\W*(?:{e['text']})(?=.{{0,{MOST_AFTER}}}$)" if e.get("alone") else e["text"] for e in entries)
    return tuple((re.compile(t, re.I), re.compile(e["source"], re.I)) for t, e in zip(texts, entries, strict=True))


def inventions(pair: Pair) -> Iterator[Flag]:
    """Flag a phrase that models are known to invent, where nothing in the source would give it; one that prose may say as well
    only where it is nearly the whole segment."""
    for text, source in _phrases():
        found = list(text.finditer(pair.text))
        if found and not source.search(pair.source) and not text.search(pair.source):
            message = f"{cited(m[0] for m in found)} is something that models say out of nowhere"
            yield Flag("invention", "error", message, (), tuple(map(span, found)))
