"""What the terminal shows: progress, the summary, a document side by side. Plain lines where there is no terminal."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from pipeline.clean.boilerplate import AGREEING, ENOUGH, Verdict
from pipeline.clean.evidence import JUDGED
from pipeline.provenance import english_title
from pipeline.records import OUTSIDE, Edit, Flag, Record, Segment, Severity, Span
from pipeline.report import Observer, Report, Silent

# In a pipe a line of progress every so many seconds is enough to see that the run is alive.
PLAIN_INTERVAL: Final = 5.0
_STATUS_STYLES: Final = {
    "english": "green",
    "translated": "green",
    "untranslated": "yellow",
    "empty": "dim",
    "duplicate": "dim",
    "failed": "red",
}
# From here on a segment's risk is shown in colour: the page calls it medium there.
RISKY: Final = 0.33
# What turns the direction of a line, or moves the cursor; a new line is a new line.
_STEERING: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# What the rules of the edits begin with that take whole blocks out.
_BLOCKS: Final = ("boilerplate.", OUTSIDE)
_SEVERITY_STYLES: Final = {"info": "dim", "warning": "yellow", "error": "red"}


@contextmanager
def observer(quiet: bool) -> Iterator[Observer]:
    """Who shows how a run goes on: bars on a terminal, lines in a pipe, problems only when quiet. All on stderr."""
    if quiet:
        yield _Problems()
    elif sys.stderr.isatty():
        console = Console(stderr=True)
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, transient=True) as progress:
            yield _Bars(progress)
    else:
        yield _Lines()


def printable(text: str) -> str:
    """A file name or message without the characters that would steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def counted(number: int, noun: str, many: str | None = None) -> str:
    """A number and what there is so many of.

    >>> counted(1, "file"), counted(1200, "file"), counted(2, "hypothesis", "hypotheses")
    ('1 file', '1,200 files', '2 hypotheses')
    """
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"


class _Problems(Silent):
    """Says what went wrong, and nothing else."""

    def problem(self, path: str, message: str) -> None:
        self._say(f"{printable(path)}: {printable(message)}")

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


class _Lines(_Problems):
    """Plain lines for a log."""

    def __init__(self) -> None:
        self._total = self._read = self._wanted = self._translated = 0
        self._last = time.monotonic()

    def note(self, message: str) -> None:
        self._say(printable(message))

    def listed(self, documents: int) -> None:
        self._total = documents
        self._say(f"reading {counted(documents, 'file')}")

    def read(self, documents: int) -> None:
        self._read += documents
        self._tell()

    def translating(self, segments: int) -> None:
        self._wanted += segments

    def translated(self, segments: int) -> None:
        self._translated += segments
        self._tell()

    def _tell(self) -> None:
        if time.monotonic() - self._last >= PLAIN_INTERVAL:
            self._last = time.monotonic()
            self._say(
                f"read {self._read:,} of {self._total:,} files, translated {self._translated:,} of {self._wanted:,} segments"
            )


