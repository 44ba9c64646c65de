"""Which characters become which, and why. Data for `pipeline.clean.unicode`; docs/house-style.md is its prose form.

Sources: Unicode 16 general categories (Cf, Zs, Pi, Pf, Pd) and blocks; UAX #9 for the bidirectional controls.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class CharacterRule(NamedTuple):
    """One rule: every character in `table` becomes its value."""

    rule: str
    reason: str
    table: dict[str, str]


def _to(replacement: str, characters: str) -> dict[str, str]:
    return dict.fromkeys(characters, replacement)


def _block(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


SOFT_HYPHEN: Final = "\u00ad"
"""Invisible but where a line ends in one: there it divides a word."""

LETTER_JOINERS: Final = "\u200c\u200d"
"""ZWNJ and ZWJ: kept between letters of scripts that spell with them (Persian, Indic) and inside emoji."""

RULES: Final[tuple[CharacterRule, ...]] = (
    CharacterRule(
        "unicode.invisible",
        "an invisible character",
        _to(
            "",
            "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0",
        )
        | _to("", "\ufff9\ufffa\ufffb" + _block(0xE0000, 0xE007F)),
    ),
    CharacterRule(
        "unicode.bidi-control",
        "a bidirectional control",
        _to("", "\u200e\u200f\u202a\u202b\u202c\u202d\u202e" + _block(0x2066, 0x206F)),
    ),
    CharacterRule(
        "unicode.control",
        "a control character",
        _to("", _block(0x00, 0x08) + _block(0x0E, 0x1F) + _block(0x7F, 0x84) + _block(0x86, 0x9F)),
    ),
    CharacterRule("unicode.tatweel", "a kashida, which only stretches an Arabic word", _to("", "\u0640")),
    CharacterRule(
        "unicode.space",
        "an exotic space",
        _to(" ", "\u00a0\u1680\u202f\u205f\u3000\t" + _block(0x2000, 0x200A)),
    ),
    # A carriage return may have a line feed behind it that belongs to it.
    CharacterRule(
        "unicode.newline",
        "an exotic line or page break",
        _to("\n", "\r\v\f\x85\u2028") | _to("\n\n", "\u2029"),
    ),
    CharacterRule(
        "unicode.ligature",
        "a typographic ligature",
        {
            "ﬀ": "ff",
            "ﬁ": "fi",
            "ﬂ": "fl",
            "ﬃ": "ffi",
            "ﬄ": "ffl",
            "ﬅ": "st",
            "ﬆ": "st",
            "ŉ": "'n",
            "Ǆ": "DŽ",
            "ǅ": "Dž",
            "ǆ": "dž",
        },
    ),
    CharacterRule(
        "unicode.width",
        "a full-width letter or digit",
        {chr(0xFEE0 + ord(c)): c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
    ),
    CharacterRule("style.double-quote", "a curly or angular double quote", _to('"', "“”„‟«»〝〞〟❝❞＂")),
    CharacterRule("style.single-quote", "a curly or angular single quote or apostrophe", _to("'", "‘’‚‛‹›❛❜＇")),
    CharacterRule("style.hyphen", "a hyphen or minus of another kind", _to("-", "‐‑−﹣－")),
    CharacterRule("style.ellipsis", "an ellipsis character", {"…": "..."}),
)

DASHES: Final = "‒–—―"
"""En, em and other dashes: their replacement depends on what stands beside them."""
