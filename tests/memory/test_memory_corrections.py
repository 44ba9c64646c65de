"""A person's corrections in the memory: kept, replaced, withdrawn, and known by another name after each change."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from pipeline.translate.memory import Correction, Memory, written
from tests.memory.conftest import MAKER, PONTE
from tests.memory.corrections import correct, withdraw


def test_corrections_are_kept_replaced_and_withdrawn(path: Path) -> None:
    when = datetime(2025, 3, 1, 12, 30, tzinfo=UTC)
    with Memory(path) as memory:
        correct(memory, "Il ponte è chiuso.", "it", "The bridge is shut.", "Marta", when)
        correct(memory, "Le pont est fermé.", "fr", "The bridge is closed.")
        correct(memory, "Il ponte è chiuso.", "it", "The bridge is closed.", "Nils", when)
        (italian,) = memory.every_correction("it")
        assert (italian.source, italian.english) == ("Il ponte è chiuso.", "The bridge is closed.")
        assert (italian.reviewer, italian.made) == ("Nils", "2025-03-01T12:30:00+00:00")
        assert [correction.language for correction in memory.every_correction()] == ["fr", "it"]
        withdraw(memory, "Il ponte è chiuso.", "it")
        assert list(memory.every_correction("it")) == []


def test_an_earlier_correction_replaces_no_later_one(path: Path) -> None:
    with Memory(path) as memory:
        memory.take([Correction("it", "uno", "One!", "Nils", "2025-03-01T00:00:00+00:00")])
        memory.take([Correction("it", "uno", "one", "Marta", "2025-02-01T00:00:00+00:00")])
        assert memory.corrected(["uno"], "it") == {"uno": "One!"}


# Who gives, on which day (none: takes back what they gave); nobody in particular gives what files hold.
GIVEN = st.tuples(st.sampled_from(["", "ada", "marta"]), st.none() | st.integers(1, 4))


@given(st.lists(GIVEN, max_size=12))
@example([("", 1), ("ada", 2), ("marta", 3), ("ada", None), ("marta", None)])
@given_settings(max_examples=60)
def test_of_what_was_given_and_not_taken_back_the_latest_stands(steps: list[tuple[str, int | None]]) -> None:
    left: dict[str, tuple[int, bool, int]] = {}  # the day; a person's own before a file's; which came later
    with TemporaryDirectory() as folder, Memory(Path(folder) / "memory.sqlite") as memory:
        for number, (giver, day) in enumerate(steps):
            correction = Correction("it", "uno", f"one {number}", None, f"2024-03-0{day}T00:00:00+00:00")
            if giver:
                memory.give(giver, "it", "uno", correction if day else None)
                left.pop(giver, None)
            elif day:
                memory.take([correction])
            if day and (giver or day > left.get("", (0,))[0]):
                left[giver] = (day, bool(giver), number)
            stands = f"one {max(left.values())[2]}" if left else None
            assert memory.corrected(["uno"], "it") == ({"uno": stands} if stands else {})
            assert [c.english for c in memory.every_correction()] == ([stands] if stands else [])


TIMES = st.datetimes(datetime(1990, 1, 1), datetime(9999, 12, 30), timezones=st.just(UTC))


@given(st.lists(TIMES, max_size=3), TIMES)
@given_settings(max_examples=30)
def test_no_clock_that_was_wrong_has_the_last_word(files: list[datetime], clock: datetime) -> None:
    with TemporaryDirectory() as folder, Memory(Path(folder) / "memory.sqlite") as memory:
        memory.take(Correction("it", "uno", f"one {when}", None, written(when)) for when in files)
        correct(memory, "uno", "it", "One.")
        assert memory.corrected(["uno"], "it") == {"uno": "One."}
        memory.close()
        with closing(sqlite3.connect(memory.path)) as file, file:  # that of this computer, too
            file.execute("UPDATE correction SET made = ?", (written(clock),))
        memory.give("another", "it", "uno", Correction("it", "uno", "One!", None, written(datetime.now(UTC))))
        assert memory.corrected(["uno"], "it") == {"uno": "One!"}


def test_an_edit_that_has_been_to_a_file_and_back_is_taken_back_whole(path: Path) -> None:
    with Memory(path) as memory:
        correct(memory, "uno", "it", "One!", "Ada", datetime(2025, 3, 1, tzinfo=UTC))
        (exported,) = memory.every_correction()
        assert memory.take([exported]) == (0, 0)
        withdraw(memory, "uno", "it")
        assert memory.take([exported]) == (1, 0)
        memory.give("another", "it", "uno", exported)
        memory.give("another", "it", "uno", None)
        assert list(memory.every_correction()) == []


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
