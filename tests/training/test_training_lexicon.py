"""Lexicons, glosses and the bridge to Apertium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.training.apertium import run_modes
from models.training.backtranslate import choose
from models.training.config import RecipeError
from models.training.corpus import Pair
from models.training.languages import known
from models.training.letters import elisions, letters
from models.training.lexicon import lexicon, read_gloss, with_relatives

from .needs import needs_apertium

pytestmark = pytest.mark.train


def test_glosses_are_read_and_a_language_without_has_none() -> None:
    assert read_gloss("it", 1)["primo"] == "primeiro"
    assert read_gloss("it", 2)["primo"] == "first"
    assert all(word != meaning for word, meaning in read_gloss("it", 2).items())
    assert read_gloss("fr", 1) == {}


def test_the_kept_lexicon_is_used_and_glosses_fill_its_gaps(tmp_path: Path) -> None:
    kept = tmp_path / "lexicon.json"
    kept.write_text('{"primo": "primeiríssimo", "zelmo": "zelm"}', encoding="utf-8")
    found = lexicon("it", [], kept)
    assert (found["primo"], found["zelmo"], found["molto"]) == ("primeiríssimo", "zelm", "muito")
    assert lexicon("pt", [], kept) == {}


def test_a_word_without_translation_takes_its_relatives() -> None:
    found = with_relatives(
        ["governato", "casa", "xyz"], {"governo": "governo", "governare": "governar", "casi": "casos"}
    )
    assert found["governato"] == "governar"
    assert "casa" not in found
    assert "xyz" not in found


@pytest.mark.parametrize(
    ("language", "elided", "portuguese"),
    [("it", "dell'", "do da"), ("fr", "qu'", "que"), ("ca", "l'", "o a"), ("ca", "D'", "De")],
)
def test_a_language_that_elides_has_pieces_for_it(language: str, elided: str, portuguese: str) -> None:
    assert elisions([language])["▁" + elided] == portuguese
    assert not elisions(["es", "gl", "ro"])


@pytest.mark.parametrize("language", known())
def test_every_letter_of_a_language_can_be_read_and_written_small_and_large(language: str) -> None:
    letter = re.compile(f"[{known()[language].alphabet}]")
    beyond_english = {c for c in map(chr, range(0x80, 0x250)) if letter.fullmatch(c)}
    assert {form for c in beyond_english for form in (c, c.upper())} <= set(letters())


def test_no_modes_change_nothing_but_spaces() -> None:
    assert run_modes([], ["uma  casa ", ""]) == ["uma casa", ""]


def test_a_missing_apertium_names_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(RecipeError, match="apt-get install apertium"):
        run_modes(["es-pt"], ["una casa"])


@needs_apertium
def test_a_line_in_is_a_line_out() -> None:
    lines = ["La casa es grande.", "¿Dónde está el zelm? No lo sé.", "Fin"]
    assert [len(line) > 0 for line in run_modes(["es-pt"], lines)] == [True, True, True]
    assert run_modes(["es-pt"], lines)[0] == "A casa é grande."


def test_sentences_to_translate_back_are_different_and_in_order() -> None:
    def pair(english: str, corpus: str) -> Pair:
        return Pair("x", english, corpus)

    pairs = [pair(f"Sentence number {i} is here", "news") for i in range(5)]
    pairs += [pair("Sentence number 1 is here", "web"), pair("Too short", "web"), pair("But this one is fine", "web")]
    chosen = choose(pairs, {"news": 3, "web": 9}, 1)
    assert [corpus for _, corpus in chosen[:3]] == ["news"] * 3
    assert {"But this one is fine"} <= {english for english, corpus in chosen if corpus == "web"}
    assert len({english for english, _ in chosen}) == len(chosen)
    assert choose(pairs, {"news": 3}, 1) == chosen[:3]
