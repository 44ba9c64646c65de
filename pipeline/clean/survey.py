"""The survey of a corpus: which blocks recur over its documents, word for word or nearly, and which documents do.

Every document is read once. The first pass counts its blocks, by a hash of their words and by the bands of their minima, in a
table of fixed size, and puts them on a shelf. Near-duplicates are counted as one document: else the paragraphs of a story
that ten papers print would be furniture. The second pass, over the shelf, looks again at what the table has often: it puts
blocks that are nearly the same into groups, counts the documents of each, and notes how the block stands in them.

A sentence may recur because it is quoted, or because an agency sends its background with every story. So a group of
sentences is furniture only where they stand at the ends of articles, and have next to no words in common with them.

Memory is bounded by the table, the shelf and `MAX_GROUPS`, but for the near-duplicates (about 500 bytes a document) and for
what is found (about 300 bytes a document that has any of it). The shelf of a large corpus is on disk, and about as large.
"""

from __future__ import annotations

import tomllib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Final

from pipeline.clean.alike import Alike, repeats
from pipeline.clean.folding import fold, tokens
from pipeline.clean.pieces import Piece, Shelf, pairs
from pipeline.clean.repetition import MIN_REPEATS, NOTHING, Bearing, Repetition
from pipeline.records import Duplicate

# Fewer documents say nothing about which blocks recur.
MIN_DOCUMENTS: Final = 50
# Counters of the table, a byte each: a document of 15 blocks has 255 keys, and with four counters a key, one key in 8,000 is
# counted four times by chance. Past 64 MiB (65,000 documents) more are; what they make is looked at again, and found rare.
COUNTERS_A_DOCUMENT: Final = 1_024
MAX_COUNTERS: Final = 1 << 26
# Groups of blocks, about 2 kB each; what would need more is left where it is.
MAX_GROUPS: Final = 20_000
# Groups that are compared for one band.
MAX_CANDIDATES: Final = 16
# Blocks are nearly the same from this Jaccard likeness of their word pairs on: two thirds of the pairs in each are in both.
MIN_LIKENESS: Final = 0.5
# With a fifth to two fifths of its bands in common with its like (see pieces.py), a block that stands in eight documents has
# some band that is met four times, and two of them make it a candidate.
MIN_BAND_REPEATS: Final = 4
MIN_BANDS: Final = 2
# A sentence is about its article where it has two words in common with it, function words aside, and one in seven of its own.
# On the tuning half of benchmarks/cleaning 9 % of furniture is, and 21 % of paragraphs, though its articles are short.
MIN_LINKS: Final = 2
MIN_LINK_SHARE: Final = 0.15
# A group of blocks is the articles' own where so many of its documents say so.
ARTICLE_SHARE: Final = 1 / 3


def survey(documents: Iterable[tuple[str, Sequence[Piece]]], number: int) -> Repetition:
    """The repetition of a corpus, from the identifiers and blocks of its documents in a fixed order; `number` at most."""
    shelf = Shelf()
    try:
        often = _Often(number)
        names: list[str] = []
        copies: dict[int, tuple[int, float]] = {}
        alike = Alike(number)
        for name, document in documents:
            if found := alike.add(len(names), [word for piece in document for word in piece.words]):
                copies[len(names)] = found
            else:
                often.count(document)
            shelf.put(document)
            names.append(name)
        duplicates = {
            names[copy]: Duplicate(names[original], similarity)
            for copy, (original, similarity) in copies.items()
            if repeats(shelf.get(copy), shelf.get(original))
        }
        groups = _Groups(often)
        held: dict[str, array[int]] = {}
        if often.any and len(names) >= MIN_DOCUMENTS:
            for place, name in enumerate(names):
                if found_here := groups.add(shelf.get(place), counted=place not in copies):
                    held[name] = found_here
        return Repetition(dict(_bearings(held, duplicates, groups)))
    finally:
        shelf.close()


def _bearings(
    held: dict[str, array[int]], duplicates: dict[str, Duplicate], groups: _Groups
) -> Iterator[tuple[str, Bearing]]:
    shared: dict[Bearing, Bearing] = {}
    for name in dict.fromkeys((*held, *duplicates)):
        repeated, near = groups.furniture(held.get(name, ()))
        bearing = Bearing(repeated, near, duplicates.get(name))
        if bearing != NOTHING:
            yield name, shared.setdefault(bearing, bearing)


