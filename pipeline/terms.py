"""The terms of a glossary, as settings hold them and `pipeline.glossary` applies them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CaseRule = Literal["any", "exact"]


@dataclass(frozen=True, slots=True)
class Term:
    """One name: its spellings in the source, how English writes it, the language it holds for (None: all), its case rule."""

    source: tuple[str, ...]
    english: str
    language: str | None = None
    case: CaseRule = "any"
