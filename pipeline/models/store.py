"""The model store: which MarianMT folder translates which language, and what each of them is made of.

A model is a folder in Hugging Face layout (config.json, vocab.json, source.spm, target.spm, tokenizer_config.json and the
weights) with its CTranslate2 conversion in the sub-folder `ctranslate2`. The user's store, which is looked into first, has a
folder `<source>-<target>` for each pair of languages. Those that come with the program translate into English and may read
several languages: `bundled.toml` beside them says which. A model with a lock (`pipeline.models.lock`) is used only if its
files are those that were locked.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from pipeline.errors import ModelBroken, ModelMissing, OutputError
from pipeline.folders import data_folder
from pipeline.manifest import file_sha256
from pipeline.models import shortlist
from pipeline.models.lock import Lock
from pipeline.settings import EngineName

CONVERTED: Final = "ctranslate2"
TARGET: Final = "en"
# Between the signatures of two models that translate one after the other.
THEN: Final = "+"
TOKENIZER_FILES: Final = ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json")
# What every model has.
NEEDED: Final = ("config.json", *TOKENIZER_FILES)
# What each engine reads besides; the weights stand first.
ENGINE_FILES: Final[dict[EngineName, tuple[str, ...]]] = {
    "ctranslate2": tuple(
        f"{CONVERTED}/{name}" for name in ("model.bin", "config.json", "shared_vocabulary.json", shortlist.FILE)
    ),
    "transformers": ("model.safetensors", "config.json", "generation_config.json"),
}
_PROJECT: Final = Path(__file__).parent.parent
# Beside the package in a clone, inside it in a wheel.
_BUNDLED: Final = (_PROJECT / "bundled", _PROJECT.parent / "models")


@dataclass(frozen=True)
class Model:
    """One model folder for one pair of languages, as one engine uses it."""

    path: Path
    engine: EngineName = "ctranslate2"
    target: str = TARGET

    @cached_property
    def name(self) -> str:
        """The folder's name, such as `romance-en`."""
        return self.path.resolve().name

    @property
    def converted(self) -> Path:
        """The CTranslate2 conversion."""
        return self.path / CONVERTED

    @cached_property
    def fingerprint(self) -> str:
        """The first 12 hex digits of a SHA-256 over the names and contents of the files that the engine reads.

        Raises ModelBroken if they may not be read.
        """
        digest = hashlib.sha256()
        with _readable(self.path):
            for name in sorted((*TOKENIZER_FILES, *ENGINE_FILES[self.engine])):
                if (self.path / name).is_file():
                    digest.update(name.encode() + bytes.fromhex(file_sha256(self.path / name)))
        return digest.hexdigest()[:12]

    @property
    def signature(self) -> str:
        """The name and the fingerprint: what a record says of the model that it used."""
        return f"{self.name}@{self.fingerprint}"

    def check(self) -> None:
        """Raise ModelBroken, naming every file that the engine needs and the folder lacks."""
        needed = (*NEEDED, ENGINE_FILES[self.engine][0])
        with _readable(self.path):
            missing = [name for name in needed if not (self.path / name).is_file()]
        if missing:
            raise ModelBroken(f"{self.path}: not a MarianMT model for {self.engine}: it has no {', '.join(missing)}")

    def check_lock(self) -> None:
        """Raise ModelBroken if the folder has a lock and its files are not those that were locked.

        Costs nothing that is not needed anyway: the fingerprint is part of every record's signature.
        """
        lock = Lock.of(self.path)
        locked = lock.fingerprints.get(self.engine) if lock else None
        if locked is not None and locked != self.fingerprint:
            raise ModelBroken(
                f"{self.path}: its files are not those that were locked ({self.fingerprint}, not {locked}), so it is not"
                " used. See which with: monoglot models verify; then fetch the model anew, or import a whole copy"
            )


@dataclass(frozen=True)
class Way:
    """How a language gets into English: by one model, or by two, `over` the language between them."""

    models: tuple[Model, ...]
    over: str | None = None

    @cached_property
    def signature(self) -> str:
        """The signatures of the models, in their order: what a record says of how a segment was translated."""
        return THEN.join(model.signature for model in self.models)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a model. Raises ModelBroken if it cannot be read, or holds something else."""
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise ModelBroken(f"{path}: cannot be read ({error.strerror}). Get a whole copy of the model") from error
    except ValueError as error:
        raise ModelBroken(f"{path}: cannot be read: {error}. Get a whole copy of the model") from error
    if not isinstance(data, dict):
        raise ModelBroken(f"{path}: is not a JSON object. Get a whole copy of the model")
    return data


def user_store() -> Path:
    """Where a person's own models are: $MONOGLOT_MODELS, or `models` in the data folder. Raises OutputError."""
    named = os.environ.get("MONOGLOT_MODELS")
    return Path(named) if named else data_folder() / "models"


def bundled_stores() -> tuple[Path, ...]:
    """Where the models and the catalogue that come with the program are."""
    return _BUNDLED


