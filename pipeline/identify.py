"""Which language a text is in: two classifiers and its function words, added up to a probability that means what it says.

langdetect (naive Bayes over character n-grams, Nakatani Shuyo 2010) is the first opinion. It draws a few n-grams at random
until it is certain, so its own probability is near 1 even where it is wrong, and it has no Galician; an instance of its own
has the seed 0, so that the same text has the same answer. py3langid (naive Bayes over byte n-grams, Lui and Baldwin 2012,
retrained by Adrien Barbaresi) is the second: numpy alone, thirty times faster, and the best of those measured at every
length (docs/language.md). The shares of function words tell neighbours apart: Galician, Portuguese and Spanish, Norwegian
and Danish, Russian and Ukrainian.

The three are the evidence of a multinomial logit over the candidates, one of which is "none of them". Its weights were
fitted on the tuning half of benchmarks/language, so that of all texts with the confidence 0.8 four in five are right.
"""

from __future__ import annotations

import math
import re
import tempfile
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any, Final

from pipeline.errors import OutputError
from pipeline.records import Candidate, Language
from pipeline.scripts import leading_script, letters

UNDETERMINED: Final = "und"
# What langdetect is given of a text: it draws some dozens of n-grams and its time grows with what it is given; on 300
# characters it is as right as on 1,500 (docs/language.md).
FIRST_CHARS: Final = 300
# What py3langid and the function words are given: as right as on 1,500 characters (docs/language.md), in half the time.
SECOND_CHARS: Final = 480
# A probability below this says no more than this: a classifier that is certain can still be overruled.
LEAST_PROBABILITY: Final = 1e-4
# As many candidates of py3langid are weighed as of langdetect at most (it lists those above 0.1).
CANDIDATES: Final = 5
# How much likelier a paragraph is in its document's language than in another, before a word of it is read: 0.9 to 0.1.
DOCUMENT_LOG_ODDS: Final = 2.2
# An alternative less likely than this is not recorded.
LEAST_ALTERNATIVE: Final = 0.01
# A probability that stands as 1.0 in records, which have four digits, and leaves none to speak of for another candidate.
SETTLED: Final = 0.99996
# What is written mostly in capitals is judged in small letters: the profiles were learnt from running text.
CAPITALS_SHARE: Final = 0.5

# A run of letters with the marks that belong to them: accents, Hebrew and Arabic points, the Persian half space, and the
# vowel signs of India, which are not letters by Unicode.
_LETTERS: Final = r"[^\W\d_]"
WORD: Final = re.compile(rf"{_LETTERS}+(?:[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u200c\u0900-\u0dff]+{_LETTERS}*)*")
# Varieties that are one language here: written Chinese, and Norwegian (Nynorsk is read by the same models as Bokmål).
SAME: Final = {"zh-cn": "zh", "zh-tw": "zh", "nn": "no", "nb": "no"}


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts, in log odds; fitted by `python -m benchmarks.language --fit`.

    `first` and `second` multiply the log-probabilities of langdetect and py3langid, `unknown` stands where langdetect has
    no profile of a language, `function_words` multiplies their number over the square root of all words, and `none` with
    `none_length` (times the log of the characters) is the score of "none of the candidates".
    """

    first: float
    unknown: float
    second: float
    function_words: float
    none: float
    none_length: float


# langdetect's weight is given, not fitted: left free it falls to nothing, at 0.1 nothing is lost and it keeps a voice.
WEIGHTS: Final = Weights(first=0.1, unknown=-1.81, second=3.28, function_words=7.18, none=-8.23, none_length=0.76)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one candidate; `first` is None where langdetect has no profile of the language."""

    code: str
    first: float | None
    second: float
    function_words: float

    def score(self, weights: Weights) -> float:
        """The log odds of the candidate, up to a constant of the text."""
        first = weights.unknown if self.first is None else weights.first * self.first
        return first + weights.second * self.second + weights.function_words * self.function_words


def identify(text: str, document: str | None = None) -> Language:
    """The language of a text, with the alternatives; `document` is the language of the document that it stands in."""
    text = leading_script(folded(text))
    found = evidence(text, document, sparing=True)
    if not found:  # no letters of any known script
        return Language(UNDETERMINED, 0.0, (), "none")
    likely = probabilities(found, len(text), WEIGHTS, document)
    candidates = tuple(
        Candidate(code, round(value, 4))
        for code, value in sorted(likely.items(), key=lambda item: (-item[1], item[0]))
        if code != UNDETERMINED
    )
    alternatives = tuple(item for item in candidates[1:4] if item.confidence >= LEAST_ALTERNATIVE)
    return Language(candidates[0].code, candidates[0].confidence, alternatives, "langdetect+py3langid")


def evidence(text: str, prior: str | None = None, *, sparing: bool = False) -> list[Evidence]:
    """What the two classifiers and the function words say of a folded text; `prior` is a candidate in any case.

    `sparing`: langdetect, by far the slowest, is asked only where some answer of its could change the result.
    """
    longer = sample(text, SECOND_CHARS)
    second = second_opinion(longer)
    words = WORD.findall(longer.casefold())
    weigh = partial(_weighed, second, function_word_shares(words), math.sqrt(len(words)), prior)
    if sparing and second:
        least = weigh({})
        if _is_settled(least, weigh(dict.fromkeys(profiled(), 1.0)), len(text), prior):
            return least
    first = first_opinion(sample(text, FIRST_CHARS))
    return weigh(first) if first or second else []


