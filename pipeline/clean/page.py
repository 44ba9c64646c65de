"""A page: the blocks of a document with what is held of each so far, for the evidence that they give one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.places import Places

# The kinds of furniture that stand below articles more than within them.
ENDERS: Final = frozenset(
    (
        "share",
        "comment",
        "related",
        "copyright",
        "label",
        "newsletter",
        "legal",
        "contact",
        "app",
        "navigation",
        "donate",
        "subscribe",
        "byline",
        "cookie",
    )
)
# Of these, the kinds that hardly stand within articles; and how many of them make a footer.
FOOTER: Final = frozenset(("comment", "copyright", "label", "legal", "contact", "byline"))
MIN_FOOTER_KINDS: Final = 2
# Notices of rights, and a page's menu.
NOTICES: Final = frozenset(("copyright", "legal"))
MENU: Final = frozenset(("navigation", "cookie"))
# From this weight on, evidence is nearly certain.
CERTAIN: Final = 0.9
# More sentences than this behind furniture are the article going on; an article has more paragraphs than this before it.
MAX_FOOTER_PROSE: Final = 3
MIN_BODY: Final = 3
# A page's head has no more lines than this, menus and all.
MAX_HEAD: Final = 30
# A title has this many words or more, a line of a menu this many or fewer, a label still fewer.
MIN_TITLE_WORDS: Final = 4
MAX_MENU_WORDS: Final = 3
MAX_LABEL_WORDS: Final = 2
# An item of the article's own list.
ITEM: Final = re.compile(r"[-*•·‣▪–] ?\w|\(?\d{1,2}[.)] ")
# House style has made quotation marks of the angles between sections by now.
_SECTION: Final = r"[^\W\d_][^\s.!?]*(?: [^\s.!?|/›»>→•·]+){0,3}"
PATH: Final = re.compile(rf"(?:{_SECTION}(?: ?[|/›»>→•·←] ?| [»\"'] )){{1,6}}{_SECTION} ?[›»>]?|[^.!?]{{2,30}} ?[›»→>]")
# A line with more numbers is one of results.
NUMBER: Final = re.compile(r"\d+")
MAX_NUMBERS: Final = 2

Item = tuple[str, float, str, str]


@dataclass(frozen=True)
class Page:
    """A document's blocks with what is held of each so far: the kind and weight of its own evidence, and if it goes, if
    anything speaks for it, if it names a date, if it may be a caption with its agency, and if it says a block before it
    again; and the names in the bylines, as blocks are compared."""

    blocks: Sequence[Block]
    strongest: Sequence[tuple[str, float]]
    removed: Sequence[bool]
    doubted: Sequence[bool]
    dated: Sequence[bool]
    captions: Sequence[bool]
    repeated: Sequence[bool]
    authors: frozenset[str] = frozenset()
    has_body: bool = field(init=False)
    first_prose: int = field(init=False)
    last_prose: int = field(init=False)

    def __post_init__(self) -> None:
        """Find where the article's prose begins and ends; nowhere, where there is none."""
        prose = [
            b.index
            for b in self.blocks
            if b.is_prose and not self.removed[b.index] and self.strongest[b.index][1] < 0.4
        ]
        while len(prose) > 1 and self._in_the_footer(prose[-1]):
            prose.pop()
        prose = self._without_footer(prose)
        # A summary above the byline belongs to the head.
        for k in range(min(2, len(prose) - 1), 0, -1):
            if prose[k] < MAX_HEAD and self._is_head(prose[k - 1], prose[k]):
                prose = prose[k:]
                break
        object.__setattr__(self, "has_body", len(prose) >= MIN_BODY)
        object.__setattr__(self, "first_prose", prose[0] if prose else len(self.blocks))
        object.__setattr__(self, "last_prose", prose[-1] if prose else -1)

    def _without_footer(self, prose: list[int]) -> list[int]:
        """The prose up to a run of lines that only footers have, if little prose comes behind it."""
        for k in range(max(MIN_BODY, len(prose) - MAX_FOOTER_PROSE), len(prose)):
            between = range(prose[k - 1] + 1, prose[k])
            kinds = {self.strongest[j][0] for j in between if self.removed[j] and self.strongest[j][1] >= 0.9}
            if len(kinds & FOOTER) >= MIN_FOOTER_KINDS and not any(self.doubted[j] for j in prose[k:]):
                return prose[:k]
        return prose

    def named_author(self, i: int) -> bool:
        """Whether a block is the name of an author, or “About the author”: a byline that names no craft before a colon."""
        block = self.blocks[i]
        return (self.strongest[i][0] == "byline" and ":" not in block.text) or block.compared in self.authors

    def _is_head(self, first: int, second: int) -> bool:
        """Whether a byline, a timestamp or several buttons stand between two paragraphs."""
        between = [self.strongest[j] for j in range(first + 1, second) if self.removed[j]]
        kinds = [kind for kind, weight in between if weight >= 0.6]
        return not {"byline", "timestamp"}.isdisjoint(kinds) or sum(kind in ("share", "comment") for kind in kinds) > 1

    def _in_the_footer(self, i: int) -> bool:
        """Whether a sentence stands alone among furniture that comes after articles: a notice that no rule knows."""
        around = [j for j in range(max(0, i - 4), i) if self.removed[j]]
        enders = sum(self.strongest[j][0] in ENDERS and self.strongest[j][1] >= 0.9 for j in around)
        alone = not any(0 <= j < len(self.blocks) and self._is_kept_prose(j) for j in (i - 1, i - 2, i + 1, i + 2))
        return enders >= 2 and alone

    def _is_kept_prose(self, i: int) -> bool:
        return self.blocks[i].ends_like_sentence and not self.removed[i] and self.strongest[i][1] < 0.4

    def is_outside(self, i: int) -> bool:
        """Whether a block stands before the first paragraph of prose or after the last."""
        return i < self.first_prose or i > self.last_prose

    def in_footer(self, i: int) -> bool:
        """Whether a line that only footers have stands between the last prose and a block."""
        return self.footers.between(self.last_prose, i) > 0

    def is_last(self, i: int) -> bool:
        """Whether all blocks behind a block go."""
        return self.staying.after(i) == len(self.blocks)

    def run(self, i: int) -> tuple[int, int]:
        """The first and the last block of the run of menu lines that a menu line stands in."""
        return self.not_menu_like.before(i) + 1, self.not_menu_like.after(i) - 1

    def amid_prose(self, i: int) -> bool:
        """Whether lines of the article, paragraphs or headings, stand right before and right after a block."""
        return self.first_prose < i < self.last_prose and all(
            not self.removed[j] and self.strongest[j][1] < 0.4 for j in (i - 1, i + 1)
        )

    def flanked(self, i: int) -> bool:
        """Whether the block right before goes, and the one right after, if there is one."""
        return i > 0 and self.removed[i - 1] and (i + 1 == len(self.blocks) or self.removed[i + 1])

    def beside_removed(self, i: int) -> bool:
        """Whether the block right before or after goes."""
        return any(0 <= j < len(self.blocks) and self.removed[j] for j in (i - 1, i + 1))

    # Where blocks of some kind stand, and what the lines of the head say: asked about for each block, and looked up once.

    @cached_property
    def staying(self) -> Places:
        """The blocks that do not go."""
        return Places(not gone for gone in self.removed)

    @cached_property
    def sentences(self) -> Places:
        """The blocks that do not go and end like a sentence."""
        return Places(b.ends_like_sentence and not gone for b, gone in zip(self.blocks, self.removed, strict=True))

    @cached_property
    def long_lines(self) -> Places:
        """The blocks that are long enough for a title."""
        return Places(b.words >= MIN_TITLE_WORDS for b in self.blocks)

    @cached_property
    def titles(self) -> Places:
        """Those of them that do not go."""
        return self._staying_lines(MIN_TITLE_WORDS)

    @cached_property
    def not_menu_like(self) -> Places:
        """The blocks that end a run of menu lines."""
        return Places(not is_menu_like(b) for b in self.blocks)

    @cached_property
    def menus(self) -> Places:
        """The lines of menus that go."""
        return Places(kind in MENU and gone for (kind, _), gone in zip(self.strongest, self.removed, strict=True))

    @cached_property
    def suspects(self) -> Places:
        """The blocks that go, or may."""
        return Places(gone or w >= 0.5 for (_, w), gone in zip(self.strongest, self.removed, strict=True))

    @cached_property
    def footers(self) -> Places:
        """The lines that only footers have."""
        return self._certain(FOOTER)

    @cached_property
    def enders(self) -> Places:
        """The furniture that stands below articles more than within them."""
        return self._certain(ENDERS)

    @cached_property
    def notices(self) -> Places:
        """The notices of rights among it."""
        return self._certain(NOTICES)

    @cached_property
    def head_titles(self) -> Places:
        """The blocks before the prose that may be the title: long enough, not to go, and no path of sections."""
        return Places(
            b.words >= MIN_TITLE_WORDS
            and b.index < self.first_prose
            and not self.removed[b.index]
            and not PATH.fullmatch(b.text)
            for b in self.blocks
        )

    @cached_property
    def beyond_labels(self) -> Places:
        """The blocks that do not go and are longer than labels."""
        return self._staying_lines(MAX_LABEL_WORDS + 1)

    @cached_property
    def late_lines(self) -> Places:
        """The lines of the article's own behind its last paragraph."""
        return Places(b.index > self.last_prose and self._is_article(b) for b in self.blocks)

    def _is_article(self, block: Block) -> bool:
        """Whether a block without evidence against it is a sentence, an item or a line of results."""
        i = block.index
        if self.removed[i] or self.strongest[i][1] > 0:
            return False
        sentence = is_statement(block)
        alone = all(not 0 <= j < len(self.blocks) or self.removed[j] for j in (i - 1, i + 1))
        if sentence and alone and i > self.last_prose + 2:
            return False  # alone among furniture: a notice
        return sentence or ITEM.match(block.text) is not None or len(NUMBER.findall(block.text)) > MAX_NUMBERS

    def _staying_lines(self, least: int) -> Places:
        """The blocks of so many words or more that do not go."""
        return Places(b.words >= least and not gone for b, gone in zip(self.blocks, self.removed, strict=True))

    def _certain(self, kinds: frozenset[str]) -> Places:
        """The blocks that go for what they say, and are of some kinds."""
        return Places(
            gone and kind in kinds and w >= CERTAIN
            for (kind, w), gone in zip(self.strongest, self.removed, strict=True)
        )

    @cached_property
    def head_lines(self) -> dict[str, int]:
        """The lines before the prose that are long enough for a title and stay, as blocks are compared: where first."""
        lines = [b for b in self.blocks[: self.first_prose] if b.words >= MIN_TITLE_WORDS and not self.removed[b.index]]
        return {b.compared: b.index for b in reversed(lines)}


def is_statement(block: Block) -> bool:
    """Whether a block ends like a sentence, and not like a question or what is broken off, as headlines do."""
    return block.ends_like_sentence and block.text[-1] not in "?؟？…"


def is_menu_like(block: Block) -> bool:
    """Whether a block has the shape of a line of a menu: a few words, and neither a sentence nor an item of a list."""
    return block.words <= MAX_MENU_WORDS and not block.ends_like_sentence and not ITEM.match(block.text)
