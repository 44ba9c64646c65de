"""The settings of one model: a TOML file read into frozen records, every problem of the file reported at once."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

# The folders of a run that its own pairs are kept in: a recipe's file ``back/es-en.tsv`` asks for Spanish to be made.
BACK, CROSS = "back", "cross"


class RecipeError(Exception):
    """Something the recipe needs is missing or wrong; the message says where and what to do."""


def read_text(path: Path) -> str:
    """The text of a file in UTF-8.

    Raises:
        RecipeError: it is in another encoding.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RecipeError(not_utf8(path)) from error


def not_utf8(path: Path) -> str:
    """What is said of a file in another encoding."""
    return f"{path}: not in UTF-8; convert it, for example: iconv -f LATIN1 -t UTF-8"


def is_made(name: Path | str) -> bool:
    """Whether a file of parallel text is made by the recipe, not brought."""
    return Path(name).parent.name in (BACK, CROSS)


@dataclass(frozen=True, slots=True)
class VocabularySettings:
    """How many pieces of its own a language gets, and from which lexicons their embeddings start."""

    pieces: int = 24_000
    # Below these relative frequencies a word is left to the shared pieces: with a translation, and without one.
    min_frequency: float = 7e-7
    min_frequency_unknown: float = 2.5e-6
    min_corpus_count: int = 6
    # The commonest English words, whose pieces may be produced.
    english_words: int = 200_000


@dataclass(frozen=True, slots=True)
class DistilSettings:
    """Layer-wise distillation of the decoder's self-attention."""

    steps: int = 500
    batch: int = 48
    learning_rate: float = 2e-3


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """The schedule is in target pieces, so that it is the same on a fast machine and over several sessions."""

    tokens: int = 60_000_000
    batch_tokens: int = 4_500
    warmup_tokens: int = 500_000
    peak: float = 4e-4
    final: float = 1e-5
    # Rate of the layers relative to the embedding's: the layers know their work, the new words do not.
    layers: float = 1.0
    # And that of words just added to a published vocabulary: each is met a few times only.
    added: float = 8.0
    clip: float = 1.0
    # Share of the pairs that are joined with a second one: a sentence model meets long sentences and line breaks so.
    joined: float = 0.1
    max_pieces: int = 120
    frequent_candidates: int = 4_000
    random_candidates: int = 1_500
    # Half of what the averaged weights hold comes from the last so many steps.
    average_half_life: int = 700
    save_minutes: float = 10.0
    score_tokens: int = 5_000_000
    # How much of what is to be learnt of a pair with a Portuguese side is its teachers' distribution; the rest is the reference.
    teacher_share: float = 0.5
    # The power that the teachers' distribution is raised to: with 2, what they are surest of counts for more.
    teacher_sharpness: float = 1.0
    # How much of that is what the network itself would have written before this training; the rest is the student's. A pair
    # without a Portuguese side has this part too.
    own_share: float = 0.0
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a model becomes, but for the data themselves."""

    name: str
    languages: tuple[str, ...]
    files: tuple[str, ...]
    seed: int = 20261122
    development: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    # Renamed copies (see names.py) made of every pair with names of the corpora that fit a pattern; they form the corpus NAME+names.
    names: Mapping[str, int] = field(default_factory=dict)
    # In how many lines of several words each word of a dictionary stands; they form the corpus NAME+lists.
    lists: Mapping[str, int] = field(default_factory=dict)
    # How many English sentences of a corpus are translated back, see backtranslate.py; and text files, a sentence a line, of
    # English alone, whose corpus is the file's name without ".txt".
    back: Mapping[str, int] = field(default_factory=dict)
    english: tuple[str, ...] = ()
    # For a language, from which others Apertium makes pairs of it; they form cross/OTHER.LANGUAGE-en.tsv. See cross.py.
    cross: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Patterns of the corpora that this is done to.
    crossed: tuple[str, ...] = ("*",)
    # How far a published model that is trained on is first drawn back to the student: 0 not at all; see surgery.py.
    blend: float = 0.0
    # What was trained is drawn back at the end: the part that the model it began from has in the mean of both (0 none), and then
    # how far that mean goes back to the student.
    start_share: float = 0.0
    drawn: float = 0.0
    # Languages of a published model whose words, spelt in pieces so far, get pieces of their own: how many pieces their Portuguese
    # translation may have at most; see extend.py.
    added: Mapping[str, int] = field(default_factory=dict)
    # Whether rare words with a capital, which no pair is written with, lose theirs, to make room for those.
    pruned: bool = False
    # Patterns of the corpora whose sources are put into Portuguese, for the student to teach from; see teacher.py. Renamed
    # copies ("news+names") are taught where a pattern names them.
    taught: tuple[str, ...] = ()
    # By how many ways: 1, or 2 for the other way through Apertium too, which gives the student a second opinion.
    ways: int = 1
    # Patterns of the corpora of which the student reads its own Portuguese of the English, too: it has none of Apertium's errors.
    round_trip: tuple[str, ...] = ()
    vocabulary: VocabularySettings = VocabularySettings()
    distil: DistilSettings = DistilSettings()
    train: TrainSettings = TrainSettings()

    @property
    def drawn_back(self) -> bool:
        """Whether the model to use is not the training's average itself."""
        return self.start_share > 0 or self.drawn > 0


