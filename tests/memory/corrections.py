"""What the review does to a memory, in a line: keep a person's English for a segment, or take it back."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.translate.memory import Correction, Memory, written

FOLDER = "0123456789abcdef"


def correct(
    memory: Memory, source: str, language: str, english: str, reviewer: str | None = None, when: datetime | None = None
) -> None:
    made = written(when or datetime.now(UTC))
    memory.give(FOLDER, language, source, Correction(language, source, english, reviewer, made))


def withdraw(memory: Memory, source: str, language: str) -> None:
    memory.give(FOLDER, language, source, None)
