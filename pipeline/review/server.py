"""The page's server: a handful of addresses that read the index and take verdicts, behind the guard.

Starlette and uvicorn rather than the standard library's http.server, whose own documentation warns of using it where
safety matters: h11 parses strictly and bounds what it reads, and slow or silent clients cost a task, not a thread.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import uvicorn
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.errors import MonoglotError, OutputError
from pipeline.review import MAX_NAME, MAX_SEED, queue
from pipeline.review.detail import detail
from pipeline.review.guard import App, Guard
from pipeline.review.index import ensure_sample, refresh, refresh_if_rewritten
from pipeline.review.page import assets
from pipeline.review.queue import ORDERS, Order, Query
from pipeline.review.store import Store
from pipeline.review.verdicts import Corrections, Overtaken, Refused, Unknown, Verdict, judge, undo

# What one browser needs, and no more.
MAX_CONNECTIONS: Final = 64
KEEP_ALIVE_SECONDS: Final = 30
_KEY: Final = r"^[0-9a-f]{16}$"
_MAX_FIELD: Final = 200


class Given(BaseModel):
    """A verdict as the page sends it."""

    model_config = ConfigDict(extra="forbid")

    uid: str = Field(pattern=r"^[0-9a-f-]{36}$")
    key: str = Field(pattern=_KEY)
    kind: Literal["accept", "edit", "reject", "note", "confirm"]
    text: str | None = None
    stratum: str | None = Field(None, max_length=_MAX_FIELD)
    seed: int | None = Field(None, ge=0, le=MAX_SEED)
    reviewer: str | None = Field(None, max_length=MAX_NAME)
    revision: int | None = None
    seen: str | None = Field(None, pattern=_KEY)


class Undone(BaseModel):
    """A wish to take a verdict back."""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(ge=1, lt=2**62)
    reviewer: str | None = Field(None, max_length=MAX_NAME)


class Pages:
    """The answers, each a function of a request's values; they run in threads, the store lets one in at a time."""

    def __init__(self, store: Store, corrections: Corrections, settings: Mapping[str, Any]) -> None:
        self.store = store
        self.corrections = corrections
        self.settings = settings

    def start(self, values: Mapping[str, str]) -> Any:
        """What the page needs before all else, in one answer: the summary, the queue's first page, a first segment."""
        refresh(self.store)
        query = _query(values)
        items = queue.page(self.store, query)
        wished = values.get("key", "")[:16] or (items[0]["key"] if items else "")
        return {
            "settings": self.settings,
            "items": items,
            "segment": self._if_there(wished),
            "summary": queue.summary(self.store, query),
            "documents": queue.documents(self.store),
        }

    def _if_there(self, key: str) -> Any:
        try:
            return detail(self.store, key)
        except Unknown:
            return None

    def queue(self, values: Mapping[str, str]) -> Any:
        """The next page of a queue."""
        query = _query(values)
        return {"items": queue.page(self.store, query), "summary": queue.summary(self.store, query)}

    def documents(self, values: Mapping[str, str]) -> Any:
        """Documents by title or path."""
        return queue.documents(self.store, values.get("search", "")[:_MAX_FIELD])

    def segment(self, values: Mapping[str, str]) -> Any:
        """One segment with everything around it."""
        return detail(self.store, values.get("key", "")[:16])

    def verdict(self, body: bytes) -> Any:
        """Take a verdict; the answer is how the segment stands now, and what its row is, for undoing it."""
        given = Given.model_validate_json(body)
        refresh_if_rewritten(self.store, given.key)
        if given.stratum and given.seed is not None:  # another window may have brought the index up to date meanwhile
            ensure_sample(self.store, given.seed)
        row = judge(self.store, self.corrections, Verdict(**given.model_dump()))
        return {"id": row, "segment": detail(self.store, given.key)}

    def undo(self, body: bytes) -> Any:
        """Take a verdict back."""
        given = Undone.model_validate_json(body)
        key = undo(self.store, self.corrections, given.id, given.reviewer)
        return {"segment": detail(self.store, key)}


