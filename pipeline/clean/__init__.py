"""Cleaning: from the decoded text to the article alone, with every change in the ledger.

The order of the steps is written here and nowhere else. Each step reads the text that the one before it left; their edits
are joined into one list on `raw`. The steps run until none of them finds anything, so that cleaning clean text changes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from pipeline.clean import boilerplate
from pipeline.clean.blocks import blocks
from pipeline.clean.keep import kept
from pipeline.clean.layout import layout
from pipeline.clean.ledger import apply, compose, raw_spans
from pipeline.clean.repetition import NOTHING, Bearing
from pipeline.clean.unicode import compose_characters, house_style, repair_encoding
from pipeline.records import Document, Edit, Field
from pipeline.settings import Settings

REPAIRS: Final[tuple[Callable[[str], Iterable[Edit]], ...]] = (
    repair_encoding,
    house_style,
    compose_characters,
    layout,
)
# Two rounds are the rule (the second finds nothing); a repair that uncovers another needs a third.
MAX_ROUNDS: Final = 10
# Headlines run longer than the headings within an article.
MAX_TITLE_WORDS: Final = 20


def clean(document: Document, settings: Settings, bearing: Bearing = NOTHING) -> Document:
    """The document with `source`, `edits` and the metadata that the removed blocks held.

    `bearing` is what of it recurs in the corpus that it is part of.
    """
    keep = frozenset(settings.keep)
    text, edits = document.raw, tuple[Edit, ...]()
    fields = list(document.fields)
    for _ in range(MAX_ROUNDS):
        before = text
        for repair in REPAIRS:
            if found := _wanted(repair(text), keep):
                text, edits = apply(text, found), compose(edits, found)
        found, new_fields = boilerplate.strip(text, settings.clean, keep, bearing)
        if new_fields:
            to_raw = raw_spans(edits)
            fields += (replace(field, span=to_raw(field.span)) for field in new_fields if field.span is not None)
        if found:
            text, edits = apply(text, found), compose(edits, found)
        if text == before:
            break
    first = next(iter(blocks(text)), None)
    if first is not None and first.words <= MAX_TITLE_WORDS and not first.ends_like_sentence:
        fields.append(Field("title", first.text, "shape.first-heading", raw_spans(edits)(first.span)))
    return replace(document, source=text, edits=edits, fields=_once(fields))


def laid_out(raw: str, keep: frozenset[str] = frozenset()) -> str:
    """The text as the repairs leave it, before boilerplate is looked for; `keep` is what they leave alone."""
    text = raw
    for repair in REPAIRS:
        text = apply(text, _wanted(repair(text), keep))
    return text


def _wanted(edits: Iterable[Edit], keep: frozenset[str]) -> list[Edit]:
    return [edit for edit in edits if not kept(keep, edit.rule)]


def _once(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Each name and value once, in the order found; the first of a name is the one that counts."""
    kept: dict[tuple[str, str], Field] = {}
    for field in fields:
        if field.value:
            kept.setdefault((field.name, field.value), field)
    return tuple(kept.values())
