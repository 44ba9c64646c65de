"""Hostile requests against the real server, and what it answers to honest ones."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.errors import OutputError
from pipeline.review import MAX_SEED
from pipeline.review.guard import MAX_BODY, Guard, is_loopback
from pipeline.review.memory import MemoryFile
from pipeline.review.server import Pages, _answered, listen
from pipeline.review.store import Store
from pipeline.translate.memory import Memory

from . import corpus
from .conftest import Served, served

Headers = dict[str, str]
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = corpus.write(tmp_path_factory.mktemp("server") / "normalized", [corpus.HARBOUR, corpus.HOSTILE])
    (folder / "secret.txt").write_text("not for the page", encoding="utf-8")
    with ExitStack() as stack:
        yield stack.enter_context(served(folder, folder.parent / "memory.sqlite"))


def ask(review: Served, method: str, path: str, headers: Headers | None = None, body: bytes | None = None) -> Answer:
    where = urlsplit(review.root)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    given = {"Host": where.netloc, **(headers or {})}
    if body is not None:
        given.setdefault("Content-Length", str(len(body)))
    for name, value in given.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        if body:
            connection.send(body)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server has answered without reading all of it
    response = connection.getresponse()
    answer = response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    connection.close()
    return answer


def cookie(review: Served) -> Headers:
    port = urlsplit(review.root).port
    return {"Cookie": f"monoglot-review-{port}={review.token}"}


def posting(review: Served) -> Headers:
    return {**cookie(review), "Origin": review.root, "Content-Type": "application/json"}


def verdict(review: Served, **changes: object) -> bytes:
    item = json.loads(ask(review, "GET", "/api/queue?order=risk", cookie(review))[2])["items"][-1]
    uid = f"00000000-0000-4000-8000-{time.monotonic_ns() % 10**12:012}"
    return json.dumps({"uid": uid, "key": item["key"], "kind": "accept", **changes}).encode()


def test_the_token_is_exchanged_for_a_cookie(review: Served) -> None:
    status, headers, _ = ask(review, "GET", f"/?token={review.token}")
    assert (status, headers["location"]) == (303, "/")
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=Strict" in headers["set-cookie"]
    status, headers, body = ask(review, "GET", "/", cookie(review))
    assert status == 200
    assert b"<!doctype html>" in body


def test_every_answer_is_armoured(review: Served) -> None:
    for path, given in (("/", cookie(review)), ("/", {}), ("/api/queue", cookie(review)), ("/nowhere", cookie(review))):
        headers = ask(review, "GET", path, given)[1]
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


@pytest.mark.parametrize(
    "path", ["/", "/static/app.js", "/api/start", "/api/segment?key=0", "/?token=", "/?token=wrong"]
)
def test_nothing_without_the_token(review: Served, path: str) -> None:
    status, _, body = ask(review, "GET", path)
    assert status == 403
    assert b"whole address" in body
    assert review.token.encode() not in body


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1.evil.example:{port}",
        "",
        "10.0.0.1:{port}",
    ],
)
def test_only_this_computer_is_the_host(review: Served, host: str) -> None:
    """DNS rebinding: a name that somebody points at this computer is not answered, cookie or not."""
    given = {**cookie(review), "Host": host.format(port=urlsplit(review.root).port)}
    assert ask(review, "GET", "/api/start", given)[0] == 421


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "https://127.0.0.1"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Cookie": "monoglot-review-1=x"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_only_the_page_itself_changes_anything(review: Served, changes: Headers, status: int) -> None:
    body = verdict(review)
    assert ask(review, "POST", "/api/verdict", {**posting(review), **changes}, body)[0] == status
    assert ask(review, "POST", "/api/verdict", posting(review), body)[0] == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_other_methods_are_not_understood(review: Served, method: str) -> None:
    assert ask(review, method, "/api/start", cookie(review))[0] == 405


def test_bodies_are_bounded(review: Served) -> None:
    huge = b'{"text": "' + b"a" * (MAX_BODY + 10) + b'"}'
    assert ask(review, "POST", "/api/verdict", posting(review), huge)[0] == 413
    claimed = {**posting(review), "Content-Length": str(10**12)}
    assert ask(review, "POST", "/api/verdict", claimed, b"{}")[0] == 413
    chunked = {**posting(review), "Transfer-Encoding": "chunked"}
    where = urlsplit(review.root)
    with socket.create_connection((str(where.hostname), where.port or 0), timeout=10) as wire:
        head = f"POST /api/verdict HTTP/1.1\r\nHost: {where.netloc}\r\n" + "".join(
            f"{k}: {v}\r\n" for k, v in chunked.items()
        )
        wire.sendall(head.encode() + b"\r\n")
        try:
            for _ in range(40):
                wire.sendall(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
        except OSError:
            pass  # refused while it was still coming
        assert b" 413 " in wire.recv(200)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b"\xff", b'{"key": 1}', b'{"uid": "x", "key": "../../etc/passwd", "kind": "accept"}',
        b"[" * 100_000,
    ],
    ids=["empty", "list", "cut", "bytes", "number", "path", "deep"],
)  # fmt: skip
def test_nonsense_is_refused_in_words(review: Served, body: bytes) -> None:
    for path in ("/api/verdict", "/api/undo"):
        status, _, said = ask(review, "POST", path, posting(review), body)
        assert status == 422
        assert json.loads(said) == {"error": "the request is not one that this page makes"}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "steal"},
        {"extra": 1},
        {"seed": -1},
        {"seed": MAX_SEED + 1},
        {"reviewer": "x" * 1000},
        {"stratum": "x" * 1000},
        {"uid": "1"},
    ],
)
def test_verdicts_keep_to_their_shape(review: Served, changes: dict[str, object]) -> None:
    assert ask(review, "POST", "/api/verdict", posting(review), verdict(review, **changes))[0] == 422


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py", "/static/..%2f..%2fserver.py", "/static/%2e%2e/%2e%2e/secret.txt", "/secret.txt", "/records",
        "/static/", "//etc/passwd", "/static/app.js%00.css", "/api/segment/../../secret.txt",
    ],
)  # fmt: skip
def test_no_path_reaches_the_file_system(review: Served, path: str) -> None:
    status, _, body = ask(review, "GET", path, cookie(review))
    assert status == 404
    assert b"not for the page" not in body


@pytest.mark.parametrize("key", ["../secret", "0" * 16, "", "%00", "' OR 1=1 --"])
def test_unknown_segments_are_told(review: Served, key: str) -> None:
    from urllib.parse import quote

    status, _, body = ask(review, "GET", f"/api/segment?key={quote(key)}", cookie(review))
    assert status == 404
    assert "no longer" in json.loads(body)["error"]


@pytest.mark.parametrize(
    "query",
    [
        "order=x&limit=-1",
        "limit=999999999999",
        "seed=abc",
        "search=%27%3B+DROP+TABLE+segments",
        "after=%27",
        "order=sample&flag=%25",
    ],
)
def test_strange_queries_are_harmless(review: Served, query: str) -> None:
    status, _, body = ask(review, "GET", f"/api/queue?{query}", cookie(review))
    assert status == 200
    assert json.loads(body)["summary"]["segments"] == 9


def test_a_client_that_says_nothing_does_not_block_others(review: Served) -> None:
    where = urlsplit(review.root)
    silent = [socket.create_connection((str(where.hostname), where.port or 0)) for _ in range(20)]
    for wire in silent:
        wire.sendall(b"POST /api/verdict HTTP/1.1\r\nHost: ")
    assert ask(review, "GET", "/api/start", cookie(review))[0] == 200
    for wire in silent:
        wire.close()


def test_the_server_listens_on_the_loopback_alone(review: Served) -> None:
    port = urlsplit(review.root).port
    assert port is not None
    sockets = Path("/proc/net/tcp")
    if not sockets.is_file():
        pytest.skip("no /proc/net/tcp to see who listens where")
    listening = [line.split()[1] for line in sockets.read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert [address for address in listening if address.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("box", False),
    ],
)
def test_what_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("bound", "asked", "expected"),
    [
        ("127.0.0.1", "[::1]:8000", True),
        ("0.0.0.0", "192.168.1.5:8000", True),
        ("0.0.0.0", "evil.example:8000", False),
        ("box", "box:8000", True),
        ("127.0.0.1", "192.168.1.5:8000", False),
        ("127.0.0.1", "127.0.0.1:²", False),
    ],
)
def test_hosts_by_what_was_asked_for(bound: str, asked: str, expected: bool) -> None:
    async def nothing(*_: object) -> None: ...

    assert Guard(nothing, "token", 8000, bound)._is_here(asked) is expected


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
