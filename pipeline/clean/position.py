"""Evidence from the two ends of a page: what stands between title and prose, and what follows when the article has ended.

Publishers' furniture there comes in runs of short lines. Each line alone says little; that its neighbours are furniture, that
it is a date or a count, or that it says the title again, says enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.cues import cue_book
from pipeline.clean.folding import bare, fold, tokens
from pipeline.clean.page import (
    ITEM,
    MAX_MENU_WORDS,
    MAX_NUMBERS,
    MIN_TITLE_WORDS,
    NUMBER,
    PATH,
    Item,
    Page,
    is_menu_like,
    is_statement,
)

# Weights, set by hand on the tuning half of benchmarks/cleaning: alone or with one hint enough at the standard level.
DATE_LINE: Final = 0.9
COUNT_LINE: Final = 0.9
TAIL_LINE: Final = 0.9
RUN_LINE: Final = 0.9
MAX_TAIL_WORDS: Final = 18
MAX_DATE_WORDS: Final = 14
MAX_OFFICE_WORDS: Final = 5
MAX_REACH_WORDS: Final = 16
# A number with more digits than a date has is one to call.
MAX_DATE_DIGITS: Final = 8
MIN_RUN: Final = 3
# A ticker has so many words to a figure at the most: “DAX 21.902 +1,5%”, “Heute in Hainfeld: 18° / 9°”.
MAX_TICKER_WORDS: Final = 3
MIN_MENU: Final = 2
HEAD_LINE: Final = 0.9
MAX_HEAD_WORDS: Final = 4
MAX_NAMED_WORDS: Final = 7
_HEAD_KINDS: Final = frozenset(("byline", "timestamp", "share", "comment", "app", "subscribe", "newsletter"))
# Longer lines, in characters, are none: the patterns below need not be linear.
MAX_LINE: Final = 250
_COUNT: Final = re.compile(
    r"\d{1,6}|\W{0,3}\d[\d.,  ]{0,9}[kKmM+]? ?[^\W\d_]{2,16}(?: [^\W\d_]{2,12})?\W{0,2}|[^\W\d_]{2,16}\W{1,3}\d[\d.,]{0,9}\W{0,2}"
)
_FIGURE: Final = re.compile(
    r"(?<![\d.,:])(?:[-+]?\d{1,7}(?:[.,]\d{1,4}){0,2} ?[%°](?! ?[^\W\d]{2})|\d{1,7}(?:[.,]\d{1,4}){1,2})(?![\d:])"
)
# “Rana Halabi - Sidon”, “Redaktion, Kassel”: a name and what it belongs to.
_SEPARATED: Final = re.compile(r" [-|/·•] |, ")
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_CLOCK: Final = re.compile(r"\b\d{1,2}[:.h]\d{2}\b")
_YEAR: Final = re.compile(r"(?:19|20)\d\d|1[34]\d\d|[۱۲٠-٩]{4}|[۰-۹]{4}")
_WORD: Final = r"[^\W\d_a-zа-я][\w'’.-]*"
_ONE_NAME: Final = rf"{_WORD}(?: (?:de|la|del|della|di|da|dos|do|du|van|den|der|von|ten|ter|bin))*(?: {_WORD}){{1,2}}"
_PEOPLE: Final = re.compile(
    rf"{_ONE_NAME}(?:(?:, | and | & | und | et | y | e | en | i | и | та | / | · ){_ONE_NAME}){{0,4}}"
    r"(?:(?: in| at| à| en| em| aus| w| a|,| /| -| ·| \|) [^\W\d_a-zа-я][^.!?]{2,40})?"
)
_IN_BRACKETS: Final = re.compile(r" ?\([^()]{2,25}\)")
_REACH: Final = re.compile(r"[\w.+-]+@[\w-]+\.\w|\+?\(?\d[\d ()-]{7,16}\d")
_PUBLISHER: Final = re.compile(r" [|–—-] [^|]{2,40}$")


def at_the_ends(page: Page, i: int) -> Iterator[Item]:
    """The evidence of a block's place before or after all prose: kind, weight, rule and reason."""
    block = page.blocks[i]
    if len(block.text) > MAX_LINE:
        return
    yield from _title_again(page, block)
    if page.first_prose == len(page.blocks) or page.first_prose <= i <= page.last_prose:
        return
    if i < page.first_prose:
        yield from _above_title(page, block)
        yield from _below_title(page, block)
        yield from _within_head(page, block)
    yield from _reachable(block)
    yield from _date_line(page, block)
    yield from _count_line(page, block)
    yield from _run(page, block)
    yield from _tail(page, block)


