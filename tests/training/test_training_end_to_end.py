"""The whole recipe on a hundred invented sentences: build, train, stop, resume, average, export, score.

No network, no Apertium (its lexicon is put where the recipe keeps it), no parallel text but what is made here.
"""

from __future__ import annotations

import csv
import json
import shutil
import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest

# First, for it skips the file where a package is missing.
from .tiny import RECIPE, command, sentences  # isort: skip

import numpy as np
import torch

from models.training.__main__ import main
from models.training.batches import fill
from models.training.charsmap import read_rules
from models.training.checkpoint import FORBIDDEN, Checkpoint, read_checkpoint, write_checkpoint
from models.training.config import RecipeError, read_recipe
from models.training.export import export
from models.training.extend import alike_pieces, extend, idle_pieces, shrink
from models.training.network import EMBEDDING
from models.training.pieces import Vocabulary
from models.training.prepare import tokenised
from models.training.score import convert, measure, score, translate
from models.training.student import Student, native_engine, prove
from models.training.surgery import blend, graft
from models.training.train import frequent_pieces, train
from models.training.trainer import Trainer

BUNDLED = Path(__file__).parent.parent.parent / "models" / "romance-en"
pytestmark = pytest.mark.train


def test_the_student_is_read_right() -> None:
    assert prove(Student(), native_engine("pten"), sentences("pt")[::20]) == []


def test_the_vocabulary_is_extended_not_replaced(place: Path) -> None:
    vocabulary = Vocabulary(place / "run" / "start")
    assert vocabulary.source.encode("dell'acqua", out_type=str) == ["▁dell'", "▁acqua"]
    assert vocabulary.source.encode("giornale", out_type=str) == ["▁giornale"]
    for name in ("Zelm", "Jörg", "ÖVP", "Giornaler", "Ministrovic"):
        assert vocabulary.source.encode(name, out_type=str) == vocabulary.target.encode(name, out_type=str)
    model = read_checkpoint(place / "run" / "start")
    assert all(1 < n < model.english for n in vocabulary.encode_target("ö Š €5 1987")[:-1])
    assert vocabulary.number["▁acqua"] >= model.english
    # English is never written with what stands for an unknown piece.
    assert model.bias[vocabulary.number["<unk>"]] == FORBIDDEN


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


def test_a_name_that_english_writes_alike_is_spelt_with_its_pieces(place: Path, tmp_path: Path) -> None:
    grown = tmp_path / "grown"
    grown.mkdir()
    start = place / "run" / "start"
    model = extend(read_checkpoint(start), start, {"▁Filippo": [5], "▁Quindi": [6]}, grown)
    write_checkpoint(tmp_path / "published", model.weights, model.bias, model.shape, grown, "it")
    assert alike_pieces(tmp_path / "published") == ["▁Filippo"]
    made = ["--data", str(place / "text"), "--run", str(tmp_path / "run"), "--continue", str(tmp_path / "published")]
    assert main(["build", str(place / "tiny.toml"), *made]) == 0
    after = Vocabulary(tmp_path / "run" / "start")
    assert after.encode_source("Filippo") == after.encode_target("Filippo")
    assert len(after.encode_source("Quindi")) == 2  # with the end mark


def test_the_bundled_model_can_copy_names_that_english_writes_alike() -> None:
    assert alike_pieces(BUNDLED) == []


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
    assert command(place, "train") == 0
    assert command(place, "score") == 0
    assert "nrefs:1" in capsys.readouterr().out
    model = str(run / "average")
    assert command(place, "average", "--model", model, "--model", str(run / "start")) == 0
    assert command(place, "export", "--out", str(place / "published")) == 0
    names = {p.name for p in (place / "published").rglob("*")}
    assert {"model.safetensors", "config.json", "source.spm", "model.bin", "shared_vocabulary.json"} <= names
    assert command(place, "card") == 0
    card = (run / "README.md").read_text(encoding="utf-8")
    assert "nrefs:1" in card
    assert "CC BY-SA 4.0" in card
    with (run / "dev.csv").open(encoding="utf-8") as stream:
        assert [row["language"] for row in csv.DictReader(stream)] == ["it"]


