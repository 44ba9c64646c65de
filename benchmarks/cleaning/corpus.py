"""Read the labelled documents of the cleaning benchmark.

The format is plain text, so that a label can be corrected in any editor; README.md describes it. Parsing is strict: a file
with an unknown label, an empty block or a blank line inside a block is an error with its path and line, never a guess.

    >>> documents = load("tuning")
    >>> sorted({document.language for document in documents})[:2]
    ['ar', 'de']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent / "corpus"
SPLITS = ("tuning", "heldout")

KEEP_KINDS = frozenset(("title", "heading", "prose", "quote", "list", "caption", "lookalike"))
REMOVE_KINDS = frozenset(
    [
        "subscribe",
        "donate",
        "newsletter",
        "app",
        "read-more",
        "related",
        "share",
        "comment",
        "cookie",
        "advert",
        "credit",
        "copyright",
        "amended",
        "navigation",
        "byline",
        "timestamp",
        "label",
        "contact",
        "legal",
        "duplicate",
    ]
)

LABEL = re.compile(r"#(keep|remove) ([a-z-]+)\Z")
RESERVED = ("#keep", "#remove", "#about")  # a line of text that starts so is more likely a mistyped label


class CorpusError(ValueError):
    """A benchmark file that doesn't follow the format; the message says where and what."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a page: its text, whether a perfect cleaner keeps it, and what it is."""

    text: str
    keep: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Document:
    """A page as copied out of a browser: `path` relative to the corpus, ISO 639-1 language, blocks in order."""

    path: str
    language: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """What a cleaner is given: every block, one blank line between two."""
        return "\n\n".join(block.text for block in self.blocks) + "\n"

    @property
    def kept(self) -> str:
        """What a perfect cleaner returns."""
        return "\n\n".join(block.text for block in self.blocks if block.keep) + "\n"


def load(split: str) -> list[Document]:
    """Return every document of `split` ("tuning" or "heldout"), sorted by path; raise CorpusError for a bad file."""
    if split not in SPLITS:
        raise CorpusError(f"no split {split!r}; there are {' and '.join(SPLITS)}")
    return [read(path) for path in sorted((ROOT / split).glob("*/*.txt"))]


def read(path: Path) -> Document:
    """Parse one file; its language is the name of its folder."""
    blocks = tuple(_blocks(path))
    if not blocks:
        raise CorpusError(f"{path}: no blocks")
    return Document(path.relative_to(ROOT).as_posix(), path.parent.name, blocks)


def _blocks(path: Path) -> Iterator[Block]:
    label: tuple[bool, str] | None = None
    lines: list[str] = []
    start = 1
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if number == 1 and line.startswith("#about "):
            continue
        match = LABEL.match(line)
        if match is None:
            if line.startswith(RESERVED):
                raise CorpusError(f"{path}:{number}: not a label: {line!r}")
            if label is None and line:
                raise CorpusError(f"{path}:{number}: text before the first label")
            lines.append(line)
            continue
        if label is not None:
            yield _block(path, start, label, lines)
        keep, kind = match[1] == "keep", match[2]
        if kind not in (KEEP_KINDS if keep else REMOVE_KINDS):
            raise CorpusError(f"{path}:{number}: no kind {kind!r} of blocks to {match[1]}")
        label, lines, start = (keep, kind), [], number
    if label is not None:
        yield _block(path, start, label, lines)


def _block(path: Path, start: int, label: tuple[bool, str], lines: list[str]) -> Block:
    text = "\n".join(lines).strip("\n")
    if not text.strip():
        raise CorpusError(f"{path}:{start}: a label without text")
    if "\n\n" in text:
        raise CorpusError(f"{path}:{start}: a blank line inside a block; give each part its own label")
    return Block(text, *label)


def main() -> None:
    """Print how many documents, blocks to keep and blocks to remove each language has; fail on a malformed file."""
    for split in SPLITS:
        documents = load(split)
        print(f"{split}: {len(documents)} documents, {sum(len(d.blocks) for d in documents)} blocks")
        for language in sorted({document.language for document in documents}):
            of_language = [document for document in documents if document.language == language]
            keep = sum(block.keep for document in of_language for block in document.blocks)
            total = sum(len(document.blocks) for document in of_language)
            print(f"  {language}  documents {len(of_language):3}  keep {keep:4}  remove {total - keep:4}")


if __name__ == "__main__":
    main()
