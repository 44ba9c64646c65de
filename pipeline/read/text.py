"""Decoding bytes so that they can be written again: encoding, byte order mark, newline style, undecodable bytes."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from pipeline.errors import UnreadableFile
from pipeline.records import Newline, Undecoded

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NEWLINES: Final[dict[str, Newline]] = {"\n": "lf", "\r\n": "crlf", "\r": "cr"}
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_ESCAPED: Final = re.compile("[\udc00-\udcff]")
_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML_ENCODING: Final = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
# Labels that Python does not know, and what pages that declare a codec are in, as browsers read them (WHATWG Encoding Standard).
_LABELS: Final = {
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "windows-949": "cp949",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
}
_READ_AS: Final = {
    "ascii": "utf-8",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
# Codecs of Python that no page is in.
_NO_CHARSETS: Final = frozenset(("utf-7", "unicode-escape", "raw-unicode-escape", "punycode", "idna", "undefined"))
_REPLACEMENT: Final = "\ufffd".encode()
# Detection reads this much; more does not change its answer, and it is slow.
_SAMPLE_BYTES: Final = 64 * 1024
# Of a stretch of ASCII (scripts of a page, above all) it reads so much at either end: the words about the other bytes.
_CONTEXT_BYTES: Final = 256
_STRETCH: Final = re.compile(rb"[\x80-\xff]+|[\x00-\x7f]+")
# Bad bytes are few where the good characters beyond ASCII are more than four times as many.
_FEW_BAD: Final = 4
# UTF-16 of a Latin script has a zero in every other byte; other binary files have them anywhere.
_UTF16_ZEROS: Final = 0.35


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file: its text with uniform newlines made LF, and what `encode` needs to write its bytes again."""

    text: str
    encoding: str
    bom: bool
    newline: Newline
    undecoded: tuple[Undecoded, ...] = ()


def decode(data: bytes, declared: bool = False) -> Decoded:
    """Decode a file. `declared` says that a charset which a page names counts. Raises UnreadableFile if it is binary."""
    mark, encoding = next(((mark, name) for mark, name in _BOMS if data.startswith(mark)), (b"", ""))
    body = data[len(mark) :]
    encoding = encoding or _encoding(body, declared)
    text, undecoded = _decode(body, encoding)
    breaks = set(_BREAK.findall(text))
    newline: Newline = "none" if not breaks else _NEWLINES[breaks.pop()] if len(breaks) == 1 else "mixed"
    if newline == "crlf":
        ends = [found.start() for found in _BREAK.finditer(text)] if undecoded else []
        undecoded = tuple(Undecoded(item.offset - bisect_left(ends, item.offset), item.bytes) for item in undecoded)
        text = text.replace("\r\n", "\n")
    elif newline == "cr":
        text = text.replace("\r", "\n")
    return Decoded(text, encoding, bool(mark), newline, undecoded)


def encode(decoded: Decoded) -> bytes | None:
    """The bytes that `decode` read, or None where the encoding cannot write them again."""
    mark = next((mark for mark, name in _BOMS if name == decoded.encoding), b"") if decoded.bom else b""
    line_break = next((chars for chars, name in _NEWLINES.items() if name == decoded.newline), "\n")
    pieces: list[bytes] = [mark]
    at = 0
    try:
        for item in (*decoded.undecoded, None):
            words = decoded.text[at : item.offset if item else None]
            if decoded.newline != "mixed":
                words = words.replace("\n", line_break)
            pieces.append(words.encode(decoded.encoding))
            if item:
                pieces.append(bytes.fromhex(item.bytes))
                at = item.offset + 1
    except UnicodeEncodeError:
        return None
    return b"".join(pieces)


