"""The default engine: CTranslate2, int8, no torch.

Segments of one batch have the same number of tokens. Then nothing is padded, and a segment's output does not depend on what
stands beside it. That costs a few hundredths of the time with a thousand sentences, a third with two hundred, where few share
a length; it is worth it: padding changes the order of floating-point sums, and int8 rounding turns that into
other words (measured: 14 of 1,200 sentences differ between batch sizes with padding, none without).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from pipeline.errors import ModelBroken
from pipeline.models import Model
from pipeline.settings import ComputeType
from pipeline.translate import PLAIN, Decoding, Hypothesis
from pipeline.translate.tokenizer import Tokenizer

# Source tokens in a batch: enough to fill the vector units, few enough for the cache (benchmarks/translation.py).
BATCH_TOKENS: Final = 1024
# A translation longer than this many times its source is a loop; decoding stops there, and the checks see it.
MAX_LENGTH_RATIO: Final = 3
MIN_DECODING_LENGTH: Final = 32


class CTranslate2Engine:
    """A MarianMT checkpoint in CTranslate2. `threads` batches are decoded side by side, each on one core."""

    def __init__(self, model: Model, beam: int = 4, compute_type: ComputeType = "int8", threads: int = 1) -> None:
        """Load the conversion. Raises ModelBroken."""
        import ctranslate2

        model.check()
        self._tokenizer = Tokenizer(model)
        self._beam = beam
        try:
            self._translator: Any = ctranslate2.Translator(
                str(model.converted),
                device="cpu",
                compute_type=compute_type,
                inter_threads=threads,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelBroken(f"{model.converted}: does not load in CTranslate2: {error}") from error

    @property
    def max_length(self) -> int:
        """The number of tokens that the model has positions for."""
        return self._tokenizer.max_length

    def length(self, segment: str) -> int:
        """The number of source tokens, the end token included."""
        return len(self._tokenizer.encode(segment))

    def translate(self, segments: Sequence[str]) -> list[Hypothesis]:
        """Translate each segment; raises ValueError on one longer than the model's positions."""
        return [found[0] for found in self.candidates(segments, PLAIN)]

    def candidates(self, segments: Sequence[str], decoding: Decoding) -> list[list[Hypothesis]]:
        """The hypotheses of each segment, best first; raises ValueError on one longer than the model's positions."""
        pieces = [self._tokenizer.pieces(self._tokenizer.encode(segment)) for segment in segments]
        if too_long := [len(p) for p in pieces if len(p) > self._tokenizer.max_length]:
            raise ValueError(
                f"a segment of {max(too_long)} tokens is longer than the model's {self._tokenizer.max_length}"
            )
        by_length: dict[int, list[int]] = defaultdict(list)
        for index, source in enumerate(pieces):
            by_length[len(source)].append(index)
        waiting: list[tuple[int, Any]] = []
        for length in sorted(by_length, reverse=True):  # the longest first: the last batch to end is a short one
            indices = by_length[length]
            size = max(1, BATCH_TOKENS // length)
            for at in range(0, len(indices), size):
                batch = indices[at : at + size]
                results = self._translator.translate_batch(
                    [pieces[i] for i in batch],
                    beam_size=max(self._beam, decoding.beam),
                    num_hypotheses=decoding.candidates,
                    no_repeat_ngram_size=decoding.no_repeat,
                    asynchronous=True,
                    max_input_length=0,
                    max_decoding_length=min(
                        self._tokenizer.max_length, MAX_LENGTH_RATIO * length + MIN_DECODING_LENGTH
                    ),
                    return_scores=True,
                )
                waiting += zip(batch, results, strict=True)
        hypotheses: dict[int, list[Hypothesis]] = {}
        for index, pending in waiting:
            result = pending.result()
            hypotheses[index] = [
                Hypothesis(self._tokenizer.join(target), round(float(score), 4), len(pieces[index]) - 1, len(target))
                for target, score in zip(result.hypotheses, result.scores, strict=True)
            ]
        return [hypotheses[index] for index in range(len(segments))]