@pytest.mark.parametrize(
    ("text", "reference", "bleu", "chrf"),
    [
        ("The mayor of Okra saw the train.", "The mayor of Okra saw the train.", (100, 100), (100, 100)),
        ("Mayors seeing trains go by", "Mayor sees train goes bye", (0, 0), (30, 90)),
    ],
)
def test_bleu_counts_words_and_chrf_letters(
    text: str, reference: str, bleu: tuple[float, float], chrf: tuple[float, float]
) -> None:
    result = measure([text], [reference])
    assert bleu[0] <= result.bleu <= bleu[1]
    assert chrf[0] <= result.chrf <= chrf[1]


def test_what_is_scored_is_the_translation_against_its_reference(place: Path, tmp_path: Path) -> None:
    start, source = place / "run" / "start", tmp_path / "few.pt"
    source.write_text("\n".join(sentences("pt")[:4]) + "\n", encoding="utf-8")
    converted = convert(start, tmp_path / "int8")
    own, other = tmp_path / "own.en", tmp_path / "other.en"
    score(converted, start, source, source, own)
    assert len(own.read_text(encoding="utf-8").splitlines()) == 4
    assert score(converted, start, source, own).bleu == 100
    other.write_text("one line\n", encoding="utf-8")
    with pytest.raises(RecipeError, match=r"has 4 lines, .* has 1"):
        score(converted, start, source, other)


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
    texts, _ = translate(convert(tmp_path / "run" / "start", tmp_path / "again"), start, sentences("pt")[:8])
    wanted, _ = translate(published / "ctranslate2", start, sentences("pt")[:8])
    assert sum(a == b for a, b in zip(texts, wanted, strict=True)) >= 6


def test_make_is_the_whole_recipe_and_goes_on_where_it_stopped(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Portuguese is translated back by the student alone: no Apertium is needed.
    recipe = RECIPE.replace('"pt-en.tsv"', '"back/pt-en.tsv"').replace("[names]", "[back]\ninvented = 40\n\n[names]")
    recipe = recipe.replace("seed = 7", "seed = 7\nstart_share = 0.5\ndrawn = 0.5")
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
    # What is published is the mean of the average and the start, drawn back to the student, rounded to bfloat16. The student has
    # no self-attention, and its feed-forward is that of the start.
    published, trained, start = (read_checkpoint(path).weights for path in (out, run / "average", run / "start"))
    for layer, share in (("decoder.layers.0.self_attn.q_proj", 0.5), ("encoder.layers.0.fc1", 0.25)):
        name = f"model.{layer}.weight"
        wanted = start[name].lerp(trained[name], share)
        torch.testing.assert_close(published[name], wanted, atol=2e-3, rtol=1e-2)


def test_a_corpus_of_no_weight_is_not_trained_on(place: Path, tmp_path: Path) -> None:
    recipe = replace(read_recipe(place / "tiny.toml"), weights={"*": 0.0})
    with pytest.raises(RecipeError, match="no pair is left to train on"):
        tokenised(recipe, place / "run" / "start", [place / "text"], tmp_path)


def test_a_problem_is_a_message_and_an_exit_code(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(place / "no.toml"), "--data", str(place), "--run", str(place / "other")]) == 1
    assert "no.toml" in capsys.readouterr().err
    # Steps that come too early, or that the recipe has no use for.
    nothing = ["--run", str(place / "other")]
    assert main(["score", str(place / "tiny.toml"), *nothing]) == 1
    assert "`train` makes it" in capsys.readouterr().err
    assert main(["draw", str(place / "tiny.toml"), *nothing]) == 1
    assert "nothing to draw back" in capsys.readouterr().err