def _weighed(
    second: Mapping[str, float],
    shares: Mapping[str, float],
    length: float,
    prior: str | None,
    first: Mapping[str, float],
) -> list[Evidence]:
    """The evidence for each candidate, from both opinions and the shares of function words."""
    codes = dict.fromkeys([*first, *list(second)[:CANDIDATES], *([prior] if prior else [])])
    return [
        Evidence(
            code,
            _log(first.get(code, 0.0)) if code in profiled() else None,
            _log(second.get(code, 0.0)),
            shares.get(code, 0.0) * length,
        )
        for code in codes
    ]


def _is_settled(least: Sequence[Evidence], most: Sequence[Evidence], characters: int, document: str | None) -> bool:
    """Whether one candidate is certain whatever langdetect says: `least` is the evidence if it speaks for no language, `most`
    if it is sure of every one. The result is then, to the last digit, the one that asking would give."""
    best = max(least, key=lambda item: item.score(WEIGHTS) + DOCUMENT_LOG_ODDS * (item.code == document))
    worst_case = [best, *(item for item in most if item.code != best.code)]
    return probabilities(worst_case, characters, WEIGHTS, document)[best.code] >= SETTLED


def probabilities(
    found: Sequence[Evidence], characters: int, weights: Weights, document: str | None = None
) -> dict[str, float]:
    """The probability of each candidate, and of none (`und`)."""
    scores = {item.code: item.score(weights) + DOCUMENT_LOG_ODDS * (item.code == document) for item in found}
    scores[UNDETERMINED] = weights.none + weights.none_length * math.log(max(1, characters))
    top = max(scores.values())
    odds = {code: math.exp(score - top) for code, score in scores.items()}
    total = sum(odds.values())
    return {code: value / total for code, value in odds.items()}


def first_opinion(text: str) -> dict[str, float]:
    """langdetect's languages above 0.1, the likeliest first; empty for a text without letters that it knows."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _profiles().create()
    detector.append(text)
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return {}
    return _merged([(item.lang, item.prob) for item in found])


def second_opinion(text: str) -> dict[str, float]:
    """py3langid's languages, the likeliest first; empty for a text without letters."""
    if not WORD.search(text):
        return {}
    return _merged(_identifier().rank(text))


def best_second_opinion(text: str) -> str | None:
    """The likeliest of py3langid's languages alone, in half the time; None for a text without letters."""
    if not WORD.search(text):
        return None
    code: str = _identifier().classify(text)[0]
    return SAME.get(code, code)


def function_word_shares(words: Sequence[str]) -> dict[str, float]:
    """The share of `words` (case-folded) that are function words of each language; languages with none are left out."""
    known = _function_words()
    counts = Counter(chain.from_iterable([known[word] for word in words if word in known]))
    return {code: count / len(words) for code, count in counts.items()}


@cache
def _function_words() -> dict[str, tuple[str, ...]]:
    """The languages of each function word."""
    table = tomllib.loads((resources.files("pipeline") / "function_words.toml").read_text(encoding="utf-8"))
    languages: dict[str, tuple[str, ...]] = {}
    for code, words in table.items():
        for word in set(words.split()):
            languages[word] = (*languages.get(word, ()), code)
    return languages


def sample(text: str, characters: int) -> str:
    """The text, or where it is longer, its beginning, middle and end: always the same characters, cut between words."""
    if len(text) <= characters:
        return text
    third = characters // 3
    middle = (len(text) - third) // 2
    return "\n".join((text[:third], text[middle : middle + third], text[-third:]))


def folded(text: str) -> str:
    """The text in small letters if it is mostly in capitals."""
    every, capitals = letters(text)
    if capitals <= CAPITALS_SHARE * every:
        return text
    return unicodedata.normalize("NFC", text.lower().replace("i\u0307", "i"))  # Turkish İ becomes i and a dot above


def _log(probability: float) -> float:
    return math.log(max(probability, LEAST_PROBABILITY))


def _merged(found: Iterable[tuple[str, float]]) -> dict[str, float]:
    merged: dict[str, float] = {}
    for tag, probability in found:
        code = SAME.get(tag, tag)
        merged[code] = merged.get(code, 0.0) + float(probability)
    return dict(sorted(merged.items(), key=lambda item: -item[1]))


@cache
def _profiles() -> Any:
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
    from langdetect.lang_detect_exception import LangDetectException

    factory = DetectorFactory()
    try:
        factory.load_profile(PROFILES_DIRECTORY)
    except LangDetectException as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # it takes Ctrl-C for a fault in the file at hand
            raise KeyboardInterrupt from None
        raise
    factory.seed = 0
    return factory


@cache
def profiled() -> frozenset[str]:
    """The languages that langdetect knows: it has a file for each. Loading them takes a second, which may not be needed."""
    from langdetect.detector_factory import PROFILES_DIRECTORY

    return frozenset(SAME.get(path.name, path.name) for path in Path(PROFILES_DIRECTORY).iterdir())


@cache
def _identifier() -> Any:
    import numpy
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:  # it unpacks its model into a temporary file
        where = tempfile.gettempdir()
        raise OutputError(
            f"{where}: cannot be written ({error.strerror}); make some room there, or set TMPDIR"
        ) from error
    # ISO 639-1 only: records hold two letters, and a pidgin or a dialect would take its share from its neighbour.
    identifier.set_languages([code for code in identifier.labels if len(code) == 2])
    # The choice of columns leaves the table in column order; every look-up is of rows.
    identifier.nb_ptc = numpy.ascontiguousarray(identifier.nb_ptc)
    return identifier
