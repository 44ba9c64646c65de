"""One document that brings out a fault of the program fails by itself: the run goes on, and says what to report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.clean.pieces import pieces
from pipeline.display import observer
from pipeline.errors import MonoglotError, OutputError, UnreadableFile, one_document
from pipeline.provenance import assemble
from pipeline.read import read_document
from pipeline.run import normalize, run
from pipeline.segment import segment
from pipeline.settings import Settings
from pipeline.translate.repair import repair
from pipeline.verify import verify
from tests.conftest import Heard

QUICK = Settings(beam=1, language="en")
ODD = "The odd one out"


class PanicException(BaseException):
    """What a library that is written in Rust raises: it is no Exception."""


def breaking(function: Callable[..., Any], error: BaseException) -> Callable[..., Any]:
    """The function, but for the odd document, of which it raises an error."""

    def broken(*arguments: Any, **named: Any) -> Any:
        if any(ODD in repr(argument) for argument in arguments):
            raise error
        return function(*arguments, **named)

    return broken


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, subject in (("a", "The council"), ("b", ODD), ("c", "The mayor"), ("d", ODD)):
        (tmp_path / f"{name}.txt").write_text(f"{subject} met on Monday and closed the old bridge.\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("error", [ValueError("edits overlap"), RecursionError("too deep"), PanicException("index")])
@pytest.mark.parametrize(
    ("stage", "function"),
    [
        ("pipeline.corpus.pieces", pieces),
        ("pipeline.stages.read_document", read_document),
        ("pipeline.stages.segment", segment),
        ("pipeline.stages.assemble", assemble),
    ],
)
def test_a_run_goes_on_past_a_document_that_breaks_the_program(
    articles: Path, monkeypatch: pytest.MonkeyPatch, stage: str, function: Callable[..., Any], error: BaseException
) -> None:
    monkeypatch.setattr(stage, breaking(function, error))
    heard = Heard()
    report = run(["a.txt", "b.txt", "c.txt", "d.txt"], Path("out"), QUICK, heard)
    assert list(verify(Path("out"))) == []
    if stage == "pipeline.corpus.pieces":  # what recurs is looked for without it; it may be read all the same
        assert (report.counts()["english"], heard.problems) == (3, [])
        return
    assert (report.counts()["english"], report.exit_code) == (2, 2)
    assert report.counts()["failed"] + report.copies == 2
    said = f"b.txt: is not done, by a fault of monoglot ({type(error).__name__}: {error}; test_odd_documents.py, line "
    assert heard.problems[0].startswith(said)
    assert "please report these words" in heard.problems[0]


def test_a_run_goes_on_past_a_sentence_that_breaks_the_translation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, subject in (("a", "Il consiglio"), ("b", ODD), ("c", "La sindaca")):
        (tmp_path / f"{name}.txt").write_text(f"{subject} ha chiuso il vecchio ponte lunedì.\n")
    monkeypatch.chdir(tmp_path)
    run(["a.txt", "c.txt"], Path("alone"), Settings(beam=1, language="it"))
    monkeypatch.setattr("pipeline.translate.plan.repair", breaking(repair, IndexError("no such word")))
    heard = Heard()
    report = run(["a.txt", "b.txt", "c.txt"], Path("out"), Settings(beam=1, language="it"), heard)
    assert (report.counts()["translated"], report.counts()["failed"], report.exit_code) == (2, 1, 2)
    (problem,) = heard.problems
    assert problem.startswith("b.txt: is not done, by a fault of monoglot (IndexError: no such word; ")
    assert list(verify(Path("out"))) == []
    for path in Path("alone", "text").iterdir():
        assert path.read_bytes() == Path("out", "text", path.name).read_bytes()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OutputError("the disk is full"), OSError(28, "no space")])
def test_what_is_no_fault_of_the_document_ends_the_run(
    articles: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr("pipeline.stages.segment", breaking(segment, error))
    with pytest.raises(type(error)):
        run(["a.txt", "b.txt", "c.txt"], Path("out"), QUICK)


def test_an_installation_that_is_not_whole_ends_the_run_with_what_it_lacks(
    articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.stages.segment", breaking(segment, ImportError("No module named 'sentencex'")))
    with pytest.raises(MonoglotError, match=r"not whole \(No module named 'sentencex'\): install monoglot again"):
        run(["a.txt", "b.txt", "c.txt"], Path("out"), QUICK)


def test_a_document_that_memory_has_no_room_for_fails_alone(articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages.segment", breaking(segment, MemoryError()))
    with observer(quiet=True) as heard:
        report = run(["a.txt", "b.txt", "c.txt"], Path("out"), QUICK, heard)
    assert (report.counts()["failed"], report.counts()["english"]) == (1, 2)


def test_what_was_done_of_a_document_before_it_broke_the_program_stays(
    articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["a.txt", "b.txt"], Path("out"), QUICK)
    monkeypatch.setattr("pipeline.stages.assemble", breaking(assemble, ValueError("edits overlap")))
    report = run(["a.txt", "b.txt"], Path("out"), Settings(beam=1, language="en", force=True))
    assert (report.counts()["failed"], report.orphans) == (1, 1)
    assert list(verify(Path("out"))) == []


def test_a_caller_has_the_error_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ValueError("edits overlap")
    monkeypatch.setattr("pipeline.stages.segment", breaking(segment, error))
    with pytest.raises(UnreadableFile, match="ValueError: edits overlap") as raised:
        list(normalize([f"{ODD} met on Monday and closed the old bridge."], QUICK))
    assert raised.value.__cause__ is error


def test_what_an_error_says_is_told_in_one_line_of_characters(
    articles: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "pipeline.stages.segment", breaking(segment, ValueError("half \ud83d, \x1b[2J" + 2000 * "x" + "\ny"))
    )
    with observer(quiet=True) as heard:
        report = run(["a.txt", "b.txt"], Path("out"), QUICK, heard)
    assert report.counts()["failed"] == 1
    said = capsys.readouterr().err
    assert said.startswith("b.txt: is not done, by a fault of monoglot (ValueError: half \\ud83d, \\x1b[2Jxx")
    assert (len(said) < 400, said.count("\n")) == (True, 1)
    assert list(verify(Path("out"))) == []


def test_a_file_that_is_no_text_is_said_as_it_is() -> None:
    with pytest.raises(UnreadableFile, match=r"^is a picture$"), one_document():
        raise UnreadableFile("is a picture")
