"""The risk of a segment: in [0, 1], higher for a worse score and for each flag, and fitted on pairs that anyone can read."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Flag, Severity
from pipeline.risk import risk

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")
FLAGS = st.lists(st.sampled_from(SEVERITIES).map(lambda s: flag(s)), max_size=6)


def flag(severity: Severity) -> Flag:
    return Flag("some-code", severity, "a sentence")


@given(st.floats(max_value=0) | st.just(math.nan), FLAGS)
def test_a_risk_is_a_probability(score: float, flags: list[Flag]) -> None:
    assert 0 <= risk("translated", score, flags) <= 1


@given(st.floats(min_value=-3, max_value=0), FLAGS)
def test_a_worse_score_or_another_flag_never_lowers_it(score: float, flags: list[Flag]) -> None:
    here = risk("translated", score, flags)
    assert risk("translated", score - 0.5, flags) >= here
    assert risk("translated", score, [*flags, flag("error")]) >= here


def test_what_was_kept_after_a_failure_comes_first() -> None:
    assert risk("kept", None, [flag("error")]) == 1.0
    assert risk("translated", -0.6, []) > risk("kept", None, [flag("warning")]) > risk("copied", None, [])
    assert (
        risk("translated", -0.2, [])
        < risk("translated", -0.2, [flag("warning")])
        < risk("translated", -0.9, [flag("error")])
    )
    assert math.isclose(risk("translated", math.nan, []), risk("translated", -4.0, []))
