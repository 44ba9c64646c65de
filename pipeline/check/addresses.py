"""Addresses: URLs, e-mail addresses, handles and hashtags have to come through letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.check.pair import Pair, cited, span
from pipeline.records import Flag

ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"«»“”()\[\]]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w@/.])[@#][^\W\d]\w+"
    r"|(?<![\w@/.-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?-i:com|org|net|info|eu|it|es|fr|de|pt|uk|gov|edu|example)\b(?:/[^\s<>\"«»“”()]*)?",
    re.I,
)


def addresses(pair: Pair) -> Iterator[Flag]:
    """Flag addresses that were lost or changed, and those that the source does not have."""
    source, text = (list(ADDRESS.finditer(t)) for t in (pair.source, pair.text))
    there, here = ({_plain(m[0]) for m in found} for found in (source, text))
    lost = [m for m in source if _plain(m[0]) not in here and _plain(m[0]) not in pair.text.casefold()]
    added = [m for m in text if _plain(m[0]) not in there and _plain(m[0]) not in pair.source.casefold()]
    if lost:
        verb = "was changed" if added else "is lost"
        message = f"{cited(m[0] for m in lost)} {verb}"
        yield Flag("address-changed", "error", message, tuple(map(span, lost)), tuple(map(span, added)))
    elif added:
        message = f"{cited(m[0] for m in added)} is not in the source"
        yield Flag("address-added", "error", message, (), tuple(map(span, added)))


def _plain(address: str) -> str:
    return address.casefold().rstrip(".,;:!?'’…")
