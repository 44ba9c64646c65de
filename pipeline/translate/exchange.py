"""Memories as files: JSONL, which holds everything, and TMX, which other programs read.

A JSONL line is a correction (`"origin": "human"`) or a hypothesis with all that made it (`"origin": "machine"`). Of a TMX file
only what people wrote is taken in: whose model made the rest, and how, it does not say.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final, Literal

from pipeline.clean.unicode import tidy
from pipeline.errors import InputError
from pipeline.translate.codes import document_code, unknown
from pipeline.translate.memory import Correction, Memory, Remembered, written

Origin = Literal["all", "human", "machine"]
_LANGUAGE: Final = re.compile("[a-z]{2,3}")
_NOT_AN_ENTRY: Final = "is not a correction or a hypothesis as monoglot memory export writes them"


def export(memory: Memory, file: IO[bytes], as_tmx: bool, origin: Origin = "all", language: str | None = None) -> int:
    """Write what a memory holds to a file. Returns how many entries TMX could not hold."""
    human: Iterable[Correction | Remembered] = memory.every_correction(language) if origin != "machine" else ()
    machine: Iterable[Correction | Remembered] = memory.every_hypothesis(language) if origin != "human" else ()
    if as_tmx:
        from pipeline.translate.tmx import Unit, write_tmx

        return write_tmx(file, map(Unit.of, chain(human, machine)))
    for entry in chain(human, machine):
        file.write(_line(entry))
    return 0


@dataclass(frozen=True, slots=True)
class Imported:
    """What was in a file: how many corrections and hypotheses, how many of each the memory took, and why others were passed over.

    What was not taken was there already or, of corrections, not later than what stands.
    """

    corrections: int = 0
    taken_corrections: int = 0
    hypotheses: int = 0
    taken_hypotheses: int = 0
    passed_over: Mapping[str, int] = field(default_factory=dict)


def import_file(memory: Memory, path: Path, reviewer: str | None = None) -> Imported:
    """Take in a TMX or JSONL file, whole or not at all. Of two corrections of a segment the later one stands.

    One whose date is still to come is as old as the file, not of now: a file that is read again must not outrank what came
    after it. `reviewer` is who made the corrections that do not say it. Raises InputError.
    """
    found: Counter[type] = Counter()
    passed_over: Counter[str] = Counter()
    now, saved = written(datetime.now(UTC)), _saved(path)

    def entries() -> Iterator[Correction | Remembered]:
        for entry in _read(path, saved):
            if isinstance(entry, str):
                passed_over[entry] += 1
                continue
            found[type(entry)] += 1
            if isinstance(entry, Correction):
                made = saved if entry.made > now else entry.made
                yield replace(entry, reviewer=entry.reviewer or reviewer, made=made)
            else:
                yield entry

    corrections, hypotheses = memory.take(entries())  # read once, for it may be a pipe
    return Imported(found[Correction], corrections, found[Remembered], hypotheses, passed_over)


def _saved(path: Path) -> str:
    """When a file was saved last. Raises InputError."""
    try:
        return written(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _read(path: Path, saved: str) -> Iterator[Correction | Remembered | str]:
    if path.suffix.lower() != ".tmx":
        return _read_jsonl(path)
    from pipeline.translate.tmx import read_tmx

    return read_tmx(path, saved)


def _line(entry: Correction | Remembered) -> bytes:
    origin = "human" if isinstance(entry, Correction) else "machine"
    return (json.dumps({"origin": origin} | asdict(entry), ensure_ascii=False) + "\n").encode("utf-8")


def _read_jsonl(path: Path) -> Iterator[Correction | Remembered | str]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _entry(line, f"{path}, line {number}")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _entry(line: bytes, where: str) -> Correction | Remembered | str:
    try:
        origin = json.loads(line)["origin"]
        entry: Correction | Remembered = _adapters()[origin].validate_json(line)
        if isinstance(entry, Correction):
            made = written(datetime.fromisoformat(entry.made))
            entry = replace(entry, source=tidy(entry.source), english=tidy(entry.english), made=made)
            whole = bool(entry.source and entry.english and _LANGUAGE.fullmatch(entry.language))
        else:
            whole = bool(date.fromisoformat(entry.used) and _LANGUAGE.fullmatch(entry.language))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(f"{where}: {_NOT_AN_ENTRY}") from error
    if not whole:
        raise InputError(f"{where}: {_NOT_AN_ENTRY}")
    language = document_code(entry.language)
    return unknown(entry.language) if language is None else replace(entry, language=language)


@cache
def _adapters() -> dict[str, Any]:
    from pydantic import TypeAdapter

    return {"human": TypeAdapter(Correction), "machine": TypeAdapter(Remembered)}
