"""Bringing a model from a hub: the only part of the program that uses the network.

Any server that speaks the API of the Hugging Face Hub will do (HF_ENDPOINT). The files of one commit are taken into a work
folder that is kept until they are all there, so that a download that was broken off goes on where it stopped. Each is
checked against the hash that the hub gives for it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pipeline import __version__
from pipeline.errors import ModelBroken, ModelUnavailable
from pipeline.models.install import Note, Origin, check, choose, exclusive, move_in, no_room, settle, work_folder
from pipeline.models.lock import LOCK_FILE, Lock, file_digest, files_below
from pipeline.models.store import CONVERTED, TARGET, Model, user_store
from pipeline.models.target import check_target

# Room for the conversion beside its float32 weights: int8 is a quarter of them, and safetensors of a pickle as much again.
_ROOM_FACTOR: Final = 2.3
_PART: Final = ".part"
_OFFLINE_WAY: Final = (
    "Without a network: copy a model's folder here from a machine that has one, and run: monoglot models import FOLDER"
)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the hub: its size in bytes, and its SHA-256 (stored with LFS) or else the SHA-1 of its git blob."""

    size: int
    sha256: str | None
    blob: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A repository at one commit."""

    repository: str
    commit: str
    licence: str | None
    files: Mapping[str, RemoteFile]


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


def ask(repository: str, revision: str | None = None) -> Listing:
    """What the hub has in a repository. Raises ModelUnavailable."""
    with _hub_errors(repository, revision):
        from huggingface_hub import HfApi

        api = HfApi(library_name="monoglot", library_version=__version__)
        info = api.model_info(repository, revision=revision, files_metadata=True, timeout=30)
        if info.sha is None:
            raise ModelUnavailable(f"{repository}: the hub names no commit, so it could not be locked")
        files = {
            item.rfilename: RemoteFile(item.size or 0, item.lfs.sha256 if item.lfs else None, item.blob_id)
            for item in info.siblings or ()
        }
        licence = info.card_data.get("license") if info.card_data else None
        return Listing(repository, info.sha, licence, files)


def intact(path: Path, remote: RemoteFile) -> bool:
    """Whether a file is the one that the hub described."""
    if path.stat().st_size != remote.size:
        return False
    if remote.sha256 is not None:
        return file_digest(path) == remote.sha256
    data = path.read_bytes()
    # What git hashes for a file; nothing rests on SHA-1 for security here, only on the listing's having named it.
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == remote.blob


def _download(listing: Listing, names: list[str], staged: Path, note: Note) -> dict[str, str]:
    """Take the files into the work folder, those that are not there yet. Returns the SHA-256 of each."""
    size = sum(listing.files[name].size for name in names)
    _check_room(staged, names, listing)
    note(f"{listing.repository} at {listing.commit[:12]}: {len(names)} files, {size / 1e6:,.0f} MB")
    received = {}
    for name in names:
        _take(listing, name, staged / name)
        received[name] = file_digest(staged / name)
    return received


def _take(listing: Listing, name: str, path: Path) -> None:
    """Take one file, from where an earlier try broke off. Raises ModelUnavailable if it is not the one that was listed.

    The hub's own `hf_hub_download` starts a file anew in each process; its `http_get` can go on, so that is used.
    """
    remote = listing.files[name]
    if path.is_file() and intact(path, remote):
        return
    part = path.with_name(path.name + _PART)
    part.parent.mkdir(parents=True, exist_ok=True)
    if part.is_file() and part.stat().st_size > remote.size:
        part.unlink()
    with _hub_errors(listing.repository, listing.commit), part.open("ab") as file:
        from huggingface_hub import hf_hub_url
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]
        from huggingface_hub.utils.tqdm import disable_progress_bars

        if not sys.stderr.isatty():
            disable_progress_bars()
        try:
            http_get(
                hf_hub_url(listing.repository, name, revision=listing.commit),
                file,
                resume_size=part.stat().st_size,
                headers=build_hf_headers(library_name="monoglot", library_version=__version__),
                expected_size=remote.size,
                displayed_filename=name,
            )
        except OSError as error:
            # Without a number it is not the system's: the client says that the length is wrong, which is seen below.
            if error.errno is not None:
                raise
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


@contextmanager
def _hub_errors(repository: str, revision: str | None) -> Iterator[None]:
    """Import the hub's client as it is wanted here, and turn its errors into one line each."""
    # Plain HTTP with ranges: what is broken off can be taken up again in a later run, and any mirror speaks it.
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    _check_endpoint()
    from huggingface_hub import constants, errors

    # The base of its errors is that of the HTTP library which it is built on; that has changed over its versions.
    transport: type[Exception] = errors.HfHubHTTPError.__bases__[0]
    try:
        yield
    except errors.OfflineModeIsEnabled as error:
        raise ModelUnavailable(f"{repository}: HF_HUB_OFFLINE is set, so nothing is fetched. {_OFFLINE_WAY}") from error
    except errors.RevisionNotFoundError as error:
        raise ModelUnavailable(f"{repository}: has no revision {revision}") from error
    except errors.RepositoryNotFoundError as error:
        raise ModelUnavailable(f"{repository}: {constants.ENDPOINT} has no such model, or it is not open") from error
    except errors.HFValidationError as error:
        raise ModelUnavailable(
            f"{repository}: not the name of a repository, such as Helsinki-NLP/opus-mt-it-en"
        ) from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        raise ModelUnavailable(f"{repository}: {constants.ENDPOINT} answered {status}. Try again later") from error
    except (transport, errors.LocalEntryNotFoundError, errors.FileMetadataError, ConnectionError) as error:
        cause = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelUnavailable(
            f"{repository}: {constants.ENDPOINT} cannot be reached ({cause}). {_OFFLINE_WAY}"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(
            f"{repository}: {constants.ENDPOINT} does not answer as a hub does ({error}). Perhaps the network wants you to log"
            " in first: open a page in a browser. Or HF_ENDPOINT is not the address of a hub"
        ) from error


def _check_endpoint() -> None:
    """Raise ModelUnavailable if HF_ENDPOINT is no web address: the hub's client would not say so in plain words."""
    address = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and address.isprintable()
    except ValueError:  # a bracket that is not closed, a port that is no number
        good = False
    if not good:
        raise ModelUnavailable(
            f"HF_ENDPOINT: {address!r} is not the address of a server. Give one such as https://huggingface.co, or unset it"
        )
