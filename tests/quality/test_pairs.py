"""The quality pairs are what they say: enough of them, all different, clean, in the right language, faithful in numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import langdetect
import pytest

from benchmarks.quality.pairs import FOLDER, LANGUAGES, load
from pipeline.clean.unicode import styled

PAIRS = 200
# Of the English to its source, in characters. Romance and English are about as long: the 800 lie between 0.63 and 1.50.
LENGTH_RATIOS = (0.6, 1.6)
# In words. A model that is good on short sentences only is not good; one sentence is one segment.
WORDS = (4, 60)
USUAL_WORDS = (8, 40)

NUMBER = re.compile(r"\d+(?:[.,: \u00a0]\d+)*")


def fold(text: str) -> str:
    """The letters and digits alone, in one case: what makes two sentences the same."""
    return "".join(filter(str.isalnum, text.casefold()))


def numbers(text: str) -> Counter[str]:
    """The numbers of a text, without the marks that part thousands or decimals; Portuguese `54 mil` is 54,000."""
    text = re.sub(r"(\d) mil (?!mil)", r"\g<1>000 ", text)
    return Counter(re.sub(r"\D", "", number) for number in NUMBER.findall(text))


def test_every_file_is_scored() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{language}.tsv" for language in LANGUAGES)


@pytest.mark.parametrize("side", ["source", "english"])
def test_no_sentence_comes_twice_in_any_file(side: str) -> None:
    seen = Counter(fold(getattr(pair, side)) for language in LANGUAGES for pair in load(language))
    assert [text for text, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
class TestPairs:
    def test_two_hundred(self, language: str) -> None:
        assert len(load(language)) == PAIRS

    def test_lengths_go_together(self, language: str) -> None:
        low, high = LENGTH_RATIOS
        assert [p for p in load(language) if not low <= len(p.english) / len(p.source) <= high] == []

    def test_sentences_are_of_all_usual_lengths(self, language: str) -> None:
        words = [len(pair.source.split()) for pair in load(language)]
        assert WORDS[0] <= min(words) <= max(words) <= WORDS[1]
        assert sum(USUAL_WORDS[0] <= n <= USUAL_WORDS[1] for n in words) >= 0.9 * PAIRS
        assert sum(n > 25 for n in words) >= 10

    def test_letters_are_latin_and_composed(self, language: str) -> None:
        for text in (text for pair in load(language) for text in (pair.source, pair.english)):
            assert all(unicodedata.name(c).startswith("LATIN ") for c in text if c.isalpha() and c not in "ºª"), text
            assert unicodedata.is_normalized("NFC", text), text
            assert text == " ".join(text.split()), text

    def test_references_are_in_house_style(self, language: str) -> None:
        assert [p.english for p in load(language) if p.english != styled(p.english) or p.english.isupper()] == []

    def test_each_side_is_in_its_language(self, language: str) -> None:
        pairs = load(language)
        assert langdetect.detect(" ".join(pair.source for pair in pairs)) == language
        assert langdetect.detect(" ".join(pair.english for pair in pairs)) == "en"
        assert [p for p in pairs if fold(p.source) == fold(p.english)] == []

    def test_numbers_are_kept(self, language: str) -> None:
        """But for hours: 18h30 is 6.30 p.m. in English."""
        timeless = [pair for pair in load(language) if not re.search(r"\d [ap]\.m\.", pair.english)]
        assert len(timeless) > 0.9 * PAIRS
        assert [p for p in timeless if numbers(p.source) != numbers(p.english)] == []


@pytest.mark.parametrize("line", ["Solo italiano.", "Uno.\tOne.\tUne.", " \tOne.", "Uno.\t", ""])
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "it.tsv").write_text(f"Due.\tTwo.\n{line}\nTre.\tThree.\n", "utf-8")
    with pytest.raises(ValueError, match=r"it\.tsv:2: "):
        load("it", tmp_path)