@dataclass(frozen=True, slots=True)
class Bundled:
    """A model that comes with the program: its folder, the languages that it reads, the licence of its weights.

    `files` has the SHA-256, in hex digits, of each file that an engine reads.
    """

    path: Path
    languages: tuple[str, ...]
    licence: str
    files: Mapping[str, str]

    def faults(self) -> Iterator[str]:
        """What of the folder is not as it came with the program, each in a few words. Reads every file."""
        for name, sha256 in sorted(self.files.items()):
            path = self.path / name
            if path.is_file():
                if file_sha256(path) != sha256:
                    yield f"{name} has been changed"
            elif name != ENGINE_FILES["transformers"][0]:  # the checkpoint, without which a wheel comes
                yield f"{name} is missing"


def bundled() -> Iterator[Bundled]:
    """The models that come with the program, in the order in which `bundled.toml` has them."""
    for store in _BUNDLED:
        if (listing := store / "bundled.toml").is_file():
            for name, item in tomllib.loads(listing.read_text(encoding="utf-8")).items():
                yield Bundled(store / name, tuple(item["languages"]), item["licence"], item.get("files", {}))


def installed(engine: EngineName = "ctranslate2") -> dict[tuple[str, str], Path]:
    """Every pair of languages, source and target, that has a model, and its folder: a person's own before a bundled one.

    A bundled model may come without the weights of an engine; then it is none for that engine.
    """
    found = {(source, target): folder for folder in _own() for source, _, target in [folder.name.rpartition("-")]}
    for model in bundled():
        if not (model.path / ENGINE_FILES[engine][0]).is_file():
            continue
        found |= {(code, TARGET): model.path for code in model.languages if (code, TARGET) not in found}
    return found


def _own() -> list[Path]:
    """The folders of a person's own models. Raises ModelBroken if they may not be read."""
    try:
        store = user_store()
    except OutputError:  # without a home nobody has models of their own
        return []
    with _readable(store):
        named = store.iterdir() if store.is_dir() else ()  # a glob would find nothing where it may not look
        return sorted(folder for folder in named if "-" in folder.name and (folder / "config.json").is_file())


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Turn what the system says of a folder of models into a ModelBroken."""
    try:
        yield
    except OSError as error:
        raise ModelBroken(f"{folder}: cannot be read ({error.strerror}); check its permissions") from error


class ModelStore:
    """The models at hand for one engine.

    `override` is a model folder to use for every language. `pivots` are languages that are to be translated in two steps,
    each with the language between: nothing is without being named there, for two models in a row add their errors.
    """

    def __init__(
        self,
        engine: EngineName = "ctranslate2",
        override: Path | None = None,
        pivots: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Raises ModelBroken if `override` is not a model, or not the one that was locked; ModelMissing if a pivot lacks a
        model of its two."""
        self._engine = engine
        self._override = Model(override, engine) if override is not None else None
        self._found: dict[tuple[str, str], Model | None] = {}
        self._ways: dict[str, Way | None] = {}
        self._pivots = dict(pivots)
        if self._override is not None:
            self._override.check()
            self._override.check_lock()
        self._check_pivots()

    def way(self, language: str) -> Way | None:
        """How a language is translated into English, or None if it cannot be. Raises ModelBroken."""
        if language not in self._ways:  # asked for each segment
            over = self._pivots.get(language)
            pairs = [(language, TARGET)] if over is None else [(language, over), (over, TARGET)]
            models = [self.find(*pair) for pair in pairs]
            found = tuple(model for model in models if model is not None)
            self._ways[language] = Way(found, over) if len(found) == len(pairs) else None
        return self._ways[language]

    def settle(self, languages: Iterable[str]) -> None:
        """Look for the models of some languages now, and hash them: a copy of this in another process, where they may not be,
        knows of them then. Raises ModelBroken."""
        for language in languages:
            if (way := self.way(language)) is not None:
                way.signature  # noqa: B018 (it is kept)

    def find(self, language: str, target: str = TARGET) -> Model | None:
        """The model that translates a language into another, or None. Raises ModelBroken if it differs from its lock."""
        if language in (TARGET, "und"):
            return None
        if self._override is not None:
            return self._override
        pair = (language, target)
        if pair not in self._found:
            folder = installed(self._engine).get(pair)
            found = Model(folder, self._engine, target) if folder is not None else None
            if found is not None:
                found.check_lock()
            self._found[pair] = found
        return self._found[pair]

    def _check_pivots(self) -> None:
        """A pivot that was asked for and cannot be had is an error at once, not an untranslated document later."""
        missing = []
        for language, over in self._pivots.items():
            if self.find(language, over) is None:
                command = f"monoglot models fetch {language} --to {over}"
                missing.append(f"no model for {language}→{over}. Get one with: {command}")
            if self.find(over) is None:
                missing.append(f"no model for {over}→{TARGET}. Get one with: monoglot models fetch {over}")
        if missing:
            asked = " ".join(f"--pivot {language}={over}" for language, over in self._pivots.items())
            raise ModelMissing(f"{asked}: {'; '.join(missing)}")
