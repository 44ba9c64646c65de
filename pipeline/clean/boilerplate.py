"""Boilerplate in plain text: what is not the article is removed, block by block, each with the evidence against it.

The rules here and in `shape` gather evidence; `judgement` says how likely a block with this evidence, of this shape and among
these neighbours is furniture, and it goes from the probability of the cleaning level on. Losing a sentence of the article is
worse than leaving a footer: the levels are set so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Final

from pipeline.clean.blocks import Block, blocks
from pipeline.clean.cues import Hit, cue_book
from pipeline.clean.features import Own, own_features
from pipeline.clean.folding import bare, fold
from pipeline.clean.judgement import forest
from pipeline.clean.keep import kept
from pipeline.clean.page import Page
from pipeline.clean.repetition import (
    MAX_BLOCK_WORDS,
    MIN_BLOCK_WORDS,
    MIN_REPEATS,
    NOTHING,
    Bearing,
    block_key,
    masked,
)
from pipeline.clean.shape import contextual, repeated
from pipeline.records import Edit, Field, Span
from pipeline.settings import CleanLevel

# The probability from which a block is removed.
THRESHOLDS: Final[dict[CleanLevel, float]] = {"light": 0.95, "standard": 0.75, "strict": 0.4}
# Where the rules alone would remove it, this share of the probability is enough.
AGREEING: Final = 0.65
# The evidence that is enough for the rules: one that is nearly certain, or two that agree.
ENOUGH: Final = 0.9
# The evidence that is enough for a block that recurs over the corpus, whatever the judgement says: it has learnt from single pages.
RECURRING: Final[dict[CleanLevel, float]] = {"light": 1.0, "standard": 0.9, "strict": 0.6}
# Cues are looked for in blocks up to this many characters: furniture is short, and the search stays linear.
MAX_CUE_CHARS: Final = 1_200
# The kind of evidence that speaks for the article: its weight is negative.
ARTICLE: Final = "article"
# The vocabulary of furniture speaks for any kind.
FURNITURE: Final = "furniture"
# What the judgement says beyond the rules, or against them.
JUDGED: Final = "context"
# Notes that themselves report what was said: “an earlier version said”.
SPEAKING: Final = frozenset(("amended", "contact"))
# A block that recurs over the corpus needs no other evidence at the standard level; any doubt keeps one that nearly does.
RECURS: Final = 0.95
NEARLY_RECURS: Final = 0.9
# Cues of languages with fewer hits in the document than this share of the leading one's are chance likenesses.
LANGUAGE_SHARE: Final = 0.34
# Pages in any language have buttons in this one.
LINGUA_FRANCA: Final = "en"
# What a second phrase of the same rule adds.
SECOND_PHRASE: Final = 0.2
# Of these rules the block is the name of an author, and perhaps a place.
NAME_RULES: Final = frozenset(("shape.name", "shape.people", "shape.within-head"))
SEPARATOR: Final = re.compile(r" [-|/·•] |, ")
# A sentence within a paragraph goes where its own words say so twice over: an opening and two phrases of pleas beyond it.
# Even at 0.9 no sentence of the tuning half of benchmarks/cleaning goes, which has none to remove: the rest is caution.
PLEA: Final = 1.3
PLEAS: Final = frozenset(("subscribe", "newsletter", "donate", "app"))
MIN_PLEA_WORDS: Final = 6
MAX_PLEA_WORDS: Final = 40
SENTENCE: Final = re.compile(r"[^.!?。]+(?:[.!?。](?!\s|$)[^.!?。]*)*(?:[.!?。]+\s*|$)")
# Context is weighed again while it removes something: a label before a removed label. More passes change next to nothing.
MAX_PASSES: Final = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to hold a block for boilerplate: its kind, its weight, the rule's id and a clause for a person."""

    kind: str
    weight: float
    rule: str
    reason: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is held of a block: all evidence; the score, which is the probability that it is boilerplate (of the rules alone: the
    sum of their evidence); and whether the block goes."""

    block: Block
    evidence: tuple[Evidence, ...]
    score: float
    removed: bool

    @property
    def best(self) -> Evidence:
        """The weightiest evidence, which names the edit. Raises ValueError where there is none."""
        return max(self.evidence, key=lambda item: item.weight)


def judge(
    text: str,
    level: CleanLevel,
    keep: frozenset[str] = frozenset(),
    bearing: Bearing = NOTHING,
    *,
    explained: bool = False,
) -> list[Verdict]:
    """The verdict on every block of a laid-out text.

    What the rules find is weighed against the shape of a block and its surroundings (`judgement`). A block whose leading
    evidence is of a kind or a rule that `keep` names stays; `bearing` says which blocks stand in many other documents. What the
    judgement went by is told where no rule gives a reason; with `explained`, wherever it differs from the rules.
    """
    ruled = _ruled(text, bearing)
    trees = forest()
    rows = trees.rows([_features(verdict) for verdict in ruled])
    return [
        _judged(verdict, probability, level, keep, partial(trees.reasons, row), explained)
        for verdict, probability, row in zip(ruled, trees.probabilities(rows), rows, strict=True)
    ]


def weigh(text: str) -> list[tuple[Block, Own]]:
    """Each block of a laid-out text with what the judgement sees of it by itself; what it is learnt from."""
    return [(verdict.block, _features(verdict)) for verdict in _ruled(text, NOTHING)]


def _features(verdict: Verdict) -> Own:
    told = [(item.kind, item.weight, item.rule) for item in verdict.evidence]
    return own_features(verdict.block, told, verdict.removed)


def _judged(
    verdict: Verdict,
    probability: float,
    level: CleanLevel,
    keep: frozenset[str],
    reasons: Callable[[], list[tuple[str, float]]],
    explained: bool,
) -> Verdict:
    """The verdict of the rules made one by probability, with what that went by where it is to be told."""
    recurs = max((item.weight for item in verdict.evidence if item.kind == "repeated"), default=0.0)
    enough = THRESHOLDS[level] * (AGREEING if verdict.removed else 1.0)
    gone = probability >= enough or (recurs > 0 and verdict.score >= RECURRING[level])
    evidence = verdict.evidence
    alone = gone and not any(item.weight > 0 for item in evidence)
    if alone or (explained and gone != verdict.removed):
        told = ", ".join(f"{name} {moved:+.1f}" for name, moved in reasons())
        context = Evidence(
            FURNITURE if gone else ARTICLE,
            probability if alone else 0.0,
            JUDGED,
            f"its shape and surroundings, in log odds: {told}",
        )
        evidence = (*evidence, context)
    return Verdict(verdict.block, evidence, probability, gone and not _kept(max(evidence, key=_weight), keep))


def _ruled(text: str, bearing: Bearing) -> list[Verdict]:
    """What the rules alone hold of each block: its evidence, and whether that is enough beside what goes around it."""
    document = blocks(text)
    hits = [_cues(block.text) if len(block.text) <= MAX_CUE_CHARS else () for block in document]
    spoken = _spoken(hits)
    own = [[*_own(block, found, spoken), *_recurs(block, bearing)] for block, found in zip(document, hits, strict=True)]
    found: list[list[Evidence]] = own
    removed = [_score(items) >= ENOUGH for items in own]
    doubted = [any(item.weight < 0 for item in items) for items in own]
    dated = [any(field.name == "date" for item in items for field in item.fields) for items in own]
    strongest = [_strongest(items) for items in own]
    again = repeated(document)
    for _ in range(MAX_PASSES):
        authors = _authors(document, found, removed)
        page = Page(document, strongest, removed, doubted, dated, again, authors)
        found = [[*items, *(Evidence(*c) for c in contextual(page, i))] for i, items in enumerate(own)]
        before, removed = removed, [_score(items) >= ENOUGH for items in found]
        if removed == before:
            break
    return [
        Verdict(block, tuple(items), _score(items), gone)
        for block, items, gone in zip(document, found, removed, strict=True)
    ]


def strip(
    text: str, level: CleanLevel, keep: frozenset[str] = frozenset(), bearing: Bearing = NOTHING
) -> tuple[list[Edit], list[Field]]:
    """The edits that remove the boilerplate of a laid-out text, and the metadata that it held (spans within `text`)."""
    verdicts = judge(text, level, keep, bearing)
    edits: list[Edit] = []
    fields: list[Field] = []
    kept_before = False
    for i, verdict in enumerate(verdicts):
        fields += (field for item in verdict.evidence for field in item.fields if verdict.removed or not item.weight)
        if not verdict.removed:
            kept_before = True
            edits += _pleas(verdict, keep)
            continue
        # The blank line before the block goes with it; the one after it where nothing before it stays.
        span = verdict.block.span
        start, end = verdicts[i - 1].block.span.end if i else 0, span.end
        if not kept_before:
            start, end = span.start, verdicts[i + 1].block.span.start if i + 1 < len(verdicts) else span.end
        best = verdict.best
        reason = "; ".join(dict.fromkeys(item.reason for item in verdict.evidence if item.weight > 0))
        edits.append(Edit(start, end, text[start:end], "", f"boilerplate.{best.kind}:{best.rule}", reason))
    return edits, fields


def _pleas(verdict: Verdict, keep: frozenset[str]) -> Iterator[Edit]:
    """The edits that take pleas out of a paragraph that stays: whole sentences that can be nothing else."""
    block = verdict.block
    if not block.is_prose or not any(item.kind in PLEAS and item.weight > 0 for item in verdict.evidence):
        return
    spoken = frozenset(_language(item.rule) for item in verdict.evidence)
    parts = list(SENTENCE.finditer(block.text))
    pleas = [_plea(part.group().strip(), spoken, keep) for part in parts]
    for i, found in enumerate(pleas):
        if not found or all(pleas):
            continue
        # The space before a last sentence goes with it; that after any other.
        start, end = parts[i].span()
        if i + 1 == len(parts):
            end = len(block.text)
            start -= not pleas[i - 1]
        best = max(found, key=lambda item: item.weight)
        reason = "; ".join(("a sentence within a paragraph", *dict.fromkeys(item.reason for item in found)))
        at = block.span.start
        yield Edit(at + start, at + end, block.text[start:end], "", f"boilerplate.{best.kind}:{best.rule}", reason)


def _plea(text: str, spoken: frozenset[str], keep: frozenset[str]) -> list[Evidence]:
    """The evidence for a sentence being a plea, where it is enough; else none."""
    sentence = Block(0, Span(0, len(text)), text)
    items = [item for item in _own(sentence, _cues(text), spoken) if not _kept(item, keep)]
    certain = _strongest(items)[0] in PLEAS and _score(items) >= PLEA
    if not certain or any(item.kind == ARTICLE for item in items):
        return []
    return items if MIN_PLEA_WORDS <= sentence.words <= MAX_PLEA_WORDS else []


def _recurs(block: Block, bearing: Bearing) -> Iterator[Evidence]:
    if not (bearing.repeated or bearing.near) or not MIN_BLOCK_WORDS <= block.words <= MAX_BLOCK_WORDS:
        return
    key = block_key(masked(block.text))
    if key in bearing.repeated:
        yield Evidence("repeated", RECURS, "corpus.repeated", f"it stands in {MIN_REPEATS} documents or more")
    elif key in bearing.near:
        reason = f"nearly the same stands in {MIN_REPEATS} documents or more"
        yield Evidence("repeated", NEARLY_RECURS, "corpus.nearly-repeated", reason)


def _weight(item: Evidence) -> float:
    return item.weight


def _score(items: Sequence[Evidence]) -> float:
    return round(sum([item.weight for item in items]), 3) if items else 0.0


def _strongest(items: Sequence[Evidence]) -> tuple[str, float]:
    """The kind and the weight of the heaviest evidence; no kind where there is none."""
    if not items:
        return "", 0.0
    best = max(items, key=lambda item: (item.weight, item.kind == "related"))
    return (best.kind, best.weight) if best.weight > 0 else ("", 0.0)


def _authors(document: Sequence[Block], found: Sequence[Sequence[Evidence]], removed: Sequence[bool]) -> frozenset[str]:
    """The names in the bylines that go, as blocks are compared."""
    names: set[str] = set()
    for block, items, gone in zip(document, found, removed, strict=True):
        if gone:
            names |= {bare(fold(field.value)) for item in items for field in item.fields if field.name == "author"}
            names |= {bare(SEPARATOR.split(block.compared)[0]) for item in items if item.rule in NAME_RULES}
    return frozenset(name for name in names if " " in name)


def _kept(item: Evidence, keep: frozenset[str]) -> bool:
    return kept(keep, item.kind, item.rule)


# A document is judged again after each change, and most of its blocks are as they were.
@lru_cache(maxsize=4_096)
def _cues(text: str) -> tuple[tuple[str, Hit], ...]:
    """The cues of a block's text, of MAX_CUE_CHARS at the most, each with its language (empty: of all)."""
    return tuple((_language(hit.cue.id), hit) for hit in cue_book().find(text))


def _language(rule: str) -> str:
    return rule[:2] if rule[2:3] == "." else ""


def _spoken(hits: Sequence[Sequence[tuple[str, Hit]]]) -> frozenset[str]:
    """The languages whose cues a document holds most of; a page's furniture can be in two."""
    counts = Counter(language for items in hits for language, _ in items if language)
    most = max(counts.values(), default=0)
    return frozenset(language for language, number in counts.items() if number >= LANGUAGE_SHARE * most)


def _own(block: Block, hits: Sequence[tuple[str, Hit]], spoken: frozenset[str]) -> list[Evidence]:
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
        key=_score,
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
