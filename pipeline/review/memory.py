"""Where corrections go: the translation memory, which `monoglot run` asks before any model."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.translate.memory import Memory


class MemoryFile:
    """The translation memory of this computer, opened for each correction: they are rare, and runs may have it open, too."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def correct(
        self, source: str, language: str, text: str, reviewer: str | None = None, when: datetime | None = None
    ) -> None:
        """Keep a person's translation of a source."""
        with Memory(self.path) as memory:
            memory.correct(source, language, text, reviewer, when)

    def withdraw(self, source: str, language: str) -> None:
        """Forget it."""
        with Memory(self.path) as memory:
            memory.withdraw(source, language)
