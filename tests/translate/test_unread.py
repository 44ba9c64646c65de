"""What the tokeniser has no piece for: it is known, put back where its place is certain, and else flagged."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import Record, Settings, normalize
from pipeline.models import Model
from pipeline.records import Span
from pipeline.settings import EngineName
from pipeline.translate import Engine, load_engine
from pipeline.translate.memory import Memory
from pipeline.translate.pivot import PivotEngine
from pipeline.translate.tokenizer import Tokenizer
from pipeline.translate.unread import Unread, unread_flags

MODEL = Path(__file__).parent.parent.parent / "models" / "romance-en"
ENGINES = ("ctranslate2", pytest.param("transformers", marks=pytest.mark.torch))


def unread(segment: str, unknown: str) -> Unread:
    """A segment of which some characters are unknown."""
    return Unread.of(segment, [Span(at, at + 1) for at, letter in enumerate(segment) if letter in unknown])


def record(text: str) -> Record:
    return next(iter(normalize([text], Settings(language="it"))))


def codes(found: Record) -> set[tuple[str, str]]:
    return {(flag.code, flag.severity) for segment in found.segments for flag in segment.flags}


@cache
def tokenizer() -> Tokenizer:
    return Tokenizer(Model(MODEL))


@pytest.mark.parametrize(
    ("segment", "runs"),
    [
        ("Il ponte è chiuso.", None),
        ("Sono 20 µg e 20 μg.", ("µ", "μ")),
        ("Xi Jinping (习近平), 1,2 ‰", ("习近平", "‰")),
        ("Putin (Владимир Путин)!", ("Владимир Путин",)),
        ("andrà bene 🙏❤️ e che 👏🏽 👨‍👩‍👧", ("🙏❤️", "👏🏽 👨‍👩‍👧")),
        ("½ ² … ﬁ ≥ 5", ("½", "≥")),
        (">>☭<< disse", ("☭",)),
        ("¿Qué 🙏? ¡No!", ("🙏",)),
    ],
)
def test_the_tokeniser_says_what_it_has_no_piece_for(segment: str, runs: tuple[str, ...] | None) -> None:
    found = tokenizer().read(segment)[1]
    assert (found and found.runs) == runs


@given(st.text("aè 5½²…ﬁ習☭🙏\u200d\ufe0fµ‰>()\u0301\n", max_size=40))
def test_all_that_is_unknown_is_known_to_be(text: str) -> None:
    found = tokenizer().read(text)[1]
    runs = "".join(found.runs) if found else ""
    assert all(letter in runs for letter in text if letter in "習☭🙏‰")
    assert not set(runs) & set("aè 5") - {" "}


@pytest.mark.parametrize(
    ("segment", "unknown", "given_", "said", "expected"),
    [
        ("Sono 20 µg/m3.", "µ", "Sono 20 mcg/m3.", "It is 20 mcg/m3.", "It is 20 µg/m3."),
        ("Sono 20 μSv.", "μ", "Sono 20 mcSv.", "It is 20 mcSv.", "It is 20 μSv."),
        ("Sono 20 µg.", "µ", "Sono 20 mcg.", "It is 20g.", "It is 20g."),
        ("Sono 20 µg, 3 mcg.", "µ", "Sono 20 mcg, 3 mcg.", "It is 20 mcg, 3 mcg.", "It is 20 mcg, 3 mcg."),
        ("Il simbolo µ indica", "µ", "Il simbolo µ indica", "The sign shows", "The sign shows"),
        ("È al 6,8‰ nel 2023", "‰", "È al 6,8 per mille nel 2023", "It is 6.8 per thousand", "It is 6.8‰"),
        ("È al 6,8 ‰.", "‰", "È al 6,8 per mille.", "It is 6.8 percent.", "It is 6.8‰."),
        ("È al 2% e 6,8 ‰.", "‰", "È al 2% e 6,8 per mille.", "It is 2% and 6.8 percent.", "It is 2% and 6.8 percent."),
        ("Xi (习近平) è qui", "习近平", "Xi () è qui", "Xi () is here", "Xi (习近平) is here"),
        ("Xi (习近平) è qui", "习近平", "Xi () è qui", "Xi is here", "Xi is here"),
        ("f() e Xi (习)", "习", "f() e Xi ()", "f() and Xi ()", "f() and Xi (习)"),
        ("Xi (习, 2023) è qui", "习", "Xi (习, 2023) è qui", "Xi (, 2023)", "Xi (, 2023)"),
        ("Forza! 💪 🇮🇹", "💪🇮🇹", "Forza!", "Come on!", "Come on! 💪 🇮🇹"),
        ("Grazie ❤!", "❤", "Grazie!", "Thanks.", "Thanks ❤."),
        ("Bravo. ❤!", "❤", "Bravo.!", "Well done.!", "Well done. ❤!"),
        ("✓ Fatto", "✓", "Fatto", "Done", "✓ Done"),
        ("≥ 5 casi", "≥", "≥ 5 casi", "5 cases", "5 cases"),
        ("Costa 30 ₹", "₹", "Costa 30 ₹", "It costs 30", "It costs 30"),
        ("Lo dice 习近平", "习近平", "Lo dice 习近平", "He says so", "He says so"),
        ("习近平 ☭", "习近平☭", "习近平 ☭", "", ""),
        ("¿Cuánto 🙏?", "¿🙏", "¿Cuánto?", "How much?", "How much 🙏?"),
        ("Bene 🙏 e poi", "🙏", "Bene 🙏 e poi", "Well and then", "Well and then"),
    ],
)
def test_what_is_certain_is_put_back(segment: str, unknown: str, given_: str, said: str, expected: str) -> None:
    found = unread(segment, unknown)
    assert found.given == given_
    assert found.restored(said) == expected


SIGNS = "µ☭🙏习≥₹"


@given(st.text(f"ab 5g.()[]!'{SIGNS}", max_size=30))
def test_nothing_is_lost_where_a_model_copies_what_it_is_given(segment: str) -> None:
    found = unread(segment, SIGNS)
    assert [sign for sign in found.restored(found.given) if sign in SIGNS] == [s for s in segment if s in SIGNS]
    if not set(segment) & set(SIGNS):
        assert found.given == segment
    assert any(map(str.isalpha, found.given)) or found.given == segment


@pytest.mark.parametrize("name", ENGINES)
def test_both_engines_know_and_put_back_the_same(name: EngineName) -> None:
    if name == "transformers":
        pytest.importorskip("torch", reason="needs the [torch] extra")
    engine = load_engine(Settings(engine=name), Model(MODEL, name), threads=1)
    unit, people, plain = engine.translate(
        ["La dose è di 50 µg al giorno.", "Grazie a tutti ❤️!", "La nave è arrivata."]
    )
    assert "50 µg" in unit.text
    assert unit.unread == ("µ",)
    assert people.text.endswith(" ❤️!")
    assert people.unread == ("❤️",)
    assert plain.unread == ()


def test_what_lies_between_two_models_keeps_it() -> None:
    engine: Engine = load_engine(Settings(), Model(MODEL), threads=1)
    (found,) = PivotEngine(engine, engine, "it").translate(["La dose è di 50 µg al giorno. 🙏"])
    assert "50 µg" in found.text
    assert found.text.endswith("🙏")
    assert found.unread == ("µ", "🙏")


def test_the_memory_keeps_it_and_reads_what_earlier_versions_wrote(tmp_path: Path) -> None:
    engine = load_engine(Settings(), Model(MODEL), threads=1)
    (made,) = engine.translate(["Il simbolo ☭ è apparso."])
    with Memory(tmp_path / "memory.sqlite") as memory:
        memory.remember({"a": made}, "it", "m", "d")
        assert memory.recall(["a"], "it", "m", "d") == {"a": made}
        assert made.unread == ("☭",)
    with sqlite3.connect(tmp_path / "memory.sqlite") as connection:
        connection.execute("UPDATE hypothesis SET body = replace(body, ',\"unread\":[\"☭\"]', '')")
    with Memory(tmp_path / "memory.sqlite") as memory:
        assert memory.recall(["a"], "it", "m", "d")["a"].unread == ()


@pytest.mark.parametrize(
    ("text", "english", "expected"),
    [
        ("La dose è di 50 µg al giorno.", "50 µg", {("sign-restored", "info")}),
        ("Il tasso era di 1,2 ‰ ieri.", "1.2‰", {("sign-restored", "info")}),
        ("Il presidente Xi Jinping (习近平) è arrivato.", "(习近平)", {("sign-restored", "info")}),
        ("Tutto andrà bene 🙏 e nessuno sarà solo.", "", {("sign-lost", "info")}),
        ("Il pacco costa 30 ₹ in tutto.", "", {("sign-lost", "warning")}),
        ("La nave è arrivata.", "", set()),
    ],
)
def test_the_record_says_what_was_lost_and_what_was_put_back(
    text: str, english: str, expected: set[tuple[str, str]]
) -> None:
    found = record(text)
    assert english in found.text
    assert {code for code in codes(found) if code[0].startswith("sign-")} == expected
    assert not any(code == "untranslated-word" for code, _ in codes(found))
    for segment in found.segments:
        for flag in segment.flags:
            if flag.code == "sign-restored":
                assert [found.text[s.start : s.end] for s in flag.text] == [
                    found.source[s.start : s.end] for s in flag.source
                ]


def test_a_half_is_left_to_the_check_of_numbers() -> None:
    assert unread_flags("½ litro", "half a litre", ("½",)) == []


@pytest.mark.parametrize("run", ["三菱", "½ ☭"])
def test_what_is_not_only_a_number_is_not(run: str) -> None:
    assert [flag.code for flag in unread_flags(f"{run} litro", "a litre", (run,))] == ["sign-lost"]


def test_a_segment_without_an_end_takes_linear_time() -> None:
    segment = "☭a" * 50_000
    assert len(unread(segment, "☭").runs) == 50_000


@pytest.mark.parametrize(
    ("segment", "english", "expected"),
    [
        ('"Il governo cade" 🔴.', '"The government falls."', '"The government falls." 🔴'),
        ('"Il governo cade" 🔴.', '"The government falls".', '"The government falls" 🔴.'),
        ("Il governo (Draghi) 🔴.", "The (Draghi) government.", "The (Draghi) government 🔴."),
        ('Dice: "Cade 🔴."', 'He says: "It falls."', 'He says: "It falls 🔴."'),
    ],
)
def test_a_picture_behind_a_quotation_does_not_go_into_it(segment: str, english: str, expected: str) -> None:
    assert unread(segment, "🔴").restored(english) == expected
