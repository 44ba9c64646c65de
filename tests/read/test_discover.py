"""Files, folders, globs, links and standard input: what is found, what is passed over and why, and what cannot be reached."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from pipeline.errors import UnreadableFile
from pipeline.read import KINDS, Found, Skipped, discover, load
from tests.conftest import lock


def test_a_folder_is_read_in_a_stable_order_and_what_is_passed_over_is_said(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "out").mkdir()
    for name in ("z.txt", "b/a.txt", "b/.hidden", "A.txt", "out/x.txt"):
        (tmp_path / name).write_text("words")
    (tmp_path / "away").symlink_to("/")
    (tmp_path / "gone").symlink_to("nowhere")
    found = list(discover([str(tmp_path)], output=tmp_path / "out"))
    named = [(Path(item.path).relative_to(tmp_path).as_posix(), getattr(item, "reason", None)) for item in found]
    assert named == [
        ("A.txt", None),
        ("away", "a link out of the folder"),
        ("gone", "a broken link"),
        ("out", "the output folder"),
        ("z.txt", None),
        ("b/.hidden", "hidden"),
        ("b/a.txt", None),
    ]


@pytest.mark.parametrize(
    ("page", "folder", "belongs"),
    [
        ("Il ponte.html", "Il ponte_files", True),
        ("Die Brücke.htm", "Die Brücke-Dateien", True),
        ("El puente.html", "El puente_archivos", True),
        ("Le pont.html", "Le pont_fichiers", True),
        ("Il ponte.html", "Il ponte_archivio", False),
        ("Il ponte.txt", "Il ponte_files", False),
        ("Il ponte.html", "Altro_files", False),
        ("files.html", "_files", False),
    ],
)
def test_what_belongs_to_a_saved_page_is_passed_over(tmp_path: Path, page: str, folder: str, belongs: bool) -> None:
    (tmp_path / folder / "img").mkdir(parents=True)
    for name in (page, f"{folder}/frame.html", f"{folder}/img/a.txt"):
        (tmp_path / name).write_text("words")
    items = list(discover([str(tmp_path)]))
    assert [item for item in items if isinstance(item, Skipped)] == (
        [Skipped((tmp_path / folder).as_posix(), "pictures and scripts of a saved page", common=True)] * belongs
    )
    assert len([item for item in items if isinstance(item, Found)]) == (1 if belongs else 3)


def test_in_a_folder_only_what_can_be_read_is_found(tmp_path: Path) -> None:
    for name in ("a.txt", "b.PDF", "c.HTML", "d", "sub/e.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    items = list(discover([str(tmp_path), str(tmp_path / "sub" / "e.jpg")], kinds=KINDS))
    assert [Path(item.path).name for item in items if isinstance(item, Found)] == ["a.txt", "c.HTML", "d", "e.jpg"]
    assert [(Path(item.path).name, item.reason) for item in items if isinstance(item, Skipped)] == [
        ("b.PDF", ".pdf is not a kind of file that is read"),
        ("e.jpg", ".jpg is not a kind of file that is read"),
    ]


def test_a_link_to_a_hidden_folder_is_not_said_to_be_read(tmp_path: Path) -> None:
    for name in (".store/x.txt", "open/y.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("words")
    (tmp_path / "pub").symlink_to(".store")
    (tmp_path / "way").symlink_to("open")
    passed = {Path(item.path).name: item.reason for item in discover([str(tmp_path)]) if isinstance(item, Skipped)}
    assert passed == {
        ".store": "hidden",
        "pub": "a link to a hidden folder, which is not read",
        "way": "a link to a folder that is read anyway",
    }


@pytest.mark.parametrize(
    ("inputs", "paths"),
    [
        (["-"], ["-"]),
        (["./-"], ["./-"]),
        (["."], ["./-", "a.txt"]),
        (["*"], ["./-", "a.txt"]),
        (["-", "./-", "."], ["-", "./-", "a.txt"]),
    ],
)
def test_only_the_argument_is_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], paths: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"from the pipe")))
    for name in ("./-", "a.txt"):
        Path(name).write_text("from a file")
    found = [item for item in discover(inputs) if isinstance(item, Found)]
    assert [item.path for item in found] == [item.name for item in found] == paths
    assert [load(item) == b"from the pipe" for item in found] == [path == "-" for path in paths]


def test_standard_input_that_is_closed_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UnreadableFile, match=r"cannot be read \(standard input is closed\)"):
        load(Found("-", "-"))


def test_inputs_that_overlap_are_read_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("words")
    found = list(discover([str(tmp_path / "*.txt"), str(tmp_path)]))
    assert [item.path for item in found] == [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert not any(isinstance(item, Skipped) for item in found)
    assert all(isinstance(item, Found) for item in found)


@pytest.mark.parametrize(
    ("inputs", "others"),
    [
        (["normalized"], []),
        (["normalized/text/x.txt"], []),
        (["a.txt", "normalized"], ["a.txt"]),
        (["*"], ["a.txt", "sub/b.txt"]),
        (["**"], ["a.txt", "sub/b.txt"]),
        (["**/*.txt"], ["a.txt", "sub/b.txt"]),
        (["."], ["a.txt", "sub/b.txt"]),
        (["*", "."], ["a.txt", "sub/b.txt"]),
        (["sub/../normalized/text"], []),
        (["latest"], []),
    ],
)
def test_the_output_is_never_read_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], others: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "sub/b.txt", "normalized/text/x.txt", "normalized/text/y.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("words")
    if inputs == ["latest"]:
        Path("latest").symlink_to("normalized/text/x.txt")
    items = list(discover(inputs, Path("normalized")))
    assert [item.path for item in items if isinstance(item, Found)] == others
    assert [item for item in items if isinstance(item, Skipped)] == [Skipped("normalized", "the output folder")]


def test_a_link_into_the_output_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.txt").write_text("words")
    (tmp_path / "latest.txt").symlink_to("out/x.txt")
    items = {Path(item.path).name: item for item in discover([str(tmp_path)], tmp_path / "out")}
    assert {name: getattr(item, "reason", None) for name, item in items.items()} == {
        "latest.txt": "a link into the output folder",
        "out": "the output folder",
    }


def test_a_folder_that_cannot_be_listed_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "locked/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    lock(tmp_path / "locked", monkeypatch)
    found = [item for item in discover([str(tmp_path)]) if isinstance(item, Found)]
    assert [Path(item.name).name for item in found] == ["a.txt", "locked"]
    with pytest.raises(UnreadableFile, match=r"cannot be listed \(Permission denied\): check its permissions"):
        load(found[1])


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (("a.txt", "b.md"), 2),
        (("a.txt", "b.html", ".DS_Store"), 2),
        (("f.txt", "style.css"), 0),
        (("f.txt", "gtm"), 0),
        (("frame.html",), 0),
        ((), 0),
    ],
)
def test_a_folder_of_articles_may_be_called_as_one_of_a_saved_page(
    tmp_path: Path, names: tuple[str, ...], read: int
) -> None:
    (tmp_path / "news_files").mkdir()
    for name in ("news.html", *(f"news_files/{name}" for name in names)):
        (tmp_path / name).write_text("words")
    found = [item for item in discover([str(tmp_path)]) if isinstance(item, Found)]
    assert len(found) == 1 + read


def test_a_glob_does_not_pass_over_a_folder_that_cannot_be_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "open/b.txt", "open/locked/c.txt", ".hidden/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Piove.", encoding="utf-8")
    lock(tmp_path / "open" / "locked", monkeypatch)
    found = [item for item in discover([str(tmp_path / "**" / "*.txt")]) if isinstance(item, Found)]
    assert [Path(item.name).name for item in found] == ["a.txt", "b.txt", "locked"]
    with pytest.raises(UnreadableFile, match=r"cannot be listed \(Permission denied\): check its permissions"):
        load(found[2])


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*/*.txt", ["b.txt"]),
        ("o*n/*/*.txt", ["locked"]),
        ("*/*/d*", ["locked"]),
        ("*/*/c.txt", ["c.txt"]),  # what can be reached by its name needs no list
        ("*/b.txt", ["b.txt"]),
    ],
)
def test_a_glob_of_some_depth_does_not_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, names: list[str]
) -> None:
    for name in ("a.txt", "open/b.txt", "open/locked/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Piove.", encoding="utf-8")
    lock(tmp_path / "open" / "locked", monkeypatch)
    found = [item for item in discover([str(tmp_path / pattern)]) if isinstance(item, Found)]
    assert [Path(item.name).name for item in found] == names


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look anywhere")
@pytest.mark.parametrize("name", ["a.txt", "*"])
def test_what_is_in_a_locked_folder_is_said_when_it_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "locked").mkdir(mode=0)
    (found,) = discover([str(tmp_path / "locked" / name)])
    assert isinstance(found, Found)
    with pytest.raises(UnreadableFile, match="Permission denied"):
        load(found)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nope.txt", "cannot be read (No such file or directory): check its name"),
        (".", "cannot be read (Is a directory): name a file in it"),
        ("nope.txt/x.txt", "cannot be read (No such file or directory): check its name"),
    ],
)
def test_the_advice_fits_the_error(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        load(Found(str(tmp_path / name), name))
    assert str(caught.value) == words
