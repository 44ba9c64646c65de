"""The riskiest segments, and random ones, straight from the records: for the terminal, which needs no index."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.records import Record
from pipeline.review.index import listed, orphans, rank
from pipeline.verify import read_record, record_files

Chosen = tuple[Record, int]


def every_record(folder: Path) -> Iterator[Record]:
    """The records of an output folder, one in memory at a time, without those whose documents have left the input.

    Raises InputError if there is none, or one is damaged.
    """
    gone = orphans(folder)
    for path in record_files(folder):
        if path.stem not in gone:
            yield read_record(path)


def riskiest(records: Iterable[Record], number: int) -> list[Chosen]:
    """The segments that a reviewer should see first; those without a risk only where there are no others."""
    found = ((one.segment.risk, record, one.number) for record in records for one in listed(record) if one.worth_a_look)
    best = heapq.nlargest(number, found, key=lambda entry: entry[0])
    return [(record, place) for _, record, place in best]


def drawn(records: Iterable[Record], number: int, seed: int) -> list[Chosen]:
    """Translated segments in the random order of a seed: the same that the review page draws."""
    found = (
        (rank(seed, one.key), record, one.number)
        for record in records
        for one in listed(record)
        if one.segment.action == "translated"
    )
    return [(record, place) for _, record, place in heapq.nsmallest(number, found, key=lambda entry: entry[0])]
