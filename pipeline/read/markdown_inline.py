"""What of a paragraph of Markdown is a mark: markdown-it parses it, and here it is noted where each of its rules has found one.

What the dialects have that articles come in (Obsidian's notes, Hugo's and Jekyll's posts, pandoc's output) is added as rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt, rules_inline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from pipeline.read.page_blocks import INLINE
from pipeline.scripts import UNSPACED

Rule = Callable[[rules_inline.StateInline, bool], bool]

CODE: Final = "markdown.code"
EMPHASIS: Final = "markdown.emphasis"
ESCAPE: Final = "markdown.escape"
HTML: Final = "markdown.html"
IMAGE: Final = "markdown.image"
LINK: Final = "markdown.link"
LIST: Final = "markdown.list"
NOTE: Final = "markdown.note"
QUOTE: Final = "markdown.quote"
TEMPLATE: Final = "markdown.template"

# Attributes as pandoc and kramdown write them: {.lead}, {#top .wide width="30"}, {: .lead}. Each ends before white space, so that
# there is one way to read many of them.
_ATTRIBUTES: Final = r"""\{:?\s*(?:[.#][\w:-]+(?=[\s}])|[\w:-]+=(?:"[^"{}]*"|'[^'{}]*'|[^\s"'{}]+)(?=[\s}])|\s)+\}"""
# What the templates of Hugo and Jekyll fill in; longer ones would make many braces take quadratic time.
_TEMPLATE: Final = r"\{\{.{0,500}?\}\}|\{%.{0,500}?%\}"
# What can stand behind a label in brackets without its being a link of CommonMark.
_TAIL: Final = re.compile(rf"{_ATTRIBUTES}|\(\s*(?:{_TEMPLATE})[^()\n]*\)")
# Where attributes can stand by themselves: behind another mark, or at the end of a paragraph or a heading.
_PLACED: Final = rf"(?:(?<=[\])`*_>])|(?<!\S)(?={_ATTRIBUTES}\s*\Z)){_ATTRIBUTES}"
# What a quotation of Obsidian's or GitHub's begins with; the rest of its line is a title.
_CALLOUT: Final = r"\[![a-zA-Z-]+\][+-]?(?!\S)"
# Marks of dialects by their first character: all of the match goes but the words of the group `kept`.
_DIALECTS: Final = {
    character: [(re.compile(pattern), rule) for pattern, rule in patterns]
    for character, patterns in {
        "[": [
            (r"\[\^[^\[\]\s]{1,99}\]", NOTE),
            (r"\A\[[ xX]\](?=\s)", LIST),
            (rf"\A{_CALLOUT}", QUOTE),
            (r"\[\[(?:[^\[\]|\n]*\|)?(?P<kept>[^\[\]|\n]+)\]\]", LINK),
        ],
        "!": [(r"!\[\[[^\[\]\n]+\]\]", IMAGE), (r"!\[[^\[\]]*\]\((?=[^()\n]*\))(?:data:|[^()\n]*\.(?i:avif|gif|jpe?g|png|svg|webp))[^()\n]*\)", IMAGE)],
        "{": [(_TEMPLATE, TEMPLATE), (_PLACED, TEMPLATE)],
        "=": [(r"==(?=[^\s=])(?P<kept>[^=\n]+)(?<!\s)==(?!=)", EMPHASIS)],
        "^": [(r"(?<=\s)\^[0-9a-z]{6}\s*\Z", NOTE), (r"\^(?P<kept>[^\W_]{1,10}|[®™©℠]|\[\d{1,4}\])\^", EMPHASIS)],
        "~": [(r"(?<!~)~(?P<kept>[^\W_]{1,10})~(?!~)", EMPHASIS)],
        "\\": [(r"\\(?P<kept> )(?=\S)", ESCAPE), (r"\A\\\Z", ESCAPE)],
        # The end of a link that goes over several blocks.
        "]": [(r"\]\((?:<[^<>/\n]*/[^<>\n]*>|[^\s()<>/]*/[^\s()<>]*)(?:\s+\"[^\"\n]*\")?\s*\)", LINK)],
    }.items()
}  # fmt: skip
_TAG: Final = re.compile(r"</?([a-z][a-z0-9-]*)", re.I)
_SPACED: Final = re.compile(rf"(?![{UNSPACED}])[^\W_]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark within a paragraph: its place, what stands there instead, and its rule."""

    start: int
    end: int
    replacement: str
    rule: str


class _Placed(rules_inline.StateInline):
    """The state of a paragraph that is parsed, with the marks found so far.

    `delimiters_at` are the tokens that may become emphasis with their places, `hard` the ends of lines that the writer broke.
    """

    def __init__(self, text: str, parser: MarkdownIt, env: EnvType) -> None:
        super().__init__(text, parser, env, [])
        self.marks: list[Mark] = []
        self.delimiters_at: list[tuple[Token, int]] = []
        self.hard: set[int] = set()

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """As CommonMark has it, but that nothing is emphasised from within a word on: “f**k and sh**t”, “2*3*4”."""
        found = super().scanDelims(start, canSplitWord)
        end = start + found.length
        within = start > 0 and end < self.posMax and _SPACED.match(self.src, start - 1) and _SPACED.match(self.src, end)
        return found._replace(can_open=False) if within else found


def marks(text: str, parser: MarkdownIt, env: EnvType) -> tuple[list[Mark], set[int]]:
    """The marks in a paragraph, in no order, and where the ends of lines are that the writer broke (offsets of line feeds)."""
    state = _Placed(text, parser, env)
    parser.inline.tokenize(state)
    for rule in parser.inline.ruler2.getRules(""):
        rule(state)
    state.marks += (
        Mark(at, at + len(token.meta["written"]), "", EMPHASIS)
        for token, at in state.delimiters_at
        if token.type != "text" or not token.content
    )
    if re.match(_CALLOUT, text):
        state.hard.add(text.find("\n"))
    return state.marks, state.hard


def noting(parser: MarkdownIt) -> None:
    """Have a parser note the marks, and know those of the dialects."""
    setattr(parser, "validateLink", lambda _: True)  # noqa: B010 (a script is no words, either; as its documentation says)
    rules = parser.inline.ruler
    rules.at("newline", _noted(rules_inline.newline, _break))
    rules.at("escape", _noted(rules_inline.escape, _escape))
    rules.at("backticks", _noted(rules_inline.backtick, _code))
    rules.at("strikethrough", _noted(rules_inline.strikethrough.tokenize, _delimiters))
    rules.at("emphasis", _noted(rules_inline.emphasis.tokenize, _delimiters))
    rules.at("link", _link)
    rules.at("image", _noted(rules_inline.image, _image))
    rules.at("autolink", _noted(rules_inline.autolink, _autolink))
    rules.at("html_inline", _noted(rules_inline.html_inline, _html))
    rules.at("entity", _noted(rules_inline.entity, _escape))
    rules.before("escape", "dialects", _dialects)
    rules.after("link", "labels", _labels)
    parser.inline.ruler2.disable("fragments_join")  # which would join tokens that are still to be looked at


def _noted(rule: Rule, note: Callable[[_Placed, int, list[Token]], None]) -> Rule:
    """A rule of markdown-it after which what it has found is noted: given where it began, and the tokens that it has made."""

    def noted(state: rules_inline.StateInline, silent: bool) -> bool:
        start = state.pos
        before = len(state.tokens) + bool(
            state.pending
        )  # the words before it become a token as soon as there is another
        if not rule(state, silent):
            return False
        if not silent and isinstance(state, _Placed):  # the alternative text of an image is parsed apart
            note(state, start, state.tokens[before:])
        return True

    return noted


def _break(state: _Placed, start: int, _: list[Token]) -> None:
    if state.tokens[-1].type == "hardbreak":
        state.hard.add(start)


def _escape(state: _Placed, start: int, made: list[Token]) -> None:
    if not made:
        return
    if made[-1].type == "hardbreak":
        state.hard.add(start + 1)
        state.marks.append(Mark(start, start + 1, "", ESCAPE))
    elif state.src[start : state.pos] != made[-1].content:
        state.marks.append(Mark(start, state.pos, made[-1].content, ESCAPE))


def _code(state: _Placed, start: int, made: list[Token]) -> None:
    if made:
        _around(state, start, start + len(made[-1].markup), state.pos - len(made[-1].markup), state.pos, CODE)


def _delimiters(state: _Placed, start: int, made: list[Token]) -> None:
    for token in made:
        token.meta["written"] = token.content
        state.delimiters_at.append((token, start))
        start += len(token.content)


def _image(state: _Placed, start: int, _: list[Token]) -> None:
    state.marks.append(Mark(start, state.pos, "", IMAGE))


def _autolink(state: _Placed, start: int, _: list[Token]) -> None:
    _around(state, start, start + 1, state.pos - 1, state.pos, LINK)


def _html(state: _Placed, start: int, made: list[Token]) -> None:
    state.marks.append(Mark(start, state.pos, instead(made[-1].content), HTML))


def instead(tag: str) -> str:
    """What stands instead of an HTML tag or comment: the end of a block, or nothing where it stands in a line of text."""
    name = _TAG.match(tag)
    return "" if name is None or name[1].lower() in INLINE else "\n\n"


def _around(state: _Placed, start: int, inner: int, outer: int, end: int, rule: str) -> None:
    """Note two marks, before and after words."""
    state.marks += (Mark(start, inner, "", rule), Mark(outer, end, "", rule))


def _link(state: rules_inline.StateInline, silent: bool) -> bool:
    start = state.pos
    if state.src[start] != "[":
        return False
    label_end = state.md.helpers.parseLinkLabel(state, start, True)
    if label_end < 0 or not rules_inline.link(state, silent):
        return False
    if not silent and isinstance(state, _Placed):
        _around(state, start, start + 1, label_end, state.pos, LINK)
    return True


def _labels(state: rules_inline.StateInline, silent: bool) -> bool:
    """Words in brackets with attributes, or with a target that a template has: `[words]{.small}`, `[words]({{< ref "x" >}})`."""
    start = state.pos
    if state.src[start] != "[":
        return False
    label_end = state.md.helpers.parseLinkLabel(state, start)
    tail = _TAIL.match(state.src, label_end + 1, state.posMax) if label_end >= 0 else None
    return tail is not None and _words(state, silent, start, start + 1, label_end, tail.end(), LINK)


def _dialects(state: rules_inline.StateInline, silent: bool) -> bool:
    for pattern, rule in _DIALECTS.get(state.src[state.pos], ()):
        if found := pattern.match(state.src, state.pos, state.posMax):
            inner, outer = found.span("kept") if "kept" in pattern.groupindex else (found.end(), found.end())
            return _words(state, silent, found.start(), inner, outer, found.end(), rule)
    return False


def _words(
    state: rules_inline.StateInline, silent: bool, start: int, inner: int, outer: int, end: int, rule: str
) -> bool:
    """Note the marks around words, and parse these, as markdown-it does with those of a link."""
    if not silent:
        state.push("words_open", "", 1)
        maximum, state.pos, state.posMax = state.posMax, inner, outer
        state.md.inline.tokenize(state)
        state.posMax = maximum
        state.push("words_close", "", -1)
        if isinstance(state, _Placed):
            _around(state, start, inner, outer, end, rule)
    state.pos = end
    return True
