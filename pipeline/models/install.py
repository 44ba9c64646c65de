"""How a model gets into the user's store: chosen files in a work folder, converted there, locked, and moved in whole.

Shared by `fetch`, which brings the files from a hub, and `import`, which copies them from a folder.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from pipeline.errors import ModelBroken, ModelMissing, ModelUnavailable
from pipeline.manifest import file_sha256
from pipeline.models.convert import PICKLE, SAFE, convert, converter, missing_torch, require_torch, unpickle
from pipeline.models.lock import Lock, LockedFile, files_below
from pipeline.models.store import CONVERTED, ENGINE_FILES, NEEDED, TARGET, Model, read_json, user_store
from pipeline.models.target import check_target, told
from pipeline.settings import is_code

Note = Callable[[str], None]

_WORK: Final = ".work"
_WELCOME: Final = ("generation_config.json", "special_tokens_map.json", "README.md", "LICENSE")
_WEIGHTS: Final = f"{CONVERTED}/model.bin"
# A disk that is full, a quota that is used up, a file larger than is allowed: the same to a person.
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# Read-only, another person's, or a file where a folder should be.
_NOT_WRITABLE: Final = frozenset({errno.EACCES, errno.EROFS, errno.EPERM, errno.ENOTDIR, errno.EEXIST})
# A line of so many is a short sentence, for which every model has words.
_TRIED_PIECES: Final = 8
_FOLDER_NAME: Final = re.compile(r"(?:opus-mt-(?:tc-(?:big|base)-)?)?([a-z]{2})-([a-z]{2})")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the files of a model came from; see `Lock`."""

    repository: str | None
    commit: str | None
    licence: str | None
    received: dict[str, str]


def choose(names: Collection[str], where: str, allow_pickle: bool) -> list[str]:
    """Which files of a repository or folder make a model, in the order in which they are to be had: the small ones first.

    Raises ModelBroken if it is not a MarianMT model, ModelUnavailable if its weights are a pickle and that is not allowed,
    MissingExtra if a conversion is needed that cannot be made here.
    """
    if missing := [name for name in NEEDED if name not in names]:
        raise ModelBroken(f"{where}: not a MarianMT model: it has no {', '.join(missing)}")
    weights = [name for name in (*ENGINE_FILES["ctranslate2"], SAFE) if name in names]
    if _WEIGHTS not in weights and SAFE not in weights:
        if PICKLE not in names:
            raise ModelBroken(f"{where}: no weights that can be used: neither {SAFE} nor {_WEIGHTS}")
        if not allow_pickle:
            raise ModelUnavailable(
                f"{where}: its weights are a pickle only ({PICKLE}), a format that can carry code. Either add --allow-pickle:"
                " it is then loaded as weights only and turned into safetensors at once; or name a revision that has"
                f" {SAFE}, often the hub's own conversion: --revision refs/pr/1"
                + (f". {extra}" if (extra := missing_torch()) else "")
            )
        weights = [PICKLE]
    if _WEIGHTS not in weights:
        require_torch()
    return [*NEEDED, *(name for name in _WELCOME if name in names), *weights]


def settle(staged: Path, language: str, target: str, origin: Origin, store: Path) -> Model:
    """Convert, try and lock a work folder that holds the chosen files, and move it into the store. Returns the model.

    Raises ModelBroken if it does not translate; then what is in the store stays.
    """
    if (staged / PICKLE).is_file():
        unpickle(staged)
    if not (staged / _WEIGHTS).is_file():
        convert(staged)
    _try(staged, target)
    _lock(staged, language, target, origin)
    return Model(move_in(staged, store / f"{language}-{target}"), target=target)


def check(folder: Path, target: str) -> None:
    """Raise ModelBroken if a folder that has the files is not a MarianMT model that translates into `target`."""
    check_config(folder)
    check_target(folder, target)


def check_config(folder: Path) -> None:
    """Raise ModelBroken if config.json is not a MarianMT model's."""
    path = folder / "config.json"
    kind = read_json(path).get("model_type")
    if kind != "marian":
        raise ModelBroken(f"{path}: the model is of type {kind!r}; monoglot uses MarianMT models (marian)")


def _try(staged: Path, target: str) -> None:
    """Raise ModelBroken if a model does not load, or makes nothing of the pieces that its sources have most often."""
    from sentencepiece import SentencePieceProcessor

    from pipeline.settings import Settings
    from pipeline.translate import load_engine

    try:
        engine = load_engine(Settings(), Model(staged, target=target), threads=1)
        source = SentencePieceProcessor(model_file=str(staged / "source.spm"))
        pieces = (source.id_to_piece(number).lstrip("▁") for number in range(source.get_piece_size()))
        line = " ".join(islice(filter(str.isalpha, pieces), _TRIED_PIECES))
        (made,) = engine.translate([line])
    except (ModelBroken, ValueError, RuntimeError, OSError) as error:
        raise ModelBroken(f"{staged.name}: is damaged ({error}). Get a whole copy") from error
    if not made.text:
        raise ModelBroken(f"{staged.name}: is damaged: it translates into nothing. Get a whole copy")


