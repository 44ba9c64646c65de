"""How fast the review page is with many segments: python -m benchmarks.review [--segments 100000].

Makes an output folder of invented records, indexes it, opens the page in Chromium, and prints as JSON: seconds to index,
milliseconds to the first contentful paint and to the first segment (median of several loads, cookie exchanged before), and
milliseconds of the page's requests on the server's side of the wire.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pipeline.provenance import coverage, to_json
from pipeline.records import (
    SCHEMA_VERSION,
    Field,
    Flag,
    Language,
    Paragraph,
    Record,
    Segment,
    Source,
    Span,
    Translation,
)

PER_DOCUMENT: Final = 25
LOADS: Final = 9
_WORDS: Final = [
    "porto",
    "valle",
    "nave",
    "giorno",
    "strada",
    "ponte",
    "mare",
    "vento",
    "sindaca",
    "treno",
    "scuola",
    "mercato",
    "riva",
    "casa",
    "monte",
    "luce",
]
_ENGLISH: Final = [
    "port",
    "valley",
    "ship",
    "day",
    "road",
    "bridge",
    "sea",
    "wind",
    "mayor",
    "train",
    "school",
    "market",
    "shore",
    "house",
    "mountain",
    "light",
]
_CODES: Final = ("number", "negation", "name", "length")


def records(segments: int) -> Iterator[Record]:
    """Records with that many segments in all, always the same."""
    chance = random.Random(7)
    for document in range(-(-segments // PER_DOCUMENT)):
        source: list[str] = []
        text: list[str] = []
        made: list[Segment] = []
        at = here = 0
        for number in range(min(PER_DOCUMENT, segments - document * PER_DOCUMENT)):
            chosen = chance.choices(range(len(_WORDS)), k=chance.randint(8, 26))
            there = f"{' '.join(_WORDS[i] for i in chosen)} {document} {number}."
            words = f"{' '.join(_ENGLISH[i] for i in chosen)} {document} {number}."
            flagged = chance.random() < 0.2
            flag = Flag(chance.choice(_CODES), "warning", "invented for the measurement", (Span(at, at + 4),))
            made.append(
                Segment(
                    0,
                    Span(at, at + len(there)),
                    Span(here, here + len(words)),
                    "it" if document % 3 else "es",
                    "translated",
                    Translation("it-en@0123456789ab", None, words, -0.4, 20, 20),
                    (flag,) if flagged else (),
                    round(chance.random(), 4),
                )
            )
            source.append(there)
            text.append(words)
            at += len(there) + 1
            here += len(words) + 1
        clean, english = " ".join(source), " ".join(text)
        sha256 = hashlib.sha256(clean.encode()).hexdigest()
        language = Language(made[0].language, 0.99, (), "given")
        yield Record(
            SCHEMA_VERSION,
            sha256[:12],
            "translated",
            "benchmark",
            Source(
                f"{document // 500}/{document}.txt",
                sha256,
                len(clean),
                "text/plain",
                "utf-8",
                False,
                "none",
                (),
                "ledger",
                sha256,
            ),
            language,
            (Field("title", f"Article {document}", "benchmark"),),
            clean,
            english,
            (),
            (Paragraph(Span(0, len(clean)), "prose", language),),
            tuple(made),
            coverage(clean, (), made),
        )


def make_folder(folder: Path, segments: int) -> None:
    """Write the records."""
    (folder / "records").mkdir(parents=True)
    for record in records(segments):
        (folder / "records" / f"{record.id}.json").write_bytes(to_json(record))


def measure(folder: Path) -> dict[str, Any]:
    """Index the folder, then open its page again and again."""
    from playwright.sync_api import sync_playwright

    from pipeline.review.index import refresh
    from pipeline.review.store import DATABASE, Store

    start = time.perf_counter()
    with Store(folder) as store:
        refresh(store)
    indexed = time.perf_counter() - start
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser_path is None:
        raise SystemExit("needs a browser: apt-get install chromium")
    start = time.perf_counter()
    command = [sys.executable, "-m", "pipeline", "review", str(folder), "--no-open"]
    environment = {**os.environ, "MONOGLOT_MEMORY": str(folder.parent / "memory.sqlite")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        started = time.perf_counter() - start
        try:
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(
                    executable_path=browser_path, args=["--headless", "--no-sandbox", "--disable-gpu"]
                )
                page = chromium.new_page()
                page.goto(address)
                page.wait_for_selector("#english")
                loads = [_load(page, address.partition("?")[0]) for _ in range(LOADS)]
                answers = {name: _request(page, path) for name, path in _REQUESTS.items()}
                chromium.close()
        finally:
            server.terminate()
    return {
        "index_seconds": round(indexed, 1),
        "database_megabytes": round((folder / DATABASE).stat().st_size / 1e6, 1),
        "start_seconds": round(started, 2),
        "first_paint_ms": _told([paint for paint, _ in loads]),
        "first_segment_ms": _told([segment for _, segment in loads]),
        "requests_ms": answers,
    }


_REQUESTS: Final = {
    "riskiest": "order=risk",
    "riskiest, unjudged": "order=risk&open=1",
    "sample": "order=sample",
    "reading order": "order=document",
    "flag": "order=risk&flag=number",
    "language": "order=risk&language=es",
    "search, found": "order=risk&search=ponte%20mare",
    "search, not found": "order=risk&search=zzzz",
}
_SEEN: Final = """() => new Promise(done => {
  const look = () => document.querySelector('#english') ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""


def _load(page: Any, address: str) -> tuple[float, float]:
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    segment: float = page.evaluate(_SEEN)
    paint: float = page.wait_for_function(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    ).json_value()
    return paint, segment


def _request(page: Any, query: str) -> float:
    times: list[float] = page.evaluate(
        "async path => { const times = []; for (let i = 0; i < 5; i++) { const start = performance.now();"
        " await (await fetch(path)).json(); times.push(performance.now() - start); } return times; }",
        f"/api/queue?{query}",
    )
    return float(round(statistics.median(times), 1))


def _told(times: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(times), 1), "worst": round(max(times), 1)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--segments", type=int, default=100_000)
    segments = parser.parse_args().segments
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "normalized"
        make_folder(folder, segments)
        print(json.dumps({"segments": segments, **measure(folder)}, indent=1))


if __name__ == "__main__":
    main()
