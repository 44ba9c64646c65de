"""The settings of one model: a TOML file read into frozen records, every problem of the file reported at once."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, get_type_hints

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# Numbers that are 1 or more; 0 or more, whole or not; and parts of a whole.
Count = Annotated[int, Field(ge=1)]
Number = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Names = tuple[str, ...]
_STRICT = ConfigDict(strict=True, extra="forbid")

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


def read_json(path: Path) -> Any:
    """What a JSON file of a run or of a model holds.

    Raises:
        RecipeError: it is no JSON, as one that was cut short or edited.
    """
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise RecipeError(f"{path}: damaged: {error}. Delete it and run the command that makes it again") from error


def not_utf8(path: Path) -> str:
    """What is said of a file in another encoding."""
    return f"{path}: not in UTF-8; convert it, for example: iconv -f LATIN1 -t UTF-8"


def is_made(name: Path | str) -> bool:
    """Whether a file of parallel text is made by the recipe, not brought."""
    return Path(name).parent.name in (BACK, CROSS)


@dataclass(frozen=True, slots=True)
class VocabularySettings:
    """How many pieces of its own a language gets, and from which lexicons their embeddings start."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    pieces: Number = 24_000
    # Below these relative frequencies a word is left to the shared pieces: with a translation, and without one.
    min_frequency: Amount = 7e-7
    min_frequency_unknown: Amount = 2.5e-6
    min_corpus_count: Number = 6
    # The commonest English words, whose pieces may be produced.
    english_words: Count = 200_000


@dataclass(frozen=True, slots=True)
class DistilSettings:
    """Layer-wise distillation of the decoder's self-attention."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    steps: Count = 500
    batch: Count = 48
    learning_rate: Amount = 2e-3


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """The schedule is in target pieces, so that it is the same on a fast machine and over several sessions."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    tokens: Count = 60_000_000
    batch_tokens: Count = 4_500
    warmup_tokens: Number = 500_000
    peak: Amount = 4e-4
    final: Amount = 1e-5
    # Rate of the layers relative to the embedding's: the layers know their work, the new words do not.
    layers: Amount = 1.0
    # And that of words just added to a published vocabulary: each is met a few times only.
    added: Amount = 8.0
    clip: Amount = 1.0
    # Share of the pairs that are joined with a second one: a sentence model meets long sentences and line breaks so.
    joined: Share = 0.1
    max_pieces: Count = 120
    frequent_candidates: Number = 4_000
    random_candidates: Number = 1_500
    # Half of what the averaged weights hold comes from the last so many steps.
    average_half_life: Count = 700
    save_minutes: Amount = 10.0
    score_tokens: Count = 5_000_000
    # How much of what is to be learnt of a pair with a Portuguese side is its teachers' distribution; the rest is the reference.
    teacher_share: Share = 0.5
    # The power that the teachers' distribution is raised to: with 2, what they are surest of counts for more.
    teacher_sharpness: Amount = 1.0
    # How much of that is what the network itself would have written before this training; the rest is the student's. A pair
    # without a Portuguese side has this part too.
    own_share: Share = 0.0
    threads: Count = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a model becomes, but for the data themselves."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: Annotated[str, Field(pattern=r"^[^/\\]+$")]
    languages: Annotated[Names, Field(min_length=1)]
    files: Annotated[Names, Field(min_length=1)]
    seed: int = 20261122
    development: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    weights: Mapping[str, Amount] = field(default_factory=dict)
    # Renamed copies (see names.py) made of every pair with names of the corpora that fit a pattern; they form the corpus NAME+names.
    names: Mapping[str, Number] = field(default_factory=dict)
    # In how many lines of several words each word of a dictionary stands; they form the corpus NAME+lists.
    lists: Mapping[str, Number] = field(default_factory=dict)
    # How many English sentences of a corpus are translated back, see backtranslate.py; and text files, a sentence a line, of
    # English alone, whose corpus is the file's name without ".txt".
    back: Mapping[str, Number] = field(default_factory=dict)
    english: Names = ()
    # For a language, from which others Apertium makes pairs of it; they form cross/OTHER.LANGUAGE-en.tsv. See cross.py.
    cross: Mapping[str, Names] = field(default_factory=dict)
    # Patterns of the corpora that this is done to.
    crossed: Names = ("*",)
    # How far a published model that is trained on is first drawn back to the student: 0 not at all; see surgery.py.
    blend: Share = 0.0
    # What was trained is drawn back at the end: the part that the model it began from has in the mean of both (0 none), and then
    # how far that mean goes back to the student.
    start_share: Share = 0.0
    drawn: Share = 0.0
    # Languages of a published model whose words, spelt in pieces so far, get pieces of their own: how many pieces their Portuguese
    # translation may have at most; see extend.py.
    added: Mapping[str, Number] = field(default_factory=dict)
    # Whether rare words with a capital, which no pair is written with, lose theirs, to make room for those.
    pruned: bool = False
    # Patterns of the corpora whose sources are put into Portuguese, for the student to teach from; see teacher.py. Renamed
    # copies ("news+names") are taught where a pattern names them.
    taught: Names = ()
    # By how many ways: 1, or 2 for the other way through Apertium too, which gives the student a second opinion.
    ways: Count = 1
    # Patterns of the corpora of which the student reads its own Portuguese of the English, too: it has none of Apertium's errors.
    round_trip: Names = ()
    vocabulary: VocabularySettings = VocabularySettings()
    distil: DistilSettings = DistilSettings()
    train: TrainSettings = TrainSettings()

    @property
    def drawn_back(self) -> bool:
        """Whether the model to use is not the training's average itself."""
        return self.start_share > 0 or self.drawn > 0


def _problem(error: ErrorDetails) -> str:
    """One problem that pydantic found: where, what stands there, and what is wrong with it."""
    *sections, key = error["loc"]
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{where}: missing"
    if error["type"] == "unexpected_keyword_argument":
        kind = get_type_hints(Recipe)[str(sections[0])] if sections else Recipe
        near = get_close_matches(str(key), [known.name for known in fields(kind)], 1)
        return f"{where}: not a setting; " + (
            f"did you mean {near[0]}?" if near else f"{Path(__file__).name} has all that there are"
        )
    return f"{where} = {error['input']!r}: {error['msg'][0].lower()}{error['msg'][1:]}"


def _impossible(table: Mapping[str, Any]) -> list[str]:
    """What is wrong with settings that each are well by themselves."""
    problems, weights = [], table.get("weights")
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
    problems, recipe = _impossible(table), None
    try:
        # As JSON: there a list may stand for a tuple, however strict the types are.
        recipe = TypeAdapter(Recipe).validate_json(json.dumps(table, default=str))
    except ValidationError as error:
        problems += map(_problem, error.errors(include_url=False))
    if recipe is None or problems:
        raise RecipeError("\n".join([f"{path}: {len(problems)} problem(s)", *(f"  {p}" for p in problems)]))
    return recipe