class _Bars(_Problems):
    """Progress bars, with problems and notes above them."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._documents = progress.add_task("reading", total=None)
        self._segments: TaskID | None = None

    def _say(self, line: str) -> None:
        self._progress.console.print(Text(line), soft_wrap=True)

    def note(self, message: str) -> None:
        self._say(printable(message))

    def listed(self, documents: int) -> None:
        self._progress.update(self._documents, total=documents)

    def read(self, documents: int) -> None:
        self._progress.advance(self._documents, documents)

    def translating(self, segments: int) -> None:
        if self._segments is None:
            self._segments = self._progress.add_task("translating", total=0)
        task = next(task for task in self._progress.tasks if task.id == self._segments)
        self._progress.update(self._segments, total=(task.total or 0) + segments)

    def translated(self, segments: int) -> None:
        if self._segments is not None:
            self._progress.advance(self._segments, segments)


def summary(report: Report, out: Path | None) -> None:
    """Print the table that ends a run, and what to do about what was not done.

    Where there is no folder to name, standard output has what the run made: then only the latter is said, on standard error,
    and what was passed over, which no run.json tells.
    """
    console = _console(stderr=out is None)
    if out is not None:
        _table(console, report, out)
    else:
        for reason, number in report.passed_over.items():
            console.print(Text(f"{number:,} passed over: {printable(reason)}"), soft_wrap=True)
    for line in _remarks(report):
        console.print(Text(line), soft_wrap=True)


def _table(console: Console, report: Report, out: Path) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("status")
    table.add_column("documents", justify="right")
    table.add_column("languages")
    for status, number in report.counts().items():
        if number:
            languages = ", ".join(
                f"{code} {n:,}" for (code, of), n in sorted(report.languages.items()) if of == status and code
            )
            table.add_row(Text(status, _STATUS_STYLES[status]), f"{number:,}", languages)
    console.print(table)
    s = report.segments
    console.print(
        f"{counted(sum(s.values()), 'segment')}: {s['translated']:,} translated, {s['copied']:,} copied, {s['kept']:,} kept as they were; "
        f"{counted(report.flags, 'flag')}. {report.seconds:.1f} s → {printable(str(out))}/",
        highlight=False,
        markup=False,
    )


def _remarks(report: Report) -> Iterator[str]:
    if report.unchanged:
        yield f"{_documents(report.unchanged)} unchanged since the last run: not done again (--force does them)."
    if report.copies:
        yield f"{_documents(report.copies)} the same bytes as another: done once."
    if dropped := report.statuses["duplicate"]:
        yield f"{_documents(dropped)} nearly the same as another: recorded, but not translated, and without a text."
    elif report.alike:
        yield f"{_documents(report.alike)} nearly the same as another (--drop-duplicates leaves such out of the text)."
    if report.orphans:
        remedy = (
            "not removed: they may be where something could not be read, or was empty"
            if report.spared
            else "--prune removes them"
        )
        yield f"{_documents(report.orphans)} of an earlier run no longer in the input: kept, but not in documents.jsonl ({remedy})."
    if report.pruned:
        yield f"{_documents(report.pruned)} no longer in the input: removed."
    if report.partly:
        yield f"{_documents(report.partly)} in English only in part: kept in documents.jsonl counts what was left."
    yield from _without_model([code for code in sorted(report.missing) if code != "und"])
    if number := report.missing["und"]:
        named = ", ".join(report.untold) + (
            f" and {number - len(report.untold):,} more" * (number > len(report.untold))
        )
        yield (
            f"{_documents(number)} in a language that could not be told: {printable(named)}. If you know it: --language "
            "CODE=FILE, or CODE=FOLDER for all in it."
        )


def _without_model(languages: Sequence[str]) -> Iterator[str]:
    """What to do about languages without a model: only of some is there one to fetch."""
    if not languages:
        return
    from pipeline.models.catalogue import catalogue

    known = [code for code in languages if code in catalogue().languages]
    if known:
        yield f"No model for {', '.join(known)}. Get one with: monoglot models fetch {' '.join(known)}"
    if others := [code for code in languages if code not in known]:
        yield f"No model for {', '.join(others)}, and none in the catalogue; one of your own: monoglot models import --help"


def _documents(number: int) -> str:
    return f"{counted(number, 'document')} {'is' if number == 1 else 'are'}"


def document(record: Record, orphan: bool = False) -> None:
    """Print a document, source and English side by side, a paragraph of segments at a time; of an `orphan`, that it is one."""
    console = _console()
    path = printable(record.origin.path)
    console.print(Text(steerless(english_title(record) or path), "bold"), soft_wrap=True)
    language = f"{record.language.code} {record.language.confidence:.2f}"
    console.print(Text(f"{record.id}  {path}  {record.status}  {language}", "dim"), soft_wrap=True)
    if orphan:
        console.print(
            Text("of an earlier run: no longer in the input, not in documents.jsonl", "yellow"), soft_wrap=True
        )
    if record.duplicate is not None:
        like = f"nearly repeats {record.duplicate.of} (similarity {record.duplicate.similarity:.2f})"
        console.print(Text(like + (": dropped" if record.status == "duplicate" else ""), "yellow"), soft_wrap=True)
    for field in record.fields:
        console.print(Text(f"{field.name}: {steerless(field.value)}  ({field.rule})", "dim"), soft_wrap=True)
    if not record.segments:
        console.print(Text(steerless(record.source)), soft_wrap=True)
        return
    table = _side_by_side(f"source ({record.language.code})")
    paragraph = 0
    for number, segment in enumerate(record.segments):
        if segment.paragraph != paragraph:
            table.add_section()
            paragraph = segment.paragraph
        _add_segment(table, record, segment, str(number))
    console.print(table)


def segments(chosen: Iterable[tuple[Record, int]]) -> None:
    """Print segments of any documents, source and English side by side, each under where it stands."""
    console = _console()
    for record, number in chosen:
        segment = record.segments[number]
        head = Text(f"{printable(record.origin.path)}  segment {number} of {record.id}", "dim")
        if segment.risk:
            head.append(f"  risk {segment.risk:.2f}", "yellow" if segment.risk >= RISKY else "dim")
        console.print(head, soft_wrap=True)
        table = _side_by_side(segment.language)
        _add_segment(table, record, segment, "")
        console.print(table)


def _side_by_side(left: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_lines=False, expand=True)
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column(left, ratio=1)
    table.add_column("English", ratio=1)
    return table


def _add_segment(table: Table, record: Record, segment: Segment, number: str) -> None:
    source = _marked(record.source, segment.source, [(flag.severity, flag.source) for flag in segment.flags])
    text = _marked(record.text, segment.text, [(flag.severity, flag.text) for flag in segment.flags])
    if segment.action == "copied":
        text = Text("(the same)", "dim")
    elif segment.translation is not None and segment.translation.origin == "human":
        text.append("\n(a person's words)", "dim")
    if segment.translation is not None and (between := segment.translation.pivot) is not None:
        text.append(f"\n(by way of {between.language}, {between.score:.2f}: {steerless(between.hypothesis)})", "dim")
    for flag in segment.flags:
        text.append(f"\n{_flag(flag)}", _SEVERITY_STYLES[flag.severity])
    table.add_row(number, source, text)


def _marked(text: str, span: Span, evidence: Iterable[tuple[Severity, Sequence[Span]]]) -> Text:
    """The words of a span, with the evidence of its flags underlined in the colours of the flags."""
    marked = Text(steerless(text[span.start : span.end]))
    for severity, spans in evidence:
        for one in spans:
            marked.stylize(f"underline {_SEVERITY_STYLES[severity]}", one.start - span.start, one.end - span.start)
    return marked


def steerless(text: str) -> str:
    """A text with a sign in the place of each character that could steer the terminal; as long as it was."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def _flag(flag: Flag) -> str:
    return f"[{flag.code}] {steerless(flag.message)}"


