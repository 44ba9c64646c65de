"""How good the whole is: the share of translated segments that a person had to edit or reject, from a random sample.

The interval is Wilson's score interval (E. B. Wilson, 1927, JASA 22:209-212), which keeps its coverage for small samples
and shares near zero, where the usual one fails (R. G. Newcombe, 1998, Statistics in Medicine 17:857-872). The sample is drawn
without replacement, so the variance shrinks by (N-n)/(N-1): who has looked at all segments knows the share exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

# The normal deviate of a two-sided 95 % interval.
Z: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its interval: `wrong` of the `judged` were edited or rejected, drawn from a `population`.

    `low` and `high` bound the share with 95 % confidence; nothing judged gives the whole range from 0 to 1.
    """

    population: int
    judged: int
    wrong: int
    share: float
    low: float
    high: float


def estimate(population: int, judged: int, wrong: int) -> Estimate:
    """The estimate for a sample. Raises ValueError unless 0 <= wrong <= judged <= population."""
    if not 0 <= wrong <= judged <= population:
        raise ValueError(f"{wrong} of {judged} of {population} is no sample")
    low, high = wilson(wrong, judged, population)
    return Estimate(population, judged, wrong, wrong / judged if judged else 0.0, low, high)


def wilson(wrong: float, judged: int, population: int | None = None) -> tuple[float, float]:
    """The 95 % score interval of the share `wrong`/`judged`, in a population of that size (None: without bound)."""
    if judged == 0:
        return 0.0, 1.0
    squared = Z * Z
    if population is not None:
        squared *= (population - judged) / (population - 1) if population > 1 else 0.0
    share = wrong / judged
    centre = share + squared / (2 * judged)
    spread = sqrt(squared * (share * (1 - share) / judged + squared / (4 * judged * judged)))
    scale = 1 + squared / judged
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def more_needed(now: Estimate, margin: float) -> int:
    """How many more segments to judge until half the interval is at most `margin` (0.05 is ±5 %).

    It is reckoned with the share found so far, taken towards one half as Wilson's centre does, so that a lucky start does
    not promise too much. 0 means that it is already that narrow. Raises ValueError for a margin outside (0, 1).
    """
    if not 0 < margin < 1:
        raise ValueError(f"a margin lies between 0 and 1, not {margin}")

    def narrow(judged: int, wrong: float) -> bool:
        low, high = wilson(wrong, judged, now.population)
        return (high - low) / 2 <= margin

    if now.judged and narrow(now.judged, now.wrong):
        return 0
    expected = (now.wrong + Z * Z / 2) / (now.judged + Z * Z)
    least, most = now.judged, now.population
    while most - least > 1:
        middle = (least + most) // 2
        if narrow(middle, expected * middle):
            most = middle
        else:
            least = middle
    return most - now.judged
