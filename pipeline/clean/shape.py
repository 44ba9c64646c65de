"""Evidence from where a block stands and what stands around it. It is counted only beside what the block itself says,
but for what nothing in an article looks like: a block said twice at once, a name under a title, links under “Related”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.ending import after_the_end
from pipeline.clean.page import CERTAIN, MAX_LABEL_WORDS, Item, Page
from pipeline.clean.position import MAX_LINE, at_the_ends

# Weights, swept on the tuning half of benchmarks/cleaning. At either end of a page a hint counts for more.
AT_END: Final = 0.2
BESIDE_REMOVED: Final = 0.15
# A name alone under the title is a byline where a date or a credit stands beside it, or the article begins after it.
NAME_LINE: Final = 0.65
# Links that follow a header such as “Related stories”: headlines, so they carry no words of their own to tell them by.
LINK: Final = 0.95
# These stand below articles, or above them: between two paragraphs their words are the article's.
AMID_PROSE: Final = -0.6
ARTICLE_KIND: Final = "article"
FOOTER_ALONE: Final = frozenset(("copyright", "legal", "cookie"))
MAX_LINKS: Final = 12
# A longer “Read also …” holds its headline itself.
MAX_LEAD_IN_WORDS: Final = 4
MAX_NAME_BLOCK: Final = 30
# Shorter blocks are said twice in verse and dialogue.
MIN_REPEATED_WORDS: Final = 3
# A caption with its credit, or with what the other leaves out; not a text that begins with its title.
MOST_LONGER: Final = 3

_UPPER_NAME: Final = re.compile(
    r"(?:[^\W\d_](?:[\w'’]|-(?=\w))*\.? ){1,3}[^\W\d_](?:[\w'’]|-(?=\w))*(?: (?:and|und|et|y|e|i|и|та|en|ve|&) "
    r"(?:[^\W\d_][\w'’-]* ){1,2}[^\W\d_][\w'’-]*)?"
    r"(?:, [^\W\d_][\w'-]+(?: [^\W\d_][\w'-]+)?| \([^()]{2,40}\))?"
)
_PARTICLES: Final = frozenset(
    [
        "de",
        "la",
        "los",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "do",
        "du",
        "van",
        "den",
        "der",
        "von",
        "zu",
        "bin",
        "ibn",
        "al",
        "el",
        "le",
        "ter",
        "ten",
        "y",
        "e",
        "i",
        "and",
        "und",
        "et",
        "en",
        "и",
        "та",
        "ve",
    ]
)


def contextual(page: Page, i: int) -> Iterator[Item]:
    """The evidence that a block's surroundings give: kind, weight, rule and reason."""
    block = page.blocks[i]
    kind, weight = page.strongest[i]
    if page.repeated[i]:
        yield "duplicate", 1.0, "shape.repeated", "the same block stands right before it"
    # What is known this well by itself needs no look around.
    if page.removed[i] and weight >= CERTAIN and kind not in FOOTER_ALONE:
        return
    if not weight and block.is_prose and len(block.text) > MAX_LINE and page.first_prose < i < page.last_prose:
        return  # a paragraph among others, as most blocks are: none of what follows says anything of it
    # The last sentence of a wire story ends as captions do, which stand above.
    if weight and not page.doubted[i] and not (page.captions[i] and i > page.first_prose):
        # What is shaped like a paragraph of the article needs more of its own: its place says less.
        share = 0.5 if block.is_prose else 1.0
        if page.is_outside(i):
            yield kind, AT_END * share, "shape.end", "before or after all prose"
        if page.beside_removed(i):
            yield kind, BESIDE_REMOVED * share, "shape.beside", "beside what is removed"
        if kind in FOOTER_ALONE and page.amid_prose(i):
            yield ARTICLE_KIND, AMID_PROSE, "shape.amid-prose", "between paragraphs, where no footer stands"
        if kind in ("label", "navigation") and _before_title(page, i):
            yield kind, AT_END, "shape.kicker", "a label above the title"
    if not page.doubted[i]:
        yield from at_the_ends(page, i)
        yield from after_the_end(page, i)
    yield from _link(page, block)
    yield from _name(page, block)
    yield from _last_label(page, block)


