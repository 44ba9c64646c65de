"""How many workers of a cluster one process can keep busy, for it reads the files, puts together and writes alone.

    python -m benchmarks.cluster [--documents 200]      # needs the extra 'cluster'

Processor seconds, which do not depend on what else the machine does: of a run in one process, and of the process that leads a
run on a Ray cluster of two workers, which is begun for it. What the second does not need, workers did. Both runs write the same
bytes, which is looked at as well. Once with Italian articles, which are translated, once with their English, which is not: the sentences
are those of `models/training/articles`, twelve to a document.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Final

from pipeline.run import run
from pipeline.settings import Settings

ARTICLES: Final = Path(__file__).parent.parent / "models" / "training" / "articles" / "it-en.tsv"
SENTENCES: Final = 12


def documents(column: int, number: int, folder: Path) -> None:
    """Write so many documents of one side of the articles: 0 is Italian, 1 English."""
    folder.mkdir()
    lines = iter(ARTICLES.read_text("utf-8").splitlines())
    for name in range(number):
        sides = [line.split("\t")[column] for line in islice(lines, SENTENCES)]
        (folder / f"{name}.txt").write_text("\n\n".join(sides) + "\n", "utf-8")


def seconds(source: Path, out: Path, settings: Settings) -> float:
    """Processor seconds of this process for a run."""
    before = time.process_time()
    run([str(source)], out, settings)
    return time.process_time() - before


def contents(out: Path) -> dict[str, bytes]:
    """What a run wrote, but for the file with the times."""
    paths = (path for path in out.rglob("*") if path.is_file() and path.name != "run.json")
    return {str(path.relative_to(out)): path.read_bytes() for path in paths}


def main() -> None:
    """Print a table."""
    import ray

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200)
    number = parser.parse_args().documents
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    print(
        "| documents | one process, s | leading a cluster, s | workers that one process keeps busy |\n|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name:
        for column, language in enumerate(("Italian", "English")):
            source, alone, led = (Path(name, f"{language}-{part}") for part in ("in", "alone", "led"))
            documents(column, number, source)
            whole = seconds(source, alone, Settings(jobs=1))
            leading = seconds(source, led, Settings(cluster="auto"))
            if contents(alone) != contents(led):
                raise SystemExit(f"{language}: the cluster wrote other bytes")
            print(
                f"| {number} {language} | {whole:.1f} | {leading:.1f} | {(whole - leading) / leading:.0f} |", flush=True
            )


if __name__ == "__main__":
    main()
