"""What `monoglot models list` and `verify` look at: the models that are here, and those of the catalogue, as flat rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import ModelBroken, ModelMissing
from pipeline.models.catalogue import Entry, catalogue
from pipeline.models.lock import Lock
from pipeline.models.store import Model, bundled, installed


def folders(languages: Collection[str]) -> Iterator[tuple[str, Path]]:
    """The languages that have models, with their folders; all, or those named. Raises ModelMissing for one that has none."""
    found = installed()
    if missing := [language for language in languages if language not in {source for source, _ in found}]:
        raise ModelMissing(
            f"no model for {', '.join(missing)}. Get one with: monoglot models fetch {' '.join(missing)}"
        )
    yield from ((source, path) for (source, _), path in found.items() if not languages or source in languages)


def lock_of(path: Path) -> tuple[Lock | None, str | None]:
    """The lock of a model, if there is one that can be read; and what is wrong with one that cannot."""
    try:
        return Lock.of(path), None
    except ModelBroken as error:
        return None, str(error)


def proved(path: Path) -> tuple[str, list[str]]:
    """What the files of a model have been found to be, and what speaks against it. Reads every file."""
    lock, unreadable = lock_of(path)
    if unreadable:
        return "", [unreadable]
    if lock is not None:
        return "as it was locked", [f"{path}: {fault}" for fault in lock.faults(path)]
    came = next((model for model in bundled() if model.path == path and model.files), None)
    if came is not None:
        return "as it came with the program", [f"{path}: {fault}" for fault in came.faults()]
    return "", [f"{path}: has no lock to be compared with. Give it one: monoglot models import {path}"]


def here(languages: Collection[str]) -> list[dict[str, Any]]:
    """A row for each model that is here."""
    return [_here(*pair, path) for pair, path in installed().items() if not languages or pair[0] in languages]


def _here(language: str, target: str, path: Path) -> dict[str, Any]:
    lock, fault = lock_of(path)
    licences = {model.path: model.licence for model in bundled()}
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return {
        "language": language,
        "to": target,
        "model": Model(path).signature,
        "repository": lock.repository if lock else None,
        "commit": lock.commit if lock else None,
        "licence": lock.licence if lock else licences.get(path),
        "MB": round(size / 1e6),
        "path": str(path),
        "fault": fault,
    }


def there(languages: Collection[str]) -> list[dict[str, Any]]:
    """A row for each language and what would be fetched for it; for languages that are named, one for every model."""
    known = catalogue()
    rows = []
    for language in known.languages.values():
        if not languages:
            entries = [known.entries[name] for name in language.choices.values()]
        elif language.code in languages:
            entries = known.serving(language.code)
        else:
            continue
        rows += [_there(language.code, language.name, entry) for entry in entries]
    return rows


def _there(code: str, name: str, entry: Entry) -> dict[str, Any]:
    score = entry.score(code)
    return {
        "language": code,
        "to": entry.target,
        "name": name,
        "repository": entry.repository,
        "size": entry.size,
        "licence": entry.licence,
        "MB": entry.fetch,
        "BLEU": score.bleu if score else None,
        "test": score.test if score else None,
        "source": score.source if score else None,
        "note": entry.note,
    }
