"""The blocks of a Markdown text, by markdown-it: which lines are a paragraph, a heading, a row of a table, code, or marks alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Final, Literal

from markdown_it import MarkdownIt, rules_block
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType

from pipeline.read.markdown_inline import noting
from pipeline.scripts import UNSPACED

Shape = Literal["prose", "heading", "row", "code", "html", "definition", "ruler", "table", "template"]

# As markdown-it tells them from one another.
BREAK: Final = re.compile(r"\r\n|\r|\n")
_GONE: Final[dict[str, Shape]] = {
    "fence": "code",
    "code_block": "code",
    "html_block": "html",
    "definition": "definition",
    "hr": "ruler",
    "template": "template",
}
# The fences of pandoc's divisions, and attributes that kramdown has on a line of their own.
_FENCE: Final = re.compile(r":{3,}[ \t]*(?:\{.*\}|[\w-]+)?[ \t]*:*|\{:[^{}]*\}")
_NOTE: Final = re.compile(r"\[\^[^\[\]\s]{1,99}\]:[ \t]*")
_NOTE_INDENT: Final = 4
# A text whose paragraphs are indented holds no code: one of them has so many words, which are most of what is between spaces.
_MIN_WORDS: Final = 8
_MIN_SHARE: Final = 0.75
_CHARACTERS_A_WORD: Final = 2
_WORD: Final = re.compile(r"[\"'“”‘’«»„(\[¿¡—–-]*[^\W\d_]+(?:['’-][^\W\d_]+)*[\"'“”’«»)\].,;:!?…。，、-]*")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
# What programs have, and no prose.
_SIGN_OF_CODE: Final = re.compile(r"[<>{}=|\\]|\$(?!\d)|(?<!\S)--?\w")
# A definition of a link leads to what has such a sign: “[Weber]: Ja.” is what somebody said.
_DEFINITION: Final = re.compile(r"\[[^\[\]]+\]:\s*(?:<|\S*(?:[/#:@?]|\.\w))")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A block without blocks in it: its shape, its lines (half-open), and its words with their marks, where it has any.

    What holds it is not in `content`: the marks of quotations and lists, of headings, the spaces before it.
    """

    shape: Shape
    first: int
    end: int
    content: str = ""


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a text in their order, the lines that begin an item of a list of several, and what parses their words."""

    leaves: Sequence[Leaf]
    items: frozenset[int]
    parser: MarkdownIt
    references: EnvType


def blocks(text: str) -> Blocks:
    """The blocks of a text. What stands indented is code but in a text whose paragraphs are."""
    parser = _parser(indented_code=True)
    references: EnvType = {}
    tokens = parser.parse(text, references)
    lines = BREAK.split(text)
    if any(token.type == "code_block" and _is_prose(token, lines) for token in tokens):
        parser, references = _parser(indented_code=False), {}
        tokens = parser.parse(text, references)
    return Blocks(list(_leaves(tokens)), frozenset(_items(tokens)), parser, references)


@cache
def _parser(*, indented_code: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"inline_definitions": True}).enable(["table", "strikethrough"])
    parser.disable(
        "inline" if indented_code else ["inline", "code"]
    )  # the words of a block are parsed where they are looked at
    parser.block.ruler.at("fence", _fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.block.ruler.before("reference", "note", _note, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("fence", "division", _division, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.block.ruler.at("reference", _definition)
    noting(parser)
    return parser


def _leaves(tokens: Sequence[Token]) -> Iterator[Leaf]:
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.map is None:
            continue
        first, end = token.map
        if token.type in ("paragraph_open", "heading_open") and following is not None:
            yield Leaf("prose" if token.type == "paragraph_open" else "heading", first, end, following.content)
        elif token.type == "tr_open":
            yield Leaf("row", first, end)
            if (
                following is not None and following.type == "th_open"
            ):  # the line between the head of a table and its body
                yield Leaf("table", end, end + 1)
        elif token.type in _GONE:
            yield Leaf(_GONE[token.type], first, end, token.content)


def _items(tokens: Sequence[Token]) -> Iterator[int]:
    """The lines on which items begin of bulleted lists that have several."""
    lists: list[list[int]] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append([])
        elif token.type == "list_item_open" and token.map is not None:
            lists[-1].append(token.map[0])
        elif token.type in ("bullet_list_close", "ordered_list_close") and len(lines := lists.pop()) > 1:
            yield from lines


def _is_prose(token: Token, lines: Sequence[str]) -> bool:
    """Whether what stands indented has the words of prose, or goes on below: the first lines of its paragraphs are indented."""
    if _SIGN_OF_CODE.search(token.content):
        return False
    if token.level == 0 and token.map is not None and token.map[1] < len(lines) and lines[token.map[1]][:1].isalpha():
        return True
    words = token.content.split()
    told = sum(_WORD.fullmatch(word) is not None for word in words)
    unspaced = len(_UNSPACED.findall(token.content)) // _CHARACTERS_A_WORD
    return unspaced >= _MIN_WORDS or (len(words) >= _MIN_WORDS and told >= _MIN_SHARE * len(words))


def _fence(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """Code between fences. A fence that is never closed would make code of all that follows: it is none."""
    before, line = len(state.tokens), state.line
    if not rules_block.fence(state, startLine, endLine, silent):
        return False
    if silent:
        return True
    token = state.tokens[-1]
    last = state.line - 1
    closing = state.src[state.bMarks[last] + state.tShift[last] : state.eMarks[last]].strip()
    if last > startLine and closing.startswith(token.markup) and not closing.strip(token.markup[0]):
        return True
    del state.tokens[before:]
    state.line = line
    return False


def _definition(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """The target of links that name it, `[1]: https://example.org`."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    return _DEFINITION.match(state.src, start) is not None and rules_block.reference(state, startLine, endLine, silent)


def _division(state: StateBlock, startLine: int, _: int, silent: bool) -> bool:
    """A line that holds nothing but marks."""
    line = state.src[state.bMarks[startLine] + state.tShift[startLine] : state.eMarks[startLine]]
    if state.is_code_block(startLine) or not _FENCE.fullmatch(line.rstrip()):
        return False
    if not silent:
        token = state.push("template", "", 0)
        token.map = [startLine, startLine + 1]
        state.line = startLine + 1
    return True


def _note(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """A footnote, `[^1]: Its words`, with the paragraphs that stand indented below it, as markdown-it does with other containers."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    found = _NOTE.match(state.src, start, state.eMarks[startLine])
    if found is None or state.is_code_block(startLine):
        return False
    if silent:
        return True
    saved = state.bMarks[startLine], state.tShift[startLine], state.sCount[startLine], state.parentType
    state.bMarks[startLine], state.tShift[startLine] = found.end(), 0
    state.blkIndent += _NOTE_INDENT
    state.sCount[startLine] = state.blkIndent
    state.parentType = "footnote"
    state.push("note_open", "", 1)
    state.md.block.tokenize(state, startLine, endLine)
    state.push("note_close", "", -1)
    state.blkIndent -= _NOTE_INDENT
    state.bMarks[startLine], state.tShift[startLine], state.sCount[startLine], state.parentType = saved
    return True
