"""The untrained model of a recipe: lexicons, vocabulary, distilled self-attention, surgery, in this order."""

from __future__ import annotations

import tempfile
from pathlib import Path

import sentencepiece
from safetensors.torch import load_file, save_file
from torch import Tensor

from .batches import weight_of
from .checkpoint import read_checkpoint, write_checkpoint
from .config import Recipe, RecipeError
from .converted import read_conversion
from .corpus import Pair, find_files, language_of
from .distil import distil, fresh_attention
from .export import CHECKPOINT, INT8_FOLDER
from .extend import alike_pieces, extend, idle_pieces, shrink, spelt_words
from .languages import PIVOT
from .letters import elisions
from .lexicon import lexicon, with_relatives
from .prepare import read_all
from .student import Student
from .surgery import blend, build, graft
from .threads import Threads
from .trainer import ADDED
from .vocabulary import (
    NewPieces,
    choose_pieces,
    english_pieces,
    has_list,
    shared_words,
    word_frequencies,
    write_vocabulary,
)


def _new_pieces(recipe: Recipe, pairs: dict[str, list[Pair]], base: Path, run: Path) -> NewPieces:
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(base))
    known = frozenset(pieces.id_to_piece(i) for i in range(pieces.get_piece_size()))
    new = NewPieces()
    for language in recipe.languages:
        if language == PIVOT:
            continue
        frequencies = word_frequencies(language, pairs[language], recipe.vocabulary)
        meanings = lexicon(language, frequencies, run / f"lexicon.{language}.json")
        known_words = len(meanings)
        meanings = with_relatives(frequencies, meanings)
        added = choose_pieces(frequencies, meanings, known, shared_words(pairs[language]), recipe.vocabulary, new)
        print(
            f"{language}: {known_words} words with a Portuguese translation, {len(meanings) - known_words} with a "
            f"relative's, {added} new pieces",
            flush=True,
        )
    for piece, meaning in elisions(recipe.languages).items():
        if piece not in known:
            new.elided[piece] = None
            new.meanings[piece].append(meaning)
    return new


def _self_attention(
    recipe: Recipe, student: Student, portuguese: list[Pair], run: Path, start: dict[str, Tensor] | None = None
) -> dict[str, Tensor]:
    kept = run / "self-attention.safetensors"
    if kept.exists():
        loaded: dict[str, Tensor] = load_file(kept)
        return loaded
    if not portuguese:
        raise RecipeError(f"{recipe.name}: distilling needs some Portuguese–English pairs (pt-en); see `backtranslate`")
    weights, _ = distil(student, portuguese, recipe.distil, recipe.seed, start, Threads(recipe.train.threads))
    run.mkdir(parents=True, exist_ok=True)
    save_file({n: w.contiguous() for n, w in weights.items()}, kept)
    return weights


def create(
    recipe: Recipe, data: list[Path], run: Path, student: Student | None = None, base: Path | None = None
) -> Path:
    """Write the untrained model to ``run/start`` and return that folder; lexicons and attention are kept in ``run``.

    Args:
        base: a model that was made by this recipe before, whose network and embeddings are taken over.
    """
    student = student or Student("pten")
    files = find_files(data, recipe.files)
    by_language: dict[str, list[Pair]] = {language: [] for language in (*recipe.languages, PIVOT)}
    for path in files:
        by_language[language_of(path, recipe.languages)] += read_all([path], recipe)
    # First, for Apertium may not be there, and distilling takes some minutes.
    new = _new_pieces(recipe, by_language, student.vocabulary, run)
    attention = _self_attention(recipe, student, by_language[PIVOT], run)
    english = english_pieces(
        student.vocabulary, [p for pairs in by_language.values() for p in pairs], recipe.vocabulary
    )
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = Path(folder)
        bound = write_vocabulary(student.vocabulary, new, english, vocabulary)
        model = build(student, attention, vocabulary, new, bound, recipe.seed)
        if base is not None:
            model = graft(model, vocabulary, base)
        write_checkpoint(run / "start", model.weights, model.bias, model.shape, vocabulary, recipe.languages[0])
    return run / "start"


def _added_words(recipe: Recipe, data: list[Path], published: Path, run: Path) -> dict[str, list[int]]:
    words: dict[str, list[int]] = {}
    for language, most in recipe.added.items():
        files = [] if has_list(language) else find_files(data, recipe.files)
        pairs = read_all([path for path in files if language_of(path, recipe.languages) == language], recipe)
        frequencies = word_frequencies(language, pairs, recipe.vocabulary)
        meanings = lexicon(language, frequencies, run / f"lexicon.{language}.json")
        some = spelt_words(frequencies, meanings, published, most, recipe.vocabulary)
        print(f"{language}: {len(some.keys() - words.keys())} words get a piece of their own", flush=True)
        words = some | words
    return words


def take_up(recipe: Recipe, data: list[Path], published: Path, run: Path, student: Student | None = None) -> Path:
    """Write a published model to ``run/start`` to train it on, in its own vocabulary; returns that folder.

    Its float16 checkpoint is read, or where there is none its int8 conversion, which is a little rounded. Where the recipe
    asks for it, it is first drawn back to the student, its self-attention to what distilling that once more makes of it, and its
    vocabulary pruned and extended. Names that English writes alike lose their piece in any case.
    """
    conversion = published / INT8_FOLDER
    whole = (published / CHECKPOINT).exists()
    model = read_checkpoint(published) if whole else read_conversion(published, conversion)
    if recipe.blend:
        student = student or Student("pten")
        files = [path for path in find_files(data, recipe.files) if language_of(path, recipe.languages) == PIVOT]
        own = {name: model.weights[name] for name in fresh_attention(recipe.seed)}
        attention = _self_attention(recipe, student, read_all(files, recipe), run, own)
        model = blend(student, model, published, recipe.blend, attention)
    with tempfile.TemporaryDirectory() as shrunk, tempfile.TemporaryDirectory() as extended:
        without = alike_pieces(published)
        if recipe.pruned:
            pairs = read_all(find_files(data, recipe.files), recipe)
            sources = (pair.source for pair in pairs if weight_of(pair.corpus, recipe.weights) > 0)
            without += idle_pieces(sources, recipe.languages, published)
        print(f"{len(without)} names and rare words lose their piece", flush=True)
        model = shrink(model, published, without, Path(shrunk))
        words = _added_words(recipe, data, Path(shrunk), run)
        model = extend(model, Path(shrunk), words, Path(extended))
        write_checkpoint(run / "start", model.weights, model.bias, model.shape, Path(extended), recipe.languages[0])
    (run / "start" / ADDED).write_text(f"{len(words)}\n", encoding="utf-8")
    return run / "start"
