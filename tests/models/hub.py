"""A hub on the loopback address: as much of the Hugging Face Hub's API as fetching a model needs, and its mishaps."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "3f2c91d0a5b84e6792c1f0e8d7b6a5948372610f"
_LARGE = (".bin", ".safetensors", ".spm")
_CHUNK = 1 << 16


@dataclass
class Hub:
    """The server's state: what it serves, what it was asked, and what goes wrong.

    `break_at` closes the connection once after so many bytes of a file; `changed` serves other bytes than were promised;
    `slow` waits so many seconds after every 64 KiB. `portal` is what a path has in it that a login page comes for instead,
    as in a hotel's network. `refused` answers paths that have a name in them with a status, and `short` ends a file after so many
    bytes as if that were all. `commit` is what the hub calls its commit.
    """

    repositories: dict[str, Path]
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    break_at: dict[str, int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    slow: float = 0.0
    portal: str | None = None
    refused: dict[str, int] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)
    commit: str = COMMIT
    url: str = ""

    def served(self, name: str) -> list[str | None]:
        """The Range headers of the GET requests for a file, in order."""
        return [wanted for method, path, wanted in self.requests if method == "GET" and path.endswith("/" + name)]


@contextmanager
def serving(repositories: dict[str, Path]) -> Iterator[Hub]:
    """Run a hub in a thread."""
    hub = Hub(repositories)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def _answer(self, body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.requests.append((self.command, path, self.headers.get("Range")))
            if hub.portal is not None and hub.portal in path:
                self._page(b"<!doctype html><title>Welcome</title><form>Your room number: <input></form>", "text/html")
            elif status := next((status for name, status in hub.refused.items() if name in path), None):
                self._error(status, None)
            elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
                self._info(*match.groups())
            elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
                self._file(match[1], match[3], body)
            else:
                self._error(404, "EntryNotFound")

        def _info(self, repository: str, revision: str | None) -> None:
            folder = hub.repositories.get(repository)
            if folder is None:
                return self._error(404, "RepoNotFound")
            if revision not in (None, "main", COMMIT):
                return self._error(404, "RevisionNotFound")
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            answer = {
                "id": repository,
                "sha": hub.commit,
                "cardData": {"license": "cc-by-sa-4.0"},
                "siblings": [_sibling(path, folder) for path in files],
            }
            return self._page(json.dumps(answer).encode(), "application/json")

        def _page(self, data: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _file(self, repository: str, name: str, body: bool) -> None:
            path = hub.repositories[repository] / name
            if not path.is_file():
                return self._error(404, "EntryNotFound")
            size, start = hub.short.get(name, path.stat().st_size), 0
            if wanted := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or ""):
                start = int(wanted[1])
                if start >= size:
                    return self._error(416, None)
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            else:
                self.send_response(200)
            self.send_header("ETag", f'"{_hashes(path)[0] if path.suffix in _LARGE else _hashes(path)[1]}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(size - start))
            self.end_headers()
            if body:
                self._send(path, name, start)
            return None

        def _send(self, path: Path, name: str, start: int) -> None:
            end = hub.break_at.pop(name, hub.short.get(name))
            sent = start
            with path.open("rb") as file:
                file.seek(start)
                while chunk := file.read(_CHUNK):
                    if name in hub.changed:
                        chunk = bytes(byte ^ 1 for byte in chunk[:1]) + chunk[1:]
                    if end is not None and sent + len(chunk) > end:
                        self.wfile.write(chunk[: max(0, end - sent)])
                        self.wfile.flush()
                        self.close_connection = True
                        self.connection.shutdown(2)
                        return
                    try:
                        self.wfile.write(chunk)
                    except (BrokenPipeError, ConnectionResetError):
                        self.close_connection = True
                        return
                    sent += len(chunk)
                    time.sleep(hub.slow)

        def _error(self, status: int, code: str | None) -> None:
            """Answer with a status, and as the Hugging Face Hub does with what it is about; other servers have no word for it."""
            self.send_response(status)
            if code is not None:
                self.send_header("X-Error-Code", code)
                self.send_header("X-Error-Message", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler


_known: dict[tuple[Path, int], tuple[str, str]] = {}


def _hashes(path: Path) -> tuple[str, str]:
    """The SHA-256 of a file, and the SHA-1 of its git blob."""
    key = (path, path.stat().st_mtime_ns)
    if key not in _known:
        data = path.read_bytes()
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
        _known[key] = (hashlib.sha256(data).hexdigest(), blob.hexdigest())
    return _known[key]


def _sibling(path: Path, folder: Path) -> dict[str, Any]:
    sha256, blob = _hashes(path)
    size = path.stat().st_size
    item: dict[str, Any] = {"rfilename": path.relative_to(folder).as_posix(), "size": size, "blobId": blob}
    if path.suffix in _LARGE:
        item["lfs"] = {"sha256": sha256, "size": size, "pointerSize": 134}
    return item
