"""What models made, in the memory: recalled as it was, for the same maker alone, until it is pruned."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from pipeline.translate import Hypothesis
from pipeline.translate.memory import Correction, Memory
from tests.memory.conftest import MAKER, PONTE
from tests.memory.corrections import correct

TEXTS = st.text(st.characters(codec="utf-8"))

HYPOTHESES = st.builds(
    Hypothesis,
    TEXTS,
    st.floats(-1e6, 0).map(lambda score: round(score, 4)),
    st.integers(0, 512),
    st.integers(0, 512),
)


@given(st.dictionaries(TEXTS, HYPOTHESES, max_size=8))
@given_settings(max_examples=25, deadline=None)
def test_what_is_remembered_is_recalled_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, hypotheses: dict[str, Hypothesis]
) -> None:
    path = tmp_path_factory.mktemp("memory") / "memory.sqlite"
    with Memory(path) as memory:
        memory.remember(hypotheses, *MAKER)
        assert memory.recall(hypotheses, *MAKER) == hypotheses
    with Memory(path) as memory:
        assert memory.recall([*hypotheses, "never seen"], *MAKER) == {
            text: made for text, made in hypotheses.items() if text != "never seen"
        } | ({"never seen": hypotheses["never seen"]} if "never seen" in hypotheses else {})


@pytest.mark.parametrize("changed", range(3), ids=("language", "model", "decoder"))
def test_another_maker_has_its_own(path: Path, changed: int) -> None:
    other = tuple("other" if at == changed else part for at, part in enumerate(MAKER))
    with Memory(path) as memory:
        memory.remember({"Il ponte è chiuso.": PONTE}, *MAKER)
        assert memory.recall(["Il ponte è chiuso."], *other) == {}


def test_more_texts_than_a_statement_has_parameters(path: Path) -> None:
    many = {f"Frase numero {i}.": Hypothesis(f"Sentence {i}.", -i / 10, 5, 4) for i in range(2600)}
    with Memory(path) as memory:
        memory.remember(many, *MAKER)
        assert memory.recall(many, *MAKER) == many
        memory.take(Correction("it", text, text.upper(), None, "2025-03-01T12:30:00+00:00") for text in many)
        assert memory.corrected(many, "it") == {text: text.upper() for text in many}


def test_a_row_of_another_shape_counts_as_unknown(path: Path) -> None:
    with Memory(path) as memory:
        memory.remember({"uno": PONTE, "due": PONTE}, *MAKER)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("""UPDATE hypothesis SET body = '{"words": "one"}' WHERE text = 'uno'""")
    connection.close()
    with Memory(path) as memory:
        assert memory.recall(["uno", "due"], *MAKER) == {"due": PONTE}
        memory.remember({"uno": PONTE}, *MAKER)
        assert memory.recall(["uno", "due"], *MAKER) == {"uno": PONTE, "due": PONTE}


class TestPrune:
    @pytest.fixture
    def memory(self, path: Path) -> Memory:
        memory = Memory(path)
        memory.remember({f"Frase {i}.": PONTE for i in range(5000)}, *MAKER)
        memory.remember({"Frase 1.": PONTE}, "it", "it-en@gone", "ctranslate2-4/int8/beam:4")
        correct(memory, "uno", "it", "one")
        connection = sqlite3.connect(path)
        with connection:
            connection.execute("UPDATE hypothesis SET used = '2020-01-01' WHERE id <= 3000")
        connection.close()
        return memory

    def left(self, memory: Memory) -> int:
        assert [(c.source, c.english) for c in memory.every_correction("it")] == [("uno", "one")]
        return sum(maker.hypotheses for maker in memory.stats().makers)

    def test_what_was_not_used_for_long(self, memory: Memory) -> None:
        memory.used(["Frase 7."], *MAKER)
        assert memory.prune(unused_since=date(2021, 1, 1)) == 2999
        assert memory.recall(["Frase 7."], *MAKER) == {"Frase 7.": PONTE}
        assert self.left(memory) == 2002

    def test_what_models_made_that_are_gone(self, memory: Memory) -> None:
        assert memory.prune(models={MAKER[1]}) == 1
        assert [maker.model for maker in memory.stats().makers] == [MAKER[1]]
        assert self.left(memory) == 5000

    def test_until_the_file_is_small_enough_the_longest_unused_first(self, memory: Memory) -> None:
        before = memory.stats().bytes
        assert memory.prune(max_bytes=before // 2) > 0
        assert memory.stats().bytes <= before // 2
        assert memory.path.stat().st_size <= before // 2
        assert memory.recall(["Frase 4999."], *MAKER) == {"Frase 4999.": PONTE}
        assert memory.recall(["Frase 1."], *MAKER) == {}
