"""What is certain of a block whatever the judgement says, which has learnt from pages with furniture enough: a plea alone in
an article that is clean otherwise, a link with its label, the one line that can be the title, what belongs to a series of the
article, what goes on with what stays, and the note that says what was wrong in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.evidence import ARTICLE, FURNITURE, JUDGED, REPEATED, Evidence
from pipeline.clean.page import CERTAIN, ITEM, MAX_HEAD, MIN_TITLE_WORDS
from pipeline.clean.pleas import is_plea
from pipeline.clean.series import SERIES

PLEA: Final = Evidence(FURNITURE, 0.0, JUDGED, "a plea between paragraphs")
LINK: Final = Evidence(FURNITURE, 0.0, JUDGED, "a link with its label, behind the first paragraph")
TITLE: Final = Evidence(ARTICLE, 0.0, JUDGED, "no other line above the text can be its title")
# What a reader is told that the article said wrongly is of the article, where it is told in a sentence.
CORRECTION: Final = "correction"
CORRECTED: Final = Evidence(ARTICLE, 0.0, JUDGED, "it says what was wrong in the article")
MIN_CORRECTION_WORDS: Final = 6
# What goes for nothing but its shape and its place, and stands right below what stays. Of the furniture of the tuning half three
# sentences do, no item and no heading of a list.
GOES_ON: Final = Evidence(ARTICLE, 0.0, JUDGED, "a sentence below what stays, with nothing against it")
NEXT_ITEM: Final = Evidence(ARTICLE, 0.0, JUDGED, "an item below one that stays, with nothing against it")
HEADING: Final = Evidence(ARTICLE, 0.0, JUDGED, "a heading between what stays and a list that stays")
# “1. Melt the butter”, “500 g potatoes”: so many begin a list.
LISTED: Final = re.compile(rf"\d|{ITEM.pattern}")
MIN_ITEMS: Final = 2
FULL_STOP: Final = re.compile(r"[.!。।۔]['\")\]]*$")
# “Read also: …”. Of the tuning half of benchmarks/cleaning these meet 75 links and no line of an article.
LINK_RULES: Final = ("read-more.colon", "read-more-colon", "read-more-capitals")
MAX_LINK_WORDS: Final = 30
# Of titles such as “Video: the bridge reopens” or “Analysis | The price of a bridge” these rules say what they say of links.
LABEL_RULES: Final = ("colon", "menu", "menu-of-three", "label-media", "amended")
LABEL_SIGNS: Final = (": ", " | ")
MIN_LABELLED_WORDS: Final = 3
MIN_SHORT_TITLE_WORDS: Final = 2
# Weaker evidence, such as that of standing beside furniture, says nothing of a title.
DOUBT: Final = 0.3

Item = tuple[Block, Sequence[Evidence]]


def decisions(document: Sequence[Item], gone: Sequence[bool], keep: frozenset[str]) -> Iterator[tuple[int, Evidence]]:
    """The blocks of which something is certain that goes against the judgement, by their numbers, and what that is.

    `gone` is what the judgement says of each block. Evidence for the article keeps one, any other removes it.
    """
    first = next((i for i, (block, _) in enumerate(document) if block.is_prose and not gone[i]), len(document))
    title = _title(document[:first], gone) if 0 < first <= MAX_HEAD else None
    if title is not None and first < len(document):
        yield title, TITLE
    yield from _of_the_article(document, gone)
    for i, (block, evidence) in enumerate(document[first + 1 :], first + 1):
        if gone[i] or any(item.weight < 0 for item in evidence):
            continue
        if is_plea(block, evidence, keep):
            yield i, PLEA
        elif block.words <= MAX_LINK_WORDS and _is_link(evidence):
            yield i, LINK


def _of_the_article(document: Sequence[Item], gone: Sequence[bool]) -> Iterator[tuple[int, Evidence]]:
    """The blocks that stay for what they are or what stands above them, in order: one that stays can hold the next."""
    above: Block | None = None
    for i, (block, evidence) in enumerate(document):
        if not gone[i] and not evidence:  # as most paragraphs
            above = block
            continue
        certain = _certain(block, evidence)
        if certain is None and gone[i] and above is not None and not any(item.weight > 0 for item in evidence):
            certain = _below(above, block) or _above_list(document, gone, i)
        if certain is not None:
            yield i, certain
        above = None if gone[i] and certain is None else block


def _certain(block: Block, evidence: Sequence[Evidence]) -> Evidence | None:
    """What holds a block by itself."""
    if block.words >= MIN_CORRECTION_WORDS and block.ends_like_sentence:
        kinds = {item.kind for item in evidence}
        if CORRECTION in kinds and REPEATED not in kinds:
            return CORRECTED
    return next((item for item in evidence if item.rule in SERIES), None)


def _below(above: Block, block: Block) -> Evidence | None:
    """What holds a block that stands right below one that stays."""
    if FULL_STOP.search(block.text):
        return GOES_ON
    return NEXT_ITEM if ITEM.match(block.text) and ITEM.match(above.text) else None


def _above_list(document: Sequence[Item], gone: Sequence[bool], i: int) -> Evidence | None:
    """What holds a heading right above a list that stays."""
    block, following = document[i][0], range(i + 1, i + 1 + MIN_ITEMS)
    if not block.is_short_line or following.stop > len(document):
        return None
    return HEADING if all(LISTED.match(document[j][0].text) and not gone[j] for j in following) else None


def _is_link(evidence: Sequence[Evidence]) -> bool:
    return any(item.weight >= CERTAIN and item.rule.endswith(LINK_RULES) for item in evidence)


def _title(head: Sequence[Item], gone: Sequence[bool]) -> int | None:
    """The number of the block of the head that goes and can be the title, where none that stays can; else None."""
    if any(block.words >= MIN_TITLE_WORDS and not gone[i] for i, (block, _) in enumerate(head)):
        return None
    found = next((i for i, (block, evidence) in enumerate(head) if gone[i] and _may_be_title(block, evidence)), None)
    return _short_title(head, gone) if found is None else found


def _short_title(head: Sequence[Item], gone: Sequence[bool]) -> int | None:
    """The longest line of the head that nothing speaks against, if it goes and has more than a word."""
    lines = [(block.words, -i) for i, (block, evidence) in enumerate(head) if _undoubted(block, evidence)]
    words, number = max(lines, default=(0, 0))
    return -number if words >= MIN_SHORT_TITLE_WORDS and gone[-number] else None


def _undoubted(block: Block, evidence: Sequence[Evidence]) -> bool:
    return not block.is_prose and not any(item.weight >= DOUBT for item in evidence)


def _may_be_title(block: Block, evidence: Sequence[Evidence]) -> bool:
    """Whether nothing speaks against a line, or nothing but a label before a colon or a bar."""
    said = [item.rule for item in evidence if item.weight >= DOUBT]
    if block.is_prose or not said:
        return not said and block.words >= MIN_TITLE_WORDS
    labelled = block.words >= MIN_LABELLED_WORDS and any(sign in block.text for sign in LABEL_SIGNS)
    return labelled and all(rule.endswith(LABEL_RULES) for rule in said)
