"""The page on its own, as a file that is sent to a colleague and comes back as one of verdicts, in a real browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import expect

from pipeline.records import Record, Span

from . import corpus
from .conftest import Serve, Shoot, Windows, monoglot

# One sentence as it stood before another run, and after it.
OLD = corpus.record("fr/pont.txt", "fr", [corpus.Said("Le pont est fermé.", "The bridge is shut.", 0.99)])
NEW = corpus.record("fr/pont.txt", "fr", [corpus.Said("Le pont est fermé.", "The bridge is closed.", 0.99)])


def test_the_page_alone_and_back(tmp_path: Path, folder: Path, window: Windows, shoot: Shoot) -> None:
    """Export the page as a file, judge in it without a server, save, import twice, and have the correction once."""
    memory, file = tmp_path / "memory.sqlite", tmp_path / "for-a-colleague.html"
    corpus.write(folder, [corpus.HOSTILE])
    monoglot(memory, "review", str(folder), "--html", str(file), "--limit", "1000")
    page = window().open(file.as_uri())
    expect(page.locator("#english")).to_contain_text("<img src=x")
    assert page.evaluate("window.hacked") is None
    page.locator("#flag").select_option("number")
    page.keyboard.press("Escape")
    page.locator("#segment").focus()
    page.keyboard.press("e")
    page.get_by_label("Corrected English").fill("The prefect said that 235 families left their homes.")
    page.keyboard.press("Enter")
    expect(page.locator("#progress-label")).to_contain_text("1 of 12")
    page.keyboard.press("r")
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    page.locator("#flag").select_option("")
    page.get_by_text("Random sample", exact=True).first.click()
    page.locator("#segment").focus()
    page.keyboard.press("a")
    expect(page.locator("#estimate-label")).to_contain_text("need work")
    page.reload()
    expect(page.locator("#progress-label")).to_contain_text("2 of 12")
    shoot(page, "alone")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save verdicts").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    for new in ("3 of them new", "0 of them new"):
        assert new in monoglot(memory, "review", str(folder), "--import", str(saved), "--reviewer", "Ben").decode()
    rows = [json.loads(line) for line in monoglot(memory, "review", str(folder), "--export", "jsonl").splitlines()]
    assert {(row["verdict"], row["reviewer"], row["sample"]) for row in rows} == {
        ("edit", "Ben", None),
        ("accept", "Ben", "*"),
    }
    estimate = json.loads(monoglot(memory, "review", str(folder), "--estimate"))
    assert (estimate["all"]["judged"], estimate["all"]["wrong"]) == (1, 0)


def test_the_page_alone_takes_no_correction_that_changes_nothing(tmp_path: Path, folder: Path, window: Windows) -> None:
    file = tmp_path / "for-a-colleague.html"
    monoglot(tmp_path / "memory.sqlite", "review", str(folder), "--html", str(file))
    page = window().open(file.as_uri())
    field = page.get_by_label("Corrected English")

    def correct(words: str | None = None) -> str:
        page.locator("#list li").first.click()
        page.locator("#segment").focus()
        page.keyboard.press("e")
        before = field.input_value()
        field.fill(words or f"{before} Indeed.")
        page.keyboard.press("Enter")
        return before

    machine = correct()
    expect(page.locator("#progress-label")).to_contain_text("1 of 7")
    correct(f" {machine}")
    expect(page.get_by_role("status")).to_contain_text("accept it")
    page.keyboard.press("Escape")
    assert correct("Other words.") == f"{machine} Indeed."


def test_the_page_alone_open_twice_keeps_both(tmp_path: Path, folder: Path, window: Windows) -> None:
    file = tmp_path / "for-a-colleague.html"
    monoglot(tmp_path / "memory.sqlite", "review", str(folder), "--html", str(file))
    browser = window()
    pages = [browser.open(file.as_uri()) for _ in range(2)]
    for place, page in enumerate(pages):
        page.locator("#list li").nth(place).click()
        page.locator("#segment").focus()
        page.keyboard.press("a")
        expect(page.get_by_role("status")).to_contain_text("Accepted")
    expect(browser.open(file.as_uri()).locator("#progress-label")).to_contain_text("2 of 7")


def test_a_verdict_on_the_page_alone_belongs_to_its_words(
    tmp_path: Path, folder: Path, window: Windows, shoot: Shoot
) -> None:
    """A page that was made after another run has the same place in a browser as the one before."""
    file, memory = tmp_path / "for-a-colleague.html", tmp_path / "memory.sqlite"

    def page_of(record: Record) -> None:
        corpus.write(folder, [replace(record, id=OLD.id)])
        monoglot(memory, "review", str(folder), "--html", str(file))

    page_of(OLD)
    page = window().open(file.as_uri())
    expect(page.locator("#english")).to_contain_text("shut")
    page.keyboard.press("a")
    expect(page.locator("#progress-label")).to_contain_text("1 of 8")
    page_of(NEW)
    page.reload()
    expect(page.locator("#progress-label")).to_contain_text("0 of 8")
    page.locator("#list li").first.click()
    expect(page.locator("#english")).to_contain_text("closed")
    expect(page.locator(".banner")).to_contain_text("translated otherwise")
    shoot(page, "alone-stale")
    page.locator("#segment").focus()
    page.keyboard.press("e")
    page.get_by_label("Corrected English").fill("The bridge is not open.")
    page.keyboard.press("Enter")
    expect(page.locator("#progress-label")).to_contain_text("1 of 8")
    page_of(replace_words(NEW, "The bridge is not open."))
    page.reload()
    expect(page.locator("#progress-label")).to_contain_text("1 of 8")
    page.locator("#list li").first.click()
    expect(page.locator(".banner.edit")).to_contain_text("and applied")


def replace_words(record: Record, words: str) -> Record:
    """A record of one segment with a person's words in the place of the machine's, as a run puts them there."""
    (segment,) = record.segments
    assert segment.translation is not None
    human = replace(segment.translation, origin="human")
    return replace(record, text=words, segments=(replace(segment, translation=human, text=Span(0, len(words))),))


def test_a_verdict_on_the_page_alone_takes_the_place_of_one_on_other_words(
    tmp_path: Path, folder: Path, serve: Serve, window: Windows
) -> None:
    file, memory = tmp_path / "for-a-colleague.html", tmp_path / "memory.sqlite"
    corpus.write(folder, [OLD])
    page = window().open(serve(folder).address)
    expect(page.locator("#english")).to_contain_text("shut")
    page.keyboard.press("r")
    expect(page.locator("#progress-label")).to_contain_text("1 of 8")
    corpus.write(folder, [replace(NEW, id=OLD.id)])
    monoglot(memory, "review", str(folder), "--html", str(file))
    page = window().open(file.as_uri())
    expect(page.locator(".banner")).to_contain_text("translated otherwise")
    page.keyboard.press("a")
    expect(page.locator("#progress-label")).to_contain_text("1 of 8")
    page.keyboard.press("k")
    expect(page.locator("#english")).to_contain_text("closed")
    expect(page.locator(".banner.accept")).to_be_visible()
    expect(page.locator(".banner")).not_to_contain_text("translated otherwise")


def test_the_page_alone_counts_a_sample_of_one_language_for_it_alone(
    tmp_path: Path, folder: Path, window: Windows
) -> None:
    file = tmp_path / "for-a-colleague.html"
    monoglot(tmp_path / "memory.sqlite", "review", str(folder), "--html", str(file), "--limit", "100")
    page = window().open(file.as_uri())
    page.get_by_text("Random sample", exact=True).first.click()
    page.locator("#language").select_option("ar")
    page.locator("#segment").focus()
    page.keyboard.press("r")
    expect(page.locator("#progress-label")).to_contain_text("1 of 7")
    expect(page.locator("#estimate-label")).to_contain_text("No estimate yet")
    page.locator("#estimate").click()
    expect(page.locator("tbody")).to_contain_text(re.compile(r"Arabic\s*1 of 1"))
