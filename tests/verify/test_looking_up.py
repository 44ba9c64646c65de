"""A document is found by its identifier or by the end of its path; where several answer, they are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.verify import MAX_NAMED, load_record
from tests.conftest import lock

PATHS = ("a.txt", "papers/a.txt", "papers/north/a.txt", "papers/north/b.txt", "papers/far north/c.txt")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over papers, each of which says where it stands, from the folder that they are in."""
    folder = tmp_path_factory.mktemp("looking")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for path in (*PATHS, *(f"many/{number}/d.txt" for number in range(MAX_NAMED + 2))):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(f"The council met on Monday and closed the old bridge at {path}.\n")
        run(["a.txt", "papers", "many"], Path("out"), Settings())
    return folder / "out"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        *((path, path) for path in PATHS),
        ("./a.txt", "a.txt"),  # a whole path outranks the ends of others
        ("north/a.txt", "papers/north/a.txt"),
        ("b.txt", "papers/north/b.txt"),
        ("far north/c.txt", "papers/far north/c.txt"),
    ],
)
def test_the_end_of_a_path_names_a_document(out: Path, name: str, path: str) -> None:
    assert load_record(out, name).origin.path == path


@pytest.mark.parametrize("name", ["orth/b.txt", ".txt", "north", "/papers/a.txt", "", "/"])
def test_what_is_no_whole_part_of_a_path_names_none(out: Path, name: str) -> None:
    with pytest.raises(InputError, match="no document answers"):
        load_record(out, name)


def test_of_several_that_answer_the_first_are_named(out: Path) -> None:
    with pytest.raises(InputError, match="several documents answer") as caught:
        load_record(out, "d.txt")
    message = str(caught.value)
    assert [f"many/{number}/d.txt" in message for number in range(MAX_NAMED + 2)] == [True] * MAX_NAMED + [False] * 2
    assert "and 2 more" in message
    identifier = message.partition(": ")[2].partition(": ")[2].partition(" ")[0]
    assert load_record(out, identifier).origin.path == "many/0/d.txt"


def test_records_that_cannot_be_listed_are_not_taken_for_none(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(out / "records", monkeypatch)
    with pytest.raises(InputError, match=r"records: cannot be listed \(Permission denied\); check its permissions"):
        load_record(out, "a.txt")
