"""What some tests of the recipe need that pip does not bring."""

from __future__ import annotations

import shutil
import subprocess
from typing import Final

import pytest

from models.training.languages import known, packages

_LANGUAGES: Final = ("it", "es", "pt", "fr")


def _wanted() -> set[str]:
    """Apertium's modes between the languages of the bundled model."""
    rows = [known()[code] for code in _LANGUAGES]
    ways = [(row.to_pivot, row.from_pivot, row.to_catalan, row.from_catalan, row.other_way) for row in rows]
    return {mode for row in ways for way in row for mode in way or ()}


def _installed() -> set[str]:
    if shutil.which("apertium") is None:
        return set()
    return set(subprocess.run(["apertium", "-l"], capture_output=True, text=True, check=False).stdout.split())


needs_apertium = pytest.mark.skipif(
    not _wanted() <= _installed(),
    reason=f"Apertium or its languages are not installed: apt-get install {packages(sorted(_wanted()))}",
)
