"""Translation: the engine protocol and what every engine gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Protocol

from pipeline.errors import MissingExtra
from pipeline.models import Model
from pipeline.records import Attempt, Pivot
from pipeline.settings import Settings

# To be raised when the same model and beam would give other words, or these would stand otherwise in a text (`joins`,
# `unread`, `pipeline.figures`). 2: outputs are made of the target's pieces alone. 3: what a model cannot read is spelt out or left
# out, and put back; parts of a sentence are joined as one.
DECODING: Final = 3


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The best translation that a model found for one segment.

    `score` is the mean log-probability of a target token, the end token included; counts are SentencePiece pieces
    without the end token. `attempts` are all that the repair ladder made where the first hypothesis was not enough; then
    `text` and `score` are those of the attempt that was chosen. `pivot` is what lay between two models, see
    `pipeline.translate.pivot`; `unread` the characters of the source that the model has no piece for, in runs, see
    `pipeline.translate.unread`.
    """

    text: str
    score: float
    source_tokens: int
    target_tokens: int
    attempts: tuple[Attempt, ...] = ()
    pivot: Pivot | None = None
    unread: tuple[str, ...] = ()

    @property
    def fault(self) -> str | None:
        """The code of the fault that it has after all attempts; None where the ladder found none."""
        return next((attempt.fault for attempt in self.attempts if attempt.hypothesis == self.text), None)


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a retry decodes, where that is not how the engine was told to.

    `beam` is the least beam width, `no_repeat` the length of n-grams that may not come twice in an output (0: all may), and
    `candidates` the number of hypotheses to give for each segment, at most the beam width.
    """

    beam: int = 1
    no_repeat: int = 0
    candidates: int = 1


PLAIN: Final = Decoding()


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

    def candidates(self, segments: Sequence[str], decoding: Decoding) -> list[list[Hypothesis]]:
        """The hypotheses of each segment, best first, decoded in another way; otherwise like `translate`."""
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
    """What would change a translation besides the model: engine, version, arithmetic, beam width, decoding, repair ladder;
    nothing is loaded. Raises MissingExtra."""
    from pipeline.translate.repair import ladder

    search = f"beam:{settings.beam}/decoding:{DECODING}/ladder:{ladder()}"
    if settings.engine == "transformers":
        try:
            torch = version("torch")
        except PackageNotFoundError as error:
            raise MissingExtra("--engine transformers", "torch") from error
        return f"transformers-{version('transformers')}/torch-{torch}/float32/{search}"
    return f"ctranslate2-{version('ctranslate2')}/{settings.compute_type}/{search}"
