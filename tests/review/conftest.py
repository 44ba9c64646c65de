"""A folder to review, with its verdicts and a memory; a real server and a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from pipeline.review import queue
from pipeline.review.index import refresh
from pipeline.review.memory import MemoryFile
from pipeline.review.queue import Query
from pipeline.review.store import Store
from pipeline.translate.memory import Memory

from . import corpus

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "the page's tests need a browser: apt-get install chromium (Debian), or put google-chrome on the PATH"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Screenshots of every run, for a person to look at; not in git.
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus.write(tmp_path / "normalized", [corpus.HARBOUR, corpus.VALLEY])


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store(folder) as store:
        refresh(store)
        yield store


@pytest.fixture
def memory(tmp_path: Path) -> MemoryFile:
    return MemoryFile(tmp_path / "memory.sqlite")


def corrections(memory: MemoryFile, language: str = "it") -> dict[str, str]:
    with Memory(memory.path) as opened:
        return {c.source: c.english for c in opened.every_correction(language)}


def first(store: Store, **how: object) -> dict[str, object]:
    return queue.page(store, Query(**how))[0]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Served:
    """A running `monoglot review`."""

    address: str
    folder: Path
    memory: Path
    process: subprocess.Popen[str]

    @property
    def root(self) -> str:
        """The address without its token."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.address).query)["token"][0]


def environment(memory: Path) -> dict[str, str]:
    return {**os.environ, "MONOGLOT_MEMORY": str(memory)}


@contextmanager
def served(folder: Path, memory: Path, *options: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "pipeline", "review", str(folder), "--port", "0", "--no-open", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(memory)) as process:
        assert process.stdout is not None
        try:
            yield Served(process.stdout.readline().strip(), folder, memory, process)
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running review of a folder in which a file lies that no page is to show."""
    folder = corpus.write(tmp_path_factory.mktemp("server") / "normalized", [corpus.HARBOUR, corpus.HOSTILE])
    (folder / "secret.txt").write_text("not for the page", encoding="utf-8")
    with ExitStack() as stack:
        yield stack.enter_context(served(folder, folder.parent / "memory.sqlite"))


def monoglot(memory: Path, *arguments: str) -> bytes:
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, check=True, capture_output=True, env=environment(memory)).stdout


# What the fixtures of the page's tests give.
Serve = Callable[..., Served]
Windows = Callable[..., "Window"]
Shoot = Callable[[Page, str], None]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    with ExitStack() as stack:
        yield lambda folder, *options: stack.enter_context(served(folder, tmp_path / "memory.sqlite", *options))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@dataclass(frozen=True, slots=True)
class Window:
    """A browser window of its own: own cookies, own storage. Every error on its pages fails the test."""

    context: BrowserContext
    faults: list[str]

    def open(self, address: str) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.goto(address)
        page.wait_for_selector("#english, .empty")
        return page


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Window]]:
    windows: list[Window] = []

    def make(width: int = 1440, height: int = 900, dark: bool = False, touch: bool = False) -> Window:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        windows.append(Window(context, []))
        return windows[-1]

    yield make
    for one in windows:
        one.context.close()
        assert one.faults == []


@pytest.fixture(scope="session")
def shoot() -> Callable[[Page, str], None]:
    SHOTS.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.wait_for_timeout(100)
        page.screenshot(path=str(SHOTS / f"{name}.png"))

    return take
