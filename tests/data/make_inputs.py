"""Writes those files of tests/data/inputs/ whose bytes are odd; inputs.toml says what each is and what it is made from.

The files are committed, so that a test needs only the bytes; this script says how each was made.

    python tests/data/make_inputs.py            write the files
    python tests/data/make_inputs.py --check    exit 1 if a file is missing, differs or is not listed
    python tests/data/make_inputs.py --list     print the name of each file, its size and what it is

Nothing here depends on the clock, the platform or a library's version. All the texts are invented:
see docs/seeds.md.
"""

from __future__ import annotations

import argparse
import io
import struct
import sys
import tomllib
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
INPUTS = HERE / "inputs"


class Case(NamedTuple):
    """One file: its name, what it is, its bytes, or None for a file that is written by hand."""

    name: str
    what: str
    data: bytes | None


def cases() -> list[Case]:
    """Every case, in the order of inputs.toml."""
    listed = tomllib.loads((HERE / "inputs.toml").read_text(encoding="utf-8"))
    return [Case(name, recipe.pop("what"), _made(**recipe)) for name, recipe in listed.items()]


def _made(text: str = "", source: str = "", make: str = "", encoding: str = "utf-8") -> bytes | None:
    if source:
        text = (HERE / "texts" / source).read_bytes().decode("utf-8")  # as bytes: no newline may change
    if make:
        return MAKERS[make](text)
    return text.encode(encoding) if text else None


def nul_bytes(text: str) -> bytes:
    """NUL for the space after each “the”."""
    return text.replace(" the ", " the\0 ").encode()


def utf_16_le_with_bom(text: str) -> bytes:
    """UTF-16LE after its byte order mark."""
    return b"\xff\xfe" + text.encode("utf-16-le")


def truncated(text: str) -> bytes:
    """UTF-8 cut after the first byte of the last character that has more than one."""
    last = max(index for index, character in enumerate(text) if ord(character) > 0x7F)
    return text[:last].encode() + text[last].encode()[:1]


def mojibake(text: str) -> bytes:
    """Curly for angled quotes, read from UTF-8 as Windows-1252 and saved as UTF-8; bytes it lacks pass as C1 controls."""
    text = text.translate({0xAB: 0x201C, 0xBB: 0x201D})
    wrong = "".join(
        bytes([byte]).decode("latin-1" if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "cp1252")
        for byte in text.encode()
    )
    return wrong.encode()


def lone_cr(text: str) -> bytes:
    """CR alone for each newline."""
    return text.replace("\n", "\r").encode()


def mixed_newlines(text: str) -> bytes:
    """CRLF on every second line, LF on the others."""
    lines = text.rstrip("\n").split("\n")
    return "".join(line + ("\r\n" if index % 2 else "\n") for index, line in enumerate(lines)).encode()


def no_final_newline(text: str) -> bytes:
    """The text without its last newline."""
    return text.rstrip("\n").encode()


def png(_: str) -> bytes:
    """A valid image without a text, 8 by 8, red on the left and white on the right; stored, not compressed."""
    row = b"\x00" + b"\xcc\x00\x00" * 4 + b"\xff\xff\xff" * 4

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    pixels = row * 8
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(pixels), len(pixels) ^ 0xFFFF) + pixels
    stored += struct.pack(">I", zlib.adler32(pixels))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stored) + chunk(b"IEND", b"")


def pdf(text: str) -> bytes:
    """A valid one-page PDF that shows some lines of ASCII."""
    shown = " T* ".join(f"({line.replace('(', '').replace(')', '')}) Tj" for line in text.splitlines())
    stream = f"BT /F1 10 Tf 14 TL 50 780 Td {shown} ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
    return bytes(out)


def docx(text: str) -> bytes:
    """A minimal valid Word document: a zip with fixed dates, stored."""
    xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    paragraphs = (" ".join(block.split("\n")) for block in text.strip().split("\n\n"))
    body = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in paragraphs)
    parts = {
        "[Content_Types].xml": f'{xml}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'{xml}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'{xml}<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # the same on every platform
            archive.writestr(entry, content.encode())
    return buffer.getvalue()


MAKERS: dict[str, Callable[[str], bytes]] = {
    "docx": docx,
    "lone_cr": lone_cr,
    "mixed_newlines": mixed_newlines,
    "mojibake": mojibake,
    "no_final_newline": no_final_newline,
    "nul_bytes": nul_bytes,
    "pdf": pdf,
    "png": png,
    "truncated": truncated,
    "utf_16_le_with_bom": utf_16_le_with_bom,
}


def differences(folder: Path) -> list[str]:
    """What in `folder` is not as this script would write it, or not as inputs.toml lists it."""
    wanted = {case.name: case.data for case in cases()}
    found = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
    return (
        [f"missing: {name}" for name in wanted if name not in found]
        + [f"not listed: {name}" for name in sorted(found) if name not in wanted]
        + [f"differs: {name}" for name, data in wanted.items() if data not in (None, found.get(name, data))]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes tests/data/inputs/.")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="compare with what is there, write nothing")
    action.add_argument("--list", action="store_true", help="print the cases, write nothing")
    options = parser.parse_args()

    if options.list:
        for case in cases():
            print(f"{case.name}\t{(INPUTS / case.name).stat().st_size}\t{case.what}")
        return 0
    if options.check:
        problems = differences(INPUTS)
        print("\n".join(problems) or "as it should be")
        return 1 if problems else 0
    for case in cases():
        if case.data is not None:
            (INPUTS / case.name).write_bytes(case.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
