"""HTML: the article's text and metadata, by trafilatura, and what else the page shows. The ledger starts at these texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import UnreadableFile
from pipeline.read.page_blocks import blocks, key, outside
from pipeline.records import Field

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# What may stand before a page begins, and what it begins with; a text that begins with another block is a part of a page where
# it ends with a tag, too, as what is exported from an editorial system does.
_LEAD: Final = re.compile(r"\s+|<!--.*?-->|<\?[^>]*>", re.S)
_PAGE: Final = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.I)
_PART: Final = re.compile(
    r"<(?:article|blockquote|div|figure|h[1-6]|header|main|meta|ol|p|section|table|title|ul)(?:\s[^<>]*)?>", re.I
)
_TAG_AT_END: Final = re.compile(r"</?[a-z][a-z0-9-]*\s*/?>\s*\Z", re.I)
_MHTML: Final = re.compile(r"^content-type:\s*multipart/related\b", re.I | re.M)
# Characters in which these are looked for.
_AT_START: Final = 64 * 1024
_AT_END: Final = 4096
_FIELDS: Final = {"title": "title", "date": "date", "sitename": "publisher", "author": "author", "url": "url"}
# A date is what the page says it is: no year of a copyright line or of prose, nothing that depends on today, archives too.
_DATES: Final = {"original_date": True, "extensive_search": False, "min_date": "1600-01-01", "max_date": "2100-01-01"}
_BROKEN: Final = "could not be read as a page ({}): save the article's text instead"
# The headline is among so many paragraphs: a kicker may stand above it.
_TOP: Final = 3
# An article in its paragraphs is this share of the page that was taken for it in one.
_MOST: Final = 0.6
# What stands between a headline and the name of its paper in the title of a page.
_SEPARATOR: Final = re.compile(r"\s+[-–—|·•:»]\s+|\s*\|\s*")
_BELOW_HEAD: Final = re.compile(r"\|(?:-+\|)+")
# Titles that programs give to a page which has none, by their letters.
_NO_TITLES: Final = frozenset(
    (
        "untitled",
        "untitleddocument",
        "untitledpage",
        "newpage1",
        "documentosenzatitolo",
        "documentosintítulo",
        "documentosemtítulo",
        "documentsanstitre",
        "unbenanntesdokument",
    )
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds: its article, one paragraph between blank lines, its metadata, and the blocks that are not in the article."""

    article: str
    fields: tuple[Field, ...]
    outside: tuple[str, ...]


def looks_like_html(text: str, *, parts: bool = True) -> bool:
    """Whether a text begins as an HTML page does, or is a part of one from end to end, whatever its file is called.

    With `parts` false, only whole pages count.
    """
    start = text[:_AT_START]
    at = 0
    while lead := _LEAD.match(start, at):
        at = lead.end()
    if _PAGE.match(start, at):
        return True
    return parts and _PART.match(start, at) is not None and _TAG_AT_END.search(text[-_AT_END:]) is not None


def extract(page: str) -> Page:
    """The article of a page, its title first, the page's metadata, and what else it shows.

    Raises UnreadableFile where there is no article to be found, or the page cannot be read to its end.
    """
    from pipeline.read.page_tree import parse, prepare

    if _MHTML.search(page[:_AT_END]):
        raise UnreadableFile("is a web archive (MHTML): save it as HTML alone, or as plain text, first")
    tree = parse(page)
    found = _metadata(tree)
    prepare(tree)
    paragraphs = [line for line in map(_without_bars, _article(tree).split("\n")) if line]
    if not paragraphs:
        raise UnreadableFile("holds no article that could be told from its page: save the article's text instead")
    if title := _title(found.pop("title", None), paragraphs, tree):
        found = {"title": title} | found
        if title not in paragraphs[:_TOP]:  # it is known from the metadata alone
            paragraphs.insert(0, title)
    fields = (Field(name, found[key], f"html.{key}") for key, name in _FIELDS.items() if key in found)  # type: ignore[arg-type]
    article = "\n\n".join(paragraphs)
    return Page(article, tuple(fields), tuple(outside(blocks(tree), article)))


def _without_bars(line: str) -> str:
    """A line of the article; of a row of a table its cells with a bar between two, as Markdown's become (`| a | b |`); nothing of the
    line below its head (`|---|---|`)."""
    line = line.strip()
    if len(line) < 2 or line[0] != "|" or line[-1] != "|":
        return line
    if _BELOW_HEAD.fullmatch(line):
        return ""
    return " | ".join(cell.strip() for cell in line[1:-1].split("|")).strip()


def _metadata(tree: HtmlElement) -> dict[str, str]:
    """What a page says of itself, by trafilatura's names, white space normalised."""
    from trafilatura import extract_metadata

    found = _asked(extract_metadata, tree, date_config=dict(_DATES)).as_dict()
    return {key: " ".join(str(found[key]).split()) for key in _FIELDS if found.get(key)}


def _article(tree: HtmlElement) -> str:
    """The text of a page's article, a paragraph a line; empty where there is none. The tree stays as it is.

    Of a short article trafilatura makes one line, its byline and all: then what it finds without that is taken, if it is most of it.
    """
    text = _extracted(tree)
    if text and "\n" not in text:
        parts = _extracted(tree, least=0)
        if "\n" in parts and len(parts) >= _MOST * len(text):
            return parts
    return text


def _extracted(tree: HtmlElement, least: int | None = None) -> str:
    """What trafilatura finds; with fewer characters than `least` it takes whatever the page shows, all in one line."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Extractor

    options = Extractor(output_format="python", comments=False)
    options.min_output_size = 0  # then it gives up for faults alone
    if least is not None:
        options.min_extracted_size = least
    document = _asked(bare_extraction, tree, options=options)
    if document is None:
        raise UnreadableFile(_BROKEN.format("trafilatura gives it up"))
    return document.text or ""


def _asked(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What a function of the library gives. Whatever it raises becomes an UnreadableFile: one odd page must not end a run."""
    try:
        return function(*arguments, **named)
    except Exception as error:
        raise UnreadableFile(_BROKEN.format(f"trafilatura: {error!r}")) from error


def _title(title: str | None, paragraphs: Sequence[str], tree: HtmlElement) -> str | None:
    """The headline: a heading at the top of the article that says what the title says, if without the name of the paper."""
    if title is None or key(title) in _NO_TITLES:
        return None
    top = {key(paragraph): paragraph for paragraph in reversed(paragraphs[:_TOP])}
    headings = {key(heading.text_content()) for heading in tree.iter("h1", "h2")}
    heads = [key(title[: end.start()]) for end in _SEPARATOR.finditer(title)]
    same = [key(title), *(head for head in reversed(heads) if head in headings)]
    return next((top[head] for head in same if head in top), title)
