"""What a model is given of a segment: nothing without words, and capitals in the case that the document writes them in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translate.given import fold_capitals, has_letters, request, translatable, written

BODY = (
    "Il ponte di Valdora è crollato ieri sera. Il sindaco Bianchi chiede aiuto alla Nato, che ha una base vicino a Valdora.\n\n"
    "«Rossi ha segnato», dice l'allenatore della Pro Valdora. Il giornale di New York e la Repubblica ne parlano."
)
CAPITALS = [
    ("it", "CROLLA IL PONTE DI VALDORA, TRE FERITI", BODY, "Crolla il ponte di Valdora, tre feriti"),
    ("it", 'IL SINDACO BIANCHI: "ORA LA NATO CI AIUTI"', BODY, 'Il sindaco Bianchi: "ora la Nato ci aiuti"'),
    ("it", "ATTACCO NELLA NOTTE A DORSAN", "", "Attacco nella notte a dorsan"),
    ("it", "«ÈRA ORA»", "", "«ÈRA ORA»"),
    ("it", "«ERA ORA» DI CAMBIARE", "", "«Era ora» di cambiare"),
    # Short ones, which are no acronyms: one word is longer than those are.
    ("it", "LUTTO", "", "Lutto"),
    ("it", "MORTO IL PAPA", "", "Morto il papa"),
    ("it", "VIVA L'ITALIA", "", "Viva l'Italia"),
    ("fr", "VIVE L'ALGÉRIE !", "", "Vive l'Algérie !"),
    # Places, in as many words as they have; what the document writes small is no place.
    ("es", "EL PAPA VISITA MÉXICO Y ESTADOS UNIDOS", "", "El papa visita México y Estados Unidos"),
    ("it", "GLI STATI UNITI E LA CINA", "Sono stati uniti per anni.", "Gli Stati Uniti e la Cina"),
    ("fr", "ATTENTAT EN CÔTE D'IVOIRE", "", "Attentat en Côte d'Ivoire"),
    ("it", "LA RIUNIONE DEL MONDO CATTOLICO", "", "La riunione del mondo cattolico"),
    ("it", "LA CARNE DI GUINEA E DI MALTA", "Si fa con il malto e la malta.", "La carne di Guinea e di malta"),
    # Acronyms, numerals, names of roads and summits.
    ("it", "LA NATO E LA BCE CRITICANO L'UE", "", "La NATO e la BCE criticano l'UE"),
    ("it", "CODA SULLA A14, IL PD ATTACCA IL G7", "", "Coda sulla A14, il PD attacca il G7"),
    ("it", "GIOVANNI XXIII È SANTO DALLE 8H30", "", "Giovanni XXIII è santo dalle 8h30"),
    # Nothing but short words may be acronyms: only the document can tell.
    ("it", "ONU", "", "ONU"),
    ("it", "ONU", "Lo dice l'Onu.", "Onu"),
    ("it", "VALDORA", BODY, "Valdora"),
    ("it", "USA E NATO", "", "USA E NATO"),
    ("it", "USA E NATO", "Carne e pesce.", "USA e NATO"),
    # A word that the document writes small stands in no row of acronyms.
    ("it", "LA VITA È UNA", "Ecco la strada.", "La vita è una"),
    ("it", "UNICEF", "", "UNICEF"),
    # A capital at the beginning of a sentence or a quotation says nothing; a line in capitals says nothing at all.
    ("it", "ROSSI E IL GIORNALE", BODY, "Rossi e il giornale"),
    ("it", "LO DICE ROSSI", BODY, "Lo dice rossi"),
    ("it", "DORSAN È SALVA", "Dorsan, 3 maggio. Tutta Dorsan è salva.", "Dorsan è salva"),
    ("it", "IL SINDACO DI DORSAN", "Dorsanese, il sindaco, e Dorsan lo ama.", "Il sindaco di Dorsan"),
    ("it", "IL PONTE CROLLA", "IL PONTE CROLLA\n\nLa notte è stata lunga.", "Il ponte crolla"),
    ("tr", "İSTANBUL'DA YANGIN", "Dün İstanbul'da yangın çıktı.", "İstanbul'da yangin"),
    ("it", "Ⓐ", "", "Ⓐ"),
    # What is not in capitals is left alone.
    ("it", "L'ONU ha detto", BODY, "L'ONU ha detto"),
    ("it", "USA e NATO", BODY, "USA e NATO"),
]


@pytest.mark.parametrize(("language", "segment", "document", "expected"), CAPITALS)
def test_capitals_get_the_case_of_their_document(language: str, segment: str, document: str, expected: str) -> None:
    assert request(segment, language, document).given == expected


@given(st.text(max_size=60), st.text(max_size=200), st.sampled_from(["it", "fr", "tr", "de", "und"]))
def test_nothing_but_the_case_changes_and_no_place_moves(segment: str, document: str, language: str) -> None:
    for text in (segment, segment.upper()):
        asked = request(text, language, document)
        assert len(asked.given) == len(text)
        assert asked.given.replace("İ", "i").lower() == text.replace("İ", "i").lower()
        assert text.isupper() or asked.given == text


@given(st.text(alphabet="Aa Bb.\n", max_size=40))
def test_a_document_writes_its_own_words(document: str) -> None:
    assert all(form in document and form.lower() == small for small, form in written(document).items())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Il ponte", True),
        ("习近平", True),
        ("30 × 40", False),
        ("https://www.salute.gov.it/portale/home.html", False),
        ("🎉🎉 #Valdora2025 @comune_valdora", False),
        ("info@giornale.it, www.giornale.it", False),
        ("Scrivi a info@giornale.it", True),
        ("", False),
    ],
)
def test_what_has_no_letters_outside_addresses_is_not_translated(text: str, expected: bool) -> None:
    assert translatable(text) is expected
    assert has_letters(text) or not translatable(text)


def test_capitals_within_a_segment_are_folded_but_for_acronyms() -> None:
    assert fold_capitals("La DIGA di VALDORA, dice la NATO") == "La DIGA di Valdora, dice la NATO"
