"""`verify` is a proof, not a comparison of hashes: what is untrue is found though every hash has been made anew."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.manifest import ROWS, RUN, dump_entry, dump_row, file_sha256, read_entries, read_head, write_manifest
from pipeline.provenance import from_json, row, to_json
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.verify import restore, verify
from pipeline.write import text_file

STORY = """Bridge at Aldermoor closes for the winter

The stone bridge at Aldermoor will close on Monday for repairs that are to last until the end of March, the council said.

Drivers will have to go round by Corvisham, which adds forty minutes to the way to the hospital and the market.
"""
TEXTS = {
    "english.txt": "“The bridge is closed,” said the mayor — and left… The road is open.\n\nRead more\n",
    "italian.txt": "Il ponte è chiuso da tre giorni e nessuno sa quando riaprirà. Il sindaco non ha risposto.\n",
    "story.txt": STORY,
    "again.txt": f"{STORY}\nMore follows.\n",
}
Changed = dict[str, Any]
NO_LETTER = "0" * 64


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proof")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    run([str(folder / name) for name in TEXTS], folder / "out", Settings(beam=1, drop_duplicates=True))
    return folder / "out"


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "out"))


def identifier(folder: Path, name: str) -> str:
    return next(str(entry["id"]) for _, entry in read_entries(folder / RUN) if entry["path"].endswith(name))


def rewrite(folder: Path, document: str, change: Callable[[Changed], object]) -> None:
    """Change a record, and all that follows from it: its text and its row."""
    path = folder / "records" / f"{document}.json"
    members = json.loads(path.read_bytes())
    change(members)
    record = from_json(json.dumps(members).encode())
    path.write_bytes(to_json(record))
    if (text := text_file(record)) is not None:
        (folder / "text" / f"{document}.txt").write_bytes(text)
    lines = (folder / ROWS).read_bytes().splitlines(keepends=True)
    (folder / ROWS).write_bytes(
        b"".join(dump_row(row(record)) if document.encode() in line[:20] else line for line in lines)
    )


def seal(folder: Path, change: Callable[[Changed], object] = dict.copy) -> None:
    """Write `run.json` anew with the hashes of the files as they are now, and whatever else is changed in it."""
    entries = [entry for _, entry in read_entries(folder / RUN)]
    members = {**read_head(folder / RUN), "documents": entries}
    for entry in entries:
        entry["record_sha256"] = file_sha256(folder / "records" / f"{entry['id']}.json")
        if entry["text_sha256"] is not None:
            entry["text_sha256"] = file_sha256(folder / "text" / f"{entry['id']}.txt")
    members["documents_sha256"] = file_sha256(folder / ROWS)
    change(members)
    entries = members.pop("documents")
    with (folder / RUN).open("wb") as file:
        write_manifest(file, members, map(dump_entry, entries))


def swap(items: list[Any], one: int, other: int) -> None:
    items[one], items[other] = items[other], items[one]


def test_a_folder_that_is_sealed_again_as_it_is_has_no_fault(copy: Path) -> None:
    for document in (copy / "records").iterdir():
        rewrite(copy, document.stem, dict.copy)
    seal(copy)
    assert list(verify(copy)) == []


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("english", lambda r: r["segments"][1]["source"].update(start=54), "segments do not cover its source"),
        ("english", lambda r: r["segments"][1]["text"].update(start=54), "segments do not cover its text"),
        ("english", lambda r: r["segments"][1]["source"].update(start=40), "segments do not cover its source"),
        ("english", lambda r: r["segments"].pop(), "segments do not cover its source"),
        ("english", lambda r: swap(r["segments"], 0, 1), "segments do not cover its source"),
        ("english", lambda r: r["coverage"].update(kept=1), "coverage sums do not come out"),
        ("english", lambda r: r["coverage"].update(removed_characters=15), "coverage sums do not come out"),
        ("italian", lambda r: r["segments"][0].update(action="copied"), "1 of its segments are not what"),
        (
            "italian",
            lambda r: r["segments"][1]["translation"].update(hypothesis="The mayor has answered."),
            "1 of its segments are not what their translation",
        ),
        ("english", lambda r: r.update(text=r["text"].replace("open", "shut")), "1 of its segments are not what"),
        ("english", lambda r: r["edits"][0].update(original="„"), "does not lead back to what was read"),
        ("english", lambda r: r["edits"][4].update(original="\n\nRead less"), "does not lead back to what was read"),
        ("english", lambda r: r["edits"][0].update(replacement="'"), "its ledger does not"),
        ("english", lambda r: swap(r["edits"], 0, 1), "its ledger does not"),
        ("english", lambda r: r["edits"].pop(), "does not lead back to what was read"),
        ("english", lambda r: r["origin"].update(raw_sha256=NO_LETTER), "does not lead back to what was read"),
        ("english", lambda r: r["origin"].update(sha256=r["id"] + NO_LETTER[12:]), "bytes of its source cannot be"),
        ("english", lambda r: r["origin"].update(newline="crlf"), "bytes of its source cannot be restored"),
        ("english", lambda r: r["origin"].update(sha256=NO_LETTER), "its identifier is not that of its source"),
        ("english", lambda r: r.update(signature="other"), "says otherwise of it than its record does (signature)"),
        ("english", lambda r: r.update(status="translated"), "says otherwise of it than its record does (status)"),
        ("english", lambda r: r["origin"].update(path="b.txt"), "says otherwise of it than its record does (path)"),
        ("again", lambda r: r.update(duplicate=None), "it is said to be dropped, but is not"),
    ],
)
def test_a_record_that_is_untrue_is_found(
    copy: Path, name: str, change: Callable[[Changed], object], fault: str
) -> None:
    rewrite(copy, identifier(copy, f"{name}.txt"), change)
    seal(copy)
    assert any(fault in found for found in verify(copy)), list(verify(copy))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda r: r["counts"].update(english=3), "its counts are not those of its documents"),
        (lambda r: r["documents"][0].update(flags=9), "says otherwise of it than its record does (flags)"),
        (lambda r: r["documents"][0].update(coverage=[0, 0, 2]), "than its record does (coverage)"),
        (
            lambda r: r["documents"][3].update(duplicate_of=r["documents"][3]["id"]),
            "what it repeats has no text either",
        ),
        (lambda r: r["documents"][3].pop("duplicate_of"), "what it repeats has no text either"),
    ],
)
def test_a_manifest_that_is_untrue_is_found(copy: Path, change: Callable[[Changed], object], fault: str) -> None:
    seal(copy, change)
    assert any(fault in found for found in verify(copy)), list(verify(copy))


@pytest.mark.parametrize(
    ("pattern", "old", "new", "fault"),
    [
        (ROWS, b'"english"', b'"translated"', "its row in documents.jsonl is not the one of its record"),
        ("text/*.txt", b"bridge", b"tunnel", "its text is not the one of its record"),
        ("records/*.json", b'"schema": 1', b'"schema":  1', "its record is not written as monoglot writes it"),
    ],
)
def test_a_file_that_is_not_its_records_is_found(copy: Path, pattern: str, old: bytes, new: bytes, fault: str) -> None:
    path = next(path for path in sorted(copy.glob(pattern)) if old in path.read_bytes())
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    seal(copy)
    assert any(fault in found for found in verify(copy)), list(verify(copy))


def test_a_copy_of_a_source_that_is_none_is_found(copy: Path) -> None:
    (copy / "sources").mkdir()
    (copy / "sources" / identifier(copy, "story.txt")).write_bytes(b"another")
    assert any("that an earlier run made has been changed" in fault for fault in verify(copy))


@pytest.mark.parametrize("name", [b"caf\xe9.html", b"caf\xc3\xa9.html", rb"caf\xe9.html"])
def test_a_page_is_restored_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    page = f"<html><body><article><p>{'It rained all day. ' * 20}</p></article></body></html>".encode()
    with open(os.fsdecode(name), "wb") as file:  # noqa: PTH123 (a name in bytes)
        file.write(page)
    run([os.fsdecode(name)], Path("out"), Settings(beam=1))
    document = hashlib.sha256(page).hexdigest()[:12]
    assert restore(Path("out"), document) == page
    assert restore(Path("out"), os.fsdecode(name)) == page
    with open(os.fsdecode(name), "ab") as file:  # noqa: PTH123
        file.write(b" ")
    with pytest.raises(InputError, match="has changed or is not there"):
        restore(Path("out"), document)


@pytest.mark.parametrize(
    ("folders", "said"),
    [([], "no such folder"), (["out"], "no records there"), (["out/records"], "no records there")],
)
def test_a_folder_that_no_run_has_written_is_said_to_be_none(tmp_path: Path, folders: list[str], said: str) -> None:
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    with pytest.raises(InputError, match=f"out: {said}.*name .* monoglot run has written"):
        list(verify(tmp_path / "out"))
