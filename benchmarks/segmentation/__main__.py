"""Measure the sentence splitters on tests/data/segments: ``python -m benchmarks.segmentation``.

Prints four Markdown tables: boundary F1 on the tuning and on the held-out half, exact offsets, speed, robustness.
A boundary is the place where a sentence starts, counted in characters that are not white space, so that a library
that trims or keeps the white space between two sentences is judged alike. F1 is over all boundaries of a language
within its cases; the start of the text is not counted. A language that a library has no rules for is marked ``*`` and
run with its fallback. Examples::

    python -m benchmarks.segmentation
    python -m benchmarks.segmentation --only sentencex pysbd --errors it
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.segmentation.splitters import SPLITTERS, Span, Split, Splitter

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "data" / "segments"
LANGUAGES = ("it", "es", "fr", "de", "en", "ar", "ru", "pt", "tr", "zh", "fa", "uk")
HALVES = ("tuning", "held-out")
PROBE_TIMEOUT = 10.0

# What breaks offsets in practice: each is a whole text, none has a golden answer.
OFFSET_PROBES = (
    "  Leading space.  Two spaces between.\u00a0Then a no-break space. ",
    "Emoji \U0001f44d\U0001f3fd first. Family \U0001f468\u200d\U0001f469\u200d\U0001f467. Then \U00020000 ideograph. End.",
    "Windows line.\r\nNext line. A tab.\tAfter it.\r\n\r\nNew paragraph. End.",
    "The same. The same. The same. The same.",
    "Two dots .. Then three ... Then four .... Then none",
    "1) The first item. 2) The second item. 3) The third item.",
    "Combining e\u0301 here. Zero\u200bwidth. Soft\u00adhyphen. BOM\ufeff inside. End.",
    "Right to left \u200fمرحبا.\u200e Then left. \u2028Line separator. End.",
    'Bad (bracket. And [another. "Open quote. Never closed. Yes? (No.) !? ... .',
    "Noise ab) abe. .hatt' nun ∯ ȸ ♨ ☝ &ᓰ& ᓴ ƪ ♟ ☈ ☇. End.",
    "Vitamin A\u00a0. Then B\u3000. Thin\u2009space. «\u00a0Oui\u202f!\u00a0» End.",
    "",
    " \n\t ",
    "...",
    "a",
)

Case = dict[str, Any]


def load(language: str) -> list[Case]:
    """Golden cases of a language; raises ValueError when a sentence is not where it should be."""
    cases: list[Case] = json.loads((GOLDEN / f"{language}.json").read_text("utf-8"))
    for case in cases:
        position = 0
        for sentence in case["sentences"]:
            start = case["text"].find(sentence, position)
            if start < 0 or case["text"][position:start].strip():
                raise ValueError(f"{language}/{case['name']}: {sentence!r} is not next in the text")
            position = start + len(sentence)
        if case["text"][position:].strip():
            raise ValueError(f"{language}/{case['name']}: text after the last sentence")
    return cases


def boundaries(pieces: Iterable[str]) -> set[int]:
    """Starts of every piece but the first, in non-space characters."""
    count, found = 0, set()
    for piece in pieces:
        size = sum(not character.isspace() for character in piece)
        if size and count:
            found.add(count)
        count += size
    return found


def strings(text: str, pieces: Sequence[Span] | Sequence[str]) -> list[str]:
    """The pieces as strings, whichever shape the splitter returned."""
    return [piece if isinstance(piece, str) else text[piece[0] : piece[1]] for piece in pieces]


def exact(text: str, pieces: Sequence[Span] | Sequence[str]) -> bool:
    """True when the pieces, in order, cover every character of the text that is not white space, unaltered."""
    position = 0
    for piece in pieces:
        if isinstance(piece, str):
            start = text.find(piece, position)
            end = start + len(piece)
        else:
            start, end = piece
        if start < position or end > len(text) or text[position:start].strip():
            return False
        position = end
    return not text[position:].strip()


def f1(cases: Sequence[Case], split: Split, language: str) -> tuple[float, float]:
    """(boundary F1, share of cases with every boundary right), both in percent."""
    hits = wrong = missed = perfect = 0
    for case in cases:
        gold = boundaries(case["sentences"])
        got = boundaries(strings(case["text"], split(case["text"], language)))
        hits, wrong, missed = hits + len(gold & got), wrong + len(got - gold), missed + len(gold - got)
        perfect += gold == got
    return 200 * hits / (2 * hits + wrong + missed), 100 * perfect / len(cases)


def speed(texts: Sequence[str], split: Split, language: str, seconds: float = 0.3) -> float:
    """Characters per second on paragraphs of about 1,000 characters."""
    prose = " ".join(texts)
    paragraphs = [prose[start : start + 1000] for start in range(0, len(prose), 1000)]
    split(paragraphs[0], language)
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        for paragraph in paragraphs:
            split(paragraph, language)
            done += len(paragraph)
    return done / spent


def stress_texts() -> dict[str, tuple[str, str]]:
    """Name → (language, text): prose as one paragraph at two sizes (is time linear?), lines of one unit repeated."""
    texts = {}
    for language in ("en", "it"):
        prose = " ".join(case["text"] for case in load(language)) + " "
        for size in (50, 200):
            texts[f"{size} kB {language}"] = (language, (prose * (size * 1000 // len(prose) + 1))[: size * 1000])
    for unit in ("a", ".", "A. ", "(«"):
        texts[f"1 MB {unit!r}"] = ("en", unit * (1_000_000 // len(unit)))
    return texts


def _probe(name: str, language: str, text: str, queue: Any) -> None:
    splitter = next(s for s in SPLITTERS if s.name == name)
    split, language = splitter.build(), language if splitter.knows(language) else splitter.fallback
    split("Warm up. Then go.", language)
    start = time.perf_counter()
    try:
        pieces = split(text, language)
        spent = time.perf_counter() - start
        queue.put(f"{spent:.2f} s" + ("" if exact(text, pieces) else " (inexact)"))
    except BaseException as error:  # the table is about how a library fails
        queue.put(type(error).__name__)


def probe(splitter: Splitter, language: str, text: str) -> str:
    """Seconds for one text in a process of its own, killed after PROBE_TIMEOUT."""
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    process = context.Process(target=_probe, args=(splitter.name, language, text, queue))
    process.start()
    process.join(PROBE_TIMEOUT)
    if process.is_alive():
        process.kill()
        process.join()
        return f"> {PROBE_TIMEOUT:.0f} s"
    return "crash" if queue.empty() else str(queue.get())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a Markdown table, a row as soon as it is known."""
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
    print(flush=True)


