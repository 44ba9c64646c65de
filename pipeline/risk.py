"""How much a reviewer should want to see a segment: one number from 0 to 1, from the model's own score and the flags.

For a translated segment it is the estimated probability that the translation is bad (chrF below BAD_CHRF against a person's
translation, or a figure or a name of it lost), from a logistic regression on pairs that the model has never seen; `python -m benchmarks.risk` fits it and
prints how well it sorts. docs/checks.md has the table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from pipeline.records import Action, Flag, Severity

# Part of every record's signature: to be raised with any change below.
RISK_VERSION: Final = 2
# What counts as bad in the fit.
BAD_CHRF: Final = 45.0
# The regression: python -m benchmarks.risk --fit.
BIAS: Final = -2.22
PER_NAT: Final = 2.66  # for each nat that the mean log-probability of a token is below 0
PER_FLAG: Final[dict[Severity, float]] = {"info": 0.0, "warning": 1.26, "error": 1.59}
# Flags of one severity beyond these add nothing: a second one seldom tells of a second fault.
MOST_FLAGS: Final = 2
# A segment that no model was there for is nothing to judge yet; where a model was and failed, a person has to see it.
KEPT: Final[dict[Severity, float]] = {"info": 0.05, "warning": 0.05, "error": 1.0}


def risk(action: Action, score: float | None, flags: Sequence[Flag]) -> float:
    """The risk of a segment, rounded to three digits. `score` is the mean log-probability of a token, None without a model."""
    if action == "kept":
        return max((KEPT[flag.severity] for flag in flags), default=KEPT["info"])
    if action == "copied" or score is None:
        return 0.0
    return round(
        1 / (1 + math.exp(-(BIAS + sum(x * y for x, y in zip(weights(), features(score, flags), strict=True))))), 3
    )


def features(score: float, flags: Sequence[Flag]) -> tuple[float, float, float]:
    """What the regression sees: nats below 0 (4 at most), and the flags of severity warning and error, capped."""
    severities = [flag.severity for flag in flags]
    warnings, errors = (min(MOST_FLAGS, severities.count(severity)) for severity in ("warning", "error"))
    nats = 4.0 if math.isnan(score) else min(4.0, max(0.0, -score))
    return nats, float(warnings), float(errors)


def weights() -> tuple[float, float, float]:
    """The coefficients of `features`."""
    return PER_NAT, PER_FLAG["warning"], PER_FLAG["error"]
