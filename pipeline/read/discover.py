"""From what a person names (files, folders, globs, `-`) to files in a stable order, with what was passed over and why."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read, or `-`. `name` is its path as the records have it, in characters that every file can hold."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something below a named folder that is not read, and why."""

    path: str
    reason: str


def discover(inputs: Sequence[str], output: Path | None = None) -> Iterator[Found | Skipped]:
    """The files below the inputs: folders recursively, by name; each file once; `output` is never read as input.

    Raises InputError, which names every input that is not there.
    """
    if missing := [name for name in inputs if name != "-" and not _expand(name)]:
        raise InputError("; ".join(f"{name}: no such file or folder" for name in missing))
    seen: set[str] | None = set() if len(inputs) > 1 else None  # inputs can overlap; one folder cannot
    barred = output.resolve() if output is not None else None
    for name in inputs:
        for path in ["-"] if name == "-" else _expand(name):
            for item in _walk(Path(path), barred) if path != "-" and Path(path).is_dir() else (_found(path),):
                if seen is None:
                    yield item
                elif item.path not in seen:
                    seen.add(item.path)
                    yield item


def _expand(name: str) -> list[str]:
    """The paths that a name stands for: itself, or what a glob matches."""
    if Path(name).exists() or Path(name).is_symlink():
        return [name]
    return sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else []  # noqa: PTH207 (any path, not one below a folder)


def _walk(folder: Path, barred: Path | None) -> Iterator[Found | Skipped]:
    root = folder.resolve()
    pending = [folder]
    while pending:
        here = pending.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            yield Skipped(_named(here), f"cannot be listed ({error.strerror})")
            continue
        folders: list[Path] = []
        for entry in entries:
            path = Path(entry.path)
            reason = _unwanted(entry, path, root, barred)
            if reason:
                yield Skipped(_named(path), reason)
            elif entry.is_dir():
                folders.append(path)
            elif entry.is_file():
                yield _found(path)
            else:
                yield Skipped(_named(path), "not a regular file")
        pending += reversed(folders)


def _unwanted(entry: os.DirEntry[str], path: Path, root: Path, barred: Path | None) -> str | None:
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_symlink():
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            return "a broken link"
        if not target.is_relative_to(root):
            return "a link out of the folder"
        if entry.is_dir():
            return "a link to a folder that is read anyway"
    if barred is not None and entry.is_dir() and path.resolve() == barred:
        return "the output folder"
    return None


def _found(path: str | Path) -> Found:
    posix, name = Path(path).as_posix(), _named(path)
    return Found(posix, posix if posix == name else name)  # one string for both: a corpus has many


def _named(path: str | Path) -> str:
    """The path as records name it: with forward slashes, without a leading `./`, bytes that are not UTF-8 escaped."""
    return os.fsencode(Path(path).as_posix()).decode("utf-8", "backslashreplace")
