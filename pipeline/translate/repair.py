"""The repair ladder: what is tried again, in which ways, where a hypothesis shows damage that needs no reference to see.

A hypothesis that has a fault (`pipeline.check.fault`) is made again: with capitals folded, in two parts, with a wider beam
of which the first candidate without a fault is taken, with repeated n-grams blocked, and last with one wrong figure set
right. Each rung sees only what the rungs
before it have not mended, in batches; what it makes of a segment depends on that segment alone. Where no rung gives one
without a fault, the least damaged stays and the checks flag it, or the source stays (`pipeline.provenance`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.check import CHECKS_VERSION, Fault, fault, with_figure
from pipeline.records import Attempt
from pipeline.segment import AFTER_COLON, AFTER_COMMA
from pipeline.translate import Decoding, Engine, Hypothesis
from pipeline.translate.pivot import joined

# Names the rungs and the checks that judge them: both decide which hypothesis stands.
LADDER: Final = f"2.{CHECKS_VERSION}"
# docs/checks.md has the gains: 8 candidates mend most of what 32 do; a wider beam alone mends little.
WIDE: Final = Decoding(beam=8, candidates=8)
# A loop repeats at least three pieces; blocking shorter n-grams would forbid "of the … of the".
BLOCKING: Final = Decoding(beam=4, no_repeat=3)
# The method of a hypothesis in which a figure was put back: the record says so with a flag.
FIGURES: Final = "figure"
# A part must be long enough to be read by itself.
MIN_PART_WORDS: Final = 4

_WORD: Final = re.compile(r"[^\W\d_]+")
# Where to cut, best first: after a semicolon or colon, at a spaced dash, after a comma, before a conjunction.
_CUTS: Final = (
    re.compile(rf"{AFTER_COLON.pattern}|。"),
    re.compile(r"\s[–—-]\s"),
    AFTER_COMMA,
    re.compile(r"\s+(?=(?:e|ed|ma|che|y|pero|que|et|mais|qui|und|aber|mas|и|но|та|але|و)\s)"),
)
_ENDED: Final = re.compile(r"[.!?…:;。؟][\"'»”)\]]*$")


@dataclass(frozen=True, slots=True)
class _Try:
    """A hypothesis of one rung for one segment, and its fault."""

    method: str
    hypothesis: Hypothesis
    fault: Fault | None

    @property
    def rank(self) -> tuple[float, float]:
        """The better the greater: less damage, then a likelier hypothesis."""
        return (-self.fault.weight if self.fault else 0.0, self.hypothesis.score)


def repair(segments: Sequence[str], first: Sequence[Hypothesis], engine: Engine, language: str) -> list[Hypothesis]:
    """The final hypothesis of each segment: the first one where it has no fault, else the best of all that were tried."""
    tries = [
        [_Try("first", found, fault(segment, found.text, language))]
        for segment, found in zip(segments, first, strict=True)
    ]
    for rung in RUNGS:
        failed = [index for index, made in enumerate(tries) if all(one.fault for one in made)]
        if not failed:
            break
        for index, one in zip(failed, rung([segments[i] for i in failed], engine, language), strict=True):
            if one is not None:
                tries[index].append(one)
    for segment, tried in zip(segments, tries, strict=True):
        if all(one.fault for one in tried):
            tried += _figures(segment, tried, language)
    return [_chosen(made) for made in tries]


def fold_capitals(segment: str) -> str:
    """The segment with its words in capitals folded, but for those short enough to be acronyms."""
    return _WORD.sub(lambda m: m[0].capitalize() if m[0].isupper() and len(m[0]) > 4 else m[0], segment)


def halves(segment: str) -> tuple[str, str] | None:
    """The segment in two parts, cut where the best kind of clause boundary is nearest to the middle; None if too short."""
    words = [m.span() for m in re.finditer(r"\S+", segment)]
    if len(words) < 2 * MIN_PART_WORDS:
        return None
    low, high = words[MIN_PART_WORDS - 1][1], words[-MIN_PART_WORDS][0]
    for pattern in _CUTS:
        places = [m.end() for m in pattern.finditer(segment) if low <= m.end() <= high]
        if places:
            cut = min(places, key=lambda place: abs(place - len(segment) // 2))
            return segment[:cut].strip(), segment[cut:].strip()
    cut = words[len(words) // 2][0]
    return segment[:cut].strip(), segment[cut:].strip()


def join(source: tuple[str, str], parts: tuple[Hypothesis, Hypothesis]) -> Hypothesis:
    """One hypothesis of two: a stop that the source lacks is dropped, and so is the capital that came with it."""
    left, right = parts[0].text, parts[1].text
    if not _ENDED.search(source[0]):
        left = left.rstrip().rstrip(".")
        if source[1][:1].islower() and re.match(r"[A-Z][a-z]", right):
            right = right[0].lower() + right[1:]
    tokens = parts[0].target_tokens + parts[1].target_tokens
    score = sum(part.score * part.target_tokens for part in parts) / max(1, tokens)
    return Hypothesis(
        f"{left} {right}".strip(),
        round(score, 4),
        parts[0].source_tokens + parts[1].source_tokens,
        tokens,
        pivot=joined((parts[0].pivot, parts[1].pivot)),
    )


def _fold(segments: list[str], engine: Engine, language: str) -> list[_Try | None]:
    folded = [fold_capitals(segment) for segment in segments]
    todo = [index for index, segment in enumerate(segments) if folded[index] != segment]
    todo = [index for index in todo if engine.length(folded[index]) <= engine.max_length]
    found = dict(zip(todo, engine.translate([folded[i] for i in todo]), strict=True))
    return [
        _Try("folded", found[i], fault(segment, found[i].text, language)) if i in found else None
        for i, segment in enumerate(segments)
    ]


def _split(segments: list[str], engine: Engine, language: str) -> list[_Try | None]:
    parts = {index: cut for index, segment in enumerate(segments) if (cut := halves(segment))}
    found = iter(engine.translate([part for cut in parts.values() for part in cut]))
    joined = {index: join(cut, (next(found), next(found))) for index, cut in parts.items()}
    return [
        _Try("split", joined[i], fault(segment, joined[i].text, language)) if i in joined else None
        for i, segment in enumerate(segments)
    ]


def _decoded(method: str, decoding: Decoding) -> Callable[[list[str], Engine, str], list[_Try | None]]:
    def rung(segments: list[str], engine: Engine, language: str) -> list[_Try | None]:
        made: list[_Try | None] = []
        for segment, candidates in zip(segments, engine.candidates(segments, decoding), strict=True):
            tries = [_Try(method, one, fault(segment, one.text, language)) for one in candidates]
            made.append(max(tries, key=lambda one: one.rank))
        return made

    return rung


RUNGS: Final = (_fold, _split, _decoded(f"beam:{WIDE.beam}", WIDE), _decoded("no-repeat:3", BLOCKING))


def _figures(segment: str, made: list[_Try], language: str) -> list[_Try]:
    """The first hypothesis that is faultless with one figure of the source put back."""
    for one in made:
        text = with_figure(segment, one.hypothesis.text, language)
        if text is not None and fault(segment, text, language) is None:
            return [_Try(FIGURES, replace(one.hypothesis, text=text), None)]
    return []


def _chosen(made: list[_Try]) -> Hypothesis:
    if len(made) == 1 and made[0].fault is None:
        return made[0].hypothesis
    best = max(made, key=lambda one: one.rank)  # the earliest of equals
    attempts = tuple(
        Attempt(one.method, one.hypothesis.text, one.hypothesis.score, one.fault.code if one.fault else None)
        for one in made
    )
    return replace(best.hypothesis, attempts=attempts)
