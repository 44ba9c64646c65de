"""The lock of a model: where it came from, and the size and SHA-256 of each of its files.

It is written beside the model when that is fetched or imported, and never changed afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.errors import ModelBroken
from pipeline.manifest import file_sha256

LOCK_FILE: Final = "lock.json"


@dataclass(frozen=True, slots=True)
class LockedFile:
    """What a file was when it was locked: its size in bytes, and its SHA-256 in hex digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What a model folder is made of.

    `repository`, `commit` and `licence` are None for a folder that was imported without a lock of its own. `received` has
    the SHA-256 of each file as the hub gave it, also of a pickle that was turned into safetensors and then dropped.
    `fingerprints` has, for each engine that can use the folder, what `Model.fingerprint` was. `language` is translated into
    `target`; a lock from before there was a choice does not name it.
    """

    language: str
    repository: str | None
    commit: str | None
    licence: str | None
    converter: str
    received: Mapping[str, str]
    files: Mapping[str, LockedFile]
    fingerprints: Mapping[str, str]
    target: str = "en"

    @classmethod
    def of(cls, folder: Path) -> Lock | None:
        """The lock of a model folder, or None if it has none. Raises ModelBroken if it cannot be read."""
        path = folder / LOCK_FILE
        try:
            data: dict[str, Any] = json.loads(path.read_bytes())
            files = {name: LockedFile(**item) for name, item in data.pop("files").items()}
            return cls(files=files, **data)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelBroken(f"{path}: not a lock ({error}). Fetch the model anew, or import a whole copy") from error

    def write(self, folder: Path) -> None:
        """Write the lock into a model folder."""
        (folder / LOCK_FILE).write_text(json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def faults(self, folder: Path) -> Iterator[str]:
        """What of the folder is not as it was locked, each in a few words. Reads every file."""
        for name, locked in sorted(self.files.items()):
            path = folder / name
            if not path.is_file():
                yield f"{name} is missing"
            elif (size := path.stat().st_size) != locked.size:
                yield f"{name} has {size:,} bytes, not {locked.size:,}"
            elif file_sha256(path) != locked.sha256:
                yield f"{name} has been changed"
        for name in sorted(files_below(folder) - self.files.keys()):
            yield f"{name} was not there"


def files_below(folder: Path) -> set[str]:
    """The files of a model folder, as POSIX paths below it, without its lock."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return found - {LOCK_FILE}
