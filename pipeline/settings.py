"""One frozen object for everything that a run can be told."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Literal, get_args

from pipeline.terms import Term

CleanLevel = Literal["light", "standard", "strict"]
EngineName = Literal["ctranslate2", "transformers"]
ComputeType = Literal["int8", "float32"]
# The options that take one of a few words.
_CHOICES: Final = {"engine": EngineName, "compute_type": ComputeType, "clean": CleanLevel}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run can be told. The defaults are what `monoglot run` does without options.

    `language` overrides detection for whole documents (ISO 639-1), `languages` for some of them, by the last parts of their
    paths: `(("it", "agency/*.txt"), ("de", "wien"))` are files, and all in a folder (`language_of`). `model` is a MarianMT folder used for every language
    that is not English; without it the model store is asked. `beam` is the beam width (1 is greedy). `jobs` is the number
    of processor cores to use, 0 for all that there are; it changes no output. `keep_sources` stores a copy of each source
    that the ledger cannot rebuild (HTML). `force` does unchanged documents again. `memory` is the translation memory to use,
    None for none: models give the same with it and without, but only it knows people's corrections. `glossary`
    holds the terms that have one English spelling over the corpus. `keep` names cleaning rules (`style.dash`, `en.share`,
    `ftfy.*`) and kinds of boilerplate (`byline`) that are not applied. `drop_duplicates` leaves the text
    of those files of a run out that nearly repeat an earlier one, and does not translate them; their records stay. `pivot` has
    languages that are translated in two steps, each with the language between: `(("gl", "es"),)` is Galician by way of Spanish.
    `prune` removes documents of earlier runs into the same folder that are no longer in the input. `cluster` is the address of
    a Ray cluster whose machines do the work (`HOST:PORT`, or `auto` for the one that this machine is in), None for this machine
    alone; `jobs` are then its cores.
    """

    language: str | None = None
    model: Path | None = None
    engine: EngineName = "ctranslate2"
    compute_type: ComputeType = "int8"
    beam: int = 4
    clean: CleanLevel = "standard"
    jobs: int = 0
    keep_sources: bool = False
    force: bool = False
    memory: Path | None = None
    glossary: tuple[Term, ...] = ()
    keep: tuple[str, ...] = ()
    drop_duplicates: bool = False
    pivot: tuple[tuple[str, str], ...] = ()
    prune: bool = False
    languages: tuple[tuple[str, str], ...] = ()
    cluster: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError that names every option that is out of range.

        Any sequence may be given where a tuple is held, and a text where a path is.
        """
        for name in ("glossary", "keep", "pivot", "languages"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("model", "memory"):
            if isinstance(path := getattr(self, name), str):
                object.__setattr__(self, name, Path(path))
        if self.languages:
            from pipeline.read.discover import recorded  # which the rest of the command's help can wait without

            places = tuple((code, recorded(place) if place else "") for code, place in self.languages)
            object.__setattr__(self, "languages", places)
        faults = [
            f"--{name.replace('_', '-')} takes one of {', '.join(get_args(choices))}, not {getattr(self, name)!r}"
            for name, choices in _CHOICES.items()
            if getattr(self, name) not in get_args(choices)
        ]
        codes = [self.language] if self.language is not None else []
        for code in (*codes, *(code for code, _ in self.languages)):
            if not is_language(code):
                faults.append(f"--language takes an ISO 639-1 code such as it or es, not {code!r}")
        for code, place in self.languages:
            if not PurePosixPath(place).name:
                faults.append(f"--language {code}={place}: name a file or a folder after the =")
        if not 1 <= self.beam <= 32:
            faults.append(f"--beam takes a width from 1 to 32, not {self.beam}")
        if self.jobs < 0:
            faults.append(f"--jobs takes a number of cores, or 0 for all, not {self.jobs}")
        faults += _keep_faults(self.keep)
        faults += _pivot_faults(self.pivot)
        if self.pivot and self.model is not None:
            faults.append(
                "--pivot and --model exclude each other: the one names two models, the other one for everything"
            )
        if faults:
            raise ValueError("; ".join(faults))

    def language_of(self, path: str) -> str | None:
        """The language that a document is said to be in, by its path as records have it; None where it is to be detected.

        The first of `languages` says so that is the end of its path, or of that of a folder it is in: whole names, in which `*`
        and `?` stand for any characters.

        >>> settings = Settings(language="es", languages=(("it", "agency/*.txt"), ("de", "wien")))
        >>> [settings.language_of(path) for path in ("in/agency/a.txt", "in/wien/b/c.txt", "in/d.txt")]
        ['it', 'de', 'es']
        """
        said = (code for code, place in self.languages if is_at(path, place))
        return next(said, self.language)


def is_at(path: str, place: str) -> bool:
    """Whether a document is the one, or one of those, that the end of a path names (`Settings.language_of`)."""
    at = PurePosixPath(path)
    return any(_ends_in(each, place) for each in (at, *at.parents))


def _ends_in(path: PurePosixPath, place: str) -> bool:
    """Whether a path ends in the parts of another, which may be a pattern, or hold its signs in its name."""
    parts = PurePosixPath(place).parts
    return path.parts[-len(parts) :] == parts or path.match(place)


def is_language(code: str) -> bool:
    """Whether a code is one of ISO 639-1, which are those of two letters that CLDR has names for.

    >>> is_language("ti"), is_language("xx"), is_language("ita")
    (True, False, False)
    """
    from babel import Locale

    return is_code(code) and code in Locale("en").languages


def is_code(text: str) -> bool:
    """Whether a text looks like a language code of ISO 639-1.

    >>> is_code("it"), is_code("ita"), is_code("IT"), is_code("a-")
    (True, False, False, False)
    """
    return len(text) == 2 and text.isascii() and text.isalpha() and text.islower()


def _keep_faults(keep: tuple[str, ...]) -> list[str]:
    """What of `keep` is the name of nothing."""
    if not keep:
        return []
    from pipeline.clean.keep import nearest, unknown  # which needs this module, and reads the cues

    wrong = [f"{name!r}" + (f" ({' or '.join(like)}?)" if (like := nearest(name)) else "") for name in unknown(keep)]
    return (
        [
            "--keep takes a cleaning rule such as style.dash or a kind such as byline, as monoglot show --removed names them,"
            f" not {', '.join(wrong)}"
        ]
        if wrong
        else []
    )


def _pivot_faults(pivot: tuple[tuple[str, str], ...]) -> list[str]:
    """What is wrong with the ways over another language."""
    faults = []
    for language, over in pivot:
        if not (is_language(language) and is_language(over)):
            faults.append(f"--pivot takes two ISO 639-1 codes such as gl=es, not {language}={over}")
        elif len({language, over, "en"}) < 3:
            faults.append(f"--pivot {language}={over}: a way into English goes over a third language")
    twice = {language for language, _ in pivot if [first for first, _ in pivot].count(language) > 1}
    return faults + [f"--pivot {language}=…: given twice" for language in sorted(twice)]


def cores(settings: Settings) -> int:
    """The number of processor cores to use: what the settings say, or all that this process may run on."""
    return settings.jobs or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
