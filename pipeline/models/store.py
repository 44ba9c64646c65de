"""The model store: which MarianMT folder translates which language, and what each of them is made of.

A model is a folder in Hugging Face layout (config.json, vocab.json, source.spm, target.spm, tokenizer_config.json and the
weights) with its CTranslate2 conversion in the sub-folder `ctranslate2`. The user's store, which is looked into first, has a
folder `<source>-en` for each language. Those that come with the program may read several: `bundled.toml` beside them says
which. A model with a lock (`pipeline.models.lock`) is used only if its files are those that were locked.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pipeline.errors import ModelBroken
from pipeline.models.lock import Lock, file_digest
from pipeline.settings import EngineName

CONVERTED: Final = "ctranslate2"
TARGET: Final = "en"
TOKENIZER_FILES: Final = ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json")
# What each engine reads besides; the weights stand first.
ENGINE_FILES: Final[dict[EngineName, tuple[str, ...]]] = {
    "ctranslate2": tuple(f"{CONVERTED}/{name}" for name in ("model.bin", "config.json", "shared_vocabulary.json")),
    "transformers": ("model.safetensors", "config.json", "generation_config.json"),
}
_PROJECT: Final = Path(__file__).parent.parent
# Beside the package in a clone, inside it in a wheel.
_BUNDLED: Final = (_PROJECT / "bundled", _PROJECT.parent / "models")


@dataclass(frozen=True)
class Model:
    """One model folder for one source language, as one engine uses it."""

    path: Path
    engine: EngineName = "ctranslate2"

    @cached_property
    def name(self) -> str:
        """The folder's name, such as `it-en`."""
        return self.path.resolve().name

    @property
    def converted(self) -> Path:
        """The CTranslate2 conversion."""
        return self.path / CONVERTED

    @cached_property
    def fingerprint(self) -> str:
        """The first 12 hex digits of a SHA-256 over the names and contents of the files that the engine reads."""
        digest = hashlib.sha256()
        for name in sorted((*TOKENIZER_FILES, *ENGINE_FILES[self.engine])):
            if (self.path / name).is_file():
                digest.update(name.encode() + bytes.fromhex(file_digest(self.path / name)))
        return digest.hexdigest()[:12]

    @property
    def signature(self) -> str:
        """The name and the fingerprint: what a record says of the model that it used."""
        return f"{self.name}@{self.fingerprint}"

    def check(self) -> None:
        """Raise ModelBroken, naming every file that the engine needs and the folder lacks."""
        needed = (*TOKENIZER_FILES, ENGINE_FILES[self.engine][0])
        if missing := [name for name in needed if not (self.path / name).is_file()]:
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
                " used. See which with: monoglot models verify"
            )


def user_store() -> Path:
    """Where a person's own models are: $MONOGLOT_MODELS, or monoglot/models under the XDG data folder."""
    if folder := os.environ.get("MONOGLOT_MODELS"):
        return Path(folder)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "monoglot" / "models"


def bundled_stores() -> tuple[Path, ...]:
    """Where the models and the catalogue that come with the program are."""
    return _BUNDLED


@dataclass(frozen=True, slots=True)
class Bundled:
    """A model that comes with the program: its folder, the languages that it reads, the licence of its weights."""

    path: Path
    languages: tuple[str, ...]
    licence: str


def bundled() -> Iterator[Bundled]:
    """The models that come with the program, in the order in which `bundled.toml` has them."""
    for store in _BUNDLED:
        if (listing := store / "bundled.toml").is_file():
            for name, item in tomllib.loads(listing.read_text(encoding="utf-8")).items():
                yield Bundled(store / name, tuple(item["languages"]), item["licence"])


def installed() -> dict[str, Path]:
    """Every language that has a model, and its folder: a person's own before one that came with the program."""
    own = sorted(folder for folder in user_store().glob(f"*-{TARGET}") if (folder / "config.json").is_file())
    found = {folder.name.removesuffix(f"-{TARGET}"): folder for folder in own}
    for model in bundled():
        found |= {language: model.path for language in model.languages if language not in found}
    return found


class ModelStore:
    """The models at hand for one engine. `override` is a model folder to use for every language."""

    def __init__(self, engine: EngineName = "ctranslate2", override: Path | None = None) -> None:
        """Raises ModelBroken if `override` is not a model, or not the one that was locked."""
        self._engine = engine
        self._override = Model(override, engine) if override is not None else None
        self._found: dict[str, Model | None] = {}
        if self._override is not None:
            self._override.check()
            self._override.check_lock()

    def find(self, language: str) -> Model | None:
        """The model that translates a language into English, or None. Raises ModelBroken if it differs from its lock."""
        if language in (TARGET, "und"):
            return None
        if self._override is not None:
            return self._override
        if language not in self._found:
            folder = installed().get(language)
            found = Model(folder, self._engine) if folder is not None else None
            if found is not None:
                found.check_lock()
            self._found[language] = found
        return self._found[language]
