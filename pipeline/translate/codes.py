"""The language codes of other programs, as documents have them."""

from __future__ import annotations

import re
from functools import cache

from pipeline.identify import SAME, UNDETERMINED
from pipeline.models.catalogue import catalogue
from pipeline.settings import is_code


@cache
def document_code(tag: str) -> str | None:
    """The code, of ISO 639-1 or `und`, that documents in the language of a tag (BCP 47, or ISO 639 in three letters) have.

    None where they have none. What is older, longer or a variety is looked up in CLDR's aliases.

    >>> [document_code(tag) for tag in ("it-CH", "ita", "nb-NO", "iw", "fil", "und", "xyz")]
    ['it', 'it', 'no', 'he', 'tl', 'und', None]
    """
    from babel.core import get_global

    code = re.split("[-_]", tag.lower(), maxsplit=1)[0]
    if code in (UNDETERMINED, *catalogue().languages):  # CLDR would have fil for tl
        return code
    alias: str = get_global("language_aliases").get(code, code).partition("_")[0]
    code = SAME.get(alias, "tl" if alias == "fil" else alias)
    return code if is_code(code) else None


def unknown(tag: str) -> str:
    """What is said of a text that no document will have."""
    return f"in {tag}, a language that no document is found to be in"