def _lock(staged: Path, language: str, target: str, origin: Origin) -> None:
    files = {
        name: LockedFile((staged / name).stat().st_size, file_sha256(staged / name))
        for name in sorted(files_below(staged))
    }
    fingerprints: dict[str, str] = {
        engine: Model(staged, engine).fingerprint for engine, names in ENGINE_FILES.items() if names[0] in files
    }
    Lock(
        language,
        origin.repository,
        origin.commit,
        origin.licence,
        converter(),
        origin.received,
        files,
        fingerprints,
        target,
    ).write(staged)


def move_in(staged: Path, target: Path) -> Path:
    """Put a finished folder where it belongs, in the place of what may be there. At no time is there half a model."""
    with exclusive(target.name, target.parent):
        remove_folder(target)
        staged.rename(target)
    return target


def remove_folder(folder: Path) -> None:
    """Remove a model from the store: out of the way in one step, then file by file."""
    if folder.exists():
        with tempfile.TemporaryDirectory(dir=work_folder(folder.parent)) as scratch:
            folder.rename(Path(scratch) / folder.name)


def import_folder(
    folder: Path, language: str | None = None, allow_pickle: bool = False, target: str | None = None
) -> Model:
    """Copy a model folder into the user's store, converted and locked. A lock that it has already is proved and kept.

    `language` and `target` are what it translates, from and into, where its files do not say so or say something else.
    Raises ModelBroken, ModelUnavailable, MissingExtra.
    """
    if not folder.is_dir():
        raise ModelMissing(f"{folder}: no such folder")
    known = Lock.of(folder)
    if known is not None and (faults := [f for f in known.faults(folder) if "was not there" not in f]):
        raise ModelBroken(f"{folder}: not as it was locked: {'; '.join(faults)}. Copy it anew")
    names = choose(files_below(folder), str(folder), allow_pickle)
    pair = (known.language, known.target) if known else _pair_of(folder)
    language, target = language or pair[0], target or pair[1]
    if language is None:
        raise ModelBroken(f"{folder}: nothing tells which language it translates. Say it: --language CODE")
    if wrong := [code for code in (language, target) if not is_code(code)]:
        said = ", ".join(map(repr, wrong))
        raise ModelBroken(f"{folder}: {said} in its files is no ISO 639-1 code. Say it: --language CODE --to CODE")
    if language == target:
        raise ModelBroken(
            f"{folder}: what is written in {target} already needs no model. Say what it translates: --language CODE --to CODE"
        )
    check(folder, target)
    store = user_store()
    with no_room(store), tempfile.TemporaryDirectory(dir=work_folder(store)) as scratch:
        staged = Path(scratch) / folder.resolve().name
        for name in names:
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, staged / name)
        if known is not None:
            origin = Origin(known.repository, known.commit, known.licence, dict(known.received))
        else:
            origin = Origin(None, None, None, {name: file_sha256(staged / name) for name in names})
        return settle(staged, language, target, origin, store)


def _pair_of(folder: Path) -> tuple[str | None, str]:
    """What a folder that is not locked translates: by its tokeniser, or else its name; into English, if nothing tells."""
    named = _FOLDER_NAME.fullmatch(folder.resolve().name)
    source, target = named.groups() if named else (None, None)
    return told(folder, "source_lang") or source, told(folder, "target_lang") or target or TARGET


def work_folder(store: Path) -> Path:
    """Where models are prepared: inside the store, so that a finished one is moved and not copied."""
    folder = store / _WORK
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def exclusive(name: str, store: Path, note: Note = lambda _: None) -> Iterator[None]:
    """Hold a lock of the store; wait for another process that holds it, and say so."""
    from filelock import FileLock, Timeout

    lock = FileLock(work_folder(store) / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        note(f"{name}: another process is at it; waiting for it to end")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def no_room(store: Path) -> Iterator[None]:
    """Turn the errors of a store that is full, or cannot be written, into one line that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise ModelUnavailable(
                f"{store}: no room on the disk ({os.strerror(error.errno or 0)}). What has come so far is kept: make room,"
                " or set MONOGLOT_MODELS to a folder on another disk, and run the same command again"
            ) from error
        if error.errno in _NOT_WRITABLE or not store.is_dir():
            raise ModelUnavailable(
                f"{store}: cannot be written ({error.strerror}). Set MONOGLOT_MODELS to a folder of your own"
            ) from error
        raise
