"""The reference engine: Transformers on torch, float32. Slower; the parity test holds the default engine against it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.errors import MissingExtra, ModelBroken
from pipeline.models import Model
from pipeline.translate import Decoding, Hypothesis
from pipeline.translate.marian import MarianEngine


class TransformersEngine(MarianEngine):
    """A MarianMT checkpoint in Transformers' `generate`, in float32."""

    def __init__(self, model: Model, beam: int = 4, threads: int = 1) -> None:
        """Load the checkpoint. Raises MissingExtra without torch, ModelBroken where it does not load."""
        try:
            import torch
        except ImportError as error:
            raise MissingExtra("--engine transformers", "torch") from error
        super().__init__(model, beam)
        from safetensors import SafetensorError
        from transformers import MarianMTModel
        from transformers.utils import logging

        logging.disable_progress_bar()
        torch.set_num_threads(threads)
        self._torch: Any = torch
        try:
            loaded: Any = MarianMTModel.from_pretrained(str(model.path), local_files_only=True, dtype=torch.float32)
        except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
            raise ModelBroken(f"{model.path}: its weights do not load: {error}") from error
        self._model = loaded.eval()
        # Every call says how many pieces it may make; a length in the checkpoint beside that is a warning a batch.
        self._model.generation_config.max_length = None
        # What no output is made of is not weighed, as in the default engine: the rest shares its probability.
        self._model.final_logits_bias[:, self._tokenizer.unsayable()] = float("-inf")

    def _decode(self, ids: list[list[int]], decoding: Decoding) -> Iterable[list[Hypothesis]]:
        torch, length = self._torch, len(ids[0])
        beam, limit = self._limits(length, decoding)
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
