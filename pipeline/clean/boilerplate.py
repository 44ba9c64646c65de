"""Boilerplate in plain text: what is not the article is removed, block by block, each with the evidence against it.

The rules here and in `shape` gather evidence; `judgement` says how likely a block with this evidence, of this shape and among
these neighbours is furniture, and it goes from the probability of the cleaning level on. Losing a sentence of the article is
worse than leaving a footer: the levels are set so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from pipeline.clean.blocks import Block, blocks
from pipeline.clean.credits import bracketed
from pipeline.clean.decisive import decisions
from pipeline.clean.evidence import (
    ARTICLE,
    FURNITURE,
    JUDGED,
    REPEATED,
    Evidence,
    cues,
    of_words,
    score,
    spoken_languages,
    strongest,
)
from pipeline.clean.features import Own, own_features
from pipeline.clean.folding import bare, fold
from pipeline.clean.judgement import forest
from pipeline.clean.keep import kept
from pipeline.clean.page import Page
from pipeline.clean.pleas import pleas
from pipeline.clean.repetition import (
    MAX_BLOCK_WORDS,
    MIN_BLOCK_WORDS,
    MIN_REPEATS,
    NOTHING,
    Bearing,
    text_key,
)
from pipeline.clean.series import row_form, series
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
# Of the 3,438 blocks of articles in the tuning half of benchmarks/cleaning, each as a text by itself, 127 go so, nearly all written
# to look like furniture; where any rule against one was enough, a word of another language among them, 223. Of its 4,393 blocks
# of furniture 2,887 and 3,195 go.
LAST_LEFT: Final = Evidence(ARTICLE, 0.0, JUDGED, "nothing else of the text would be left")
# What is left of a page that was furniture alone: a line or two of up to three words, none a sentence. Of the furniture of the 350
# pages of the tuning half, each as a text by itself, 71 are emptied by it; of the texts of tests/clean/short_texts.toml in the place of
# the article of any of them none goes by it.
REMNANT: Final = Evidence(FURNITURE, 0.5, "shape.remnant", "a few words, of a page whose other blocks were furniture")
MIN_FURNITURE: Final = 6
MAX_REMNANTS: Final = 2
MAX_REMNANT_WORDS: Final = 3
WITHIN: Final = Evidence(ARTICLE, 0.0, JUDGED, "a sentence within a paragraph")
# A block that recurs over the corpus needs no other evidence at the standard level; any doubt keeps one that nearly does.
RECURS: Final = 0.95
NEARLY_RECURS: Final = 0.9
# Of these rules the block is the name of an author, and perhaps a place.
NAME_RULES: Final = frozenset(("shape.name", "shape.people", "shape.within-head"))
# Of this one it ends in the name of an agency.
CAPTION: Final = "caption-agency"
SEPARATOR: Final = re.compile(r" [-|/·•] |, ")
# Context is weighed again while it removes something: a label before a removed label. More passes change next to nothing.
MAX_PASSES: Final = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is held of a block: all evidence; the score, which is the probability that it is boilerplate (of the rules alone: the
    sum of their evidence); whether the block goes; and where it stays, the sentences that are taken out of it."""

    block: Block
    evidence: tuple[Evidence, ...]
    score: float
    removed: bool
    sentences: tuple[Verdict, ...] = ()

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
    before: int = 0,
    explained: bool = False,
) -> list[Verdict]:
    """The verdict on every block of a laid-out text, from which so many blocks of furniture went `before`.

    What the rules find is weighed against the shape of a block and its surroundings (`judgement`). A block whose leading
    evidence is of a kind or a rule that `keep` names stays; `bearing` says which blocks stand in many other documents. What the
    judgement went by is told where no rule gives a reason; with `explained`, wherever it differs from the rules. A text is emptied
    only where the rules would do so by themselves, but for a few words: the judgement has learnt from whole pages.
    """
    ruled = _ruled(text, bearing)
    trees = forest()
    rows = trees.rows([_features(verdict) for verdict in ruled])
    likely = trees.probabilities(rows)
    gone = [_is_gone(verdict, probability, level) for verdict, probability in zip(ruled, likely, strict=True)]
    certain = dict(decisions([(verdict.block, verdict.evidence) for verdict in ruled], gone, keep))
    judged = [
        _judged(ruled[i], likely[i], gone[i], certain.get(i), keep, partial(trees.reasons, rows[i]), explained)
        for i in range(len(ruled))
    ]
    if all(verdict.removed for verdict in judged):
        judged = [_last_left(*pair) for pair in zip(judged, ruled, strict=True)]
    judged = _without_remnants(judged, before, keep)
    return [replace(v, sentences=said) if not v.removed and (said := _sentences(v, keep)) else v for v in judged]