def show_errors(ready: dict[Splitter, Split], language: str) -> None:
    """Every tuning case that a splitter gets wrong, as it was split; the held-out half stays unseen."""
    for splitter, split in ready.items():
        for case in load(language):
            pieces = strings(
                case["text"], split(case["text"], language if splitter.knows(language) else splitter.fallback)
            )
            if case["split"] == "tuning" and boundaries(pieces) != boundaries(case["sentences"]):
                print(f"{splitter.name}\t{language}/{case['name']}\t{' ¦ '.join(p.strip() for p in pieces)}")


def main() -> None:
    """Parse the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.segmentation", description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="splitters to run, e.g. --only sentencex pysbd")
    parser.add_argument(
        "--errors", nargs="+", metavar="LANG", help="print the failed tuning cases, e.g. --errors it de"
    )
    parser.add_argument("--no-stress", action="store_true", help="leave out the robustness table")
    options = parser.parse_args()

    ready: dict[Splitter, Split] = {}
    for splitter in SPLITTERS:
        if options.only and splitter.name not in options.only:
            continue
        try:
            ready[splitter] = splitter.build()
        except ImportError as error:
            print(f"left out: {splitter.name} ({error})")
    if options.errors:
        for language in options.errors:
            show_errors(ready, language)
        return

    golden = {language: load(language) for language in LANGUAGES}
    for half in HALVES:
        print(f"### Boundary F1, {half} half (%)\n")
        ranked: list[tuple[float, list[str]]] = []
        for splitter, split in ready.items():
            scores, perfect = [], []
            for language, cases in golden.items():
                code = language if splitter.knows(language) else splitter.fallback
                score, whole = f1([case for case in cases if case["split"] == half], split, code)
                scores.append((score, "" if splitter.knows(language) else "*"))
                perfect.append(whole)
            mean = sum(score for score, _ in scores) / len(scores)
            ranked.append((mean, [splitter.name, *(f"{s:.1f}{m}" for s, m in scores), f"{mean:.1f}",
                                f"{sum(perfect) / len(perfect):.0f}"]))  # fmt: skip
        ranked.sort(key=lambda row: -row[0])
        table(["splitter", *LANGUAGES, "mean", "cases right"], (row for _, row in ranked))

    print("### Exact offsets, and characters per second (golden texts in paragraphs of 1,000 characters)\n")
    rows = []
    for splitter, split in ready.items():
        spans = not isinstance(split("One. Two.", "en")[0], str)
        total = right = 0
        for language, cases in golden.items():
            code = language if splitter.knows(language) else splitter.fallback
            for case in cases:
                total, right = total + 1, right + exact(case["text"], split(case["text"], code))
        good = 0
        for text in OFFSET_PROBES:
            try:
                good += exact(text, split(text, "en"))
            except BaseException:  # a Rust panic is not an Exception; an odd character must not stop the run
                continue
        rates = [
            speed([case["text"] for case in golden[language]], split, language if splitter.knows(language) else "en")
            for language in ("en", "it", "ru", "zh")
        ]
        rows.append([splitter.name, "spans" if spans else "strings", f"{right}/{total}", f"{good}/{len(OFFSET_PROBES)}",
                     *(f"{rate:,.0f}" for rate in rates)])  # fmt: skip
    table(["splitter", "returns", "exact, golden", "exact, probes", "en", "it", "ru", "zh"], rows)

    if not options.no_stress:
        print(f"### Robustness: seconds for one text (limit {PROBE_TIMEOUT:.0f} s)\n")
        stress = stress_texts()
        table(
            ["splitter", *stress],
            ([s.name, *(probe(s, language, text) for language, text in stress.values())] for s in ready),
        )


if __name__ == "__main__":
    main()
