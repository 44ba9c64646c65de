"""Where corrections go: the translation memory, which `monoglot run` asks before any model."""

from __future__ import annotations

from pathlib import Path

from pipeline.translate.memory import Correction, Memory


class MemoryFile:
    """The translation memory of this computer, opened for each correction: they are rare, and runs may have it open, too."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def give(self, giver: str, language: str, source: str, correction: Correction | None) -> Correction | None:
        """Have a giver stand by a correction, or by none, whatever it stood by before. Returns the one that stands then."""
        with Memory(self.path) as memory:
            return memory.give(giver, language, source, correction)
