"""Evidence that a block is boilerplate, or that it is of the article: what its own words say, by the cues that are in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from pipeline.clean.blocks import Block
from pipeline.clean.cues import Hit, cue_book
from pipeline.records import Field, Span

# Cues are looked for in blocks up to this many characters: furniture is short, and the search stays linear.
MAX_CUE_CHARS: Final = 1_200
# The kind of evidence that speaks for the article: its weight is negative.
ARTICLE: Final = "article"
# The vocabulary of furniture speaks for any kind.
FURNITURE: Final = "furniture"
# What the judgement says beyond the rules, or against them.
JUDGED: Final = "context"
# It recurs over the corpus.
REPEATED: Final = "repeated"
# Notes that themselves report what was said: “an earlier version said”.
SPEAKING: Final = frozenset(("amended", "contact"))
# Cues of languages with fewer hits in the document than this share of the leading one's are chance likenesses.
LANGUAGE_SHARE: Final = 0.34
# Pages in any language have buttons in this one.
LINGUA_FRANCA: Final = "en"
# What a second phrase of the same rule adds.
SECOND_PHRASE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to hold a block for boilerplate: its kind, its weight, the rule's id and a clause for a person."""

    kind: str
    weight: float
    rule: str
    reason: str
    fields: tuple[Field, ...] = ()


def score(items: Sequence[Evidence]) -> float:
    """The weights of evidence together."""
    return round(sum([item.weight for item in items]), 3) if items else 0.0


def strongest(items: Sequence[Evidence]) -> tuple[str, float]:
    """The kind and the weight of the heaviest evidence; no kind where there is none."""
    if not items:
        return "", 0.0
    best = max(items, key=lambda item: (item.weight, item.kind == "related"))
    return (best.kind, best.weight) if best.weight > 0 else ("", 0.0)


def cues(text: str) -> tuple[tuple[str, Hit], ...]:
    """The cues of a block's text, each with its language (empty: of all); of a text of over MAX_CUE_CHARS, none."""
    return _cues(text) if len(text) <= MAX_CUE_CHARS else ()


# A document is judged again after each change, and most of its blocks are as they were.
@lru_cache(maxsize=4_096)
def _cues(text: str) -> tuple[tuple[str, Hit], ...]:
    return tuple((language_of(hit.cue.id), hit) for hit in cue_book().find(text))


def language_of(rule: str) -> str:
    """The language whose cue a rule is; empty for one of all languages."""
    return rule[:2] if rule[2:3] == "." else ""


def spoken_languages(hits: Sequence[Sequence[tuple[str, Hit]]]) -> frozenset[str]:
    """The languages whose cues a document holds most of; a page's furniture can be in two."""
    counts = Counter(language for items in hits for language, _ in items if language)
    most = max(counts.values(), default=0)
    return frozenset(language for language, number in counts.items() if number >= LANGUAGE_SHARE * most)


def of_words(block: Block, hits: Sequence[tuple[str, Hit]], spoken: frozenset[str]) -> list[Evidence]:
    """The evidence that a block's words give: of one language, the one that says most, and what holds of all."""
    if not hits:
        return []
    by_language: dict[str, dict[str, Evidence]] = {"": {}}
    for language, hit in hits:
        if language in spoken or not language or (hit.cue.match == "whole" and language == LINGUA_FRANCA):
            items = by_language.setdefault(language, {})
            if hit.cue.id not in items:
                items[hit.cue.id] = _evidence(block, hit)
            elif (
                hit.cue.match == "anywhere"
                and 0 < hit.cue.weight == items[hit.cue.id].weight
                and hit.words not in items[hit.cue.id].reason
            ):
                items[hit.cue.id] = replace(items[hit.cue.id], weight=hit.cue.weight + SECOND_PHRASE)
    shared = by_language.pop("")
    return max(
        ([*_weighed(block, shared | items)] for items in ({}, *(by_language[key] for key in sorted(by_language)))),
        key=score,
    )


def _evidence(block: Block, hit: Hit) -> Evidence:
    start = block.span.start
    return Evidence(
        kind=hit.cue.kind,
        weight=hit.cue.weight,
        rule=hit.cue.id,
        reason=f"{hit.cue.kind}: “{hit.words[:60]}” ({hit.cue.match} of block)",
        fields=tuple(
            Field(name, value.strip(), hit.cue.id, Span(start + a, start + b))  # type: ignore[arg-type]
            for name, value, a, b in hit.groups
        ),
    )


def _weighed(block: Block, items: Mapping[str, Evidence]) -> Iterator[Evidence]:
    """The evidence for the kind that most speaks for; that for other kinds counts half, since it is about something else."""
    sums: dict[str, float] = {}
    for item in items.values():
        sums[item.kind] = sums.get(item.kind, 0.0) + item.weight
    leading = max(sums, key=lambda kind: sums[kind], default="")
    spoken_for = block.is_prose and ARTICLE in sums
    for item in items.values():
        if item.kind == FURNITURE and spoken_for:
            continue
        if item.kind == ARTICLE:
            if block.is_prose and leading not in SPEAKING:
                yield item
        elif item.kind in (leading, FURNITURE) or not item.weight:
            yield item
        else:
            yield replace(item, weight=item.weight / 2)
