"""Reading and filtering pairs; every drop has its reason."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from models.training.config import RecipeError
from models.training.corpus import fault, find_files, plain, read_pairs

pytestmark = pytest.mark.train


@pytest.mark.parametrize(
    ("source", "english", "reason"),
    [
        ("Il gatto dorme.", "The cat is asleep.", None),
        ("", "The cat is asleep.", "empty"),
        ("12 + 3", "12 + 3", "no letters"),
        ("parola " * 120, "word " * 120, "long"),
        ("Apri il file nuovo", "Apri il file nuovo", "identical"),
        ("Firefox Nightly", "Firefox Nightly", None),
        ("Sì.", "Yes, of course, I would be delighted to come along.", "length ratio"),
        ("Nel 2019 erano 1200.", "They were 1,300 in 2018.", "numbers"),
        ("Nel 2019 erano 1.200.", "They were 1,200 in 2019.", None),
        ("Nel 2019 erano 14 200 000.", "They were 14,200,000 in 2019.", None),
        ("Nel 2019 300 erano qui.", "In 2019 300 were here.", None),
        ("Nel 2019 erano 14 200.", "They were 14,300 in 2019.", "numbers"),
        ("This is the house that was sold to them.", "This is the house that was sold.", "source is English"),
        ("La casa che si vede non è una delle più belle.", "La casa che non è una delle più alte.", "English is not"),
    ],
)
def test_fault(source: str, english: str, reason: str | None) -> None:
    assert fault(source, english, "it") == reason


def test_english_with_words_that_are_italian_too_is_kept() -> None:
    assert fault("Io e te siamo un caso a parte, lo so.", "I am a case apart and so are you, I do know.", "it") is None


def test_plain_leaves_one_spelling() -> None:
    assert plain(" l’«altro»\u00a0 “lato”\u00ad ") == 'l\'«altro» "lato"'


def test_read_pairs_counts_what_it_drops(tmp_path: Path) -> None:
    path = tmp_path / "it-en.tsv.xz"
    lines = [
        "Ciao a tutti\tHello everyone\tgreetings",
        "Ciao a tutti\tHello everyone\tgreetings",
        "solo una",
        "1\t1\tn",
    ]
    path.write_bytes(lzma.compress("\n".join(lines).encode()))
    pairs, dropped = read_pairs([path], "it")
    assert [(p.source, p.english, p.corpus) for p in pairs] == [("Ciao a tutti", "Hello everyone", "greetings")]
    assert dropped == {("greetings", "duplicate"): 1, (tmp_path.name, "no tab"): 1, ("n", "no letters"): 1}


def test_a_file_without_corpus_column_is_named_after_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.tsv").write_text("Piove ancora\tIt is still raining\n", encoding="utf-8")
    pairs, _ = read_pairs([folder / "a.tsv"], "it")
    assert [p.corpus for p in pairs] == ["news"]


def test_every_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"a\.tsv, b/\*\.tsv: not found in .* --data"):
        find_files([tmp_path], ["a.tsv", "b/*.tsv"])
