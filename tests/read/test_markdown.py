"""Markdown: what of it are words, what of it is metadata, and that its bytes come back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.clean import begun, clean
from pipeline.clean.keep import unknown
from pipeline.clean.ledger import apply, invert
from pipeline.read import read_document
from pipeline.records import MARKDOWN, Document
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.verify import load_record, restore, verify

DATA = Path(__file__).parent.parent / "data" / "markdown"
ARTICLES = sorted(path.stem for path in DATA.glob("*.md"))


def read(text: str) -> Document:
    return read_document("a.md", text.encode())


def paragraphs(document: Document) -> list[str]:
    """The blocks of words that reading leaves, their white space made single spaces."""
    blocks = re.split(r"\n\s*\n", apply(document.raw, document.edits))
    return [words for block in blocks if (words := " ".join(block.split()))]


def words(text: str) -> list[str]:
    return paragraphs(read(text))


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_as_programs_write_it_is_its_words(name: str) -> None:
    document = read_document(f"{name}.md", (DATA / f"{name}.md").read_bytes())
    assert "\n\n".join(paragraphs(document)) == (DATA / f"{name}.txt").read_text("utf-8").rstrip()


FIELDS = {
    "hugo": {"title": "Die Brücke am Holm wird saniert", "author": "Anna Wember; Jörg Kleen", "date": "2024-05-06"},
    "jekyll": {"title": "El puente: cerrado hasta mayo", "author": "Lucía Ferrán", "date": "2024-03-02"},
    "obsidian": {
        "title": "Le maire de Villeneuve démissionne",
        "author": "Jean Petit; Marie Roux",
        "date": "2024-06-01",
        "url": "https://example.org/maire",
    },
    "pandoc": {},
}


@pytest.mark.parametrize("name", ARTICLES)
def test_front_matter_is_metadata_with_its_place(name: str) -> None:
    document = read_document(f"{name}.md", (DATA / f"{name}.md").read_bytes())
    assert {field.name: field.value for field in document.fields} == FIELDS[name]
    for field in document.fields:
        assert field.span is not None
        written = document.raw[field.span.start : field.span.end]
        assert all(part in written for part in field.value.split("; ")) or field.value in written


MARKS = {
    "heading": ("# The ferry returns #\nIt came back.", ["The ferry returns", "It came back."]),
    "underlined heading": ("The ferry\nreturns\n===\nIt came back.\n\nThen\n---\n", ["The ferry returns", "It came back.", "Then"]),
    "heading with attributes": ("## The ferry {#top .lead}\n", ["The ferry"]),
    "emphasis": ("The *Heron* is **back**, _at_ __last__, ***really***, ~~not~~.", ["The Heron is back, at last, really, not."]),
    "emphasis within Chinese": ("这是**重点**内容。", ["这是重点内容。"]),
    "link": ('See the [plan](https://e.org/a_(b) "Plan") and [it *all*](<x y.pdf>).', ["See the plan and it all."]),
    "link over lines": ("See [the\nplan](\nx.pdf).", ["See the plan."]),
    "reference": ("See [the plan][1] and [that].\n\n[1]: https://e.org\n[that]: <x.pdf> 'That'", ["See the plan and that."]),
    "address": ("At <https://e.org/a_b_c> or <a@e.org>.", ["At https://e.org/a_b_c or a@e.org."]),
    "script for a target": ("[Share](javascript:void(0)) it", ["Share it"]),
    "image": ("![The quay](quay.jpg)\n\nIt came ![x][y] back.\n\n[y]: y.png", ["It came back."]),
    "image with spaces in its name": ("It ![quay](the old quay.jpg) came ![x](data:image/svg+xml,%3C x='1').", ["It came ."]),
    "target without a path": ("See [the plan](Plan) and [that]( ).", ["See the plan and that."]),
    "link around an image": ("[![logo](l.png)](https://e.org)\n\nText.", ["Text."]),
    "code in words": ("Type `a  *b*` or ``c`d``.", ["Type a *b* or c`d."]),
    "quotation": ("> It is *the\n> best* day\nof all.\n>\n> > Yes.\n", ["It is the best day of all.", "Yes."]),
    "list": ("* one\n* two\n  lines\n    - three\n\n      more\n1. four\n2) five", ["- one", "- two lines", "- three", "more", "1. four", "2) five"]),
    "tasks": ("- [ ] buy\n- [x] sell", ["- buy", "- sell"]),
    "table": ("| a | **b** |\n|---|:-:|\n| c\\|d | |\ne|f\n", ["a | b", "c|d |", "e | f"]),
    "table in a quotation": ("> | a | b |\n> |---|---|\n> | c | d |\n", ["a | b", "c | d"]),
    "escapes": ("1\\. A \\*sign\\* \\\\ &amp; &eacute;&#8211;&#x41;", ["1. A *sign* \\ & é–A"]),
    "line broken by hand": ("First line  \nsecond\\\nthird\nfourth", ["First line", "second", "third fourth"]),
    "paragraphs without a line between": (f"Title\nA {'long ' * 30}one.\nAnd\nso on.", ["Title", f"A {'long ' * 30}one.", "And so on."]),
    "ruler": ("One.\n\n* * *\nTwo.\n\n___\n", ["One.", "Two."]),
    "inline HTML": ('A <b>word</b><!-- no --> x<sup>2</sup> &nbsp;<br/>next <span\nclass="a">line</span>.', ["A word x2", "next line."]),
    "HTML": ("<div>\n<p>One &amp;\ntwo.</p><p>Three.</p>\n<script>x()</script>\n</div>\n\n<!--\nno\n-->", ["One & two.", "Three."]),
    "footnote": ("Free[^1].\n\n[^1]: For residents.\n    And guests.\n[^2]: Never.", ["Free.", "For residents. And guests.", "Never."]),
    "note of Obsidian": ("[[A|B]] and [[C]] ==so== ![[d.png]]", ["B and C so"]),
    "callout": ("> [!note] A title\n> Words.", ["A title", "Words."]),
    "shortcode": ('{{< figure src="a.jpg" >}}\n\nA {% link x %} word {{ page.x }}.', ["A word ."]),
    "attributes": ("[a]{.b} [c](d.e){.f g=h} `i`{.j} k {.l}\n{: .m}", ["a c i k"]),
    "link over blocks": ('[\n\n### One\n\nTwo\n\n](https://e.org/ "One")[next](x)', ["[", "One", "Two", "next"]),
    "attributes of pandoc": ("[[a]{.b}\n[c](/d){.e\n.f rel=\"g\"}]{#h} ![](/i.png){.j\nwidth=\"1\"}\\\nk", ["a c", "k"]),
    "no-break spaces of pandoc": ("10\\ °C\n\n\\ \n", ["10 °C"]),
    "division": ('::: {.a data-m="{"b":"c"}"}\nWords.\n:::\nMore.', ["Words.", "More."]),
    "superscript": ("le 1^er^ juin, CO~2~, A^®^ ^_^", ["le 1er juin, CO2, A® ^_^"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MARKS.values(), ids=MARKS)
def test_marks_go_and_words_stay(text: str, expected: list[str]) -> None:
    document = read(text)
    assert [" ".join(part.split()) for part in expected] == paragraphs(document)
    assert {edit.rule for edit in document.edits} <= set(MARKDOWN)


CODE = {
    "fenced": ("One.\n```py\nprint('x')\n\n# no heading\n```\nTwo.", ["One.", "Two."]),
    "fenced with tildes, in a list": ("- One.\n\n  ~~~\n  x = 1\n  ~~~\n", ["- One."]),
    "indented": ("One.\n\n    pip install x\n\n\tx = 1\n\nTwo.", ["One.", "Two."]),
    "never closed": ("One.\n\n```\nTwo *three*.\n\nFour.", ["One.", "``` Two three.", "Four."]),
    "paragraphs that are indented": (
        "    The ferry came back at dawn on Tuesday, after ten weeks in the dock.\n\n    Nobody was there.",
        ["The ferry came back at dawn on Tuesday, after ten weeks in the dock.", "Nobody was there."],
    ),
    "indented in a list": ("1. One:\n\n        pip install one of the two\n2. Two.", ["1. One:", "2. Two."]),
    "indented help": (
        "One:\n\n    Usage: x install [-f] <name>, which then is at hand for all who want it\n",
        ["One:"],
    ),
    "first lines that are indented": ("    The ferry came back\nat dawn.", ["The ferry came back at dawn."]),
    "paragraphs that are indented, in Chinese": (
        "    港口的新桥星期二关闭，市议会批准了十周的维修计划。",
        ["港口的新桥星期二关闭，市议会批准了十周的维修计划。"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CODE.values(), ids=CODE)
def test_code_is_no_prose_and_prose_is_no_code(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The price of bread* rose by 5 * 3 %, or 2*3*4.",
        "* Prices include VAT.",
        "+ 5% for wheat, - 3% for rye",
        "#bread is what people write, #1 in the charts, and C# too.",
        "The file my_long_file_name is in _drafts_2024 and __init__py.",
        "He wrote f**k, sh**t and a****le.",
        "It was [sic] (so), as [Weber] said [1].",
        "[Weber]: Ja.",
        "5 < 6 > 4 & 3, ~5 or ~6 of them, a^b, 1 == 1, {so} and {{so}",
        "C:\\Users\\Anna",
        "1986. A great year.",
        "-- He came late --",
        "```",
        ":::",
        "",
        "\n \n",
        "|",
        "Fish | chips",
    ],
)
def test_plain_text_with_a_sign_in_it_loses_nothing(text: str) -> None:
    if text == ":::":  # a line of nothing but colons is pandoc's
        assert words(text) == []
    else:
        assert apply(text, read(text).edits) == text


FRONT = {
    "colon in a title": (
        "---\ntitle: Ferry: it returns\nauthor: \"A: B\"\ndate: 2 May 2024\n---\nIt came.",
        {"title": "Ferry: it returns", "author": "A: B", "date": "2 May 2024"},
        ["Ferry: it returns", "It came."],
    ),
    "quotes in a title": (
        "---\ntitle: \"The \\\"Heron\\\" returns\"\nlang: it\n...\nIt came.",
        {"title": 'The "Heron" returns'},
        ['The "Heron" returns', "It came."],
    ),
    "folded title": ("---\ntitle: >-\n  The Heron\n  returns\n---\nIt came.", {"title": "The Heron returns"}, ["The Heron returns", "It came."]),
    "title at the top": ("---\ntitle: The Heron returns\n---\n\nBy A\n\n# The Heron *returns*\n", {"title": "The Heron returns"}, ["By A", "The Heron returns"]),
    "title with the paper's name": ("---\ntitle: The Heron | The Post\n---\n# The Heron\n", {"title": "The Heron"}, ["The Heron"]),
    "names": (
        "---\nauthors: [Anna B, {name: Carl D, url: x}]\nsource: The Post\nlink: https://e.org/1\n---\nIt came.",
        {"author": "Anna B; Carl D", "publisher": "The Post", "url": "https://e.org/1"},
        ["It came."],
    ),
    "TOML": ("+++\ntitle = 'The \"Heron\"'\ndate = 2024-05-06\n+++\nIt came.", {"title": 'The "Heron"', "date": "2024-05-06"}, ['The "Heron"', "It came."]),
    "JSON": ('{\n"title": "The \\"Heron\\"",\n"tags": []}\n\nIt came.', {"title": 'The "Heron"'}, ['The "Heron"', "It came."]),
    "nothing known in it": ("---\nParis: the city was quiet.\n---\nIt came.", {}, ["Paris: the city was quiet.", "It came."]),
    "rulers": ("---\n\nOne.\n\n---\n\nTwo.", {}, ["One.", "Two."]),
    "never closed": ("---\ntitle: The Heron\n\nIt came.", {}, ["title: The Heron", "It came."]),
    "a list": ("---\n- title\n---\nIt came.", {}, ["- title", "It came."]),
    "broken TOML": ("+++\ntitle = \n+++\nIt came.", {}, ["+++ title = +++ It came."]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "fields", "expected"), FRONT.values(), ids=FRONT)
def test_front_matter_in_its_forms(text: str, fields: dict[str, str], expected: list[str]) -> None:
    document = read(text)
    assert {field.name: field.value for field in document.fields} == fields
    assert paragraphs(document) == expected


def test_the_language_that_front_matter_names_is_not_believed() -> None:
    text = (
        "---\ntitle: A\nlang: en\n---\nIl ponte è rimasto chiuso per tutta la settimana, dice il sindaco di Belvento."
    )
    from pipeline.detect import detect

    document = detect(clean(read(text), Settings()), Settings())
    assert document.language is not None
    assert document.language.code == "it"


def test_every_rule_has_its_use_and_can_be_kept() -> None:
    texts = [text for text, _ in (*MARKS.values(), *CODE.values())] + [text for text, _, _ in FRONT.values()]
    assert {edit.rule for text in texts for edit in read(text).edits} == set(MARKDOWN)
    assert unknown([*MARKDOWN, "markdown.*"]) == []
    text = "# The *Heron*\n\n```\nprint('x')\n```\n\nIt came back at dawn on Tuesday, after ten weeks in the dock.\n"
    kept = apply(text, begun(read(text), Settings(keep=("markdown.code",))))
    assert kept == text.replace("# The *Heron*", "The Heron")
    plain = read_document("a.txt", text.encode())
    assert clean(read(text), Settings(keep=("markdown.*",))).source == clean(plain, Settings()).source


@pytest.mark.parametrize("name", ["a.txt", "a.text", "a", "-"])
def test_nothing_else_is_read_as_markdown(name: str) -> None:
    text = "---\ntitle: A\n---\n# A *word*\n"
    document = read_document(name, text.encode())
    assert (document.raw, document.edits, document.fields) == (text, (), ())
    assert document.origin.media_type == "text/plain"


@pytest.mark.parametrize("name", ["a.md", "A.MD", "a.markdown"])
def test_markdown_is_told_by_its_name(name: str) -> None:
    assert read_document(name, b"# A").origin.media_type == "text/markdown"


def test_a_page_is_a_page_whatever_it_is_called() -> None:
    page = b"<!DOCTYPE html><html><body><article><p>" + b"The boat came back at dawn. " * 20
    assert read_document("a.md", page).origin.media_type == "text/html"


def test_markdown_between_tags_is_markdown() -> None:
    assert words('<div class="post">\n\n# The *Heron*\n\n<p>It came.</p>\n</div>') == ["The Heron", "It came."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_run_over_markdown_can_be_proven_and_undone(tmp_path: Path, encoding: str, newline: str) -> None:
    data = (DATA / "jekyll.md").read_text("utf-8").replace("\n", newline).encode(encoding)
    (tmp_path / "a.md").write_bytes(data)
    run([str(tmp_path / "a.md")], tmp_path / "out", Settings(language="en"))
    assert list(verify(tmp_path / "out")) == []
    assert restore(tmp_path / "out", "a.md") == data
    record = load_record(tmp_path / "out", "a.md")
    assert invert(record.source, record.edits).startswith("---\nlayout: post\n")
    assert (record.origin.kept, record.field("title")) == ("ledger", "El puente: cerrado hasta mayo")


def test_ends_of_lines_of_several_kinds_are_as_one() -> None:
    assert words("---\r\ntitle: A\r\n---\n# B\r\nc\nd\r\n> e\r> f") == ["A", "B", "c d", "e f"]
