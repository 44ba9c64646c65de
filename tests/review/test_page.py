"""The page in a real browser: what a person does, with mouse, keys and thumbs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from . import corpus
from .conftest import Serve, Shoot, Windows, monoglot

ARTICLE = """Il porto riapre dopo tre giorni

Il porto di Cala Serena ha riaperto lunedì mattina. Le navi sono rimaste ferme per tre giorni. Nessuno è rimasto ferito.
"""


def test_the_whole_loop(tmp_path: Path, serve: Serve, window: Windows, shoot: Shoot) -> None:
    """Open, fix, undo, fix again, export, run again, and find the correction in the text, the rows and the record."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "porto.txt").write_text(ARTICLE, encoding="utf-8")
    out, memory = tmp_path / "normalized", tmp_path / "memory.sqlite"
    monoglot(memory, "run", str(tmp_path / "articles"), "--out", str(out), "--quiet")

    review = serve(out, "--reviewer", "Ada")
    page = window().open(review.address)
    assert "token" not in page.url
    page.get_by_role("button", name=re.compile("Le navi sono rimaste")).click()
    expect(page.locator(".current [data-side=source]")).to_contain_text("Le navi sono rimaste")
    machine = page.locator("#english").inner_text()
    page.get_by_role("button", name="Edit").click()
    field = page.get_by_label("Corrected English")
    expect(field).to_be_focused()
    field.fill("The ships lay idle for three days.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Corrected")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#english")).to_have_text(machine, use_inner_text=True)
    page.keyboard.press("e")
    field.fill("The ships lay idle for three days.")
    page.keyboard.press("Enter")
    expect(page.locator("#progress-label")).to_contain_text("1 of")
    shoot(page, "loop")

    exported = [json.loads(line) for line in monoglot(memory, "review", str(out), "--export", "jsonl").splitlines()]
    assert [(row["verdict"], row["correction"], row["reviewer"]) for row in exported] == [
        ("edit", "The ships lay idle for three days.", "Ada")
    ]
    monoglot(memory, "run", str(tmp_path / "articles"), "--out", str(out), "--quiet")
    (text,) = (out / "text").glob("*.txt")
    assert "The ships lay idle for three days." in text.read_text(encoding="utf-8")
    assert "The ships lay idle for three days." in (out / "documents.jsonl").read_text(encoding="utf-8")
    (record,) = (out / "records").glob("*.json")
    assert '"origin": "human"' in record.read_text(encoding="utf-8")
    monoglot(memory, "verify", str(out))

    page.reload()
    page.get_by_role("button", name=re.compile("Le navi sono rimaste")).click()
    expect(page.locator(".banner")).to_contain_text("and applied")


def test_the_keyboard_is_enough(folder: Path, serve: Serve, window: Windows) -> None:
    page = window().open(serve(folder).address)
    keys = page.keyboard
    expect(page.locator("#english")).to_contain_text("253 families")
    keys.press("a")
    expect(page.locator("#english")).to_contain_text("120 people")
    expect(page.locator("#segment")).to_be_focused()
    keys.press("r")
    expect(page.locator("#english")).to_contain_text("People were injured")
    keys.press("k")
    expect(page.locator(".banner.reject")).to_be_visible()
    keys.press("u")
    expect(page.locator(".banner")).to_have_count(0)
    keys.press("e")
    expect(page.get_by_label("Corrected English")).to_be_focused()
    keys.press("j")
    expect(page.get_by_label("Corrected English")).to_have_value(re.compile("^jThe spokesman"))
    keys.press("Escape")
    expect(page.get_by_label("Corrected English")).to_have_count(0)
    keys.press("n")
    keys.type("Ask the desk")
    keys.press("Enter")
    expect(page.locator("p.note")).to_contain_text("Ask the desk")
    keys.press("x")
    expect(page.locator("#context .excerpt del")).to_contain_text("اشترك")
    keys.press("/")
    keys.type("ferry")
    expect(page.locator("#list li")).to_have_count(1)
    expect(page.locator("#english")).to_contain_text("ferry")
    keys.press("Escape")
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_evidence_stands_out_on_both_sides(folder: Path, serve: Serve, window: Windows) -> None:
    page = window().open(serve(folder).address)
    assert page.locator("[data-side=source] mark").all_inner_texts() == ["prefetto", "235"]
    assert page.locator("[data-side=text] mark").all_inner_texts() == ["prefect", "253"]
    page.locator(".flags li").first.hover()
    assert page.locator("mark.pointed").all_inner_texts() == ["235", "253"]
    page.locator("#context summary").click()
    expect(page.locator("#context .excerpt b")).to_have_text(
        "Secondo il prefetto, 235 famiglie hanno lasciato le case."
    )
    expect(page.locator("#context .excerpt del")).to_contain_text("Iscriviti alla newsletter del porto")
    expect(page.locator("#context .reasons")).to_contain_text("a plea to subscribe")


