"""Where corrections go: the translation memory, which `monoglot run` asks before any model."""

from __future__ import annotations

from pathlib import Path

from pipeline.translate.memory import Correction, Memory


class MemoryFile:
    """The translation memory of this computer, opened for each correction: they are rare, and runs may have it open, too."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def correction(self, language: str, source: str) -> Correction | None:
        """The correction that stands, if any."""
        with Memory(self.path) as memory:
            return memory.correction(language, source)

    def swap(self, language: str, source: str, old: Correction | None, new: Correction | None) -> bool:
        """Put one in the place of another. Returns whether the old one still stood there."""
        with Memory(self.path) as memory:
            return memory.swap(language, source, old, new)
