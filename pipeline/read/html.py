"""HTML: the article's text and metadata, by trafilatura. The ledger starts at the extracted text."""

from __future__ import annotations

import re
from typing import Final

from pipeline.errors import UnreadableFile
from pipeline.records import Field

_HTML_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_FIELDS: Final = {"title": "title", "date": "date", "sitename": "publisher", "author": "author", "url": "url"}


def looks_like_html(text: str) -> bool:
    """Whether a text begins as an HTML page does, whatever its file is called."""
    return _HTML_START.match(text[:4096]) is not None


def extract(page: str) -> tuple[str, tuple[Field, ...]]:
    """The text of a page's article, one paragraph between blank lines, its title first; and the page's metadata.

    Raises UnreadableFile where there is no article to be found.
    """
    import trafilatura

    document = trafilatura.bare_extraction(
        page,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        favor_precision=False,
        deduplicate=False,
    )
    if document is None or not (document.text or "").strip():
        raise UnreadableFile("holds no article that could be told from its page: save the article's text instead")
    found = document.as_dict()
    fields = tuple(
        Field(name, " ".join(str(found[key]).split()), f"html.{key}")  # type: ignore[arg-type]
        for key, name in _FIELDS.items()
        if found.get(key)
    )
    paragraphs = [line.strip() for line in document.text.split("\n") if line.strip()]
    title = next((field.value for field in fields if field.name == "title"), None)
    # The heading may stand below a kicker in the text itself; else it is known from the metadata alone.
    if title and title not in paragraphs[:3]:
        paragraphs.insert(0, title)
    return "\n\n".join(paragraphs), fields