def weigh(text: str) -> list[tuple[Block, Own]]:
    """Each block of a laid-out text with what the judgement sees of it by itself; what it is learnt from."""
    return [(verdict.block, _features(verdict)) for verdict in _ruled(text, NOTHING)]


def _features(verdict: Verdict) -> Own:
    told = [(item.kind, item.weight, item.rule) for item in verdict.evidence]
    return own_features(verdict.block, told, verdict.removed)


def _is_gone(verdict: Verdict, probability: float, level: CleanLevel) -> bool:
    """Whether the judgement removes a block of which the rules hold what `verdict` says."""
    recurs = any(item.kind == REPEATED for item in verdict.evidence)
    enough = THRESHOLDS[level] * (AGREEING if verdict.removed else 1.0)
    return probability >= enough or (recurs and verdict.score >= RECURRING[level])


def _judged(
    ruled: Verdict,
    probability: float,
    gone: bool,
    certain: Evidence | None,
    keep: frozenset[str],
    reasons: Callable[[], list[tuple[str, float]]],
    explained: bool,
) -> Verdict:
    """The verdict of the rules made one by probability, or by what is certain, with what that went by where it is to be told."""
    if certain is not None:
        gone = certain.kind != ARTICLE
    evidence = ruled.evidence
    alone = gone and not any(item.weight > 0 for item in evidence)
    if certain is not None and gone != ruled.removed:
        evidence = (*evidence, certain)
    elif alone or (explained and gone != ruled.removed):
        told = ", ".join(f"{name} {moved:+.1f}" for name, moved in reasons())
        context = Evidence(
            FURNITURE if gone else ARTICLE,
            probability if alone else 0.0,
            JUDGED,
            f"its shape and surroundings, in log odds: {told}",
        )
        evidence = (*evidence, context)
    return Verdict(ruled.block, evidence, probability, gone and not _kept(max(evidence, key=_weight), keep))


def _last_left(judged: Verdict, ruled: Verdict) -> Verdict:
    """The verdict on a block of a text of which nothing would be left: it goes where the rules by themselves are sure of it."""
    if ruled.removed:
        return judged
    return replace(judged, evidence=(*judged.evidence, LAST_LEFT), removed=False)


def _without_remnants(judged: list[Verdict], before: int, keep: frozenset[str]) -> list[Verdict]:
    """The verdicts; where nothing would stay but remnants of a page of furniture, these go, too."""
    staying = [verdict for verdict in judged if not verdict.removed]
    if not staying or len(staying) > MAX_REMNANTS or before + len(judged) - len(staying) < MIN_FURNITURE:
        return judged
    if _kept(REMNANT, keep) or not all(_is_remnant(verdict, keep) for verdict in staying):
        return judged
    return [v if v.removed else replace(v, evidence=(*v.evidence, REMNANT), removed=True) for v in judged]


def _is_remnant(verdict: Verdict, keep: frozenset[str]) -> bool:
    """Whether a block that stays is a few words, no sentence and no row of results, and stays for no better reason."""
    block = verdict.block
    if block.words > MAX_REMNANT_WORDS or block.ends_like_sentence:
        return False
    held = any(item.weight < 0 for item in verdict.evidence)
    leading = max(verdict.evidence, key=_weight, default=REMNANT)
    return not held and not _kept(leading, keep) and row_form(block) is None