def removed(record: Record) -> None:
    """Print what cleaning took away from a document, and why; changed characters are counted by rule."""
    console = _console()
    blocks = [edit for edit in record.edits if edit.rule.startswith(_BLOCKS)]
    for edit in blocks:
        console.print(Text(steerless(edit.original.strip()), "red"), soft_wrap=True)
        console.print(Text(f"  {edit.rule} at {edit.start}: {steerless(edit.reason)}", "dim"), soft_wrap=True)
    others: dict[str, int] = {}
    for edit in record.edits:
        if not edit.rule.startswith(_BLOCKS):
            others[edit.rule] = others.get(edit.rule, 0) + 1
    console.print(
        f"{len(blocks)} blocks removed; other edits: {', '.join(f'{r} {n}' for r, n in sorted(others.items())) or 'none'}"
    )


def verdicts(judged: Iterable[Verdict], threshold: float, edits: Iterable[Edit] = ()) -> None:
    """Print each block with its probability of being furniture, each sentence that is taken out of one with the sum of its
    evidence, and that evidence; red is what goes. Then the blocks that went before any was judged, by the `edits` that a document comes with."""
    console = _console()
    for verdict in judged:
        mark = "-" if verdict.removed else " "
        words = steerless(verdict.block.text)
        console.print(Text(f"{mark}{verdict.score:6.2f}  {words}", "red" if verdict.removed else ""), soft_wrap=True)
        for item in verdict.evidence:
            if item.weight or item.rule == JUDGED:
                console.print(
                    Text(f"         {item.weight:+.2f} {item.rule}: {steerless(item.reason)}", "dim"), soft_wrap=True
                )
    for edit in (edit for edit in edits if edit.rule.startswith(_BLOCKS)):
        console.print(Text(f"-        {steerless(edit.original.strip())}", "red"), soft_wrap=True)
        console.print(Text(f"         {edit.rule}: {steerless(edit.reason)}", "dim"), soft_wrap=True)
    console.print(
        f"a block goes where it is furniture with a probability of {threshold:.2f} or more, of {threshold * AGREEING:.2f} "
        f"where the evidence alone comes to {ENOUGH}",
        highlight=False,
    )


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Let the command end as all do whose reader has gone: rich would end the program, with 1."""
        raise


def _console(stderr: bool = False) -> Console:
    """Standard output or error, as wide as the terminal; wide enough for two columns in a pipe."""
    stream = sys.stderr if stderr else sys.stdout
    return _Console(stderr=stderr, width=None if stream.isatty() else 120)
