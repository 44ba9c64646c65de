"""What the documents say of the program is so: commands, options, links, dependencies, versions, sizes, scores."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pipeline.clean.boilerplate import AGREEING, THRESHOLDS
from pipeline.cli import app

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
_FOLDERS = ("docs", "benchmarks", "models", "pipeline")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(path for name in _FOLDERS for path in (ROOT / name).rglob("*.md"))])
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]*)\)")


def text(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text("utf-8")


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = _HEADING.findall(path.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(path.read_text("utf-8")):
        target, _, anchor = link.partition("#")
        if "://" not in target:
            place = path.parent / target if target else path
            assert place.exists(), link
            assert not anchor or anchor in anchors(place), link


def options(command: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every command by its full name with each of its long options, and once with none."""
    yield name, ""
    yield from ((name, option) for each in command.params for option in each.opts if option.startswith("--"))
    for part, inner in getattr(command, "commands", {}).items():
        yield from options(inner, f"{name} {part}".strip())


def test_every_command_and_option_stands_in_a_document() -> None:
    told = "".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    missing = [
        f"{name} {option}".strip()
        for name, option in options(get_command(app))
        if not re.search(rf"{re.escape(option or f'monoglot {name}'.strip())}(?![\w-])", told)
    ]
    assert missing == []


def rows(section: str) -> set[tuple[str, str]]:
    """(extra, package) of a table in docs/dependencies.md; the core has no extra."""
    body = re.split(rf"^## {section}$", text("docs", "dependencies.md"), flags=re.MULTILINE)[1].partition("\n## ")[0]
    cells = [line.split("|")[1:3] for line in body.splitlines() if line.startswith("| ")][1:]
    split = [(extra.strip(), names) if "`" not in extra else ("", extra) for extra, names in cells]
    return {(extra, name.casefold()) for extra, names in split for name in re.findall(r"`([^`]+)`", names)}


def test_the_dependencies_that_are_argued_are_those_that_there_are() -> None:
    def names(requirements: list[str], extra: str = "") -> set[tuple[str, str]]:
        return {(extra, found[0].casefold()) for item in requirements if (found := _NAME.match(item))}

    assert rows("Core") == names(PROJECT["dependencies"])
    extras = PROJECT["optional-dependencies"].items()
    assert rows("Extras") == {pair for extra, listed in extras for pair in names(listed, extra)}


def test_the_versions_to_raise_are_named() -> None:
    found = {
        name
        for path in (ROOT / "pipeline").rglob("*.py")
        for name in re.findall(r"^([A-Z]+_VERSION)\b.*= \d+$", path.read_text("utf-8"), re.MULTILINE)
    }
    assert "CLEANING_VERSION" in found
    assert {name for name in found if f"`{name}`" not in text("CONTRIBUTING.md")} == set()


def test_the_map_of_the_code_names_what_is_there() -> None:
    table = text("CONTRIBUTING.md").partition("## Where things are")[2].partition("\n\n`stages.py`")[0].splitlines()[3:]
    for row in table:
        _, _, code, data, benchmarks, documents, _ = row.split("|")
        for cell, folder in ((code, "pipeline"), (data, "pipeline"), (benchmarks, "benchmarks")):
            for name in re.findall(r"`([^`]+)`", cell):
                assert any((root / name).exists() for root in (ROOT / folder, ROOT)), name
        assert all((ROOT / "docs" / name.strip()).exists() for name in documents.split(",")), row


def test_python_is_the_one_that_the_package_asks_for() -> None:
    assert f"Python {PROJECT['requires-python'].removeprefix('>=')} or newer" in text("README.md")


def test_the_languages_that_readme_counts_are_so_many() -> None:
    catalogue = tomllib.loads(text("models", "catalogue.toml"))["languages"]
    assert f"{len(catalogue)} languages with a model to fetch" in text("README.md")
    cues = {path.stem for path in (ROOT / "pipeline" / "clean" / "cues").glob("*.toml")} - {"any"}
    assert f"in {len(cues)} languages" in text("README.md")


@pytest.mark.parametrize("path", ["docs/house-style.md", "pipeline/clean/cues/README.md"])
def test_thresholds_of_cleaning_are_those_of_the_code(path: str) -> None:
    told = text(path)
    for threshold in (*THRESHOLDS.values(), AGREEING):
        assert f"{threshold:.2f}" in told


def test_sizes_of_the_bundled_model_are_those_of_its_files() -> None:
    folder = ROOT / "models" / "romance-en"
    checkpoint, int8 = (
        round((folder / name).stat().st_size / 1e6) for name in ("model.safetensors", "ctranslate2/model.bin")
    )
    assert f"{checkpoint} MB of weights in float16, {int8} MB in CTranslate2's int8" in text(
        "models/romance-en/README.md"
    )
    assert f"weights {int8} MB in int8, {checkpoint} MB in float16" in text("models/README.md")


def test_scores_of_the_bundled_model_are_those_of_its_card() -> None:
    card = re.findall(
        r"^\| (\w+) \| [\d.]+M \| ([\d.]+) \| ([\d.]+) \|$", text("models/romance-en/README.md"), re.MULTILINE
    )
    assert len(card) == 3
    for language, bleu, chrf in card:
        assert f"| {language} | {float(bleu):.1f} / {float(chrf):.1f} |" in text("models/README.md")


def test_what_a_person_judged_in_the_samples_is_not_committed() -> None:
    from pipeline.write import REVIEW

    if not (ROOT / ".git").exists():
        pytest.skip("no clone")
    asked = [f"normalized/{name}" for name in REVIEW]
    ignored = subprocess.run(["git", "check-ignore", *asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ignored.stdout.split() == asked
