"""Scripts that set no spaces between words, as the inside of a regular expression's character class."""

from typing import Final

# Thai and Lao, Burmese, Khmer; kana and Han with their punctuation (blocks of the Unicode standard).
UNSPACED: Final = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff"
