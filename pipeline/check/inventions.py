"""Known inventions: phrases that a model says where it knows nothing, such as the credits of subtitles. Data file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.check.pair import Pair, cited, data, span
from pipeline.records import Flag


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    entries = data("hallucinations")["phrase"]
    return tuple((re.compile(e["text"], re.I), re.compile(e["source"], re.I)) for e in entries)


def inventions(pair: Pair) -> Iterator[Flag]:
    """Flag a phrase that models are known to invent, where nothing in the source would give it."""
    for text, source in _phrases():
        found = list(text.finditer(pair.text))
        if found and not source.search(pair.source) and not text.search(pair.source):
            message = f"{cited(m[0] for m in found)} is something that models say out of nowhere"
            yield Flag("invention", "error", message, (), tuple(map(span, found)))
