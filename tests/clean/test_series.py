"""What stays because it is one of a series, and what looks like one and goes: tables, hours, applause, what is announced."""

from __future__ import annotations

import html
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.clean import clean, laid_out
from pipeline.read import read_document
from pipeline.settings import Settings
from tests.clean.test_boilerplate import BODY, PROSE, cleaned

TITLE = "Ferry passengers wait in the rain"
FOOTER = ["Share", "Sign up to our newsletter", "© 2024 Harbour Times. All rights reserved."]
FURNITURE = "×"
PAGES: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "tricky_pages.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("kind", ["txt", "md"])
def test_of_a_page_that_is_like_furniture_the_article_stays_and_the_rest_goes(name: str, kind: str) -> None:
    lines = PAGES[name]["page"].strip().split("\n")
    text = "\n\n".join(line.removeprefix(FURNITURE) for line in lines)
    article = laid_out("\n\n".join(line for line in lines if not line.startswith(FURNITURE)))
    assert clean(read_document(f"page.{kind}", text.encode()), Settings()).source == article


Rows = Sequence[Sequence[str]]


def as_markdown(rows: Rows) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def as_spaced(rows: Rows) -> str:
    widths = [max(map(len, column)) + 3 for column in zip(*rows, strict=True)]
    return "\n".join("".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)


