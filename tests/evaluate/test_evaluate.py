"""Evaluation: the numbers are sacreBLEU's, the way is that of a run, and one line in is one line out."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [
    "Il presidente ha parlato ieri sera con i giornalisti.",
    "La nuova scuola del paese aprirà a settembre.",
    "IL TRENO È ARRIVATO IN RITARDO ALLA STAZIONE.",
    "",
    "12.04.2021",
    "«Non abbiamo paura», ha detto la donna. «Torneremo domani.»",
    "Gli abitanti del villaggio hanno lasciato le loro case; " * 9 + "poi è tornata la pioggia.",
    "Il prezzo del pane è salito del 12 per cento in un anno.",
]
REFERENCES = [
    "The president spoke with reporters last night.",
    "The town's new school will open in September.",
    "The train arrived late at the station.",
    "",
    "12.04.2021",
    '"We are not afraid," the woman said. "We will return tomorrow."',
    "The villagers left their homes; " * 9 + "then the rain came back.",
    "The price of bread has risen by 12 per cent in a year.",
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "test.it").write_text("\n".join(SOURCES) + "\n", encoding="utf-8")
    (tmp_path / "test.en").write_text("\n".join(REFERENCES) + "\n", encoding="utf-8")
    return ("--source", str(tmp_path / "test.it"), "--reference", str(tmp_path / "test.en"), "--lang", "it")


def evaluate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", "evaluate", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def test_json_is_one_object_whose_scores_are_those_of_sacrebleu_on_the_table(
    files: tuple[str, ...], tmp_path: Path
) -> None:
    sacrebleu = pytest.importorskip("sacrebleu")
    done = evaluate(*files, "--json", "--tsv", str(tmp_path / "lines.tsv"), "--worst", "2")
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads(done.stdout)
    assert result["n"] == len(SOURCES)
    assert result["model"].startswith("romance-en@")
    assert result["engine"].startswith("ctranslate2-")
    with (tmp_path / "lines.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [row["source"] for row in rows] == SOURCES
    outputs = [row["output"] for row in rows]
    assert outputs[3:5] == ["", "12.04.2021"]
    assert not any("\n" in output for output in outputs)
    assert result["bleu"] == round(sacrebleu.corpus_bleu(outputs, [REFERENCES]).score, 2)
    assert result["chrf"] == round(sacrebleu.corpus_chrf(outputs, [REFERENCES]).score, 2)
    assert result["bleu_signature"].startswith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")
    assert result["chrf_signature"].startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")
    assert [line["number"] for line in result["worst"]] == [
        int(row["line"]) for row in sorted(rows, key=lambda row: (float(row["chrf"]), int(row["line"])))[:2]
    ]


def test_a_line_is_translated_as_a_run_translates_it(files: tuple[str, ...], tmp_path: Path) -> None:
    evaluate(*files, "--tsv", str(tmp_path / "lines.tsv"))
    with (tmp_path / "lines.tsv").open(encoding="utf-8", newline="") as file:
        outputs = [row["output"] for row in csv.DictReader(file, delimiter="\t")]
    wanted = [0, 1, 2, 5, 7]
    article = tmp_path / "articolo.txt"
    article.write_text("\n\n".join(SOURCES[i] for i in wanted) + "\n", encoding="utf-8")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pipeline",
            "run",
            str(article),
            "--out",
            str(tmp_path / "out"),
            "--language",
            "it",
            "-q",
        ],
        cwd=ROOT,
        check=True,
    )
    row = json.loads((tmp_path / "out" / "documents.jsonl").read_text(encoding="utf-8"))
    assert row["text"].split("\n\n") == [outputs[i] for i in wanted]


def test_a_model_against_itself_makes_no_difference(files: tuple[str, ...], tmp_path: Path) -> None:
    copy = shutil.copytree(ROOT / "models" / "romance-en", tmp_path / "copy")
    done = evaluate(*files, "--against", str(copy), "--json")
    result = json.loads(done.stdout)
    assert result["against"]["bleu"] == result["bleu"]
    assert {d["metric"]: d["score"] - d["against"] for d in result["differences"]} == {"BLEU": 0.0, "chrF2": 0.0}
    assert all(d["p_value"] == 1.0 for d in result["differences"])
    assert all("bs:1000" in d["signature"] for d in result["differences"])
    again = json.loads(evaluate(*files, "--against", str(copy), "--json").stdout)
    assert again == result


def test_the_printed_scores_carry_their_signatures(files: tuple[str, ...]) -> None:
    lines = evaluate(*files, "--worst", "1").stdout.splitlines()
    assert lines[0].startswith("romance-en@")
    assert lines[1].startswith("BLEU ")
    assert "tok:13a" in lines[1]
    assert lines[2].startswith("chrF2 ")
    assert "nc:6" in lines[2]
    assert lines[4].startswith("line ")


@pytest.mark.parametrize(
    ("source", "reference", "language", "expected"),
    [
        (b"uno\ndue\n", b"one\n", "it", "line by line they must correspond"),
        (b"", b"", "it", "has no lines"),
        (b"\xff\xfe\x00", b"one\n", "it", "cannot be read as UTF-8"),
        (b"ein\n", b"one\n", "de", "no model for de"),
        (b"uno\n", b"one\n", "ita", "--language takes an ISO 639-1 code"),
        (b"one\n", b"one\n", "en", "English needs no model"),
    ],
)
def test_what_cannot_be_evaluated_is_one_line(
    source: bytes, reference: bytes, language: str, expected: str, tmp_path: Path
) -> None:
    (tmp_path / "s").write_bytes(source)
    (tmp_path / "r").write_bytes(reference)
    done = evaluate("--source", str(tmp_path / "s"), "--reference", str(tmp_path / "r"), "--lang", language)
    assert done.returncode == 1
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("option", "path", "expected"),
    [
        ("--tsv", "nowhere/lines.tsv", "cannot be written"),
        ("--tsv", "test.it/lines.tsv", "cannot be written"),
        ("--tsv", ".", "cannot be written"),
        ("--against", "nowhere", "not a MarianMT model"),
    ],
)
def test_what_could_not_be_done_at_the_end_is_refused_at_the_start(
    option: str, path: str, expected: str, files: tuple[str, ...], tmp_path: Path
) -> None:
    """Before even the sentences are read: there are none here."""
    (tmp_path / "test.it").write_bytes(b"")
    done = evaluate(*files, option, str(tmp_path / path))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{tmp_path / path}: {expected}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["test.it", "test.en", "other-name"])
def test_a_table_is_not_written_over_its_own_test_set(name: str, files: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "other-name").symlink_to("test.en")
    before = (tmp_path / name).read_bytes()
    done = evaluate(*files, "--tsv", str(tmp_path / name))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{tmp_path / name}: is a file of the test set" in done.stderr
    assert (tmp_path / name).read_bytes() == before


def test_a_test_set_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    done = evaluate("--source", str(tmp_path / "s"), "--reference", str(tmp_path / "r"), "--lang", "it")
    assert (done.returncode, done.stderr) == (
        1,
        f"monoglot: {tmp_path / 's'}: cannot be read (No such file or directory)\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_table_that_cannot_be_written_costs_no_scores(files: tuple[str, ...]) -> None:
    done = evaluate(*files, "--tsv", "/dev/full", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["n"] == len(SOURCES)
    assert "/dev/full: cannot be written" in done.stderr


def test_without_sacrebleu_the_extra_is_named(files: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "sacrebleu.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import runpy; runpy.run_module('pipeline', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code, "evaluate", *files], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "pip install 'monoglot[evaluate]'" in done.stderr
