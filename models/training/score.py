"""Scoring on a development set: CTranslate2 int8, as the model will be used, and sacreBLEU with its signature."""

from __future__ import annotations

import shutil
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .config import Recipe, RecipeError, read_text
from .corpus import find_file, plain
from .pieces import Vocabulary

BEAM = 4


@dataclass(frozen=True, slots=True)
class Score:
    """BLEU and chrF (0–100) with what produced them, and the speed on this machine."""

    bleu: float
    chrf: float
    bleu_signature: str
    chrf_signature: str
    pieces_per_second: int


def convert(model: Path, out: Path) -> Path:
    """Convert a model folder to CTranslate2 with int8 weights, as `monoglot models` does."""
    from pipeline.models.convert import write_int8

    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with warnings.catch_warnings():
        # transformers recommends sacremoses, which it would only use to normalise punctuation.
        warnings.simplefilter("ignore", UserWarning)
        write_int8(model, out)
    return out


def translate(converted: Path, vocabulary: Path, sentences: list[str], threads: int = 2) -> tuple[list[str], float]:
    """Translate with beam search; returns the texts and the target pieces a second."""
    import ctranslate2

    pieces = Vocabulary(vocabulary)
    translator = ctranslate2.Translator(str(converted), device="cpu", compute_type="int8", intra_threads=threads)
    rows = [[*pieces.source.encode(plain(s), out_type=str), "</s>"] for s in sentences]
    started = time.monotonic()
    results = translator.translate_batch(
        rows,
        beam_size=BEAM,
        max_batch_size=1024,
        batch_type="tokens",
        max_input_length=0,
        max_decoding_length=300,
        use_vmap=True,
    )
    seconds = time.monotonic() - started
    produced = [r.hypotheses[0] for r in results]
    texts = [pieces.text(p) for p in produced]
    return texts, sum(map(len, produced)) / seconds


def read_side(path: Path) -> list[str]:
    """The lines of one side of a development set."""
    return read_text(path).splitlines()


def development_sets(recipe: Recipe, folders: Sequence[Path]) -> dict[str, tuple[Path, Path]]:
    """The source and the reference of each language's development set.

    Raises:
        RecipeError: a file is not there, or twice, or is empty, or the two have not as many lines.
    """
    sets: dict[str, tuple[Path, Path]] = {}
    for language, name in recipe.development.items():
        source, reference = find_file(folders, name), find_file(folders, recipe.reference)
        lines, wanted = len(read_side(source)), len(read_side(reference))
        if not lines or lines != wanted:
            raise RecipeError(
                f"{source} has {lines} lines, {reference} has {wanted}: they must have as many, line by line"
            )
        sets[language] = source, reference
    return sets


def measure(texts: Sequence[str], references: Sequence[str], speed: float = 0) -> Score:
    """BLEU and chrF of translations, line by line against one reference."""
    import sacrebleu

    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF()
    bleu_score, chrf_score = bleu.corpus_score(texts, [references]), chrf.corpus_score(texts, [references])
    return Score(
        round(bleu_score.score, 2),
        round(chrf_score.score, 2),
        str(bleu.get_signature()),
        str(chrf.get_signature()),
        round(speed),
    )


def score(converted: Path, vocabulary: Path, source: Path, reference: Path, hypotheses: Path | None = None) -> Score:
    """Translate ``source`` and compare with ``reference``, line by line; ``hypotheses`` keeps the translations."""
    references = read_side(reference)
    texts, speed = translate(converted, vocabulary, read_side(source))
    if len(texts) != len(references):
        raise RecipeError(f"{source} has {len(texts)} lines, {reference} has {len(references)}")
    if hypotheses is not None:
        hypotheses.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return measure(texts, references, speed)
