"""Hostile requests against the real server: whoever is not the page itself gets nothing, and nothing is broken."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.review import MAX_SEED
from pipeline.review.guard import MAX_BODY, Guard, is_loopback

from .conftest import Served
from .requests import Headers, ask, cookie, posting, verdict


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
