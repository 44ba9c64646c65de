"""The cleaners that are measured: text of a page in, text of its article out."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Final


def monoglot(text: str) -> str:
    """This project's cleaning, at its default level."""
    from pipeline.clean import clean
    from pipeline.read import read_document
    from pipeline.records import Document
    from pipeline.settings import Settings

    document: Document = read_document("page.txt", text.encode("utf-8"))
    return clean(document, Settings()).source


def trafilatura(text: str) -> str:
    """trafilatura on the same blocks as paragraphs of an HTML page: without classes and links it has less to go by."""
    import trafilatura as library

    return library.extract(_page(text), include_comments=False, include_tables=True) or ""


def justext(text: str) -> str:
    """jusText on the same page, with the stop words of all its languages, since it is not told which one it reads."""
    import justext as library

    stop_words = frozenset(word for name in library.get_stoplists() for word in library.get_stoplist(name))
    paragraphs = library.justext(_page(text).encode("utf-8"), stop_words)
    return "\n\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def _page(text: str) -> str:
    blocks = "\n".join(f"<p>{html.escape(block)}</p>" for block in text.strip().split("\n\n"))
    return f"<!doctype html><html><head><title>Page</title></head><body><div>\n{blocks}\n</div></body></html>"


CLEANERS: Final[dict[str, Callable[[str], str]]] = {
    "monoglot": monoglot,
    "trafilatura": trafilatura,
    "justext": justext,
}
