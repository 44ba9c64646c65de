"""The stages in their order, for one document: before the models are asked, and after. No file is touched.

`prepare_file` and `assemble_file` are what workers do, on this machine or another (`pipeline.workers`, `pipeline.cluster`): an error is
not worth the way from one process to another, so what is wrong with a document is what they make of it.
"""

from __future__ import annotations

from pipeline.clean import clean
from pipeline.clean.repetition import NOTHING, Bearing
from pipeline.detect import detect
from pipeline.errors import UnreadableFile, one_document
from pipeline.models import ModelStore
from pipeline.provenance import Corrections, Hypotheses, assemble, drops
from pipeline.read import read_document
from pipeline.records import Document, Record
from pipeline.segment import segment
from pipeline.settings import Settings


def prepare(name: str, data: bytes, settings: Settings, bearing: Bearing = NOTHING) -> Document:
    """Everything before the model. `bearing` is what recurs of the document.

    One that is dropped is not split into segments: there is nothing to be done with them. Raises UnreadableFile.
    """
    with one_document():
        document = read_document(name, data, settings.keep_sources)
        document = detect(clean(document, settings, bearing), settings)
        return document if drops(settings, bearing) else segment(document, settings)


def prepare_file(settings: Settings, file: tuple[str, bytes, Bearing]) -> Document | str:
    """A document, or what is wrong with its file."""
    name, data, bearing = file
    try:
        return prepare(name, data, settings, bearing)
    except UnreadableFile as error:
        return str(error)


def assemble_file(
    settings: Settings, store: ModelStore, parts: tuple[Document, Hypotheses, Corrections, Bearing]
) -> Record | str:
    """A record, or what is wrong with its document."""
    document, hypotheses, corrections, bearing = parts
    try:
        with one_document():
            return assemble(document, settings, store, hypotheses, corrections, bearing)
    except UnreadableFile as error:
        return str(error)
