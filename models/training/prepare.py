"""From a folder of parallel text to the tokenised corpus in the run's cache."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from .backtranslate import with_round_trip
from .batches import weight_of
from .checkpoint import read_checkpoint
from .config import Recipe, RecipeError, is_made
from .corpus import Pair, find_files, language_of, read_pairs
from .dictionary import word_lists
from .names import renamed
from .pieces import TokenisedCorpus, Vocabulary, tokenise
from .pivot import with_pivots

_LAYOUT = "a line is source TAB English, and in a third column, if you like, the name of its corpus"


def _reasons(dropped: Counter[tuple[str, str]]) -> str:
    """Why lines were dropped, the commonest reason first."""
    counts: Counter[str] = Counter()
    for (_, reason), count in dropped.items():
        counts[reason] += count
    listed = ", ".join(f"{reason}: {count}" for reason, count in counts.most_common())
    return f" among its {counts.total()} lines ({listed})" if counts else ", it is empty"


def read_all(files: list[Path], recipe: Recipe) -> list[Pair]:
    """All good pairs of the files, with a printed account of what was dropped and why.

    Raises:
        RecipeError: a file that was brought has none.
    """
    pairs: list[Pair] = []
    for path in files:
        language = language_of(path, recipe.languages)
        found, dropped = read_pairs([path], language)
        print(f"{path}: {len(found)} pairs kept, {sum(dropped.values())} dropped", flush=True)
        for (corpus, reason), count in dropped.most_common(8):
            print(f"  {corpus}: {count} {reason}", flush=True)
        if not found and not is_made(path):
            raise RecipeError(f"{path}: no usable pair{_reasons(dropped)}; {_LAYOUT}")
        if language != recipe.languages[0]:
            found = [replace(pair, corpus=f"{language}:{pair.corpus}") for pair in found]
        pairs += found
    return pairs


def _fits(corpus: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(corpus, pattern) for pattern in patterns)


def _renamed(pairs: list[Pair], name: str, copies: int, recipe: Recipe) -> list[Pair]:
    """Renamed copies of a corpus; the Portuguese of those that are not to be taught is dropped."""
    made = renamed([p for p in pairs if fnmatchcase(p.corpus, name)], copies, recipe.seed)
    return [pair if _fits(pair.corpus, recipe.taught) else replace(pair, pivots=()) for pair in made]


def _taught(pairs: list[Pair], recipe: Recipe, run: Path) -> list[Pair]:
    """The pairs, with a Portuguese side where the recipe wants the student to teach."""
    sources: dict[str, list[Pair]] = {}
    rest: list[Pair] = []
    for pair in pairs:
        language = pair.corpus.partition(":")[0] if ":" in pair.corpus else recipe.languages[0]
        wanted = _fits(pair.corpus, recipe.taught) and weight_of(pair.corpus, recipe.weights) > 0
        into = sources.setdefault(language, []) if wanted else rest
        into.append(pair)
    return rest + [pair for language, some in sources.items() for pair in with_pivots(some, language, run, recipe.ways)]


def _round_tripped(pairs: list[Pair], recipe: Recipe, run: Path) -> list[Pair]:
    """The pairs, with the student's Portuguese of their English where the recipe wants that."""
    wanted = [_fits(pair.corpus, recipe.round_trip) and weight_of(pair.corpus, recipe.weights) > 0 for pair in pairs]
    rest = [pair for pair, is_wanted in zip(pairs, wanted, strict=True) if not is_wanted]
    return rest + with_round_trip([pair for pair, is_wanted in zip(pairs, wanted, strict=True) if is_wanted], run)


def tokenised(recipe: Recipe, start: Path, data: list[Path], run: Path) -> TokenisedCorpus:
    """The corpus of a recipe in the vocabulary of ``start``, read from the cache or made and cached."""
    vocabulary = Vocabulary(start)
    files = find_files(data, recipe.files)
    digest = hashlib.sha256(
        f"{vocabulary.fingerprint()}|{sorted(recipe.names.items())}|{sorted(recipe.lists.items())}|{recipe.taught}|{recipe.ways}|"
        f"{recipe.round_trip}|"
        f"{[name for name, weight in recipe.weights.items() if not weight]}".encode()
    )
    for path in files:
        digest.update(f"{path.name}|{path.stat().st_size}|{path.stat().st_mtime_ns}".encode())
    cache = run / f"corpus-{digest.hexdigest()[:12]}.npz"
    if cache.exists():
        return TokenisedCorpus.load(cache)
    pairs = _round_tripped(_taught(read_all(files, recipe), recipe, run), recipe, run)
    for name, copies in recipe.names.items():
        made = _renamed(pairs, name, copies, recipe)
        print(f"{name}+names: {len(made)} pairs with other names", flush=True)
        pairs += made
    for name, copies in recipe.lists.items():
        pairs += word_lists([p for p in pairs if fnmatchcase(p.corpus, name)], copies, recipe.seed)
    pairs = [p for p in pairs if weight_of(p.corpus, recipe.weights) > 0]
    corpus, unusable = tokenise(pairs, vocabulary, read_checkpoint(start).english, recipe.train.max_pieces)
    print(
        f"{len(corpus)} pairs tokenised, {unusable} too long or not writable with the model's pieces",
        flush=True,
    )
    if not len(corpus):
        raise RecipeError(f"{recipe.name}: no pair is left to train on; see what was dropped, and its [weights]")
    run.mkdir(parents=True, exist_ok=True)
    corpus.save(cache)
    return corpus
