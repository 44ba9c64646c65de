"""What is left alone where a person says so: the names that `--keep` takes, and which of them hold for a change.

A name is a rule (`style.dash`), a kind of boilerplate (`byline`), or a family: `ftfy.*` is every rule that begins with `ftfy.`.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Final

from pipeline.clean.characters import RULES
from pipeline.records import MARKDOWN, OUTSIDE

_REPAIRS: Final = [
    "unicode.nfc",
    "unicode.joiner",
    "style.dash",
    "layout.column",
    "layout.edge",
    "layout.paragraph",
    "layout.space",
    "layout.unhyphenate",
    "layout.unwrap",
    OUTSIDE,
    *MARKDOWN,
]
# What place, shape and repetition can be evidence with, and the judgement by itself.
_SURROUNDINGS: Final = [
    "shape.above-menu",
    "shape.author-again",
    "shape.beside",
    "shape.biography",
    "shape.biography-line",
    "shape.capitals",
    "shape.clock-line",
    "shape.count",
    "shape.date-line",
    "shape.end",
    "shape.ended",
    "shape.kicker",
    "shape.kicker-line",
    "shape.last-label",
    "shape.link",
    "shape.menu",
    "shape.name",
    "shape.name-place",
    "shape.notice",
    "shape.office",
    "shape.path",
    "shape.people",
    "shape.people-place",
    "shape.reachable",
    "shape.remnant",
    "shape.repeated",
    "shape.run",
    "shape.tail",
    "shape.ticker",
    "shape.title-again",
    "shape.unfinished",
    "shape.within-head",
    "corpus.repeated",
    "corpus.nearly-repeated",
    "context",
    "paper-credit",
]
# The kinds that no cue has.
_KINDS: Final = ("duplicate", "repeated", "furniture")
_FTFY: Final = "ftfy."


def kept(keep: frozenset[str], *names: str) -> bool:
    """Whether one of the names that a change has is to be kept, by itself or with its family.

    >>> kept(frozenset(["ftfy.*"]), "ftfy.latin-1+utf-8"), kept(frozenset(["byline"]), "byline", "en.credit")
    (True, True)
    """
    return bool(keep) and any(name in keep or _family(name) in keep for name in names)


def unknown(keep: Iterable[str]) -> list[str]:
    """Those names that no change can have.

    >>> unknown(["style.dash", "ftfy.*", "bylines", "stile.dash"])
    ['bylines', 'stile.dash']
    """
    return [name for name in keep if name not in _names() and not _is_of_ftfy(name)]


def nearest(name: str) -> list[str]:
    """Up to three names that are like one that is the name of nothing, the most alike first.

    >>> nearest("stile.dash"), nearest("dash"), nearest("qqq")
    (['style.dash'], ['style.dash'], [])
    """
    known = sorted(_names())
    holding = [rule for rule in known if name.lower() in rule.split(".")]
    return sorted(holding, key=len)[:3] or get_close_matches(name.lower(), known, cutoff=0.75)


@cache
def _names() -> frozenset[str]:
    from pipeline.clean.cues import cue_book

    names = {*(rule.rule for rule in RULES), *_REPAIRS, *_SURROUNDINGS, *_KINDS, *cue_book().names}
    return frozenset(names | {_family(name) for name in names if "." in name} | {_family(_FTFY)})


def _is_of_ftfy(name: str) -> bool:
    """Whether a rule is one of ftfy's, whose name is made of the steps that it took in a line."""
    from pipeline.clean.unicode import FTFY_STEPS

    return name.startswith(_FTFY) and FTFY_STEPS.issuperset(name.removeprefix(_FTFY).split("+"))


def _family(name: str) -> str:
    return f"{name.partition('.')[0]}.*"
