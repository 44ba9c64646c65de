"""Length: a translation far shorter than its source has lost words, one far longer has invented some. Data: lengths.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.check.pair import Pair, data, words_of
from pipeline.records import Flag, Span

_PLAIN: Final = re.compile(r"[A-Za-z\d]")


def length(pair: Pair) -> Iterator[Flag]:
    """Flag an English segment whose length is outside what is seen in faithful translations of that length."""
    characters = _characters(pair)
    low, high = bounds(characters, pair.language)
    ratio = len(pair.text) / max(1, characters)
    whole = (Span(0, len(pair.source)),), (Span(0, len(pair.text)),)
    if ratio < low:
        yield Flag("too-short", "error", f"{ratio:.0%} of the source's length: words may be missing", *whole)
    elif ratio > high:
        yield Flag("too-long", "error", f"{ratio:.0%} of the source's length: words may be invented", *whole)


def _characters(pair: Pair) -> float:
    """The length of the source in letters of its script; a Latin letter counts as one of the English, not as a sign."""
    if pair.language not in words_of("languages", "joined"):
        return len(pair.source)
    plain = len(_PLAIN.findall(pair.source))
    return len(pair.source) - plain + plain / float(data("lengths")["usual"].get(pair.language, 1.0))


def bounds(characters: float, language: str) -> tuple[float, float]:
    """The least and greatest ratio of lengths, English to source, for a source of so many characters."""
    table = data("lengths")
    low, high = next((row["low"], row["high"]) for row in table["range"] if characters < row["below"])
    usual = table["usual"].get(language)
    if language in table["learned"]:
        return low, high
    slack = table["slack"]
    return low * (usual or 1.0) / slack, high * (usual or table["unknown"]) * slack
