"""A person's glossary: how the names of a corpus are to be written in English, whatever the model makes of them.

A CSV file with a line a term: the source term (several spellings between `|`), the English term, and if wanted the language
(ISO 639-1; empty for all) and the case rule (`any`, the default, or `exact`). A first line whose first cell is `source` is a
heading. A spelling that the model gave is replaced where it is, beyond doubt, the same name; elsewhere the segment is flagged.
Of two terms in the same place of a source the longer is meant: the Lega del Nord is no Lega. Terms are put into house style, as are the sources and the English that they are looked for in.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, get_args

from pipeline.clean.unicode import tidy
from pipeline.errors import InputError
from pipeline.records import Flag, Span
from pipeline.scripts import UNSPACED
from pipeline.settings import is_code
from pipeline.terms import CaseRule, Term

_CASE_RULES: Final = get_args(CaseRule)
_COLUMNS: Final = (2, 4)
_HEADINGS: Final = ("source", "source term")
# What a spreadsheet writes where a comma stands in decimal numbers, and what it copies.
_SEPARATORS: Final = {";": "semicolons", "\t": "tabs"}
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]")
_ARABIC: Final = re.compile(r"[\u0621-\u064a]")
# Topic, subject, object, genitive, place, source, means, "and", "also", "only"; two as in 에서는.
_PARTICLES: Final = "(?:은|는|이|가|을|를|의|에|에서|로|으로|와|과|도|만){0,2}"
# "And", "so"; "in", "for", "like"; the article.
_PREFIX: Final = "[وف]?[بلك]?(?:ال)?"
# A text is asked for so many first characters of a spelling before its pattern is: of thousands of terms it holds next to none.
_BEGINNING: Final = 3
# Glossaries whose terms are held by how they begin: a process has one, a test a few.
_MAX_INDEXES: Final = 4
# Shorter names are too much like common words: "One" is like ONU, and "Who" begins a sentence.
_MIN_LETTERS: Final = 4


@dataclass(frozen=True, slots=True)
class Applied:
    """A text with a glossary applied: the text, what was done and could not be done, and the terms' places in the source."""

    text: str
    flags: tuple[Flag, ...] = ()
    terms: tuple[Span, ...] = ()


def read_glossary(path: Path) -> tuple[Term, ...]:
    """The terms of a CSV file. Raises InputError that names every line that is wrong."""
    try:
        reader = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise InputError(f"{path}: the glossary is no CSV from line {reader.line_num} on ({error})") from error
    except OSError as error:
        raise InputError(f"{path}: the glossary cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the glossary is not UTF-8; save it as UTF-8 (CSV)") from error
    for separator, name in _SEPARATORS.items():
        if rows and rows[0][1] and separator in rows[0][1][0]:
            raise InputError(f"{path}: the cells of the glossary are separated by {name}; save it with commas")
    terms: list[Term] = []
    faults: list[str] = []
    lines: dict[tuple[str, str | None, CaseRule], tuple[int, str]] = {}
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].lower() in _HEADINGS):
            continue
        try:
            term = _term(cells)
        except ValueError as error:
            faults.append(f"line {number} {error}")
            continue
        terms.append(term)
        for spelling in term.source:
            first, english = lines.setdefault((spelling, term.language, term.case), (number, term.english))
            if english != term.english:
                faults.append(f"lines {first} and {number} contradict: {spelling} is “{english}” and “{term.english}”")
    if faults:
        raise InputError(f"{path}: {'; '.join(faults)}")
    return tuple(terms)


def digest(terms: Sequence[Term]) -> str:
    """Eight hex digits that name the content of a glossary, for signatures."""
    return hashlib.sha256(repr(tuple(terms)).encode()).hexdigest()[:8]


def apply_glossary(source: str, text: str, language: str, terms: Sequence[Term]) -> Applied:
    """The text with the terms that its source holds written as the glossary says, with flags; spans in the new text, which is
    in house style if anything was written."""
    found = _found(source, terms, language)
    flags: list[tuple[str, Term, str, Span]] = []
    wanted = {term.english for term, _ in found}
    for term, places in sorted(found, key=lambda item: -len(item[0].english)):
        right = _bounded(term.english)
        rest, written = right.subn(" ", text)
        if written >= len(places):
            continue
        spelt = _known(rest, term, wanted)
        if spelt is None and not written:
            spelt = _like(text, term, wanted, _others(source, term, language))
        if spelt is not None:
            either = f"(?:{right.pattern}|{_bounded(spelt).pattern})"  # what is right may hold the other: "The Hague"
            if term.english.startswith("The "):
                either = rf"(?:(?<!\w)[Tt]he )?{either}"  # no "the The Hague"
            text = re.sub(either, lambda _, term=term: term.english, text)  # type: ignore[misc]
            flags.append(("glossary-applied", term, spelt, places[0]))
        elif not written:
            flags.append(("glossary-missed", term, "", places[0]))
    if any(code == "glossary-applied" for code, *_ in flags):
        text = tidy(text)  # a term and what stands beside it may make what neither is: a mark of quotation, a letter
    made = tuple(_flag(code, term, spelt, place, text) for code, term, spelt, place in flags)
    return Applied(text, made, tuple(places[0] for _, places in found))


