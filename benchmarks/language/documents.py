"""Read the documents in several languages: the document's language on the first line, then `language|paragraph`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

MIXED: Final = Path(__file__).parent / "mixed"


@dataclass(frozen=True, slots=True)
class Mixed:
    """A document whose paragraphs may be in other languages than it is."""

    name: str
    code: str
    paragraphs: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The document as a cleaner leaves it."""
        return "\n\n".join(text for _, text in self.paragraphs)


def mixed() -> list[Mixed]:
    """All documents of the collection, by name."""
    return [_read(path) for path in sorted(MIXED.glob("*.txt"))]


def _read(path: Path) -> Mixed:
    code, *lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("|", 1) for line in lines)
    return Mixed(path.stem, code, tuple((language, text) for language, text in pairs))
