"""A page as a tree: parsed to its end, and put into the shape that trafilatura reads without loss.

trafilatura knows elements by their names: it drops some wherever they stand, and takes others for no paragraphs. `prepare`
gives such elements the name of what they are in their place; words are neither added nor lost by it, but for the marks of `q`,
what no reader sees, and an article that a page has as data alone.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from lxml.etree import ParserError, SubElement, XPath
from lxml.html import HtmlElement, HTMLParser, document_fromstring, fragment_fromstring

from pipeline.errors import UnreadableFile
from pipeline.read.page_blocks import INLINE, blocks

# Pictures and fonts within a page, a line of them at a time: 12 MB of them took trafilatura 28 s.
_DATA_URI: Final = re.compile(r"data:[\w.+/-]{1,100}(?:;[\w=-]{1,100})*,(?:[A-Za-z0-9+/=%]{60,}\s*)+")
_NOT_IN_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")
# How stylesheets that many sites use call what is there for screen readers alone, or for nobody.
_UNSEEN: Final = frozenset(("sr-only", "visually-hidden", "screen-reader-text", "d-none"))
_UNSEEN_STYLE: Final = re.compile(r"display\s*:\s*none\b", re.I)
_BLOCK_STYLE: Final = re.compile(r"display\s*:\s*block\b", re.I)
# Bootstrap's `d-none d-md-block` is seen on all but small screens.
_SEEN_AGAIN: Final = re.compile(r"d-(?:sm|md|lg|xl|xxl)-(?!none)")
# A cell of data has fewer characters: it is a part of a layout.
_MAX_CELL: Final = 300
# What is in an article that has it announces another one: a heading that leads elsewhere.
_HEADING: Final = "*[self::h2 or self::h3 or self::h4]"
_AWAY: Final = "a[@href and not(starts-with(@href, '#'))]"
_TEASER: Final = XPath(f"boolean(.//{_HEADING}[.//{_AWAY}] | .//{_AWAY}[.//{_HEADING}])")
_MARKUP: Final = re.compile(r"<(?:p|br|div)\b", re.I)


def parse(page: str) -> HtmlElement:
    """The tree of a page. Raises UnreadableFile where it holds nothing, or the parser gives up before its end."""
    page = _NOT_IN_XML.sub("", _DATA_URI.sub("data:,", page))
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    try:
        tree = document_fromstring(page.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except ParserError as error:  # there is no element in it, and no word
        raise UnreadableFile("is an empty page: leave it out") from error
    if fatal := next((entry for entry in parser.error_log if entry.level_name == "FATAL"), None):
        reason = fatal.message.strip().partition(", use")[0].lower()
        raise UnreadableFile(f"cannot be read to its end ({reason}): save the article's text instead")
    return tree


def prepare(tree: HtmlElement) -> None:
    """Put a tree into the shape that trafilatura reads without loss. The tree is changed."""
    for step in _STEPS:
        step(tree)


def _names(tree: HtmlElement) -> None:
    """Make spans of elements whose names none can be made of again, such as `o:p`: trafilatura gives the whole page up."""
    for element in tree.iter("*"):
        if not _NAME.fullmatch(element.tag):
            element.tag = "span"


def _unseen(tree: HtmlElement) -> None:
    """Take out what no reader of the page sees."""
    for element in list(tree.iter("*")):
        if element.tag not in ("html", "head", "body") and _is_unseen(element):
            element.drop_tree()


def _is_unseen(element: HtmlElement) -> bool:
    if element.tag == "template" or _UNSEEN_STYLE.search(element.get("style", "")):
        return True
    if element.get("hidden", "until-found").lower() != "until-found":
        return True
    names = element.get("class", "").split()
    return not _UNSEEN.isdisjoint(names) and not any(map(_SEEN_AGAIN.match, names))


def _struck(tree: HtmlElement) -> None:
    """Set aside what is struck out, and the numbers of notes: they are no part of the sentence that they stand in."""
    for element in tree.iter("del", "sup"):
        if element.tag == "del" or any(link.get("href", "").startswith("#") for link in element.iterchildren("a")):
            element.tag = "aside"


def _inline(tree: HtmlElement) -> None:
    """Keep words that stand in a sentence as one of the elements that trafilatura drops (`time`) or breaks at (`q`)."""
    for element in tree.iter("time", "label", "output", "blink", "q"):
        if _is_within_words(element) or (element.tag == "q" and element.getparent().tag == "p"):
            if element.tag == "q":
                element.text = "“" + (element.text or "")
                element.tail = "”" + (element.tail or "")
            element.tag = "span"


def _is_within_words(element: HtmlElement) -> bool:
    """Whether there are words beside an element, in the same parent."""
    parent, before = element.getparent(), element.getprevious()
    lead = parent.text if before is None else before.tail
    return bool((lead or "").strip() or (element.tail or "").strip())


def _paragraphs(tree: HtmlElement) -> None:
    """Make paragraphs of bare words in elements that hold them and are none by their name: they are lost else, or joined."""
    for element in list(tree.iter("*")):
        custom = "-" in element.tag and not _is_within_words(element)
        block = element.tag == "span" and _BLOCK_STYLE.search(element.get("style", ""))
        named = element.tag in ("section", "center", "details", "summary")
        if (named or custom or block) and _has_bare_words(element):
            _wrap(element)


def _has_bare_words(element: HtmlElement) -> bool:
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _wrap(element: HtmlElement) -> None:
    """Make an element one paragraph, or where it has blocks in it, each line of bare words between them."""
    if all(map(_is_in_line, element)):
        element.tag = "p"
        return
    element.tag = "div"
    lead = element.makeelement("p")
    lead.text, element.text = element.text, None
    element.insert(0, lead)
    line = lead
    for child in element[1:]:
        if _is_in_line(child):
            line.append(child)  # its tail goes with it
        else:
            line = element.makeelement("p")
            line.text, child.tail = child.tail, None
            child.addnext(line)


def _is_in_line(element: HtmlElement) -> bool:
    return element.tag in INLINE or element.tag == "br"


def _layout_tables(tree: HtmlElement) -> None:
    """Undo tables that lay out a page: no heading cells, and one column, or a cell that holds what no cell of data does."""
    for table in list(tree.iter("table")):
        own = list(_own(table))
        rows = [[cell for cell in part if cell.tag in ("td", "th")] for part in own if part.tag == "tr"]
        cells = [cell for row in rows for cell in row]
        if any(cell.tag == "th" for cell in cells):
            continue
        if all(len(row) < 2 for row in rows) or any(map(_is_layout, cells)):
            for element in (table, *own):
                element.tag = "div"


def _own(table: HtmlElement) -> Iterator[HtmlElement]:
    """The rows, cells and groups of rows of a table, those of tables within it left out."""
    for part in table.iterchildren("thead", "tbody", "tfoot", "tr"):
        yield part
        yield from part
        yield from (cell for row in part.iterchildren("tr") for cell in row)


def _is_layout(cell: HtmlElement) -> bool:
    """Whether a cell has a table, a heading, several paragraphs or so many words in it."""
    return (
        any(True for _ in cell.iterdescendants("table", "h1", "h2", "h3"))
        or len(cell.findall("p")) > 1
        or any((after := line.getnext()) is not None and after.tag == "br" for line in cell.iterchildren("br"))
        or len(" ".join(cell.text_content().split())) > _MAX_CELL
    )


def _parts(tree: HtmlElement) -> None:
    """Have the parts of one article, each an `article` by name, be one: of several, trafilatura may take the first alone.

    Parts stand side by side, and one of them at most has a headline (`h1`). Teasers of other articles, and comments, are none.
    """
    for parent in {part.getparent(): None for part in list(tree.iter("article"))}:
        if parent is None or parent.tag not in ("div", "main", "section", "body") or _is_of_article(parent):
            continue
        parts = [part for part in parent.iterchildren("article") if not _TEASER(part)]
        if len(parts) > 1 and sum(part.find(".//h1") is not None for part in parts) < 2:
            for part in parts:
                part.tag = "div"
            if parent.tag != "body":
                parent.tag = "article"


def _is_of_article(element: HtmlElement) -> bool:
    """Whether an element is within an article, or holds comments on one."""
    named = f"{element.get('class', '')} {element.get('id', '')}".lower()
    return "comment" in named or next(element.iterancestors("article"), None) is not None


def _data_article(tree: HtmlElement) -> None:
    """Put an article that a page has as data (JSON-LD, https://schema.org/articleBody) and does not show into its body."""
    found = [body for script in tree.iter("script") if _is_json_ld(script) for body in _bodies(script.text)]
    body = max(found, key=len, default="")
    if found and len(body) > sum(map(len, blocks(tree))):
        article = tree.makeelement("article")
        for paragraph in filter(None, map(str.strip, body.split("\n"))):
            SubElement(article, "p").text = _NOT_IN_XML.sub("", paragraph)
        tree.find("body").insert(0, article)


def _is_json_ld(script: HtmlElement) -> bool:
    return "ld+json" in script.get("type", "").lower() and "articleBody" in (script.text or "")


def _bodies(data: str) -> Iterator[str]:
    """The article bodies in JSON-LD, their markup undone."""
    try:
        pending: list[Any] = [json.loads(data, strict=False)]
    except (ValueError, RecursionError):
        return  # what the page shows is then all there is
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            body = item.get("articleBody")
            if isinstance(body, str):
                yield _plain(body)
            pending += item.values()
        elif isinstance(item, list):
            pending += item


def _plain(body: str) -> str:
    """The words of a body in which markup may stand, a paragraph a line."""
    text = body.encode("utf-8", "replace").decode("utf-8")  # JSON can hold half of a surrogate pair
    return "\n".join(blocks(fragment_fromstring(text, "div"))) if _MARKUP.search(text) else html.unescape(text)


_STEPS: Final[tuple[Callable[[HtmlElement], None], ...]] = (
    _names,
    _unseen,
    _data_article,
    _struck,
    _inline,
    _paragraphs,
    _layout_tables,
    _parts,
)