def variants(text: str, terms: Sequence[Term]) -> tuple[Flag, ...]:
    """Where an English source spells a name of the glossary in another way. It is left so: nothing in it was translated."""
    flags = []
    for term, (place, *_) in _found(text, terms, "en"):
        if text[place.start : place.end] != term.english and not _bounded(term.english).search(text):
            message = f"the glossary writes “{term.english}”; the source is English and was left as it was"
            flags.append(Flag("glossary-variant", "info", message, (place,), (place,)))
    return tuple(flags)


def _term(cells: list[str]) -> Term:
    low, high = _COLUMNS
    if not low <= len(cells) <= high:
        raise ValueError(f"has {len(cells)} columns: it takes source, English, language, case")
    cells = [tidy(cell) for cell in cells]
    spellings = tuple(part.strip() for part in cells[0].split("|") if part.strip())
    language, case = (*cells[2:], "", "")[:2]
    if not spellings or not cells[1]:
        raise ValueError("lacks a source or an English term")
    if language and not is_code(language):
        raise ValueError(f"takes an ISO 639-1 code such as it as its language, not {language!r}")
    if case not in ("", *_CASE_RULES):
        raise ValueError(f"takes any or exact as its case rule, not {case!r}")
    return Term(spellings, cells[1], language or None, "exact" if case == "exact" else "any")


@lru_cache(maxsize=4096)
def _bounded(term: str, any_case: bool = False) -> re.Pattern[str]:
    """A term as a whole word; scripts that set no spaces have none."""
    spaced = term[0].isalnum() and not _UNSPACED.match(term)
    edge = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    return re.compile(f"{edge[0]}{re.escape(term)}{edge[1]}", re.I if any_case else 0)


@lru_cache(maxsize=4096)
def _in_source(spelling: str, any_case: bool) -> re.Pattern[str]:
    """A spelling as group 1, a whole word but for what Korean and Arabic write onto a name."""
    before = _PREFIX if _ARABIC.match(spelling) and len(spelling) >= _MIN_LETTERS else ""
    after = _PARTICLES if _HANGUL.match(spelling[-1]) else ""
    written = rf"(?<!\w){before}({re.escape(spelling)}){after}(?!\w)"
    return re.compile(written if before or after else f"({_bounded(spelling).pattern})", re.I if any_case else 0)


