"""What `--keep` takes: rules, kinds and families; a name of nothing is an error, and no rule lacks a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.cleaning.corpus import load
from pipeline.clean import clean, laid_out
from pipeline.clean.blocks import blocks
from pipeline.clean.cues import cue_book
from pipeline.clean.keep import _names, unknown
from pipeline.detect import detect
from pipeline.models import ModelStore
from pipeline.provenance import assemble, english_title, wanted
from pipeline.read import read_document
from pipeline.records import Record
from pipeline.segment import segment
from pipeline.settings import Settings
from pipeline.translate import Hypothesis
from pipeline.verify import _ledger, _segments

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


SENTENCE = "The council met on Monday and closed the old bridge."
WORDS = "Nobody had repaired it since the war, said the mayor."
ODD = [
    f"  \n\n{SENTENCE}\n \n{WORDS}\n\t\n",
    f"   Ferry -\n  late   again  \n\n    {SENTENCE}   \n    {SENTENCE}\n",
    f"\u00a0\u2003\n\n\u00ad\n\n\u200b\n{SENTENCE}\n\u3000\n",
    f"\u2028\u2029{SENTENCE}\u2028 \u2028{SENTENCE}\f\f\v\x85",
    f"\r{SENTENCE}\r\n \r{SENTENCE}\n\n\u0640\n\n\u200d\n\n\x1c\x1d\n",
    f"Share\n \n  \n© 2024 X\n\nBy Ada Quill\n \n{SENTENCE}  {SENTENCE} \n   \nRead also: nothing\n\n",
    f"« »\n\n“ ”\n\n<< >>\n\n\u202f\n\n—\n\n…\n\n&nbsp;\n\n\x1b[0m\n\n{SENTENCE}",
    " \n ",
]
# Of the cues, which only leave blocks where they are, the kinds.
KEPT = [(name,) for name in sorted(_names()) if name not in cue_book().names or "." not in name]


def _recorded(text: str, settings: Settings) -> Record:
    """The record of a text; what is foreign is translated by writing it in capitals."""
    store = ModelStore(settings.engine, settings.model, settings.pivot)
    document = segment(detect(clean(read_document("a.txt", text.encode()), settings), settings), settings)
    assert {unit.paragraph for unit in document.units} == set(range(len(document.paragraphs)))
    asked = wanted(document, store).items()
    return assemble(
        document,
        settings,
        store,
        {code: {t: Hypothesis(t.upper(), -0.1, 9, 9) for t in texts} for code, texts in asked},
    )


ALL_LAYOUT = ("layout.*", "unicode.*", "style.*", "ftfy.*")


@pytest.mark.parametrize(
    ("language", "keeps"),
    [("en", [*KEPT, ALL_LAYOUT]), ("it", [("layout.edge",), ("layout.paragraph",), ("layout.*",), ALL_LAYOUT])],
    ids=["copied", "translated"],
)
def test_whatever_is_kept_an_odd_layout_is_done_and_its_sums_come_out(
    language: str, keeps: list[tuple[str, ...]], tmp_path: Path
) -> None:
    for keep in keeps:
        for text in ODD:
            record = _recorded(text, Settings(keep=keep, language=language))
            english_title(record)
            assert [*_ledger(tmp_path, record), *_segments(record)] == [], (keep, text)


def test_spaces_that_are_kept_are_no_paragraph_and_part_of_none() -> None:
    text = f"The bridge \n \n  {SENTENCE}\n\t\n{WORDS} "
    document = clean(read_document("a.txt", text.encode()), Settings(keep=("layout.*", "unicode.*")))
    assert document.source == text
    assert [block.text for block in blocks(document.source)] == ["The bridge", SENTENCE, WORDS]
    assert [field.value for field in document.fields] == ["The bridge"]
