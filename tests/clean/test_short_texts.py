"""Short texts and pages of furniture: what is all of an article stays, and what is none goes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.cleaning.corpus import Document, load
from pipeline.clean import laid_out
from pipeline.settings import CleanLevel
from tests.clean.test_boilerplate import cleaned

# A brief, a telegram, a correction, a table of results, an obituary, the weather: by language, then by kind.
TEXTS: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "short_texts.toml").read_text(encoding="utf-8")
)
EVERY = [
    pytest.param(text, id=f"{language}-{kind}") for language, kinds in TEXTS.items() for kind, text in kinds.items()
]


@pytest.mark.parametrize("level", ["light", "standard", "strict"])
@pytest.mark.parametrize("text", EVERY)
def test_a_short_text_that_is_all_there_is_stays_whole(text: str, level: CleanLevel) -> None:
    assert cleaned(text, clean=level) == laid_out(text)


@pytest.mark.parametrize("language", TEXTS)
def test_a_short_text_of_sentences_stays_whole_with_the_furniture_of_a_page_around_it(language: str) -> None:
    """In the place of the article, of every third page of the tuning half. Lines without a full stop can be lost there."""
    for page in [page for page in load("tuning") if page.language == language][::3]:
        above, below = _around(page)
        for kind in ("brief", "correction", "obituary", "weather"):
            text = laid_out(TEXTS[language][kind])
            assert text in cleaned("\n\n".join((*above, text, *below))).split("\n\n"), (page.path, kind)


def _around(page: Document) -> tuple[list[str], list[str]]:
    """The furniture above the article, and that within and below."""
    first = next((number for number, block in enumerate(page.blocks) if block.keep), len(page.blocks))
    furniture = [(number, block.text) for number, block in enumerate(page.blocks) if not block.keep]
    return [text for number, text in furniture if number < first], [
        text for number, text in furniture if number > first
    ]


def _furniture_alone() -> Iterator[str]:
    for page in load("tuning"):
        # A note that says what was wrong is of the article, whatever its label says.
        blocks = [block.text for block in page.blocks if not block.keep and block.kind != "amended"]
        if blocks:
            yield "\n\n".join(blocks)


def test_pages_of_furniture_alone_are_emptied() -> None:
    """A floor, to fall on purpose alone: 166 of 350 (98 before the few words that are left over went, too)."""
    texts = list(_furniture_alone())
    assert sum(not cleaned(text) for text in texts) >= 0.46 * len(texts)


@pytest.mark.parametrize("word", ["Motors", "Raghav Sehgal", "1 987"])
def test_a_few_words_left_of_a_page_of_furniture_go(word: str) -> None:
    furniture = [
        "Home | News | Sport | Weather",
        "Sign up to our newsletter",
        "Share",
        "Related stories",
        "Terms of use",
        "Privacy policy",
        "© 2024 Harbour Times. All rights reserved.",
    ]
    page = "\n\n".join((*furniture[:2], word, *furniture[2:]))
    assert cleaned(page) == ""
    assert cleaned(page, keep=("shape.remnant",)) == word
    assert cleaned(word) == word
    assert cleaned("\n\n".join((*furniture[:2], "Portwell 2-1", *furniture[2:]))) == "Portwell 2-1"
    sentence = f"{word} closed."
    assert cleaned("\n\n".join((*furniture[:2], sentence, *furniture[2:]))) == sentence
