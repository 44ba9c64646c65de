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
