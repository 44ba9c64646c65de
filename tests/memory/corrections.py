"""What the review does to a memory, in a line: keep a person's English for a segment, whatever stood there, or take it away."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.translate.memory import Correction, Memory


def correct(
    memory: Memory, source: str, language: str, english: str, reviewer: str | None = None, when: datetime | None = None
) -> None:
    made = (when or datetime.now(UTC)).isoformat(timespec="seconds")
    new = Correction(language, source, english, reviewer, made)
    assert memory.swap(language, source, memory.correction(language, source), new)


def withdraw(memory: Memory, source: str, language: str) -> None:
    assert memory.swap(language, source, memory.correction(language, source), None)
