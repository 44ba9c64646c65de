"""Translate the pairs, score the English with sacreBLEU, and judge it by the floor."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.quality.floors import Floor
from benchmarks.quality.pairs import Pair
from pipeline.clean.unicode import styled
from pipeline.models import Model
from pipeline.settings import Settings
from pipeline.translate import decoder_signature, load_engine
from pipeline.translate.plan import request


@dataclass(frozen=True, slots=True)
class Score:
    """Corpus BLEU and chrF2, 0 to 100, with sacreBLEU's signatures; `made_by` names the model and how it decoded."""

    bleu: float
    chrf: float
    bleu_signature: str
    chrf_signature: str
    pairs: int
    made_by: str


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
        str(bleu.get_signature()),
        str(chrf.get_signature()),
        len(pairs),
        f"{model.signature} {decoder_signature(settings)}",
    )


def shortfalls(reached: Score, floor: Floor) -> list[str]:
    """Which scores are below the floor, in words; empty when none is."""
    compared = (("BLEU", reached.bleu, floor.bleu), ("chrF2", reached.chrf, floor.chrf))
    return [f"{name} {now:.2f} is below the floor {least:.2f}" for name, now, least in compared if now < least]
