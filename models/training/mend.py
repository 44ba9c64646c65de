"""Apertium's Portuguese mended where it is wrong by rule, above all its perfects: "disse" where it writes "tem dito".

Italian and French tell news in the perfect ("ha detto", "a déclaré"), and Apertium takes it over word for word. But "tem dito"
is "has been saying", and a verb with the other auxiliary comes out as no tense at all: "è rimasto" as "está ficado", "si è
dimesso" as "está-se demitido". A teacher that reads that writes "has said"; with the preterite it writes "said".
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from .config import RecipeError
from .languages import packages
from .names import LISTS

_PLACE = Path("/usr/share/apertium/apertium-es-pt")
_ANALYSER, _GENERATOR = _PLACE / "pt-es.automorf.bin", _PLACE / "es-pt.autogen.bin"
# Auxiliaries in the present, with the tags of their person and number.
_HAVE = {"tenho": "<p1><sg>", "tens": "<p2><sg>", "tem": "<p3><sg>", "temos": "<p1><pl>", "têm": "<p3><pl>"}
_BE = {"estou": "<p1><sg>", "estás": "<p2><sg>", "está": "<p3><sg>", "estamos": "<p1><pl>", "estão": "<p3><pl>"}
# Verbs whose Italian or French has "to be" as its auxiliary and that have no passive, so that "está chegado" can be nothing else.
_WITH_BE = frozenset((LISTS / "pt-intransitive.txt").read_text(encoding="utf-8").split())
# What comes out wrong by way of Catalan: "29 pour cent", "or".
_PHRASES = {"por cem": "por cento", "Ara bem": "No entanto", "ara bem": "no entanto"}
_PHRASE = re.compile(rf"\b({'|'.join(_PHRASES)})\b")
# A word or two may stand between: "tem já sido".
_PERFECT = re.compile(
    r"\b(?P<auxiliary>"
    + "|".join([*_HAVE, *_BE])
    + r")(?P<clitic>-se)?(?P<between>(?: (?:já|não|nunca|sempre|também|ainda|\w+mente)){0,2})"
    r" (?P<participle>\w+[dst][oa]s?)\b",
    re.IGNORECASE,
)


def _lt_proc(arguments: Sequence[str], words: Sequence[str]) -> list[str]:
    """Run Apertium's dictionary processor: one line out for each word."""
    try:
        done = subprocess.run(
            ["lt-proc", *arguments], input="\n".join(words) + "\n", capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise RecipeError(f"lt-proc: {error}. It needs: apt-get install {packages(['es-pt'])}") from error
    return done.stdout.rstrip("\n").split("\n")


def _lemmas(participles: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Participle → the verb and its kind of tag, for those that are one."""
    found: dict[str, tuple[str, str]] = {}
    for participle, analysis in zip(participles, _lt_proc([str(_ANALYSER)], participles), strict=True):
        if verb := re.search(r"/([^/<$]+)<(vb\w+)><pp>", analysis):
            found[participle] = verb[1], verb[2]
    return found


def _generated(wanted: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
    """(verb, kind, person and number) → its preterite, for those that have one."""
    keys = sorted(set(wanted))
    forms = [f"^{verb}<{kind}><ifi>{person}$" for verb, kind, person in keys]
    made = _lt_proc(["-g", str(_GENERATOR)], forms) if keys else []
    return {key: form for key, form in zip(keys, made, strict=True) if form.isalpha()}


def mend(texts: Sequence[str]) -> list[str]:
    """Apertium's Portuguese with its perfects made into preterites and a few phrases put right.

    Raises:
        RecipeError: Apertium's Portuguese is not installed.
    """
    participles = sorted({match["participle"].lower() for text in texts for match in _PERFECT.finditer(text)})
    lemmas = _lemmas(participles) if participles else {}

    def key(match: re.Match[str]) -> tuple[str, str, str] | None:
        auxiliary, participle = match["auxiliary"].lower(), match["participle"].lower()
        if participle not in lemmas:
            return None
        verb, kind = lemmas[participle]
        if auxiliary in _HAVE:
            return (verb, kind, _HAVE[auxiliary]) if participle.endswith("o") else None
        return (verb, kind, _BE[auxiliary]) if match["clitic"] or verb in _WITH_BE else None

    found = (key(match) for text in texts for match in _PERFECT.finditer(text))
    forms = _generated(k for k in found if k is not None)

    def mended(match: re.Match[str]) -> str:
        k = key(match)
        if k is None or k not in forms:
            return match[0]
        form = forms[k].capitalize() if match["auxiliary"][0].isupper() else forms[k]
        return f"{match['between'].lstrip()} {form}".lstrip() + (match["clitic"] or "")

    return [_PHRASE.sub(lambda match: _PHRASES[match[1]], _PERFECT.sub(mended, text)) for text in texts]
