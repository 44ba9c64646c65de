"""Evidence from what comes when the article has ended: its author's name again with a biography, notices among furniture.

An author is known by the byline that was taken from the head, so that no list of professions is needed to tell a biography.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.page import Item, Page

# Weights, set by hand on the tuning half of benchmarks/cleaning (files 40 and up).
BIOGRAPHY: Final = 0.95
ENDED: Final = 0.15
# A heading between paragraphs is shorter than most prompts.
UNFINISHED: Final = 0.4
MIN_UNFINISHED_WORDS: Final = 7
PROMPTS: Final = frozenset(
    ("subscribe", "newsletter", "app", "donate", "advert", "share", "read-more", "related", "comment", "furniture")
)
MAX_BIOGRAPHY_WORDS: Final = 60
# “About the author”, or the name alone, stands above a biography.
MAX_AUTHOR_LINE_WORDS: Final = 5
# A footer's sentences are short; and what comes after so many lines of it is no paragraph of the article.
MAX_NOTICE_WORDS: Final = 45
MIN_NOTICE_ENDERS: Final = 2


def after_the_end(page: Page, i: int) -> Iterator[Item]:
    """The evidence that the end of the article gives: kind, weight, rule and reason."""
    block = page.blocks[i]
    yield from _biography(page, block)
    yield from _unfinished(page, block)
    if i > page.last_prose >= 0:
        yield from _ended(page, block)


def _unfinished(page: Page, block: Block) -> Iterator[Item]:
    """A prompt that ends without a full stop where only sentences and headings stand: between paragraphs, or right after
    the last with nothing but furniture below."""
    i = block.index
    kind, weight = page.strongest[i]
    if kind not in PROMPTS or not weight or block.ends_like_sentence or block.words < MIN_UNFINISHED_WORDS:
        return
    last = i == page.last_prose + 1 and i + 1 < len(page.blocks) and page.is_last(i)
    if last or page.amid_prose(i):
        yield kind, UNFINISHED, "shape.unfinished", "a prompt without a full stop among sentences"


def _biography(page: Page, block: Block) -> Iterator[Item]:
    """The author's name again, alone or with what the author does; and the lines below “About the author”."""
    i, text = block.index, block.compared
    if block.words > MAX_BIOGRAPHY_WORDS:
        return
    known = max((author for author in page.authors if text.startswith(author)), key=len, default=None)
    if known is not None and text == known:
        if i > page.first_prose:
            yield "byline", BIOGRAPHY, "shape.author-again", "the author's name stands there again"
    elif page.first_prose < i < page.last_prose:
        return
    elif known is not None and text[len(known)] in " ,(;-" and (page.beside_removed(i) or i + 1 == len(page.blocks)):
        yield "byline", BIOGRAPHY, "shape.biography", "it tells of the author, who is named in the byline"
    elif (
        i >= page.last_prose > 0
        and page.flanked(i)
        and page.named_author(i - 1)
        and page.blocks[i - 1].words <= MAX_AUTHOR_LINE_WORDS
    ):
        yield "byline", BIOGRAPHY, "shape.biography-line", "it stands below the author's name, after the article"


def _ended(page: Page, block: Block) -> Iterator[Item]:
    """A hint counts for more where the furniture that ends articles has begun; a sentence needs more of it before."""
    i = block.index
    kind, weight = page.strongest[i]
    enders = page.enders.between(page.last_prose, i)
    if not enders:
        return
    if not block.ends_like_sentence:
        if weight:
            yield kind, ENDED, "shape.ended", "after the furniture that ends articles"
    elif block.words <= MAX_NOTICE_WORDS and page.has_body and enders >= MIN_NOTICE_ENDERS:
        if weight:
            yield kind, 2 * ENDED, "shape.ended", "after the furniture that ends articles"
        article_after = page.sentences.after(i) < len(page.blocks)
        if page.notices.between(page.last_prose, i) and not article_after:
            yield "legal", 0.6, "shape.notice", "a sentence in the footer"
