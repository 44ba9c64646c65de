"""Runs that are repeated, changed, stopped, or go wrong: the same bytes, nothing done twice, nothing lost."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest

from pipeline.clean.repetition import NOTHING
from pipeline.corpus import recurring
from pipeline.errors import InputError, MonoglotError, OutputError
from pipeline.manifest import read_entries, read_head
from pipeline.read import Found
from pipeline.records import Record, Status
from pipeline.report import Silent
from pipeline.run import MIN_PARALLEL_DOCUMENTS, run
from pipeline.settings import Settings
from pipeline.translator import Translator
from pipeline.verify import load_record, verify
from pipeline.write import Output
from tests.read.test_inputs import lock

ROOT = Path(__file__).parent.parent.parent
QUICK = Settings(beam=1)
ENGLISH = "The council met on Monday and closed the old bridge, which nobody had repaired since the war."
ARABIC = "أعلن المجلس البلدي يوم الاثنين إغلاق الجسر القديم الذي لم يصلحه أحد منذ نهاية الحرب."


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an output but the one with times in it."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


class Count(Silent):
    """An observer that counts what was translated, and collects problems and notes."""

    def __init__(self) -> None:
        self.segments = 0
        self.problems: list[str] = []
        self.notes: list[str] = []

    def translated(self, segments: int) -> None:
        self.segments += segments

    def problem(self, path: str, message: str) -> None:
        self.problems.append(f"{path}: {message}")

    def note(self, message: str) -> None:
        self.notes.append(message)


def test_two_runs_give_the_same_bytes_whatever_the_number_of_cores(articles: Path) -> None:
    run(["articles"], Path("one"), Settings(beam=1, jobs=1))
    run(["articles"], Path("two"), Settings(beam=1, jobs=2))
    assert files(Path("one")) == files(Path("two"))


def test_a_rerun_does_nothing_and_leaves_every_byte_alone(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    before = files(Path("out")) | {"run.json": Path("out/run.json").read_bytes()}
    report = run(["articles"], Path("out"), QUICK)
    assert report.unchanged == 3
    assert files(Path("out")) | {"run.json": Path("out/run.json").read_bytes()} == before


def test_only_what_changed_is_done_again(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    (articles / "new.txt").write_text("Il sindaco ha aperto il mercato.\n", "utf-8")
    (articles / "short.txt").write_text("Il ponte è di nuovo aperto al traffico.\n", "utf-8")
    heard = Count()
    report = run(["articles"], Path("out"), QUICK, heard)
    assert (report.unchanged, heard.segments, report.orphans) == (2, 2, 1)
    assert list(verify(Path("out"))) == []
    fresh = run(["articles"], Path("fresh"), QUICK)
    assert fresh.orphans == 0
    assert Path("out/documents.jsonl").read_bytes() == Path("fresh/documents.jsonl").read_bytes()


def test_a_document_whose_file_cannot_be_read_any_more_is_kept_and_vouched_for(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    (articles / "short.txt").rename(articles / "short.xyz")
    report = run(["articles", "articles/short.xyz"], Path("out"), QUICK)
    assert (report.statuses["failed"], report.orphans) == (1, 1)
    assert list(verify(Path("out"))) == []


def test_other_settings_do_everything_again_that_they_touch(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    report = run(["articles"], Path("out"), Settings(beam=2))
    assert report.unchanged == 1  # the English one has no beam in it
    assert list(verify(Path("out"))) == []


def test_files_with_the_same_bytes_are_done_once(articles: Path) -> None:
    shutil.copy(articles / "short.txt", articles / "again.txt")
    report = run(["articles"], Path("out"), QUICK)
    assert (report.copies, sum(report.statuses.values())) == (1, 3)
    assert list(verify(Path("out"))) == []


def test_an_article_is_read_although_a_copy_of_it_cannot_be(articles: Path) -> None:
    for name in ("ancient.bak", "another.bak", "tidy.txt"):
        shutil.copy(articles / "short.txt", articles / name)
    heard = Count()
    report = run(["articles/*"], Path("out"), QUICK, heard)
    assert report.counts()["failed"] == 2
    assert (report.counts()["translated"], report.copies) == (2, 1)
    assert [line.partition(":")[0] for line in heard.problems] == ["articles/ancient.bak", "articles/another.bak"]
    assert list(verify(Path("out"))) == []
    assert run(["articles/*"], Path("out"), QUICK).unchanged == 3


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("records/*.json", lambda path: os.truncate(path, 200)),
        ("text/*.txt", lambda path: path.write_bytes(path.read_bytes() + b"and more\n")),
        ("text/*.txt", Path.unlink),
    ],
)
def test_what_was_damaged_is_done_again(articles: Path, file: str, damage: Callable[[Path], object]) -> None:
    run(["articles"], Path("out"), QUICK)
    before = files(Path("out"))
    damage(next(Path("out").glob(file)))
    assert run(["articles"], Path("out"), QUICK).unchanged == 2
    assert files(Path("out")) == before
    assert list(verify(Path("out"))) == []


def test_a_language_said_of_a_place_that_is_not_there_is_noted(articles: Path) -> None:
    heard = Count()
    places = (("it", "short.txt"), ("it", "caf\udce9"), ("de", "shor.txt"))
    run(["articles"], Path("out"), replace(QUICK, languages=places), heard)
    assert heard.notes == [
        r"--language it=caf\xe9: there is no such file or folder in the input",
        "--language de=shor.txt: there is no such file or folder in the input",
    ]
    said = read_head(Path("out/run.json"))["settings"]["languages"]
    assert said == [["it", "short.txt"], ["it", r"caf\xe9"], ["de", "shor.txt"]]


def test_a_named_file_whose_name_is_not_unicode_is_in_the_manifest(articles: Path) -> None:
    name = os.fsdecode(b"articles/caf\xe9.txt")
    Path(name).write_text(ENGLISH, "utf-8")
    run([name], Path("out"), QUICK)
    assert read_head(Path("out/run.json"))["inputs"] == ["articles/caf\\xe9.txt"]
    assert list(verify(Path("out"))) == []


def test_a_file_that_cannot_be_looked_at_is_left_to_its_turn(tmp_path: Path) -> None:
    # A name that the system refuses, as it does one in a folder that is locked: asking what it is raises an OSError.
    refused = [Found("x" * 300, name) for name in ("a", "b")]
    assert recurring(refused, tmp_path).of("0" * 12) == NOTHING


def test_pipes_are_read_once(tmp_path: Path) -> None:
    ends = []
    for text in ("The bridge was closed on Monday.", "The school opens again on Tuesday."):
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
        ends.append(reading)
    report = run([f"/dev/fd/{end}" for end in ends], tmp_path / "out", QUICK)
    for end in ends:
        os.close(end)
    assert (report.counts()["english"], report.copies) == (2, 0)


def test_the_document_of_a_name_is_the_one_of_the_last_input(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    (articles / "short.txt").write_text("Il ponte è di nuovo aperto al traffico.\n", "utf-8")
    run(["articles"], Path("out"), QUICK)
    assert "di nuovo aperto" in load_record(Path("out"), "short.txt").source
    (articles / "short.txt").unlink()
    run(["articles"], Path("out"), QUICK)
    with pytest.raises(InputError, match="several documents"):
        load_record(Path("out"), "short.txt")


def test_a_worker_that_is_ended_from_outside_is_one_line(tmp_path: Path) -> None:
    for number in range(MIN_PARALLEL_DOCUMENTS):
        (tmp_path / f"{number}.txt").write_text(f"{ENGLISH} It is bridge {number}.\n" * 20, "utf-8")

    class Killing(Silent):
        def read(self, documents: int) -> None:  # noqa: ARG002
            for child in active_children():
                child.kill()

    with pytest.raises(MonoglotError, match="run the same command again, with fewer --jobs"):
        run([str(tmp_path)], tmp_path / "out", Settings(beam=1, jobs=2), Killing())


def test_bad_files_are_named_and_the_others_go_on(articles: Path) -> None:
    (articles / "a.pdf").write_bytes(b"%PDF-1.4\n")
    (articles / "b.txt").write_bytes(b"")
    heard = Count()
    report = run(["articles", "articles/a.pdf"], Path("out"), QUICK, heard)
    assert {status: number for status, number in report.counts().items() if number} == {
        "english": 1,
        "translated": 2,
        "empty": 1,
        "failed": 1,
    }
    assert [line.partition(":")[0] for line in heard.problems] == ["articles/a.pdf"]
    assert report.exit_code == 2
    assert list(verify(Path("out"))) == []


def test_what_lies_about_in_a_folder_makes_no_run_fail(articles: Path) -> None:
    for name in ("a.pdf", "b.pdf", "Il ponte_files/logo.png", "Il ponte_files/frame.html", "table.csv"):
        (articles / name).parent.mkdir(exist_ok=True)
        (articles / name).write_bytes(b"%PDF-1.4\n")
    shutil.copy(ROOT / "seeds" / "ardmouth-standard_kharmat-hospital.html", articles / "Il ponte.html")
    heard = Count()
    report = run(["articles"], Path("out"), QUICK, heard)
    assert (report.counts()["failed"], sum(report.counts().values()), heard.problems) == (0, 4, [])
    assert heard.notes == [
        "articles/Il ponte_files: passed over (pictures and scripts of a saved page)",
        "articles/a.pdf and 1 more: passed over (.pdf is not a kind of file that is read)",
        "articles/table.csv: passed over (.csv is not a kind of file that is read)",
    ]
    assert sum(read_head(Path("out/run.json"))["passed_over"].values()) == 4
    (articles / "Il ponte_files" / "frame.html").unlink()
    with pytest.raises(InputError, match=r"nothing to read there \(\.png is not a kind of file that is read\)"):
        run(["articles/Il ponte_files"], Path("none"), QUICK)


def test_a_folder_that_cannot_be_listed_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("papers/a.txt", "papers/locked/b.txt", "papers/z.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"The council of {name[7:-4]} met on Monday and closed the old bridge.\n")
    lock(Path("papers/locked"), monkeypatch)
    heard = Count()
    report = run(["papers"], Path("out"), QUICK, heard)
    fault = "cannot be listed (Permission denied): check its permissions"
    assert heard.problems == [f"papers/locked: {fault}"]
    assert {"path": "papers/locked", "status": "failed", "error": fault} in [
        entry for _, entry in read_entries(Path("out/run.json"))
    ]
    assert (report.counts()["english"], report.counts()["failed"], report.exit_code) == (2, 1, 2)
    assert list(verify(Path("out"))) == []


def test_the_output_of_the_last_run_is_not_an_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("The council met on Monday and closed the old bridge.\n")
    run(["*"], Path("normalized"), QUICK)
    report = run(["*"], Path("normalized"), QUICK)
    assert {status: number for status, number in report.counts().items() if number} == {"english": 1}
    assert (report.unchanged, report.copies) == (1, 0)


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
    monkeypatch.setattr(Translator, "translate", lambda *_: {})
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(text, "utf-8")
    for unchanged in (0, 1):  # a document that is not done again counts as well
        heard = Count()
        report = run(["a.txt"], Path("out"), Settings(language=language), heard)
        assert (report.unchanged, report.counts()[status]) == (unchanged, 1)
        assert dict(report.missing) == missing
        assert report.untold == (["a.txt"] if "und" in missing else [])
        left = sum(row["kept"] for row in map(json.loads, Path("out/documents.jsonl").read_text("utf-8").splitlines()))
        assert (left > 0) == (report.segments["kept"] > 0) == (report.exit_code == 2)
        assert report.partly == (left > 0 and status == "english")
        assert any("nothing of it was translated; see why with: monoglot show" in note for note in heard.notes) == noted


def heed_interrupts() -> None:
    """A shell that starts the tests in the background has them ignore Ctrl-C, and what they start, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", "articles", "--out", "out", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        preexec_fn=heed_interrupts,
    )


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_run_that_was_stopped_goes_on_where_it_was(articles: Path, how: signal.Signals, code: int) -> None:
    words = (articles / "agenzia-nord_corridoio-umanitario.txt").read_text("utf-8-sig")
    for number in range(16):
        (articles / f"long{number}.txt").write_text(words.replace("Kharmat", f"Kharmat{number}"), "utf-8")
    stopped = start("--beam", "8")
    while not Path("out").is_dir() and stopped.poll() is None:
        time.sleep(0.05)
    time.sleep(0.5)  # it has begun to read
    stopped.send_signal(how)
    _, errors = stopped.communicate(timeout=60)
    assert stopped.returncode == code, errors
    if how == signal.SIGINT:
        assert b"run the same command again" in errors
        assert b"Traceback" not in errors
    assert not Path("out/run.json").exists()
    run(["articles"], Path("out"), QUICK)
    run(["articles"], Path("fresh"), QUICK)
    assert files(Path("out")) == files(Path("fresh"))
    assert list(verify(Path("out"))) == []


