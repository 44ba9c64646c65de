"""The learned judgement of boilerplate: the trees are walked as they were grown, and say why."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.cleaning.corpus import load
from benchmarks.cleaning.fit import Example, learn, table, written
from pipeline.clean import decisive, laid_out
from pipeline.clean.blocks import blocks
from pipeline.clean.boilerplate import judge, weigh
from pipeline.clean.evidence import Evidence
from pipeline.clean.features import OWN, SURROUNDINGS, all_names, matrix
from pipeline.clean.judgement import Forest, forest, planted

PAGE = "Ferry late again\n\nBy Ada Quill\n\nForty people waited in the rain for it, and nobody said why.\n\nShare"


@pytest.fixture(scope="module")
def grown() -> tuple[list[Example], list[str], object, Forest]:
    """Trees learnt from pages of which every second block of one word is furniture, beside those that were planted."""
    own = [[features for _, features in weigh(PAGE + f"\n\n{'More ' * n}".rstrip())] for n in range(1, 40)]
    seen = [
        Example(
            f"en/5{n}.txt", True, page, list(range(len(page))), [f.numbers[OWN.index("words")] < 1.2 for f in page], 1.0
        )
        for n, page in enumerate(own)
    ]
    names = all_names(own)
    model = learn(seen, names)
    return seen, names, model, planted(json.loads(written(table(model, names))))


def test_trees_are_walked_as_they_were_grown(grown: tuple[list[Example], list[str], object, Forest]) -> None:
    seen, names, model, trees = grown
    for example in seen:
        wanted = model.predict_proba(matrix(example.own, names))[:, 1]  # type: ignore[attr-defined]
        np.testing.assert_allclose(trees.probabilities(trees.rows(example.own)), wanted, atol=2e-3)
    assert {example.furniture[-1] for example in seen} == {True, False}


def test_reasons_are_what_moved_the_judgement() -> None:
    own = [features for _, features in weigh(PAGE)]
    likely = forest().probabilities(forest().rows(own))
    assert likely[1] > 0.9 > 0.5 > likely[2]
    for block, sign in ((1, 1), (2, -1)):
        reasons = forest().reasons(forest().rows(own)[block])
        assert 0 < len(reasons) <= 3
        assert math.copysign(1, reasons[0][1]) == sign
        assert {name for name, _ in reasons} <= set(forest().names)


def test_no_text_has_no_judgement() -> None:
    assert judge("", "standard") == []
    assert forest().probabilities(forest().rows([])) == []


@given(
    st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1), min_size=1, max_size=12)
)
def test_every_text_has_a_probability_for_each_block(lines: list[str]) -> None:
    text = "\n\n".join(line.strip() or "a" for line in lines)
    verdicts = judge(text, "standard")
    assert tuple(verdict.block for verdict in verdicts) == blocks(text)
    assert all(0 <= verdict.score <= 1 for verdict in verdicts)


def test_a_block_is_seen_with_its_neighbours() -> None:
    own = [features for _, features in weigh(PAGE)]
    seen = dict(zip(SURROUNDINGS, matrix(own, SURROUNDINGS).T.tolist(), strict=True))
    assert seen["is prose at +1"] == [0, 1, 0, 0]
    assert seen["none at -1"] == [1, 0, 0, 0]
    assert seen["after the prose"] == [0, 0, 0, 1]
    assert seen["is prose in 3 before"] == [0, 0, 0, pytest.approx(1 / 3)]
    assert seen["removed by rules in 3 behind"][0] == pytest.approx(2 / 3)


def test_what_the_judgement_went_by_is_told_where_it_differs_from_the_rules() -> None:
    differing = 0
    certain = {item.reason for item in vars(decisive).values() if isinstance(item, Evidence)}
    for page in load("tuning")[::5]:
        for verdict in judge(laid_out(page.text), "standard", explained=True):
            told = [item.reason for item in verdict.evidence if item.rule == "context"]
            ruled = round(sum(item.weight for item in verdict.evidence if item.rule != "context"), 3) >= 0.9
            assert len(told) == (ruled != verdict.removed)
            assert all("log odds" in reason or reason in certain for reason in told)
            differing += len(told)
    assert differing > 10


def test_the_trees_ask_for_nothing_that_is_not_seen() -> None:
    """A feature that was renamed would be nought for ever, without a word."""
    known = {*OWN, *SURROUNDINGS}
    assert [n for n in forest().names if n not in known and not n.startswith(("kind ", "shape."))] == []
