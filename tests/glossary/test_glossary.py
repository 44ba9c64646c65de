"""A glossary: what is read, what is replaced, what is flagged, and that it holds over a corpus."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.clean.unicode import tidy
from pipeline.errors import InputError
from pipeline.glossary import _found, _in_source, apply_glossary, digest, read_glossary, variants
from pipeline.records import Span
from pipeline.terms import Term

Command = Callable[..., "subprocess.CompletedProcess[bytes]"]
SARAQIB = Term(("Saraqib", "Saraqeb", "Saraqab"), "Saraqib")
THE_HAGUE = Term(("Aia",), "The Hague", "it", "exact")
SALE = Term(("Sale",), "Salé", "it")
SALE_EXACT = Term(("Sale",), "Salé", "it", "exact")


@pytest.mark.parametrize(
    ("source", "text", "terms", "expected", "codes"),
    [
        (
            "A Saraqeb si combatte.",
            "There is fighting in Saraqeb.",
            [SARAQIB],
            "There is fighting in Saraqib.",
            ["applied"],
        ),
        (
            "A Saraqib si combatte.",
            "There is fighting in Sarakib.",
            [SARAQIB],
            "There is fighting in Saraqib.",
            ["applied"],
        ),
        ("A Saraqib si combatte.", "There is fighting in Saraqib.", [SARAQIB], "There is fighting in Saraqib.", []),
        ("A Saraqib si combatte.", "There is fighting in town.", [SARAQIB], "There is fighting in town.", ["missed"]),
        ("A Pola si combatte.", "There is fighting in Saraqeb.", [SARAQIB], "There is fighting in Saraqeb.", []),
        ("Saraqab, ancora Saraqab.", "Saraqab, again Saraqab.", [SARAQIB], "Saraqib, again Saraqib.", ["applied"]),
        (
            "Il sarago è buono.",
            "The bream is good.",
            [Term(("Sarago",), "Sarago", case="exact")],
            "The bream is good.",
            [],
        ),
        (
            "La Mezzaluna Verde è arrivata.",
            "The Green crescent has arrived.",
            [Term(("Mezzaluna Verde",), "Green Crescent")],
            "The Green Crescent has arrived.",
            ["applied"],
        ),
        ("A Saraqib.", "In Saraqeb.", [Term(("Saraqib",), "Saraqib", "es")], "In Saraqeb.", []),
        ("Marin e Marini.", "Marina and Marino.", [Term(("Marin",), "Marin")], "Marina and Marino.", ["missed"]),
        ("Il $1 \\g<0> Odrena.", "Odren.", [Term(("Odrena",), "Odr\\1ena")], "Odr\\1ena.", ["applied"]),
        ("A Sale si vendono armi.", "The sale of arms in Sale.", [SALE], "The sale of arms in Salé.", ["applied"]),
        (
            "A Sale si vendono armi.",
            "The sale of arms in Sale.",
            [SALE_EXACT],
            "The sale of arms in Salé.",
            ["applied"],
        ),
        ("A Sale si vendono armi.", "SALE of arms in Sale.", [SALE], "SALE of arms in Salé.", ["applied"]),
        ("A SALE SI VENDONO ARMI.", "ARMS SOLD IN SALE.", [SALE], "ARMS SOLD IN Salé.", ["applied"]),
        ("A Sale si vendono armi.", "Arms are on sale there.", [SALE], "Arms are on sale there.", ["missed"]),
        ("Il sale è caro.", "The sale is dear.", [SALE], "The sale is dear.", ["missed"]),
        ("Il sale è caro.", "The sale is dear.", [SALE_EXACT], "The sale is dear.", []),
        ("Uno è morto, dice l'ONU.", "One died.", [Term(("ONU",), "UN")], "One died.", ["missed"]),
        ("Una volta, dice l'ONU.", "Once, they say.", [Term(("ONU",), "UN")], "Once, they say.", ["missed"]),
        ("Chi è, chiede l'OMS.", "Who is it?", [Term(("OMS",), "WHO")], "Who is it?", ["missed"]),
        ("Lo dice l'OTAN.", "So says Nato.", [Term(("OTAN",), "NATO")], "So says NATO.", ["applied"]),
        ("A Èze piove.", "It rains in Eze.", [Term(("Èze",), "Èze")], "It rains in Èze.", ["applied"]),
        ("حلب", "In Halab.", [Term(("حلب",), "Aleppo")], "In Aleppo.", ["applied"]),
        ("All'Aia.", "In the Hague.", [Term(("Aia",), "The Hague", "it", "exact")], "In The Hague.", ["applied"]),
        ("La corte dell'Aia.", "The court of the Aia.", [THE_HAGUE], "The court of The Hague.", ["applied"]),
        ("Il processo dell'Aia.", "The Aia trial begins.", [THE_HAGUE], "The Hague trial begins.", ["applied"]),
        ("Aia e Aia.", "From The Hague to the Aia.", [THE_HAGUE], "From The Hague to The Hague.", ["applied"]),
        ("A Saraqeb.", "In the Saraqeb area.", [SARAQIB], "In the Saraqib area.", ["applied"]),
        (
            "Aia e Aia.",
            "The Hague and Hague.",
            [Term(("Hague", "Aia"), "The Hague")],
            "The Hague and The Hague.",
            ["applied"],
        ),
        ("Torino e Torino.", "Torino and Turin.", [Term(("Torino",), "Turin")], "Turin and Turin.", ["applied"]),
        ("A Torino.", "Torino is Turin.", [Term(("Torino",), "Turin")], "Torino is Turin.", []),
        ("A Sale si vendono armi.", "Sale of arms in Salé.", [SALE], "Sale of arms in Salé.", []),
        ("Uno e Due.", "Uno and Due.", [Term(("Uno",), "Due"), Term(("Due",), "Uno")], "Uno and Due.", []),
        ("La mezzaluna.", "The mezzaluna.", [Term(("mezzaluna",), "Crescent")], "The Crescent.", ["applied"]),
    ],
)
def test_a_term_is_written_as_the_glossary_says_where_it_is_surely_that_name(
    source: str, text: str, terms: list[Term], expected: str, codes: list[str]
) -> None:
    done = apply_glossary(source, text, "it", terms)
    assert done.text == expected
    assert [flag.code for flag in done.flags] == [f"glossary-{code}" for code in codes]
    for flag in done.flags:
        assert all(expected[s.start : s.end] == terms[0].english for s in flag.text)
        assert all(0 <= s.start < s.end <= len(source) for s in flag.source)


@pytest.mark.parametrize(
    ("language", "source", "text", "term"),
    [
        ("it", "Conti e Conte hanno firmato l'accordo.", "Conti and the count signed it.", Term(("Conte",), "Conte")),
        ("it", "Marina e Marino firmano.", "Marina signs.", Term(("Marino",), "Marino")),
        ("it", "Austria e Australia firmano.", "Austria signs.", Term(("Australia",), "Australia")),
        ("it", "Iran e Iraq firmano.", "Iran signs.", Term(("Iraq",), "Iraq")),
        ("it", "Slovenia e Slovacchia firmano.", "Slovenia signs.", Term(("Slovacchia",), "Slovakia")),
        ("sl", "Slovenija in Slovaška podpisujeta.", "Slovenia signs.", Term(("Slovaška",), "Slovakia")),
        ("ru", "Подпись Австрии и Австралии.", "Austria signs.", Term(("Австралии",), "Australia")),
        ("ar", "توقيع إيران والعراق.", "Iran signs.", Term(("العراق",), "Iraq")),
    ],
)
def test_another_name_of_the_source_is_not_written_over(language: str, source: str, text: str, term: Term) -> None:
    done = apply_glossary(source, text, language, [term])
    assert done.text == text
    assert [flag.code for flag in done.flags] == ["glossary-missed"]


LEGA, LEGA_NORD = Term(("Lega",), "Lega"), Term(("Lega del Nord",), "Lega del Nord")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("La Lega del Nord ha vinto.", {"Lega del Nord": Span(3, 16)}),
        ("La Lega e la Lega del Nord.", {"Lega": Span(3, 7), "Lega del Nord": Span(13, 26)}),
        ("La Lega del Nord e la Lega.", {"Lega": Span(22, 26), "Lega del Nord": Span(3, 16)}),
        ("La Lega.", {"Lega": Span(3, 7)}),
    ],
)
@pytest.mark.parametrize("terms", [[LEGA, LEGA_NORD], [LEGA_NORD, LEGA]])
def test_a_term_within_a_longer_one_is_not_meant(source: str, found: dict[str, Span], terms: list[Term]) -> None:
    done = apply_glossary(source, "Nothing.", "it", terms)
    assert {flag.message.split("“")[1].split("”")[0]: flag.source[0] for flag in done.flags} == found
    assert set(done.terms) == set(found.values())


def test_a_shorter_term_is_not_written_into_the_place_of_a_longer_one() -> None:
    text = "The Northern League won yesterday's regional elections."
    done = apply_glossary("La Lega del Nord ha vinto le elezioni regionali di ieri.", text, "it", [LEGA, LEGA_NORD])
    assert done.text == text
    assert [flag.code for flag in done.flags] == ["glossary-missed"]


@given(
    st.lists(st.sampled_from(["Lega", "Lega del Nord", "Nord", "del", "Nord Est"]), max_size=8).map(" ".join),
    st.permutations([Term((name,), name) for name in ("Lega", "Lega del Nord", "Nord", "Nord Est")]),
)
def test_no_two_terms_share_a_letter_of_the_source(source: str, terms: list[Term]) -> None:
    places = sorted(apply_glossary(source, "", "it", terms).terms, key=lambda place: place.start)
    assert all(one.end <= other.start for one, other in pairwise(places))


def test_a_name_like_another_of_the_source_is_still_found() -> None:
    terms = [Term(("Slovacchia",), "Slovakia")]
    done = apply_glossary("Slovenia e Slovacchia firmano.", "Slovenia and Slovacia sign.", "it", terms)
    assert done.text == "Slovenia and Slovakia sign."


@pytest.mark.parametrize(
    ("language", "source", "term", "place"),
    [
        ("ko", "서울시는 오늘 발표했다.", "서울시", Span(0, 3)),
        ("ko", "오늘 서울시에서는 비가 왔다.", "서울시", Span(3, 6)),
        ("ko", "서울시장은 오늘 발표했다.", "서울시", None),
        ("ar", "وصل إلى سراقب.", "سراقب", Span(8, 13)),
        ("ar", "وصل وبسراقب مطر.", "سراقب", Span(6, 11)),
        ("ar", "وصل والعراق.", "عراق", Span(7, 11)),
        ("ar", "وصل سراقبي.", "سراقب", None),
        ("ar", "قال كحلب.", "حلب", None),
    ],
)
def test_a_particle_or_an_article_may_be_written_onto_a_name(
    language: str, source: str, term: str, place: Span | None
) -> None:
    done = apply_glossary(source, "Nothing.", language, [Term((term,), "Name")])
    assert done.terms == ((place,) if place else ())


@given(st.text(max_size=60), st.text(max_size=60), st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3))
@example(" ", "", [" "])
def test_no_text_breaks_a_glossary(source: str, text: str, words: list[str]) -> None:
    terms = [Term((word,), word[::-1]) for word in words]
    done = apply_glossary(source, text, "it", terms)
    assert all(0 <= s.start <= s.end <= len(done.text) for flag in done.flags for s in flag.text)


@given(
    st.text("iıİIsſSßẞkKKµμΜσςΣǅǆ .-", max_size=8),
    st.lists(st.text("iıİIsſSßẞkKKµμΜσςΣǅǆ", min_size=1, max_size=4), max_size=3),
)
@example("SSE", ["ſse"])
def test_a_name_is_found_wherever_its_pattern_finds_it(source: str, names: list[str]) -> None:
    for case in ("any", "exact"):
        terms = [Term((name,), "Name", case=case) for name in names]
        found = [term for term, _ in _found(source, terms, "it")]
        longest = max((len(name) for name in names if _in_source(name, case == "any").search(source)), default=0)
        assert max((len(term.source[0]) for term in found), default=0) == longest


def test_a_glossary_of_thousands_costs_little_a_segment() -> None:
    draw = random.Random(1)
    names = ["".join(draw.choices("abcdefghilmnoprstuvz", k=8)).capitalize() for _ in range(20_000)]
    terms = tuple(Term((name,), name[::-1]) for name in names)
    start = time.process_time()
    for name in names[:200]:
        assert apply_glossary(f"A {name} si combatte ancora.", "", "it", terms).terms
        variants(f"In {name} there is still fighting.", terms)
    assert time.process_time() - start < 10  # 0.3 s; a pattern a term and segment takes minutes


# What house style changes beside something else, or not at all: quotes, accents on their own, joiners, white space.
ODD = "aAb <>\"'«» \u0301\u200d\u200c\u00a0-—."


@given(
    st.text(ODD, max_size=20).map(tidy),
    st.lists(st.text(ODD, min_size=1, max_size=6).map(tidy).filter(bool), min_size=1, max_size=3),
    st.integers(0, 3),
)
@example("<< x, Ab", ["Ba >>"], 1)
def test_places_in_the_english_are_those_of_the_text_that_stands(text: str, names: list[str], times: int) -> None:
    terms = [Term((f"Ab{number}", "Ab"), name) for number, name in enumerate(names)]
    source = " ".join(f"Ab{number}" for number in range(len(names)))
    done = apply_glossary(source, " ".join([text, *["Ab"] * times]), "it", terms)
    assert done.text == tidy(done.text)
    english = {term.english for term in terms}
    assert all(done.text[place.start : place.end] in english for flag in done.flags for place in flag.text)


def test_an_english_source_is_told_of_but_left(tmp_path: Path) -> None:
    (found,) = variants("Fighting in Saraqeb.", [SARAQIB])
    assert (found.code, found.source) == ("glossary-variant", (Span(12, 19),))
    assert variants("Fighting in Saraqib.", [SARAQIB]) == ()


def test_reading_a_glossary(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("\ufeffsource,english,language,case\nSaraqib|Saraqeb, Saraqib\n\nAia,The Hague,it,exact\n", "utf-8")
    assert read_glossary(path) == (
        Term(("Saraqib", "Saraqeb"), "Saraqib"),
        Term(("Aia",), "The Hague", "it", "exact"),
    )
    assert digest(read_glossary(path)) != digest([SARAQIB])
    path.write_text("Sourceville,Springtown\n", "utf-8")
    assert read_glossary(path) == (Term(("Sourceville",), "Springtown"),)


@pytest.mark.parametrize(
    ("line", "source", "text", "expected"),
    [
        ("N’Djamena,N’Djamena", "Da N'Djamena.", "From N'Djamena.", "From N'Djamena."),
        ("N’Djamena,N’Djamena", "Da N'Djamena.", "From N'djamena.", "From N'Djamena."),
        ("N‘Djamena|NDjamena,Fort\u00a0 Lamy", "Da N'Djamena.", "From N'Djamena.", "From Fort Lamy."),
        ("L\u2019Avana , Havana", "Da L'Avana.", "From L'Avana.", "From Havana."),
        ("Se\u0301gou,Ségou", "Da Ségou.", "From Segou.", "From Ségou."),
        ('Aia,"The\nHague"', "Da Aia.", "From Aia.", "From The Hague."),
        ("เชียงใหม่,Chiang Mai", "ไปเชียงใหม่แล้ว", "Went to เชียงใหม่ already.", "Went to Chiang Mai already."),
        ("Sa\u00adraqeb,Sara\u200bqib", "Da Saraqeb.", "From Saraqeb.", "From Saraqib."),
    ],
)
def test_a_glossary_may_be_typed_as_word_processors_type(
    tmp_path: Path, line: str, source: str, text: str, expected: str
) -> None:
    path = tmp_path / "names.csv"
    path.write_text(f"{line}\n", "utf-8")
    done = apply_glossary(source, text, "it", read_glossary(path))
    assert (done.text, len(done.terms)) == (expected, 1)
    assert "glossary-missed" not in [flag.code for flag in done.flags]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Saraqib\n", "line 1 has 1 columns"),
        (
            "a,b,ita\nc,\n",
            "line 1 takes an ISO 639-1 code such as it as its language, not 'ita'; line 2 lacks a source",
        ),
        ("a,b,it,loud\n", "takes any or exact as its case rule, not 'loud'"),
        ("a,b,it,any,more\n", "has 5 columns"),
        ('Roma,Rome\nAia,"The Hague,it\nMosca,Moscow,it\n', "is no CSV from line 3 on"),
        (f"Roma,{'Rome ' * 40_000}\n", "is no CSV from line 1 on"),
        ("Lega;League, the party\nValdoro;Goldvale, on sea\n", "separated by semicolons; save it with commas"),
        ("Roma\tRome\n", "separated by tabs; save it with commas"),
        ("Roma,Rome\nMosca|Roma,Moscow\n", "lines 1 and 2 contradict: Roma is “Rome” and “Moscow”"),
        ('"Roma",Rome\n\nMosca\n', "line 3 has 1 columns"),
        (b"a,\xff\n", "is not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_broken_glossary_is_told_line_by_line(tmp_path: Path, content: str | bytes | None, said: str) -> None:
    path = tmp_path / "names.csv"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=said):
        read_glossary(path)


def test_one_spelling_over_a_corpus(command: Command, tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    for number, spelling in enumerate(("Saraqib", "Saraqeb", "Saraqab")):
        text = (
            f"Il convoglio è arrivato a {spelling} nella notte.\n\nI medici di {spelling} chiedono aiuto da giorni.\n"
        )
        (inputs / f"{number}.txt").write_text(text, "utf-8")
    names = tmp_path / "names.csv"
    names.write_text("Saraqib|Saraqeb|Saraqab,Saraqib\n", "utf-8")
    out = tmp_path / "out"
    done = command("run", inputs, "--out", out, "--glossary", names, "--language", "it", "--json")
    assert done.returncode == 0, done.stderr
    texts = [path.read_text("utf-8") for path in (out / "text").glob("*.txt")]
    assert len(texts) == 3
    for record in (json.loads(path.read_text("utf-8")) for path in (out / "records").glob("*.json")):
        assert "|glossary:" in record["signature"]
        for segment in record["segments"]:
            english = record["text"][segment["text"]["start"] : segment["text"]["end"]]
            assert "Saraqib" in english or "glossary-missed" in [flag["code"] for flag in segment["flags"]]
            assert "Saraqeb" not in english
            assert "Saraqab" not in english
            if any(flag["code"] == "glossary-applied" for flag in segment["flags"]):
                assert segment["translation"]["attempts"][-1]["method"] == "glossary"
    assert command("verify", out).returncode == 0
    again = json.loads(command("run", inputs, "--out", out, "--glossary", names, "--language", "it", "--json").stdout)
    assert again["translated"] == 3
    names.write_text("Saraqib|Saraqeb|Saraqab,Saraqeb\n", "utf-8")
    command("run", inputs, "--out", out, "--glossary", names, "--language", "it")
    assert all("Saraqib" not in path.read_text("utf-8") for path in (out / "text").glob("*.txt"))


def test_a_glossary_that_is_not_there_is_one_line(command: Command, tmp_path: Path) -> None:
    done = command("run", tmp_path, "--glossary", tmp_path / "none.csv")
    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1
    assert "none.csv: the glossary cannot be read" in done.stderr.decode()
