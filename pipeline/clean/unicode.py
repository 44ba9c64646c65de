"""Unicode repair and house style: text in, edits out. Every function is pure and says what it did.

ftfy mends what was decoded wrongly; its result is laid beside the line it came from, so that each repair becomes an edit
with a place. The rest is one pass with one regular expression over the tables of `characters`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby
from typing import Final

import ftfy
from ftfy.chardata import CHARMAP_ENCODINGS

from pipeline.clean.characters import DASHES, LETTER_JOINERS, RULES, SOFT_HYPHEN
from pipeline.records import Edit

# Quotes, widths, ligatures and line breaks are ours to record one by one; ftfy does what needs its model of mojibake.
_FTFY: Final = ftfy.TextFixerConfig(
    unescape_html="auto",
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    normalization=None,
    explain=True,
)
# What ftfy calls its steps; `ftfy.` and those that it took in a line, with a + between, are the name of the rule.
_UNEXPLAINED: Final = "fix"
FTFY_STEPS: Final = frozenset(
    (*ftfy.TextFixerConfig._fields, *CHARMAP_ENCODINGS, "utf-8", "utf-8-variants", "windows-1252", _UNEXPLAINED)
)
# Beyond this many characters the place of a repair inside its line is not searched for: the search is quadratic.
_MAX_DIFF: Final = 2_000
_LINES: Final = re.compile(r"[^\n]+")
# French quotation marks, and the spaces that stand inside them beside the plain one.
OPENING: Final = "«“"
CLOSING: Final = "»”"
_BEFORE_QUOTATION: Final = f"([{{-'’{DASHES}{OPENING}"
FIXED_SPACES: Final = "\u00a0\u202f\u2009"
# Guillemets as they are typed. What has a bar in it is a row of links, “<< Back | Next >>”; `<<=` and `>>=` are of programs.
_TYPED: Final = re.compile(r"(?<!<)<<(?!=)([^<>|]+)>>(?![>=])")
# What may be counted with: a number or a letter, next to the marks.
_NEAR: Final = 32
_OPERAND: Final = re.compile(r" ?(?:\d[\d.,]*|\w)(?!\w)")
_OPERAND_BEFORE: Final = re.compile(r"(?<!\w)(?:\d[\d.,]*|\w) ?$")
# What programs have between these marks and no quotation has: names of streams and what is done with them, a string and a
# semicolon, the name of an entry (PDF), a bracket that closes and one that opens.
_OF_PROGRAM: Final = re.compile(
    r"""\b(?:cout|cin|cerr|clog|endl|EOF)\b|::|\w\(\)|->|&&|[{}\\]| [-+*/&^]?=|==|^ ?/\w|^ ?"[^"]*" ?(?:[;)]|$)|^[^()]*\).*\([^()]*$""",
    re.S,
)
_STREAM_BEFORE: Final = re.compile(r"\b(?:cout|cerr|clog|cat) ?$")
# One statement ends in a word and the next begins with one: `a << b; c >> d;`.
_STATEMENT_END: Final = re.compile(r";\s*[\w.]+ ?$")
_STATEMENT: Final = re.compile(r" ?[\w.]+ ?(?:;|>>|$)")
_FIRST_NAME: Final = re.compile(r" ?(\w{2,})")
_LAST_NAME: Final = re.compile(r"(?<!\w)(\w{2,}) ?$")
# A sentence that names both marks: “The operators << and >> shift bits.”
_BOTH_NAMED: Final = frozenset(
    (
        "and",
        "or",
        "y",
        "e",
        "o",
        "u",
        "et",
        "ou",
        "und",
        "oder",
        "en",
        "of",
        "i",
        "lub",
        "ve",
        "veya",
        "и",
        "или",
        "و",
        "أو",
    )
)
_BLANK_LINE: Final = re.compile(r"\n\s*\n")
# A soft hyphen with the rest of its word on the next line.
_DIVIDED: Final = re.compile(rf"(?<=[^\W\d_]){SOFT_HYPHEN}[ \t]*(?:\r\n?|\n)[ \t]*(?=[^\W\d_])")
_LINE_END: Final = re.compile(r"[^\S\r\n]*(?:[\r\n]|$)")