def _title_again(page: Page, block: Block) -> Iterator[Item]:
    """The title, or another line of the head, that stands there again further down."""
    if block.words < MIN_TITLE_WORDS or block.words > 30:
        return
    bare_of_publisher = _PUBLISHER.sub("", block.text)
    lines = {block.compared} if bare_of_publisher == block.text else {block.compared, bare(fold(bare_of_publisher))}
    if any(page.head_lines.get(line, block.index) < block.index for line in lines):
        yield "duplicate", 1.0, "shape.title-again", "the same line stands in the document's head"


def _above_title(page: Page, block: Block) -> Iterator[Item]:
    """A path of sections, a menu, a kicker, a ticker: what is shorter than the title that follows."""
    i = block.index
    if block.ends_like_sentence or _has_title(page, i):
        return
    title = page.head_titles.after(i)
    if title == len(page.blocks) or page.blocks[title].is_prose:
        return
    figures = len(_FIGURE.findall(block.text))
    if figures and sum(word.isalpha() for word in tokens(fold(block.text))) <= MAX_TICKER_WORDS * figures:
        yield "navigation", RUN_LINE, "shape.ticker", "figures of a market or the weather above the title"
    if _menu_between(page, i, title):
        yield "navigation", RUN_LINE, "shape.above-menu", "a line above the page's menu"
    if PATH.fullmatch(block.text):
        yield "navigation", 0.95, "shape.path", "a path of sections above the title"
    elif block.words <= MAX_MENU_WORDS:
        if block.text.isupper() and not page.blocks[title].text.isupper():
            yield "label", RUN_LINE, "shape.capitals", "capitals above a title that has none"
        elif block.words <= 2 and i > 0 and page.removed[i - 1] and page.staying.after(i) == title:
            yield "label", RUN_LINE, "shape.kicker-line", "a word or two between furniture and the title"
        first, last = page.run(i)
        if last - first + 1 >= MIN_RUN:
            yield "navigation", RUN_LINE, "shape.menu", "one of a run of short lines above the title"


def _below_title(page: Page, block: Block) -> Iterator[Item]:
    """Names below the title, with a place; and the office or the paper right after a byline."""
    i = block.index
    if block.words > 10 or not _has_title(page, i) or ITEM.match(block.text):
        return
    names = _IN_BRACKETS.sub("", block.text)  # what each did: “(text)”, “(photographs)”
    if names[:1].isupper() and " " in names and _PEOPLE.fullmatch(names):
        yield "byline", 0.65, "shape.people", "names below the title"
        if page.beside_removed(i) or (i + 1 == page.first_prose and not page.removed[i - 1]):
            yield "byline", 0.3, "shape.people-place", "where a byline stands"
    if not page.removed[i - 1] or page.strongest[i - 1][0] not in ("byline", "") or block.words > MAX_OFFICE_WORDS:
        return
    unlike_title = block.text[0].islower() or block.text[0] == "@" or block.text.isupper()
    if not block.ends_like_sentence and (unlike_title or (block.words <= 3 and page.removed[i + 1])):
        yield "byline", 0.9, "shape.office", "a short line after a byline"


