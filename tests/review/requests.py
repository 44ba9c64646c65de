"""Requests to a running review, as the page makes them, and as others might."""

from __future__ import annotations

import http.client
import json
import time
from urllib.parse import urlsplit

from .conftest import Served

Headers = dict[str, str]

Answer = tuple[int, dict[str, str], bytes]


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
