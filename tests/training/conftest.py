"""The tiny recipe, built once for each file of tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with recipe, parallel text and lexicon, and the untrained model built from them in ``run/start``.

    In one thread: tests run beside each other, and two processes that each take every core wait for each other at every
    small product.
    """
    import torch

    from .tiny import RECIPE, command, sentences

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("training")
    (folder / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    text = folder / "text"
    text.mkdir()
    english = sentences("en")
    for language in ("it", "pt"):
        lines = [f"{s}\t{e}\tinvented\n" for s, e in zip(sentences(language), english, strict=True)]
        (text / f"{language}-en.tsv").write_text("".join(lines), encoding="utf-8")
    (text / "dev.it").write_text("\n".join(sentences("it")[::10]) + "\n", encoding="utf-8")
    (text / "dev.en").write_text("\n".join(english[::10]) + "\n", encoding="utf-8")
    (folder / "run").mkdir()
    lexicon = {"città": "cidade", "ospedale": "hospital", "cerca": "procura", "scuola": "escola", "acqua": "água"}
    (folder / "run" / "lexicon.it.json").write_text(json.dumps(lexicon), encoding="utf-8")
    assert command(folder, "build") == 0
    yield folder
    torch.set_num_threads(threads)
