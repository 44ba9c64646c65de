"""What a run says at its end: what was left undone, where, and what can be done about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import display
from pipeline.records import Status
from pipeline.report import MAX_NAMED, Report
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.translator import Translator
from pipeline.verify import verify
from tests.conftest import Heard
from tests.run.conftest import ENGLISH

GERMAN = (
    "Der Gemeinderat hat am Dienstag beschlossen, die alte Brücke für zehn Wochen zu sperren. Die Händler der Altstadt "
    "fordern deshalb einen Ersatzbus, den die Gemeinde nicht bezahlen will. Die Arbeiten beginnen im Frühjahr."
)
ARABIC = "أعلن المجلس البلدي يوم الاثنين إغلاق الجسر القديم الذي لم يصلحه أحد منذ نهاية الحرب."
ITALIAN = "Il consiglio comunale ha deciso martedì di chiudere il vecchio ponte per dieci settimane, e i negozianti protestano."


def entry(path: str, status: str, language: str, kept: int = 0) -> dict[str, Any]:
    return {"path": path, "status": status, "language": language, "coverage": [1, 0, kept], "flags": kept}


def said(capsys: pytest.CaptureFixture[str], report: Report) -> str:
    display.summary(report, Path("out"))
    return capsys.readouterr().out


def test_a_document_that_is_half_translated_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(f"{ITALIAN}\n\n{ITALIAN}\n\n{GERMAN}\n\n{ITALIAN}\n", "utf-8")
    report = run(["a.txt"], Path("out"), Settings(beam=1))
    (row,) = map(json.loads, Path("out/documents.jsonl").read_text("utf-8").splitlines())
    assert (row["status"], row["kept"]) == ("translated", 3)
    assert (report.partly, report.exit_code) == (1, 2)
    assert "1 document is in English only in part" in said(capsys, report)


@pytest.mark.parametrize(
    ("status", "kept", "code", "partly"),
    [
        ("english", 0, 0, 0),
        ("english", 1, 2, 1),
        ("translated", 0, 0, 0),
        ("translated", 2, 2, 1),
        ("untranslated", 2, 2, 0),
        ("empty", 0, 3, 0),
        ("duplicate", 0, 3, 0),
    ],
)
def test_the_exit_code_is_two_where_anything_was_left(status: str, kept: int, code: int, partly: int) -> None:
    report = Report()
    report.add(entry("a.txt", status, "de", kept))
    assert (report.exit_code, report.partly) == (code, partly)


def test_documents_in_no_known_language_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    for number in range(MAX_NAMED + 2):
        report.add(entry(f"it/{number}.txt", "untranslated", "und", 1))
    words = said(capsys, report)
    assert f"{MAX_NAMED + 2} documents are in a language that could not be told: it/0.txt, it/1.txt" in words
    assert f"it/{MAX_NAMED - 1}.txt and 2 more." in words


def test_the_language_of_one_file_touches_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, words in (
        ("it/note.txt", "Domani piove."),
        ("de/note.txt", "Morgen?"),
        ("a.txt", "The bridge is closed today."),
    ):
        Path("in", name).parent.mkdir(parents=True, exist_ok=True)
        Path("in", name).write_text(f"{words}\n", "utf-8")
    assert run(["in"], Path("out"), Settings(beam=1)).missing == {"und": 2}
    told = Settings(beam=1, languages=(("it", "it/note.txt"), ("de", "de")))
    for unchanged in (1, 3):
        report = run(["in"], Path("out"), told)
        assert report.unchanged == unchanged
        assert report.languages == {("en", "english"): 1, ("it", "translated"): 1, ("de", "untranslated"): 1}
    assert list(verify(Path("out"))) == []
    assert run(["in"], Path("out"), Settings(beam=1)).missing == {"und": 2}


@pytest.mark.parametrize(
    ("languages", "offered", "not_offered"),
    [(("ar",), "models fetch ar\n", "catalogue"), (("ar", "xh"), "models fetch ar\n", "fetch xh"), (("fo",), "No model for fo, and none in the catalogue", "fetch")],
)  # fmt: skip
def test_only_what_is_in_the_catalogue_is_offered(
    capsys: pytest.CaptureFixture[str], languages: tuple[str, ...], offered: str, not_offered: str
) -> None:
    report = Report()
    report.add(entry("a.txt", "untranslated", languages[0], 1), languages)
    words = said(capsys, report)
    assert offered in words
    assert not_offered not in words


@pytest.mark.parametrize(
    ("language", "text", "status", "missing", "noted"),
    [
        ("it", "Il ponte è chiuso.\n", "untranslated", {}, True),  # there is a model, but nothing usable came of it
        ("ar", "الجسر مغلق.\n", "untranslated", {"ar": 1}, False),
        (None, "Domani piove.\n", "untranslated", {"und": 1}, False),  # too short
        (None, f"{ENGLISH}\n\n" * 3 + ARABIC, "english", {"ar": 1}, False),
        (None, f"{ENGLISH}\n", "english", {}, False),
        ("ar", "12.400\n", "empty", {}, False),
    ],
)
def test_a_model_is_missed_where_there_is_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str | None,
    text: str,
    status: Status,
    missing: dict[str, int],
    noted: bool,
) -> None:
    monkeypatch.setattr(Translator, "translate", lambda _self, documents, _corrections: [{} for _ in documents])
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(text, "utf-8")
    for unchanged in (0, 1):  # a document that is not done again counts as well
        heard = Heard()
        report = run(["a.txt"], Path("out"), Settings(language=language), heard)
        assert (report.unchanged, report.counts()[status]) == (unchanged, 1)
        assert dict(report.missing) == missing
        assert report.untold == (["a.txt"] if "und" in missing else [])
        left = sum(row["kept"] for row in map(json.loads, Path("out/documents.jsonl").read_text("utf-8").splitlines()))
        assert (left > 0) == (report.segments["kept"] > 0) == (report.exit_code == 2)
        assert report.partly == (left > 0 and status == "english")
        assert any("nothing of it was translated; see why with: monoglot show" in note for note in heard.notes) == noted
