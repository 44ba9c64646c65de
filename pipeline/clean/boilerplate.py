"""Boilerplate in plain text: what is not the article is removed, block by block, each with the evidence against it.

Evidence adds up to a score; a block goes when its score reaches the threshold of the cleaning level. Losing a sentence of
the article is worse than leaving a footer: where a block stands counts only beside what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.clean.blocks import Block, blocks
from pipeline.clean.cues import cue_book
from pipeline.clean.shape import Page, contextual
from pipeline.records import Edit, Field, Span
from pipeline.settings import CleanLevel

# The score at which a block is removed: one rule that is certain alone; one that is nearly, or two that agree; or hints.
THRESHOLDS: Final[dict[CleanLevel, float]] = {"light": 1.0, "standard": 0.9, "strict": 0.6}
# Cues are looked for in blocks up to this many characters: furniture is short, and the search stays linear.
MAX_CUE_CHARS: Final = 1_200
# The kind of evidence that speaks for the article: its weight is negative.
ARTICLE: Final = "article"
# Context is weighed again while it removes something: a label before a removed label. More passes change next to nothing.
MAX_PASSES: Final = 4


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
    """What is held of a block: all evidence, its sum, and whether the block goes."""

    block: Block
    evidence: tuple[Evidence, ...]
    score: float
    removed: bool

    @property
    def best(self) -> Evidence:
        """The weightiest evidence, which names the edit. Raises ValueError where there is none."""
        return max(self.evidence, key=lambda item: item.weight)


def judge(text: str, level: CleanLevel, keep: frozenset[str] = frozenset()) -> list[Verdict]:
    """The verdict on every block of a laid-out text. Kinds and rules named in `keep` are no evidence."""
    document = blocks(text)
    own = [[item for item in _cues(block) if not _kept(item, keep)] for block in document]
    threshold = THRESHOLDS[level]
    found: list[list[Evidence]] = own
    removed = [_score(items) >= threshold for items in own]
    for _ in range(MAX_PASSES):
        page = Page(document, [_strongest(items) for items in own], removed)
        around = [[Evidence(*c) for c in contextual(page, i)] for i in range(len(document))]
        found = [[*a, *(item for item in b if not _kept(item, keep))] for a, b in zip(own, around, strict=True)]
        before, removed = removed, [_score(items) >= threshold for items in found]
        if removed == before:
            break
    return [
        Verdict(block, tuple(items), _score(items), gone)
        for block, items, gone in zip(document, found, removed, strict=True)
    ]


def strip(text: str, level: CleanLevel, keep: frozenset[str] = frozenset()) -> tuple[list[Edit], list[Field]]:
    """The edits that remove the boilerplate of a laid-out text, and the metadata that it held (spans within `text`)."""
    verdicts = judge(text, level, keep)
    edits: list[Edit] = []
    fields: list[Field] = []
    kept_before = False
    for i, verdict in enumerate(verdicts):
        fields += (field for item in verdict.evidence for field in item.fields if verdict.removed or not item.weight)
        if not verdict.removed:
            kept_before = True
            continue
        # The blank line before the block goes with it; the one after it where nothing before it stays.
        span = verdict.block.span
        start, end = verdicts[i - 1].block.span.end if i else 0, span.end
        if not kept_before:
            start, end = span.start, verdicts[i + 1].block.span.start if i + 1 < len(verdicts) else span.end
        best = verdict.best
        reason = "; ".join(dict.fromkeys(item.reason for item in verdict.evidence if item.weight))
        edits.append(Edit(start, end, text[start:end], "", f"boilerplate.{best.kind}:{best.rule}", reason))
    return edits, fields


def _score(items: Sequence[Evidence]) -> float:
    return round(sum(item.weight for item in items), 3)


def _strongest(items: Sequence[Evidence]) -> tuple[str, float]:
    """The kind and the weight of the heaviest evidence; no kind where there is none."""
    best = max(items, key=lambda item: item.weight, default=None)
    return (best.kind, best.weight) if best is not None and best.weight else ("", 0.0)


def _kept(item: Evidence, keep: frozenset[str]) -> bool:
    return item.kind in keep or item.rule in keep


def _cues(block: Block) -> Iterator[Evidence]:
    if len(block.text) > MAX_CUE_CHARS:
        return
    strongest: dict[str, Evidence] = {}
    for hit in cue_book().find(block.text):
        start = block.span.start
        item = Evidence(
            kind=hit.cue.kind,
            weight=hit.cue.weight,
            rule=hit.cue.id,
            reason=f"{hit.cue.kind}: “{hit.words[:60]}” ({hit.cue.match} of block)",
            fields=tuple(
                Field(name, value.strip(), hit.cue.id, Span(start + a, start + b))  # type: ignore[arg-type]
                for name, value, a, b in hit.groups
            ),
        )
        strongest.setdefault(item.rule, item)
    strongest = {rule: item for rule, item in strongest.items() if item.kind != ARTICLE or block.is_prose}
    # Kinds differ more than words do: evidence for another kind than the leading one counts half.
    leading = _leading(strongest)
    for item in strongest.values():
        if item.kind in (leading, ARTICLE) or not item.weight:
            yield item
        else:
            yield Evidence(item.kind, item.weight / 2, item.rule, item.reason, item.fields)


def _leading(items: Mapping[str, Evidence]) -> str:
    """The kind that most evidence speaks for."""
    sums: dict[str, float] = {}
    for item in items.values():
        sums[item.kind] = sums.get(item.kind, 0.0) + item.weight
    return max(sums, key=lambda kind: sums[kind], default="")
