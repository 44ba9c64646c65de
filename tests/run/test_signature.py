"""What a record's signature names: all that could make its bytes other, and nothing else."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from pipeline.errors import MissingExtra
from pipeline.models import ModelStore
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.signature import signature
from pipeline.translate import decoder_signature

ENGLISH = ("read", "cleaning", "rules", "units", "clean", "checks")
FOREIGN = (*ENGLISH, "mt")


@pytest.mark.parametrize(
    ("languages", "named", "not_named"),
    [
        (["en"], ENGLISH, ("mt", "acronyms")),
        (["en", "und"], ENGLISH, ("mt", "acronyms")),
        # No model: nothing is decoded.
        (["ar"], FOREIGN, ("acronyms",)),
        (["it"], (*FOREIGN, "acronyms"), ()),
    ],
)
def test_a_signature_names_what_made_the_document(
    languages: list[str], named: tuple[str, ...], not_named: tuple[str, ...]
) -> None:
    settings = Settings()
    store = ModelStore(settings.engine, settings.model, settings.pivot)
    parts = {part.partition(":")[0] for part in signature(settings, store, languages).split("|")}
    assert set(named) <= parts
    assert parts.isdisjoint(not_named)


def test_without_torch_a_run_with_transformers_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def installed(name: str) -> str:
        if name == "torch":
            raise PackageNotFoundError(name)
        return version(name)

    decoder_signature.cache_clear()
    monkeypatch.setattr("pipeline.translate.version", installed)
    (tmp_path / "a.txt").write_text("Il ponte è chiuso.\n", "utf-8")
    with pytest.raises(MissingExtra, match=r"--engine transformers needs the extra \[torch\]"):
        run([str(tmp_path / "a.txt")], tmp_path / "out", Settings(engine="transformers", language="it"))
