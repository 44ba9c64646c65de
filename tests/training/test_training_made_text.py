"""Text made from text: WordNet's English, pairs of one language made into another's, the Portuguese beside them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from models.training import speeches
from models.training.backtranslate import choose
from models.training.config import RecipeError
from models.training.corpus import Pair
from models.training.cross import cross
from models.training.languages import modes_between
from models.training.mend import mend
from models.training.names import NameMaker, listed_names, rename
from models.training.pivot import keep, kept, to_portuguese, with_pivots
from models.training.wordnet import sentences

from .needs import needs_apertium

pytestmark = pytest.mark.train


@pytest.mark.parametrize(
    ("source", "target", "modes"),
    [
        ("it", "fr", ("ita-cat", "cat-fra")),
        ("it", "es", ("ita-cat", "cat-spa")),
        ("ca", "es", ("cat-spa",)),
        ("pt", "es", ("pt-es",)),
        ("pt", "fr", ("por-cat", "cat-fra")),
        ("es", "pt", ("es-pt",)),
        ("gl", "it", ("gl-pt", "por-cat", "cat-ita")),
        ("es", "es", ()),
    ],
)
def test_the_way_between_two_languages(source: str, target: str, modes: tuple[str, ...]) -> None:
    assert modes_between(source, target) == modes


def test_what_is_kept_is_not_asked_of_apertium_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    keep(tmp_path, "it", [("La casa.", "A casa."), ("Il cane.", "O cão.")])
    keep(tmp_path, "it", [("Zelm.", "")])
    assert kept(tmp_path, "it") == {"La casa.": "A casa.", "Il cane.": "O cão.", "Zelm.": ""}
    pairs = [Pair("Il cane.", "The dog.", "news"), Pair("Zelm.", "Zelm.", "news")]
    assert [pair.pivots for pair in with_pivots(pairs, "it", tmp_path)] == [("O cão.",), ("",)]
    keep(tmp_path, "it", [("Il cane.", "O cachorro."), ("Zelm.", "Zelm.")], way=1)
    assert [pair.pivots for pair in with_pivots(pairs, "it", tmp_path, 2)] == [("O cão.", "O cachorro."), ("", "Zelm.")]
    with pytest.raises(RecipeError, match="apt-get install"):
        with_pivots([Pair("Il gatto.", "The cat.", "news")], "it", tmp_path)


def test_portuguese_is_its_own_portuguese(tmp_path: Path) -> None:
    (pair,) = with_pivots([Pair("O cão.", "The dog.", "news")], "pt", tmp_path, 2)
    assert pair.pivots == ("O cão.",)


def test_a_language_with_one_way_to_portuguese_has_no_second(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="ways = 1"):
        with_pivots([Pair("Casa.", "House.", "news")], "ro", tmp_path, 2)


@pytest.mark.parametrize(
    ("pivot", "kept_names"), [("Ontem Rokan viu Zelm.", True), ("Ontem vermelho viu Zelm.", False), ("", False)]
)
def test_a_renamed_pair_is_taught_only_if_its_names_are_in_the_portuguese(pivot: str, kept_names: bool) -> None:
    pair = Pair("Ieri Rokan ha visto Zelm.", "Rokan saw Zelm yesterday.", "news", (pivot, "Ontem Rokan viu Zelm."))
    changed = rename(pair, NameMaker(listed_names()), random.Random(1))
    assert changed is not None
    names = [word for word in changed.english.rstrip(".").split() if word[0].isupper()]
    first, second = changed.pivots
    assert (bool(first), all(name in first for name in names)) == (kept_names, kept_names)
    assert all(name in second for name in names)


@needs_apertium
def test_pairs_are_made_into_another_language_once(tmp_path: Path) -> None:
    pairs = {
        "es": [Pair("La casa es grande.", "The house is big.", "es:news"), Pair("Hoy es martes.", "Same", "es:news")]
    }
    cross(pairs, {"pt": ["es"]}, tmp_path)
    (path,) = (tmp_path / "cross").iterdir()
    assert path.name == "es.pt-en.tsv"
    assert path.read_text(encoding="utf-8").splitlines()[0] == "A casa é grande.\tThe house is big.\tnews+cross"
    path.write_text("kept", encoding="utf-8")
    cross(pairs, {"pt": ["es"]}, tmp_path)
    assert path.read_text(encoding="utf-8") == "kept"


@needs_apertium
@pytest.mark.parametrize(
    ("apertium", "portuguese"),
    [
        ("O ministro tem dito que a lei tem sido aprovada.", "O ministro disse que a lei foi aprovada."),
        ("Os soldados têm já atacado a cidade.", "Os soldados já atacaram a cidade."),
        ("Tenho recebido uma carta.", "Recebi uma carta."),
        ("O preço está ficado em 29 por cem.", "O preço ficou em 29 por cento."),
        ("O presidente está-se demitido.", "O presidente demitiu-se."),
        # Neither a perfect nor a verb that could be one.
        ("A porta está fechada e o país tem dados.", "A porta está fechada e o país tem dados."),
        ("Ele tem zelmado.", "Ele tem zelmado."),
        ("", ""),
    ],
)
def test_a_perfect_that_is_none_in_portuguese_is_mended(apertium: str, portuguese: str) -> None:
    assert mend([apertium]) == [portuguese]


@needs_apertium
@pytest.mark.parametrize(
    ("language", "source", "portuguese"),
    [
        # "carcere" stands in the glosses alone (its article is left as it was), "quilos" is Catalan between French and Portuguese.
        ("it", "Il carcere è grande.", "O prisão é grande."),
        ("fr", "Il a deux kilos.", "Tem dois quilos."),
        ("it", "Zelm è grande.", "Zelm é grande."),
    ],
)
def test_what_apertium_leaves_is_translated_by_itself(language: str, source: str, portuguese: str) -> None:
    assert to_portuguese([source], language) == [portuguese]


@needs_apertium
def test_perfects_are_mended_and_words_left_on_the_other_way_to_portuguese() -> None:
    assert to_portuguese(["Il ministro ha detto zelmo."], "it", way=1) == ["O ministro disse zelmo."]


WORDNET = {
    "noun": (
        "  1 This is where the licence stands.\n"
        '00001 04 n 02 house 0 zelmhouse 1 002 @ 002 n 0000 | a dwelling that serves as living quarters; "he has a house '
        'on Cape Cod"; "a house"\n'
        "00002 04 n 01 zelmidae 0 001 @ 002 n 0000 | a family of animals that nobody has ever heard of\n"
    ),
    "verb": '00003 30 v 01 run_along 0 000 | be next to; "The stretch of road runs along the river bank!"\n',
    "adj": "00004 00 a 01 big(p) 0 000 | above average in size or number or quantity or magnitude\n",
    "adv": '00005 02 r 01 today 0 000 | on this day as distinct from yesterday; "I can\'t meet with you today"- Ann Zelm\n',
}


def test_wordnets_examples_and_the_definitions_of_common_nouns(tmp_path: Path) -> None:
    for kind, text in WORDNET.items():
        (tmp_path / f"data.{kind}").write_text(text, encoding="latin-1")
    found = {line.rstrip(".").lower() for line in sentences(3, tmp_path)}
    assert found == {
        "house: a dwelling that serves as living quarters",
        "he has a house on cape cod",
        "the stretch of road runs along the river bank!",
        "i can't meet with you today",
    }
    assert sentences(3, tmp_path) == sentences(3, tmp_path)


def test_the_speeches_since_1934(tmp_path: Path) -> None:
    for name, text in (
        ("1933_old_d.txt", "This address is too old to count."),
        (
            "1934_new_d.txt",
            "Mr. Speaker,\n\nThe state of the union is strong. Ours\u2019 is a time of change. We agree.\n\n",
        ),
        ("2021_newer_d.txt", "The state of the union is strong. This one breaks off in the middle of"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = speeches.sentences(tmp_path.glob("*.txt"))
    assert found == ["Ours' is a time of change.", "The state of the union is strong."]


def test_a_missing_wordnet_names_its_package(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="apt-get install wordnet-base"):
        sentences(1, tmp_path)


def test_english_alone_is_translated_back_like_the_english_of_pairs() -> None:
    pairs = [Pair("x", "This one stands in a pair", "news")]
    alone = {"wordnet": ["And this one stands all alone", "This one stands in a pair", "short"]}
    chosen = choose(pairs, {"news": 5, "wordnet": 5}, 1, alone)
    assert chosen == [("This one stands in a pair", "news"), ("And this one stands all alone", "wordnet")]
