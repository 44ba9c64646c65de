"""A memory of its own for each test, and something to remember in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.translate import Hypothesis

ROOT = Path(__file__).parent.parent.parent
# A language, its model and how it is asked.
MAKER = ("it", "it-en@0123456789ab", "ctranslate2-4/int8/beam:4")
PONTE = Hypothesis("The bridge is closed.", -0.25, 6, 5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.sqlite"
