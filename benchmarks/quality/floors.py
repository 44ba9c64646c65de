"""The floors: the BLEU and chrF2 that the model of a language must reach, from `floors.toml`."""

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
    date: datetime.date
    why: str

    def __post_init__(self) -> None:
        """Raise ValueError on a score that is none, or a reason that is not given."""
        if not (0 <= self.bleu <= 100 and 0 <= self.chrf <= 100):
            raise ValueError(f"scores go from 0 to 100: bleu {self.bleu}, chrf {self.chrf}")
        if not self.why.strip():
            raise ValueError("a floor says why it is where it is")


def load(path: Path = PATH) -> dict[str, Floor]:
    """Language → floor. Raises ValueError that names the file and the language."""
    floors = {}
    for language, fields in tomllib.loads(path.read_text("utf-8")).items():
        floors[language] = _floor(fields, f"{path}: [{language}]")
    return floors


def _floor(fields: dict[str, Any], where: str) -> Floor:
    if wrong := fields.keys() ^ {"bleu", "chrf", "date", "why"}:
        raise ValueError(f"{where} is to have bleu, chrf, date and why, and nothing else: {', '.join(sorted(wrong))}")
    try:
        return Floor(float(fields["bleu"]), float(fields["chrf"]), fields["date"], fields["why"])
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
