"""Verdicts out as CSV, JSON Lines, TMX and XLIFF; files of verdicts in; the page as one file; the terminal."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipeline.errors import InputError
from pipeline.review import MAX_NAME, MAX_SEED, queue
from pipeline.review.exchange import FORMATS, Taken, read_file
from pipeline.review.index import refresh
from pipeline.review.memory import MemoryFile
from pipeline.review.page import MODULES, assets, standalone
from pipeline.review.queue import Query
from pipeline.review.store import Store
from pipeline.review.verdicts import Verdict, judge
from pipeline.translate.memory import Correction, Memory

from . import corpus

Command = Callable[..., "subprocess.CompletedProcess[bytes]"]
XLIFF = "{urn:oasis:names:tc:xliff:document:2.0}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An accepted, a corrected and a rejected segment in Italian, the last with a note; one in Arabic; a hostile one."""
    folder = corpus.write(tmp_path / "normalized", [corpus.HARBOUR, corpus.VALLEY, corpus.HOSTILE])
    memory = MemoryFile(tmp_path / "data" / "monoglot" / "memory.sqlite")
    with Store(folder) as store:
        refresh(store)
        items = {item["text"]: item["key"] for item in queue.page(store, Query())}

        def say(start: str, kind: str, text: str | None = None) -> None:
            key = next(key for words, key in items.items() if words.startswith(start))
            judge(store, memory, Verdict(key, kind, text, reviewer="Ada", at="2025-03-01T10:00:00+00:00"))  # type: ignore[arg-type]

        say("The port", "accept")
        say("According", "edit", "The prefect said that 235 families had left their homes.")
        say("People", "reject")
        say("People", "note", "The negation is lost. \x01")
        say("The convoy", "accept")
        say("=HYPERLINK", "accept")
    return folder


def exported(folder: Path, form: str, language: str | None = None) -> bytes:
    with Store(folder) as store:
        return FORMATS[form](store, language)


def test_jsonl(folder: Path) -> None:
    rows = [json.loads(line) for line in exported(folder, "jsonl", "it").splitlines()]
    harbour = [row for row in rows if row["path"] == "it/porto.txt"]
    assert [(row["number"], row["verdict"], row["note"]) for row in harbour] == [
        (0, "accept", None),
        (1, "edit", None),
        (2, "reject", "The negation is lost. \x01"),
    ]
    assert harbour[1]["machine"] == "According to the prefect, 253 families left their homes."
    assert harbour[1]["correction"] == "The prefect said that 235 families had left their homes."
    assert all(row["reviewer"] == "Ada" and row["current"] for row in rows)