def _within_head(page: Page, block: Block) -> Iterator[Item]:
    """A few words between title and prose, with a date or buttons right below them: an author, a section, a length."""
    i = block.index
    following = page.strongest[i + 1] if i + 1 < len(page.blocks) and page.removed[i + 1] else ("", 0.0)
    if block.words > MAX_NAMED_WORDS or block.ends_like_sentence or ITEM.match(block.text) or not _has_title(page, i):
        return
    above = page.removed[i - 1] and page.strongest[i - 1][0] in _HEAD_KINDS and block.words <= MAX_HEAD_WORDS
    named = block.words < MAX_HEAD_WORDS or (following[0] == "timestamp" and _SEPARATED.search(block.text))
    below_title = named and len(_LETTERS.findall(page.blocks[i - 1].text)) >= MIN_TITLE_WORDS
    if following[0] in _HEAD_KINDS and (above or below_title):
        yield "byline", HEAD_LINE, "shape.within-head", "a few words between the title and a date or buttons"


def _menu_between(page: Page, first: int, last: int) -> bool:
    """Whether two lines of a menu or more go between two blocks: it stands above the title, not below."""
    return page.menus.between(first, last) >= MIN_MENU


def _reachable(block: Block) -> Iterator[Item]:
    """A line with an address or a telephone number: how to reach the paper."""
    found = _REACH.search(block.text) if block.words <= MAX_REACH_WORDS else None
    if found and ("@" in found.group() or sum(c.isdigit() for c in found.group()) > MAX_DATE_DIGITS):
        yield "contact", 0.9, "shape.reachable", "an address or a number to call, outside the prose"


def _has_title(page: Page, i: int) -> bool:
    """Whether a line that may be the title stands before a block, and no menu between them."""
    title = page.titles.before(i)
    return title >= 0 and not _menu_between(page, title, i)


def _date_line(page: Page, block: Block) -> Iterator[Item]:
    """A date or an hour, with a place or a name: `Madrid - 12 may. 2024 - 08:31 CEST`."""
    if block.words > MAX_DATE_WORDS or not block.is_short_line or ITEM.match(block.text):
        return
    months = cue_book().months
    dated = page.dated[block.index] or (_YEAR.search(block.text) and any(w in months for w in tokens(fold(block.text))))
    clock, year = _CLOCK.search(block.text), _YEAR.search(block.text)
    if (dated or (clock and year)) and (_has_title(page, block.index) or page.beside_removed(block.index)):
        yield "timestamp", DATE_LINE, "shape.date-line", "a line with a date, outside the prose"
    elif clock and block.words <= 5 and (page.beside_removed(block.index)):
        yield "timestamp", DATE_LINE, "shape.clock-line", "a line with an hour, outside the prose"


def _count_line(page: Page, block: Block) -> Iterator[Item]:
    """A number and a word or two: `12 replies`, `1.2k views`, `Shares: 40`."""
    if (
        block.words <= 4
        and not ITEM.match(block.text)
        and _COUNT.fullmatch(block.text)
        and page.beside_removed(block.index)
        and _has_title(page, block.index)
    ):
        yield "share", COUNT_LINE, "shape.count", "a number and a word, outside the prose"


def _run(page: Page, block: Block) -> Iterator[Item]:
    """A line of a menu that was copied with one entry a line."""
    if not is_menu_like(block):
        return
    first, last = page.run(block.index)
    # Where no longer line follows before the prose, the last of a run may be the title, or the name of the author.
    titled = page.long_lines.after(last) < page.first_prose
    open_after = page.staying.after(block.index) <= last
    if last < page.first_prose and not open_after and not titled and not _has_title(page, first):
        return
    known = page.suspects.between(first - 1, last + 1)
    if last - first + 1 >= MIN_RUN and known * 5 >= (last - first + 1) * 2 and known >= 2:
        yield "navigation", RUN_LINE, "shape.run", "one of a run of short lines, most of them furniture"


def _tail(page: Page, block: Block) -> Iterator[Item]:
    """A line after the article's last prose and after furniture: a headline of another article, a label."""
    i = block.index
    if i <= page.last_prose or block.words > MAX_TAIL_WORDS or ITEM.match(block.text):
        return
    if is_statement(block):
        return
    # Short sentences and items of the article's own may come after the last paragraph.
    if page.late_lines.after(i) < len(page.blocks) or len(NUMBER.findall(block.text)) > MAX_NUMBERS:
        return
    if page.enders.between(page.last_prose, i):
        yield "related", TAIL_LINE, "shape.tail", "a line after the article has ended and other furniture has begun"
