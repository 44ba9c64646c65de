"""What could be fetched: the OPUS-MT checkpoints of `models/catalogue.toml`, whose top explains its fields."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pipeline.models.store import TARGET, bundled_stores

Size = Literal["base", "big"]


@dataclass(frozen=True, slots=True)
class Score:
    """A published BLEU score on one language of a test set. `source` is the page that it was found on."""

    language: str
    test: str
    bleu: float
    source: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One checkpoint. `fetch` and `disk` are megabytes, about: to download, and of the int8 conversion."""

    repository: str
    size: Size
    licence: str
    languages: tuple[str, ...]
    fetch: int
    disk: int
    release: str | None = None
    scores: tuple[Score, ...] = ()
    note: str | None = None
    target: str = TARGET

    def score(self, language: str) -> Score | None:
        """The published score for a language, if one was found."""
        return next((score for score in self.scores if score.language == language), None)


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the catalogue (`code` is ISO 639-1, `alpha3` 639-3), and the repository fetched for it, by size."""

    code: str
    alpha3: str
    name: str
    choices: Mapping[Size, str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All languages by code, all entries by repository."""

    languages: Mapping[str, Language]
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def choice(self, language: str, size: Size = "base", target: str = TARGET) -> Entry | None:
        """What to fetch for a language: into English the model of that size, or else of the other; or None."""
        if target != TARGET:
            return next((entry for entry in self.serving(language) if entry.target == target), None)
        found = self.languages.get(language)
        if found is None:
            return None
        return self.entries[found.choices.get(size) or next(iter(found.choices.values()))]

    def serving(self, language: str) -> list[Entry]:
        """Every entry that reads a language: the chosen first, then into English, then those with the fewest languages."""
        found = self.languages.get(language)
        chosen = list(found.choices.values()) if found else []
        entries = [entry for entry in self.entries.values() if language in entry.languages]
        return sorted(
            entries,
            key=lambda entry: (entry.repository not in chosen, entry.target != TARGET, len(entry.languages)),
        )


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with the program."""
    path = next(path for store in bundled_stores() if (path := store / "catalogue.toml").is_file())
    return _parse(tomllib.loads(path.read_text(encoding="utf-8")))


def _parse(data: dict[str, Any]) -> Catalogue:
    owner = data["owner"]
    languages = {
        code: Language(
            code,
            item["alpha3"],
            item["name"],
            {size: f"{owner}/{item[size]}" for size in ("base", "big") if size in item},
        )
        for code, item in data["languages"].items()
    }
    entries = {}
    for item in data["model"]:
        scores = tuple(
            Score(
                score["language"],
                data["tests"][score["test"]]["name"],
                score["bleu"],
                data["tests"][score["test"]]["source"].format(
                    name=item["name"], language=score["language"], alpha3=data["languages"][score["language"]]["alpha3"]
                ),
            )
            for score in item.get("scores", ())
        )
        costs = data["sizes"][item["size"]]
        entry = Entry(
            f"{owner}/{item['name']}",
            item["size"],
            item["licence"],
            tuple(item["languages"]),
            costs["fetch"],
            costs["disk"],
            item.get("release"),
            scores,
            item.get("note"),
            item.get("target", TARGET),
        )
        entries[entry.repository] = entry
    return Catalogue(languages, entries)
