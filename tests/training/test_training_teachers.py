"""What teaches a network: the student, the network as it was before, and both as an ensemble."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

# First, for it skips the file where a package is missing.
from .tiny import RECIPE, sentences  # isort: skip

import numpy as np
import torch

from models.training import network
from models.training.__main__ import main
from models.training.backtranslate import with_round_trip
from models.training.batches import fill
from models.training.checkpoint import read_checkpoint
from models.training.config import read_recipe
from models.training.corpus import Pair
from models.training.ensemble import teachers, translations
from models.training.pieces import Vocabulary
from models.training.pivot import keep, kept
from models.training.prepare import tokenised
from models.training.student import Student
from models.training.teacher import Teacher
from models.training.train import frequent_pieces, train
from models.training.trainer import Trainer

pytestmark = pytest.mark.train


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


def test_a_taught_model_comes_nearer_to_its_teacher(place: Path, tmp_path: Path) -> None:
    # What Apertium would make of the Italian is where the recipe keeps it, so that none is needed.
    sides = zip(sentences("it"), sentences("pt"), strict=True)
    keep(tmp_path, "it", list(sides))
    (tmp_path / "taught.toml").write_text(
        RECIPE.replace("seed = 7", 'seed = 7\ntaught = ["invented"]'), encoding="utf-8"
    )
    start = place / "run" / "start"
    recipe = read_recipe(tmp_path / "taught.toml")
    corpus = tokenised(recipe, start, [place / "text"], tmp_path)
    taught = train(recipe, start, corpus, tmp_path / "run")
    assert taught.teacher is not None
    batch = fill(corpus, np.array([[i, -1] for i in range(20)]), taught.pad)
    untrained = Trainer(read_checkpoint(start), recipe.train, frequent_pieces(corpus, 100), 1, taught.teacher)
    assert taught.loss(batch)[0].item() < 0.8 * untrained.loss(batch)[0].item()


def test_the_student_reads_its_own_portuguese_of_the_english_where_the_recipe_asks_for_it(
    place: Path, tmp_path: Path
) -> None:
    made = Pair("Il cane dorme.", "The dog is sleeping.", "news", ("O cachorro dorme.",))
    (pair,) = with_round_trip([made], tmp_path)
    assert pair.pivots[0] == "O cachorro dorme."
    assert pair.pivots[1].startswith("O c")
    assert kept(tmp_path, "en") == {"The dog is sleeping.": pair.pivots[1]}
    # What is kept is not asked of the student again.
    keep(tmp_path, "en", [(sentence, "Kept.") for sentence in sentences("en")])
    recipe = replace(read_recipe(place / "tiny.toml"), round_trip=("invented",))
    corpus = tokenised(recipe, place / "run" / "start", [place / "text"], tmp_path)
    read = Vocabulary(place / "run" / "start").encode_target("Kept.")
    told = {corpus.names[of]: corpus.portuguese(i, 0).tolist() for i, of in enumerate(corpus.corpus)}
    assert told == {"invented": read, "invented+names": [], "pt:invented": []}


def test_a_way_to_portuguese_that_no_pair_of_a_batch_has_changes_nothing(place: Path, tmp_path: Path) -> None:
    keep(tmp_path, "it", list(zip(sentences("it"), sentences("pt"), strict=True)))
    keep(tmp_path, "it", [(sentence, "") for sentence in sentences("it")], way=1)
    start = place / "run" / "start"
    recipe = replace(read_recipe(place / "tiny.toml"), taught=("invented",))
    teacher = Teacher(Student(), Vocabulary(start))

    def loss(ways: int) -> float:
        corpus = tokenised(replace(recipe, ways=ways), start, [place / "text"], tmp_path)
        batch = fill(corpus, np.array([[i, -1] for i in range(20)]), Vocabulary(start).pad)
        trainer = Trainer(read_checkpoint(start), recipe.train, frequent_pieces(corpus, 100), 1, teacher)
        return float(trainer.loss(batch)[0].item())

    assert loss(2) == loss(1)


@pytest.mark.parametrize(("taught", "copies_too"), [("invented", False), ("invented*", True)])
def test_renamed_copies_are_taught_only_where_the_recipe_names_them(
    place: Path, tmp_path: Path, taught: str, copies_too: bool
) -> None:
    keep(tmp_path, "it", list(zip(sentences("it"), sentences("pt"), strict=True)))
    recipe = replace(read_recipe(place / "tiny.toml"), taught=(taught,))
    corpus = tokenised(recipe, place / "run" / "start", [place / "text"], tmp_path)

    def in_portuguese(name: str) -> set[bool]:
        return {len(corpus.portuguese(i, 0)) > 0 for i, of in enumerate(corpus.corpus) if corpus.names[of] == name}

    assert in_portuguese("invented") == {True}
    assert in_portuguese("invented+names") == {copies_too}


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
    monkeypatch.setattr("models.training.ensemble.LONGEST", 40)  # what is untrained finds no end
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
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.training.ensemble.LONGEST", 40)
    for side in ("it", "en"):
        lines = (place / "text" / f"dev.{side}").read_text(encoding="utf-8").splitlines()[:5]
        (tmp_path / f"few.{side}").write_text("\n".join(lines), encoding="utf-8")
    sources = (tmp_path / "few.it").read_text(encoding="utf-8").splitlines()
    keep(tmp_path, "it", [(source, "A cidade procura a água.") for source in sources])
    text = (place / "tiny.toml").read_text(encoding="utf-8").replace('"dev.', '"few.')
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