def _decode(body: bytes, encoding: str) -> tuple[str, tuple[Undecoded, ...]]:
    """Decode with every undecodable byte replaced by U+FFFD and kept."""
    text = body.decode(encoding, _ESCAPE)
    bad = tuple(Undecoded(m.start(), f"{ord(m.group()) - 0xDC00:02x}") for m in _ESCAPED.finditer(text))
    return _ESCAPED.sub("\ufffd", text), bad


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Bad bytes as lone surrogates, which no codec gives. (surrogateescape refuses ASCII, as half a UTF-16 unit may be.)"""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


_ESCAPE: Final = "monoglot-escape"
codecs.register_error(_ESCAPE, _escape)


def _encoding(body: bytes, declared: bool) -> str:
    # A declaration that the bytes contradict is no declaration.
    name = _declared(body) if declared else ""
    if b"\0" in body and not (name and _decodes(body, name)):
        return _wide(body)
    if _is_utf8(body, name):
        return "utf-8"
    return name if name not in ("", "utf-8") and _holds(body, name) else _detected(body)


def _declared(body: bytes) -> str:
    """The encoding that a page names in a meta element or an XML declaration; empty where it names none that it can be in."""
    head = _COMMENT.sub(b"", body[:4096])
    match = _META_CHARSET.search(head) or _XML_ENCODING.match(head)
    label = match.group(1).decode("ascii").lower() if match else ""
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except LookupError:
        return ""
    name = _READ_AS.get(name, name)
    # Where these words can be read as ASCII, two or four bytes a character are not what the page is in (WHATWG, too).
    return "" if name in _NO_CHARSETS else "utf-8" if name.startswith(("utf-16", "utf-32")) else name


def _decodes(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except (LookupError, UnicodeError):
        return False
    return True


def _is_utf8(body: bytes, declared: str) -> bool:
    """Whether text is UTF-8, if with some bad bytes; `declared` is the encoding that it names, if any.

    A legacy encoding yields whole multi-byte characters by chance, one for two bad ones at most (capitals of ISO 8859-5), so
    more good than bad are enough; but where a legacy encoding is named, some there must be, and far more. One bad character
    at the very end is a file that was cut. U+FFFD that a text came with is a character as good as any.
    """
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd") - body.count(_REPLACEMENT)
    good = _beyond_ascii(text) - bad
    if declared not in ("", "utf-8"):
        return good > _FEW_BAD * bad
    cut = bad == 1 and text.endswith("\ufffd") and body[-1] >= 0xC0
    return not bad or cut or good > bad or (declared == "utf-8" and good == bad)


def _holds(body: bytes, name: str) -> bool:
    """Whether text can be in the encoding that it names: all of it, or all but a few bytes and the rest is such text."""
    text, bad = _decode(body, name)
    if not bad:
        return True
    if _beyond_ascii(text) - len(bad) <= _FEW_BAD * len(bad):
        return False
    alphabets = [letters for encoding, letters in _LATIN if encoding == name]
    sample = _decode(_sample(body), name)[0].replace("\ufffd", "")
    return not alphabets or any(_fit(sample, letters) >= _FITS for letters in alphabets)


def _beyond_ascii(text: str) -> int:
    """How many characters of a text are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _wide(body: bytes) -> str:
    """UTF-16 without a mark, told by where the zeros are. Raises UnreadableFile for other binary data."""
    sample = body[:_SAMPLE_BYTES]
    half = max(1, len(sample) // 2)
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if len(body) % 2 == 0 and max(even, odd) > _UTF16_ZEROS and min(even, odd) < 0.02:
        return "utf-16-be" if even > odd else "utf-16-le"
    raise UnreadableFile("is binary data, not text: leave it out, or save it as text first")


def _detected(body: bytes) -> str:
    """A legacy encoding: the one in which the bytes are text in Latin letters, else the one that charset-normalizer finds."""
    from charset_normalizer import from_bytes

    sample = _sample(body)
    texts = {encoding: sample.decode(encoding) for encoding in _LATIN_ENCODINGS if _decodes(sample, encoding)}
    fits = [(_fit(texts[encoding], letters), encoding) for encoding, letters in _LATIN if encoding in texts]
    fit, encoding = max(fits, key=lambda item: item[0], default=(0.0, ""))
    if fit >= _FITS:
        return encoding
    best = from_bytes(sample).best()
    if best is None:
        raise UnreadableFile("is in no encoding that could be found: save it as UTF-8 first")
    return best.encoding


def _sample(body: bytes) -> bytes:
    """The first bytes beyond ASCII with the words about them."""
    sample = bytearray()
    for stretch in _STRETCH.finditer(body):
        piece = stretch[0]
        if piece[0] < 0x80 and len(piece) > 2 * _CONTEXT_BYTES:
            piece = piece[:_CONTEXT_BYTES] + b"\n" + piece[-_CONTEXT_BYTES:]
        sample += piece
        if len(sample) >= _SAMPLE_BYTES:
            break
    return bytes(sample[:_SAMPLE_BYTES])


def _fit(text: str, letters: frozenset[str]) -> float:
    """Of the characters beyond ASCII, how many are letters of a language, or marks that are not amid a word; from 0 to 1.

    Latin encodings differ only there, and short texts do not hold enough for statistics. 0 for another script: its text has
    little ASCII, or where that is a page's markup, its words have none.
    """
    high = _HIGH.findall(text)
    words = "".join(word for word in _LONG_WORD.findall(text) if not word.isascii())
    if len(high) > len(_PLAIN.findall(text)) or len(_HIGH.findall(words)) > _MOST_HIGH * len(words):
        return 0.0
    usual = sum(c in letters or c in _MARKS for c in high) - len(_MARK_AMID.findall(text))
    return usual / max(1, len(high))


_PLAIN: Final = re.compile(r"[A-Za-z]")
_HIGH: Final = re.compile(r"[^\x00-\x7f]")
_LONG_WORD: Final = re.compile(r"[^\W\d_]{3,}")
# Words of other scripts have nothing but high bytes; "été" has two of three.
_MOST_HIGH: Final = 0.7
# A text quotes a foreign name now and then. Hungarian has one ő in twelve, the letter that Windows-1252 has otherwise.
_FITS: Final = 0.95
_MARKS: Final = frozenset("«»‹›“”‘’„‚–—…€£§°ºª¿¡·•†‡‰©®™±×÷µ¶¼½¾¹²³´\xa0\xad")
# Letters of Polish, Slovak, Slovenian or Romanian, read as Windows-1252: `m³` and `3.º` end a word, and `¿` begins one.
_MARK_AMID: Final = re.compile(r"(?<=[^\W\d_])[¹³¿±¼¾º¶µ£¡](?=[^\W\d_])|[¹³¼¾®](?=[^\W\d_])")
_WESTERN: Final = (
    "àáâäæçèéêëìíîïñòóôöœùúûüÿß",  # French, Italian, Spanish, Catalan, German, Dutch
    "àáâãçéêíóôõúü",  # Portuguese
    "àáäåæèéêóôöøü",  # Danish, Norwegian, Swedish
    "äåéõöšüž",  # Finnish, Estonian
)
_CENTRAL: Final = (
    "ąćęłńóśźż",  # Polish
    "ćčđšž",  # Slovenian, Croatian
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîşţ",  # Romanian
)
_BALTIC: Final = ("ąčęėįšųūž", "āčēģīķļņšūž")  # Lithuanian, Latvian
# Readings in the order in which they are preferred; the last is for a text in several languages.
_LATIN: Final = tuple(
    (encoding, frozenset(letters + letters.upper()))
    for encodings, alphabets in (
        (("cp1252",), _WESTERN),
        (("cp1254",), ("çğıİöşüâîû",)),  # Turkish
        (("cp1252",), ("áæðéíóöúýþ",)),  # Icelandic
        (("cp1250", "iso8859_2"), _CENTRAL),
        (("cp1257",), _BALTIC),
        (("cp1252",), ("àáâãäåæçèéêëìíîïñòóôõöøœùúûüÿß",)),
    )
    for encoding in encodings
    for letters in alphabets
)
_LATIN_ENCODINGS: Final = tuple(dict.fromkeys(encoding for encoding, _ in _LATIN))
