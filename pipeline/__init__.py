"""monoglot: a folder of articles in any language in, uniform English with full provenance out.

    >>> from pipeline import Settings, normalize
    >>> [record.status for record in normalize(["The council met on Monday and closed the old bridge."], Settings())]
    ['english']

`pipeline.run.run` does the same for files and writes an output folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["MonoglotError", "Record", "Segment", "Settings", "__version__", "normalize"]

if TYPE_CHECKING:
    from pipeline.errors import MonoglotError
    from pipeline.records import Record, Segment
    from pipeline.run import normalize
    from pipeline.settings import Settings

_HOMES = {
    "MonoglotError": "pipeline.errors",
    "Record": "pipeline.records",
    "Segment": "pipeline.records",
    "Settings": "pipeline.settings",
    "normalize": "pipeline.run",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the command's help must not wait for what it does not need."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
