"""The floors: the BLEU, chrF2 and share of copied names that the model of a language must reach, from `floors.toml`."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PATH: Final = Path(__file__).parent / "floors.toml"


@dataclass(frozen=True, slots=True)
class Floor:
    """The scores, 0 to 100, that a language may not fall below; when they were set, and why to these."""

    bleu: float
    chrf: float
    names: float
    date: datetime.date
    why: str

    def __post_init__(self) -> None:
        """Raise ValueError on a score that is none, or a reason that is not given."""
        if not all(0 <= score <= 100 for score in (self.bleu, self.chrf, self.names)):
            raise ValueError(f"scores go from 0 to 100: bleu {self.bleu}, chrf {self.chrf}, names {self.names}")
        if not self.why.strip():
            raise ValueError("a floor says why it is where it is")


def load(path: Path = PATH) -> dict[str, Floor]:
    """Language → floor. Raises ValueError that names the file and the language."""
    floors = {}
    for language, fields in tomllib.loads(path.read_text("utf-8")).items():
        floors[language] = _floor(fields, f"{path}: [{language}]")
    return floors


def _floor(fields: dict[str, Any], where: str) -> Floor:
    if wrong := fields.keys() ^ {"bleu", "chrf", "names", "date", "why"}:
        raise ValueError(
            f"{where} is to have bleu, chrf, names, date and why, and nothing else: {', '.join(sorted(wrong))}"
        )
    try:
        bleu, chrf, names = (float(fields[name]) for name in ("bleu", "chrf", "names"))
        return Floor(bleu, chrf, names, fields["date"], fields["why"])
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