def as_flush_right(rows: Rows) -> str:
    widths = [max(map(len, column)) + 3 for column in zip(*rows, strict=True)]
    return "\n".join(
        row[0].ljust(widths[0]) + "".join(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )


def as_tabbed(rows: Rows) -> str:
    return "\n".join(map("\t".join, rows))


def as_html(rows: Rows) -> str:
    cells = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


FORMS = [as_markdown, as_spaced, as_flush_right, as_tabbed, as_html]


def in_a_page(form: Callable[[Rows], str], rows: Rows, heading: str, place: str) -> str:
    """An article with a table between its paragraphs, below the last, above all of the page, or below its footer; cleaned."""
    table = [*([heading] if heading else []), form(rows)]
    body = BODY.split("\n\n")
    parts = {
        "between": [TITLE, *body[:2], *table, body[2], *FOOTER],
        "below": [TITLE, *body, *table, *FOOTER],
        "top": [*table, TITLE, *body, *FOOTER],
        "foot": [TITLE, *body, FOOTER[0], *table, *FOOTER[1:]],
    }[place]
    if form is as_html:
        blocks = "".join(part if part.startswith("<") else f"<p>{html.escape(part)}</p>" for part in parts)
        page = (
            f"<!doctype html><html><head><title>{TITLE}</title></head><body><article>{blocks}</article></body></html>"
        )
        return clean(read_document("page.html", page.encode()), Settings()).source
    return clean(
        read_document("page.md" if form is as_markdown else "page.txt", "\n\n".join(parts).encode()), Settings()
    ).source


@pytest.mark.parametrize("place", ["between", "below"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("Final table", [["Team", "Played", "Points"], ["Portwell", "10", "25"], ["Oldmoor", "10", "20"], ["Quay", "9", "7"]]),
        ("Eintritt", [["Karte", "Preis"], ["Erwachsene", "4,50 €"], ["Kinder", "2,50 €"], ["Familien", "10 €"]]),
        ("", [["Merluza", "18,90 €/kg"], ["Sardina", "6,50 €/kg"], ["Pulpo", "21,00 €/kg"]]),
        ("Le date", [["12 maggio", "Tolmera", "San Tullio"], ["19 maggio", "Roccasale", "Teatro"], ["2 giugno", "Pontevico", "Molo"]]),
        ("", [["Vertrek", "Aankomst"], ["07.15", "07.40"], ["09.15", "09.40"], ["17.30", "17.55"]]),
        ("Wyniki", [["1.", "Nabrzeże", "12:41"], ["2.", "Szarotka", "12:58"], ["3.", "Kobiety z Kępy", "13:20"]]),
        ("", [["Рыба", "Цена за кг"], ["Судак", "420 руб."], ["Щука", "310 руб."], ["Лещ", "190 руб."]]),
        ("Who does what", [["Post", "Name"], ["Captain", "Ada Quill"], ["Coach", "Ben Moss"], ["Physio", "Edith Oar"]]),
        ("", [["Sport", "Gold", "Silver"], ["Rowing", "3", "1"], ["Sailing", "2", "2"], ["Swimming", "0", "4"]]),
    ],
)  # fmt: skip
def test_a_table_of_the_article_stays(heading: str, rows: Rows, form: Callable[[Rows], str], place: str) -> None:
    body = BODY.split("\n\n")
    table = [*([heading] if heading else []), *map(" | ".join, rows)]
    whole = [TITLE, *body[:2], *table, body[2]] if place == "between" else [TITLE, *body, *table]
    assert in_a_page(form, rows, heading, place) == "\n\n".join(whole)


@pytest.mark.parametrize("form", FORMS[:-1])  # a menu within an article by its tags is another question
@pytest.mark.parametrize(
    ("place", "heading", "rows"),
    [
        ("top", "", [["Home", "News", "Sport"], ["Politics", "Culture", "Travel"], ["Opinion", "Video", "Podcasts"]]),
        ("top", "", [["DAX", "21.902", "+1,5%"], ["Dow", "44.748", "-0,3%"], ["Gold", "2.862", "+0,4%"]]),
        ("foot", "", [["Impressum", "Datenschutz"], ["Kontakt", "Werbung"], ["AGB", "Cookies"]]),
        ("below", "", [["Impressum", "Datenschutz"], ["Kontakt", "Werbung"], ["AGB", "Cookies"]]),
        ("foot", "Related stories", [["Why boats rust", "The last pilot"], ["Who owns the quay", "A winter"], ["The bell", "Gulls"]]),
        ("foot", "I più letti", [["1", "Il molo chiude per l'inverno"], ["2", "Chi paga il faro"], ["3", "La torta del sindaco"]]),
    ],
)  # fmt: skip
def test_a_menu_or_a_list_of_links_in_a_table_goes(
    place: str, heading: str, rows: Rows, form: Callable[[Rows], str]
) -> None:
    assert in_a_page(form, rows, heading, place) == f"{TITLE}\n\n{BODY}"


def test_results_in_lines_without_columns_stay_below_the_article() -> None:
    results = "Sunday league\n\nPortwell 2 Oldmoor 1\n\nMarsh Lane 0 Quay 0\n\nSt Brannock 4 Eastholme 3"
    assert cleaned("\n\n".join((TITLE, BODY, results, *FOOTER))) == f"{TITLE}\n\n{BODY}\n\n{results}"


def test_the_hours_of_comments_go() -> None:
    comments = "\n\n".join(
        f"{name}\n\n{hour}\n\nWhat a boat!" for name, hour in [("Alan", "14:32"), ("Bea", "14:05"), ("Cy", "13:47")]
    )
    left = cleaned("\n\n".join((TITLE, BODY, "3 comments", comments, *FOOTER)))
    assert left.startswith(f"{TITLE}\n\n{BODY}")
    assert "14:05" not in left


def test_a_credit_in_brackets_is_no_applause() -> None:
    assert cleaned("\n\n".join((TITLE, PROSE, "(AFP)", BODY))) == f"{TITLE}\n\n{PROSE}\n\n{BODY}"


@pytest.mark.parametrize(
    ("note", "stays"),
    [
        ("Correction: an earlier version of this article said that the boat was blue. It is green.", True),
        ("This article was amended on 3 May 2023. An earlier version said that the boat was blue; it is green.", True),
        ("Korrektur: In einer früheren Fassung stand, die Fähre sei blau. Sie ist grün.", True),
        ("Precisazione: il traghetto non è blu, come avevamo scritto, ma verde.", True),
        ("更正：本文早前版本称渡轮为蓝色，实际为绿色。", True),
        ("This article was amended on 3 May 2023 to correct a name.", False),
        ("Last updated: 3 May 2023", False),
    ],
)
def test_a_note_that_says_what_was_wrong_stays(note: str, stays: bool) -> None:
    assert (laid_out(note) in cleaned("\n\n".join((TITLE, BODY, note, *FOOTER)))) == stays
