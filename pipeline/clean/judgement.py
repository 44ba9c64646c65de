"""How likely a block is boilerplate: gradient-boosted trees over the evidence of the rules, the shape and the surroundings.

The rules know words and a few places; how much each counts beside the others, and beside what stands around a block, was
learnt from labelled pages (`python -m benchmarks.cleaning.fit`; Friedman 2001, as scikit-learn's histogram gradient boosting
does it). The trees are a data file and are walked here with numpy alone, all trees and all blocks of a document at once. Why
they say so is told by the features that moved the walk (Saabas 2014).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.clean.features import Matrix, Own, matrix

# Numbers of nodes, features and columns: what numpy takes elements by, without another copy.
Places = npt.NDArray[np.intp]

FILE: Final = "judgement.json"
# Reasons are given for what moves the log odds by this much, so many at the most.
LEAST_REASON: Final = 0.3
MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class Forest:
    """The trees, as arrays over all nodes: a node leads to its first child where its feature is at most the threshold.

    Attributes:
        names: the features, by column.
        roots: the first node of each tree.
        feature, threshold: of each node.
        child: of each node the two that it leads to, one after the other; a leaf leads to itself.
        value: the log odds that a node stands for, beside the baseline; of a leaf, what it adds.
        baseline: the log odds before any tree.
        depth: steps from a root to the farthest leaf.
    """

    names: tuple[str, ...]
    roots: Places
    feature: Places
    threshold: Matrix
    child: Places
    value: Matrix
    baseline: float
    depth: int

    def rows(self, own: Sequence[Own]) -> Matrix:
        """What the trees see of each block of a document, from its own features."""
        return matrix(own, self.names) if own else np.zeros((0, len(self.names)))

    def probabilities(self, rows: Matrix) -> list[float]:
        """For each row the probability that the block is boilerplate."""
        *_, nodes = self._walk(rows)
        odds = self.baseline + self.value.take(nodes).sum(axis=1)
        return [round(p, 4) for p in (1 / (1 + np.exp(-odds))).tolist()]

    def reasons(self, row: Matrix) -> list[tuple[str, float]]:
        """The features that moved the log odds of a block most towards boilerplate or from it, and by how much."""
        moved = np.zeros(len(self.names))
        for (nodes,), (following,) in pairwise(self._walk(row[None])):
            np.add.at(moved, self.feature[nodes], self.value[following] - self.value[nodes])
        order = np.argsort(-np.abs(moved), kind="stable")[:MOST_REASONS]
        return [(self.names[i], round(float(moved[i]), 2)) for i in order if abs(moved[i]) >= LEAST_REASON]

    def _walk(self, rows: Matrix) -> Iterator[Places]:
        """The node that each block has come to in each tree, from the roots to the leaves: (blocks, trees)."""
        nodes = np.repeat(self.roots[None], len(rows), axis=0)
        first = np.arange(len(rows), dtype=np.intp)[:, None] * rows.shape[1]
        yield nodes
        for _ in range(self.depth):
            seen = rows.take(first + self.feature.take(nodes))
            nodes = self.child.take(2 * nodes + (seen > self.threshold.take(nodes)))
            yield nodes


def planted(table: Mapping[str, Any]) -> Forest:
    """The forest of a table as the file has it: `names`, `baseline`, and `trees`, each a list of nodes.

    A node is `[value]` for a leaf, or `[value, feature, threshold, left, right]` with numbers of nodes within the tree.
    """
    roots: list[int] = []
    columns: list[tuple[float, int, float, int, int]] = []
    depth = 0
    for tree in table["trees"]:
        root = len(columns)
        roots.append(root)
        depths = [0] * len(tree)
        for number, node in enumerate(tree):
            if len(node) == 1:
                columns.append((node[0], 0, np.inf, root + number, root + number))
                continue
            value, feature, threshold, left, right = node
            columns.append((value, feature, threshold, root + left, root + right))
            depths[left] = depths[right] = depths[number] + 1
        depth = max(depth, *depths)
    value, feature, threshold, left, right = zip(*columns, strict=True)
    return Forest(
        tuple(table["names"]),
        np.array(roots, np.intp),
        np.array(feature, np.intp),
        np.array(threshold, float),
        np.array([left, right], np.intp).T.ravel(),
        np.array(value, float),
        table["baseline"],
        depth,
    )


@cache
def forest() -> Forest:
    """The trees that come with the package."""
    return planted(json.loads((resources.files("pipeline.clean") / FILE).read_text(encoding="utf-8")))