class _Index:
    """The spellings of a glossary by how they begin."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = terms
        self._spellings: dict[str, list[tuple[int, str]]] = {}
        for number, term in enumerate(terms):
            for spelling in term.source:
                self._spellings.setdefault(_alike(spelling[:_BEGINNING]), []).append((number, spelling))

    def may_hold(self, text: str) -> list[tuple[int, str]]:
        """The numbers of the terms that a text may hold, each with the spelling, in their order."""
        text = _alike(text)
        runs = {text[at : at + length] for length in range(_BEGINNING + 1) for at in range(len(text))}
        return sorted(item for begins in runs & self._spellings.keys() for item in self._spellings[begins])


_indexes: dict[int, _Index] = {}


def _index(terms: Sequence[Term]) -> _Index:
    """The index of a glossary, made once for it: by identity, for only to compare thousands of terms takes milliseconds."""
    terms = tuple(terms)
    found = _indexes.get(id(terms))
    if found is None:  # its index holds it, so that no other glossary has its identity
        if len(_indexes) == _MAX_INDEXES:
            _indexes.clear()
        found = _indexes[id(terms)] = _Index(terms)
    return found


def _alike(text: str) -> str:
    """The text with one character for all those that a pattern in any case takes for the same (K and the sign of Kelvin)."""
    return text.lower() if text.isascii() else "".join(letter.lower().upper().lower()[:1] for letter in text)


def _found(source: str, terms: Sequence[Term], language: str) -> list[tuple[Term, list[Span]]]:
    """The terms that a source holds, each with its places. What shares letters with a longer one is not meant by itself."""
    places = [
        (number, Span(*match.span(1)))
        for number, spelling in (_index(terms).may_hold(source) if terms else ())
        if terms[number].language in (None, language)
        for match in _in_source(spelling, terms[number].case == "any").finditer(source)
    ]
    taken: set[Span] = set()
    found: dict[int, set[Span]] = {}
    for number, place in sorted(places, key=lambda item: (item[1].start - item[1].end, item[1].start)):
        if place in taken or not any(place.start < other.end and other.start < place.end for other in taken):
            taken.add(place)
            found.setdefault(number, set()).add(place)
    return [(terms[number], sorted(found[number], key=lambda place: place.start)) for number in sorted(found)]


def _forms(term: Term) -> list[tuple[str, bool]]:
    """How the English may have a term, each with whether in any case."""
    any_case = term.case == "any"
    # Several words are no common word in whatever case: "the Hague" is The Hague.
    return [(form, any_case) for form in term.source] + [(term.english, any_case or " " in term.english)]


def _known(text: str, term: Term, wanted: set[str]) -> str | None:
    """Another spelling of the glossary by which the English has a term, unless another term is to be written so."""
    for form, loosely in _forms(term):
        hits = [match[0] for match in _bounded(form, loosely).finditer(text) if _capital(match[0], form)]
        if hits := [hit for hit in hits if hit not in wanted]:
            return form if form in hits else hits[0]
    return None


def _like(text: str, term: Term, wanted: set[str], others: set[str]) -> str | None:
    """The one run of capitalised words that is like a term, and not more like another name of the source; None where there is
    none, or more than one."""
    forms = [form for form, _ in _forms(term)]
    close: dict[str, float] = {}
    for run in _runs(text, {len(form.split()) for form in forms} - {0}):
        if not any(run in other or other in run for other in wanted):
            agree = max(_agreement(form, run) for form in forms)
            if agree and all(_agreement(other, run) <= agree for other in others):
                close[run] = agree
    if not close:
        return None
    best, *rest = sorted(close, key=lambda run: -close[run])
    return None if rest and close[rest[0]] == close[best] else best


def _others(source: str, term: Term, language: str) -> set[str]:
    """The names of a source beside a term, as it writes them and as English does where that is known."""
    from pipeline.check.gazetteer import fold, gazetteer

    for spelling in term.source:
        source = _in_source(spelling, term.case == "any").sub(" ", source)
    runs = set(_runs(source, {len(form.split()) for form in (*term.source, term.english)} - {0}))
    english = (gazetteer(language).english(tuple(_WORD.findall(fold(run)))) for run in runs)
    return runs.union(*(names for names in english if names))


def _capital(words: str, form: str) -> bool:
    """Whether words that differ from a form of a name in case alone have a capital where it has one; a short one, all."""
    kept = [mine.isupper() for mine, its in zip(words, form, strict=False) if its.isupper()]
    return not kept or (any(kept) if len(form) >= _MIN_LETTERS else all(kept))


def _agreement(form: str, run: str) -> float:
    """How much of a capitalised run agrees with a form of a name, from 0 to 1; 0 where it is surely no spelling of it."""
    from pipeline.check.gazetteer import fold, likeness, same, skeleton

    aim, found = fold(form), fold(run)
    if len(found) < _MIN_LETTERS:
        return float(aim == found and _capital(run, form))
    if len(aim) < _MIN_LETTERS and skeleton(aim) != skeleton(found):
        return 0.0
    return likeness(aim, found) if same(aim, found) else 0.0


def _runs(text: str, lengths: set[int]) -> Iterator[str]:
    """Runs of so many words that begin and end with a capital, or with a letter that has none."""
    words = list(_WORD.finditer(text))
    for length in lengths:
        for at in range(len(words) - length + 1):
            first, last = words[at], words[at + length - 1]
            if not first[0][0].islower() and not last[0][0].islower():
                yield text[first.start() : last.end()]


def _flag(code: str, term: Term, spelt: str, place: Span, text: str) -> Flag:
    if code == "glossary-missed":
        message = (
            f"the glossary writes “{term.english}”, which is not in the English; nothing there is surely that name"
        )
        return Flag(code, "warning", message, (place,))
    spans = tuple(Span(*m.span()) for m in _bounded(term.english).finditer(text))
    return Flag(code, "info", f"“{spelt}” was written “{term.english}”, as the glossary says", (place,), spans)
