"""Who may talk to the page: this computer's browser, with this run's token, from this page, in small requests.

A page on the loopback address can be reached by every site that the browser has open, so each request is looked at:
`Host` must be an address, not a name that somebody could point here (DNS rebinding); a change must come from this page
(`Origin`); and all but the first request must bring the cookie that the token was exchanged for.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs

from pipeline.review.page import POLICY

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# A correction of the longest segment that anybody will correct by hand, in the longest encoding.
MAX_BODY: Final = 1 << 20
# Seconds in which a body must have come.
BODY_SECONDS: Final = 10.0
TOKEN_BYTES: Final = 32
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cache-control", b"no-store"),
)
_LOST: Final = "This page needs the whole address that `monoglot review` has printed, with its token. Open that one."


def new_token() -> str:
    """A token for one run."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Guard:
    """An ASGI application before another one: passes on what is allowed, answers the rest itself."""

    def __init__(self, app: App, token: str, port: int, host: str) -> None:
        self._app = app
        self._token = token
        self._port = port
        self._names = {"localhost", host.lower()} if host else {"localhost"}
        self._loopback = is_loopback(host)
        # Cookies are shared by all ports of a host; two reviews must not take each other's away.
        self._cookie = f"monoglot-review-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            raise AssertionError(f"{scope['type']} is not served")
        refusal = self._refusal(scope)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        if scope["path"] == "/" and (given := parse_qs(scope["query_string"].decode("latin-1")).get("token")):
            await self._exchange(given[-1], send)
            return
        if not self._has_cookie(scope):
            await _answer(send, 403, _LOST)
            return
        body = b""
        if scope["method"] == "POST":
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    body, whole = await _body(receive)
            except TimeoutError:
                await _answer(send, 408, "The request did not come in time.")
                return
            if not whole:
                await _answer(send, 413, "The request is too large.")
                return
        await self._app(scope, _once(body, receive), _with_headers(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = _headers(scope)
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or not self._is_here(hosts[0].decode("latin-1")):
            return 421, "This page is served on an address, not under that name."
        if scope["method"] not in ("GET", "POST"):
            return 405, "Only GET and POST are understood."
        if headers.get(b"sec-fetch-site", [b"none"]) not in ([b"none"], [b"same-origin"]) and scope["path"] != "/":
            return 403, "Another site may not ask this page for anything."
        if scope["method"] == "POST":
            if headers.get(b"origin") != [b"http://" + hosts[0]]:
                return 403, "Only this page itself may change anything."
            if headers.get(b"content-type", [b""])[0].split(b";")[0].strip().lower() != b"application/json":
                return 415, "Only JSON is understood."
            length = headers.get(b"content-length", [b""])[0]
            if length.isdigit() and int(length) > MAX_BODY:
                return 413, "The request is too large."
        return None

    def _is_here(self, host: str) -> bool:
        """Whether a Host header names this server by an address, by localhost or by the name it was told to serve under."""
        name, colon, port = host.rpartition(":")
        if not colon or port != str(self._port):
            return self._port == 80 and self._is_address(host)
        return self._is_address(name)

    def _is_address(self, name: str) -> bool:
        if name.lower() in self._names:
            return True
        try:
            address = ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return address.is_loopback or not self._loopback

    async def _exchange(self, given: str, send: Send) -> None:
        """Give the cookie for the token, and an address without it."""
        if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._token.encode()):
            await _answer(send, 403, _LOST)
            return
        cookie = f"{self._cookie}={self._token}; Path=/; HttpOnly; SameSite=Strict"
        await _answer(send, 303, "", (b"location", b"/"), (b"set-cookie", cookie.encode()))

    def _has_cookie(self, scope: Scope) -> bool:
        for header in _headers(scope).get(b"cookie", []):
            for pair in header.split(b";"):
                name, _, value = pair.strip().partition(b"=")
                if name == self._cookie.encode() and hmac.compare_digest(value, self._token.encode()):
                    return True
        return False


def is_loopback(host: str) -> bool:
    """Whether a server that is bound to this host can be reached from this computer alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _headers(scope: Scope) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


async def _body(receive: Receive) -> tuple[bytes, bool]:
    """The body of a request, and whether it is all of it: beyond the bound the rest is not read."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"", False
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > MAX_BODY:
            return b"", False
        if not message.get("more_body", False):
            return b"".join(pieces), True


def _once(body: bytes, receive: Receive) -> Receive:
    given = False

    async def receive_body() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_body


def _with_headers(send: Send) -> Send:
    async def send_message(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return send_message


async def _answer(send: Send, status: int, text: str, *headers: tuple[bytes, bytes]) -> None:
    body = text.encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
                *headers,
                *HEADERS,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
