"""The language of documents and of their paragraphs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.language.documents import Mixed, mixed
from pipeline.detect import detect, document_language, part_language, without_names
from pipeline.records import Document, Language, Source
from pipeline.settings import Settings

ORIGIN = Source("a.txt", "0" * 64, 0, "text/plain", "utf-8", False, "lf", (), "ledger", "")
ENGLISH = Language("en", 0.999, (), "langdetect+py3langid")
ITALIAN_QUOTATION = "Non possiamo pagare ancora, con il prezzo del grano che sale ogni settimana."


@pytest.mark.parametrize("document", mixed(), ids=lambda document: document.name)
def test_documents_in_more_than_one_language(document: Mixed) -> None:
    found = detect(Document(ORIGIN, document.text, source=document.text), Settings())
    assert found.language is not None
    assert found.language.code == document.code
    assert [(p.language.code, document.text[p.source.start : p.source.end]) for p in found.paragraphs] == [
        (code, text) for code, text in document.paragraphs
    ]


def test_a_foreign_paragraph_says_how_it_was_found() -> None:
    found = part_language(ITALIAN_QUOTATION, ENGLISH)
    assert (found.code, found.method) == ("it", "langdetect+py3langid")
    assert found.confidence >= 0.95


def test_a_paragraph_like_its_document_inherits() -> None:
    found = part_language("The price of grain goes up every week, they say.", ENGLISH)
    assert found == Language("en", 0.999, (), "inherited")


@pytest.mark.parametrize(
    "text",
    [
        "Il Corriere della Valle",  # a title
        "Buongiorno a tutti",  # too short to tell from a name
        "MARIO ROSSINI, MILANO",
        "14.30 – 18.45",
        "Ludovica Brenzoni, Osteria della Luna, Via dei Mille, Castel San Pietro, Borgo San Lorenzo",
    ],
)
def test_short_lines_and_names_stay_in_the_language_of_the_document(text: str) -> None:
    assert part_language(text, ENGLISH).code == "en"


@pytest.mark.parametrize(
    ("language", "quotation"),
    [
        ("el", "Ο δήμαρχος ευχαρίστησε τους εργάτες και είπε ότι η πισίνα θα είναι ανοιχτή κάθε μέρα."),
        ("ru", "Мэр поблагодарил рабочих и сказал, что бассейн будет открыт каждый день до позднего вечера."),
        ("ar", "شكر رئيس البلدية العمال وقال إن المسبح سيكون مفتوحًا كل يوم حتى المساء المتأخر."),
        ("zh", "市长感谢了工人们，并说游泳池将每天开放到深夜，孩子们可以免费在那里游泳。"),
    ],
)
def test_a_quotation_in_another_script_is_not_the_language_of_the_document(language: str, quotation: str) -> None:
    before = "The council opened a new swimming pool on Saturday, after three years of building work."
    after = "It will be open from 7am to 10pm every day, and children will swim for free."
    document = detect(Document(ORIGIN, "", source=f"{before}\n\n{quotation}\n\n{after}"), Settings())
    assert document.language is not None
    assert document.language.code == "en"
    assert [paragraph.language.code for paragraph in document.paragraphs] == ["en", language, "en"]


@pytest.mark.parametrize(
    ("code", "five", "sixth"),
    [
        ("it", "non possiamo pagare ancora questo", "prezzo"),
        ("es", "ya no podemos pagar esto", "más"),
        ("fr", "nous ne pouvons plus payer", "cela"),
        ("de", "wir können das nicht bezahlen", "mehr"),
        ("ru", "мы больше не можем платить", "за"),
    ],
)
def test_a_part_may_differ_from_six_words_on(code: str, five: str, sixth: str) -> None:
    assert part_language(five, ENGLISH).code == "en"
    assert part_language(f"{five} {sixth}", ENGLISH).code == code


@pytest.mark.parametrize(
    "text",
    [
        # The second classifier is certain, the first names another language.
        "Habeas corpus, pro bono and amicus curiae:",
        "homo sapiens, canis lupus, felis catus, ursus arctos and panthera leo",
        # Both name the same language, and are not certain enough together (0.90 to 0.95).
        "quercus robur, fagus sylvatica, pinus pinea, abies alba",
        "sodium chloride, potassium nitrate, magnesium sulfate and calcium carbonate tablets",
    ],
)
def test_terms_of_art_are_in_the_language_of_the_document(text: str) -> None:
    assert part_language(text, ENGLISH).code == "en"


@pytest.mark.parametrize(
    ("text", "code", "may_be"),
    [
        ("14 милиона лева, а работата", "und", "mk"),  # Bulgarian; a half-certain answer would be wrong
        ("A320neo M8x40 DIN 912 ABX", "und", "ro"),
        ("каза актрисата Весела Драгиева пред", "bg", "bg"),
        ("råd til både svømmehal og", "da", "da"),
    ],
)
def test_a_document_has_a_language_from_four_chances_in_five_on(text: str, code: str, may_be: str) -> None:
    found = document_language(text)
    likeliest = found.alternatives[0] if found.code == "und" else found
    assert (found.code, likeliest.code) == (code, may_be)
    assert 0.7 < likeliest.confidence < 0.9


def test_below_the_threshold_a_document_is_undetermined_with_what_it_may_be() -> None:
    found = document_language("Nakamura Petersen Vektrana")
    assert found.code == "und"
    assert found.confidence < 0.8
    assert found.alternatives[0].confidence == found.confidence


def test_paragraphs_of_an_undetermined_document_are_still_told() -> None:
    assert part_language(ITALIAN_QUOTATION, Language("und", 0.2, (), "langdetect+py3langid")).code == "it"


def test_a_given_language_is_not_questioned() -> None:
    text = f"{ITALIAN_QUOTATION}\n\nThe price of grain goes up every week, they say."
    found = detect(Document(ORIGIN, text, source=text), Settings(language="es"))
    assert {(p.language.code, p.language.method) for p in found.paragraphs} == {("es", "given")}


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("The Teatro La Fenice del Borgo plays on Monday", "plays on"),
        ("«Non possiamo pagare», dice l'Associazione", "possiamo pagare», dice"),
        ("She admired Vincent van der Berg, who sings", "admired who sings"),
        ("tutto in piccolo", "tutto in piccolo"),
        ("", ""),
    ],
)
def test_names_are_left_out(text: str, rest: str) -> None:
    assert without_names(text) == rest


@given(st.text(max_size=200))
@settings(max_examples=50, deadline=None)
def test_any_paragraph_has_a_language(text: str) -> None:
    found = part_language(text, ENGLISH)
    assert found.code == "en" or found.confidence >= 0.95


@pytest.mark.parametrize("piece", ["a ", "A", "l'I ", "«", "’ ", "中", "a@", "http://a"])
def test_a_megabyte_without_end_is_judged_at_once(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.perf_counter()
    part_language(text, document_language(text))
    assert time.perf_counter() - start < 10  # 0.1 to 0.9 s on a busy core; anything quadratic takes hours
