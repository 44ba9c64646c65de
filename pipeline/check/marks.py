"""Quotation marks, parentheses and symbols: what surrounds and marks the words must survive them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from pipeline.check.pair import Pair, cited, data, span
from pipeline.records import Flag, Span

_DOUBLE: Final = re.compile(r"[\"«»“”„‟〝〞「」『』]|''|``")
# A single mark at the edge of a word, not an apostrophe: 'quoted', ‘quoted’.
_SINGLE: Final = re.compile(r"(?<!\w)['‘‚‹](?=\w[^'’›]*[\w.,!?][’'›](?!\w))|(?<=[\w.,!?])[’'›](?!\w)")
# Speech that a dash opens, or that is broken off to say who speaks: "-No sé -dijo-. Mañana.", "Non so, - disse." House style
# has made a hyphen of every dash.
_DIALOGUE: Final = re.compile(r"^\s*[-—–]\s?[¿¡]?[^\W\d_]|\s[-—–][¿¡]?[^\W\d_]|[,.!?…]\s[-—–]\s[^\W\d_]")
_BRACKET: Final = re.compile(r"[()\[\]（）]")
_ASIDE: Final = re.compile(r"[(\[（]\s*(sic!?|\.\.\.|…)\s*[)\]）]", re.I)
_TIGHT_INCHES: Final = re.compile(r"(?<=\d)(?:''|\")")


def quotes(pair: Pair) -> Iterator[Flag]:
    """Flag quotation marks that were lost, added or left open."""
    source = _marks(pair.source)
    text = _marks(pair.text)
    if len(source) == len(text) or (_DIALOGUE.search(pair.source) and len(source) < len(text)):
        return
    singles = [span(m) for m in _SINGLE.finditer(pair.text)]
    if len(source) == len(text) + len(singles) or len(source) + len(_singles(pair.source)) == len(text):
        return
    if len(text) % 2 and not len(source) % 2:
        yield Flag("quote-unbalanced", "warning", "a quotation is opened or closed only once", source, text)
    elif len(text) < len(source):
        yield Flag("quote-lost", "warning", "what the source quotes is not all quoted in the English", source, text)
    else:
        yield Flag("quote-added", "warning", "the English quotes what the source does not", source, text)


def brackets(pair: Pair) -> Iterator[Flag]:
    """Flag parentheses that were lost, added or left open, and a lost "(sic)"."""
    source, text = ([span(m) for m in _BRACKET.finditer(t)] for t in (pair.source, pair.text))
    asides = list(_ASIDE.finditer(pair.source))
    lost = [m for m in asides if m[1].lower().rstrip("!") not in _aside_words(pair.text)]
    if lost:
        yield Flag("aside-lost", "warning", f"{cited(m[0] for m in lost)} is lost", tuple(map(span, lost)), tuple(text))
    elif len(source) != len(text):
        message = "a parenthesis is lost" if len(text) < len(source) else "a parenthesis was added"
        yield Flag("bracket-changed", "warning", message, tuple(source), tuple(text))


def symbols(pair: Pair) -> Iterator[Flag]:
    """Flag signs (©, ™, %, currencies) that were lost, and those that came out of nowhere."""
    for name, sign, said in _signs():
        source, text = ([span(m) for m in sign.finditer(t)] for t in (pair.source, pair.text))
        if source and not text and not said.search(pair.text):
            yield Flag("symbol-lost", "warning", f"the sign for {name} is lost", tuple(source))
        elif text and not source and not said.search(pair.source):
            yield Flag("symbol-added", "warning", f"a sign for {name} that the source lacks", (), tuple(text))


@cache
def _signs() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    rows = data("symbols").items()
    return tuple((name, re.compile(row["sign"]), re.compile(row["said"], re.I)) for name, row in rows)


def _marks(text: str) -> tuple[Span, ...]:
    inches = {m.start() for m in _TIGHT_INCHES.finditer(text)} if text.count('"') % 2 else set()
    return tuple(span(m) for m in _DOUBLE.finditer(text) if m.start() not in inches)


def _singles(text: str) -> list[Span]:
    return [span(m) for m in _SINGLE.finditer(text)]


def _aside_words(text: str) -> set[str]:
    return {m[1].lower().rstrip("!").replace("…", "...") for m in _ASIDE.finditer(text)} | {
        "…" for m in _ASIDE.finditer(text) if m[1] in ("...", "…")
    }