def test_no_manifest_speaks_of_files_that_have_changed_since(articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(["articles"], Path("out"), QUICK)
    for path in articles.iterdir():
        path.write_text(f"{path.name}: {ENGLISH}\n", "utf-8")
    write = Output.write

    def write_and_end(output: Output, record: Record, source: bytes | None = None) -> None:
        write(output, record, source)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Output, "write", write_and_end)
        with pytest.raises(KeyboardInterrupt):
            run(["articles"], Path("out"), QUICK)
    with pytest.raises(InputError, match="did not finish"):
        list(verify(Path("out")))
    assert run(["articles"], Path("out"), QUICK).unchanged == 1
    assert list(verify(Path("out"))) == []


def test_a_second_run_into_the_same_folder_waits_for_nothing(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Output(Path("out")).opened():
        # Even a process that has its temporary files elsewhere.
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
        with pytest.raises(OutputError, match="another monoglot run"):
            run(["articles"], Path("out"), QUICK)


def test_a_folder_that_cannot_be_locked_is_one_line(articles: Path) -> None:
    Path("out/.lock").mkdir(parents=True)
    with pytest.raises(OutputError, match="cannot be written"):
        run(["articles"], Path("out"), QUICK)


def test_what_a_killed_run_left_of_an_article_that_was_edited_since_goes(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    Path("out/run.json").unlink()
    (record, *_) = sorted(Path("out/records").iterdir())
    record.unlink()  # of the document whose text had been written only
    edited = next(
        path for path in articles.iterdir() if hashlib.sha256(path.read_bytes()).hexdigest()[:12] == record.stem
    )
    edited.write_text("The bridge is open again.\n", "utf-8")
    run(["articles"], Path("out"), QUICK)
    assert not Path(f"out/text/{record.stem}.txt").exists()
    assert list(verify(Path("out"))) == []


def test_what_recurs_is_looked_for_again_where_a_name_says_another_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(50):
        of_its_own = [hashlib.md5(f"{number} {word}".encode()).hexdigest() for word in range(60)]
        Path(f"{number:02}.news").write_text(f"The council met {' '.join(of_its_own)}.\n", "utf-8")
    shutil.copy("07.news", "copy.news")
    with Path("copy.news").open("a", encoding="utf-8") as file:
        file.write("It reopens in May.\n")
    dropping = replace(QUICK, drop_duplicates=True, language="en")
    run(["*.news"], Path("out"), dropping)
    for path in Path().glob("*.news"):
        path.rename(path.with_suffix(".txt"))
    assert run(["*.txt"], Path("out"), dropping).statuses["duplicate"] == 1


@pytest.mark.parametrize(
    "theirs",
    ["thesis.tex", "documents.jsonl", "run.json", "text/notes.txt", "records/2024.json", "sources/scan.tiff"],
)
def test_a_folder_that_is_not_ours_is_left_alone(articles: Path, theirs: str) -> None:
    path = Path("theirs") / theirs
    path.parent.mkdir(parents=True)
    path.write_text('{"mine": 1}\n', "utf-8")
    with pytest.raises(OutputError, match=f"holds '{theirs}', which is not monoglot's"):
        run(["articles"], Path("theirs"), QUICK)
    assert path.read_text("utf-8") == '{"mine": 1}\n'
    assert [found for found in Path("theirs").rglob("*") if found.is_file()] == [path]


def test_what_a_person_puts_beside_a_finished_run_stays(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    Path("out/notes.md").write_text("mine", "utf-8")
    run(["articles"], Path("out"), replace(QUICK, force=True))
    assert Path("out/notes.md").read_text("utf-8") == "mine"


def test_a_copy_of_a_source_that_is_gone_is_made_again(articles: Path) -> None:
    Path("articles/page.html").write_text(
        f"<html><body><article><p>{'It rained all day. ' * 20}</p></article></body></html>"
    )
    keeping = replace(QUICK, keep_sources=True)
    run(["articles"], Path("out"), keeping)
    whole = files(Path("out"))
    (copy,) = Path("out/sources").iterdir()
    for damage in (copy.unlink, lambda: copy.write_bytes(b"other")):
        damage()
        run(["articles"], Path("out"), keeping)
        assert copy.read_bytes() == whole[f"sources/{copy.name}"]
    assert list(verify(Path("out"))) == []
