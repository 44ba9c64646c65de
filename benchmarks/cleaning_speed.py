"""How many English documents a second: `python -m benchmarks.cleaning_speed [--documents 400] [--turns 3]`.

News pages of about 2.5 kB, each different, measured in processor seconds of one process:
- reading, cleaning and detecting the language;
- the stages before the model: these, and segmenting;
- a whole run (`--jobs 1`): these, and the survey of the corpus, records, files;
- as a yardstick, trafilatura's extraction of the same blocks as HTML.

A page is the furniture of one of the English pages of benchmarks/cleaning around paragraphs of three sentences, drawn from
those pages and from the English of benchmarks/quality. Every turn draws pages of its own, so that nothing remembered from
one turn helps the next; the best turn is the one that the machine's other work disturbed least.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.cleaning.cleaners import trafilatura
from benchmarks.cleaning.corpus import SPLITS, Block, Document, load
from benchmarks.quality import pairs
from pipeline.clean import clean
from pipeline.detect import detect
from pipeline.read import read_document
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.stages import prepare

SEED: Final = 20261128
CHARACTERS: Final = 2_300
SENTENCES_A_PARAGRAPH: Final = 3
TITLE_WORDS: Final = (7, 13)
SETTINGS: Final = Settings(jobs=1)


def pages(count: int, seed: int) -> list[str]:
    """So many different pages, the same ones for a seed every time."""
    draw = random.Random(seed)
    frames = [page for split in SPLITS for page in load(split) if page.language == "en" and _fits(page)]
    sentences = [block.text for page in frames for block in page.blocks if _drawn(block)]
    sentences += [pair.english for language in pairs.LANGUAGES for pair in pairs.load(language)]
    return ["\n\n".join(_page(draw.choice(frames), sentences, draw)) + "\n" for _ in range(count)]


def _drawn(block: Block) -> bool:
    return block.kind == "prose"


def _fits(page: Document) -> bool:
    """A frame has paragraphs to fill, and leaves most of the page to them."""
    return any(map(_drawn, page.blocks)) and _furniture(page) < CHARACTERS / 2


def _furniture(page: Document) -> int:
    return sum(len(block.text) for block in page.blocks if not _drawn(block))


def _page(frame: Document, sentences: list[str], draw: random.Random) -> Iterator[str]:
    """The blocks of a page, with as many paragraphs as make it long enough; what is missing stands where the last one was."""
    last = max(i for i, block in enumerate(frame.blocks) if _drawn(block))
    missing = CHARACTERS - _furniture(frame)
    for i, block in enumerate(frame.blocks):
        if block.kind == "title":
            text = " ".join(draw.choice(sentences).split()[: draw.randint(*TITLE_WORDS)]).rstrip(",;:.")
            missing += len(block.text) - len(text)
            yield text
        elif not _drawn(block):
            yield block.text
        while _drawn(block) and missing > 0:
            text = _paragraph(sentences, draw)
            missing -= len(text)
            yield text
            if i < last:
                break


def _paragraph(sentences: list[str], draw: random.Random) -> str:
    return " ".join(draw.sample(sentences, SENTENCES_A_PARAGRAPH))


def cleaning(texts: list[str], folder: Path) -> None:  # noqa: ARG001 (measured like a run)
    """Read, clean, detect."""
    for number, text in enumerate(texts):
        detect(clean(read_document(f"{number}.txt", text.encode("utf-8"), SETTINGS.keep_sources), SETTINGS), SETTINGS)


def stages(texts: list[str], folder: Path) -> None:  # noqa: ARG001 (measured like a run)
    """Read, clean, detect, segment."""
    for number, text in enumerate(texts):
        prepare(f"{number}.txt", text.encode("utf-8"), SETTINGS)


def whole_run(texts: list[str], folder: Path) -> None:  # noqa: ARG001 (they lie in the folder)
    """Everything, from files to files."""
    run([str(folder / "articles")], folder / "normalized", SETTINGS)


def extraction(texts: list[str], folder: Path) -> None:  # noqa: ARG001 (measured like a run)
    """trafilatura on each page."""
    for text in texts:
        trafilatura(text)


MEASURED: Final = {
    "read, clean, detect": cleaning,
    "read, clean, detect, segment": stages,
    "whole run, files to files": whole_run,
    "trafilatura, extraction alone": extraction,
}


def rates(name: str, count: int, seed: int) -> tuple[float, float]:
    """Documents a second of processor time, and on the clock."""
    texts = pages(count, seed)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "articles").mkdir()
        for number, text in enumerate(texts):
            (Path(folder) / "articles" / f"{number:06}.txt").write_text(text, "utf-8")
        clock, processor = time.perf_counter(), time.process_time()
        MEASURED[name](texts, Path(folder))
        return count / (time.process_time() - processor), count / (time.perf_counter() - clock)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--turns", type=int, default=3)
    arguments = parser.parse_args()
    best = dict.fromkeys(MEASURED, (0.0, 0.0))
    for name in MEASURED:
        rates(name, 1, SEED)  # what is loaded once a process is no cost of a document
    seed = SEED
    for _ in range(arguments.turns):
        for name in MEASURED:
            seed += 1
            best[name] = max(best[name], rates(name, arguments.documents, seed))
    sizes = [len(text.encode()) for text in pages(arguments.documents, SEED)]
    print(
        f"{arguments.documents} English pages, {sum(sizes) / len(sizes) / 1000:.2f} kB on average, best of {arguments.turns} turns"
    )
    print("| | documents a processor second | on the clock |\n|---|---|---|")
    for name, (processor, clock) in best.items():
        print(f"| {name} | {processor:.0f} | {clock:.0f} |")
    print(
        f"\nStages beside trafilatura: {best['read, clean, detect, segment'][0] / best['trafilatura, extraction alone'][0]:.2f}"
    )


if __name__ == "__main__":
    main()
