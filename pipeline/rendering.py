"""What stands for each segment in the English text, and why: a model's words, a person's, or the source's own.

Around a model's words comes what needs no model: figures as English writes them, the names of a glossary, the checks, and the
place in the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from pipeline.check import UNUSABLE, check
from pipeline.check.foreign import foreign
from pipeline.clean.unicode import tidy
from pipeline.figures import formats, written_english
from pipeline.glossary import apply_glossary, variants
from pipeline.models import TARGET, ModelStore
from pipeline.records import Action, Attempt, Flag, Span, Translation, Unit
from pipeline.settings import Settings
from pipeline.translate import Hypothesis
from pipeline.translate.given import request, translatable
from pipeline.translate.joins import Part, seam
from pipeline.translate.unread import unread_flags

# What stands for the model where a person translated.
HUMAN: Final = "human"
# By the restorers of `pipeline.translate.restore`: what the reader is told.
_RESTORED: Final = {
    "address": Flag("address-restored", "info", "the model had an address wrong: it was put back from the source"),
    "figure": Flag("number-restored", "warning", "the model had a figure wrong: it was put back from the source"),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What stands for a segment: how it came about, the English, its translation, and flags with spans within the segment and
    its English."""

    action: Action
    english: str
    translation: Translation | None = None
    flags: tuple[Flag, ...] = ()


def render(
    words: str,
    document: str,
    language: str,
    settings: Settings,
    store: ModelStore,
    hypotheses: Mapping[str, Hypothesis],
    corrections: Mapping[str, str],
) -> Rendered:
    """What stands for a segment of a document in the English text, and why; the flags' spans are within the segment and its
    English."""
    if (english := corrections.get(words)) is not None:
        output = tidy(english)
        given = request(words, language, document).given
        return Rendered("translated", output, _by_hand(english), tuple(check(given, output, language)))
    if language == TARGET or not translatable(words):
        written = written_english(words, words, language)
        told = (
            (*variants(words, settings.glossary), *foreign(words))
            if language == TARGET
            else formats(words, written.text, written.figures)
        )
        return Rendered("copied", written.text, flags=told)
    if language == "und":
        return _kept(words, Flag("undetermined", "warning", "the language could not be told: left as it was"))
    way = store.way(language)
    if way is None:
        message = f"no model for {language}→{TARGET}: left as it was; get one with: monoglot models fetch {language}"
        return _kept(words, Flag("no-model", "warning", message))
    given = request(words, language, document).given
    found = hypotheses.get(given)
    if found is None:
        return _kept(words, Flag("too-long", "error", "longer than the model can read: left as it was"))
    translation = Translation(
        way.signature,
        given if given != words else None,
        found.text,
        found.score,
        found.source_tokens,
        found.target_tokens,
        attempts=found.attempts,
        pivot=found.pivot,
    )
    if found.fault in UNUSABLE:  # then the source is better
        tries = f"{len(found.attempts)} tries" if len(found.attempts) > 1 else "one try"
        message = f"no usable translation after {tries} ({found.fault}): left as it was"
        return _kept(words, Flag("untranslated", "error", message), translation)
    output = tidy(found.text)
    written = written_english(words, output, language)
    if written.figures:
        output = written.text
        translation = _changed(translation, "figures", output)
    applied = apply_glossary(words, output, language, settings.glossary)
    if applied.text != output:
        output = applied.text
        translation = _changed(translation, "glossary", output)
    unread = unread_flags(words, output, found.unread)
    back = [span for flag in unread for span in flag.text]
    # The words in the case of their document, of which the checks can tell names.
    flags = [
        flag
        for flag in check(given, output, language)
        if not _in_glossary(flag, applied.terms) and not _put_back(flag, back)
    ]
    changed = (*_restored(found, words, output), *formats(words, output, written.figures), *applied.flags)
    return Rendered("translated", output, translation, (*flags, *unread, *changed))


def fit(source: str, units: Sequence[Unit], rendered: list[Rendered]) -> list[str]:
    """What stands before each segment in the text; neighbours in one sentence are fitted to one another in `rendered`."""
    separators = [""] * min(1, len(units))
    parts = [_part(source, unit, made) for unit, made in zip(units, rendered, strict=True)]
    for index, (one, two) in enumerate(pairwise(units)):
        if one.paragraph != two.paragraph:
            separators.append("\n\n")
            continue
        left, right = parts[index : index + 2]
        before, gap, after = seam(left, right, source[one.source.end : two.source.start])
        parts[index : index + 2] = replace(left, english=before), replace(right, english=after)
        separators.append(gap)
    # Only now, for a part between two others may have been changed at both ends.
    rendered[:] = [_fitted(made, part.english) for made, part in zip(rendered, parts, strict=True)]
    return separators


def _part(source: str, unit: Unit, rendered: Rendered) -> Part:
    by_model = (
        rendered.action == "translated" and rendered.translation is not None and rendered.translation.model != HUMAN
    )
    return Part(source[unit.source.start : unit.source.end], rendered.english, by_model)


def _fitted(rendered: Rendered, english: str) -> Rendered:
    """A segment with its English as it is in its sentence, which the record tells of."""
    if english == rendered.english or rendered.translation is None:
        return rendered
    end = len(english)
    flags = tuple(
        replace(flag, text=tuple(Span(min(span.start, end), min(span.end, end)) for span in flag.text))
        for flag in rendered.flags
    )
    return replace(
        rendered, english=english, translation=_changed(rendered.translation, "joined", english), flags=flags
    )


def _restored(found: Hypothesis, words: str, output: str) -> Iterator[Flag]:
    """What was put back into a hypothesis, told by the name of the attempt that stands."""
    method = next((attempt.method for attempt in found.attempts if attempt.hypothesis == found.text), "")
    for name in method.split("+"):
        if name in _RESTORED:
            yield replace(_RESTORED[name], source=(Span(0, len(words)),), text=(Span(0, len(output)),))


def _kept(words: str, flag: Flag, translation: Translation | None = None) -> Rendered:
    """A segment that stays as it was: the flag says why, and its evidence is the whole segment."""
    whole = (Span(0, len(words)),)
    return Rendered("kept", words, translation, (replace(flag, source=whole, text=whole),))


def _in_glossary(flag: Flag, terms: Sequence[Span]) -> bool:
    """Whether a flag doubts nothing but names that the glossary has decided."""
    return flag.code.startswith("name-") and _within(flag.source, terms)


def _put_back(flag: Flag, places: Sequence[Span]) -> bool:
    """Whether a flag doubts nothing but words that were put back as the source has them."""
    return flag.code == "untranslated-word" and _within(flag.text, places)


def _within(spans: Sequence[Span], places: Sequence[Span]) -> bool:
    """Whether there are spans, and each lies within one of some places."""
    return bool(spans) and all(
        any(place.start <= span.start and span.end <= place.end for place in places) for span in spans
    )


def _changed(translation: Translation, method: str, english: str) -> Translation:
    """A translation of which something else than a model changed the words: what it was before is its attempt before."""
    first = translation.attempts or (Attempt("first", translation.hypothesis, translation.score, method),)
    done = Attempt(method, english, translation.score, None)
    return replace(translation, hypothesis=english, attempts=(*first, done))


def _by_hand(english: str) -> Translation:
    """The translation that a person made: no model was asked, so there is no score but certainty, and no tokens."""
    return Translation(HUMAN, None, english, 0.0, 0, 0, "human")