def _sentences(verdict: Verdict, keep: frozenset[str]) -> tuple[Verdict, ...]:
    """The verdicts on the pleas within a block that stays, and on the credit at its end, each a block of its own."""
    if not verdict.evidence:
        return ()
    found = list(pleas(verdict.block, verdict.evidence, keep)) or bracketed(verdict.block, verdict.evidence, keep)
    return tuple(
        Verdict(Block(verdict.block.index, span, words), (WITHIN, *items), score(items), True)
        for span, words, items in found
    )


def _ruled(text: str, bearing: Bearing) -> list[Verdict]:
    """What the rules alone hold of each block: its evidence, and whether that is enough beside what goes around it."""
    document = blocks(text)
    hits = [cues(block.text) for block in document]
    spoken = spoken_languages(hits)
    own = [
        [*of_words(block, said, spoken), *_recurs(block, bearing)] for block, said in zip(document, hits, strict=True)
    ]
    removed = [score(items) >= ENOUGH for items in own]
    for number, item in series(document, own, removed).items():
        if not any(known.kind == REPEATED for known in own[number]):
            own[number], removed[number] = [*(known for known in own[number] if not known.weight), item], False
    found: list[list[Evidence]] = own
    doubted = [any(item.weight < 0 for item in items) for items in own]
    dated = [any(field.name == "date" for item in items for field in item.fields) for items in own]
    captions = [any(item.rule == CAPTION for item in items) for items in own]
    leading = [strongest(items) for items in own]
    again = repeated(document)
    for _ in range(MAX_PASSES):
        authors = _authors(document, found, removed)
        page = Page(document, leading, removed, doubted, dated, captions, again, authors)
        found = [[*items, *(Evidence(*c) for c in contextual(page, i))] for i, items in enumerate(own)]
        before, removed = removed, [score(items) >= ENOUGH for items in found]
        if removed == before:
            break
    return [
        Verdict(block, tuple(items), score(items), gone)
        for block, items, gone in zip(document, found, removed, strict=True)
    ]


def removals(text: str, verdicts: Sequence[Verdict]) -> tuple[list[Edit], list[Field]]:
    """The edits that remove the boilerplate of a laid-out text, and the metadata that it held (spans within `text`)."""
    edits: list[Edit] = []
    fields: list[Field] = []
    kept_before = False
    for i, verdict in enumerate(verdicts):
        fields += (field for item in verdict.evidence for field in item.fields if verdict.removed or not item.weight)
        if not verdict.removed:
            kept_before = True
            edits += (_removal(text, sentence, sentence.block.span) for sentence in verdict.sentences)
            continue
        # The blank line before the block goes with it; the one after it where nothing before it stays.
        span = verdict.block.span
        start, end = verdicts[i - 1].block.span.end if i else 0, span.end
        if not kept_before:
            start, end = span.start, verdicts[i + 1].block.span.start if i + 1 < len(verdicts) else span.end
        edits.append(_removal(text, verdict, Span(start, end)))
    return edits, fields


def _removal(text: str, verdict: Verdict, span: Span) -> Edit:
    best = verdict.best
    told = [item.reason for item in verdict.evidence if item.weight > 0 or item is WITHIN]
    reason = "; ".join(dict.fromkeys(told))
    return Edit(span.start, span.end, text[span.start : span.end], "", f"boilerplate.{best.kind}:{best.rule}", reason)


def _recurs(block: Block, bearing: Bearing) -> Iterator[Evidence]:
    if not (bearing.repeated or bearing.near) or not MIN_BLOCK_WORDS <= block.words <= MAX_BLOCK_WORDS:
        return
    key = text_key(block.text)
    if key in bearing.repeated:
        yield Evidence(REPEATED, RECURS, "corpus.repeated", f"it stands in {MIN_REPEATS} documents or more")
    elif key in bearing.near:
        reason = f"nearly the same stands in {MIN_REPEATS} documents or more"
        yield Evidence(REPEATED, NEARLY_RECURS, "corpus.nearly-repeated", reason)


def _weight(item: Evidence) -> float:
    return item.weight


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
