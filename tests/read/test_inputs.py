"""Every kind of good, odd and bad input file, as they lie in tests/data/inputs: what is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import UnreadableFile
from pipeline.read import read_document
from tests.data.make_inputs import differences

INPUTS = Path(__file__).parent.parent / "data" / "inputs"

# file: (encoding, newline style)
READABLE = {
    "all-caps.txt": ("utf-8", "lf"),
    "arabic-tatweel.txt": ("utf-8", "lf"),
    "article.md": ("utf-8", "lf"),
    "empty.txt": ("utf-8", "none"),
    "gb18030.txt": ("gb18030", "lf"),
    "html-iso-8859-1.html": ("cp1252", "lf"),
    "koi8-r.txt": ("koi8_r", "lf"),
    "latin-1.txt": ("cp1252", "lf"),
    "lone-cr.txt": ("utf-8", "cr"),
    "mixed-newlines.txt": ("utf-8", "mixed"),
    "no-final-newline.txt": ("utf-8", "lf"),
    "one-long-paragraph.txt": ("utf-8", "none"),
    "persian-zwnj.txt": ("utf-8", "lf"),
    "shift-jis.txt": ("cp932", "lf"),
    "truncated-utf-8.txt": ("utf-8", "lf"),
    "utf-16be-no-bom.txt": ("utf-16-be", "lf"),
    "utf-16le-bom.txt": ("utf-16-le", "lf"),
    "whitespace-only.txt": ("utf-8", "mixed"),
    "windows-1252.txt": ("cp1252", "lf"),
    "windows-1256.txt": ("cp1256", "lf"),
}

UNREADABLE = {
    "document.docx": "ZIP container",
    "document.pdf": "PDF document",
    "image.png": "PNG image",
    "nul-bytes.txt": "binary data",
}


@pytest.mark.parametrize(("name", "expected"), READABLE.items())
def test_encoding_and_newlines_are_found(name: str, expected: tuple[str, str]) -> None:
    origin = read_document(name, (INPUTS / name).read_bytes()).origin
    assert (origin.encoding, origin.newline) == expected


@pytest.mark.parametrize(("name", "words"), UNREADABLE.items())
def test_what_cannot_be_read_is_said_in_one_line(name: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words) as caught:
        read_document(name, (INPUTS / name).read_bytes())
    assert "\n" not in str(caught.value)


def test_every_input_has_an_expectation() -> None:
    elsewhere = {"html-fragment.html", "html-without-article.html", "invisible-characters.txt", "mojibake.txt"}
    elsewhere |= {"half-italian-half-english.txt", "only-boilerplate.txt", "only-digits-and-symbols.txt"}
    elsewhere |= {'un nome con "virgolette" e l\'apostrofo.txt'}
    assert {path.name for path in INPUTS.iterdir()} == READABLE.keys() | UNREADABLE.keys() | elsewhere


def test_the_inputs_are_those_listed_and_made_as_listed(tmp_path: Path) -> None:
    assert differences(INPUTS) == []
    for path in INPUTS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "koi8-r.txt").write_bytes("Мост".encode())
    (tmp_path / "all-caps.txt").rename(tmp_path / "small-caps.txt")
    assert differences(tmp_path) == ["missing: all-caps.txt", "not listed: small-caps.txt", "differs: koi8-r.txt"]


@pytest.mark.parametrize("name", ["data.csv", "slides.pptx.bak", "script.py"])
def test_an_unsupported_kind_is_named(name: str) -> None:
    with pytest.raises(UnreadableFile, match="unsupported kind of file"):
        read_document(name, b"plain words")


def test_a_page_is_known_by_its_first_tag_whatever_its_name() -> None:
    page = b"<!DOCTYPE html><html><body><article><h1>Ferry returns</h1><p>" + b"The boat came back at dawn. " * 20
    assert read_document("page.txt", page).origin.media_type == "text/html"


@pytest.mark.parametrize("word", ["GIF8", "GIF87a", "GIF89a", "GIF89a\n\n"])
def test_a_text_may_begin_as_an_image_does(word: str) -> None:
    text = f"{word} è un formato di immagini nato nel 1987."
    assert read_document("a.txt", text.encode()).raw == text
    with pytest.raises(UnreadableFile, match="GIF image"):
        read_document("a.txt", b"GIF89a\x20\x01\xf0\x00\xf7\x00\x00" + word.encode())
