"""What is asked of writing: in which script it is, where no spaces are set, how many letters it has, how many of them capitals."""

import re
from string import ascii_letters, ascii_uppercase
from typing import Final

# Scripts that set no spaces between words, as the inside of a regular expression's character class: Thai and Lao, Burmese,
# Khmer; kana and Han with their punctuation (blocks of the Unicode standard).
UNSPACED: Final = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff"
# Scripts of news, as blocks of the Unicode standard; those that set no spaces are one, for Japanese is written in several.
_SCRIPTS: Final = {
    name: re.compile(rf"(?:(?=[{characters}])[^\W\d_])(?:[{characters}]*)")
    for name, characters in {
        "Latin": r"A-Za-z\u00aa-\u024f\u1e00-\u1eff",
        "Greek": r"\u0370-\u03ff\u1f00-\u1fff",
        "Cyrillic": r"\u0400-\u052f",
        "Armenian": r"\u0530-\u058f",
        "Hebrew": r"\u0590-\u05ff",
        "Arabic": r"\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
        "Indic": r"\u0900-\u0dff",
        "Georgian": r"\u10a0-\u10ff",
        "Ethiopic": r"\u1200-\u139f",
        "Hangul": r"\u1100-\u11ff\uac00-\ud7af",
        "unspaced": UNSPACED,
    }.items()
}
_BEYOND_LATIN: Final = re.compile(r"[\u0370-\u1dff\u2e80-\ufefc]")
_LETTERS: Final = ascii_letters.encode()
_CAPITALS: Final = ascii_uppercase.encode()


def letters(text: str) -> tuple[int, int]:
    """How many letters there are in a text, and how many capitals.

    >>> letters("Łódź, 3 MAY")
    (7, 4)
    """
    if text.isascii():  # most text that is cleaned, and thirty times as fast
        data = text.encode()
        return len(data) - len(data.translate(None, _LETTERS)), len(data) - len(data.translate(None, _CAPITALS))
    return sum(map(str.isalpha, text)), sum(map(str.isupper, text))


def leading_script(text: str) -> str:
    """The text without the words of scripts that it has fewer words of; two characters are a word where no spaces are set.

    >>> leading_script("The mayor said: Καλημέρα, and left.")
    'The mayor said:  , and left.'
    """
    if _BEYOND_LATIN.search(text) is None:
        return text
    words = {name: _SCRIPTS[name].findall(text) for name in _SCRIPTS}
    counts = {name: sum(map(len, found)) / 2 if name == "unspaced" else len(found) for name, found in words.items()}
    leading = max(counts, key=lambda name: counts[name])
    for name, found in words.items():
        if found and name != leading:
            text = _SCRIPTS[name].sub(" ", text)
    return text
