"""Translate the pairs, score the English with sacreBLEU, count the names in it, and judge it by the floor."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from benchmarks.quality.floors import Floor
from benchmarks.quality.pairs import Pair
from models.training import corpus as training
from models.training.names import shared_names
from pipeline.clean.unicode import styled
from pipeline.models import Model
from pipeline.settings import Settings
from pipeline.translate import decoder_signature, load_engine
from pipeline.translate.given import request


@dataclass(frozen=True, slots=True)
class Score:
    """Corpus BLEU and chrF2, 0 to 100, with sacreBLEU's signatures; `made_by` names the model and how it decoded.

    `names` is the percentage of names that stand in the English as they do in the source.
    """

    bleu: float
    chrf: float
    names: float
    bleu_signature: str
    chrf_signature: str
    pairs: int
    made_by: str


def lost_names(names: Sequence[Collection[str]], english: Sequence[str]) -> list[str]:
    """The names of each sentence that its translation does not have, letter by letter."""
    return [
        name
        for some, text in zip(names, english, strict=True)
        for name in some
        if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    ]


def kept_names(pairs: Sequence[Pair], english: Sequence[str]) -> float:
    """The percentage of names that stand alike in source and reference and in the translation too; 100 where there are none."""
    names = [shared_names(training.Pair(pair.source, pair.english, "")) for pair in pairs]
    count = sum(map(len, names))
    return 100 * (1 - len(lost_names(names, english)) / count) if count else 100.0


def translate(sources: Sequence[str], model: Model, settings: Settings) -> list[str]:
    """The English of each source, in order: what the model says, before anything is repaired.

    A source is given to the model as a run gives it, in house style and with capitals folded, but whole: one pair is one
    segment. Raises ValueError on a source that is longer than the model's positions, ModelBroken on a model that does not
    load.
    """
    engine = load_engine(settings, model, threads=settings.jobs or os.cpu_count() or 1)
    return [hypothesis.text for hypothesis in engine.translate([request(styled(source)).given for source in sources])]


def score(pairs: Sequence[Pair], model: Model, settings: Settings) -> Score:
    """Score a model on the pairs of a language."""
    from sacrebleu.metrics import BLEU, CHRF

    english = translate([pair.source for pair in pairs], model, settings)
    references = [[pair.english for pair in pairs]]
    bleu, chrf = BLEU(), CHRF()
    return Score(
        round(bleu.corpus_score(english, references).score, 2),
        round(chrf.corpus_score(english, references).score, 2),
        round(kept_names(pairs, english), 1),
        str(bleu.get_signature()),
        str(chrf.get_signature()),
        len(pairs),
        f"{model.signature} {decoder_signature(settings)}",
    )


def shortfalls(reached: Score, floor: Floor) -> list[str]:
    """Which scores are below the floor, in words; empty when none is."""
    compared = (
        ("BLEU", reached.bleu, floor.bleu),
        ("chrF2", reached.chrf, floor.chrf),
        ("names", reached.names, floor.names),
    )
    return [f"{name} {now:.2f} is below the floor {least:.2f}" for name, now, least in compared if now < least]