def test_two_windows_see_each_other_and_overwrite_nothing(folder: Path, serve: Serve, window: Windows) -> None:
    review = serve(folder)
    one, other = window(), window()
    first, second = one.open(review.address), one.open(review.address)
    stranger = other.open(review.address)
    first.keyboard.press("r")
    expect(second.locator(".banner.reject")).to_be_visible()
    expect(second.locator("#progress-label")).to_contain_text("1 of 7")
    # Another browser hears of nothing; its verdict on what has changed meanwhile is not taken before it has seen that.
    stranger.keyboard.press("a")
    expect(stranger.get_by_role("status")).to_contain_text("another window")
    expect(stranger.locator(".banner.reject")).to_be_visible()
    stranger.keyboard.press("a")
    expect(stranger.get_by_role("status")).to_contain_text("Accepted")
    assert other.faults.pop(0).count("409") == 1


def test_words_that_were_typed_are_not_lost_when_another_was_quicker(
    folder: Path, serve: Serve, window: Windows
) -> None:
    review = serve(folder)
    one, other = window(), window()
    page, stranger = one.open(review.address), other.open(review.address)
    page.keyboard.press("e")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("According to the prefect, 235 families have left home.")
    stranger.keyboard.press("r")
    expect(stranger.get_by_role("status")).to_contain_text("Rejected")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("status")).to_contain_text("another window")
    expect(page.locator("textarea")).to_have_value("According to the prefect, 235 families have left home.")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("status")).to_contain_text("Corrected")
    assert one.faults.pop(0).count("409") == 1


def test_a_page_that_a_run_has_overtaken_says_so(folder: Path, serve: Serve, window: Windows) -> None:
    one = window()
    page = one.open(serve(folder).address)
    shown = corpus.HARBOUR
    expect(page.locator(".current [data-side=source]")).to_contain_text("Secondo il prefetto")
    said = (
        corpus.Said("Il porto è chiuso.", "The port is closed."),
        corpus.Said("Riapre lunedì.", "It opens on Monday."),
    )
    corpus.write(folder, [replace(corpus.record(shown.origin.path, "it", said), id=shown.id)])
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("reload the page")
    expect(page.locator("#progress-label")).to_contain_text("0 of")
    page.reload()
    page.get_by_role("button", name=re.compile("Riapre")).click()
    expect(page.locator(".current [data-side=source]")).to_contain_text("Riapre lunedì.")
    assert one.faults.pop(0).count("404") == 1


def test_the_estimate_counts_the_sample_alone(folder: Path, serve: Serve, window: Windows, shoot: Shoot) -> None:
    page = window().open(serve(folder).address)
    page.keyboard.press("r")
    expect(page.locator("#progress-label")).to_contain_text("1 of 7")
    expect(page.locator("#estimate-label")).to_contain_text("No estimate yet")
    page.get_by_text("Random sample", exact=True).first.click()
    expect(page.locator("#order-hint")).to_contain_text("how good the whole is")
    for place in range(7):
        item = page.locator("#list li").nth(place)
        item.click()
        expect(item.locator("button")).to_have_attribute("aria-current", "true")
        confirming = page.locator("#confirm").count() == 1
        page.keyboard.press("c" if confirming else "a")
        expect(item).to_have_class(re.compile("reject" if confirming else "accept"))
    expect(page.locator("#estimate-label")).to_have_text("14 % need work (14–14 %)")
    page.locator("#estimate").click()
    expect(page.locator("tbody tr").first).to_have_text(re.compile(r"^All\s*1 of 7\s*14 %\s*14–14 %\s*all judged"))
    shoot(page, "estimate")


def test_right_to_left_sources_stand_right(folder: Path, serve: Serve, window: Windows, shoot: Shoot) -> None:
    page = window().open(serve(folder).address)
    page.get_by_role("button", name=re.compile("1200")).click()
    source = page.locator(".current [data-side=source]")
    expect(source).to_have_attribute("dir", "rtl")
    expect(source).to_have_attribute("lang", "ar")
    box = source.bounding_box()
    words = source.locator("mark").bounding_box()
    assert box is not None
    assert words is not None
    align = source.evaluate("node => getComputedStyle(node).direction + getComputedStyle(node).textAlign")
    assert align == "rtlstart"
    expect(page.locator("#english")).to_have_attribute("dir", "ltr")
    shoot(page, "right-to-left")


