"""The signature: what made a document's output, in one line that a record carries and a rerun compares."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from importlib.metadata import version

from pipeline import __version__
from pipeline.check import CHECKS_VERSION
from pipeline.clean import CLEANING_VERSION
from pipeline.clean.cues import cue_book
from pipeline.clean.judgement import FILE as JUDGEMENT
from pipeline.glossary import digest
from pipeline.models import TARGET, ModelStore
from pipeline.read import READING_VERSION
from pipeline.risk import RISK_VERSION
from pipeline.segment import UNITS_VERSION
from pipeline.settings import Settings
from pipeline.translate import decoder_signature
from pipeline.translate.given import ACRONYMS


def signature(
    settings: Settings,
    store: ModelStore,
    languages: Sequence[str],
    corrected: str = "",
    corpus: str = "",
    dropped: bool = False,
    language: str | None = None,
) -> str:
    """What made a document's output, in one line: the same signature and source give the same bytes.

    `corpus` is the digest of what of it recurs in the corpus (`Bearing.digest`), which took part in its cleaning; `dropped`
    says whether it is a duplicate whose text is left out.
    `language` is the one that it was said to be in, if it was (`Settings.language_of`).
    `languages` are those of its segments; of the models only theirs count, so that a new model does not redo the rest.
    `corrected` is the fingerprint of the corrections that stand in it: where nobody corrected anything, nobody counts.
    """
    parts = [f"monoglot:{__version__}", _text_stages()]
    parts.append(f"clean:{settings.clean}" + ("/keep-sources" if settings.keep_sources else ""))
    if settings.keep:
        parts.append("keep:" + ",".join(sorted(set(settings.keep))))
    if corpus:
        parts.append(f"corpus:{corpus}" + ("/dropped" if dropped else ""))
    if language:
        parts.append(f"language:{language}")
    foreign = [code for code in sorted(set(languages)) if code not in (TARGET, "und")]
    if foreign:
        found = {code: store.way(code) for code in foreign}
        parts.append("mt:" + ",".join(way.signature if way else f"{code}-{TARGET}@none" for code, way in found.items()))
        if any(found.values()):
            parts += (decoder_signature(settings), _acronyms())
    parts.append(_checks())  # of what is copied, too: they read its figures, and whether it is English
    if settings.glossary:
        parts.append(f"glossary:{digest(settings.glossary)}")
    if corrected:
        parts.append(f"human:{corrected}")
    return "|".join(parts)


@cache
def installation(settings: Settings) -> str:
    """The parts of the signature that what is installed decides: where two machines have the same, their work can be mixed."""
    return "|".join((f"monoglot:{__version__}", _text_stages(), _checks(), decoder_signature(settings), _acronyms()))


@cache
def _checks() -> str:
    """The part of the signature that the checks have: their version, the risk's, and those of the libraries that know names."""
    return f"checks:{CHECKS_VERSION}/risk-{RISK_VERSION}/babel-{version('babel')}/anyascii-{version('anyascii')}"


@cache
def _acronyms() -> str:
    """The part of the signature that decides the case of headlines in capitals, beside what their document writes."""
    return f"acronyms:{hashlib.sha256((resources.files('pipeline.translate') / ACRONYMS).read_bytes()).hexdigest()[:8]}"


@cache
def _text_stages() -> str:
    """The parts of the signature that the text stages have: library versions and a hash of the rules that are data."""
    libraries = ("ftfy", "trafilatura", "markdown-it-py", "charset-normalizer", "langdetect", "py3langid", "sentencex")
    rules = hashlib.sha256(cue_book().digest.encode())
    for name in ("function_words.toml", "abbreviations.toml", f"clean/{JUDGEMENT}"):
        rules.update((resources.files("pipeline") / name).read_bytes())
    return (
        f"read:{READING_VERSION}|cleaning:{CLEANING_VERSION}|rules:{rules.hexdigest()[:8]}|units:{UNITS_VERSION}|"
        + "|".join(f"{name}:{version(name)}" for name in libraries)
    )
