"""The default engine: CTranslate2, int8, no torch.

Batches of one length cost a few hundredths of the time with a thousand sentences, a third with two hundred, where few share
a length; it is worth it: padding changes the order of floating-point sums, and int8 rounding turns that into
other words (measured: 14 of 1,200 sentences differ between batch sizes with padding, none without).

Outputs are made of the target's pieces alone (`pipeline.models.shortlist`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.errors import ModelBroken
from pipeline.models import Model, shortlist
from pipeline.settings import ComputeType
from pipeline.translate import Decoding, Hypothesis
from pipeline.translate.marian import MarianEngine


class CTranslate2Engine(MarianEngine):
    """A MarianMT checkpoint in CTranslate2. `threads` batches are decoded side by side, each on one core."""

    def __init__(self, model: Model, beam: int = 4, compute_type: ComputeType = "int8", threads: int = 1) -> None:
        """Load the conversion. Raises ModelBroken."""
        import ctranslate2

        super().__init__(model, beam)
        try:
            files = {path.name: path.read_bytes() for path in model.converted.iterdir() if path.is_file()}
            # Conversions of earlier versions have no list.
            files.setdefault(shortlist.FILE, shortlist.content(self._tokenizer.sayable))
            self._translator: Any = ctranslate2.Translator(
                str(model.converted),
                files=files,
                device="cpu",
                compute_type=compute_type,
                inter_threads=threads,
                intra_threads=1,
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelBroken(f"{model.converted}: does not load in CTranslate2: {error}") from error

    def _decode(self, ids: list[list[int]], decoding: Decoding) -> Iterable[list[Hypothesis]]:
        length = len(ids[0])
        beam, limit = self._limits(length, decoding)
        results = self._translator.translate_batch(
            list(map(self._tokenizer.pieces, ids)),
            beam_size=beam,
            num_hypotheses=decoding.candidates,
            no_repeat_ngram_size=decoding.no_repeat,
            asynchronous=True,
            max_input_length=0,
            max_decoding_length=limit,
            return_scores=True,
            use_vmap=True,
        )
        return (self._hypotheses(pending.result(), length) for pending in results)

    def _hypotheses(self, result: Any, length: int) -> list[Hypothesis]:
        return [
            Hypothesis(self._tokenizer.join(target), round(float(score), 4), length - 1, len(target))
            for target, score in zip(result.hypotheses, result.scores, strict=True)
        ]
