"""Learn how much the evidence of the rules, a block's shape and its surroundings count: `python -m benchmarks.cleaning.fit`.

Learnt from the tuning half alone. Pages that were written before the rules of their furniture were (BLIND) count most: of the
others the rules say what they say of no new page. Each page is seen whole, cleaned (a page that has lost its furniture must lose
no more), partly cleaned, and in pieces. What is printed is of pages that were held out of the fit, threshold by threshold;
`--write` then learns from all and writes the trees. Needs scikit-learn, which is in the extra [dev].
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

import pipeline.clean
from benchmarks.cleaning.corpus import Block, Document, load
from pipeline.clean import laid_out
from pipeline.clean.boilerplate import weigh
from pipeline.clean.features import Matrix, Own, all_names, matrix
from pipeline.clean.folding import fold
from pipeline.clean.judgement import FILE

SEED: Final = 20261128
FOLDS: Final = 5
# The pages whose furniture no rule was written for, by the first digit of their names, and how often they count.
BLIND: Final = "567"
BLIND_WEIGHT: Final = 8.0
# A page that is seen in another form counts so much beside the whole.
FORM_WEIGHT: Final = 0.2
PIECES: Final = 2
PIECE_BLOCKS: Final = (3, 15)
# Of the furniture of a partly cleaned page so much is gone.
WORD: Final = re.compile(r"\w+")
GONE: Final = 0.7
# A line that is found further behind than this is another one that reads alike.
NEAR: Final = 30
SETTINGS: Final[dict[str, Any]] = {
    "max_iter": 130,
    "learning_rate": 0.11,
    "max_leaf_nodes": 20,
    "max_depth": 8,
    "min_samples_leaf": 15,
    "max_features": 0.2,
    "l2_regularization": 3.0,
    "random_state": 0,
}
THRESHOLDS: Final = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Example:
    """The blocks of a page or of a part of it: their own features; which of them are labelled, and those furniture; and how
    much they count."""

    page: str
    whole: bool
    own: list[Own]
    labelled: list[int]
    furniture: list[bool]
    weight: float

    @property
    def blind(self) -> bool:
        """Whether no rule was written for the page."""
        return _is_blind(self.page)

    def rows(self, names: Sequence[str]) -> Matrix:
        """The features of the labelled blocks."""
        return matrix(self.own, names)[self.labelled]


def examples(documents: Sequence[Document]) -> Iterator[Example]:
    """Each page in all its forms."""
    for document in documents:
        draw = random.Random(f"{SEED} {document.path}")
        forms = [document.blocks, tuple(b for b in document.blocks if b.keep)]
        forms.append(tuple(b for b in document.blocks if b.keep or draw.random() > GONE))
        for _ in range(PIECES):
            length = draw.randint(*PIECE_BLOCKS)
            start = draw.randrange(max(1, len(document.blocks) - length))
            forms.append(document.blocks[start : start + length])
        for number, form in enumerate(forms):
            if form:
                yield _example(document.path, form, number == 0)


def _example(page: str, form: Sequence[Block], whole: bool) -> Example:
    text = laid_out("\n\n".join(block.text for block in form) + "\n")
    lines = [(_words(line), not block.keep) for block in form for line in block.text.split("\n") if _words(line)]
    own: list[Own] = []
    labelled: list[int] = []
    furniture: list[bool] = []
    at = 0
    for number, (block, features) in enumerate(weigh(text)):
        own.append(features)
        words = _words(block.text)
        # A paragraph that was wrapped begins with its first line.
        found = next(
            (i for i in range(at, min(at + NEAR, len(lines))) if (words + " ").startswith(lines[i][0] + " ")), None
        )
        if found is not None:
            labelled.append(number)
            furniture.append(lines[found][1])
            at = found + 1
    return Example(
        page,
        whole,
        own,
        labelled,
        furniture,
        (BLIND_WEIGHT if _is_blind(page) else 1.0) * (1.0 if whole else FORM_WEIGHT),
    )


def _is_blind(page: str) -> bool:
    return Path(page).name[0] in BLIND


def _words(text: str) -> str:
    """The words alone: house style changes signs."""
    return " ".join(WORD.findall(fold(text)))


def learn(seen: Sequence[Example], names: Sequence[str]) -> HistGradientBoostingClassifier:
    """The trees that the examples teach."""
    rows = np.concatenate([example.rows(names) for example in seen])
    labels = np.concatenate([example.furniture for example in seen])
    weights = np.concatenate([np.full(len(example.labelled), example.weight) for example in seen])
    # More evidence never makes a block less likely to be furniture.
    rising = [1 if name in ("evidence", "evidence of words", "score") else 0 for name in names]
    return HistGradientBoostingClassifier(**SETTINGS, monotonic_cst=rising).fit(rows, labels, sample_weight=weights)


def table(model: HistGradientBoostingClassifier, names: Sequence[str]) -> dict[str, Any]:
    """The trees as `pipeline.clean.judgement` reads them, with the features that they use."""
    grown = [predictor.nodes for (predictor,) in model._predictors]
    used = sorted({int(node["feature_idx"]) for nodes in grown for node in nodes if not node["is_leaf"]})
    column = {number: place for place, number in enumerate(used)}
    trees = [[_node(node, column) for node in nodes] for nodes in grown]
    baseline = round(float(model._baseline_prediction.item()), 5)
    return {"names": [names[number] for number in used], "baseline": baseline, "trees": trees}


def _node(node: Any, column: Mapping[int, int]) -> list[float]:
    value = round(float(node["value"]), 4)
    if node["is_leaf"]:
        return [value]
    place = column[int(node["feature_idx"])]
    return [value, place, float(node["num_threshold"]), int(node["left"]), int(node["right"])]


def written(made: dict[str, Any]) -> str:
    """The table as text, a line a tree."""
    head = json.dumps({"names": made["names"], "baseline": made["baseline"]}, ensure_ascii=False)
    trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in made["trees"])
    return f'{head[:-1]}, "trees": [\n{trees}\n]}}\n'


def held_out(seen: Sequence[Example], names: Sequence[str]) -> list[tuple[Example, Any]]:
    """Each whole page with the probabilities that trees give its blocks which have not seen it."""
    pages = sorted({example.page for example in seen})
    random.Random(SEED).shuffle(pages)
    fold_of = {page: number % FOLDS for number, page in enumerate(pages)}
    judged = []
    for number in range(FOLDS):
        model = learn([example for example in seen if fold_of[example.page] != number], names)
        for example in seen:
            if fold_of[example.page] == number and example.whole:
                judged.append((example, model.predict_proba(example.rows(names))[:, 1]))
    return judged


def main() -> None:
    """Print what held-out pages say; with `--write`, learn from all pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="learn from all pages and write the trees")
    write = parser.parse_args().write
    seen = list(examples(load("tuning")))
    names = all_names([example.own for example in seen])
    print(
        f"{len({e.page for e in seen})} pages, {sum(len(e.labelled) for e in seen if e.whole)} labelled of {sum(len(e.own) for e in seen if e.whole)} blocks, {len(names)} features"
    )
    judged = held_out(seen, names)
    for blind in (True, False):
        chosen = [(e, p) for e, p in judged if e.blind == blind]
        probabilities = np.concatenate([p for _, p in chosen])
        labels = np.concatenate([e.furniture for e, _ in chosen])
        print("pages that no rule was written for" if blind else "the others")
        for threshold in THRESHOLDS:
            gone = probabilities > threshold
            hit = int((gone & labels).sum())
            precision, recall = hit / max(1, gone.sum()), hit / labels.sum()
            print(
                f"  {threshold:.2f}  P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / (precision + recall):.3f}"
            )
    if write:
        path = Path(pipeline.clean.__file__).parent / FILE
        path.write_text(written(table(learn(seen, names), names)), encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
