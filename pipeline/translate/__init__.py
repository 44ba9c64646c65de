"""Translation: the engine protocol and what every engine gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Protocol

from pipeline.models import Model
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The best translation that a model found for one segment.

    `score` is the mean log-probability of a target token, the end token included; counts are SentencePiece pieces
    without the end token.
    """

    text: str
    score: float
    source_tokens: int
    target_tokens: int


class Engine(Protocol):
    """Something that runs a MarianMT checkpoint. The same input gives the same output, whatever stands beside it."""

    @property
    def max_length(self) -> int:
        """The number of tokens that the model has positions for; no longer segment is given to it."""
        ...

    def length(self, segment: str) -> int:
        """The number of source tokens of a segment, the end token included."""
        ...

    def translate(self, segments: Sequence[str]) -> list[Hypothesis]:
        """Translate each segment: one hypothesis a segment, in order. No segment is cut. Raises ValueError on a segment
        longer than the model's positions."""
        ...


def load_engine(settings: Settings, model: Model, threads: int) -> Engine:
    """The engine that the settings name, with a model loaded. Raises ModelBroken, or MissingExtra."""
    if settings.engine == "transformers":
        from pipeline.translate.transformers_engine import TransformersEngine

        return TransformersEngine(model, settings.beam, threads)
    from pipeline.translate.ctranslate2_engine import CTranslate2Engine

    return CTranslate2Engine(model, settings.beam, settings.compute_type, threads)


@cache
def decoder_signature(settings: Settings) -> str:
    """What would change a translation besides the model: engine, version, arithmetic, beam width; nothing is loaded."""
    if settings.engine == "transformers":
        return f"transformers-{version('transformers')}/torch-{version('torch')}/float32/beam:{settings.beam}"
    return f"ctranslate2-{version('ctranslate2')}/{settings.compute_type}/beam:{settings.beam}"
