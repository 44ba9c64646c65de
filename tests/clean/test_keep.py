"""What `--keep` takes: rules, kinds and families; a name of nothing is an error, and no rule lacks a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.cleaning.corpus import load
from pipeline.clean import clean, laid_out
from pipeline.clean.keep import unknown
from pipeline.read import read_document
from pipeline.settings import Settings

SEEDS = sorted((Path(__file__).parents[2] / "seeds").iterdir())
PAGE = (
    "Ferry — late again\n\nBy Ada Quill\n\n“Nobodyâ€™s” fault, said the mayor of the harbour, and went home on foot.\n"
)


def _cleaned(*keep: str) -> str:
    return clean(read_document("page.txt", PAGE.encode()), Settings(keep=keep)).source


@pytest.mark.parametrize(
    ("keep", "stays"),
    [
        ("style.dash", "Ferry — late"),
        ("style.*", "“Nobody"),
        ("ftfy.*", "Nobodyâ€"),
        ("byline", "By Ada Quill"),
        ("en.byline", "By Ada Quill"),
        ("en.*", "By Ada Quill"),
    ],
)
def test_what_is_named_is_left_alone(keep: str, stays: str) -> None:
    assert stays not in _cleaned()
    assert stays in _cleaned(keep)


def test_explain_lays_a_text_out_as_a_run_does() -> None:
    assert "Ferry — late" in laid_out(PAGE, frozenset(["style.dash"]))
    assert "Ferry — late" not in laid_out(PAGE)


@pytest.mark.parametrize("name", ["bylines", "stile.dash", "style", "ftfy", "ftfy.nothing", "xx.*", "", "*"])
def test_a_name_of_nothing_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="--keep takes a cleaning rule"):
        Settings(keep=("style.dash", name))


def _rules_in_use() -> Iterator[str]:
    pages = [page.text.encode() for page in load("tuning")]
    for number, raw in enumerate([*pages, *(path.read_bytes() for path in SEEDS), PAGE.encode()]):
        for edit in clean(read_document(f"{number}.txt", raw), Settings(clean="strict")).edits:
            yield from edit.rule.removeprefix("boilerplate.").split(":")


def test_every_rule_that_a_ledger_names_can_be_kept() -> None:
    used = set(_rules_in_use())
    assert len(used) > 60
    assert unknown(used) == []
