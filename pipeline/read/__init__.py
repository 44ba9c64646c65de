"""Reading: from paths to documents. The only stage that touches input files.

`discover` finds the files, `load` reads one. What a file is, is told by its first bytes before its name.
"""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from pipeline.errors import UnreadableFile
from pipeline.read.discover import STDIN, Found, Skipped, discover, passed_over, recorded, unreadable
from pipeline.read.html import extract, looks_like_html
from pipeline.read.page_blocks import on_record
from pipeline.read.text import Decoded, decode, encode
from pipeline.records import Document, Source

__all__ = [
    "KINDS",
    "READING_VERSION",
    "STDIN",
    "Decoded",
    "Found",
    "Skipped",
    "decode",
    "discover",
    "encode",
    "load",
    "passed_over",
    "read_document",
    "recorded",
]

# What reading makes of the same bytes; to be raised when that changes.
READING_VERSION: Final = 4

MAX_BYTES: Final = 64 * 1024 * 1024

# First bytes of files that people have beside their articles: what they are, and what to do with them. An article can begin
# with the word GIF89a, but has no zero byte right behind it, as the sizes of an image do.
_SIGNATURES: Final = (
    (rb"%PDF-", "a PDF document", "save its text first, for example with pdftotext"),
    (rb"PK\x03\x04", "a ZIP container (DOCX, ODT, EPUB, XLSX…)", "save it as plain text or HTML first"),
    (rb"\xd0\xcf\x11\xe0", "an old Office document", "save it as plain text or HTML first"),
    (rb"\x89PNG", "a PNG image", "leave it out"),
    (rb"\xff\xd8\xff", "a JPEG image", "leave it out"),
    (rb"GIF8[79]a[^\x00]{0,6}\x00", "a GIF image", "leave it out"),
    (rb"\x1f\x8b", "gzip data", "unpack it first"),
    (rb"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (rb"SQLite format 3\x00", "an SQLite database", "export its text first"),
    (rb"\{\\rtf", "an RTF document", "save it as plain text or HTML first"),
)
_TEXT_SUFFIXES: Final = frozenset((".txt", ".text", ""))
_MARKDOWN_SUFFIXES: Final = frozenset((".md", ".markdown"))
_HTML_SUFFIXES: Final = frozenset((".html", ".htm", ".xhtml"))
# How the names of files end that are read.
KINDS: Final = _TEXT_SUFFIXES | _MARKDOWN_SUFFIXES | _HTML_SUFFIXES


def load(found: Found) -> bytes:
    """The bytes of a file, or of standard input. Raises UnreadableFile with one clear line."""
    if found.fault:
        raise UnreadableFile(found.fault)
    try:
        if found.path == STDIN:
            if sys.stdin is None:  # it was closed when Python began
                raise UnreadableFile("cannot be read (standard input is closed): name a file, or pipe text in")
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(found.path).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableFile(unreadable("read", error)) from error
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"is larger than {MAX_BYTES // 1024**2} MiB: split it into articles first")
    return data


def read_document(path: str, data: bytes, keep_source: bool = False) -> Document:
    """One document from its bytes. `path` is recorded; `keep_source` stores a copy of what the ledger cannot rebuild.

    Raises UnreadableFile.
    """
    suffix = Path(path).suffix.lower() if path != STDIN else ""
    for signature, what, remedy in _SIGNATURES:
        if re.match(signature, data):
            raise UnreadableFile(f"is {what}: {remedy}")
    if suffix not in KINDS:
        kinds = ", ".join(sorted(filter(None, KINDS)))
        raise UnreadableFile(f"unsupported kind of file ({suffix}): monoglot reads {kinds}")
    decoded = decode(data, declared=suffix in _HTML_SUFFIXES)
    marked = suffix in _MARKDOWN_SUFFIXES  # where a block of HTML is a part of the text
    html = suffix in _HTML_SUFFIXES or looks_like_html(decoded.text, parts=not marked)
    source = Source(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        media_type="text/html" if html else "text/markdown" if marked else "text/plain",
        encoding=decoded.encoding,
        bom=decoded.bom,
        newline=decoded.newline,
        undecoded=decoded.undecoded,
        kept="ledger",
        raw_sha256=digest(decoded.text),
    )
    if not html:
        source = source if encode(decoded) == data else replace(source, kept="copy")
        if not marked:
            return Document(source, decoded.text)
        from pipeline.read import markdown

        fields, edits = markdown.extract(decoded.text)
        return Document(source, decoded.text, fields, edits=edits)
    page = extract(decoded.text)
    raw, edits = on_record(page.article, page.outside)
    # The bytes of a page are not in its text: they stay where they are, unless they came through a pipe.
    kept: Literal["copy", "reference"] = "copy" if keep_source or path == STDIN else "reference"
    return Document(replace(source, kept=kept, undecoded=(), raw_sha256=digest(raw)), raw, page.fields, edits=edits)


def digest(text: str) -> str:
    """The SHA-256 of a text's UTF-8, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
