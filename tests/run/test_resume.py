"""Runs that are repeated, changed, stopped, or go wrong: the same bytes, nothing done twice, nothing lost."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.records import Record
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.verify import load_record, verify
from pipeline.write import Output
from tests.conftest import Heard, files
from tests.run.conftest import ENGLISH, QUICK, start


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
    heard = Heard()
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
    heard = Heard()
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


def test_the_document_of_a_name_is_the_one_of_the_last_input(articles: Path) -> None:
    run(["articles"], Path("out"), QUICK)
    (articles / "short.txt").write_text("Il ponte è di nuovo aperto al traffico.\n", "utf-8")
    run(["articles"], Path("out"), QUICK)
    assert "di nuovo aperto" in load_record(Path("out"), "short.txt").source
    (articles / "short.txt").unlink()
    run(["articles"], Path("out"), QUICK)
    with pytest.raises(InputError, match="several documents"):
        load_record(Path("out"), "short.txt")


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_run_that_was_stopped_goes_on_where_it_was(articles: Path, how: signal.Signals, code: int) -> None:
    words = (articles / "agenzia-nord_corridoio-umanitario.txt").read_text("utf-8-sig")
    for number in range(16):
        (articles / f"long{number}.txt").write_text(words.replace("Kharmat", f"Kharmat{number}"), "utf-8")
    stopped = start("run", "articles", "--out", "out", "--beam", "8")
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
