"""The reference engine: Transformers on torch, float32. Slower; the parity test holds the default engine against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from pipeline.errors import MissingExtra, ModelBroken
from pipeline.models import Model
from pipeline.translate import PLAIN, Decoding, Hypothesis
from pipeline.translate.ctranslate2_engine import MAX_LENGTH_RATIO, MIN_DECODING_LENGTH
from pipeline.translate.tokenizer import Tokenizer

BATCH_TOKENS: Final = 1024


class TransformersEngine:
    """A MarianMT checkpoint in Transformers' `generate`, in float32."""

    def __init__(self, model: Model, beam: int = 4, threads: int = 1) -> None:
        """Load the checkpoint. Raises MissingExtra without torch, ModelBroken where it does not load."""
        try:
            import torch
        except ImportError as error:
            raise MissingExtra("--engine transformers", "torch") from error
        from transformers import MarianMTModel
        from transformers.utils import logging

        model.check()
        logging.disable_progress_bar()
        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._tokenizer = Tokenizer(model)
        self._beam = beam
        try:
            loaded: Any = MarianMTModel.from_pretrained(str(model.path), local_files_only=True, dtype=torch.float32)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelBroken(f"{model.path}: its weights do not load: {error}") from error
        self._model = loaded.eval()

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
        ids = [self._tokenizer.encode(segment) for segment in segments]
        if too_long := [len(i) for i in ids if len(i) > self._tokenizer.max_length]:
            raise ValueError(
                f"a segment of {max(too_long)} tokens is longer than the model's {self._tokenizer.max_length}"
            )
        by_length: dict[int, list[int]] = defaultdict(list)
        for index, source in enumerate(ids):
            by_length[len(source)].append(index)
        hypotheses: dict[int, list[Hypothesis]] = {}
        for length, indices in by_length.items():
            size = max(1, BATCH_TOKENS // length)
            for at in range(0, len(indices), size):
                batch = indices[at : at + size]
                hypotheses.update(zip(batch, self._batch([ids[i] for i in batch], decoding), strict=True))
        return [hypotheses[index] for index in range(len(segments))]

    def _batch(self, ids: list[list[int]], decoding: Decoding) -> list[list[Hypothesis]]:
        """Decode segments of one length."""
        beam = max(self._beam, decoding.beam)
        torch, length = self._torch, len(ids[0])
        limit = min(self._tokenizer.max_length, MAX_LENGTH_RATIO * length + MIN_DECODING_LENGTH)
        with torch.inference_mode():
            output = self._model.generate(
                input_ids=torch.tensor(ids),
                attention_mask=torch.ones((len(ids), length), dtype=torch.long),
                num_beams=beam,
                num_return_sequences=decoding.candidates,
                no_repeat_ngram_size=decoding.no_repeat,
                do_sample=False,
                max_new_tokens=limit,
                length_penalty=1.0,
                early_stopping=self._beam > 1,
                output_scores=True,
                return_dict_in_generate=True,
            )
            scores = self._scores(output, beam)
        special = {self._model.config.pad_token_id, self._model.config.eos_token_id}
        hypotheses = []
        for sequence, score in zip(output.sequences.tolist(), scores, strict=True):
            target = [token for token in sequence if token not in special]
            hypotheses.append(Hypothesis(self._tokenizer.decode(target), round(score, 4), length - 1, len(target)))
        each = decoding.candidates
        return [hypotheses[at : at + each] for at in range(0, len(hypotheses), each)]

    def _scores(self, output: Any, beam: int) -> list[float]:
        """The mean log-probability of the tokens of each hypothesis, end token included."""
        if beam > 1:
            return [float(score) for score in output.sequences_scores]
        gains = self._model.compute_transition_scores(output.sequences, output.scores, normalize_logits=True)
        counted = output.sequences[:, 1:] != self._model.config.pad_token_id  # what follows the end is padding
        means = gains.where(counted, 0).sum(1) / counted.sum(1).clamp(min=1)
        return [float(mean) for mean in means]
