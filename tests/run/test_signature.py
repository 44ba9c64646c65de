"""What a record's signature names: all that could make its bytes other, and nothing else."""

from __future__ import annotations

import pytest

from pipeline.models import ModelStore
from pipeline.settings import Settings
from pipeline.signature import signature

ENGLISH = ("read", "cleaning", "rules", "units", "clean", "checks")
FOREIGN = (*ENGLISH, "mt")


@pytest.mark.parametrize(
    ("languages", "named", "not_named"),
    [
        (["en"], ENGLISH, ("mt", "acronyms")),
        (["en", "und"], ENGLISH, ("mt", "acronyms")),
        # No model: nothing is decoded.
        (["ar"], FOREIGN, ("acronyms",)),
        (["it"], (*FOREIGN, "acronyms"), ()),
    ],
)
def test_a_signature_names_what_made_the_document(
    languages: list[str], named: tuple[str, ...], not_named: tuple[str, ...]
) -> None:
    settings = Settings()
    store = ModelStore(settings.engine, settings.model, settings.pivot)
    parts = {part.partition(":")[0] for part in signature(settings, store, languages).split("|")}
    assert set(named) <= parts
    assert parts.isdisjoint(not_named)