def test_a_phone_is_wide_enough(folder: Path, serve: Serve, window: Windows, shoot: Shoot) -> None:
    page = window(width=360, height=740, touch=True).open(serve(folder).address)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    shoot(page, "phone")
    for name in ("Accept", "Edit", "Reject", "Note", "Undo", "Queue"):
        box = page.get_by_role("button", name=name, exact=False).first.bounding_box()
        assert box is not None
        assert box["height"] >= 40, name
    page.get_by_role("button", name="Queue").tap()
    shoot(page, "phone-queue")
    page.get_by_role("button", name=re.compile("1200")).tap()
    expect(page.locator("#english")).to_contain_text("120 people")
    page.get_by_role("button", name="Accept").tap()
    expect(page.locator("#progress-label")).to_contain_text("1 of 7")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_a_search_on_a_phone_leads_to_what_was_found(folder: Path, serve: Serve, window: Windows, key: str) -> None:
    page = window(width=390, height=740, touch=True).open(serve(folder).address)
    page.get_by_role("button", name="Queue").tap()
    page.get_by_label("Search").fill("ferry")
    expect(page.locator("#list li")).to_have_count(1)
    page.keyboard.press(key)
    expect(page.locator("#segment")).to_be_focused()
    expect(page.get_by_role("button", name="Queue")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#english")).to_contain_text("ferry")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(folder: Path, serve: Serve, window: Windows, shoot: Shoot, dark: bool, width: int) -> None:
    page = window(width=width, dark=dark).open(serve(folder).address)
    axe = Axe()

    def check(where: str) -> None:
        page.wait_for_timeout(100)
        violations = axe.run(page).response["violations"]
        assert [(where, v["id"], [node["html"] for node in v["nodes"]]) for v in violations] == []

    page.keyboard.press("x")
    check("segment")
    shoot(page, f"{'dark' if dark else 'light'}-{width}")
    page.keyboard.press("e")
    check("editor")
    page.get_by_label("Corrected English").fill("Corrected.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Corrected")
    page.keyboard.press("k")
    expect(page.locator(".banner.edit")).to_be_visible()
    check("corrected")
    page.keyboard.press("?")
    check("help")
    page.keyboard.press("Escape")
    page.locator("#estimate").click()
    check("figures")
    page.keyboard.press("Escape")
    if width < 800:
        page.get_by_role("button", name="Queue").click()
        check("queue")


def test_hostile_text_stays_text(tmp_path: Path, serve: Serve, window: Windows, shoot: Shoot) -> None:
    folder = corpus.write(tmp_path / "normalized", [corpus.HOSTILE])
    page = window().open(serve(folder).address)
    expect(page.locator("#english")).to_contain_text("<img src=x onerror='window.hacked = 1'>")
    page.keyboard.press("j")
    expect(page.locator("#english .sign")).to_have_text(["U+202E", "U+202C", "U+200B"])
    shoot(page, "hostile")
    page.keyboard.press("j")
    page.locator("#english").get_by_role("button", name=re.compile("Show all 1,050,000")).click()
    assert page.evaluate("document.querySelector('[data-side=source]').textContent.length") > 1_000_000
    page.keyboard.press("n")
    page.get_by_label("Note").fill("</textarea><script>window.hacked = 1</script>")
    page.keyboard.press("Enter")
    expect(page.locator("p.note")).to_contain_text("<script>")
    for _ in range(2):
        page.keyboard.press("j")
        page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    assert page.locator("main script, main img, main style").count() == 0


def test_both_languages_reckon_alike(folder: Path, serve: Serve, window: Windows) -> None:
    from pipeline.review.estimate import estimate, more_needed

    page = window().open(serve(folder).address)
    cases = [(1, 0, 0), (1, 1, 1), (50, 10, 3), (1000, 0, 0), (1000, 97, 6), (100_000, 400, 0), (100_000, 5000, 2500)]
    found = page.evaluate(
        "async cases => { const { estimateOf } = await import('/static/estimate.js');"
        " return cases.map(([a, b, c]) => estimateOf(a, b, c, 0.05)); }",
        cases,
    )
    for case, theirs in zip(cases, found, strict=True):
        ours = estimate(*case)
        assert (theirs["low"], theirs["high"]) == pytest.approx((ours.low, ours.high))
        assert theirs["more"] == more_needed(ours, 0.05)
