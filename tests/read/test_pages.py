"""HTML pages: what of a page is its article, whatever its markup, and what is on record of the rest."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from pipeline import display
from pipeline.clean import clean, explain
from pipeline.clean.ledger import apply, invert
from pipeline.clean.pieces import pieces
from pipeline.clean.unicode import styled
from pipeline.corpus import _documents
from pipeline.errors import UnreadableFile
from pipeline.provenance import coverage
from pipeline.read import Found, digest, read_document
from pipeline.read.html import Page, extract, looks_like_html
from pipeline.read.page_blocks import outside
from pipeline.records import OUTSIDE, Document
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.verify import load_record, restore, verify

TITLE = "The winter ferry stays for another year"
PROSE = (
    "The harbour board of Ardmouth voted on Tuesday to keep the winter ferry running, although few people took it.",
    "“It is the only way some people have of seeing a doctor,” said Nora Tillett, who chairs the board.",
    "Closing the line would have saved £640,000, according to a report that had been kept back since March.",
    "Two members abstained.",
    "The ship itself, built in 1987, needs a new engine before October and a second lifeboat by the end of the year.",
    "Fishermen on the far side of the sound have offered to carry the post if the timetable is cut to four days.",
    "A final decision on fares will be taken after the summer, when the new accounts are published.",
    "Nobody had asked the school, whose pupils cross the sound twice a week for swimming.",
)
PAIRS = tuple(zip(PROSE[::2], PROSE[1::2], strict=True))
HALF = len(PROSE) // 2
LINKS = "<nav><ul><li><a href=/n>News</a></li><li><a href=/s>Sport and leisure</a></li></ul></nav>"


def within(tag: str, texts: tuple[str, ...] = PROSE) -> str:
    return "".join(f"<{tag}>{text}</{tag.partition(' ')[0]}>" for text in texts)


def page(body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><title>{TITLE}</title>{head}</head><body>{LINKS}{body}</body></html>'
    )


def article(body: str, head: str = "") -> str:
    return page(f"<article><h1>{TITLE}</h1>{body}</article>", head)


def paragraphs(html: str) -> list[str]:
    return extract(html).article.split("\n\n")


WITH = within("p")
BODY_AS_DATA = json.dumps({"@graph": [{"@type": "NewsArticle", "articleBody": "\n".join(PROSE)}]})
WHOLE = {
    "paragraphs": article(WITH),
    "sections of bare words": article(within("section")),
    "sections among paragraphs": article("".join(f"<section>{a}</section><p>{b}</p>" for a, b in PAIRS)),
    "words before a paragraph of a section": article(
        "".join(f"<section>{a}<p>{b}</p></section>" for a, b in PAIRS)
    ),
    "centred": article("".join(f"<center>{a}</center><p>{b}</p>" for a, b in PAIRS)),
    "elements of their own": article(within("news-paragraph")),
    "spans shown as blocks": article(within('span style="display: block"')),
    "a picture of 11 MB within": article(
        f'<p>{PROSE[0]}</p><img src="data:image/png;base64,{"iVBORw0KGgo" * 1_000_000}">{within("p", PROSE[1:])}'
    ),
    "400 levels": page("<div>" * 400 + f"<h1>{TITLE}</h1>{WITH}" + "</div>" * 400),
    "two parts beside each other": page(
        f'<div><article class="part1"><h1>{TITLE}</h1>{within("p", PROSE[:HALF])}</article><div class="ad">Advertisement</div>'
        f'<article class="part2">{within("p", PROSE[HALF:])}</article></div>'
    ),
    "two parts in the body": page(
        f"<article><h1>{TITLE}</h1>{within('p', PROSE[:HALF])}</article><article>{within('p', PROSE[HALF:])}</article>"
    ),
    "teasers of others below": page(
        f"<main><article><h1>{TITLE}</h1>{WITH}</article><section>"
        + "".join(f"<article><h3><a href=/{i}>Story {i}</a></h3><p>{PROSE[i][:50]}</p></article>" for i in range(4))
        + "</section></main>"
    ),
    "a table as layout": page(
        f"<table><tr><td>Weather<br>Tides</td><td><h1>{TITLE}</h1>{'<br><br>'.join(PROSE)}</td></tr></table>"
    ),
    "a table of one column": page(
        f"<table><tr><td><table><tr><td><h1>{TITLE}</h1></td></tr>"
        + "".join(f"<tr><td><p>{text}</p></td></tr>" for text in PROSE)
        + "</table></td></tr></table>"
    ),
    "behind a paywall, as data": article(
        f"<p>{PROSE[0]}</p>", f'<script type="application/ld+json">{BODY_AS_DATA}</script>'
    ),
    "data that is none": article(WITH, '<script type="application/ld+json">{"articleBody": oops}</script>'),
}  # fmt: skip


@pytest.mark.parametrize("html", WHOLE.values(), ids=WHOLE)
def test_an_article_is_whole_whatever_its_markup(html: str) -> None:
    found = paragraphs(html)
    assert [text for text in found if text in (TITLE, *PROSE)] == [TITLE, *PROSE]


def test_headings_of_folded_parts_stay() -> None:
    folded = "".join(f"<details><summary>Part {i}</summary>{text}</details>" for i, text in enumerate(PROSE))
    assert paragraphs(article(folded)) == [TITLE, *(x for i, text in enumerate(PROSE) for x in (f"Part {i}", text))]
    among = article(WITH + f"<details><summary>What is planned</summary><p>{PROSE[0][:40]} here.</p></details>")
    assert paragraphs(among)[-2:] == ["What is planned", f"{PROSE[0][:40]} here."]


def test_entries_of_a_live_page_keep_their_headings() -> None:
    entries = "".join(f"<article><h2>At {i + 8} a.m.</h2><p>{text}</p></article>" for i, text in enumerate(PROSE))
    found = paragraphs(page(f"<main><h1>{TITLE}</h1>{entries}</main>"))
    assert [text for text in found if text.startswith("At ")] == [f"At {i + 8} a.m." for i in range(len(PROSE))]


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("It sails on <time datetime=2026-03-12>Thursday 12 March</time> at five.", "It sails on Thursday 12 March at five."),
        ("It sails on <label>Thursday</label> at five.", "It sails on Thursday at five."),
        ("The <q>old</q> pier is closed.", "The “old” pier is closed."),
        ("<q>The pier is closed.</q>", "“The pier is closed.”"),
        ("The plan<sup><a href='#1'>1</a></sup> for 14 m<sup>2</sup> stays.", "The plan for 14 m2 stays."),
        ("It costs <del>ten</del> <ins>twelve</ins> pounds.", "It costs twelve pounds."),
        ("It <span hidden>HIDDEN</span>sails.", "It sails."),
        ("It <span class='sr-only'>HIDDEN</span>sails.", "It sails."),
        ("It <span style='DISPLAY:NONE'>HIDDEN</span>sails.", "It sails."),
        ("It <span class='d-none d-md-inline'>still </span>sails.", "It still sails."),
        ("It <template>HIDDEN</template>sails.", "It sails."),
        ("The <my-name>Heron</my-name> sails.", "The Heron sails."),
    ],
)  # fmt: skip
def test_what_stands_in_a_sentence(markup: str, read: str) -> None:
    assert paragraphs(article(f"{WITH}<p>{markup}</p>"))[-1] == read


@pytest.mark.parametrize("name", ["o:p", "x<y", "x.y"])
def test_an_element_with_a_name_that_is_none_is_passed_through(name: str) -> None:
    found = paragraphs(article(f"{WITH}<ul><li>The <{name}>old</{name}> pier is closed.</li></ul>"))
    assert found[-1] == "- The old pier is closed."


def test_a_small_table_of_data_stays_a_table() -> None:
    rows = "<table><tr><th>Year</th><th>Boats</th></tr><tr><td>2001</td><td>430</td></tr><tr><td></td><td>12</td></tr></table>"
    assert paragraphs(article(WITH + rows))[-3:] == ["Year | Boats", "2001 | 430", "| 12"]


def test_a_short_article_is_read_in_its_paragraphs() -> None:
    """Of so few words trafilatura makes one line, its byline and all."""
    brief = ("The swing bridge is closed on Sunday.", "Buses go by way of Oldmoor.")
    body = f"<div class='byline'>By Ada Quill</div>{within('p', brief)}<ul><li>Bring a coat</li></ul>"
    assert paragraphs(article(body)) == [TITLE, *brief, "- Bring a coat"]


@pytest.mark.parametrize(
    ("title", "heading", "read"),
    [
        (f"{TITLE} - The Ardmouth Standard", f"<h1>{TITLE}</h1>", TITLE),
        (f"{TITLE} | News | The Ardmouth Standard", f"<h1>{TITLE}</h1>", TITLE),
        (TITLE.upper(), f"<h1>{TITLE}</h1>", TITLE),
        ("The ferry&#39;s new year", "<h1>The ferry’s new&nbsp;year</h1>", "The ferry’s new year"),
        ("Ardmouth - The ferry stays", "<p>Ardmouth</p>", "Ardmouth - The ferry stays"),
        ("Untitled Document", "", None),
    ],
)
def test_the_title_is_the_headline(title: str, heading: str, read: str | None) -> None:
    html = f'<html><head><meta property="og:title" content="{title}"></head><body><article>{heading}{WITH}</article></body>'
    found = extract(html)
    assert next((field.value for field in found.fields if field.name == "title"), None) == read
    assert found.article.startswith(read or PROSE[0])
    assert (title in found.article) == (title == read)


@pytest.mark.parametrize(
    ("body", "head", "date"),
    [
        ("<footer>© 2019-2026 Standard</footer>", "", None),
        ("<p>It was put out on 12 May 2001.</p>", "", None),
        ("<div class=related><a href=/2024/05/17/other>Other</a></div>", "", None),
        ("", '<meta property="article:published_time" content="2087-12-24T08:00:00+01:00">', "2087-12-24"),
        ("<footer>© 2026</footer>", '<meta property="article:published_time" content="1987-04-02">', "1987-04-02"),
        ("<p>Published <time datetime=2025-03-22>on Saturday</time> at ten.</p>", "", "2025-03-22"),
    ],
)
def test_a_date_is_what_the_page_says_it_is(body: str, head: str, date: str | None) -> None:
    fields = extract(article(WITH + body, head)).fields
    assert next((field.value for field in fields if field.name == "date"), None) == date


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "empty page"),
        (" \n", "empty page"),
        ("<!-- nothing -->", "empty page"),
        (page("<div>" * 3000 + WITH + "</div>" * 3000), "cannot be read to its end"),
        ("From: <Saved>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype=text/html\n\n<html>", "MHTML"),
        (page("<script>render()</script>").replace(LINKS, ""), "holds no article"),
    ],
)
def test_a_page_that_cannot_be_read_says_why(html: str, reason: str) -> None:
    html = html.replace(TITLE, "") if "no article" in reason else html
    with pytest.raises(UnreadableFile, match=reason):
        extract(html)


@pytest.mark.parametrize("function", ["extract_metadata", "bare_extraction"])
def test_a_fault_of_the_library_is_not_told_as_a_page_without_article(
    monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise TypeError("unexpected")

    monkeypatch.setattr(f"trafilatura.{function}", broken)
    with pytest.raises(UnreadableFile, match=r"could not be read as a page .*TypeError"):
        extract(article(WITH))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<p>One.</p>\n<p>Two.</p>\n", True),
        (f"<article><h1>{TITLE}</h1>{WITH}</article>", True),
        ("<meta charset=utf-8><title>x</title><p>One.</p>", True),
        ("One.<br>Two.", False),
        ("<p>A tag opens a paragraph.\n\nThis text does not close it.", False),
        ('<p align="center"><img src="logo.png"></p>\n\n# Markdown\n\nis read as text.', False),
        ("<!-- " + "licence " * 400 + "-->\n<!-- again --><html><body>", True),
        ("<?xml version='1.0'?>\n<?xml-stylesheet href='a'?>\n<!DOCTYPE html>", True),
        ("<!-- a note --> and words", False),
        ("<!--" * 20_000, False),
    ],
)
def test_what_looks_like_a_page(text: str, html: bool) -> None:
    assert looks_like_html(text) is html


@pytest.mark.parametrize("body", ["<p>One sentence is enough.</p>", "Words without a tag."])
def test_a_page_of_one_block_is_read(body: str) -> None:
    assert read_document("a.html", body.encode()).raw == body.removeprefix("<p>").removesuffix("</p>")


def test_metadata_is_decoded_rightly_as_the_text_is() -> None:
    title = "The café at the quay is shut".encode().decode("cp1252")
    html = page(f"<article><h1>{title}</h1>{WITH}</article>", f'<meta property="og:title" content="{title}">')
    document = read_document("a.html", html.encode())
    assert clean(document, Settings()).fields[0].value == "The café at the quay is shut"
    assert clean(document, Settings(keep=("ftfy.*",))).fields[0].value == title


NEWS = (
    f"<html><head><title>{TITLE}</title><style>p {{}}</style></head><body><header>The Ardmouth <b>Standard</b></header>{LINKS}"
    f"<article><h1>{TITLE}</h1><figure><img src=a><figcaption>The Heron at the quay.</figcaption></figure>{WITH}"
    "<aside>Related: <a href=/r>Fares may rise<br>in summer</a></aside></article><p hidden>Nobody sees this.</p>"
    f"<div class=related><h3>Most read</h3><p>Twelve soups for a cold spring</p><p>{PROSE[3]}</p></div>"
    "<script>track()</script><footer>Most read<p>© 2026 Standard Newspapers</p>★★★</footer></body></html>"
)
BESIDE = [
    "The Ardmouth Standard",
    "News",
    "Sport and leisure",
    "The Heron at the quay.",
    "Related: Fares may rise",
    "in summer",
    "Most read",
    "Twelve soups for a cold spring",
    "© 2026 Standard Newspapers",
]


def test_what_the_page_shows_beside_its_article_is_on_record() -> None:
    document = read_document("a.html", NEWS.encode())
    assert document.raw.split("\n\n") == [TITLE, *PROSE, *BESIDE]
    assert [edit.original.strip() for edit in document.edits] == BESIDE
    assert {(edit.rule, edit.reason) for edit in document.edits} == {(OUTSIDE, "on the page beside the article")}
    assert apply(document.raw, document.edits).split("\n\n") == [TITLE, *PROSE]


def test_cleaning_begins_with_the_article_and_its_sums_hold() -> None:
    document = read_document("a.html", NEWS.encode())
    done = clean(document, Settings())
    alone = clean(Document(document.origin, apply(document.raw, document.edits), document.fields), Settings())
    assert (done.source, done.fields) == (alone.source, alone.fields)
    assert [edit for edit in done.edits if edit.rule == OUTSIDE] == list(document.edits)
    assert digest(invert(done.source, done.edits)) == document.origin.raw_sha256
    assert coverage(done.source, done.edits, ()).raw_characters == len(document.raw)


def test_what_is_beside_the_article_can_be_kept() -> None:
    document = read_document("a.html", NEWS.encode())
    for keep in (OUTSIDE, "page.*"):
        done = clean(document, Settings(keep=(keep,)))
        assert OUTSIDE not in {edit.rule for edit in done.edits}
        assert "The Heron at the quay." in done.source  # the rest is cleaning's
    assert "The Heron at the quay." not in clean(document, Settings()).source


def test_what_is_looked_at_before_cleaning_is_the_article_alone(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(NEWS, "utf-8")
    found = Found(str(tmp_path / "page.html"), "page.html")
    assert [blocks for _, blocks in _documents([found])] == [list(pieces("\n\n".join((TITLE, *PROSE))))]
    verdicts = explain(read_document("page.html", NEWS.encode()), Settings())
    assert [verdict.block.text for verdict in verdicts] == list(map(styled, (TITLE, *PROSE)))


@pytest.mark.parametrize("keep", [(), (OUTSIDE,)])
def test_a_run_over_a_page_can_be_proven_and_undone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], keep: tuple[str, ...]
) -> None:
    (tmp_path / "page.html").write_text(NEWS, "utf-8")
    run([str(tmp_path / "page.html")], tmp_path / "out", Settings(keep=keep))
    assert list(verify(tmp_path / "out")) == []
    assert restore(tmp_path / "out", "page.html") == NEWS.encode()
    record = load_record(tmp_path / "out", "page.html")
    assert digest(invert(record.source, record.edits)) == record.origin.raw_sha256
    assert "|read:" in record.signature
    display.removed(record)
    assert ("The Heron at the quay.\n  page.outside at " in capsys.readouterr().out) == (not keep)


BLOCKS = st.tuples(
    st.sampled_from(("p", "div", "li", "td", "h2", "aside", "nav", "footer", "section")),
    st.text(min_size=1, max_size=40),
)


@limits(max_examples=50)
@given(st.lists(BLOCKS, max_size=8), st.lists(BLOCKS, max_size=8))
def test_what_is_on_record_leaves_the_article_as_it_is(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    bodies = ("".join(f"<{tag}>{text}</{tag}>" for tag, text in blocks) for blocks in (before, after))
    html = page(WITH.join(bodies))
    try:
        found: Page = extract(html)
        document = read_document("a.html", html.encode("utf-8", "ignore"))
    except UnreadableFile:
        return
    assert document.raw == "\n\n".join((found.article, *found.outside))
    assert apply(document.raw, document.edits) == found.article
    assert digest(document.raw) == document.origin.raw_sha256
    assert len(set(found.outside)) == len(found.outside)


@pytest.mark.parametrize(
    ("block", "inside"),
    [
        ("two members abstained", True),
        ("“Two members” — abstained!", True),
        ("members abstained. The ship itself, built in 1987, needs a new engine", True),
        ("Two members", True),
        ("Two members abstained twice", False),
        ("Ferry", True),
        ("Fares rise", False),
    ],
)
def test_a_block_is_in_the_article_where_its_letters_are(block: str, inside: bool) -> None:
    assert outside([block], "\n\n".join(PROSE)) == ([] if inside else [block])


def test_many_blocks_are_looked_for_in_one_pass() -> None:
    text = " ".join(f"{PROSE[0]} {i}" for i in range(10_000))
    begun = time.process_time()
    assert len(outside((f"{PROSE[0]} {i} was read by {i}" for i in range(10_000)), text)) == 10_000
    assert time.process_time() - begun < 20  # about half a second; minutes if the text is searched for each
