"""What both engines have in common: a MarianMT checkpoint's tokeniser, its limits, and batches of one length.

Segments of one batch have the same number of tokens. Then nothing is padded, and a segment's output does not depend on what
stands beside it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline.models import Model
from pipeline.translate import PLAIN, Decoding, Hypothesis
from pipeline.translate.tokenizer import Tokenizer
from pipeline.translate.unread import Unread

# Source tokens in a batch: enough to fill the vector units, few enough for the cache (benchmarks/translation.py).
BATCH_TOKENS: Final = 1024
# A translation longer than this many times its source is a loop; decoding stops there, and the checks see it.
MAX_LENGTH_RATIO: Final = 3
MIN_DECODING_LENGTH: Final = 32


class MarianEngine(ABC):
    """An engine but for one thing: how a batch is decoded."""

    def __init__(self, model: Model, beam: int) -> None:
        """Load the tokeniser. Raises ModelBroken."""
        model.check()
        self._tokenizer = Tokenizer(model)
        self._beam = beam

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
        read = [self._tokenizer.read(segment) for segment in segments]
        ids = [pieces for pieces, _ in read]
        if too_long := [len(i) for i in ids if len(i) > self.max_length]:
            raise ValueError(f"a segment of {max(too_long)} tokens is longer than the model's {self.max_length}")
        # All batches are begun before the first is waited for.
        begun = [(batch, self._decode([ids[i] for i in batch], decoding)) for batch in _batches(list(map(len, ids)))]
        hypotheses: dict[int, list[Hypothesis]] = {}
        for batch, found in begun:
            hypotheses.update(zip(batch, found, strict=True))
        return [_complete(hypotheses[index], unread) for index, (_, unread) in enumerate(read)]

    @abstractmethod
    def _decode(self, ids: list[list[int]], decoding: Decoding) -> Iterable[list[Hypothesis]]:
        """Begin to decode segments of one length; gives the hypotheses of each, in order, when they are asked for."""

    def _limits(self, length: int, decoding: Decoding) -> tuple[int, int]:
        """The beam width, and the number of tokens at which decoding a source of `length` stops."""
        return max(self._beam, decoding.beam), min(self.max_length, MAX_LENGTH_RATIO * length + MIN_DECODING_LENGTH)


def _complete(hypotheses: list[Hypothesis], unread: Unread | None) -> list[Hypothesis]:
    """The hypotheses of a segment with what the model could not read of it: known, and put back where that is certain."""
    if unread is None:
        return hypotheses
    return [replace(one, text=unread.restored(one.text), unread=unread.runs) for one in hypotheses]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The indices of segments in batches of one length, the longest first: the last batch to end is a short one."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for index, length in enumerate(lengths):
        by_length[length].append(index)
    for length in sorted(by_length, reverse=True):
        indices, size = by_length[length], max(1, BATCH_TOKENS // length)
        yield from (indices[at : at + size] for at in range(0, len(indices), size))
