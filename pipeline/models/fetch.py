"""Bringing a model from a hub (`pipeline.models.hub`) into the store.

The files of one commit are taken into a work folder that is kept until they are all there, so that a download that was broken
off goes on where it stopped. Each is checked against the hash that the hub gives for it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.errors import ModelBroken, ModelUnavailable
from pipeline.manifest import file_sha256
from pipeline.models.hub import Listing, ask, intact, receive
from pipeline.models.install import Note, Origin, check, choose, exclusive, move_in, no_room, settle, work_folder
from pipeline.models.lock import LOCK_FILE, Lock, files_below
from pipeline.models.store import CONVERTED, TARGET, Model, user_store
from pipeline.models.target import check_target

# Room for the conversion beside its float32 weights: int8 is a quarter of them, and safetensors of a pickle as much again.
_ROOM_FACTOR: Final = 2.3
_PART: Final = ".part"


def fetch(
    repository: str,
    language: str,
    *,
    target: str = TARGET,
    revision: str | None = None,
    allow_pickle: bool = False,
    update: bool = False,
    note: Note = lambda _: None,
) -> Model:
    """Bring a repository into the user's store as the model from a language into `target`, and return it.

    What is there already is not fetched again; `update` asks the hub for a newer commit. Raises ModelUnavailable,
    ModelBroken, MissingExtra; then what was there is as it was, and what has come is kept for the next try.
    """
    store = user_store()
    folder = store / f"{language}-{target}"
    with no_room(store), exclusive(repository.replace("/", "--"), store, note):
        if not update and revision is None and _is(folder, repository):
            note(f"{language}: {repository} is here already ({folder}); --update asks for a newer one")
            return Model(folder, target=target)
        listing = ask(repository, revision)
        if _is(folder, repository, listing.commit):
            note(f"{language}: {repository} at {listing.commit[:12]} is here already ({folder})")
            return Model(folder, target=target)
        staged = work_folder(store) / f"{repository.replace('/', '--')}@{listing.commit}"
        if twin := next((f for f in store.glob("*-*") if _is(f, repository, listing.commit)), None):
            note(f"{language}: the same as {twin.name}: linked, not fetched again")
            return _link(twin, staged, language, target)
        names = choose(listing.files, f"{repository} at {listing.commit[:12]}", allow_pickle)
        received = _download(listing, names, staged, note)
        _keep_only(names, staged)
        check(staged, target)
        if f"{CONVERTED}/model.bin" not in names:
            note(f"{language}: converting to CTranslate2 int8")
        return settle(staged, language, target, Origin(repository, listing.commit, listing.licence, received), store)


def _download(listing: Listing, names: list[str], staged: Path, note: Note) -> dict[str, str]:
    """Take the files into the work folder, those that are not there yet. Returns the SHA-256 of each."""
    size = sum(listing.files[name].size for name in names)
    _check_room(staged, names, listing)
    note(f"{listing.repository} at {listing.commit[:12]}: {len(names)} files, {size / 1e6:,.0f} MB")
    received = {}
    for name in names:
        _take(listing, name, staged / name)
        received[name] = file_sha256(staged / name)
    return received


def _take(listing: Listing, name: str, path: Path) -> None:
    """Take one file, from where an earlier try broke off. Raises ModelUnavailable if it is not the one that was listed.

    What has come of it is kept, unless it is all there and not what was listed.
    """
    remote = listing.files[name]
    if path.is_file() and intact(path, remote):
        return
    part = path.with_name(path.name + _PART)
    part.parent.mkdir(parents=True, exist_ok=True)
    if not receive(listing, name, part):
        part.unlink()
        receive(listing, name, part)
    if (size := part.stat().st_size) < remote.size:
        raise ModelUnavailable(
            f"{listing.repository}: {name} ended after {size:,} of {remote.size:,} bytes, which are kept. Run the same"
            " command again to go on; if it ends there again, the server or a proxy changes the file"
        )
    if not intact(part, remote):
        part.unlink()
        raise ModelUnavailable(
            f"{listing.repository}: {name} does not have the hash that the hub gives for it, so it was thrown away."
            " Run the same command again; if it comes again, the server or a proxy changes the file"
        )
    part.rename(path)


def _check_room(staged: Path, names: list[str], listing: Listing) -> None:
    """Raise ModelUnavailable if what is still to come, and its conversion, will not fit on the disk."""
    coming = sum(listing.files[name].size for name in names if not (staged / name).is_file())
    needed = coming if f"{CONVERTED}/model.bin" in names else int(coming * _ROOM_FACTOR)
    free = shutil.disk_usage(staged.parent).free
    if free < needed:
        raise ModelUnavailable(
            f"{staged.parent.parent}: no room on the disk: {needed / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free."
            " Make room, or set MONOGLOT_MODELS to a folder on another disk"
        )


def _keep_only(names: list[str], staged: Path) -> None:
    """Remove the files that an earlier try with other options wanted."""
    for name in files_below(staged) - set(names):
        (staged / name).unlink()


def _is(folder: Path, repository: str, commit: str | None = None) -> bool:
    """Whether a folder is a repository's model, whole and unchanged."""
    lock = None
    with suppress(ModelBroken):  # a lock that cannot be read proves nothing, and is what a fetch is to mend
        lock = Lock.of(folder)
    if lock is None or lock.repository != repository or commit not in (None, lock.commit):
        return False
    return not any(lock.faults(folder))


def _link(twin: Path, staged: Path, language: str, target: str) -> Model:
    """A second name for a model that is here: hard links where the file system has them."""
    check_target(twin, target)
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(twin, staged, copy_function=_link_or_copy, ignore=shutil.ignore_patterns(LOCK_FILE))
    lock = Lock.of(twin)
    if lock is None:
        raise AssertionError(f"{twin} had a lock a moment ago")
    replace(lock, language=language, target=target).write(staged)
    return Model(move_in(staged, twin.parent / f"{language}-{target}"), target=target)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
