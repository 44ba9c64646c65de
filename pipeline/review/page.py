"""The page's files, and the same page as one file for a colleague who has not got the program.

The page is HTML, CSS and modules as they stand in `static/`: no templates, no build step, nothing from elsewhere. Texts never
become HTML anywhere: they travel as JSON and are set as text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Final

from pipeline.errors import MonoglotError
from pipeline.review import queue
from pipeline.review.detail import detail
from pipeline.review.index import ensure_sample
from pipeline.review.queue import Query
from pipeline.review.store import Store

MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
# The order in which the modules stand in the one file: each after those that it imports.
MODULES: Final = ("dom.js", "estimate.js", "http.js", "local.js", "view.js", "queue.js", "keys.js", "app.js")
FORMAT: Final = "monoglot-review"
FORMAT_VERSION: Final = 1
_IMPORT: Final = re.compile(r"^import [^;]+;\n", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page."""

    body: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """All files of the page by name, read once; nothing else is ever served."""
    folder = resources.files("pipeline.review") / "static"
    return {
        file.name: Asset(file.read_bytes(), MEDIA_TYPES[file.name[file.name.rindex(".") :]])
        for file in folder.iterdir()
        if not file.name.startswith(".")
    }


def standalone(store: Store, folder: str, reviewer: str | None, seed: int, limit: int) -> bytes:
    """The page as one HTML file with its data in it: half of `limit` the riskiest segments, half the start of the sample.

    Its policy allows its own script and style by their hashes, and no connection to anywhere.
    """
    ensure_sample(store, seed)
    risky = _first(store, Query("risk"), limit - limit // 2)
    drawn = _first(store, Query("sample", seed=seed), limit // 2)
    items = {item["key"]: item for item in (*risky, *drawn)}
    many = Counter(item["document"] for item in items.values())
    documents = {item["document"]: item for item in sorted(items.values(), key=lambda item: item["path"])}
    data = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "folder": folder,
        "reviewer": reviewer,
        "seed": seed,
        "summary": queue.summary(store, Query("sample", seed=seed)) | {"documents": len(documents)},
        "documents": [
            {"id": name, "title": item["title"], "path": item["path"], "segments": many[name]}
            for name, item in documents.items()
        ],
        "risk": [item["key"] for item in sorted(items.values(), key=lambda item: -item["risk"])],
        "sample": [item["key"] for item in drawn],
        "items": items,
        "details": {key: detail(store, key) for key in items},
    }
    script, style = _script(), assets()["app.css"].body.decode()
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    # `</script` and `<!--` could end the block; in JSON a `<` may be written as its number.
    block = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    page = assets()["index.html"].body.decode()
    for old, new in (
        ("<!--policy-->", f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        ('<link rel="stylesheet" href="/static/app.css">', f"<style>{style}</style>"),
        ('<link rel="icon" href="/static/icon.svg">', ""),
        (
            '<script type="module" src="/static/app.js"></script>',
            f'<script type="application/json" id="data">{block}</script>\n<script type="module">{script}</script>',
        ),
    ):
        if page.count(old) != 1:
            raise AssertionError(f"index.html does not have {old!r} once")
        page = page.replace(old, new)
    return page.encode("utf-8")


def _first(store: Store, query: Query, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < number:
        size = min(queue.MAX_PAGE, number - len(found))
        some = queue.page(store, replace(query, limit=size, after=found[-1]["key"] if found else ""))
        found += some
        if len(some) < size:
            break
    return found


@cache
def _script() -> str:
    """All modules as one: their names are different, so what they export and import falls away."""
    files = assets()
    missing = sorted({name for name in files if name.endswith(".js")} ^ set(MODULES))
    if missing:
        raise MonoglotError(f"the page's modules and their order do not agree on {', '.join(missing)}")
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", files[name].body.decode())) for name in MODULES)


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
