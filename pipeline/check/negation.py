"""Negation: a lost or gained "not" turns a report into its opposite. Data: negation.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.check.pair import Pair, cited, data, span
from pipeline.records import Flag


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]] | None:
    """What negates in a language, what only looks so, and what may stand for a negation of the other text."""
    entry = data("negation").get(language)
    if entry is None:
        return None
    plain, soft = entry["plain"], entry["soft"]
    return (
        re.compile(plain, re.I),
        re.compile(entry.get("idle") or "(?!)", re.I),
        re.compile(f"{plain}|{soft}", re.I),
    )


def negation(pair: Pair) -> Iterator[Flag]:
    """Flag a negation that has no counterpart at all on the other side."""
    source, text = _patterns(pair.language), _patterns("en")
    if source is None or text is None:
        return
    there, here = (_found(p, t) for p, t in ((source, pair.source), (text, pair.text)))
    if there and not here and not text[2].search(pair.text):
        yield Flag(
            "negation-lost", "error", f"{cited(m[0] for m in there)} has no counterpart", tuple(map(span, there))
        )
    elif here and not there and not source[2].search(pair.source):
        message = f"{cited(m[0] for m in here)} negates what the source does not"
        yield Flag("negation-added", "error", message, (), tuple(map(span, here)))


def _found(patterns: tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]], text: str) -> list[re.Match[str]]:
    plain, idle, _ = patterns
    taken = [m.span() for m in idle.finditer(text)]
    return [m for m in plain.finditer(text) if not any(s <= m.start() < e for s, e in taken)]
