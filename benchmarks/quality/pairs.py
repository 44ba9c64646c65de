"""The sentence pairs: one TSV a language, `source<TAB>English`, in plain UTF-8 without a header.

They were written for this benchmark, sentence by sentence, and are for measuring alone: no model may be trained or chosen
on them, or the floors mean nothing. The news in them is invented, and so are the people. The first half of the Italian is
agency copy, with numbers, dates and names; among the last lines some are clumsy or misspelt on purpose, and their English
says what was meant. References are in British spelling and in the program's house style (plain quotes, no line in
capitals, for a run folds those); Portuguese is that of Portugal and of Brazil.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "pairs"
LANGUAGES: Final = ("it", "es", "fr", "pt")


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its English reference."""

    source: str
    english: str


def load(language: str, folder: Path = FOLDER) -> list[Pair]:
    """The pairs of a language, in the file's order. Raises ValueError that names the line that is not a pair."""
    path = folder / f"{language}.tsv"
    pairs = []
    for number, line in enumerate(path.read_text("utf-8").removesuffix("\n").split("\n"), 1):
        fields = line.split("\t")
        if len(fields) != 2 or not all(map(str.strip, fields)):
            raise ValueError(f"{path}:{number}: not a source and its English, parted by one tab: {line!r}")
        pairs.append(Pair(*fields))
    return pairs
