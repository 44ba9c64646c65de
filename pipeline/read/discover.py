"""From what a person names (files, folders, globs, `-`) to files in a stable order, with what was passed over and why."""

from __future__ import annotations

import errno
import glob
import itertools
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
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
_PAGES: Final = (".html", ".htm", ".xhtml")
_TEXTS: Final = (".txt", ".text", ".md", ".markdown")
# What browsers, in any language, add to a page's name for the folder of its pictures and scripts when they save it whole:
# the endings that Windows takes for such a folder (learn.microsoft.com, “Managing the File System”, Connected Files), and `.files`.
_COMPANIONS: Final = (
    *(
        "_files",
        ".files",
        "-Dateien",
        "_fichiers",
        "_bestanden",
        "_file",
        "_archivos",
        "-filer",
        "_tiedostot",
        "_pliki",
    ),
    *("_soubory", "_elemei", "_ficheiros", "_arquivos", "_dosyalar", "_datoteke", "_fitxers", "_failid", "_fails"),
    *("_bylos", "_fajlovi", "_fitxategiak"),
)

# A byte that is not UTF-8, as `escaped` writes it.
_ESCAPED: Final = re.compile(rb"\\x([89a-f][0-9a-f])")


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
    """Something that is not to be read, and why. Of what is `common` there may be many, to be counted by their reason."""

    path: str
    reason: str
    common: bool = False


def discover(
    inputs: Sequence[str], output: Path | None = None, kinds: Collection[str] | None = None
) -> Iterator[Found | Skipped]:
    """The files below the inputs: folders recursively, by name; each file once; `output` is never read as input.

    `kinds` are the suffixes (`.txt`) of what is read in folders, None for any; what is named itself is read whatever its suffix.
    Raises InputError, which names every input that is not there.
    """
    expanded = {name: [name] if name == STDIN else _expand(name) for name in inputs}
    if missing := [name for name, paths in expanded.items() if not paths]:
        raise InputError("; ".join(f"{name or repr(name)}: no such file or folder" for name in missing))
    barred = output.resolve() if output is not None else None
    named = [(name, path) for name, paths in expanded.items() for path in paths]
    seen: set[str] | None = set() if len(named) > 1 else None  # paths can overlap; one folder cannot
    for name, path in named:
        for item in (Found(STDIN, STDIN),) if name == STDIN else _below(path, output, barred, kinds):
            if seen is None:
                yield item
                continue
            # A file that a folder is read without may be named itself.
            mark = f"{item.path}: {item.reason}" if isinstance(item, Skipped) else item.path
            if mark not in seen:
                seen.add(mark)
                yield item


def _expand(name: str) -> list[str]:
    """The paths that a name stands for: itself, or what a glob matches. No name, as of a variable without a value, is nothing."""
    if not name:
        return []
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
    plain = list(itertools.takewhile(lambda part: not glob.has_magic(part), parts))
    if "**" in parts:
        for _, folders, _ in os.walk(Path(*plain), onerror=refused):
            folders[:] = [folder for folder in folders if not folder.startswith(".")]
    else:
        found += _refusing(parts, len(plain))
    return sorted(found)


def _refusing(parts: Sequence[str], first: int) -> Iterator[str]:
    """The folders in which the parts of a pattern from the `first` with a sign in it on may not be looked for."""
    for number in range(first, len(parts)):
        for folder in glob.glob(str(Path(*parts[:number]))):  # noqa: PTH207
            try:
                if glob.has_magic(parts[number]):
                    os.scandir(folder).close()
                else:
                    Path(folder, parts[number]).lstat()
            except PermissionError:
                yield folder
            except OSError:  # a file, or a folder without it
                continue


def _below(
    path: str, output: Path | None, barred: Path | None, kinds: Collection[str] | None
) -> Iterable[Found | Skipped]:
    """What is at a path, or below it; for all in the output folder, that folder. `barred` is `output` without links."""
    if output is not None and barred is not None and Path(os.path.realpath(path)).is_relative_to(barred):
        return (Skipped(recorded(output), "the output folder"),)
    return _walk(Path(path), barred, kinds) if os.path.isdir(path) else (_found(path),)  # noqa: PTH112 (Path.is_dir can raise)


