"""How the texts of a run (`pipeline.translate.given`) reach a model, and how the answers come back: each different one once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from pipeline.translate import Engine, Hypothesis
from pipeline.translate.repair import repair

# Segments handed to the engine at a time: what a progress bar moves by, and what Ctrl-C may lose.
CHUNK: Final = 256

# Gives each of some chunks with its hypotheses, in any order.
Each = Callable[[Iterable[list[str]]], Iterable[tuple[list[str], list[Hypothesis]]]]


def translated(engine: Engine, language: str, chunk: list[str]) -> list[Hypothesis]:
    """The hypotheses of texts that the engine can take, damaged ones repaired. `language` is theirs: what is damage depends on it."""
    return repair(chunk, engine.translate(chunk), engine, language)


def translate_all(
    texts: Iterable[str],
    engine: Engine,
    known: dict[str, Hypothesis],
    language: str,
    progress: Callable[[int], None] = lambda _: None,
    each: Each | None = None,
) -> None:
    """Translate the texts that `known` lacks and put them there, each once, damaged ones repaired; `progress` hears of each
    chunk's size. `language` is that of the texts (ISO 639-1). `each` has the chunks translated elsewhere, by the same model.

    Sorted by length in tokens, so that a chunk holds few different lengths. A text that is longer than the model's positions
    is left out: nothing is cut.
    """
    measured = ((engine.length(text), text) for text in set(texts) - known.keys())
    todo = [text for length, text in sorted(measured, reverse=True) if length <= engine.max_length]
    chunks = [todo[at : at + CHUNK] for at in range(0, len(todo), CHUNK)]
    for chunk, hypotheses in (each or partial(_here, engine, language))(chunks):
        known.update(zip(chunk, hypotheses, strict=True))
        progress(len(chunk))


def _here(engine: Engine, language: str, chunks: Iterable[list[str]]) -> Iterator[tuple[list[str], list[Hypothesis]]]:
    return ((chunk, translated(engine, language, chunk)) for chunk in chunks)
