"""The catalogue against its own schema, and its choices against its scores."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from pipeline.models.catalogue import Catalogue, catalogue
from tests.models.conftest import ROOT

GROUPS = {"ROMANCE", "bat", "cel", "dra", "gem", "iir", "inc", "ine", "itc", "roa", "sem", "sla", "zls", "zlw", "mul"}


@pytest.fixture(scope="module")
def raw() -> dict[str, Any]:
    return tomllib.loads((ROOT / "models" / "catalogue.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return catalogue()


def test_every_field_is_one_that_the_top_of_the_file_explains(raw: dict[str, Any]) -> None:
    assert raw.keys() == {"owner", "sizes", "tests", "languages", "model"}
    assert all(item.keys() == {"fetch", "disk"} for item in raw["sizes"].values())
    assert all(
        item.keys() == {"name", "source"} and item["source"].startswith("https://") for item in raw["tests"].values()
    )
    for item in raw["languages"].values():
        assert {"name", "alpha3", "base"} <= item.keys() <= {"name", "alpha3", "base", "big"}
    for item in raw["model"]:
        required = {"name", "size", "licence", "languages"}
        assert required <= item.keys() <= required | {"release", "scores", "note", "target"}, item["name"]
        assert all(score.keys() == {"language", "test", "bleu"} for score in item.get("scores", ()))


def test_forty_languages_and_the_families_are_there(known: Catalogue) -> None:
    assert len(known.languages) >= 40
    assert {f"Helsinki-NLP/opus-mt-{group}-en" for group in GROUPS} <= known.entries.keys()


def test_names_codes_and_licences_are_well_formed(raw: dict[str, Any]) -> None:
    names = [item["name"] for item in raw["model"]]
    assert len(set(names)) == len(names)
    for code, item in raw["languages"].items():
        assert (len(code), len(item["alpha3"])) == (2, 3)
    for item in raw["model"]:
        assert item["size"] in raw["sizes"]
        assert item["licence"] in {"apache-2.0", "cc-by-4.0"}
        assert item["languages"] == sorted(set(item["languages"]))
        assert set(item["languages"]) <= raw["languages"].keys()


def test_a_score_is_that_of_a_named_release_and_a_missing_one_is_explained(known: Catalogue) -> None:
    for entry in known.entries.values():
        assert entry.release or entry.note, entry.repository
        assert not entry.scores or entry.release, entry.repository
        assert entry.scores or entry.note, entry.repository
        for score in entry.scores:
            assert 0 < score.bleu < (70 if entry.target == "en" else 80)  # more between near relatives
            assert score.language in entry.languages
            assert "{" not in score.source


def test_a_choice_reads_its_language_and_is_of_its_size(known: Catalogue) -> None:
    for language in known.languages.values():
        for size, repository in language.choices.items():
            assert language.code in known.entries[repository].languages
            assert known.entries[repository].size == size
            assert known.entries[repository].target == "en"


def test_no_other_model_of_the_size_has_a_better_flores_score(known: Catalogue) -> None:
    for language in known.languages.values():
        for size, repository in language.choices.items():
            chosen = known.entries[repository].score(language.code)
            others = [entry for entry in known.entries.values() if (entry.size, entry.target) == (size, "en")]
            scores = [entry.score(language.code) for entry in others]
            flores = [score.bleu for score in scores if score and score.test == "FLORES-101 devtest"]
            if chosen is not None and chosen.test == "FLORES-101 devtest":
                assert chosen.bleu == max(flores), language.code


@pytest.mark.parametrize(
    ("language", "size", "expected"),
    [
        ("it", "base", "opus-mt-it-en"),
        ("it", "big", "opus-mt-tc-big-it-en"),
        ("pt", "big", "opus-mt-roa-en"),
        ("cy", "base", "opus-mt-cel-en"),
    ],
)
def test_what_is_fetched_for_a_language(language: str, size: Any, expected: str, known: Catalogue) -> None:
    entry = known.choice(language, size)
    assert entry is not None
    assert entry.repository == f"Helsinki-NLP/{expected}"


def test_a_model_into_another_language_is_chosen_only_where_that_is_asked_for(known: Catalogue) -> None:
    assert known.choice("gl", target="es") is known.entries["Helsinki-NLP/opus-mt-gl-es"]
    assert known.choice("gl", target="fr") is None
    assert [entry.target for entry in known.serving("gl")].count("es") == 1
    assert known.serving("gl")[0].target == "en"
    for entry in known.entries.values():
        assert entry.target == "en" or entry.target in known.languages


def test_a_language_that_is_not_there_has_no_choice(known: Catalogue) -> None:
    assert known.choice("xx") is None
    assert known.serving("xx") == []
