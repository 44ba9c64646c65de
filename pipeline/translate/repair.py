"""The repair ladder: what is tried again, in which ways, where a hypothesis shows damage that needs no reference to see.

A hypothesis that has a fault (`pipeline.check.fault`) is made again: with capitals folded, in two parts, with a wider beam
of which the first candidate without a fault is taken, and where it repeats itself, with repeated n-grams blocked. What can be
put back without a model (`pipeline.translate.restore`) is put back: addresses before anything is made again if nothing else is
wrong, else last, and then a figure. Each rung sees only what the rungs before it have not mended, in batches; what it makes of
a segment depends on that segment alone. A retry that the model finds much less likely than its first hypothesis does not
replace that, unless that is unusable: then the check is more likely wrong than the model. Where no rung gives one without a
fault, the least damaged stays and the checks flag it, or the source stays (`pipeline.rendering`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from itertools import chain
from typing import Final

from pipeline.check import CHECKS_VERSION, UNUSABLE, Fault, fault
from pipeline.figures import written_english
from pipeline.records import Attempt
from pipeline.segment import AFTER_COLON, AFTER_COMMA, UNITS_VERSION
from pipeline.translate import PLAIN, Decoding, Engine, Hypothesis
from pipeline.translate.given import fold_capitals, translatable
from pipeline.translate.joins import CLAUSES, join
from pipeline.translate.restore import RESTORERS

# To be raised when a model is given other texts, or another of the same hypotheses would stand.
LADDER: Final = 4
# docs/checks.md has the gains: 8 candidates mend most of what 32 do; a wider beam alone mends little.
WIDE: Final = Decoding(beam=8, candidates=8)
# A loop repeats at least three pieces; blocking shorter n-grams would forbid "of the … of the".
BLOCKING: Final = Decoding(beam=4, no_repeat=3)
# How much less likely than the first hypothesis a retry may be, in nats a token. Swept 0–0.3 on the 60 damaged segments of
# benchmarks/risk, as it is and garbled six times: from 0.08 on 44 are mended, as without a limit. Of 71 short sentences of our
# own in it, es, fr and pt, right retries cost 0.07 but for one (0.57: the figure put back is better), and most of those that
# spoilt a name or a century which a check had doubted for nothing 0.21 to 0.85.
MAX_GAP: Final = 0.2
# Faults that a model repeats, and that can be mended without one.
ADDRESSES: Final = ("address-changed", "address-added")
# A part must be long enough to be read by itself.
MIN_PART_WORDS: Final = 4

# Where to cut, best first: after a semicolon or colon, at a spaced dash, after a comma, before a conjunction.
_CUTS: Final = (
    re.compile(rf"{AFTER_COLON.pattern}|。"),
    re.compile(r"\s[–—-]\s"),
    AFTER_COMMA,
    re.compile(r"\s+(?=(?:e|ed|ma|che|y|pero|que|et|mais|qui|und|aber|mas|и|но|та|але|و)\s)"),
)


@cache
def ladder() -> str:
    """Names all that decides which hypothesis stands: the rungs, the checks that judge them with their data, the cuts, and the
    words that parts are joined by."""
    package = resources.files("pipeline")
    data = sorted((package / "check" / "data").iterdir(), key=lambda file: file.name)
    lists = (package / "function_words.toml", package / "translate" / CLAUSES)
    rules = hashlib.sha256(b"".join(file.read_bytes() for file in (*data, *lists)))
    return f"{LADDER}.{CHECKS_VERSION}.{UNITS_VERSION}.{rules.hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class _Try:
    """A hypothesis of one rung for one segment, its fault, and what the model was given if not the segment itself."""

    method: str
    hypothesis: Hypothesis
    fault: Fault | None
    given: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[float, float]:
        """The better the greater: less damage, then a likelier hypothesis."""
        return (-self.fault.weight if self.fault else 0.0, self.hypothesis.score)


@dataclass(slots=True)
class _Case:
    """A segment on the ladder: its text, its language, and all that was tried, the first hypothesis first."""

    segment: str
    language: str
    tries: list[_Try] = field(default_factory=list)

    def judged(self, method: str, hypothesis: Hypothesis, given: tuple[str, ...] = ()) -> _Try:
        # A figure in the format of the source is written anew in any case: no reason to ask the model again.
        english = written_english(self.segment, hypothesis.text, self.language).text
        return _Try(
            method,
            hypothesis,
            fault(self.segment, english, self.language),
            () if given == (self.segment,) else given,
        )

    def best(self, tries: Iterable[_Try] = ()) -> _Try:
        """The best of some or all tries that may stand, the earliest of equals; if none may, the best of them all."""
        tries = list(tries) or self.tries
        return max([one for one in tries if self._may_stand(one)] or tries, key=lambda one: one.rank)

    def mended(self) -> bool:
        return self.best().fault is None

    def _may_stand(self, one: _Try) -> bool:
        first = self.tries[0]
        if first.fault is None or first.fault.code in UNUSABLE:
            return True
        return one.hypothesis.score >= first.hypothesis.score - MAX_GAP

    def put_back(self, method: str) -> None:
        """Try the best hypothesis of which less damage is left with an address or a figure of the source put back."""
        best = self.best()
        for one in sorted(filter(self._may_stand, self.tries), key=lambda one: one.rank, reverse=True):
            text = RESTORERS[method](self.segment, one.hypothesis.text, self.language)
            if text is None:
                continue
            name = f"{one.method}+{method}" if one.method in RESTORERS else method
            made = self.judged(name, replace(one.hypothesis, text=text), one.given)
            if made.rank > best.rank:
                self.tries.append(made)
                return

    def chosen(self) -> Hypothesis:
        """The hypothesis that stands, with all attempts if there was more than one or if it has a fault."""
        if len(self.tries) == 1 and self.tries[0].fault is None:
            return self.tries[0].hypothesis
        attempts = tuple(
            Attempt(
                one.method,
                one.hypothesis.text,
                one.hypothesis.score,
                one.fault.code if one.fault else None,
                one.given,
            )
            for one in self.tries
        )
        return replace(self.best().hypothesis, attempts=attempts)


@dataclass(frozen=True, slots=True)
class _Rung:
    """A way to try again: what the model is given of a segment, one text or two parts, and how it decodes. Where it is given
    nothing, the rung has nothing to try."""

    method: str
    given: Callable[[_Case], tuple[str, ...]]
    decoding: Decoding = PLAIN

    def climb(self, cases: Sequence[_Case], engine: Engine) -> None:
        """Add a try to each case that this rung can do something for."""
        asked = [(case, given) for case in cases if (given := self.given(case)) and _fits(given, engine)]
        texts = [text for text in dict.fromkeys(chain.from_iterable(given for _, given in asked)) if translatable(text)]
        found = dict(zip(texts, engine.candidates(texts, self.decoding), strict=True))
        for case, given in asked:
            made = [found.get(text) or [Hypothesis(text, 0.0, 0, 0)] for text in given]
            whole = made[0] if len(made) == 1 else [join((given[0], given[1]), (made[0][0], made[1][0]))]
            case.tries.append(case.best(case.judged(self.method, one, given) for one in whole))


def repair(segments: Sequence[str], first: Sequence[Hypothesis], engine: Engine, language: str) -> list[Hypothesis]:
    """The final hypothesis of each segment: the first one where it has no fault, else the best of all that were tried."""
    cases = [_Case(segment, language) for segment in segments]
    for case, found in zip(cases, first, strict=True):
        case.tries.append(case.judged("first", found))
        if (damage := case.tries[0].fault) and damage.code in ADDRESSES:
            case.put_back("address")
    for rung in RUNGS:
        rung.climb([case for case in cases if not case.mended()], engine)
    for method in RESTORERS:
        for case in cases:
            if not case.mended():
                case.put_back(method)
    return [case.chosen() for case in cases]


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


def _fits(given: Iterable[str], engine: Engine) -> bool:
    return all(engine.length(text) <= engine.max_length for text in given)


def _whole(case: _Case) -> tuple[str, ...]:
    return (case.segment,)


def _folded(case: _Case) -> tuple[str, ...]:
    folded = fold_capitals(case.segment)
    return (folded,) if folded != case.segment else ()


def _parts(case: _Case) -> tuple[str, ...]:
    return halves(case.segment) or ()


def _repeated(case: _Case) -> tuple[str, ...]:
    """The segment where the first hypothesis goes in circles or says three words in a row twice: nothing else can be blocked."""
    first = case.tries[0]
    words = first.hypothesis.text.casefold().split()
    runs = list(zip(words, words[1:], words[2:], strict=False))
    loops = first.fault is not None and first.fault.code == "loop"
    return (case.segment,) if loops or len(set(runs)) < len(runs) else ()


RUNGS: Final = (
    _Rung("folded", _folded),
    _Rung("split", _parts),
    _Rung(f"beam:{WIDE.beam}", _whole, WIDE),
    _Rung(f"no-repeat:{BLOCKING.no_repeat}", _repeated, BLOCKING),
)
