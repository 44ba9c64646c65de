"""What docs/checks.md says of flags: each code has its row, with its severities, its check, and whether it is tried again."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from pipeline.check import CHECKS, DAMAGED, UNUSABLE
from pipeline.check.pair import Pair

ROOT: Final = Path(__file__).parent.parent.parent
ROW: Final = re.compile(r"^\| `([a-z-]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|", re.M)
CODE: Final = re.compile(r"[a-z]+(?:-[a-z]+)+")


@pytest.fixture(scope="module")
def rows() -> dict[str, tuple[str, ...]]:
    """Severities, "yes" or nothing, and the check, by code."""
    found = ROW.findall((ROOT / "docs" / "checks.md").read_text("utf-8"))
    made = {code: tuple(map(str.strip, cells)) for code, *cells in found}
    assert len(made) == len(found) > 0
    return made


def written() -> Iterator[tuple[str, set[str]]]:
    """The codes that the program's sources make flags of, with the severities that stand beside them. Where a code is a
    variable, it is one of those that the module names."""
    for source in (path.read_text("utf-8") for path in (ROOT / "pipeline").rglob("*.py")):
        nodes = list(ast.walk(ast.parse(source))) if "Flag(" in source else []
        named = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Flag":
                code, severity = node.args[:2]
                if isinstance(code, ast.Constant):
                    constants = [n.value for n in ast.walk(severity) if isinstance(n, ast.Constant)]
                    yield str(code.value), {str(value) for value in constants}
                else:
                    yield from ((value, set()) for value in named if CODE.fullmatch(value))


def test_every_flag_has_a_row_with_its_severities(rows: dict[str, tuple[str, ...]]) -> None:
    known = {code: set(severities.split(", ")) for code, (severities, *_) in rows.items()}
    assert {code for code, _ in written()} == set(known)
    for code, severities in written():
        assert severities <= known[code], code
    assert set.union(*known.values()) == {"error", "warning", "info"}


@pytest.mark.parametrize("name", CHECKS)
def test_a_row_names_the_check_and_the_severities_that_it_gives(rows: dict[str, tuple[str, ...]], name: str) -> None:
    cases = json.loads((ROOT / "tests" / "data" / "checks" / f"{name}.json").read_text("utf-8"))["faulty"]
    pairs = [Pair(case["source"], case["text"], case["language"]) for case in cases]
    given = {(flag.code, flag.severity) for pair in pairs for flag in CHECKS[name](pair)}
    documented = {code: cells for code, cells in rows.items() if cells[2] == name}
    assert given == {(code, severity) for code, cells in documented.items() for severity in cells[0].split(", ")}


def test_the_rows_tell_what_the_repair_ladder_acts_on(rows: dict[str, tuple[str, ...]]) -> None:
    assert {code for code, cells in rows.items() if cells[1] == "yes"} == set(UNUSABLE | DAMAGED) - {"no-output"}
