"""What a model is given: which segments need one, as what words, and how the answers come back.

Each different segment is translated once a run. A segment without letters never reaches a model: it would invent some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.translate import Engine, Hypothesis
from pipeline.translate.repair import repair

# Shorter runs of capitals are acronyms; in longer ones the model sees words that it never learnt.
MIN_CAPITALS: Final = 12
# Segments handed to the engine at a time: what a progress bar moves by, and what Ctrl-C may lose.
CHUNK: Final = 256


@dataclass(frozen=True, slots=True)
class Request:
    """A segment for a model: its text in the document, and the text that the model is given."""

    segment: str
    given: str


def has_letters(text: str) -> bool:
    """Whether there is anything to translate."""
    return any(map(str.isalpha, text))


def request(segment: str) -> Request:
    """What the model is given for a segment: capitals are folded, for it has hardly seen any."""
    letters = sum(map(str.isalpha, segment))
    return Request(segment, sentence_case(segment) if letters >= MIN_CAPITALS and segment.isupper() else segment)


def sentence_case(text: str) -> str:
    """The text in lower case but for its first letter."""
    lower = text.lower()
    first = next((i for i, c in enumerate(lower) if c.isalpha()), 0)
    return lower[:first] + lower[first : first + 1].upper() + lower[first + 1 :]


def translate_all(
    texts: Iterable[str],
    engine: Engine,
    known: dict[str, Hypothesis],
    language: str,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Translate the texts that `known` lacks and put them there, each once, damaged ones repaired; `progress` hears of each
    chunk's size. `language` is that of the texts (ISO 639-1): what is damage depends on it.

    Sorted by length in tokens, so that a chunk holds few different lengths. A text that is longer than the model's positions
    is left out: nothing is cut.
    """
    measured = ((engine.length(text), text) for text in set(texts) - known.keys())
    todo = [text for length, text in sorted(measured, reverse=True) if length <= engine.max_length]
    for at in range(0, len(todo), CHUNK):
        chunk = todo[at : at + CHUNK]
        known.update(zip(chunk, repair(chunk, engine.translate(chunk), engine, language), strict=True))
        progress(len(chunk))
