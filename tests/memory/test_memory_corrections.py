"""A person's corrections in the memory: kept, replaced, withdrawn, and known by another name after each change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.translate.memory import Correction, Memory
from tests.memory.conftest import MAKER, PONTE
from tests.memory.corrections import correct, withdraw


def test_corrections_are_kept_replaced_and_withdrawn(path: Path) -> None:
    when = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    with Memory(path) as memory:
        correct(memory, "Il ponte è chiuso.", "it", "The bridge is shut.", "Marta", when)
        correct(memory, "Le pont est fermé.", "fr", "The bridge is closed.")
        correct(memory, "Il ponte è chiuso.", "it", "The bridge is closed.", "Nils", when)
        (italian,) = memory.every_correction("it")
        assert (italian.source, italian.english) == ("Il ponte è chiuso.", "The bridge is closed.")
        assert (italian.reviewer, italian.made) == ("Nils", "2026-03-01T12:30:00+00:00")
        assert [correction.language for correction in memory.every_correction()] == ["fr", "it"]
        withdraw(memory, "Il ponte è chiuso.", "it")
        assert list(memory.every_correction("it")) == []


def test_an_earlier_correction_replaces_no_later_one(path: Path) -> None:
    with Memory(path) as memory:
        memory.take([Correction("it", "uno", "One!", "Nils", "2026-03-01T00:00:00+00:00")])
        memory.take([Correction("it", "uno", "one", "Marta", "2026-02-01T00:00:00+00:00")])
        assert memory.corrected(["uno"], "it") == {"uno": "One!"}


def test_a_swap_wants_what_it_expects(path: Path) -> None:
    marta = Correction("it", "uno", "one", "Marta", "2026-03-01T12:30:00+00:00")
    ada = Correction("it", "uno", "One.", "Ada", "2026-02-01T12:30:00+00:00")
    with Memory(path) as memory:
        for old, new, done, stands in (
            (ada, None, False, None),
            (None, marta, True, marta),
            (None, ada, False, marta),
            (marta, ada, True, ada),
            (ada, marta, True, marta),
            (marta, None, True, None),
        ):
            assert memory.swap("it", "uno", old, new) is done
            assert memory.correction("it", "uno") == stands


def test_each_change_of_a_language_gives_its_corrections_another_name(path: Path) -> None:
    names = []
    with Memory(path) as memory:
        changes: tuple[Callable[[], None], ...] = (
            lambda: correct(memory, "uno", "it", "one"),
            lambda: correct(memory, "due", "it", "two"),
            lambda: correct(memory, "due", "it", "Two"),
            lambda: withdraw(memory, "due", "it"),
        )
        for change in changes:
            change()
            names.append(memory.revisions()["it"])
            correct(memory, "un", "fr", "one")
            memory.remember({"tre": PONTE}, *MAKER)
            withdraw(memory, "never there", "it")
            assert memory.revisions()["it"] == names[-1]
    assert len(set(names)) == 4
