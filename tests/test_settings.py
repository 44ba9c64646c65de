"""What a run may be told, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline import Settings


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"clean": "hard"}, "--clean takes one of light, standard, strict, not 'hard'"),
        ({"engine": "marian"}, "--engine takes one of ctranslate2, transformers, not 'marian'"),
        ({"compute_type": "int4"}, "--compute-type takes one of int8, float32, not 'int4'"),
        ({"language": "Italian"}, "--language takes an ISO 639-1 code such as it or es, not 'Italian'"),
        ({"language": "xx"}, "--language takes an ISO 639-1 code such as it or es, not 'xx'"),
        ({"languages": [("xx", "a.txt"), ("it", "")]}, "not 'xx'; --language it=: name a file or a folder after the ="),
        ({"pivot": [("gl", "xx")]}, "--pivot takes two ISO 639-1 codes such as gl=es, not gl=xx"),
        ({"beam": 0}, "--beam takes a width from 1 to 32, not 0"),
        ({"keep": ["stile.dash"]}, r"not 'stile.dash' \(style.dash\?\)"),
        ({"keep": ["qqq"]}, "as monoglot show --removed names them, not 'qqq'$"),
        ({"engine": "marian", "beam": 99, "jobs": -1}, "--engine .*; --beam .*; --jobs "),
    ],
)
def test_every_option_that_is_out_of_range_is_named_at_once(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Settings(**options)


def test_paths_may_be_given_as_text_and_tuples_as_lists() -> None:
    given: dict[str, Any] = {"model": "models/romance-en", "memory": "m.sqlite", "keep": ["style.dash"]}
    assert Settings(**given) == Settings(model=Path("models/romance-en"), memory=Path("m.sqlite"), keep=("style.dash",))


@pytest.mark.parametrize(
    ("place", "path", "meant"),
    [
        ("a.txt", "in/a.txt", True),
        ("a.txt", "in/b/a.txt", True),
        ("a.txt", "in/ba.txt", False),
        ("b/a.txt", "in/b/a.txt", True),
        ("in", "in/b/a.txt", True),
        ("in/", "in/b/a.txt", True),
        ("./in", "in/b/a.txt", True),
        ("b", "in/b/a.txt", True),
        ("in/b", "far/in/b/c/a.txt", True),
        ("in/c", "in/b/c/a.txt", False),
        ("*.txt", "in/a.txt", True),
        ("in/*.txt", "in/b/a.txt", False),
        ("../in", "../in/a.txt", True),
        ("council [draft].txt", "in/council [draft].txt", True),
        ("/in", "in/a.txt", False),
        ("-", "-", True),
    ],
)
def test_the_language_of_some_documents(place: str, path: str, meant: bool) -> None:
    settings = Settings(language="es", languages=(("it", place), ("de", place)))
    assert settings.language_of(path) == ("it" if meant else "es")


def test_a_place_is_written_as_records_have_paths() -> None:
    places = Settings(languages=(("it", "caf\udce9/"), ("de", "./a//b.txt"))).languages
    assert places == (("it", r"caf\xe9"), ("de", "a/b.txt"))