def application(pages: Pages, token: str, port: int, host: str) -> App:
    """The whole application: the guard, and the addresses behind it."""
    routes = [Route("/", _asset("index.html"), methods=["GET"])]
    routes += [Route(f"/static/{name}", _asset(name), methods=["GET"]) for name in assets()]
    routes += [
        Route(f"/api/{name}", _get(answer), methods=["GET"])
        for name, answer in (
            ("start", pages.start),
            ("queue", pages.queue),
            ("documents", pages.documents),
            ("segment", pages.segment),
        )
    ]
    routes += [
        Route(f"/api/{name}", _post(answer), methods=["POST"])
        for name, answer in (("verdict", pages.verdict), ("undo", pages.undo))
    ]
    return Guard(Starlette(routes=routes), token, port, host)


def serve(pages: Pages, token: str, sockets: list[socket.socket], host: str, ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C. `ready` is called when the first request can come."""
    port = sockets[0].getsockname()[1]
    config = uvicorn.Config(
        application(pages, token, port, host),
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        lifespan="off",
        http="h11",
        ws="none",
        loop="asyncio",
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    ready()
    server.run(sockets=sockets)


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound and takes connections already. Port 0 takes any that is free. Raises OutputError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # Named as TCP, so that asyncio turns Nagle's algorithm off, which costs 40 ms an answer.
        listening = socket.socket(family, kind, protocol or socket.IPPROTO_TCP)
        try:
            if os.name == "posix":
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address[:2])
            listening.listen(MAX_CONNECTIONS)
        except OSError:
            listening.close()
            raise
        return listening
    except (socket.gaierror, UnicodeError) as error:
        raise OutputError(f"{host}: is neither an address nor a name of this computer") from error
    except OSError as error:
        raise OutputError(
            f"{host}:{port}: cannot be served on ({error.strerror or error}); another --port may be free"
        ) from error


def _query(values: Mapping[str, str]) -> Query:
    order = values.get("order", "risk")
    chosen: Order = next((known for known in ORDERS if known == order), "risk")
    return Query(
        order=chosen,
        seed=_number(values.get("seed", ""), 1),
        document=values.get("document", "")[:_MAX_FIELD],
        language=values.get("language", "")[:_MAX_FIELD],
        flag=values.get("flag", "")[:_MAX_FIELD],
        search=values.get("search", "")[:_MAX_FIELD],
        open_only=values.get("open") == "1",
        after=values.get("after", "")[:16],
        limit=_number(values.get("limit", ""), 40),
    )


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SEED)) else otherwise


def _asset(name: str) -> Callable[[Request], Response]:
    asset = assets()[name]

    def answer(_: Request) -> Response:
        return Response(asset.body, headers={"content-type": asset.media_type})

    return answer


def _get(answer: Callable[[Mapping[str, str]], Any]) -> Callable[[Request], Any]:
    async def respond(request: Request) -> Response:
        return await run_in_threadpool(_answered, answer, dict(request.query_params))

    return respond


def _post(answer: Callable[[bytes], Any]) -> Callable[[Request], Any]:
    async def respond(request: Request) -> Response:
        return await run_in_threadpool(_answered, answer, await request.body())

    return respond


def _answered(answer: Callable[[Any], Any], given: Any) -> Response:
    """The answer as JSON, or what was wrong in words: in one place, so that nothing else ever reaches a client."""
    try:
        return JSONResponse(answer(given))
    except (ValidationError, json.JSONDecodeError):
        return JSONResponse({"error": "the request is not one that this page makes"}, 422)
    except Unknown as error:
        return JSONResponse({"error": str(error)}, 404)
    except Overtaken as error:
        return JSONResponse({"error": str(error)}, 409)
    except Refused as error:
        return JSONResponse({"error": str(error)}, 422)
    except MonoglotError as error:
        return JSONResponse({"error": str(error)}, 500)