def repeated(document: Sequence[Block]) -> list[bool]:
    """Of each block, whether it is a caption said again: the page's alternative text or its player says it right before."""
    compared = [block.compared for block in document]
    return [
        block.words >= MIN_REPEATED_WORDS
        and compared[i] != ""
        and any(_says_again(block, compared[i], other) for other in compared[max(0, i - 2) : i])
        for i, block in enumerate(document)
    ]


def _says_again(block: Block, words: str, other: str) -> bool:
    if words == other:
        return True
    longer, shorter = (words, other) if len(words) > len(other) else (other, words)
    return (
        longer.startswith(shorter)
        and len(longer) <= MOST_LONGER * len(shorter)
        and shorter.count(" ") >= 4
        and not block.is_prose
    )


def _before_title(page: Page, i: int) -> bool:
    """Whether a longer line, which must be the title, comes after this one and before the prose."""
    return page.beyond_labels.before(i) < 0 and page.beyond_labels.after(i) < page.first_prose


def _link(page: Page, block: Block) -> Iterator[Item]:
    """Headlines below a header such as “Related stories”, up to the next prose."""
    sentence = block.text[-1] in ".!。" and block.words >= 4 and not page.in_footer(block.index)
    if block.is_prose or sentence or block.words < 2 or page.strongest[block.index][1] >= 0.9:
        return
    for j in range(block.index - 1, max(-1, block.index - MAX_LINKS - 1), -1):
        other = page.blocks[j]
        if page.first_prose < len(page.blocks) and j < page.first_prose:
            return  # above the article stand its label and its title
        kind, weight = page.strongest[j]
        header = kind == "related" or (
            kind == "read-more" and other.words <= MAX_LEAD_IN_WORDS and ": " not in other.text
        )
        if header and page.removed[j] and weight >= 0.95:
            break
        if not page.removed[j] and (other.is_prose or (not other.is_short_line and not other.text.endswith("?"))):
            return
    else:
        return
    following = None if page.is_last(block.index) else page.blocks[page.staying.after(block.index)]
    # In mid-article the line right before the prose may be the sub-heading of what follows; the first below is a link.
    if following is not None and following.is_prose and j != block.index - 1:
        return
    yield "related", LINK, "shape.link", f"a headline below “{page.blocks[j].text[:40]}”"


def _name(page: Page, block: Block) -> Iterator[Item]:
    """A person's name alone on a line, near the top and below a title."""
    i = block.index
    if (
        not 0 < i <= MAX_NAME_BLOCK
        or i > page.first_prose
        or block.words > 7
        or not _is_name(block.text, page.beside_removed(i))
    ):
        return
    titled = any(b.words >= 4 and not page.removed[b.index] for b in page.blocks[:i])
    if titled:
        yield "byline", NAME_LINE, "shape.name", "a name alone below the title"
        if page.beside_removed(i) or (i + 1 == page.first_prose and not page.removed[i - 1]):
            yield "byline", 0.3, "shape.name-place", "where a byline stands"


def _is_name(line: str, capitals: bool) -> bool:
    """Whether a line is two to four capitalised words and nothing else, all in capitals where that is allowed.
    Scripts without capitals have no such sign."""
    if not _UPPER_NAME.fullmatch(line):
        return False
    words = [word for word in re.split(r" \(|, ", line)[0].split() if word not in _PARTICLES and word != "&"]
    return len(words) >= 2 and all(
        (word[0].isupper() and (capitals or not word.isupper())) or word[1:2] == "." for word in words
    )


def _last_label(page: Page, block: Block) -> Iterator[Item]:
    """One or two words after all prose, with nothing kept behind them: a section's name, an agency's."""
    if (
        block.index > page.last_prose >= 2
        and block.is_short_line
        and block.words <= MAX_LABEL_WORDS
        and page.is_last(block.index)
        and (page.removed[block.index - 1] or block.index == page.last_prose + 1)
    ):
        yield "label", 0.9, "shape.last-label", "a stray label as the last line"
