"""What the classifiers and the function words make of a text, and whether its confidence means what it says."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.language.documents import mixed
from benchmarks.language.fit import calibration_error, cases, reliability
from benchmarks.language.samples import samples
from pipeline import identify as module
from pipeline.identify import (
    FIRST_CHARS,
    UNDETERMINED,
    WEIGHTS,
    WORD,
    evidence,
    folded,
    function_word_shares,
    identify,
    probabilities,
    profiled,
    sample,
)


@pytest.mark.parametrize("words", [20, 100])
def test_every_language_is_told_from_twenty_words_on(words: int) -> None:
    texts = [s for s in samples("test", (words,)) if s.form == "running" and s.words and s.code != UNDETERMINED]
    assert {s.code for s in texts if identify(s.text).code != s.code} == set()


def test_accuracy_of_five_words_does_not_fall() -> None:
    texts = [s for s in samples("test", (5,)) if s.form == "running" and s.code != UNDETERMINED]
    right = sum(identify(s.text).code == s.code for s in texts)
    assert right / len(texts) >= 0.975  # measured 0.982


def test_confidence_means_what_it_says() -> None:
    bins = reliability(cases("test", (5, 20)), WEIGHTS)
    assert calibration_error(bins) <= 0.03


NEIGHBOURS = (
    ("gl", "Os veciños din que non queren máis coches na praza."),
    ("pt", "Os vizinhos dizem que não querem mais carros na praça."),
    ("es", "Los vecinos dicen que no quieren más coches en la plaza."),
    ("ca", "Els veïns diuen que no volen més cotxes a la plaça."),
    ("no", "Naboene sier at de ikke vil ha flere biler på torget etter nyttår."),
    ("da", "Naboerne siger, at de ikke vil have flere biler på torvet efter nytår."),
    ("ru", "Жители говорят, что не хотят больше машин на площади."),
    ("uk", "Мешканці кажуть, що більше не хочуть машин на площі."),
    ("bg", "Жителите казват, че не искат повече коли на площада."),
    ("ar", "يقول السكان إنهم لا يريدون مزيدا من السيارات في الساحة."),
    ("fa", "ساکنان می‌گویند که دیگر نمی‌خواهند خودرویی در میدان باشد."),
    ("ur", "رہنے والوں کا کہنا ہے کہ وہ چوک میں مزید گاڑیاں نہیں چاہتے۔"),
)


@pytest.mark.parametrize(("code", "text"), NEIGHBOURS, ids=[code for code, _ in NEIGHBOURS])
def test_neighbours_that_share_a_script(code: str, text: str) -> None:
    found = identify(text)
    assert (found.code, found.confidence >= 0.8) == (code, True)
    assert found.method == "langdetect+py3langid"


@pytest.mark.parametrize(("code", "text"), [pair for pair in NEIGHBOURS if pair[1].upper() != pair[1].lower()])
def test_capitals_are_judged_as_small_letters(code: str, text: str) -> None:
    assert identify(text.upper()).code == code


@pytest.mark.parametrize(
    "text", ["", "   ", "12.50 — 18:40", "…?!", "XK-4471/B 22.50 QPR", "qwzx plkj vbnm xxrt"], ids=repr
)
def test_what_is_no_language_has_little_confidence(text: str) -> None:
    assert identify(text).confidence < 0.5


def test_what_langdetect_is_not_asked_it_could_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last digit, of texts in all languages, of every length and in capitals, and of documents in two."""
    texts = [*(s.text for s in list(samples("test", (5, 20, 100)))[::9]), *(document.text for document in mixed())]
    sparing = [identify(text, prior) for text in texts for prior in (None, "en")]
    monkeypatch.setattr(module, "SETTLED", 2.0)  # more than any probability
    assert sparing == [identify(text, prior) for text in texts for prior in (None, "en")]


@pytest.mark.parametrize("code", ["en", "it", "ru", "ar"])
def test_langdetect_is_not_asked_of_a_clear_text(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(text: str) -> dict[str, float]:
        raise AssertionError(f"asked of {text!r}")

    monkeypatch.setattr(module, "first_opinion", asked)
    text = next(s.text for s in samples("test", (100,)) if s.code == code)
    assert (identify(text).code, identify(text).confidence) == (code, 1.0)
    with pytest.raises(AssertionError):
        identify("per la casa")


def test_the_languages_that_langdetect_knows_are_those_it_loads() -> None:
    loaded = module._profiles().get_lang_list()
    assert profiled() == {{"zh-cn": "zh", "zh-tw": "zh"}.get(tag, tag) for tag in loaded}


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_has_an_answer_with_probabilities(text: str) -> None:
    found = identify(text)
    total = found.confidence + sum(item.confidence for item in found.alternatives)
    assert 0.0 <= found.confidence <= 1.0
    assert total <= 1.001
    assert found == identify(text)


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_probabilities_add_up_to_one(text: str) -> None:
    found = evidence(folded(text), "en")
    if found:
        assert sum(probabilities(found, len(text), WEIGHTS, "en").values()) == pytest.approx(1.0)


def test_the_document_raises_its_own_language_only() -> None:
    text = folded("per la casa")
    found = evidence(text, "ca")
    plain, prior = (probabilities(found, len(text), WEIGHTS, document) for document in (None, "ca"))
    assert prior["ca"] > plain["ca"]
    assert all(prior[code] <= plain[code] for code in prior if code != "ca")


def test_the_sample_is_the_beginning_the_middle_and_the_end() -> None:
    text = "a" * 1_000 + "b" * 1_000 + "c" * 1_000
    assert sample(text, FIRST_CHARS) == "\n".join(letter * (FIRST_CHARS // 3) for letter in "abc")
    assert sample("short", FIRST_CHARS) == "short"


def test_words_keep_their_marks() -> None:
    assert WORD.findall("में می‌شود l'eau naïve 42nd x_y") == ["में", "می‌شود", "l", "eau", "naïve", "nd", "x", "y"]
    assert function_word_shares(["में", "है"])["hi"] == 1.0


def test_the_same_text_has_the_same_answer_in_another_process() -> None:
    text = "Il prezzo non sale da mesi"
    command = f"from pipeline.identify import identify; print(identify({text!r}))"
    ran = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == str(identify(text))
