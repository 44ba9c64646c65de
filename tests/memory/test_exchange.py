"""The memory as files: JSONL holds everything, TMX what other programs can read, and no file is trusted."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from pipeline import __version__
from pipeline.clean.unicode import tidy
from pipeline.errors import InputError
from pipeline.settings import is_code
from pipeline.translate import Hypothesis
from pipeline.translate.codes import document_code
from pipeline.translate.exchange import Imported, export, import_file
from pipeline.translate.memory import Correction, Memory, Remembered, written
from tests.memory.corrections import correct

EXPECTED = Path(__file__).parent.parent / "data" / "memory"
ENTRIES = (
    Correction(
        "it",
        'Ha detto: "Il ponte <vecchio> è chiuso & basta".',
        "“The old <bridge> is shut.”",
        "Marta",
        "2025-03-01T12:30:00+00:00",
    ),
    Correction("fr", "Le pont est fermé.", "The bridge is closed.", None, "2025-03-02T08:00:00+00:00"),
    Remembered(
        "it",
        "it-en@0123456789ab",
        "ctranslate2-4/int8/beam:4",
        "I prezzi sono bassi.",
        Hypothesis("Prices are low.", -0.2188, 5, 4),
        "2025-03-03",
    ),
)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "memory.sqlite")


def everything(memory: Memory) -> list[Correction | Remembered]:
    return [*memory.every_correction(), *memory.every_hypothesis()]


@pytest.mark.parametrize("kind", ["tmx", "jsonl"])
def test_the_files_are_those_that_a_person_has_looked_at(memory: Memory, kind: str) -> None:
    memory.take(ENTRIES)
    out = io.BytesIO()
    assert export(memory, out, kind == "tmx") == 0
    written = out.getvalue().decode().replace(f'creationtoolversion="{__version__}"', 'creationtoolversion="0"')
    assert written == (EXPECTED / f"exported.{kind}").read_text("utf-8")


def test_what_to_export_can_be_chosen(memory: Memory) -> None:
    memory.take(ENTRIES)
    for origin, language, lines in (("human", None, 2), ("machine", None, 1), ("all", "it", 2), ("human", "it", 1)):
        out = io.BytesIO()
        export(memory, out, False, origin, language)  # type: ignore[arg-type]
        assert len(out.getvalue().splitlines()) == lines


def test_jsonl_brings_everything_to_another_memory(memory: Memory, tmp_path: Path) -> None:
    assert import_file(memory, EXPECTED / "exported.jsonl") == Imported(2, 2, 1, 1)
    styled = replace(ENTRIES[0], english='"The old <bridge> is shut."')
    assert everything(memory) == [ENTRIES[1], styled, ENTRIES[2]]


def test_jsonl_gets_the_house_style_that_documents_have(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "curly.jsonl").write_text(LINE.replace('"uno"', '"L’acqua  è  alta"'), "utf-8")
    import_file(memory, tmp_path / "curly.jsonl")
    assert memory.corrected(["L'acqua è alta"], "it") == {"L'acqua è alta": "one"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
@pytest.mark.parametrize("name", ["pipe", "pipe.tmx"])
def test_a_pipe_is_read_once(memory: Memory, tmp_path: Path, name: str) -> None:
    pipe = tmp_path / name
    os.mkfifo(pipe)
    content = f'<tmx version="1.4"><header/><body>{UNIT}</body></tmx>' if pipe.suffix else LINE
    with subprocess.Popen([sys.executable, "-c", f"open({str(pipe)!r}, 'w').write({content!r})"]):
        assert import_file(memory, pipe) == Imported(1, 1)
    assert memory.corrected(["uno"], "it") == {"uno": "one"}


def test_tmx_brings_what_people_wrote(memory: Memory) -> None:
    found = import_file(memory, EXPECTED / "exported.tmx", reviewer="Nils")
    assert found == Imported(2, 2, passed_over={"made by a machine": 1})
    assert [(c.source, c.reviewer, c.made) for c in memory.every_correction()] == [
        (ENTRIES[1].source, "Nils", ENTRIES[1].made),
        (ENTRIES[0].source, "Marta", ENTRIES[0].made),
    ]


def test_tmx_of_another_program(memory: Memory) -> None:
    found = import_file(memory, EXPECTED / "foreign.tmx")
    assert found == Imported(4, 4, passed_over={"without English": 1, "without another language": 1})
    assert {c.source: c.english for c in memory.every_correction("it")} == {
        'Il "ponte" è chiuso per lavori.': "The bridge is closed for works.",
        "Riapre lunedì.": "It opens on Monday.",
        "È l'ultimo treno.": "It is the last train.",
    }
    (german,) = memory.every_correction("de")
    assert (german.source, german.english) == ("Es ist der letzte Zug.", "It is the last train.")
    made = {c.source: (c.reviewer, c.made) for c in memory.every_correction("it")}
    assert made["Riapre lunedì."] == ("lena", "2024-11-04T09:15:00+00:00")


def test_tmx_in_a_namespace_is_tmx(memory: Memory, tmp_path: Path) -> None:
    file = tmp_path / "named.tmx"
    unit = UNIT.replace("uno", "<bpt i='1'>b</bpt>uno")
    file.write_text(f'<tmx xmlns="http://www.lisa.org/tmx14" version="1.4"><header/><body>{unit}</body></tmx>', "utf-8")
    assert import_file(memory, file) == Imported(1, 1)
    assert [(c.source, c.english) for c in memory.every_correction()] == [("uno", "one")]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("nb-NO", "no"), ("nn", "no"), ("ita", "it"), ("ger", "de"), ("iw", "he"), ("fil-PH", "tl"), ("und", "und")],
)
@pytest.mark.parametrize("kind", ["tmx", "jsonl"])
def test_a_language_is_called_as_documents_have_it(
    memory: Memory, tmp_path: Path, kind: str, written: str, expected: str
) -> None:
    file = tmp_path / f"codes.{kind}"
    unit = UNIT.replace('"it"', f'"{written}"').replace('"en"', '"eng"')
    line = LINE.replace('"it"', f'"{written.partition("-")[0]}"')
    file.write_text(f"<tmx><header/><body>{unit}</body></tmx>" if kind == "tmx" else line, "utf-8")
    assert import_file(memory, file) == Imported(1, 1)
    assert memory.corrected(["uno"], expected) == {"uno": "one"}


@pytest.mark.parametrize("kind", ["tmx", "jsonl"])
def test_a_language_that_no_document_has_is_told(memory: Memory, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"codes.{kind}"
    unit = UNIT.replace('<tuv xml:lang="en">', '<tuv xml:lang="nap"><seg>uno</seg></tuv><tuv xml:lang="en">')
    file.write_text(
        f"<tmx><header/><body>{unit}</body></tmx>" if kind == "tmx" else LINE + "\n" + LINE.replace('"it"', '"nap"'),
        "utf-8",
    )
    told = {"in nap, a language that no document is found to be in": 1}
    assert import_file(memory, file) == Imported(1, 1, passed_over=told)


@given(st.text(max_size=12))
@example("nb-NO")
def test_a_code_of_documents_stays_as_it_is(tag: str) -> None:
    code = document_code(tag)
    assert code is None or document_code(code) == code
    assert code in (None, "und") or is_code(str(code))


@pytest.mark.parametrize(
    ("saved", "date", "stands"),
    [
        ("2025-01-01", "", "Hello new."),
        ("2025-03-01", "", "Hi old."),  # saved anew since: a translator's new words, perhaps
        ("2025-03-01", ' creationdate="20250101T000000Z"', "Hello new."),
        ("2025-01-01", ' creationdate="20250301T000000Z"', "Hi old."),
        ("2025-01-01", ' creationdate="yesterday"', "Hello new."),
        ("2025-01-01", ' creationdate="29990301T000000Z"', "Hello new."),  # by a clock that was wrong
    ],
)
def test_tmx_without_dates_is_as_old_as_its_file(
    memory: Memory, tmp_path: Path, saved: str, date: str, stands: str
) -> None:
    file = tmp_path / "undated.tmx"
    unit = UNIT.replace("<tu>", f"<tu{date}>").replace("one", "Hi old.")
    file.write_text(f'<tmx version="1.4"><header/><body>{unit}</body></tmx>', "utf-8")
    at = datetime.fromisoformat(saved).replace(tzinfo=UTC).timestamp()
    os.utime(file, (at, at))
    import_file(memory, file)
    correct(memory, "uno", "it", "Hello new.", "Ada", datetime(2025, 2, 1, tzinfo=UTC))
    assert import_file(memory, file) == Imported(1, 0)
    (correction,) = memory.every_correction()
    assert (correction.english, correction.reviewer) == (stands, "Ada" if stands == "Hello new." else None)


@pytest.mark.parametrize("saved", ["2025-01-01", "2100-01-01"])
def test_a_date_that_is_still_to_come_is_that_of_the_file_or_now(memory: Memory, tmp_path: Path, saved: str) -> None:
    file = tmp_path / "future.jsonl"
    file.write_text(LINE.replace("2025-03-01", "2999-03-01"), "utf-8")
    at = datetime.fromisoformat(saved).replace(tzinfo=UTC).timestamp()
    os.utime(file, (at, at))
    before = written(datetime.now(UTC))
    import_file(memory, file)
    (correction,) = memory.every_correction()
    assert correction.made[:10] == saved or before <= correction.made <= written(datetime.now(UTC))
    correct(memory, "uno", "it", "Hello new.")
    assert memory.corrected(["uno"], "it") == {"uno": "Hello new."}


def test_the_later_correction_stands_in_whatever_order_they_come(memory: Memory) -> None:
    early = Correction("it", "uno", "one", "Marta", "2025-01-01T00:00:00+00:00")
    late = Correction("it", "uno", "One!", "Nils", "2025-02-01T00:00:00+00:00")
    for order in ((early, late), (late, early), (early,)):
        memory.take(order)
        assert list(memory.every_correction()) == [late]


BILLION = """<?xml version="1.0"?>
<!DOCTYPE tmx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<tmx version="1.4"><header/><body><tu><tuv xml:lang="it"><seg>&c;</seg></tuv><tuv xml:lang="en"><seg>x</seg></tuv></tu></body></tmx>
"""
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE tmx [<!ENTITY file SYSTEM "file:///etc/passwd">]>
<tmx version="1.4"><header/><body><tu><tuv xml:lang="it"><seg>uno</seg></tuv><tuv xml:lang="en"><seg>&file;</seg></tuv></tu></body></tmx>
"""
ATTRIBUTE = """<!DOCTYPE tmx [<!ENTITY name "somebody">]>
<tmx version="1.4"><header/><body><tu creationid="&name;"><tuv xml:lang="it"><seg>uno</seg></tuv><tuv xml:lang="en"><seg>x</seg></tuv></tu></body></tmx>
"""
UNIT = '<tu><tuv xml:lang="it"><seg>uno</seg></tuv><tuv xml:lang="en"><seg>one</seg></tuv></tu>'
LINE = '{"origin": "human", "language": "it", "source": "uno", "english": "one", "reviewer": null, "made": "2025-03-01T12:30:00+00:00"}'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("billion.tmx", BILLION, "declares the entity &a;"),
        ("outside.tmx", OUTSIDE, "declares the entity &file;"),
        ("attribute.tmx", ATTRIBUTE, "declares the entity &name;"),
        (
            "by-hand.tmx",
            f"<tmx><body>{UNIT}{UNIT.replace('uno', 'uno&nbsp;due')}",
            r"Entity 'nbsp' not defined \(line 1\)",
        ),
        ("cut.tmx", f'<tmx version="1.4"><body>{UNIT}', "is not TMX"),
        ("empty.tmx", "", "is not TMX: there is nothing in it"),
        (
            "login.tmx",
            '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
            "is not TMX, but XML of another kind",
        ),
        ("deep.tmx", "<tmx>" + "<a>" * 500 + UNIT, "is not TMX"),
        ("text.jsonl", f"{LINE}\nuno = one\n", "line 2: is not a correction"),
        ("list.jsonl", f"{LINE}\n[1, 2]\n", "line 2: is not a correction"),
        ("other.jsonl", f"{LINE}\n" + LINE.replace("human", "angel"), "line 2: is not a correction"),
        ("blank.jsonl", f"{LINE}\n" + LINE.replace('"one"', '" "'), "line 2: is not a correction"),
        ("invisible.jsonl", f"{LINE}\n" + LINE.replace('"one"', '"\u200b"'), "line 2: is not a correction"),
        ("sourceless.jsonl", f"{LINE}\n" + LINE.replace('"uno"', '"\u200b"'), "line 2: is not a correction"),
        ("early.jsonl", LINE.replace("2025-03-01T12:30:00+00:00", "0001-01-01T00:00:00+14:00"), "line 1: is not a"),
        ("deep.jsonl", "[" * 100_000, "line 1: is not a correction"),
        ("date.jsonl", f"{LINE}\n" + LINE.replace("2025-03-01", "yesterday"), "line 2: is not a correction"),
        ("language.jsonl", f"{LINE}\n" + LINE.replace('"it"', '"Italian"'), "line 2: is not a correction"),
        ("surrogate.jsonl", f"{LINE}\n" + LINE.replace('"one"', r'"\ud800"'), "line 2: is not a correction"),
        ("not-there.jsonl", None, "cannot be read"),
        ("not-there.tmx", None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_not_taken_at_all(
    memory: Memory, tmp_path: Path, name: str, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(InputError, match=said) as caught:
        import_file(memory, tmp_path / name)
    assert str(caught.value).startswith(str(tmp_path / name))
    assert "\n" not in str(caught.value)
    assert everything(memory) == []


def test_what_xml_cannot_write_is_left_out_and_counted(memory: Memory) -> None:
    correct(memory, "Suona la campana\x07.", "it", "The bell rings.")
    correct(memory, "uno", "it", "one")
    out = io.BytesIO()
    assert export(memory, out, True) == 1
    assert out.getvalue().count(b"<tu ") == 1
    assert b"\\u0007" in jsonl(memory)


def jsonl(memory: Memory) -> bytes:
    out = io.BytesIO()
    export(memory, out, False)
    return out.getvalue()


WORDS = st.text(st.characters(codec="utf-8"), min_size=1).map(tidy).filter(bool)


@given(st.dictionaries(WORDS, WORDS, max_size=6))
@given_settings(max_examples=20, deadline=None)
def test_jsonl_there_and_back(tmp_path_factory: pytest.TempPathFactory, corrections: dict[str, str]) -> None:
    folder = tmp_path_factory.mktemp("exchange")
    with Memory(folder / "one.sqlite") as one, Memory(folder / "two.sqlite") as two:
        for source, english in corrections.items():
            correct(one, source, "it", english)
            one.remember({source: Hypothesis(english, -0.5, 3, 3)}, "it", "it-en@0", "d")
        (folder / "all.jsonl").write_bytes(jsonl(one))
        number = len(corrections)
        assert import_file(two, folder / "all.jsonl") == Imported(number, number, number, number)
        assert import_file(two, folder / "all.jsonl") == Imported(number, 0, number, 0)
        assert everything(two) == everything(one)
