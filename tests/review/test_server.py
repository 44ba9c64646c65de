"""The server and its page: how a review starts, ends and is shared, and a page that a run has overtaken."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.errors import OutputError
from pipeline.review.memory import MemoryFile
from pipeline.review.server import Pages, _answered, listen
from pipeline.review.store import Store
from pipeline.translate.memory import Memory

from . import corpus
from .conftest import Served, served
from .requests import ask, cookie, posting, verdict


def test_a_browser_that_stays_in_front_keeps_nobody_waiting(tmp_path: Path) -> None:
    folder = corpus.write(tmp_path / "normalized", [corpus.HARBOUR])
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\nsleep 60\n", encoding="utf-8")
    browser.chmod(0o755)
    command = [sys.executable, "-m", "pipeline", "review", str(folder), "--memory", str(tmp_path / "memory.sqlite")]
    environment = {**os.environ, "BROWSER": str(browser)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            there = urlsplit(address)
            connection = http.client.HTTPConnection(there.netloc, timeout=20)
            connection.request("GET", f"{there.path}?{there.query}")
            assert connection.getresponse().status < 400
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def test_a_taken_port_is_told_in_words(review: Served, tmp_path: Path) -> None:
    folder = corpus.write(tmp_path / "normalized", [corpus.VALLEY])
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "review",
        str(folder),
        "--no-open",
        "--port",
        str(urlsplit(review.root).port),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "another --port may be free" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_that_cannot_be_is_told_in_words() -> None:
    with pytest.raises(OutputError, match="neither an address nor a name"):
        listen("127.0.0..1", 0)


def test_a_sample_that_another_window_has_dropped_is_drawn_again(tmp_path: Path) -> None:
    """An index that is brought up to date forgets the samples; who judges meanwhile need not know."""
    folder = corpus.write(tmp_path / "normalized", [corpus.HARBOUR])
    with Store(folder) as store:
        pages = Pages(store, MemoryFile(tmp_path / "memory.sqlite"), {})
        key = pages.start({"order": "sample", "seed": "5"})["items"][0]["key"]
        corpus.write(folder, [corpus.VALLEY])
        pages.start({})
        given = {"uid": "0" * 36, "key": key, "kind": "accept", "stratum": "*", "seed": 5}
        assert pages.verdict(json.dumps(given).encode())["segment"]["drawn"]


SAME, NEW = corpus.Said("Uno.", "One."), corpus.Said("Tre.", "Three.")


@pytest.mark.parametrize(
    ("said", "status", "message"),
    [
        ([NEW, SAME, corpus.Said("Due.", "Two.")], 200, None),
        ([SAME, corpus.Said("Due. Tre.", "Two. Three.")], 404, "reload the page"),
        ([SAME, corpus.Said("Due.", "Second.")], 409, "translated anew"),
    ],
    ids=["elsewhere", "gone", "anew"],
)
@pytest.mark.parametrize("looked_again", [False, True])
def test_a_page_that_a_run_has_overtaken_judges_nothing_else(
    tmp_path: Path, said: list[corpus.Said], status: int, message: str | None, looked_again: bool
) -> None:
    """Whoever has the page open sees the segment of a key, or is told; the index may be up to date by then, or not."""
    old = corpus.record("it/uno.txt", "it", [SAME, corpus.Said("Due.", "Two."), NEW])
    folder = corpus.write(tmp_path / "normalized", [old])
    with Store(folder) as store:
        pages = Pages(store, MemoryFile(tmp_path / "memory.sqlite"), {})
        seen = next(item for item in pages.start({"order": "document"})["items"] if item["source"] == "Due.")
        shown = pages.segment({"key": seen["key"]})
        corpus.write(folder, [replace(corpus.record("it/uno.txt", "it", said), id=old.id)])
        if looked_again:
            pages.start({})
        elif message is not None:
            answer = _answered(pages.segment, {"key": seen["key"]})
            assert (answer.status_code, b"reload the page" in answer.body) == (404, True)
        given = {"uid": "0" * 36, "key": seen["key"], "kind": "edit", "text": "Better.", "seen": shown["seen"]}
        answer = _answered(pages.verdict, json.dumps(given).encode())
        assert answer.status_code == status, answer.body
        assert (message or "").encode() in bytes(answer.body)
        with Memory(tmp_path / "memory.sqlite") as memory:
            assert {c.source: c.english for c in memory.every_correction()} == ({} if message else {"Due.": "Better."})


def test_ctrl_c_is_how_a_review_ends(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = corpus.write(tmp_path / "normalized", [corpus.VALLEY])
    with served(folder, tmp_path / "memory.sqlite") as review:
        assert ask(review, "GET", "/api/queue", cookie(review))[0] == 200
        review.process.send_signal(signal.SIGINT)
        assert review.process.wait(20) == 0
    assert capfd.readouterr().err == ""


def test_two_reviews_of_one_folder_share_it(review: Served, tmp_path: Path) -> None:
    with served(review.folder, tmp_path / "memory.sqlite") as second:
        body = verdict(second, kind="note", text="from the second")
        assert ask(second, "POST", "/api/verdict", posting(second), body)[0] == 200
        key = json.loads(body)["key"]
        seen = json.loads(ask(review, "GET", f"/api/segment?key={key}", cookie(review))[2])
        assert seen["note"] == "from the second"
