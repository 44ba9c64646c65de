"""The pages that the speed of cleaning is measured on."""

from __future__ import annotations

from benchmarks.cleaning_speed import CHARACTERS, pages


def test_every_page_is_different_news_of_the_size_asked_for_and_always_the_same() -> None:
    made = pages(60, 1)
    assert len(set(made)) == len(made)
    assert made == pages(60, 1) != pages(60, 2)
    assert all(CHARACTERS <= len(page) <= 1.3 * CHARACTERS for page in made)


def test_paragraphs_are_new_on_every_page() -> None:
    """What is remembered of one page's paragraphs is no help with another's."""
    blocks = [block for page in pages(60, 1) for block in page.split("\n\n") if len(block) > 250]
    assert len(set(blocks)) / len(blocks) > 0.95
