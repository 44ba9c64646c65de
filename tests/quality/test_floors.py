"""The floors hold: for the bundled models, and against whoever would lower one without a word."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.quality import floors, pairs
from benchmarks.quality.__main__ import gate
from benchmarks.quality.floors import Floor
from benchmarks.quality.pairs import Pair
from benchmarks.quality.scores import Score, kept_names, score, shortfalls
from pipeline.models import ModelStore
from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent.parent
GOOD = 'bleu = 40.0\nchrf = 60\nnames = 90\ndate = 2026-01-31\nwhy = "measured"\n'


def test_every_bundled_model_has_a_floor_and_every_floor_a_model() -> None:
    store = ModelStore()
    assert {language for language in pairs.LANGUAGES if store.find(language)} == set(floors.load())


def test_the_italian_model_holds_its_floor() -> None:
    """About 7 seconds of processor time. The other languages are for `python -m benchmarks.quality`."""
    model = ModelStore().find("it")
    assert model is not None
    reached = score(pairs.load("it"), model, Settings())
    assert shortfalls(reached, floors.load()["it"]) == []
    assert reached.pairs == 200
    assert "nrefs:1" in reached.bleu_signature
    assert "nc:6" in reached.chrf_signature
    assert reached.made_by.startswith(f"romance-en@{model.fingerprint} ctranslate2-")


def test_a_floor_is_missed_by_any_score() -> None:
    floor = Floor(40.0, 60.0, 90.0, datetime.date(2026, 1, 31), "measured")

    def below(bleu: float, chrf: float, names: float = 95.0) -> list[str]:
        return shortfalls(Score(bleu, chrf, names, "", "", 200, ""), floor)

    assert below(40.0, 60.0) == []
    assert below(39.99, 60.0) == ["BLEU 39.99 is below the floor 40.00"]
    assert below(45.0, 59.5) == ["chrF2 59.50 is below the floor 60.00"]
    assert below(45.0, 65.0, 89.9) == ["names 89.90 is below the floor 90.00"]
    assert len(below(0.0, 0.0, 0.0)) == 3


def test_a_name_counts_where_source_and_reference_write_it_alike() -> None:
    given = [
        Pair("Ieri Marta Ucelli era a Torino.", "Marta Ucelli was in Turin yesterday."),
        Pair("Piove.", "It rains."),
    ]
    assert kept_names(given, ["Marta Ucelli was in Turin.", "It rains."]) == 100
    assert kept_names(given, ["Marta Ucello was in Torino.", "It rains."]) == 50
    assert kept_names(given[1:], ["Rain."]) == 100


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (GOOD.replace('why = "measured"\n', ""), "nothing else: why"),
        (GOOD + 'model = "it-en"\n', "nothing else: model"),
        (GOOD.replace("measured", " "), "says why"),
        (GOOD.replace("40.0", "140.0"), "from 0 to 100: bleu 140.0"),
    ],
)
def test_a_floor_that_says_too_little_is_refused(tmp_path: Path, entry: str, complaint: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(f"[it]\n{entry}", "utf-8")
    with pytest.raises(ValueError, match=rf"floors\.toml: \[it\].*{complaint}"):
        floors.load(path)


def test_a_language_without_a_model_is_skipped_aloud_unless_a_floor_is_pinned(
    capsys: pytest.CaptureFixture[str],
) -> None:
    floor = Floor(40.0, 60.0, 90.0, datetime.date(2026, 1, 31), "measured")
    assert gate("xx", ModelStore(), Settings(), None)
    assert capsys.readouterr().out == "xx: skipped: no model\n"
    assert not gate("xx", ModelStore(), Settings(), floor)
    assert capsys.readouterr().out == "xx: FAILED: a floor is pinned, but there is no model\n"


def test_a_folder_that_is_no_model_is_a_usage_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.quality", "--model", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "not a MarianMT model" in done.stderr