_NAMES = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    bool: "true or false",
    tuple: 'a list of texts, ["…"]',
    Mapping: "a table",
}
# Settings that must be 1 at least, and parts of a whole, from 0 to 1; no other number may be below 0.
_COUNTS = {
    "distil.batch",
    "distil.steps",
    "train.average_half_life",
    "train.batch_tokens",
    "train.max_pieces",
    "train.score_tokens",
    "train.threads",
    "train.tokens",
    "vocabulary.english_words",
    "ways",
}
_SHARES = {"blend", "drawn", "start_share", "train.joined", "train.own_share", "train.teacher_share"}


def _value(value: Any, wanted: Any, where: str, problems: list[str]) -> Any:
    """A value of the file as the records have it; what is wrong with it is added to ``problems``."""
    kind = get_origin(wanted) or wanted
    if is_dataclass(wanted):
        kind = Mapping
    elif kind is Sequence:
        kind = tuple
    given = value
    if isinstance(value, list):
        value = tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    fits = isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
    if not fits or (kind is tuple and not all(isinstance(item, str) for item in value)):
        problems.append(f"{where}: {given!r} is not {_NAMES[kind]}")
    elif is_dataclass(wanted):
        return _section(wanted, value, f"{where}.", problems)  # type: ignore[arg-type]
    elif kind is Mapping:
        return {key: _value(item, get_args(wanted)[1], f"{where}.{key}", problems) for key, item in value.items()}
    elif kind in (int, float):
        least, most = int(where in _COUNTS), 1 if where in _SHARES else math.inf
        if not least <= value <= most or math.isinf(value):
            bounds = f"from {least} to {most}" if where in _SHARES else f"{least} or more"
            problems.append(f"{where}: {given!r} is not {bounds}")
    return value


def _section(kind: type, table: Mapping[str, Any], where: str, problems: list[str]) -> Any:
    known = {f.name: f for f in fields(kind)}
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key in known:
            values[key] = _value(value, hints[key], f"{where}{key}", problems)
        else:
            near = get_close_matches(key, known, 1)
            advice = f"did you mean {near[0]}?" if near else f"{Path(__file__).name} has all that there are"
            problems.append(f"{where}{key}: not a setting; {advice}")
    for name, spec in known.items():
        if name not in values and spec.default is MISSING and spec.default_factory is MISSING:
            problems.append(f"{where}{name}: missing")
    return None if problems else kind(**values)


def _impossible(table: Mapping[str, Any]) -> list[str]:
    """What is wrong with settings whatever their type."""
    problems = [f"{name}: is empty" for name in ("languages", "files") if table.get(name) == []]
    name, weights = table.get("name"), table.get("weights")
    if isinstance(name, str) and (not name or Path(name).name != name):
        problems.append(f"name: {name!r} is no name of a folder, which the model gets")
    if table.get("development") and not table.get("reference"):
        problems.append("reference: missing; it is the English file of the `development` set")
    if isinstance(weights, dict) and weights.get("*") == 0 and not any(weights.values()):
        problems.append("weights: 0 for every corpus, so there is nothing to train on")
    return problems


def read_recipe(path: Path) -> Recipe:
    """Read and check a model's TOML file.

    Raises:
        RecipeError: the file is missing, is no TOML, or has unknown, missing, ill-typed or impossible settings (all are listed).
    """
    try:
        table: dict[str, Any] = tomllib.loads(read_text(path))
    except OSError as error:
        raise RecipeError(f"{path}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: no TOML: {error}") from error
    problems = _impossible(table)
    recipe = _section(Recipe, table, "", problems)
    if problems:
        raise RecipeError("\n".join([f"{path}: {len(problems)} problem(s)", *(f"  {p}" for p in problems)]))
    assert isinstance(recipe, Recipe)
    return recipe