def _walk(folder: Path, barred: Path | None, kinds: Collection[str] | None) -> Iterator[Found | Skipped]:
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
        names = {entry.name for entry in entries}
        for entry in entries:
            path = Path(entry.path)
            reason = _unwanted(entry, path, root, barred)
            if reason:
                yield Skipped(recorded(path), reason)
            elif entry.is_dir():
                if _is_companion(entry.name, names) and not _holds_articles(path):
                    yield Skipped(recorded(path), "pictures and scripts of a saved page", common=True)
                else:
                    folders.append(path)
            elif entry.is_file():
                kind = path.suffix.lower()
                if kinds is None or kind in kinds:
                    yield _found(path)
                else:
                    yield Skipped(recorded(path), f"{escaped(kind)} is not a kind of file that is read", common=True)
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


def passed_over(skipped: Sequence[Skipped]) -> Iterator[str]:
    """What a person is told of it, a line each; what has a common reason in one.

    >>> list(passed_over([Skipped("a.pdf", "no", common=True), Skipped(".b", "hidden"), Skipped("c.pdf", "no", common=True)]))
    ['.b: passed over (hidden)', 'a.pdf and 1 more: passed over (no)']
    """
    yield from (f"{item.path}: passed over ({item.reason})" for item in skipped if not item.common)
    first: dict[str, str] = {}
    for item in skipped:
        if item.common:
            first.setdefault(item.reason, item.path)
    numbers = Counter(item.reason for item in skipped if item.common)
    for reason, path in first.items():
        more = f" and {numbers[reason] - 1:,} more" if numbers[reason] > 1 else ""
        yield f"{path}{more}: passed over ({reason})"


def _is_companion(folder: str, names: Collection[str]) -> bool:
    """Whether a folder belongs to a saved page among the names beside it.

    >>> _is_companion("Ponte_files", {"Ponte.html"}), _is_companion("Ponte_files", {"ponte.txt"})
    (True, False)
    """
    stems = (folder.removesuffix(ending) for ending in _COMPANIONS if folder.endswith(ending))
    return any(f"{stem}{suffix}" in names for stem in stems for suffix in _PAGES)


def _holds_articles(folder: Path) -> bool:
    """Whether a folder is one of articles, whatever it is called: texts are in it, and nothing else but pages.

    One that cannot be listed may be.
    """
    try:
        kinds = {path.suffix.lower() for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")}
    except OSError:
        return True
    return not kinds.isdisjoint(_TEXTS) and kinds.issubset((*_TEXTS, *_PAGES))


def unreadable(how: str, error: OSError) -> str:
    """What a person is told of a file that cannot be `read`, or of a folder that cannot be `listed`."""
    remedy = _REMEDIES.get(error.errno or 0)
    return f"cannot be {how} ({error.strerror or error})" + (f": {remedy}" if remedy else "")


def _found(path: str | Path) -> Found:
    posix, name = Path(path).as_posix(), recorded(Path(path))
    if posix == STDIN:  # a file that is called so
        posix = name
    return Found(posix, posix if posix == name else name)  # one string for both: a corpus has many


def recorded(path: str | Path) -> str:
    """The path as records name it: with forward slashes, without a leading `./`, bytes that are not UTF-8 escaped.

    What is named `-` is standard input; a path to something that is called so keeps its `./`.

    >>> recorded("./a.txt"), recorded("-"), recorded("./-"), recorded(Path("-"))
    ('a.txt', '-', './-', './-')
    """
    posix = Path(path).as_posix()
    return escaped(f"./{posix}" if posix == STDIN and path != STDIN else posix)


def escaped(name: str) -> str:
    """A name from the file system or the command line, bytes that are not UTF-8 escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def unescaped(name: str) -> str:
    """The name in the file system of which `escaped` has made this one, unless it had a backslash and an x of its own."""
    return os.fsdecode(_ESCAPED.sub(lambda byte: bytes.fromhex(byte[1].decode()), os.fsencode(name)))