def test_csv_holds_no_formula(folder: Path) -> None:
    data = exported(folder, "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 5
    assert [row["machine"] for row in rows if "HYPERLINK" in row["machine"]] == [
        '\'=HYPERLINK("http://example.invalid")'
    ]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_tmx_holds_what_a_person_stands_for(folder: Path) -> None:
    root = ET.fromstring(exported(folder, "tmx"))
    english = [tuv.findtext("seg") for tuv in root.iter("tuv") if "en" in tuv.attrib.values()]
    assert "The prefect said that 235 families had left their homes." in english
    assert not any("253" in str(words) or "People" in str(words) for words in english)
    assert len(english) == 4


def test_xliff_is_of_one_language(folder: Path) -> None:
    with pytest.raises(InputError, match="one source language a file"):
        exported(folder, "xliff")
    root = ET.fromstring(exported(folder, "xliff", "it"))
    assert (root.get("srcLang"), root.get("trgLang")) == ("it", "en")
    states = [segment.get("state") for segment in root.iter(f"{XLIFF}segment")]
    assert sorted(map(str, states)) == ["final", "final", "final", "initial"]
    assert root.findtext(f".//{XLIFF}note") == "The negation is lost. \ufffd"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file"),
        (b"{}", "format"),
        (b'{"format": "monoglot-review", "version": 2, "verdicts": []}', "version"),
        (b'{"format": "monoglot-review", "version": 1, "verdicts": [{"key": "../x"}]}', "verdicts.0"),
        (b"\n<!DOCTYPE html>\n<html>", "is the page itself; take the file that its button “Save verdicts” writes"),
        ('{"format": "monoglot-review"}'.encode("utf-16"), "is not UTF-8; take the file as the page has saved it"),
    ],
)
def test_other_files_are_not_taken(folder: Path, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "verdicts.json"
    path.write_bytes(content)
    with Store(folder) as store, pytest.raises(InputError, match=message):
        read_file(store, MemoryFile(tmp_path / "memory.sqlite"), path, None)


def test_an_editor_may_have_put_a_mark_before_the_file(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "verdicts.json"
    path.write_bytes(b'\xef\xbb\xbf{"format": "monoglot-review", "version": 1, "verdicts": []}')
    with Store(folder) as store:
        assert read_file(store, MemoryFile(tmp_path / "memory.sqlite"), path, None) == Taken(0, 0, (), ())


def sent(folder: Path, tmp_path: Path, *verdicts: dict[str, object]) -> Taken:
    """What becomes of a file with these verdicts, each on the riskiest Arabic segment where it does not say otherwise."""
    path = tmp_path / "verdicts.json"
    with Store(folder) as store:
        item = queue.page(store, Query(language="ar"))[0]
        about = {"key": item["key"], "kind": "accept", "seen": item["text"], "at": "2025-03-01T10:00:00Z"}
        numbered = [{"uid": f"{n:036}", **about, **verdict} for n, verdict in enumerate(verdicts)]
        file = {"format": "monoglot-review", "version": 1, "verdicts": numbered}
        path.write_text(json.dumps(file), encoding="utf-8")
        return read_file(store, MemoryFile(tmp_path / "memory.sqlite"), path, None)


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        ("2025-03-01T10:00:00Z", "2025-03-01T10:00:00+00:00"),
        ("2025-03-01T00:30:00.250+02:00", "2025-02-28T22:30:00+00:00"),
        ("2025-02-30T10:00:00Z", None),
        ("2025-03-01T25:00:00Z", None),
        ("2025-03-01T10:00:00+99:99", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("2025-03-01T10:00:00", None),
        ("2025-03-01", None),
    ],
)
def test_times_are_real_ones_and_kept_in_utc(folder: Path, tmp_path: Path, at: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(InputError, match=r"verdicts\.0\.at"):
            sent(folder, tmp_path, {"at": at})
        return
    assert sent(folder, tmp_path, {"at": at}) == Taken(1, 1, (), ())
    assert [row["at"] for row in map(json.loads, exported(folder, "jsonl", "ar").splitlines())][-1] == kept


@pytest.mark.parametrize(
    ("at", "stamp"),
    [
        ("2025-03-01T10:00:00+00:00", "20250301T100000Z"),
        ("2025-03-01T00:30:00.5+02:00", "20250228T223000Z"),
        ("2025-02-30T10:00:00Z", None),
    ],
)
def test_tmx_stamps_are_in_utc(folder: Path, at: str, stamp: str | None) -> None:
    """Earlier versions kept times as they came."""
    with Store(folder) as store, store.writing() as db:
        db.execute("UPDATE verdicts SET at = ?", (at,))
    units = ET.fromstring(exported(folder, "tmx")).iter("tu")
    assert {unit.get("creationdate") for unit in units} == {stamp}


@pytest.mark.parametrize(("seed", "taken"), [(0, True), (3_000_000_000, True), (-1, False), (2**53, False)])
def test_seeds_that_a_page_was_made_with_are_taken(folder: Path, tmp_path: Path, seed: int, taken: bool) -> None:
    if taken:
        assert sent(folder, tmp_path, {"stratum": "*", "seed": seed}) == Taken(1, 1, (), ())
    else:
        with pytest.raises(InputError, match="seed"):
            sent(folder, tmp_path, {"stratum": "*", "seed": seed})


@pytest.mark.parametrize("name", ["review", "show"])
@pytest.mark.parametrize(("seed", "code"), [(MAX_SEED, 0), (MAX_SEED + 1, 1)])
def test_seeds_are_as_long_as_the_page_takes(command: Command, folder: Path, name: str, seed: int, code: int) -> None:
    options = ("review", folder, "--estimate") if name == "review" else ("show", "--sample", 1, "--from", folder)
    done = command(*options, "--seed", seed)
    assert done.returncode == code
    assert code == 0 or b"--seed" in done.stderr


def test_what_was_taken_back_in_the_file_withdraws_nothing_from_elsewhere(folder: Path, tmp_path: Path) -> None:
    with Store(folder) as store:
        key = queue.page(store, Query(language="ar"))[0]["key"]
        with store.reading() as db:
            source = db.execute("SELECT source FROM segments WHERE key = ?", (key,)).fetchone()[0]
    memory = MemoryFile(tmp_path / "memory.sqlite")
    another = Correction("ar", source, "From another folder.", None, "2025-01-01T00:00:00+00:00")
    memory.give("another", "ar", source, another)
    assert sent(folder, tmp_path, {"kind": "edit", "text": "A slip.", "undone": True}) == Taken(1, 1, (), ())
    with Memory(memory.path) as opened:
        assert [(c.source, c.english) for c in opened.every_correction("ar")] == [(source, "From another folder.")]


def test_an_older_correction_does_not_replace_a_newer_one(folder: Path, tmp_path: Path) -> None:
    old: dict[str, object] = {"uid": "a" * 36, "kind": "edit", "text": "Of last year.", "at": "2024-01-01T00:00:00Z"}
    memory = MemoryFile(tmp_path / "memory.sqlite")
    with Store(folder) as store:
        key = queue.page(store, Query(language="ar"))[0]["key"]
        judge(store, memory, Verdict(key, "edit", "Of this year.", at="2025-01-01T00:00:00+00:00"))
    assert sent(folder, tmp_path, old) == Taken(1, 1, (), ("ar/wadi.txt, sentence 2",))
    assert sent(folder, tmp_path, old) == Taken(1, 0, (), ())
    with Memory(memory.path) as opened:
        assert [c.english for c in opened.every_correction("ar")] == ["Of this year."]
    assert [row["correction"] for row in map(json.loads, exported(folder, "jsonl", "ar").splitlines())] == [
        None,
        "Of this year.",
    ]


def test_verdicts_on_other_words_are_not_taken(folder: Path, tmp_path: Path) -> None:
    """They are named so that a person finds them, and with what a colleague has written."""
    edit: dict[str, object] = {"seen": "Something else.", "kind": "edit", "text": "Written at some length. " * 20}
    drawn: dict[str, object] = {"stratum": "language:it", "seed": 1, "kind": "reject"}
    taken = sent(folder, tmp_path, edit, {"key": "0" * 16}, drawn)
    words = "The spokesman said that 120 people had left the village before dawn."
    assert (taken.total, taken.new) == (3, 0)
    assert [re.sub(r"(at some length)[^”]*”", r"\1 …”", refusal) for refusal in taken.refusals] == [
        "ar/wadi.txt, sentence 2, “Something else.”, edit “Written at some length …”: it stands in other words now",
        f"segment 0000000000000000, “{words}”, accept: that segment is no longer in the output",
        f"ar/wadi.txt, sentence 2, “{words}”, reject: that segment does not belong to the sample it was shown in",
    ]


def test_a_name_is_as_long_as_verdicts_take_it(command: Command, folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert command("review", folder, "--html", page, "--reviewer", "A" * MAX_NAME).returncode == 0
    done = command("review", folder, "--html", page, "--reviewer", "A" * (MAX_NAME + 1))
    assert done.returncode == 1
    assert b"--reviewer" in done.stderr
    assert f'id="reviewer" autocomplete="name" maxlength="{MAX_NAME}"'.encode() in page.read_bytes()


def test_the_page_alone_names_the_documents_of_its_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MAX_DOCUMENTS", 1)
    folder = corpus.write(tmp_path / "normalized", [corpus.HARBOUR, corpus.VALLEY])
    with Store(folder) as store:
        refresh(store)
        page = standalone(store, "normalized", None, 1, 4).decode()
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    many = Counter(item["document"] for item in data["items"].values())
    assert [document["path"] for document in data["documents"]] == ["ar/wadi.txt", "it/porto.txt"]
    assert {document["id"]: document["segments"] for document in data["documents"]} == many
    assert data["summary"]["documents"] == 2


def test_the_page_alone_breaks_out_of_nothing(folder: Path) -> None:
    with Store(folder) as store:
        page = standalone(store, "normalized", None, 1, 1000).decode()
    assert page.count("<script") == page.count("</script") == 2
    assert "<!--" not in page
    assert "src=" not in page.replace("\\u003cimg src=", "").replace("script-src", "").replace("style-src", "")
    assert "unsafe" not in page


def test_modules_are_all_in_their_order() -> None:
    files = assets()
    assert {name for name in files if name.endswith(".js")} == set(MODULES)
    for place, name in enumerate(MODULES):
        for line in files[name].body.decode().splitlines():
            if line.startswith("import "):
                assert line.split('"./')[1].split('"')[0] in MODULES[:place]
        assert b"innerHTML" not in files[name].body
        assert b"http" not in files[name].body.replace(b"http.js", b"").replace(b"httpBackend", b"").replace(
            b"http://www.w3.org/2000/svg", b""
        ).replace(b"over HTTP", b"")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--risky", 2), ["=HYPERLINK", "According"]),
        (("--sample", 3, "--seed", 2), []),
    ],
)
def test_show_chooses(command: Command, tmp_path: Path, options: tuple[object, ...], expected: list[str]) -> None:
    record = corpus.record("it/tabella.txt", "it", [corpus.Said("=1+1 e altro", "=HYPERLINK and more", 0.99)])
    folder = corpus.write(tmp_path / "normalized", [corpus.HARBOUR, corpus.VALLEY, record])
    done = command("show", *options, "--from", folder)
    assert done.returncode == 0
    said = done.stdout.decode()
    places = [said.index(words) for words in expected]
    assert places == sorted(places)
    assert said.count("     English ") == options[1]
    assert done.stdout == command("show", *options, "--from", folder).stdout


def test_show_draws_what_the_page_draws(command: Command, tmp_path: Path) -> None:
    folder = corpus.write(tmp_path / "normalized", [corpus.HARBOUR, corpus.VALLEY])
    shown = command("show", "--sample", 7, "--seed", 4, "--from", folder).stdout.decode()
    with Store(folder) as store:
        refresh(store)
        drawn = [(item["path"], item["number"]) for item in queue.page(store, Query("sample", seed=4))]
    heads = [line.split() for line in shown.splitlines() if "segment" in line and ".txt" in line]
    assert [(head[0], int(head[2])) for head in heads] == drawn


def test_show_wants_to_know_what(command: Command) -> None:
    done = command("show")
    assert done.returncode == 1
    assert b"--risky N" in done.stderr


def test_one_thing_at_a_time(command: Command, folder: Path) -> None:
    done = command("review", folder, "--estimate", "--export", "csv")
    assert done.returncode == 1
    assert b"one at a time" in done.stderr


def test_a_folder_without_records_is_told(command: Command, tmp_path: Path) -> None:
    done = command("review", tmp_path / "nowhere", "--estimate")
    assert done.returncode == 1
    assert b"name a folder that monoglot run has written" in done.stderr
