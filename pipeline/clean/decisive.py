"""What is certain of a block whatever the judgement says, which has learnt from pages with furniture enough: a plea alone in
an article that is clean otherwise, a link with its label, and the one line that can be the title.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.evidence import ARTICLE, FURNITURE, JUDGED, Evidence
from pipeline.clean.page import CERTAIN, MAX_HEAD, MIN_TITLE_WORDS
from pipeline.clean.pleas import is_plea

PLEA: Final = Evidence(FURNITURE, 0.0, JUDGED, "a plea between paragraphs")
LINK: Final = Evidence(FURNITURE, 0.0, JUDGED, "a link with its label, behind the first paragraph")
TITLE: Final = Evidence(ARTICLE, 0.0, JUDGED, "no other line above the text can be its title")
# “Read also: …”. Of the tuning half of benchmarks/cleaning these meet 75 links and no line of an article.
LINK_RULES: Final = ("read-more.colon", "read-more-colon", "read-more-capitals")
MAX_LINK_WORDS: Final = 30
# Of titles such as “Video: the bridge reopens” or “Analysis | The price of a bridge” these rules say what they say of links.
LABEL_RULES: Final = ("colon", "menu", "menu-of-three", "label-media", "amended")
LABEL_SIGNS: Final = (": ", " | ")
MIN_LABELLED_WORDS: Final = 3
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
    for i, (block, evidence) in enumerate(document[first + 1 :], first + 1):
        if gone[i] or any(item.weight < 0 for item in evidence):
            continue
        if is_plea(block, evidence, keep):
            yield i, PLEA
        elif block.words <= MAX_LINK_WORDS and _is_link(evidence):
            yield i, LINK


def _is_link(evidence: Sequence[Evidence]) -> bool:
    return any(item.weight >= CERTAIN and item.rule.endswith(LINK_RULES) for item in evidence)


def _title(head: Sequence[Item], gone: Sequence[bool]) -> int | None:
    """The number of the block of the head that goes and can be the title, where none that stays can; else None."""
    if any(block.words >= MIN_TITLE_WORDS and not gone[i] for i, (block, _) in enumerate(head)):
        return None
    return next((i for i, (block, evidence) in enumerate(head) if gone[i] and _may_be_title(block, evidence)), None)


def _may_be_title(block: Block, evidence: Sequence[Evidence]) -> bool:
    """Whether nothing speaks against a line, or nothing but a label before a colon or a bar."""
    said = [item.rule for item in evidence if item.weight >= DOUBT]
    if block.is_prose or not said:
        return not said and block.words >= MIN_TITLE_WORDS
    labelled = block.words >= MIN_LABELLED_WORDS and any(sign in block.text for sign in LABEL_SIGNS)
    return labelled and all(rule.endswith(LABEL_RULES) for rule in said)
