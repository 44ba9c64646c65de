"""The types that flow through the pipeline: immutable, typed, and all that a record file holds.

Offsets everywhere are Unicode code points, half-open. A document has three texts: `raw` (the decoded file, its newlines
made LF where they were uniform; of a page the words that it shows), `source` (clean, in its own language) and `text` (clean
English). `raw` is not stored: the ledger turns `source` back into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SCHEMA_VERSION = 1
# The rule of the edits that take out what a page shows beside its article.
OUTSIDE = "page.outside"
# The rules of the edits that take out the marks of Markdown.
MARKDOWN = tuple(
    f"markdown.{name}"
    for name in (
        "block", "code", "emphasis", "escape", "front-matter", "heading", "html", "image", "line", "link", "list", "note",
        "quote", "ruler", "table", "template",
    )
)  # fmt: skip

Status = Literal["english", "translated", "untranslated", "empty", "duplicate"]
Newline = Literal["none", "lf", "crlf", "cr", "mixed"]
Action = Literal["copied", "translated", "kept"]
Kind = Literal["heading", "prose"]
Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Undecoded:
    """Bytes that the encoding has no character for: `raw` holds U+FFFD at `offset`, the record keeps the bytes (hex)."""

    offset: int
    bytes: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from, with all that is needed to write its bytes again.

    `kept` says where the bytes are: `ledger` (this record rebuilds them), `copy` (a stored copy under `sources/`) or
    `reference` (the file at `path`, recognised by its SHA-256).
    """

    path: str
    sha256: str
    size: int
    media_type: Literal["text/plain", "text/markdown", "text/html"]
    encoding: str
    bom: bool
    newline: Newline
    undecoded: tuple[Undecoded, ...]
    kept: Literal["ledger", "copy", "reference"]
    raw_sha256: str

    @property
    def id(self) -> str:
        """The document's identifier: the first 12 hex digits of the SHA-256 of its bytes."""
        return self.sha256[:12]


@dataclass(frozen=True, slots=True)
class Edit:
    """One explained change of a text: `text[start:end]`, which was `original`, became `replacement`."""

    start: int
    end: int
    original: str
    replacement: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Field:
    """One piece of metadata, where it was found (`rule`) and, if it was in the text, where (a span of `raw`)."""

    name: Literal["title", "date", "publisher", "author", "agency", "dateline", "rights", "year", "url"]
    value: str
    rule: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One language that a text may be in, with its probability."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Language:
    """The language of a text: ISO 639-1, or `und` where the evidence is too thin; `method` says how it was found."""

    code: str
    confidence: float
    alternatives: tuple[Candidate, ...]
    method: Literal["langdetect+py3langid", "inherited", "given", "none"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of `source` between blank lines."""

    source: Span
    kind: Kind
    language: Language


@dataclass(frozen=True, slots=True)
class Unit:
    """What becomes a segment: a span of `source` within one paragraph, in one language (`und` where it could not be told)."""

    paragraph: int
    source: Span
    language: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that a reader should know about a segment; the spans are the evidence, within `source` and `text`."""

    code: str
    severity: Severity
    message: str
    source: tuple[Span, ...] = ()
    text: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of the repair ladder: the method, what it gave, and the fault that made it not enough (None: it passed).

    `given` are the texts that the model was given for it, where that is not what the translation says: the segment with its
    capitals folded, or its two parts.
    """

    method: str
    hypothesis: str
    score: float
    fault: str | None
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pivot:
    """What the first of two models made of a segment, and the second was given: its words in a language between.

    `score` is the mean log-probability of a token of it, `tokens` the number of its SentencePiece pieces.
    """

    language: str
    hypothesis: str
    score: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Translation:
    """What a model made of a segment, or on a `kept` segment, what it tried in vain.

    `given` is what the model was first given where that is not the segment itself (capitals folded), else None. `score` is the
    mean log-probability of a token; token counts are SentencePiece pieces; all three are those of the attempt that stands.
    `attempts` are all that were made where the first was not enough, or that led to words that a model did not give: those of a
    glossary, of figures written as English does, of a part within its sentence. `origin` is `human` where a person's correction
    stands instead of what the model gave. Where two models translated one after the other, `model` names both with a `+`
    between, `pivot` has what lay between them, and `score` is the sum of both scores.
    """

    model: str
    given: str | None
    hypothesis: str
    score: float
    source_tokens: int
    target_tokens: int
    origin: Literal["model", "human"] = "model"
    attempts: tuple[Attempt, ...] = ()
    pivot: Pivot | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """The unit of translation: a sentence, or a clause of a long one, with its place in both texts.

    `copied` is English, or holds no letters outside addresses (its figures are written as English does); `translated` went
    through a model; `kept` stands in `text` as it was in `source`, and a flag says why. `risk`, from 0 to 1, is how much a reviewer should want to see it.
    """

    paragraph: int
    source: Span
    text: Span
    language: str
    action: Action
    translation: Translation | None = None
    flags: tuple[Flag, ...] = ()
    risk: float = 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The sums that must come out: segments by action, and where every character of `raw` went."""

    segments: int
    translated: int
    copied: int
    kept: int
    raw_characters: int
    source_characters: int
    removed_characters: int
    inserted_characters: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The earlier document of the run that this one nearly repeats: its identifier, and their estimated Jaccard similarity."""

    of: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Record:
    """Everything about one document. `signature` names what made it: other settings or models give another one.

    `duplicate` names the document that it nearly repeats. Where such documents are dropped its status is `duplicate`, too: it
    then has neither segments nor text, but its source as every other.
    """

    schema: int
    id: str
    status: Status
    signature: str
    origin: Source
    language: Language
    fields: tuple[Field, ...]
    source: str
    text: str
    edits: tuple[Edit, ...]
    paragraphs: tuple[Paragraph, ...]
    segments: tuple[Segment, ...]
    coverage: Coverage
    duplicate: Duplicate | None = None

    def field(self, name: str) -> str | None:
        """The value of a metadata field, or None; the first one found counts."""
        return next((field.value for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class Document:
    """A document on its way through the stages before the model; each stage returns a new one with more filled in.

    `raw` of a page is its article and then every block that it shows beside that, a paragraph each; the edits that it comes
    with take these out again, so that `clean` begins with the article. Those of a Markdown file take its marks out; those of
    other files come without edits.
    """

    origin: Source
    raw: str
    fields: tuple[Field, ...] = ()
    source: str = ""
    edits: tuple[Edit, ...] = ()
    language: Language | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    units: tuple[Unit, ...] = ()
