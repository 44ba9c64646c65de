"""Length: a translation far shorter than its source has lost words, one far longer has invented some. Data: lengths.toml."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.check.pair import Pair, data
from pipeline.records import Flag, Span


def length(pair: Pair) -> Iterator[Flag]:
    """Flag an English segment whose length is outside what is seen in faithful translations of that length."""
    low, high = bounds(len(pair.source), pair.language)
    ratio = len(pair.text) / max(1, len(pair.source))
    whole = (Span(0, len(pair.source)),), (Span(0, len(pair.text)),)
    if ratio < low:
        yield Flag("too-short", "error", f"{ratio:.0%} of the source's length: words may be missing", *whole)
    elif ratio > high:
        yield Flag("too-long", "error", f"{ratio:.0%} of the source's length: words may be invented", *whole)


def bounds(characters: int, language: str) -> tuple[float, float]:
    """The least and greatest ratio of lengths, English to source, for a source of so many characters."""
    table = data("lengths")
    low, high = next((row["low"], row["high"]) for row in table["range"] if characters < row["below"])
    usual = table["usual"].get(language)
    if language in table["learned"]:
        return low, high
    slack = table["slack"]
    return low * (usual or 1.0) / slack, high * (usual or table["unknown"]) * slack
