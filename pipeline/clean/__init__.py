"""Cleaning: from the decoded text to the article alone, with every change in the ledger.

The order of the steps is written here and nowhere else. Each step reads the text that the one before it left, the first one
what the document's own edits leave; their edits are joined into one list on `raw`. The steps run until none of them finds
anything, so that cleaning clean text changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.clean.blocks import Block, blocks
from pipeline.clean.boilerplate import Verdict, judge, removals
from pipeline.clean.columns import columns
from pipeline.clean.evidence import FURNITURE, JUDGED, Evidence
from pipeline.clean.keep import kept
from pipeline.clean.layout import layout
from pipeline.clean.ledger import apply, compose, raw_spans
from pipeline.clean.repetition import NOTHING, Bearing
from pipeline.clean.unicode import compose_characters, house_style, repair_encoding, typed_quotes
from pipeline.records import Document, Edit, Field
from pipeline.settings import Settings

# What cleaning makes of the same text; to be raised when its code changes that (the cues and the trees are hashed).
CLEANING_VERSION: Final = 4
REPAIRS: Final[tuple[Callable[[str], Iterable[Edit]], ...]] = (
    repair_encoding,
    columns,
    house_style,
    typed_quotes,
    compose_characters,
    layout,
)
# Two rounds are the rule (the second finds nothing); a repair that uncovers another needs a third.
MAX_ROUNDS: Final = 10
# Headlines run longer than the headings within an article.
MAX_TITLE_WORDS: Final = 20
QUOTES: Final = "\"')"
ASKING: Final = frozenset("?!؟？！")


@dataclass(frozen=True, slots=True)
class Round:
    """One time through all steps: the edits of each repair, the verdicts on the text that they leave, and what these remove."""

    repairs: tuple[Sequence[Edit], ...]
    verdicts: Sequence[Verdict]
    removals: Sequence[Edit]
    fields: Sequence[Field]


def clean(document: Document, settings: Settings, bearing: Bearing = NOTHING) -> Document:
    """The document with `source`, `edits` and the metadata that the removed blocks held.

    `bearing` is what of it recurs in the corpus that it is part of.
    """
    edits = begun(document, settings)
    keep = frozenset(settings.keep)
    fields = [_mended(field, keep) for field in document.fields]
    for done in _rounds(apply(document.raw, edits), settings, bearing):
        for found in done.repairs:
            edits = compose(edits, found)
        if done.fields:
            to_raw = raw_spans(edits)
            fields += (replace(field, span=to_raw(field.span)) for field in done.fields if field.span is not None)
        if done.removals:
            edits = compose(edits, done.removals)
    text = apply(document.raw, edits)
    if (title := _title(blocks(text))) is not None:
        fields.append(Field("title", title.text, "shape.first-heading", raw_spans(edits)(title.span)))
    return replace(document, source=text, edits=edits, fields=_once(fields))


def begun(document: Document, settings: Settings) -> tuple[Edit, ...]:
    """The edits that a document comes with from its reading, without those that are to be kept: cleaning begins with them."""
    return tuple(_wanted(document.edits, frozenset(settings.keep)))


def explain(document: Document, settings: Settings) -> list[Verdict]:
    """What `clean` holds of each block of a document, in order: why it goes, in whichever round that is, or why it stays.

    The rounds see the same blocks but for those that went. Should a repair have made others, these follow at the end.
    """
    told: list[Verdict] = []
    left: list[int] = []
    text = apply(document.raw, begun(document, settings))
    for number, done in enumerate(_rounds(text, settings, explained=True), 1):
        if len(done.verdicts) != len(left):
            left = list(range(len(told), len(told) + len(done.verdicts)))
            told += done.verdicts
        for place, verdict in zip(left, done.verdicts, strict=True):
            if number > 1 and verdict.removed:
                later = Evidence(FURNITURE, 0.0, JUDGED, f"in round {number}, without the blocks that had gone by then")
                told[place] = replace(verdict, evidence=(*verdict.evidence, later), sentences=told[place].sentences)
            elif number > 1 and verdict.sentences:
                told[place] = replace(told[place], sentences=told[place].sentences + verdict.sentences)
        left = [place for place in left if not told[place].removed]
    return told


def laid_out(raw: str, keep: frozenset[str] = frozenset()) -> str:
    """The text as the repairs leave it, before boilerplate is looked for; `keep` is what they leave alone."""
    text, _ = _repaired(raw, keep)
    return text


def _rounds(raw: str, settings: Settings, bearing: Bearing = NOTHING, *, explained: bool = False) -> Iterator[Round]:
    """The rounds of a text's cleaning, until one changes nothing."""
    keep = frozenset(settings.keep)
    text, settled = raw, None  # `settled` was judged already, and nothing of it went
    gone = 0
    for _ in range(MAX_ROUNDS):
        repaired, repairs = _repaired(text, keep)
        if repaired == settled:
            return
        verdicts = judge(repaired, settings.clean, keep, bearing, before=gone, explained=explained)
        gone += sum(verdict.removed for verdict in verdicts)
        removed, fields = removals(repaired, verdicts)
        yield Round(repairs, verdicts, removed, fields)
        before, text = text, apply(repaired, removed)
        if text == before:
            return
        settled = None if removed else text


def _repaired(text: str, keep: frozenset[str]) -> tuple[str, tuple[Sequence[Edit], ...]]:
    """The text after all repairs, and the edits of each that found something."""
    steps: list[Sequence[Edit]] = []
    for repair in REPAIRS:
        if found := _wanted(repair(text), keep):
            text = apply(text, found)
            steps.append(found)
    return text, tuple(steps)


def _mended(field: Field, keep: frozenset[str]) -> Field:
    """A field of a page's metadata, decoded rightly as the text is."""
    return replace(field, value=apply(field.value, _wanted(repair_encoding(field.value), keep)))


def _wanted(edits: Iterable[Edit], keep: frozenset[str]) -> list[Edit]:
    return [edit for edit in edits if not kept(keep, edit.rule)]


def _title(document: Sequence[Block]) -> Block | None:
    """The first block, where it is short and no sentence; a question or an exclamation may stand above a text."""
    first = next(iter(document), None)
    if first is None or first.words > MAX_TITLE_WORDS:
        return None
    asks = len(document) > 1 and first.text.rstrip(QUOTES)[-1:] in ASKING
    return first if asks or not first.ends_like_sentence else None


def _once(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Each name and value once, in the order found; the first of a name is the one that counts."""
    kept: dict[tuple[str, str], Field] = {}
    for field in fields:
        if field.value:
            kept.setdefault((field.name, field.value), field)
    return tuple(kept.values())
