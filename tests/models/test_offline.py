"""Nothing but `models fetch` touches the network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.models.conftest import ROOT

# An audit hook sees every socket that Python code opens, and every name that it looks up.
WATCH = """
import runpy, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"):
        sys.stderr.write(f"NETWORK {event} {arguments}\\n")
        raise SystemExit(99)
sys.addaudithook(watch)
sys.argv = ["monoglot", *sys.argv[1:]]
runpy.run_module("pipeline", run_name="__main__")
"""


def _watched(*arguments: str, store: Path) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return subprocess.run(
        [sys.executable, "-c", WATCH, *arguments],
        cwd=ROOT,
        env={**variables, "MONOGLOT_MODELS": str(store), "HF_HOME": str(store / "hf")},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("engine", ["ctranslate2", pytest.param("transformers", marks=pytest.mark.torch)])
def test_a_run_opens_no_socket(engine: str, tmp_path: Path) -> None:
    if engine == "transformers":
        pytest.importorskip("torch")
    article = tmp_path / "articolo.txt"
    article.write_text("Il ministro ha parlato ieri sera con i giornalisti.\n\nEl tren llegó tarde a la estación.\n")
    done = _watched("run", str(article), "--out", str(tmp_path / "out"), "--engine", engine, store=tmp_path / "store")
    assert "NETWORK" not in done.stderr
    assert done.returncode in (0, 2), done.stderr


@pytest.mark.parametrize("engine", ["ctranslate2", pytest.param("transformers", marks=pytest.mark.torch)])
@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("HF_ENDPOINT", "http://[bad", "HF_ENDPOINT: 'http://[bad' is not the address of a server"),
        ("HF_ENDPOINT", "http://hub.example:99999", "HF_ENDPOINT: 'http://hub.example:99999' is not the address"),
        ("HF_HUB_ETAG_TIMEOUT", "soon", "a setting of the hub's client (HF_… in the environment) is wrong"),
    ],
)
def test_a_setting_of_the_hub_that_can_be_nothing_is_one_line(
    engine: str, setting: str, value: str, said: str, tmp_path: Path
) -> None:
    if engine == "transformers":
        pytest.importorskip("torch")
    (tmp_path / "a.txt").write_text("Il ministro ha parlato ieri sera con i giornalisti.\n")
    command = [sys.executable, "-m", "pipeline", "run", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out"), "-q"]
    done = subprocess.run(
        [*command, "--engine", engine], cwd=ROOT, env={**os.environ, setting: value}, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert said in done.stderr


@pytest.mark.parametrize(
    "arguments", [("models", "list"), ("models", "verify"), ("models", "import", str(ROOT / "models/romance-en"))]
)
def test_no_other_command_on_models_opens_a_socket(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = _watched(*arguments, store=tmp_path / "store")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_watch_sees_a_fetch(tmp_path: Path) -> None:
    done = _watched("models", "fetch", "it", "--repository", "a/b", store=tmp_path / "store")
    assert done.returncode == 99
    assert "NETWORK" in done.stderr
