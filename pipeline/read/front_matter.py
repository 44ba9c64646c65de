"""The front matter of a Markdown text: YAML between lines of `---`, TOML between lines of `+++`, or a JSON object."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import yaml

from pipeline.records import Field, Span

RULE: Final = "markdown.front-matter"

_YAML: Final = re.compile(r"\s*---[ \t\r]*\n(?P<body>.*?)^(?:---|\.\.\.)[ \t\r]*(?:\n|\Z)", re.S | re.M)
_TOML: Final = re.compile(r"\s*\+\+\+[ \t\r]*\n(?P<body>.*?)^\+\+\+[ \t\r]*(?:\n|\Z)", re.S | re.M)
_JSON: Final = re.compile(r"\s*(?=\{\s*\")")
# Longer than this is no front matter.
_MAX: Final = 64 * 1024
# What the programs that write Markdown call these, the first one there is counts: Hugo, Jekyll, Hexo, Obsidian's clipper, Ghost.
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "title": ("title", "headline"),
    "author": ("author", "authors", "byline", "creator"),
    "date": ("date", "published", "publishdate", "publish_date", "published_at", "pubdate", "date_published"),
    "publisher": ("publisher", "publication", "newspaper", "site_name", "sitename", "site", "source"),
    "url": ("url", "source_url", "original_url", "canonical", "canonical_url", "canonicalurl", "link", "source"),
}
# One of these shows that lines between dashes are front matter, and no words.
_KNOWN: Final = frozenset(name for names in _NAMES.values() for name in names) | {
    "aliases", "categories", "category", "created", "description", "draft", "excerpt", "image", "keywords", "lang", "language",
    "lastmod", "layout", "permalink", "slug", "subtitle", "summary", "tags", "type", "updated",
}  # fmt: skip
_LINE: Final = re.compile(r"^([A-Za-z][\w-]*(?: [\w-]+)*):[ \t]+(\S.*)$", re.M)
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_ADDRESS: Final = re.compile(r"https?://\S+")
_BRACKETS: Final = re.compile(r"\A\[\[(?:.*\|)?(.*)\]\]\Z")


@dataclass(frozen=True, slots=True)
class Value:
    """One value as it is written: what it says, and where, without the marks around it (None where it can't be told)."""

    text: str
    span: Span | None


Values = Mapping[str, Sequence[Value]]


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands before a text: where it ends, and the metadata in it, the title first."""

    end: int
    fields: tuple[Field, ...] = ()


def front_matter(text: str) -> FrontMatter | None:
    """The front matter of a text, None where it has none. Its language is not taken from there: the words tell it."""
    head = text[:_MAX]
    for pattern, read in ((_YAML, _yaml), (_TOML, _toml)):
        if found := pattern.match(head):
            return _checked(found.end(), read(found["body"], found.start("body")))
    if found := _JSON.match(head):
        return _json(head, found.end())
    return None


def _checked(end: int, values: Values) -> FrontMatter | None:
    return FrontMatter(end, tuple(_fields(values))) if _KNOWN.intersection(values) else None


def _yaml(body: str, at: int) -> Values:
    """The values at the top of a YAML mapping. Where it breaks the rules, as titles with a colon do, it is read line by line."""
    try:
        root = yaml.compose(body, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return {line[1].lower(): [_scalar(line[2].rstrip(), at + line.start(2))] for line in _LINE.finditer(body)}
    if not isinstance(root, yaml.MappingNode):
        return {}
    return {
        key.value.lower(): list(_written(node, body, at))
        for key, node in root.value
        if isinstance(key, yaml.ScalarNode)
    }


def _written(node: yaml.Node, body: str, at: int) -> Iterator[Value]:
    """The scalars of a node: itself, those of its list, or the `name` of what it describes."""
    if isinstance(node, yaml.ScalarNode):
        start, end = node.start_mark.index, node.end_mark.index
        if node.style in ("'", '"'):
            start, end = start + 1, end - 1
        end -= len(body[start:end]) - len(body[start:end].rstrip())
        yield Value(node.value.strip(), Span(at + start, at + end))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _written(item, body, at)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == "name":
                yield from _written(value, body, at)


def _scalar(written: str, start: int) -> Value:
    """A value on a line that YAML could not read."""
    if len(written) > 1 and written[0] == written[-1] and written[0] in "'\"":
        return Value(written[1:-1], Span(start + 1, start + len(written) - 1))
    return Value(written, Span(start, start + len(written)))


def _toml(body: str, at: int) -> Values:
    try:
        table = tomllib.loads(body)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    return _found(table, body, at, r"^[ \t]*{}[ \t]*=")


def _json(text: str, start: int) -> FrontMatter | None:
    try:
        table, end = json.JSONDecoder().raw_decode(text, start)
    except (json.JSONDecodeError, RecursionError):
        return None
    return _checked(end, _found(table, text[start:end], start, r'"{}"\s*:'))


def _found(table: Mapping[str, Any], body: str, at: int, key: str) -> Values:
    """The values of a table that a library has read, looked for behind their keys."""
    values: dict[str, list[Value]] = {}
    for name, value in table.items():
        place = re.search(key.format(re.escape(name)), body, re.M)
        values[name.lower()] = [_behind(text, body, at, place.end() if place else 0) for text in _texts(value)]
    return values


def _behind(text: str, body: str, at: int, key: int) -> Value:
    for written in (text, json.dumps(text, ensure_ascii=False)[1:-1]):  # quotes may stand in it with a backslash
        if (start := body.find(written, key)) >= 0:
            return Value(text, Span(at + start, at + start + len(written)))
    return Value(text, None)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, datetime | date):
        yield value.isoformat()[:10]
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict) and "name" in value:
        yield from _texts(value["name"])


def _fields(values: Values) -> Iterator[Field]:
    for name, keys in _NAMES.items():
        read = _READ[name]
        for key in keys:
            if texts := [text for value in values.get(key, ()) if (text := read(value.text))]:
                spans = [value.span for value in values[key] if value.span is not None]
                span = Span(spans[0].start, spans[-1].end) if spans else None
                yield Field(name, "; ".join(texts), RULE, span)  # type: ignore[arg-type]
                break


def _name(text: str) -> str:
    """A name: it may be that of another note, in brackets, but it is no address, and no file."""
    words = " ".join(_BRACKETS.sub(r"\1", text).split())
    return "" if _ADDRESS.match(words) or words.endswith(".md") else words


def _day(text: str) -> str:
    """A date, the day of it where it is written as ISO 8601 has it."""
    day = _DAY.match(text)
    return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else _name(text)


def _address(text: str) -> str:
    return text if _ADDRESS.fullmatch(text) else ""


_READ: Final[Mapping[str, Callable[[str], str]]] = {
    "title": lambda text: " ".join(text.split()),
    "author": _name,
    "date": _day,
    "publisher": _name,
    "url": _address,
}
