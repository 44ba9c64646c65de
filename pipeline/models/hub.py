"""The hub, asked for what a repository has and for its files: the only part of the program that uses the network.

Any server that speaks the API of the Hugging Face Hub will do (HF_ENDPOINT).
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pipeline import __version__
from pipeline.errors import ModelUnavailable
from pipeline.manifest import file_sha256

# Git's name of a commit, by SHA-1 or SHA-256; it becomes a part of a path.
_COMMIT: Final = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_OFFLINE_WAY: Final = (
    "Without a network: copy a model's folder here from a machine that has one, and run: monoglot models import FOLDER"
)
_WHO: Final = (
    "Set HF_TOKEN to a token of yours, and look on the page of the model whether its licence is to be accepted first"
)
# What helps after an answer of the hub; time does after all others.
_ADVICE: Final[dict[int, str]] = {
    HTTPStatus.UNAUTHORIZED: _WHO,
    HTTPStatus.FORBIDDEN: _WHO,
    HTTPStatus.NOT_FOUND: "It has no such model, or no longer",
}


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


def ask(repository: str, revision: str | None = None) -> Listing:
    """What the hub has in a repository. Raises ModelUnavailable."""
    with _hub_errors(repository, revision):
        from huggingface_hub import HfApi

        api = HfApi(library_name="monoglot", library_version=__version__)
        info = api.model_info(repository, revision=revision, files_metadata=True, timeout=30)
        if not _COMMIT.fullmatch(info.sha or ""):
            raise ModelUnavailable(f"{repository}: the hub names no commit, so it could not be locked")
        files = {
            item.rfilename: RemoteFile(item.size or 0, item.lfs.sha256 if item.lfs else None, item.blob_id)
            for item in info.siblings or ()
        }
        licence = info.card_data.get("license") if info.card_data else None
        return Listing(repository, str(info.sha), licence, files)


def intact(path: Path, remote: RemoteFile) -> bool:
    """Whether a file is the one that the hub described."""
    if path.stat().st_size != remote.size:
        return False
    if remote.sha256 is not None:
        return file_sha256(path) == remote.sha256
    data = path.read_bytes()
    # What git hashes for a file; nothing rests on SHA-1 for security here, only on the listing's having named it.
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == remote.blob


def receive(listing: Listing, name: str, part: Path) -> bool:
    """Add to a part of a file what is still to come. Returns False if what was there already is of another file.

    The hub's own `hf_hub_download` starts a file anew in each process; its `http_get` can go on, so that is used.
    """
    remote = listing.files[name]
    with _hub_errors(listing.repository, listing.commit), part.open("ab") as file:
        from huggingface_hub import hf_hub_url
        from huggingface_hub.errors import HfHubHTTPError
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]
        from huggingface_hub.utils.tqdm import disable_progress_bars

        if (begun := file.tell()) > remote.size:
            return False
        if not sys.stderr.isatty():
            disable_progress_bars()
        try:
            http_get(
                hf_hub_url(listing.repository, name, revision=listing.commit),
                file,
                resume_size=begun,
                headers=build_hf_headers(library_name="monoglot", library_version=__version__),
                expected_size=remote.size,
                displayed_filename=name,
            )
        except HfHubHTTPError as error:  # an OSError, too, but for its answer
            if begun and error.response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return False
            raise
        except OSError as error:
            # Without a number it is not the system's: the client says that the length is wrong, which the caller sees.
            if error.errno is not None:
                raise
    return not begun or part.stat().st_size != remote.size or intact(part, remote)


@contextmanager
def _hub_errors(repository: str, revision: str | None) -> Iterator[None]:
    """Import the hub's client as it is wanted here, and turn its errors into one line each."""
    # Plain HTTP with ranges: what is broken off can be taken up again in a later run, and any mirror speaks it.
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    _check_endpoint()
    with client_imported():
        from huggingface_hub import constants, errors

    # The base of its errors is that of the HTTP library which it is built on; that has changed over its versions.
    transport: type[Exception] = errors.HfHubHTTPError.__bases__[0]
    try:
        yield
    except errors.OfflineModeIsEnabled as error:
        raise ModelUnavailable(f"{repository}: HF_HUB_OFFLINE is set, so nothing is fetched. {_OFFLINE_WAY}") from error
    except errors.RevisionNotFoundError as error:
        raise ModelUnavailable(f"{repository}: has no revision {revision}") from error
    except errors.GatedRepoError as error:
        advice = _ADVICE[HTTPStatus.FORBIDDEN]
        raise ModelUnavailable(f"{repository}: {constants.ENDPOINT} gives it to those it knows. {advice}") from error
    except errors.RepositoryNotFoundError as error:
        raise ModelUnavailable(f"{repository}: {constants.ENDPOINT} has no such model, or it is not open") from error
    except errors.HFValidationError as error:
        raise ModelUnavailable(
            f"{repository}: not the name of a repository, such as Helsinki-NLP/opus-mt-it-en"
        ) from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        advice = _ADVICE.get(status, "Try again later")
        raise ModelUnavailable(f"{repository}: {constants.ENDPOINT} answered {status}. {advice}") from error
    except (transport, errors.LocalEntryNotFoundError, errors.FileMetadataError, ConnectionError) as error:
        cause = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelUnavailable(
            f"{repository}: {constants.ENDPOINT} cannot be reached ({cause}). {_OFFLINE_WAY}"
        ) from error
    except UnicodeEncodeError as error:  # what a person gives and a header cannot hold
        raise ModelUnavailable("HF_TOKEN: has a letter in it that no token has; copy it anew, or unset it") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelUnavailable(
            f"{repository}: {constants.ENDPOINT} does not answer as a hub does ({error}). Perhaps the network wants you to log"
            " in first: open a page in a browser. Or HF_ENDPOINT is not the address of a hub"
        ) from error


@contextmanager
def client_imported() -> Iterator[None]:
    """Within, the hub's client is imported, or transformers, which imports it, for a run without a network, too.

    On import it reads its settings from the environment. Raises ModelUnavailable where one of them can be nothing.
    """
    try:
        _ = urlsplit(os.environ.get("HF_ENDPOINT", "")).port  # which the client does, too, and prints that it failed
        yield
    except ValueError as error:
        _check_endpoint()
        raise ModelUnavailable(f"a setting of the hub's client (HF_… in the environment) is wrong: {error}") from error


def _check_endpoint() -> None:
    """Raise ModelUnavailable if HF_ENDPOINT is no web address: the hub's client would not say so in plain words."""
    address = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        # urlsplit takes blanks away, the client does not
        good = good and address.isprintable() and address == address.strip()
    except ValueError:  # a bracket that is not closed, a port that is no number
        good = False
    if not good:
        raise ModelUnavailable(
            f"HF_ENDPOINT: {address!r} is not the address of a server. Give one such as https://huggingface.co, or unset it"
        )
