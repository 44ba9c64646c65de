"""What is put back into a hypothesis without asking a model again: addresses letter by letter, and one wrong figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pipeline.check import with_figure
from pipeline.check.addresses import ADDRESS

# What ends a sentence or a clause, and not an address.
_AFTER: Final = ".,;:!?'’…"


def with_addresses(source: str, text: str, language: str = "und") -> str | None:  # noqa: ARG001 (a restorer like the other)
    """The English with the addresses of the source in the places of those that the model made of them; None where it is not
    clear which is which: there have to be as many of them, of the same kinds in the same order.

    >>> with_addresses("La web elpais.com publicó la noticia.", "The web opais.com published the news.")
    'The web elpais.com published the news.'
    """
    there, here = (list(ADDRESS.finditer(side)) for side in (source, text))
    said, given = text.casefold(), source.casefold()
    lost = [_bare(m[0]) for m in there if _bare(m[0]).casefold() not in said]
    added = [m for m in here if _bare(m[0]).casefold() not in given]
    if not lost or list(map(_kind, lost)) != [_kind(m[0]) for m in added]:
        return None
    for address, match in reversed(list(zip(lost, added, strict=True))):
        text = text[: match.start()] + address + text[match.start() + len(_bare(match[0])) :]
    return text


def _bare(address: str) -> str:
    return address.rstrip(_AFTER)


def _kind(address: str) -> str:
    """A handle, a hashtag, an e-mail address, or an address of a page."""
    if address[0] in "@#":
        return address[0]
    return "mail" if "@" in address else "page"


# By the name that an attempt has of it in the record: (source, English, language of the source) to the English, or None.
RESTORERS: Final[Mapping[str, Callable[[str, str, str], str | None]]] = {
    "address": with_addresses,
    "figure": with_figure,
}
