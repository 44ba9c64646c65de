"""`python -m benchmarks.cleaning`: precision, recall and F1 of boilerplate removal, by language and by kind.

A document is cleaned as a whole; then each of its blocks is looked for in what is left, in order. A block counts as removed
when fewer than half of its lines stand there. Positive is “removed”, so that precision falls with each lost sentence.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from benchmarks.cleaning.cleaners import CLEANERS
from benchmarks.cleaning.corpus import SPLITS, Block, Document, load
from pipeline.clean.folding import fold, tokens


@dataclass
class Score:
    """Counts of blocks: removed rightly, removed wrongly, left wrongly."""

    hit: int = 0
    lost: int = 0
    left: int = 0
    mistakes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Of what was removed, the share that should be."""
        return self.hit / (self.hit + self.lost) if self.hit + self.lost else 1.0

    @property
    def recall(self) -> float:
        """Of what should be removed, the share that was."""
        return self.hit / (self.hit + self.left) if self.hit + self.left else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def kept_blocks(document: Document, cleaned: str) -> list[bool]:
    """For each block of a document whether it is still there. Words are compared, so that house style costs nothing.

    The lines of blocks and of the cleaned text are aligned so that most of them meet, in order: taking the first likeness
    for each would let one stray repetition (an author's name at the head and at the foot) hide the article between.
    """
    lines = [_words(line) for line in cleaned.split("\n") if line.strip()]
    parts = [
        (number, part)
        for number, block in enumerate(document.blocks)
        for line in block.text.split("\n")
        if (part := _words(line))
    ]
    total = Counter(number for number, _ in parts)
    found = Counter(parts[i][0] for i in _aligned(parts, lines))
    return [0 < total[number] <= found[number] * 2 for number in range(len(document.blocks))]


def _aligned(parts: Sequence[tuple[int, str]], lines: Sequence[str]) -> Iterator[int]:
    """The parts that stand in the lines, in order and as many as can be; the lines of one block may have been joined."""
    most = [[0] * (len(lines) + 1) for _ in range(len(parts) + 1)]
    for i in range(len(parts) - 1, -1, -1):
        for j in range(len(lines) - 1, -1, -1):
            most[i][j] = max(most[i + 1][j], most[i][j + 1])
            if _same(parts[i][1], lines[j]):
                most[i][j] = max(most[i][j], 1 + most[i + 1][_next_line(parts, lines, i, j)])
    i = j = 0
    while i < len(parts) and j < len(lines):
        following = _next_line(parts, lines, i, j)
        if _same(parts[i][1], lines[j]) and most[i][j] == 1 + most[i + 1][following]:
            yield i
            i, j = i + 1, following
        elif most[i][j] == most[i + 1][j]:
            i += 1
        else:
            j += 1


def _next_line(parts: Sequence[tuple[int, str]], lines: Sequence[str], i: int, j: int) -> int:
    """The line where the part after `i` may stand: the same one, if it is of the same block and stands there."""
    joined = i + 1 < len(parts) and parts[i + 1][0] == parts[i][0] and _same(parts[i + 1][1], lines[j])
    return j if joined else j + 1


def _words(line: str) -> str:
    return " ".join(token for token in tokens(fold(line)) if token.isalnum()) or " ".join(line.split())


def _same(part: str, line: str) -> bool:
    return part == line or (len(part) > 20 and part in line) or (len(line) > 20 and line in part)


def measure(documents: Iterable[Document], cleaner: Callable[[str], str]) -> dict[tuple[str, str], Score]:
    """The scores by (language, kind); `*` stands for all."""
    scores: dict[tuple[str, str], Score] = defaultdict(Score)
    for document in documents:
        for block, kept in zip(document.blocks, kept_blocks(document, cleaner(document.text)), strict=True):
            for key in ((document.language, "*"), ("*", "*"), ("*", block.kind)):
                _count(scores[key], document, block, kept)
    return scores


def _count(score: Score, document: Document, block: Block, kept: bool) -> None:
    score.hit += not block.keep and not kept
    score.lost += block.keep and not kept
    score.left += not block.keep and kept
    if block.keep != kept:
        words = block.text.replace("\n", " / ")
        score.mistakes.append(f"{'LOST' if block.keep else 'left'} {document.path} [{block.kind}] {words[:110]}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cleaning", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--split", choices=SPLITS, default="tuning")
    parser.add_argument("--cleaner", choices=sorted(CLEANERS), action="append", help="default: monoglot")
    parser.add_argument("--language", action="append", help="only these (ISO 639-1)")
    parser.add_argument("--files", metavar="PATTERN", default="*", help="only files whose name fits, as '3*'")
    parser.add_argument("--mistakes", action="store_true", help="list every block that was judged wrongly")
    parser.add_argument("--json", action="store_true", help="print the totals as JSON")
    options = parser.parse_args()
    documents = [d for d in load(options.split) if not options.language or d.language in options.language]
    documents = [d for d in documents if fnmatchcase(PurePosixPath(d.path).name, options.files)]
    if not documents:
        parser.error("no document of the corpus fits")
    for name in options.cleaner or ["monoglot"]:
        scores = measure(documents, CLEANERS[name])
        if options.json:
            total = scores["*", "*"]
            values = {"precision": total.precision, "recall": total.recall, "f1": total.f1}
            print(json.dumps({"cleaner": name, "split": options.split} | {k: round(v, 4) for k, v in values.items()}))
            continue
        print(f"{name}, {options.split} half, {len(documents)} documents")
        print(f"{'':14}{'removed':>8}{'precision':>11}{'recall':>8}{'F1':>7}{'lost':>6}{'left':>6}")
        for language, kind in sorted(scores, key=lambda key: (key[1] != "*", key)):
            score = scores[language, kind]
            label = kind if kind != "*" else language
            print(
                f"{label:14}{score.hit + score.lost:8}{score.precision:11.3f}{score.recall:8.3f}{score.f1:7.3f}"
                f"{score.lost:6}{score.left:6}"
            )
        if options.mistakes:
            print("\n".join(scores["*", "*"].mistakes))


if __name__ == "__main__":
    main()
