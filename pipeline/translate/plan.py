"""How the texts of a run (`pipeline.translate.given`) reach a model, and how the answers come back: each different one once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from pipeline.translate import Engine, Hypothesis
from pipeline.translate.repair import repair

# Segments handed to the engine at a time: what a progress bar moves by, and what Ctrl-C may lose.
CHUNK: Final = 256


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
