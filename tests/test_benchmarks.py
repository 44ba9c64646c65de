"""The benchmarks as commands: each tells what it measures, and refuses an option that it does not have before it measures."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
COMMANDS = sorted(
    ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)
    for path in (*FOLDER.glob("*.py"), *FOLDER.glob("*/__main__.py"))
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(("option", "code"), [("--help", 0), ("--nonsense", 2)])
def test_a_benchmark_knows_its_options(
    name: str, option: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main = importlib.import_module(name).main
    monkeypatch.setattr(sys, "argv", [name, option])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert "usage:" in "".join(capsys.readouterr())
