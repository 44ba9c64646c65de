"""From what a person names (files, folders, globs, `-`) to files in a stable order, with what was passed over and why."""

from __future__ import annotations

import errno
import glob
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.errors import InputError

# What a person names to have standard input read; no file is found under this path, whatever it is called.
STDIN: Final = "-"
# What to do where the system says no; of anything else (a disk that fails, say) its own words are all there is to say.
_REMEDIES: Final = {
    errno.EACCES: "check its permissions",
    errno.EPERM: "check its permissions",
    errno.ENOENT: "check its name",
    errno.EISDIR: "name a file in it",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read, or standard input (`-`). `name` is its path as the records have it, in characters that every file can hold.

    `fault` is why nothing can be read there, where that is known already: of a folder that cannot be listed.
    """

    path: str
    name: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that is not to be read, and why."""

    path: str
    reason: str


def discover(inputs: Sequence[str], output: Path | None = None) -> Iterator[Found | Skipped]:
    """The files below the inputs: folders recursively, by name; each file once; `output` is never read as input.

    Raises InputError, which names every input that is not there.
    """
    expanded = {name: [name] if name == STDIN else _expand(name) for name in inputs}
    if missing := [name for name, paths in expanded.items() if not paths]:
        raise InputError("; ".join(f"{name}: no such file or folder" for name in missing))
    barred = output.resolve() if output is not None else None
    named = [(name, path) for name, paths in expanded.items() for path in paths]
    seen: set[str] | None = set() if len(named) > 1 else None  # paths can overlap; one folder cannot
    for name, path in named:
        for item in (Found(STDIN, STDIN),) if name == STDIN else _below(path, output, barred):
            if seen is None:
                yield item
            elif item.path not in seen:
                seen.add(item.path)
                yield item


def _expand(name: str) -> list[str]:
    """The paths that a name stands for: itself, or what a glob matches."""
    try:
        Path(name).lstat()
    except PermissionError:  # reading it says so
        return [name]
    except (OSError, ValueError):
        return _matched(name) if glob.has_magic(name) else []
    return [name]


def _matched(pattern: str) -> list[str]:
    """What a glob matches, and the folders that it would have to look into and may not: glob says nothing of those."""
    found = glob.glob(pattern, recursive=True)  # noqa: PTH207 (any path, not one below a folder)

    def refused(error: OSError) -> None:
        if isinstance(error, PermissionError):
            found.append(str(error.filename))

    parts = Path(pattern).parts
    if "**" in parts:
        plain = itertools.takewhile(lambda part: not glob.has_magic(part), parts)
        for _, folders, _ in os.walk(Path(*plain), onerror=refused):
            folders[:] = [folder for folder in folders if not folder.startswith(".")]
    return sorted(found)


def _below(path: str, output: Path | None, barred: Path | None) -> Iterable[Found | Skipped]:
    """What is at a path, or below it; for all in the output folder, that folder. `barred` is `output` without links."""
    if output is not None and barred is not None and Path(os.path.realpath(path)).is_relative_to(barred):
        return (Skipped(recorded(output), "the output folder"),)
    return _walk(Path(path), barred) if os.path.isdir(path) else (_found(path),)  # noqa: PTH112 (Path.is_dir can raise)


def _walk(folder: Path, barred: Path | None) -> Iterator[Found | Skipped]:
    root = folder.resolve()
    pending = [folder]
    while pending:
        here = pending.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            yield Found(here.as_posix(), recorded(here), unreadable("listed", error))
            continue
        folders: list[Path] = []
        for entry in entries:
            path = Path(entry.path)
            reason = _unwanted(entry, path, root, barred)
            if reason:
                yield Skipped(recorded(path), reason)
            elif entry.is_dir():
                folders.append(path)
            elif entry.is_file():
                yield _found(path)
            else:
                yield Skipped(recorded(path), "not a regular file")
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
        if barred is not None and target.is_relative_to(barred):
            return "a link into the output folder"
        if entry.is_dir():
            hidden = any(part.startswith(".") for part in target.relative_to(root).parts)
            return (
                "a link to a hidden folder, which is not read" if hidden else "a link to a folder that is read anyway"
            )
    if barred is not None and entry.is_dir() and path.resolve() == barred:
        return "the output folder"
    return None


def unreadable(how: str, error: OSError) -> str:
    """What a person is told of a file that cannot be `read`, or of a folder that cannot be `listed`."""
    remedy = _REMEDIES.get(error.errno or 0)
    return f"cannot be {how} ({error.strerror or error})" + (f": {remedy}" if remedy else "")


def _found(path: str | Path) -> Found:
    posix, name = Path(path).as_posix(), recorded(path)
    if posix == STDIN:  # a file that is called so
        posix = name = f"./{STDIN}"
    return Found(posix, posix if posix == name else name)  # one string for both: a corpus has many


def recorded(path: str | Path) -> str:
    """The path as records name it: with forward slashes, without a leading `./`, bytes that are not UTF-8 escaped."""
    return escaped(Path(path).as_posix())


def escaped(name: str) -> str:
    """A name from the file system or the command line, bytes that are not UTF-8 escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
