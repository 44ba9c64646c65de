"""Markdown, whatever it is: the edits can be undone, and the words are those that markdown-it renders."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from lxml.html import fragment_fromstring
from markdown_it import MarkdownIt

from pipeline.clean import clean
from pipeline.clean.ledger import apply, invert
from pipeline.read import Decoded, decode, encode, read_document
from pipeline.read.html import looks_like_html
from pipeline.read.markdown import extract
from pipeline.settings import Settings

# What marks are made of, so that they meet in every way; of which some are markup in no dialect.
SOUP = st.lists(
    st.sampled_from((
        "a", "b ", "é", "词", "1", " ", "   ", "\t", "\n", "\n\n", "\r\n", "*", "**", "_", "`", "```", "~", "~~", "[", "]", "(x.y)", "](", ")",
        "![", "[^1]", "[^1]: ", "[[", "]]", "[!note] ", "<b>", "</b>", "<br>", "<div>", "</div>", "<!--", "-->", "<http://a.b>",
        "&amp;", "&#0;", "\\", "# ", " ##", "> ", "- ", "* ", "1. ", "    ", "---", "+++", "===", "|", "\n|-|-|\n", "[r]: /x\n", "[r]",
        "{.a}", "{: .a}", "{{", "}}", "{%", "%}", ":::", "==", "^", "title: ", '{"title": "a"}', "\x00", "\u2028", "\xa0", "\x0c",
    )),
    max_size=24,
).map("".join)  # fmt: skip
TEXTS = SOUP | st.text(max_size=60) | st.builds("---\n{}\n---\n{}".format, SOUP, SOUP)


@limits(max_examples=150)
@given(TEXTS)
def test_edits_are_sorted_and_disjoint_and_can_be_undone(text: str) -> None:
    fields, edits = extract(text)
    at = 0
    for edit in edits:
        assert at <= edit.start <= edit.end
        assert text[edit.start : edit.end] == edit.original != edit.replacement
        at = edit.end
    assert invert(apply(text, edits), edits) == text
    assert all(
        field.value and (field.span is None or 0 <= field.span.start < field.span.end <= len(text)) for field in fields
    )


@limits(max_examples=40)
@given(TEXTS)
def test_the_bytes_come_back_from_the_ledger(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    if b"\0" in data or looks_like_html(text, parts=False):
        return
    done = clean(read_document("a.md", data), Settings())
    if done.origin.kept != "ledger":
        return
    origin = done.origin
    raw = invert(done.source, done.edits)
    assert raw == decode(data).text
    assert encode(Decoded(raw, origin.encoding, origin.bom, origin.newline, origin.undecoded)) == data


@pytest.mark.parametrize(
    "text",
    [
        "{" * 20_000,
        "{{" * 20_000,
        "[a]({{" * 5_000,
        "](" + "/" * 20_000,
        "`a`{" + ".abcdefgh=1 " * 2_000,
        "[^a" * 5_000,
        "![a](" + ".png" * 5_000,
        "[" * 10_000,
        "a**b " * 10_000,
        f"---\ntitle: a: b\na{' ' * 50_000}b\n---\n",
        f"---\n{'a: [' * 5_000}\n---\n",
    ],
    ids=lambda text: text[:8].strip(),
)
def test_marks_that_lead_nowhere_take_linear_time(text: str) -> None:
    started = time.process_time()
    extract(text)
    assert time.process_time() - started < 5  # a second at most; 12 to 40, where one of them is looked for anew at each


WORD = st.sampled_from(
    (
        "pane",
        "l'été",
        "Brücke",
        "мост",
        "5",
        "%",
        "a_b_c",
        "#one",
        "x*",
        "(so)",
        "“so”,",
        "AT&T",
        "2 * 3",
        "\\*",
        "&eacute;",
        "end.",
    )
)
PLAIN = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
TARGET = st.sampled_from(("https://e.org/a_b*c*", "<a b.pdf>", '/x "A *title*"', "#top", "x.pdf 'y'"))


def marked(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Words with a mark around them, and others beside them."""
    return st.one_of(
        st.builds("*{}*".format, words),
        st.builds("**{}**".format, words),
        st.builds("_{}_".format, words),
        st.builds("~~{}~~".format, words),
        st.builds("[{}]({})".format, words, TARGET),
        st.builds("[{}][ref]".format, words),
        st.builds("![{}]({})".format, words, TARGET),
        st.builds("`` {} ``".format, words),
        st.builds("<b>{}</b>".format, words),
        st.builds("{} {}".format, words, PLAIN),
        st.builds("{}\n{}".format, words, PLAIN),
        st.builds("{}  \n{}".format, words, PLAIN),
    )


LINE = st.recursive(PLAIN, marked, max_leaves=4)
ONE_LINE = LINE.map(lambda words: re.sub(r"\s*\n", " ", words))
CODE = st.sampled_from(
    ("```\nx = *1*\n```", "~~~ py\nprint(1)\n\ny\n~~~", "    x = 1;", "***", "<!-- no -->", "[x]: /y 'z'")
)


def held(blocks: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Blocks within a quotation or a list."""
    return st.one_of(
        blocks.map(lambda block: "> " + block.replace("\n", "\n> ")),
        blocks.map(lambda block: "- " + block.replace("\n", "\n  ")),
        blocks.map(lambda block: "12. " + block.replace("\n", "\n    ")),
        st.builds("{}\n\n{}".format, blocks, blocks),
    )


BLOCK = st.recursive(
    st.one_of(
        LINE,
        LINE,
        st.builds("{} {}".format, st.sampled_from(("#", "##", "###### ")), ONE_LINE),
        st.builds("{}\n{}".format, LINE, st.sampled_from(("===", "---"))),
        CODE,
        st.builds("| {} | {} |\n|---|:-:|\n|{}|{}|".format, PLAIN, PLAIN, ONE_LINE, PLAIN),
    ),
    held,
    max_leaves=5,
)
LINK_IN_LINK = re.compile(r"\[[^\[\]]*(?<!!)\[")
RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def rendered(text: str) -> str:
    """The words that markdown-it renders of a text, code aside."""
    tree = fragment_fromstring(RENDERER.render(text) or "<p></p>", create_parent="div")
    for code in list(tree.iter("pre")):
        code.drop_tree()
    return str(tree.text_content())


def letters(text: str) -> str:
    """A text without white space, the marks of items, and the bars of tables."""
    lines = (re.sub(r"^\s*(?:(?:-|12\.)\s+)*", "", line) for line in text.split("\n"))
    return re.sub(r"[\s|]+", "", "".join(lines))


@limits(max_examples=150)
@given(st.lists(BLOCK, max_size=4).map("\n\n".join))
def test_the_words_are_those_that_markdown_it_renders(text: str) -> None:
    assume("~~~~" not in text)  # a fence, which is closed nowhere
    assume(not LINK_IN_LINK.search(text))  # of which CommonMark leaves the marks of the outer one
    text += "\n\n[ref]: https://e.org 'A title'\n"
    _, edits = extract(text)
    assert letters(apply(text, edits)) == letters(rendered(text))
