"""Numbers as they stand in a text, in digits or in words, with every value that each may mean.

Values are canonical strings: `12400`, `3.5`, and `14:30` for a time of day. A number whose reading depends on the language
is read as that language writes it; one that may be a time as well, or whose mark has two meanings in that language, has
both readings. Data: data/numbers.toml, data/languages.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from pipeline.check.clock import around, timed
from pipeline.check.digits import dates, figures, times
from pipeline.check.number_words import Lexicon, lexicon
from pipeline.check.quantity import Quantity, canonical, in_words
from pipeline.check.romans import romans
from pipeline.check.sums import HALVES, combined, ranged

# A number in words is at most this many words: "quatre vingt dix sept".
_PHRASE: Final = 4
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PERCENT: Final = re.compile(r"\b(?:per|por|pour|al)\s$", re.I)
_PERCENT_CHARS: Final = 5
# The decimal digits of other scripts, by their noughts (Arabic to Khmer, full width), and Arabic's own marks.
_DIGITS: Final = {ord(zero) + d: str(d) for zero in "٠۰०০੦૦௦౦೦൦๐໐၀០０" for d in range(10)} | str.maketrans("٫٬", ".,")
# "m²" and "CO₂", which lose their small figures on the way: those of "m2" and "CO2" are no numbers.
_NO_NUMBER: Final = re.compile(r"(?<![^\W\d_])(?:[cdhkm]?m[23]|(?:CO|NO|SO|CH|H|O)[234])(?!\d)")
# Italian says "diciannovenne" for nineteen years old, "vent'anni" for twenty years, "ventiquattr'ore".
_ELIDED: Final = re.compile(r"(?:ultra)?(\w{3,})(?:enn[ei]|['’]\w+)")


def quantities(text: str, language: str, joined: bool = True) -> list[Quantity]:
    """The numbers of a text, in order. What may be one figure or two, "12 345" or "2 mil 500", is one if `joined`. Where
    spaces are the language's way "12 345" is one in any case, unless the first may be a day; in English it is two."""
    text = text.translate(_DIGITS)
    found = [*dates(text), *times(text, language == "en")]
    taken = [(q.start, q.end) for q in found] + [m.span() for m in _NO_NUMBER.finditer(text)]
    known = lexicon(language)
    pieces = [*figures(text, language, taken, joined), *_spelt(text, language), *_written(text, known)]
    found += combined(text, pieces, known, joined and language != "en")
    # They are not missed, but may account for a number.
    found += [in_words(start, end, Decimal(value), False) for start, end, value in romans(text, language)]
    found = timed(text, sorted(found, key=lambda q: q.start), language)
    return _clocked(text, ranged(text, found), language)


def _spelt(text: str, language: str) -> Iterator[Quantity]:
    """Numbers in words, from 2 on; those that may be another word are not sure."""
    known = lexicon(language)
    tokens = list(_TOKEN.finditer(text))
    skip = 0
    for index, token in enumerate(tokens):
        if index < skip:
            continue
        longest = min(_PHRASE, len(tokens) - index) if token[0].lower() in known.openers else 1
        for length in range(longest, 1, -1):
            last = tokens[index + length - 1]
            phrase = text[token.start() : last.end()].lower().replace("-", " ")
            sure = phrase in known.words
            if sure or phrase in known.unsure:
                skip = index + length
                yield in_words(
                    token.start(), last.end(), Decimal((known.words if sure else known.unsure)[phrase]), sure
                )
                break
        else:
            yield from _single(text, token, known)


def _single(text: str, token: re.Match[str], known: Lexicon) -> Iterator[Quantity]:
    word = token[0].lower()
    start = token.start() + max(word.rfind("'"), word.rfind("’")) + 1
    if elided := _ELIDED.fullmatch(word):
        parts = (known.part(elided[1] + ending) for ending in ("", *"aeio"))
        if years := next(filter(None, parts), None):
            yield in_words(token.start(), token.end(), Decimal(years), False)
            return
    form = text[start : token.end()].lower()
    if (value := known.unsure.get(form)) is not None:
        yield in_words(start, token.end(), value, False)
    elif (whole := known.value(form)) is not None and not (
        form in known.hundreds and _PERCENT.search(text, max(0, token.start() - _PERCENT_CHARS), token.start())
    ):
        # "l'Ottocento" is the nineteenth century.
        if form in known.hundreds and text[start].isupper() and start > 0:
            readings = frozenset({str(whole), str(whole // 100 + 11)})
            yield Quantity(start, token.end(), readings, False, False)
        else:
            yield in_words(start, token.end(), Decimal(whole), True)


def _written(text: str, known: Lexicon) -> Iterator[Quantity]:
    """Numbers in the figures of a script that has its own for each: 二十, 三万, 三点五."""
    for match in known.run.finditer(text) if known.run else ():
        whole = known.written(match[1])
        if match["part"] is None:
            yield in_words(*match.span(), Decimal(whole), False)
            continue
        # 三点五 may be three points and five, too.
        part = "".join(str(known.figures[figure]) for figure in match["part"])
        by = known.magnitudes.get(match["by"], Decimal(1))
        readings = {Decimal(f"{whole}.{part}") * by, Decimal(whole), Decimal(part) * by}
        yield Quantity(*match.span(), frozenset(map(canonical, readings)), False, False)


def _clocked(text: str, found: list[Quantity], language: str) -> list[Quantity]:
    """Times of day in words and what has a half after it; half of anything is 0.5 as well."""
    made = []
    for quantity in found:
        more: set[str] = set()
        if quantity.magnitude == 1:
            more = around(text, quantity.start, quantity.end, quantity.values, language)
            if text[quantity.start : quantity.end].lower() in HALVES:
                more.add("0.5")
        made.append(replace(quantity, readings=quantity.readings | more) if more else quantity)
    return made
