"""What is the article's because it is one of a series: the rows of a table, the hours of a page that was written as things went
on, the applause of a speech, the lines of a poem that was announced. Each line alone looks like a menu, a timestamp or a credit; several do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

from pipeline.clean.blocks import MAX_HEADING_WORDS, Block
from pipeline.clean.evidence import ARTICLE, Evidence, strongest
from pipeline.clean.folding import fold
from pipeline.clean.page import ITEM

ROW: Final = Evidence(ARTICLE, -1.0, "shape.row", "a row of a table")
HEAD: Final = Evidence(ARTICLE, -1.0, "shape.row-head", "the heading of a table")
HOUR: Final = Evidence(ARTICLE, -1.0, "shape.hour", "one of the hours of a page that was written as things went on")
ASIDE: Final = Evidence(ARTICLE, -1.0, "shape.aside", "what those who listen do, as transcripts have it")
ANNOUNCED: Final = Evidence(
    ARTICLE, -1.0, "shape.announced", "one of the lines that the paragraph above them announces"
)
SERIES: Final = frozenset(item.rule for item in (ROW, HEAD, HOUR, ASIDE, ANNOUNCED))

# Own words that speak of furniture this much say what a line is.
SPEAKING: Final = 0.5
# Rules of no language that see the bars or the names of a row alone; its figures may be dates or hours.
_OF_SHAPE: Final = frozenset(
    (
        "menu-of-bars",
        "menu-of-three",
        "names-in-brackets",
        "two-names",
        "tag-list",
        "byline-date",
        "rating",
        "work-of",
        "initials",
        "desk-initials",
        "caption-brackets",
        "caption-credit",
        "player",
    )
)
_OF_FIGURES: Final = "timestamp"
# So many rows are a table, with figures in half of them; without figures it takes more, since menus have none.
MIN_FIGURED: Final = 2
MIN_WORDED: Final = 3
_BAR: Final = re.compile(r"(?<!\S)\|(?!\S)")
_FIGURES: Final = re.compile(r"\d+")
# Of lines without bars each row has as many figures, two or more (_SEVERAL). In the tuning half of benchmarks/cleaning twelve lists have
# three such lines in a row, all of them of articles; of runs with one figure each, a third are of most-read lists and counters.
_SEVERAL: Final = re.compile(r"\d\D+\d")
MAX_ROW_WORDS: Final = 14

MIN_HOURS: Final = 3
MAX_HOUR_WORDS: Final = 7
# Of the steps from one hour to the next so many may go the other way: midnight, an entry that was put in later.
MAX_BACK: Final = 1
# An hour alone in its line, with what it is called before and where it holds behind: “14:32 GMT”, “18.12 Uhr”, “Posted at 22h38”.
_HOUR: Final = re.compile(
    r"((?:[^\W\d_]{1,12}[.:]? ){0,3})(\d{1,2}) ?[:.h] ?(\d{2})(?::\d{2})?(?: ?[^\W\d_]{1,6}\.?(?:[^\W\d_]\.)?){0,2}"
)
MIN_ASIDES: Final = 3
_ASIDE: Final = re.compile(r"\([^()\[\]]{3,120}\)|\[[^()\[\]]{3,120}\]")


def series(document: Sequence[Block], own: Sequence[Sequence[Evidence]], gone: Sequence[bool]) -> dict[int, Evidence]:
    """The blocks that belong to a series of the article, by number, with the evidence that this is.

    `own` is what the words of each block say, `gone` whether that is enough to remove it.
    """
    found = dict(_rows(document, own, gone))
    found |= dict(_announced(document, own, gone))
    return found | dict(_hours(document, own, gone)) | dict(_asides(document, own))


def _rows(
    document: Sequence[Block], own: Sequence[Sequence[Evidence]], gone: Sequence[bool]
) -> Iterator[tuple[int, Evidence]]:
    """The rows of tables, and the heading of each."""
    forms = list(map(row_form, document))
    if not any(forms):
        return
    prose = [b.index for b in document if b.is_prose and not gone[b.index]]
    first, last = (prose[0], prose[-1]) if prose else (-1, -1)
    for form, run in groupby(range(len(document)), key=forms.__getitem__):
        rows = list(run)
        if form is None or not _is_table([document[i] for i in rows], [own[i] for i in rows]):
            continue
        above = rows[0] - 1
        # Below the article it may be the table of another one: what comes behind its furniture is none of its own.
        if prose and (above < first or (gone[above] and rows[0] > last)):
            continue
        yield from ((i, ROW) for i in rows if any(map(str.isalnum, document[i].text)))
        if above >= 0 and document[above].is_short_line and not gone[above]:
            yield above, HEAD


def row_form(block: Block) -> tuple[str, int] | None:
    """What the rows of a table have in common: how many bars they have, or where there are none, how many figures."""
    if "|" in block.text and (bars := len(_BAR.findall(block.text))):
        return "bars", bars
    if block.ends_like_sentence or block.words > MAX_ROW_WORDS or not _SEVERAL.search(block.text):
        return None
    return ("figures", len(_FIGURES.findall(block.text))) if any(map(str.isalpha, block.text)) else None


def _is_table(rows: Sequence[Block], own: Sequence[Sequence[Evidence]]) -> bool:
    """Whether lines with the same number of bars are rows of a table: there are figures in half of them, or there are several;
    and what they say is not what menus and links say."""
    said = [[item for item in items if item.rule not in _OF_SHAPE and item.kind != _OF_FIGURES] for items in own]
    speaking = sum(strongest(items)[1] >= SPEAKING for items in said)
    if 2 * speaking >= len(rows):
        return False
    figured = sum(_FIGURES.search(row.text) is not None for row in rows)
    barred = "|" in rows[0].text
    return len(rows) >= (MIN_FIGURED if barred and 2 * figured >= len(rows) else MIN_WORDED)


def _hours(
    document: Sequence[Block], own: Sequence[Sequence[Evidence]], gone: Sequence[bool]
) -> Iterator[tuple[int, Evidence]]:
    """The hours that go up or down from one to the next, half of them or more with a sentence below, and what stands between them
    that nothing speaks against. Below comments they are those of readers."""
    every = [
        (b.index, fold(at[1]), int(at[2]) * 60 + int(at[3]))
        for b in document
        if b.words <= MAX_HOUR_WORDS and (at := _HOUR.fullmatch(b.text))
    ]
    if len(every) < MIN_HOURS:
        return
    (usual, _), *_ = Counter(called for _, called, _ in every).most_common(1)
    hours = [(i, minutes) for i, called, minutes in every if called == usual]
    ends = [*(i for i, _ in hours[1:]), len(document)]
    told = [said for (i, _), end in zip(hours, ends, strict=True) if (said := _said(document, own, i, end))]
    steps = [b - a for (_, a), (_, b) in pairwise(hours)]
    if len(told) < MIN_HOURS or 2 * len(told) < len(hours):
        return
    if min(sum(step > 0 for step in steps), sum(step < 0 for step in steps)) > MAX_BACK:
        return
    first = hours[0][0]
    if any(gone[i] and strongest(own[i])[0] == "comment" for i in range(first)):
        return
    yield from ((i, HOUR) for i, _ in hours)
    yield from ((i, HOUR) for i in range(first, told[-1] + 1) if not strongest(own[i])[1])


def _said(document: Sequence[Block], own: Sequence[Sequence[Evidence]], hour: int, end: int) -> int:
    """The number of the first sentence below an hour, of which nothing says that it is furniture; 0 where there is none."""
    return next((i for i in range(hour + 1, end) if document[i].ends_like_sentence and not strongest(own[i])[1]), 0)


def _asides(document: Sequence[Block], own: Sequence[Sequence[Evidence]]) -> Iterator[tuple[int, Evidence]]:
    """What those who listen do, in brackets between paragraphs: “[Applause]”, “(Heiterkeit)”. A page has one or two credits so."""
    found = [b.index for b in document if b.text[0] in "([" and _ASIDE.fullmatch(b.text)]
    if len(found) < MIN_ASIDES:
        return
    first = next((b.index for b in document if b.is_prose), len(document))
    found = [i for i in found if i > first and not strongest(own[i])[1]]
    if len(found) >= MIN_ASIDES:
        yield from ((i, ASIDE) for i in found)


def _announced(
    document: Sequence[Block], own: Sequence[Sequence[Evidence]], gone: Sequence[bool]
) -> Iterator[tuple[int, Evidence]]:
    """The verse or the list below a paragraph that ends with a colon, up to a line of furniture or the next paragraph; of a list
    the items alone."""
    for block in document:
        if block.text[-1] != ":" or not block.is_prose or strongest(own[block.index])[1]:
            continue
        below = document[block.index + 1 :]
        items = bool(below) and ITEM.match(below[0].text) is not None
        for line in below:
            over = line.is_prose or line.words > MAX_HEADING_WORDS or gone[line.index]
            if over or (items and not ITEM.match(line.text)):
                break
            yield line.index, ANNOUNCED