class _Often:
    """What stands in many documents, nearly always right: a counter for each hash, some of which share one."""

    def __init__(self, documents: int) -> None:
        self._counters = bytearray(min(MAX_COUNTERS, COUNTERS_A_DOCUMENT * documents))
        self.any = False

    def count(self, document: Sequence[Piece]) -> None:
        """Count what a document holds, each thing once."""
        counters = self._counters
        size = len(counters)
        keys = {key % size for piece in document if piece.key is not None for key in (piece.key, *piece.bands)}
        for place in keys:
            if (number := counters[place]) < MIN_REPEATS:
                counters[place] = number + 1
                if number + 1 == MIN_BAND_REPEATS:
                    self.any = True

    def exact(self, key: int) -> bool:
        """Whether a block stands in many documents word for word."""
        return self._counters[key % len(self._counters)] >= MIN_REPEATS

    def near(self, bands: Sequence[int]) -> bool:
        """Whether a block of those bands may do so nearly."""
        counters = self._counters
        size = len(counters)
        return len([band for band in bands if counters[band % size] >= MIN_BAND_REPEATS]) >= MIN_BANDS


class _Groups:
    """Blocks that are the same, or nearly: in how many documents they stand, and in how many as part of the article."""

    def __init__(self, often: _Often) -> None:
        self._often = often
        self._leaders: list[frozenset[str]] = []
        self._by_key: dict[int, int] = {}
        self._by_band: dict[int, list[int]] = {}
        self._documents = array("Q")
        self._articles = array("Q")

    def furniture(self, found: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The keys of a document's blocks that belong to no article: that recur word for word, and nearly.

        `found` is what `add` gave for it, once all documents have been added.
        """
        keys = sorted({key for group, key in zip(found[::2], found[1::2], strict=True) if self._is_furniture(group)})
        exact = tuple(key for key in keys if self._often.exact(key))
        return exact, tuple(key for key in keys if key not in exact)

    def _is_furniture(self, group: int) -> bool:
        number = self._documents[group]
        return number >= MIN_REPEATS and self._articles[group] < ARTICLE_SHARE * number

    def add(self, document: Sequence[Piece], counted: bool) -> array[int]:
        """The groups that a document's blocks are of, each with the block's key; they count where the document does."""
        found = array("Q")
        member = [self._group(piece, piece.key) if piece.key is not None else None for piece in document]
        for group, piece in zip(member, document, strict=True):
            if group is not None and piece.key is not None:
                found.extend((group, piece.key))
        if counted and found:
            in_article = _judge_of(document, [group is None for group in member])
            for group in dict.fromkeys(found[::2]):
                self._documents[group] += 1
                self._articles[group] += in_article(member.index(group))
        return found

    def _group(self, piece: Piece, key: int) -> int | None:
        """The group of a block; a new one where there is none yet; None where the block is rare."""
        if key in self._by_key:
            return self._by_key[key]
        exact = self._often.exact(key)
        if not exact and not self._often.near(piece.bands):
            return None
        mine = pairs(piece.words)
        near = dict.fromkeys(group for band in piece.bands for group in self._by_band.get(band, ()))
        likeness = {group: len(mine & self._leaders[group]) / len(mine | self._leaders[group]) for group in near}
        best = max(likeness, key=lambda group: (likeness[group], -group), default=None)
        if best is not None and likeness[best] >= MIN_LIKENESS:
            if exact:
                self._by_key[key] = best
            return best
        return self._lead(key, mine, piece.bands) if len(self._leaders) < MAX_GROUPS else None

    def _lead(self, key: int, mine: frozenset[str], bands: tuple[int, ...]) -> int:
        group = len(self._leaders)
        self._leaders.append(mine)
        self._by_key[key] = group
        for band in bands:
            if len(groups := self._by_band.setdefault(band, [])) < MAX_CANDIDATES:
                groups.append(group)
        self._documents.append(0)
        self._articles.append(0)
        return group


def _judge_of(document: Sequence[Piece], own: Sequence[bool]) -> Callable[[int], bool]:
    """Whether a block of a document that recurs is part of its article: a function of the block's place.

    `own` says of each block whether it is the document's own. A sentence is part of the article between two paragraphs of
    it, or where it has words of it; and a page that has no paragraph of its own is no evidence against any.
    """
    prose = [place for place, piece in enumerate(document) if own[place] and piece.prose]
    words = {word for place, piece in enumerate(document) if own[place] for word in piece.words} - _function_words()

    def in_article(place: int) -> bool:
        piece = document[place]
        if not piece.prose:
            return False
        if not prose or prose[0] < place < prose[-1]:
            return True
        mine = set(piece.words) - _function_words()
        return len(mine & words) >= max(MIN_LINKS, MIN_LINK_SHARE * len(mine))

    return in_article


@cache
def _function_words() -> frozenset[str]:
    """Words that say nothing of what a text is about, in any language; numbers are among them."""
    table = tomllib.loads((resources.files("pipeline") / "function_words.toml").read_text(encoding="utf-8"))
    return frozenset(("0", *(word for words in table.values() for word in tokens(fold(words)))))
