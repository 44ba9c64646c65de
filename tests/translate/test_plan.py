"""What reaches a model of a document, and what its record says of it, with the bundled model."""

from __future__ import annotations

import pytest

from pipeline import Record, Settings, normalize
from pipeline.models import ModelStore
from pipeline.provenance import assemble, wanted
from pipeline.records import Document, Segment
from pipeline.stages import prepare
from pipeline.terms import Term
from pipeline.translate import Hypothesis

BODY = "Il ponte di Valdora è crollato ieri sera. Il sindaco Bianchi chiede aiuto alla Nato, che ha una base vicino a Valdora."


def translated(text: str, *terms: Term) -> Record:
    """The record of an Italian text."""
    (record,) = normalize([text], Settings(language="it", glossary=terms))
    assert isinstance(record, Record)
    return record


def english(record: Record, segment: Segment) -> str:
    """The English of a segment."""
    return record.text[segment.text.start : segment.text.end]


@pytest.mark.parametrize(
    ("headline", "given", "names"),
    [
        ("CROLLA IL PONTE DI VALDORA, TRE FERITI", "Crolla il ponte di Valdora, tre feriti", ["Valdora"]),
        (
            'IL SINDACO BIANCHI: "ORA LA NATO CI AIUTI"',
            'Il sindaco Bianchi: "ora la Nato ci aiuti"',
            ["Bianchi", "NATO"],
        ),
    ],
)
def test_the_names_of_a_headline_in_capitals_survive(headline: str, given: str, names: list[str]) -> None:
    record = translated(f"{headline}\n\n{BODY}")
    first = record.segments[0]
    assert first.translation is not None
    assert first.translation.given == given
    assert all(name.casefold() in english(record, first).casefold() for name in names)
    assert not [flag.code for flag in first.flags if flag.code.startswith("name-")]


def test_a_name_that_a_headline_loses_is_flagged_where_it_stands() -> None:
    settings, store = Settings(language="it"), ModelStore()
    document = prepare("a.txt", f"PARLA IL SINDACO BIANCHI\n\n{BODY}".encode(), settings)
    assert isinstance(document, Document)
    asked = wanted(document, store)["it"]
    assert asked[0] == "Parla il sindaco Bianchi"
    said = {"it": {text: Hypothesis("The mayor speaks.", -0.1, 5, 5) for text in asked}}
    record = assemble(document, settings, store, said)
    (flag,) = record.segments[0].flags
    assert flag.code == "name-lost"
    assert [record.source[span.start : span.end] for span in flag.source] == ["BIANCHI"]


@pytest.mark.parametrize("line", ["@comune_verona, dati.gov.it", "🎉🎉 #Valdora2025 @comune_valdora"])
def test_addresses_alone_are_copied(line: str) -> None:
    record = translated(f"{BODY}\n\n{line}\n\n{BODY}")
    (alone,) = [s for s in record.segments if record.source[s.source.start : s.source.end] == line]
    assert (alone.action, alone.translation, alone.flags) == ("copied", None, ())
    assert english(record, alone) == line


def test_an_address_that_the_model_changes_is_put_back_and_told_of() -> None:
    record = translated("Il bando è su www.comune.verona.it/bandi da oggi.")
    (segment,) = record.segments
    assert "www.comune.verona.it/bandi " in record.text
    assert segment.translation is not None
    assert [attempt.method for attempt in segment.translation.attempts] == ["first", "address"]
    assert [flag.code for flag in segment.flags] == ["address-restored"]


def test_a_name_that_the_glossary_has_decided_is_not_doubted() -> None:
    text = "Ieri sera il sindaco di Valdora ha parlato alla radio."
    assert not [flag.code for flag in translated(text).segments[0].flags]
    record = translated(text, Term(("Valdora",), "Waldhorn"))
    assert "Waldhorn" in record.text
    assert [flag.code for flag in record.segments[0].flags] == ["glossary-applied"]
