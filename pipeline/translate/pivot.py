"""Two models in a row: into a language between, and from there into English. Only where a person asked for it.

To all that uses an engine the two are one: the repair ladder tries both again and judges the English against the source,
as do the checks. What lies between is kept with each hypothesis, for whoever has to judge it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.clean.unicode import tidy
from pipeline.models import Model, Way
from pipeline.records import Pivot
from pipeline.translate import PLAIN, Decoding, Engine, Hypothesis


class PivotEngine:
    """Two engines as one. `over` is the language between them (ISO 639-1)."""

    def __init__(self, first: Engine, second: Engine, over: str) -> None:
        self._first = first
        self._second = second
        self._over = over

    @property
    def max_length(self) -> int:
        """The number of tokens that the first model has positions for."""
        return self._first.max_length

    def length(self, segment: str) -> int:
        """The number of source tokens of a segment for the first model, the end token included."""
        return self._first.length(segment)

    def translate(self, segments: Sequence[str]) -> list[Hypothesis]:
        """Translate each segment; raises ValueError on one longer than the first model's positions."""
        return [found[0] for found in self.candidates(segments, PLAIN)]

    def candidates(self, segments: Sequence[str], decoding: Decoding) -> list[list[Hypothesis]]:
        """The hypotheses of each segment, likeliest first: of each that the first model gives, the best of the second."""
        between = self._first.candidates(segments, decoding)
        texts = {one.text: tidy(one.text) for found in between for one in found}
        readable = sorted({text for text in texts.values() if self._reads(text)})
        once = replace(decoding, candidates=1)
        english = {
            text: found[0] for text, found in zip(readable, self._second.candidates(readable, once), strict=True)
        }
        both = [
            [self._joined(one, texts[one.text], english.get(texts[one.text])) for one in found] for found in between
        ]
        return [sorted(found, key=lambda one: -one.score) for found in both]

    def _reads(self, text: str) -> bool:
        """Whether the second model can be given a text: it invents something for one without letters, and cuts none."""
        return any(map(str.isalpha, text)) and self._second.length(text) <= self._second.max_length

    def _joined(self, first: Hypothesis, text: str, second: Hypothesis | None) -> Hypothesis:
        """The hypothesis of both; without words where the second model could not read what the first one gave."""
        pivot = Pivot(self._over, text, first.score, first.target_tokens)
        if second is None:
            return Hypothesis("", first.score, first.source_tokens, 0, pivot=pivot, unread=first.unread)
        # The logarithm of the product: a token that both models are sure of.
        score = round(first.score + second.score, 4)
        unread = tuple(dict.fromkeys((*first.unread, *second.unread)))
        return Hypothesis(second.text, score, first.source_tokens, second.target_tokens, pivot=pivot, unread=unread)


def engine_of(way: Way, load: Callable[[Model], Engine]) -> Engine:
    """The engine that translates along a way; `load` gives that of one model."""
    engines = [load(model) for model in way.models]
    return engines[0] if way.over is None else PivotEngine(engines[0], engines[1], way.over)


def joined(parts: tuple[Pivot | None, Pivot | None]) -> Pivot | None:
    """What lay between the models for a segment that was translated in two parts; of one that was copied, nothing did."""
    left, right = parts
    if left is None or right is None:
        return left or right
    tokens = left.tokens + right.tokens
    score = (left.score * left.tokens + right.score * right.tokens) / max(1, tokens)
    return Pivot(left.language, f"{left.hypothesis} {right.hypothesis}".strip(), round(score, 4), tokens)