def repair_encoding(text: str) -> Iterator[Edit]:
    """Edits that undo mojibake, stray HTML entities and terminal escapes (ftfy), line by line."""
    for line in _LINES.finditer(text):
        words = line.group()
        if words.isascii() and "&" not in words and "\x1b" not in words:
            continue
        fixed, steps = ftfy.fix_and_explain(words, _FTFY)
        if fixed != words:
            names = "+".join(dict.fromkeys(step.parameter for step in steps or ())) or _UNEXPLAINED
            yield from difference(
                words, fixed, line.start(), f"ftfy.{names}", "text that was decoded or escaped wrongly"
            )


def compose_characters(text: str) -> Iterator[Edit]:
    """Edits that bring the text to Unicode normalisation form C."""
    if unicodedata.is_normalized("NFC", text):
        return
    for line in _LINES.finditer(text):
        words = line.group()
        if not unicodedata.is_normalized("NFC", words):
            composed = unicodedata.normalize("NFC", words)
            yield from difference(words, composed, line.start(), "unicode.nfc", "a character in decomposed form")


def difference(old: str, new: str, offset: int, rule: str, reason: str) -> Iterator[Edit]:
    """The edits that turn `old`, which begins at `offset`, into `new`."""
    head = _common_prefix(old, new)
    tail = _common_prefix(old[head:][::-1], new[head:][::-1])
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    at = offset + head
    if len(a) * len(b) > _MAX_DIFF**2:
        yield Edit(at, at + len(a), a, b, rule, reason)
        return
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Edit(at + a0, at + a1, a[a0:a1], b[b0:b1], rule, reason)


def _common_prefix(a: str, b: str) -> int:
    if a == b:
        return len(a)
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


@cache
def _characters() -> tuple[re.Pattern[str], dict[str, tuple[str, str, str]]]:
    table = {c: (new, rule.rule, rule.reason) for rule in RULES for c, new in rule.table.items()}
    # French sets its quotation marks off with spaces: they go with them. Only spaces inside the quotes are taken, and none
    # that is all there is between two marks: it would belong to both.
    # All that can begin a match is one class, in ranges: `re` passes over the rest at once.
    begins = _class({*table, *LETTER_JOINERS, *DASHES})
    before = rf"(?<=[{OPENING}])[ {FIXED_SPACES}](?=[^\s{CLOSING}])"
    pattern = rf"{begins}(?:(?<=\r)\n|{before}|(?<=[{FIXED_SPACES}])[{CLOSING}](?!\w))?"
    return re.compile(pattern), table


def _class(characters: Iterable[str]) -> str:
    """A regular expression's class of characters, those that follow one another as a range."""
    numbered = enumerate(sorted(map(ord, characters)))
    runs = ([chr(code) for _, code in run] for _, run in groupby(numbered, key=lambda pair: pair[1] - pair[0]))
    return "[" + "".join(f"{re.escape(run[0])}-{re.escape(run[-1])}" for run in runs) + "]"


def house_style(text: str) -> Iterator[Edit]:
    """Edits for invisible characters, exotic spaces, ligatures, quotes, dashes and ellipses."""
    if text.isascii() and text.isprintable():
        return
    pattern, table = _characters()
    spaced_close = False
    for match in pattern.finditer(text):
        old, start = match.group(), match.start()
        if old == SOFT_HYPHEN and _DIVIDED.match(text, start):
            continue  # `layout` joins the word
        if old in LETTER_JOINERS:
            if _joins(text, start):
                continue
            new, rule, reason = "", "unicode.joiner", "a joiner where the script does not spell with it"
        elif old in DASHES:
            new, rule, reason = _dash(text, start), "style.dash", "a typographic dash"
        else:
            new, rule, reason = table[old[0] if old[0] in f"{OPENING}\r" else old[-1]]
            if old[0] in OPENING:
                spaced_close = len(old) == 2 and _opens(text, start)
                new += " " if len(old) == 2 and not spaced_close else ""
        if old in CLOSING and spaced_close and _closes_spaced(text, start):
            old, start, spaced_close = f" {old}", start - 1, False
        if new != old:
            yield Edit(start, start + len(old), old, new, rule, reason)


