"""`verify` sees every change of every byte of every file."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.verify import load_record, restore, verify
from pipeline.write import LOCK

TEXTS = {
    "a.txt": "“The bridge is closed,” said the mayor — and left…\n\nRead more\n",
    "b.txt": "Il ponte è chiuso da tre giorni e nessuno sa quando riaprirà.\n",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    run([str(folder / name) for name in TEXTS], folder / "out", Settings(beam=1))
    assert list(verify(folder / "out")) == []
    return folder / "out"


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "out"))


def test_any_changed_byte_of_any_file_is_seen(copy: Path) -> None:
    draw = random.Random(7)
    for path in sorted(p for p in copy.rglob("*") if p.is_file() and p.name != LOCK):
        data = path.read_bytes()
        places = {0, len(data) - 1, *draw.sample(range(len(data)), min(15, len(data)))}
        for place in places:
            changed = bytearray(data)
            changed[place] ^= 1
            path.write_bytes(changed)
            assert list(verify(copy)), f"{path.name}, byte {place}"
        path.write_bytes(data + b"\n")
        assert list(verify(copy)), f"{path.name}, longer"
        path.write_bytes(data)
    assert list(verify(copy)) == []


@pytest.mark.parametrize("pattern", ["text/*.txt", "records/*.json", "documents.jsonl"])
def test_a_missing_file_is_seen(copy: Path, pattern: str) -> None:
    next(copy.glob(pattern)).unlink()
    assert list(verify(copy))


@pytest.mark.parametrize("name", ["text/aaaaaaaaaaaa.txt", "records/aaaaaaaaaaaa.json"])
def test_a_file_too_many_is_seen(copy: Path, name: str) -> None:
    (copy / name).write_text("{}")
    assert any(name in fault for fault in verify(copy))


def test_a_record_with_an_encoding_that_is_none_is_a_fault(copy: Path) -> None:
    record = next(copy.glob("records/*.json"))
    record.write_text(record.read_text("utf-8").replace('"utf-8"', '"utf-99"', 1), "utf-8")
    assert any("cannot be restored" in fault for fault in verify(copy))
    with pytest.raises(InputError, match="does not give the bytes"):
        restore(copy, record.stem)


def test_a_manifest_that_is_damaged_is_one_line(copy: Path) -> None:
    run_json = copy / "run.json"
    run_json.write_text(run_json.read_text("utf-8").replace('{"path"', '{"path', 1), "utf-8")
    with pytest.raises(InputError, match="not as it was written"):
        load_record(copy, "a.txt")


def test_a_folder_without_a_manifest_is_an_unfinished_run(copy: Path) -> None:
    (copy / "run.json").unlink()
    with pytest.raises(InputError, match="did not finish"):
        list(verify(copy))
