"""Two models in a row: only where a person asks for it, and with all that lay between on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from pipeline.errors import ModelBroken, ModelMissing
from pipeline.evaluate import evaluate
from pipeline.models import Model, ModelStore
from pipeline.models.install import import_folder
from pipeline.models.lock import Lock
from pipeline.provenance import from_json, json_schema, to_json
from pipeline.records import Pivot, Record
from pipeline.report import Report
from pipeline.risk import risk
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.translate import Decoding, Engine, Hypothesis, load_engine
from pipeline.translate.joins import join
from pipeline.translate.memory import Memory
from pipeline.translate.pivot import PivotEngine
from tests.models.conftest import BUNDLED, Command
from tests.models.lexicon import GALICIAN, build

LAW = "O goberno anunciou onte unha nova lei."
SQUARE = "Na praza hai 235 persoas."
BY_ITALIAN = Settings(language="gl", pivot=(("gl", "it"),))
Runs = Callable[..., tuple[Report, Record]]


@pytest.fixture(scope="module")
def italian() -> Engine:
    return load_engine(Settings(), Model(BUNDLED), threads=1)


@pytest.fixture(scope="module")
def first(galician: Path) -> Engine:
    return load_engine(Settings(), Model(galician, target="it"), threads=1)


@pytest.fixture
def runs(store: Path, galician: Path, tmp_path: Path) -> Runs:
    """Runs over one Galician article, with the models at hand: the report, and the record as the file has it."""
    import_folder(galician)
    article = tmp_path / "artigo.txt"
    article.write_text(f"{LAW}\n\n{SQUARE}\n", encoding="utf-8")

    def once(settings: Settings = BY_ITALIAN) -> tuple[Report, Record]:
        report = run([str(article)], tmp_path / "out", settings)
        (path,) = (tmp_path / "out" / "records").glob("*.json")
        return report, from_json(path.read_bytes())

    return once


def test_the_second_model_is_given_what_the_first_one_said(first: Engine, italian: Engine) -> None:
    engine = PivotEngine(first, italian, "it")
    texts = [LAW, SQUARE]
    between, found = first.translate(texts), engine.translate(texts)
    assert between[0].text == "Il governo ha annunciato ieri una nuova legge."
    for one, two, both in zip(between, italian.translate([one.text for one in between]), found, strict=True):
        assert both.text == two.text
        assert both.score == pytest.approx(one.score + two.score, abs=1e-4)
        assert both.pivot == Pivot("it", one.text, one.score, one.target_tokens)
        assert (both.source_tokens, both.target_tokens) == (one.source_tokens, two.target_tokens)
    assert [engine.translate([text])[0] for text in texts] == found
    assert (engine.length(LAW), engine.max_length) == (first.length(LAW), 64)


def test_candidates_are_those_of_the_first_model_the_likeliest_first(first: Engine, italian: Engine) -> None:
    (found,) = PivotEngine(first, italian, "it").candidates([LAW], Decoding(beam=4, candidates=4))
    assert len({one.pivot.hypothesis for one in found if one.pivot}) == 4
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_what_the_second_model_cannot_read_is_no_translation(first: Engine, tmp_path: Path) -> None:
    short = build(tmp_path / "it-en", {"Nella": "In"}, "it", "en", positions=6)
    engine = PivotEngine(first, load_engine(Settings(), Model(short), threads=1), "it")
    too_long, letterless = engine.translate([LAW, "235"])
    assert too_long.text == letterless.text == ""
    assert too_long.pivot is not None
    assert too_long.pivot.hypothesis == "Il governo ha annunciato ieri una nuova legge."
    assert letterless.pivot == Pivot("it", "253", letterless.score, 1)


def test_halves_that_are_joined_keep_what_lay_between() -> None:
    def half(english: str, score: float, pivot: Pivot) -> Hypothesis:
        return Hypothesis(english, score, 4, 4, pivot=pivot)

    parts = (
        half("The bridge is closed.", -0.2, Pivot("it", "Il ponte è chiuso", -0.1, 4)),
        half("The road reopens.", -0.6, Pivot("it", "la strada riapre.", -0.4, 2)),
    )
    joined = join(("A ponte está pechada", "a estrada reabre."), parts)
    assert joined.pivot == Pivot("it", "Il ponte è chiuso la strada riapre.", -0.2, 6)
    assert join(("a", "b"), (replace(parts[0], pivot=None), replace(parts[1], pivot=None))).pivot is None


def test_a_record_says_the_whole_way(runs: Runs, galician: Path) -> None:
    _, record = runs()
    models = f"{Model(galician).signature}+{Model(BUNDLED).signature}"
    assert record.status == "translated"
    assert f"mt:{models}|" in record.signature
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(to_json(record)))
    law, square = (segment for segment in record.segments if segment.translation)
    for segment, between in ((law, "Il governo ha annunciato ieri una nuova legge."), (square, "Nella piazza")):
        made = segment.translation
        assert made is not None
        assert made.pivot is not None
        assert made.model == models
        assert made.pivot.language == "it"
        assert made.pivot.hypothesis.startswith(between)
        assert made.score < made.pivot.score < 0
        assert segment.risk == risk("translated", made.score, segment.flags)
        assert segment.risk > risk("translated", made.pivot.score, segment.flags)


def test_the_english_is_checked_against_the_source_and_not_against_what_lay_between(runs: Runs) -> None:
    """The first model makes 253 of 235: beside its Italian the English is faultless."""
    _, record = runs()
    (square,) = (s for s in record.segments if s.translation and "piazza" in str(s.translation.pivot))
    assert square.translation is not None
    first = square.translation.attempts[0]
    assert "253" in first.hypothesis
    assert first.fault == "number-changed"
    text = record.text[square.text.start : square.text.end]
    assert ("235" in text) == ("number-restored" in {flag.code for flag in square.flags})
    assert {flag.code for flag in square.flags} & {"number-restored", "number-changed"}


def test_a_rerun_does_nothing_until_a_model_of_the_two_changes(runs: Runs, store: Path, tmp_path: Path) -> None:
    runs()
    assert runs()[0].unchanged == 1
    _, plain = runs(replace(BY_ITALIAN, pivot=()))
    assert plain.status == "untranslated"
    report, before = runs()
    assert report.unchanged == 0
    import_folder(build(tmp_path / "other" / "gl-it", GALICIAN | {"nova": "vecchia"}, "gl", "it"))
    report, after = runs()
    assert report.unchanged == 0
    assert after.signature != before.signature
    assert "vecchia legge" in str(after.segments)


def test_the_memory_knows_the_way(runs: Runs, tmp_path: Path, italian: Engine) -> None:
    settings = replace(BY_ITALIAN, memory=tmp_path / "memory.sqlite", force=True)
    _, made = runs(settings)
    with Memory(tmp_path / "memory.sqlite") as memory:
        (maker,) = memory.stats().makers
        first, second = maker.model.split("+")
        assert (maker.language, first[:6], second[:11]) == ("gl", "gl-it@", "romance-en@")
        assert memory.prune(models={first, second}) == 0
    assert runs(settings)[1] == made
    with Memory(tmp_path / "memory.sqlite") as memory:
        assert memory.prune(models={second}) == 2


def test_a_way_can_be_evaluated(store: Path, galician: Path) -> None:
    pytest.importorskip("sacrebleu")
    import_folder(galician)
    found = evaluate([LAW], ["The government announced a new law yesterday."], "gl", BY_ITALIAN)
    assert found.model == f"{Model(galician).signature}+{Model(BUNDLED).signature}"
    assert "law" in found.lines[0].output


@pytest.mark.parametrize(
    ("pivot", "expected"),
    [
        ((("gl", "ru"),), r"no model for gl→ru.*models fetch gl --to ru; no model for ru→en.*models fetch ru$"),
        ((("ca", "it"),), r"--pivot ca=it: no model for ca→it\. Get one with: monoglot models fetch ca --to it$"),
    ],
)
def test_a_model_that_is_missing_is_one_line_with_the_command(
    pivot: tuple[tuple[str, str], ...], expected: str, store: Path, galician: Path
) -> None:
    import_folder(galician)
    with pytest.raises(ModelMissing, match=expected) as caught:
        ModelStore(pivots=pivot)
    assert "\n" not in str(caught.value)


def test_nobody_goes_a_way_that_was_not_asked_for(store: Path, galician: Path) -> None:
    import_folder(galician)
    assert ModelStore().way("gl") is None
    way = ModelStore(pivots=(("gl", "it"),)).way("gl")
    assert way is not None
    assert ([model.name for model in way.models], way.over) == (["gl-it", "romance-en"], "it")
    straight = ModelStore(pivots=(("gl", "it"),)).way("it")
    assert straight is not None
    assert ([model.name for model in straight.models], straight.over) == (["romance-en"], None)


@pytest.mark.parametrize(
    ("pivot", "expected"),
    [
        ((("gl", ""),), "takes two ISO 639-1 codes such as gl=es, not gl="),
        ((("glg", "es"),), "not glg=es"),
        ((("gl", "en"),), "goes over a third language"),
        ((("gl", "gl"),), "goes over a third language"),
        ((("gl", "es"), ("gl", "pt")), "--pivot gl=…: given twice"),
    ],
)
def test_a_way_that_makes_no_sense_is_refused(pivot: tuple[tuple[str, str], ...], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Settings(pivot=pivot)
    with pytest.raises(ValueError, match="--pivot and --model exclude each other"):
        Settings(pivot=(("gl", "es"),), model=BUNDLED)


def test_a_model_of_many_target_languages_is_told_which_is_wanted(tmp_path: Path) -> None:
    """Its decoder leaves the first word out where no token stands before it; see tests/models/lexicon.py."""
    folder = build(tmp_path / "gl-itc", GALICIAN, "gl", "itc", (">>spa<<", ">>ita<<"))
    told = load_engine(Settings(), Model(folder, target="it"), threads=1)
    assert told.translate([LAW])[0].text == "Il governo ha annunciato ieri una nuova legge."
    untold = load_engine(Settings(), Model(folder), threads=1)
    assert untold.translate([LAW])[0].text == "governo ha annunciato ieri una nuova legge."
    assert told.length(LAW) == untold.length(LAW) + 1
    with pytest.raises(ModelBroken, match="does not translate into fr, but into ita, spa"):
        load_engine(Settings(), Model(folder, target="fr"), threads=1)


def test_import_takes_the_pair_from_the_files_and_not_another_target(
    store: Path, galician: Path, tmp_path: Path
) -> None:
    model = import_folder(galician)
    lock = Lock.of(store / "gl-it")
    assert (model.path, model.target, lock and lock.target) == (store / "gl-it", "it", "it")
    with pytest.raises(ModelBroken, match=r"it translates into it, not en\. Say it: --to it"):
        import_folder(galician, target="en")
    many = build(tmp_path / "opus-mt-gl-itc", GALICIAN, "gl", "itc", (">>spa<<", ">>ita<<"))
    assert import_folder(many, target="es").path == store / "gl-es"
    with pytest.raises(ModelBroken, match="does not translate into fr"):
        import_folder(many, target="fr")


def test_fetched_listed_run_shown_and_removed(monoglot: Command, store: Path, tmp_path: Path) -> None:
    wrong = monoglot("models", "fetch", "gl", "--repository", "lean/gl-it")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (1, 1)
    assert "it translates into it, not en. Say it: --to it" in wrong.stderr
    article = tmp_path / "artigo.txt"
    article.write_text(f"{LAW}\n", encoding="utf-8")
    asked = ("run", str(article), "--out", str(tmp_path / "out"), "--language", "gl", "--pivot", "gl=it", "--json")
    missing = monoglot(*asked)
    assert (missing.returncode, len(missing.stderr.splitlines())) == (1, 1)
    assert "Get one with: monoglot models fetch gl --to it" in missing.stderr

    done = monoglot("models", "fetch", "gl", "--to", "it", "--repository", "lean/gl-it")
    assert (done.returncode, done.stderr) == (0, "")
    here = json.loads(monoglot("models", "list", "gl", "--json").stdout)["here"]
    assert [(row["language"], row["to"], row["repository"]) for row in here] == [("gl", "it", "lean/gl-it")]
    assert monoglot("models", "verify", "gl").stdout.endswith("as it was locked\n")
    ran = monoglot(*asked)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["translated"] == 1
    shown = monoglot("show", "artigo.txt", "--from", str(tmp_path / "out")).stdout
    assert "by way of it" in " ".join(shown.split())
    assert monoglot("models", "remove", "gl").returncode == 1
    assert monoglot("models", "remove", "gl", "--to", "it").returncode == 0
    assert not (store / "gl-it").exists()