def typed_quotes(text: str) -> Iterator[Edit]:
    """Edits for guillemets typed as `<< >>`, in pairs: from where a quotation begins to its end in the same paragraph.

    They have a space inside at both ends or at none. One without the other is no quotation: `1 << 2`, a quoted mail's `>>`;
    nor is what programs shift, read and write with them: `cout << "x"; cin >> y`.
    """
    if "<<" not in text:
        return
    for pair in _TYPED.finditer(text):
        (start, end), words = pair.span(), pair.group(1)
        spaced = words[0] == words[-1] == " "
        inside = words[1:-1] if spaced else words
        if not inside or inside != inside.strip() or _BLANK_LINE.search(inside) or not _opens(text, start):
            continue
        before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
        if _is_program(before, inside, after) or (spaced and _calculates(before, inside, after)):
            continue
        for at, mark in ((start, "<< " if spaced else "<<"), (end - 2 - spaced, " >>" if spaced else ">>")):
            yield Edit(at, at + len(mark), mark, '"', "style.double-quote", "a double quote typed as two angles")


def _is_program(before: str, inside: str, after: str) -> bool:
    """Whether what stands between the marks, and beside them, is of a program, or of a sentence about one.

    Of the same word on the same side of both marks, such as `a << bits, b >> bits`, each is counted with.
    """
    if not any(map(str.isalnum, inside)) or inside.lower() in _BOTH_NAMED:
        return True
    if _OF_PROGRAM.search(inside) or _STREAM_BEFORE.search(before):
        return True
    if _STATEMENT_END.search(inside) and _STATEMENT.match(after):
        return True
    return _same(_LAST_NAME.search(before), _LAST_NAME.search(inside)) or _same(
        _FIRST_NAME.match(inside), _FIRST_NAME.match(after)
    )


def _same(one: re.Match[str] | None, other: re.Match[str] | None) -> bool:
    return one is not None and other is not None and one[1] == other[1]


def _calculates(before: str, inside: str, after: str) -> bool:
    """Whether two of what stands beside the marks are numbers or letters, as in `m << M, but M >> m`; one may be a word: "a << oui >>"."""
    beside = (
        _OPERAND_BEFORE.search(before),
        _OPERAND.match(inside),
        " " in inside and _OPERAND_BEFORE.search(inside[-_NEAR:]),
        _OPERAND.match(after),
    )
    return sum(map(bool, beside)) >= 2


def styled(text: str) -> str:
    """The text in house style: what `house_style`, `typed_quotes` and NFC would make of it."""
    from pipeline.clean.ledger import apply

    for repair in (house_style, typed_quotes):
        text = apply(text, repair(text))
    return unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """A text as a segment stands in a cleaned document: in house style, its white space single spaces."""
    return " ".join(styled(text).split())


def _joins(text: str, at: int) -> bool:
    """Whether the joiner at `at` is part of the spelling: between letters or marks beyond Latin, Greek, Cyrillic; or emoji."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before or not after:
        return False
    # From Hebrew (U+0590) on lie the scripts that use joiners, and the emoji; punctuation and symbols lie apart.
    return all(c >= "\u0590" and not c.isspace() and unicodedata.category(c)[0] in "LMS" for c in (before, after))


def _opens(text: str, at: int) -> bool:
    """Whether a mark stands where a quotation begins: German ends them with “ or «."""
    before = text[at - 1 : at]
    return not before or before.isspace() or before in _BEFORE_QUOTATION


def _closes_spaced(text: str, at: int) -> bool:
    """Whether a mark with a space before it stands where a quotation ends."""
    return text[at - 1 : at] == " " and not text[at + 1 : at + 2].isalnum()


def _dash(text: str, at: int) -> str:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before.isalpha() and text[at] in "—―":
        if after.isalpha():
            return " - "
        if _LINE_END.match(text, at + 1):
            return " -"  # else it would be a hyphen, which divides a word
    return "-"
