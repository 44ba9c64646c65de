"""Figures in the format of their source are written as English does, where they have one reading alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import Settings, normalize
from pipeline.check.quantities import quantities
from pipeline.figures import formats, written_english
from pipeline.records import Span
from pipeline.verify import _follows


@pytest.mark.parametrize(
    ("language", "source", "text", "expected"),
    [
        ("it", "12.500. 1.234,50 €!", "12.500. 1.234,50 €!", "12,500. 1,234.50 €!"),
        ("it", "Sono 1.234.567.", "They are 1.234.567.", "They are 1,234,567."),
        ("it", "48,2 milioni", "48,2 million", "48.2 million"),
        ("fr", "Ils sont 4 500, soit 3,5 %.", "They are 4 500, or 3,5%.", "They are 4,500, or 3.5%."),
        ("fr", "2 345 000 habitants", "2 345 000 inhabitants", "2,345,000 inhabitants"),
        ("ru", "12 345,6", "12 345,6", "12,345.6"),
        ("it", "0,50 e 1.000", "0,50 and 1.000", "0.50 and 1,000"),
        ("it", "Sono 12.500.", "They are 12,500.", "They are 12,500."),
        ("it", "Sono 12.500.", "They are 13.500.", "They are 13.500."),
        ("it", "Sono 1.084 dollari.", "They are 1.084 dollars.", "They are 1,084 dollars."),
        ("it", "1.084 dollari; 1,899 euro al litro", "1.084 dollars; 1.899 a litre", "1,084 dollars; 1.899 a litre"),
        ("fr", "Il court le 10 000 mètres.", "He runs the 10 000 metres.", "He runs the 10,000 metres."),
        # More than one reading: two numbers, a time of day, a fraction in the English way, a language of both ways.
        ("it", "Sono 4 500 persone", "4 500 people", "4 500 people"),
        ("it", "alle 14.30", "at 14.30", "at 14.30"),
        ("it", "1,859", "1,859", "1,859"),
        ("fr", "Le 14 200 personnes ont défilé.", "The 14 200 people marched.", None),
        ("es", "1,500", "1,500", "1,500"),
        # No figures: dates, codes, telephone numbers, addresses, lists.
        ("it", "30.09.2024", "30.09.2024", "30.09.2024"),
        ("pt", "123.456.789-09, 12.345.678/0001-90", "123.456.789-09, 12.345.678/0001-90", None),
        ("it", "Numero verde 800.123.456", "Free number 800.123.456", None),
        ("fr", "0 800 123 456, 01 23 45 67 89", "0 800 123 456, 01 23 45 67 89", None),
        ("es", "Llame al 91 123 45 67 o al 900.123.456.", "Call 91 123 45 67 or 900.123.456.", None),
        ("it", "Chiamare il 333.123.456, telefono 02 123.456", "Call 333.123.456, telephone 02 123.456", None),
        ("es", "900.123.456", "900.123.456", None),
        ("es", "Ganó 900.123.456 euros.", "He won 900.123.456 euros.", "He won 900,123,456 euros."),
        ("es", "El DNI 12.345.678 es falso.", "The DNI 12.345.678 is false.", None),
        ("it", "La versione 3.141 è pronta.", "Version 3.141 is ready.", None),
        # Decimals with a point, whatever the language writes otherwise: coordinates, lap times, prices of a litre.
        ("it", "45.438° N, 12.335° E", "45.438° N, 12.335° E", None),
        ("it", "41.902 N 12.496 E", "41.902 N 12.496 E", None),
        ("it", "TRA 12.500 E 13.000", "BETWEEN 12.500 AND 13.000", "BETWEEN 12,500 AND 13,000"),
        ("it", "Coordinate 45.438 e 12.335", "Coordinates 45.438 and 12.335", None),
        ("it", "Un giro in 1:23.456", "A lap in 1:23.456", None),
        ("it", "Costa 1.899 euro al litro.", "It costs 1.899 euros a litre.", None),
        ("it", "Fonde a 1.500 °C.", "It melts at 1.500 °C.", "It melts at 1,500 °C."),
        # The model has written the decimals, not the thousands.
        ("fr", "Il coûte 1 250,50 €.", "It costs 1 250.50 euros.", "It costs 1,250.50 euros."),
        ("it", "www.a.it/12.500, 12.500", "www.a.it/12.500, 12.500", "www.a.it/12.500, 12,500"),
        ("it", "1,2,3", "1,2,3", None),
        ("en", "12.500", "12.500", None),
        ("und", "12.500", "12.500", None),
    ],
)
def test_a_figure_that_was_copied_is_written_as_english_does(
    language: str, source: str, text: str, expected: str | None
) -> None:
    made = written_english(source, text, language)
    assert made.text == (text if expected is None else expected)
    told = formats(source, made.text, made.figures)
    assert [flag.code for flag in told] == ["number-format"] * (made.text != text)
    for flag in told:
        there, here = (
            [t[s.start : s.end] for s in spans] for t, spans in ((source, flag.source), (made.text, flag.text))
        )
        assert set(zip(there, here, strict=True)) == set(made.figures)
        assert all(f"“{was}” is “{now}”" in flag.message for was, now in zip(there, here, strict=True))


def test_the_places_of_a_figure_are_those_in_what_became_of_the_text() -> None:
    figures = written_english("Sono 12345,6 a N.", "They are 12345,6 in N.", "it").figures
    (flag,) = formats("Sono 12345,6 a N.", "In Neustadt they are 12,345.6 (www.a.it/12,345.6).", figures)
    assert (flag.source, flag.text) == ((Span(5, 12),), (Span(21, 29),))


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from(["it", "pt", "de", "fr"]))
def test_its_value_stays(whole: int, cents: int, language: str) -> None:
    grouped = f"{whole:,}.{cents:02}"
    source = grouped.translate(str.maketrans(",.", " ," if language == "fr" else ".,"))
    assert written_english(source, source, language).text == grouped
    (there,), (here,) = quantities(source, language), quantities(grouped, "en")
    assert there.readings == here.readings


def test_what_is_copied_in_a_foreign_document_is_uniform_english_and_verified() -> None:
    text = "Il ministro ha presentato i conti. 12.500. 1.234,50 €! Poi è tornato a Roma."
    (found,) = normalize([text], Settings(language="it"))
    assert "12,500. 1,234.50 €!" in found.text
    copied = [segment for segment in found.segments if segment.action == "copied"]
    assert [flag.code for segment in copied for flag in segment.flags] == ["number-format"] * len(copied)
    places = [found.text[place.start : place.end] for segment in copied for place in segment.flags[0].text]
    assert places == ["12,500", "1,234.50"]
    assert all(_follows(found, segment) for segment in found.segments)
