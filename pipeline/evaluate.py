"""Evaluation against references: sacreBLEU's BLEU and chrF2 with their signatures, and two models compared.

The source goes the way of a run: house style, segments (long lines are split), the engine with its repairs, house style
again. Only cleaning and language detection are left out: every line is a line of the test set, in one language. One line in
is one line out.
"""

from __future__ import annotations

import csv
import hashlib
import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.clean.unicode import tidy
from pipeline.errors import InputError, MissingExtra, ModelMissing
from pipeline.models import TARGET, ModelStore, Way
from pipeline.provenance import assemble, wanted
from pipeline.records import Document, Language, Paragraph, Source, Span
from pipeline.segment import segment
from pipeline.settings import Settings, cores
from pipeline.translate import Hypothesis, decoder_signature, load_engine
from pipeline.translate.pivot import engine_of
from pipeline.translate.plan import translate_all

# What sacreBLEU takes for its paired bootstrap if it is not told otherwise (Koehn 2004 used 1,000).
RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the test set: its number from 1, its texts, and chrF2 of the output alone (0 to 100)."""

    number: int
    source: str
    reference: str
    output: str
    chrf: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of one model on one test set (0 to 100), and what made them."""

    n: int
    language: str
    model: str
    engine: str
    bleu: float
    bleu_signature: str
    chrf: float
    chrf_signature: str
    lines: tuple[Line, ...]

    def worst(self, count: int) -> list[Line]:
        """The lines with the lowest chrF, worst first."""
        return sorted(self.lines, key=lambda line: (line.chrf, line.number))[:count]

    def summary(self) -> dict[str, Any]:
        """Everything but the lines."""
        return {name: value for name, value in asdict(self).items() if name != "lines"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric of two models under paired bootstrap: the scores, their 95 % margins, and the p-value of the difference."""

    metric: str
    score: float
    margin: float
    against: float
    against_margin: float
    p_value: float
    signature: str


def require_sacrebleu() -> None:
    """Raise MissingExtra before any work is done, if there is nothing to score with."""
    try:
        import sacrebleu  # noqa: F401
    except ImportError as error:
        raise MissingExtra("monoglot evaluate", "evaluate") from error


def require_place(path: Path, inputs: Iterable[Path]) -> None:
    """Raise InputError before any work is done, if no table can be written there, or one of the inputs is there."""
    if path.exists() and any(file.exists() and path.samefile(file) for file in inputs):
        raise InputError(f"{path}: is a file of the test set; name another one for the table")
    place = path if path.exists() else path.parent
    if path.is_dir() or not path.parent.is_dir() or not os.access(place, os.W_OK):
        raise InputError(f"{path}: cannot be written; name a file in a folder that is there and lets you write")


def read_lines(path: Path) -> list[str]:
    """The lines of a test file. Raises InputError if it cannot be read, is not UTF-8 text or has none."""
    try:
        # Not `splitlines`, which also breaks at characters that a sentence may hold, such as U+2028.
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error.reason} at byte {error.start})") from error
    lines = text.removesuffix("\n").split("\n") if text else []
    if not lines:
        raise InputError(f"{path}: has no lines")
    return lines


def read_pair(source: Path, reference: Path) -> tuple[list[str], list[str]]:
    """The lines of both files. Raises InputError if there are not as many in one as in the other."""
    sources, references = read_lines(source), read_lines(reference)
    if len(sources) != len(references):
        raise InputError(
            f"{source} has {len(sources)} lines and {reference} has {len(references)}: line by line they must correspond"
        )
    return sources, references


def evaluate(sources: Sequence[str], references: Sequence[str], language: str, settings: Settings) -> Evaluation:
    """Translate the sources as a run would, and score the result.

    Raises InputError for English, ModelMissing, ModelBroken, and MissingExtra if sacreBLEU or the engine is not installed.
    """
    require_sacrebleu()
    from sacrebleu.metrics import BLEU, CHRF

    if language == TARGET:
        raise InputError(
            "--language en: English needs no model, so there is none to score. Name the language of the source"
        )
    store = ModelStore(settings.engine, settings.model, settings.pivot)
    way = store.way(language)
    if way is None:
        raise ModelMissing(f"no model for {language}→en. Get one with: monoglot models fetch {language}")
    outputs = translate_lines(sources, language, settings, store, way)
    bleu, chrf = BLEU(), CHRF()
    bleu_score = bleu.corpus_score(outputs, [list(references)]).score
    chrf_score = chrf.corpus_score(outputs, [list(references)]).score
    lines = tuple(
        Line(number, source, reference, output, round(chrf.sentence_score(output, [reference]).score, 2))
        for number, (source, reference, output) in enumerate(zip(sources, references, outputs, strict=True), 1)
    )
    return Evaluation(
        len(lines),
        language,
        way.signature,
        decoder_signature(settings),
        round(bleu_score, 2),
        str(bleu.get_signature()),
        round(chrf_score, 2),
        str(chrf.get_signature()),
        lines,
    )


def translate_lines(lines: Iterable[str], language: str, settings: Settings, store: ModelStore, way: Way) -> list[str]:
    """Each line in English, on one line. What cannot be translated stays as it was, as in a run. Raises ModelBroken."""
    documents = [segment(_document(line, language), settings) for line in lines]
    texts = {text for document in documents for text in wanted(document, store).get(language, [])}
    known: dict[str, Hypothesis] = {}
    if texts:
        engine = engine_of(way, lambda model: load_engine(settings, model, threads=cores(settings)))
        translate_all(texts, engine, known, language)
    return [assemble(document, settings, store, {language: known}).text for document in documents]


def compare(first: Evaluation, second: Evaluation) -> list[Difference]:
    """Whether two models differ by more than chance: paired bootstrap over the lines, for BLEU and chrF2.

    Both must be of the same test set. sacreBLEU's seed is fixed (SACREBLEU_SEED changes it), so the result is too.
    """
    from sacrebleu.metrics import BLEU, CHRF
    from sacrebleu.significance import PairedTest

    # sacreBLEU drops systems whose names are equal; these are never shown.
    systems = [(name, [line.output for line in e.lines]) for name, e in (("against", second), ("model", first))]
    references = [[line.reference for line in first.lines]]
    test = PairedTest(systems, {"BLEU": BLEU(), "chrF": CHRF()}, references, test_type="bs", n_samples=RESAMPLES)
    signatures, scores = test()
    # sacreBLEU counts resamples whose difference is above the one observed; between equal outputs there are none, and it
    # would call no difference at all a significant one.
    same = systems[0][1] == systems[1][1]
    return [
        Difference(
            metric,
            round(float(ours.score), 2),
            round(float(ours.ci), 2),
            round(float(theirs.score), 2),
            round(float(theirs.ci), 2),
            1.0 if same else round(float(ours.p_value), 4),
            str(signatures[metric]),
        )
        for metric, (theirs, ours) in scores.items()
        if metric != "System"
    ]


def write_tsv(path: Path, evaluation: Evaluation) -> None:
    """A table of all lines, with a header: number, chrF, source, reference, output. Raises InputError if it cannot be."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
            rows.writerow(("line", "chrf", "source", "reference", "output"))
            rows.writerows(
                (line.number, line.chrf, line.source, line.reference, line.output) for line in evaluation.lines
            )
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _document(line: str, language: str) -> Document:
    """A line of a test set as a document of one paragraph."""
    text = tidy(unicodedata.normalize("NFC", line))
    told = Language(language, 1.0, (), "given")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    origin = Source("-", sha256, len(text.encode()), "text/plain", "utf-8", False, "none", (), "ledger", sha256)
    paragraphs = (Paragraph(Span(0, len(text)), "prose", told),) if text else ()
    return Document(origin, text, source=text, language=told, paragraphs=paragraphs)
