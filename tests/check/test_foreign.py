"""Sentences and quotations in another language that English text was left with are named, and English is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import Settings, normalize
from pipeline.check.foreign import foreign
from pipeline.check.leftover import english_words, function_words
from pipeline.verify import _follows


@pytest.mark.parametrize(
    "text",
    [
        "Non possiamo pagare.",
        "Basta con la guerra!",
        "È finita, dice il sindaco.",
        "L'acqua è poca.",
        "Nadie lo sabe.",
        "El comando sigue en la refinería.",
        "Wahou, quelle vue sur la mer!",
        "Il n'y a plus d'essence.",
        "Ninguém sabe quem foi.",
        "Der König kam unangekündigt.",
        "In den achtziger Jahren lebte sie in New York.",
        "Niemand weiß, wer das war.",
        "Nikt nie wie, co się stało.",
        "Слава Україні!",
        "我们一定会回来。",
    ],
)
def test_a_sentence_in_another_language_is_named(text: str) -> None:
    (flag,) = foreign(text)
    assert (flag.code, flag.severity) == ("foreign-left", "warning")
    assert [(span.start, span.end) for span in flag.text] == [(0, len(text))]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('The crowd shouted "Basta con la guerra" for an hour.', ['"Basta con la guerra"']),
        ("On the wall it said 'el mundo es ancho', in red.", ["'el mundo es ancho'"]),
        ('He said "Слава Україні!" and left.', ['"Слава Україні!"']),
        ('Not "no pasarán", but "un altro mondo è possibile", she wrote.', ['"un altro mondo è possibile"']),
    ],
)
def test_a_quotation_in_another_language_is_told_of(text: str, quoted: list[str]) -> None:
    (flag,) = foreign(text)
    assert (flag.code, flag.severity) == ("foreign-left", "info")
    assert [text[span.start : span.end] for span in flag.text] == quoted
    assert flag.text == flag.source


@pytest.mark.parametrize(
    "text",
    [
        "The mayor of Rio de Janeiro met Ursula von der Leyen at the Copa del Rey.",
        "Von der Leyen meets Zelensky in Kyiv",
        "Rio de Janeiro, Brazil",
        "Photo: Jean-Pierre Dubois/Agence du Midi",
        "By María de los Ángeles Fuentes",
        "Schultz, Müller und Partner",
        "Vučić berates Kurti",
        "Côte d'Ivoire edge Nigeria",
        "Raison d'être questioned",
        "Déjà vu for Arsenal",
        "The coup d'état failed, and the café's façade was naïve.",
        "They don't know that it's over; we'll see.",
        "God's own country",
        "Bitcoin nosedives again",
        "See www.elpais.es/de-la-ciudad/los-otros and x@para.es.",
        "pip install -e . && tox -e lint",
        'The paper "Le Monde" and the film "La Dolce Vita"',
        "The capital, Beijing (北京), is dry.",
        "| 0.02 s | 0.08 s | 4.69 s |",
        "",
        "12.500",
    ],
)
def test_english_is_not(text: str) -> None:
    assert foreign(text) == ()


@given(st.text(max_size=60) | st.lists(st.sampled_from([*"\"'.,", "il", "la", "The", "d'a", "è", "мир"])).map(" ".join))
def test_no_text_breaks_it(text: str) -> None:
    for flag in foreign(text):
        assert all(0 <= span.start < span.end <= len(text) for span in (*flag.source, *flag.text))


@given(st.lists(st.sampled_from(sorted(english_words() | function_words("en"))), max_size=12))
def test_english_words_are_english(words: list[str]) -> None:
    assert foreign(" ".join(words)) == ()


def test_what_stays_in_an_english_paragraph_is_in_the_record() -> None:
    sentence = "Nessuno sa perché."
    text = (
        f"The bridge has been closed since Monday, and the ferry is not running. {sentence} The council meets tomorrow."
    )
    (record,) = normalize([text], Settings())
    assert record.text == text
    told = [segment for segment in record.segments if segment.flags]
    assert [record.text[segment.text.start : segment.text.end] for segment in told] == [sentence]
    assert [flag.code for flag in told[0].flags] == ["foreign-left"]
    assert [record.text[span.start : span.end] for span in told[0].flags[0].text] == [sentence]
    assert all(_follows(record, segment) for segment in record.segments)
