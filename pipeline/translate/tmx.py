"""TMX 1.4b, the format that translators' programs exchange memories in (https://www.gala-global.org/tmx-14b).

Written and read in a stream. Reading trusts no file: entities are not expanded, nothing is fetched, and lxml's limits on depth
and size stay on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from lxml import etree

from pipeline import __version__
from pipeline.clean.unicode import tidy
from pipeline.errors import InputError
from pipeline.models import TARGET
from pipeline.translate.codes import document_code, unknown
from pipeline.translate.memory import Correction, Remembered, written

_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
# How a unit says where its English is from: a note, since every program shows those.
_HUMAN: Final = "origin: human"
_MACHINE: Final = "origin: machine"
_TIME: Final = "%Y%m%dT%H%M%SZ"
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_].*)?")
# Elements of a segment that hold another program's formatting codes, not words.
_CODES: Final = frozenset(("bpt", "ept", "ph", "it", "ut"))
# What XML 1.0 has no way to write, escaped or not.
UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Unit:
    """A segment and its English, and what a `tu` says of them: who made it, when, when it was used last, a note, properties by type."""

    language: str
    source: str
    english: str
    by: str = ""
    made: datetime | None = None
    used: datetime | None = None
    note: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: Correction | Remembered) -> Unit:
        """What a memory holds; the note says whether a person or a model wrote it."""
        if isinstance(entry, Correction):
            made = datetime.fromisoformat(entry.made)
            return cls(entry.language, entry.source, entry.english, entry.reviewer or "", made, note=_HUMAN)
        properties = {"x-decoder": entry.decoder, "x-score": str(entry.hypothesis.score)}
        used = datetime.fromisoformat(entry.used).replace(tzinfo=UTC)
        return cls(entry.language, entry.text, entry.hypothesis.text, entry.model, None, used, _MACHINE, properties)


def write_tmx(file: IO[bytes], units: Iterable[Unit]) -> int:
    """Write a TMX file. Returns how many units were left out because XML has no way to write their characters."""
    left_out = 0
    with etree.xmlfile(file, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element("tmx", version="1.4"):
            head = {
                "creationtool": "monoglot",
                "creationtoolversion": __version__,
                "segtype": "sentence",
                "o-tmf": "monoglot",
                "adminlang": TARGET,
                "srclang": "*all*",
                "datatype": "plaintext",
            }
            xml.write("\n", etree.Element("header", head), "\n")
            with xml.element("body"):
                for unit in units:
                    if UNWRITABLE.search(unit.source + unit.english + unit.by):
                        left_out += 1
                    else:
                        xml.write("\n", _element(unit))
                xml.write("\n")
    file.write(b"\n")
    return left_out


def read_tmx(path: Path, saved: str) -> Iterator[Correction | str]:
    """The corrections in a TMX file, `saved` at a time, which is that of those without a date; for each unit that is none, the
    reason. Raises InputError."""
    try:
        with path.open("rb") as file:
            units = etree.iterparse(
                file, tag="{*}tu", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
            )
            for _, unit in units:
                if unit.getprevious() is None:  # the first of all
                    _check_entities(unit, path)
                yield from _corrections(unit, saved, path)
                unit.clear()
                while unit.getprevious() is not None:  # what was read is let go: a large file takes little memory
                    del unit.getparent()[0]
            if etree.QName(units.root).localname != "tmx":
                raise InputError(f"{path}: is not TMX, but XML of another kind ({units.root.tag})")
    except etree.XMLSyntaxError as error:
        # The first fault; what the parser raises may be a later one that follows from it.
        fault = next((f"{entry.message} (line {entry.line})" for entry in units.error_log), "there is nothing in it")
        raise InputError(f"{path}: is not TMX: {fault}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


def _element(unit: Unit) -> Any:
    key = hashlib.sha256(f"{unit.language}\0{unit.source}".encode()).hexdigest()[:12]
    stamps = {"creationdate": unit.made, "lastusagedate": unit.used}
    attributes = {"tuid": key, "srclang": unit.language}
    attributes |= {name: when.astimezone(UTC).strftime(_TIME) for name, when in stamps.items() if when is not None}
    element = etree.Element("tu", attributes | ({"creationid": unit.by} if unit.by else {}))
    if unit.note:
        etree.SubElement(element, "note").text = unit.note
    for name, value in unit.properties.items():
        etree.SubElement(element, "prop", type=name).text = value
    for language, words in ((unit.language, unit.source), (TARGET, unit.english)):
        etree.SubElement(etree.SubElement(element, "tuv", {_LANG: language}), "seg").text = words
    return element


def _corrections(unit: Any, saved: str, path: Path) -> Iterator[Correction | str]:
    """What a unit has for us: its English for each of its other languages."""
    if any((note.text or "").strip() == _MACHINE for note in unit.iterfind("{*}note")):
        yield "made by a machine"
        return
    texts: dict[str, str] = {}
    who, when = unit.get("changeid") or unit.get("creationid"), unit.get("changedate") or unit.get("creationdate")
    for variant in unit.iterfind("{*}tuv"):
        named = variant.get(_LANG) or variant.get("lang") or ""
        segment = variant.find("{*}seg")
        if _LANGUAGE.fullmatch(named) and segment is not None:
            language = document_code(named)
            if language is None:
                yield unknown(named)
                continue
            texts.setdefault(language, tidy(_words(segment, path)))
            if language == TARGET:
                who = variant.get("changeid") or variant.get("creationid") or who
                when = variant.get("changedate") or variant.get("creationdate") or when
    english = texts.pop(TARGET, "")
    texts = {language: words for language, words in texts.items() if words}
    if not english or not texts:
        yield "without English" if texts else "without another language"
        return
    for language, words in texts.items():
        yield Correction(language, words, english, who or None, _date(when) or saved)


def _check_entities(unit: Any, path: Path) -> None:
    """Raise InputError if a file declares entities: in attributes the parser would put in what they stand for."""
    dtd = unit.getroottree().docinfo.internalDTD
    if name := next((entity.name for entity in dtd.iterentities()), None) if dtd is not None else None:
        raise InputError(f"{path}: declares the entity &{name};, and none is expanded; write the words themselves")


def _words(segment: Any, path: Path) -> str:
    """The text of a `seg`, without the codes of other programs. Raises InputError on an entity."""
    if segment.tag is etree.Entity:
        raise InputError(f"{path}: uses the entity {segment.text}, which is not expanded; write the words themselves")
    # A comment has a function for a tag.
    if not isinstance(segment.tag, str) or etree.QName(segment).localname in _CODES:
        return ""
    return (segment.text or "") + "".join(_words(child, path) + (child.tail or "") for child in segment)


def _date(given: str | None) -> str | None:
    """A TMX date as ISO 8601, or None if there is none that can be read."""
    try:
        return written(datetime.strptime(given or "", _TIME).replace(tzinfo=UTC))
    except ValueError:
        return None
