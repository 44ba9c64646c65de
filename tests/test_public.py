"""What the project promises to programs: the public API and the record schema."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import pipeline
from pipeline import Record, Settings, normalize
from pipeline.errors import UnreadableFile
from pipeline.provenance import from_json, json_schema, to_json

ROOT = Path(__file__).parent.parent
MODULES = [
    name for _, name, _ in pkgutil.walk_packages(pipeline.__path__, "pipeline.") if not name.endswith("__main__")
]


def test_the_public_names_are_these() -> None:
    assert pipeline.__all__ == ["MonoglotError", "Record", "Segment", "Settings", "__version__", "normalize"]
    assert all(getattr(pipeline, name) is not None for name in pipeline.__all__)
    with pytest.raises(AttributeError):
        _ = pipeline.nothing


def test_normalize_takes_text_and_bytes_and_gives_records_in_order() -> None:
    texts: list[str | bytes] = [
        "The council met on Monday and closed the old bridge.",
        "Il ponte è chiuso.\r\n".encode(),
    ]
    english, italian = normalize(texts, Settings(language=None, beam=1))
    assert isinstance(english, Record)
    assert (english.status, english.text) == ("english", texts[0])
    assert (italian.language.code, italian.status) == ("it", "translated")
    for unreadable in (b"\x00\x01\x02", "Il ponte \ud800 è chiuso."):
        with pytest.raises(UnreadableFile):
            list(normalize([unreadable]))


@pytest.mark.parametrize("item", [float("nan"), None, 3, Path("a.txt"), bytearray(b"words")], ids=repr)
def test_normalize_says_which_item_is_no_text(item: Any) -> None:
    with pytest.raises(TypeError, match=f"item 1 is {type(item).__name__}, not text or bytes"):
        list(normalize(["The council met on Monday.", item]))


def test_the_schema_in_docs_is_current() -> None:
    written = (ROOT / "docs" / "record.schema.json").read_text("utf-8")
    assert written == json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def test_records_follow_the_schema_and_come_back_from_json(seeds_run: Path) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    for path in (seeds_run / "records").glob("*.json"):
        body = path.read_bytes()
        validator.validate(json.loads(body))
        assert to_json(from_json(body)) == body


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
