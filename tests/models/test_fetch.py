"""Fetching from a local hub: what arrives, what is refused, and what a mishap leaves behind."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.errors import ModelUnavailable
from pipeline.models.fetch import _check_room
from pipeline.models.hub import Listing, RemoteFile
from pipeline.models.lock import Lock
from tests.models.conftest import BUNDLED, ROOT, Command, linked
from tests.models.hub import COMMIT, Hub

MODEL = "ctranslate2/model.bin"
FETCH = ("models", "fetch", "it", "--repository", "lean/it-en")
# The hub's client writes 10 MiB at a time; what is less is lost when the connection breaks.
WRITTEN = 10 * 1024 * 1024


def test_a_fetched_model_is_locked_and_translates(monoglot: Command, hub: Hub, store: Path, tmp_path: Path) -> None:
    done = monoglot(*FETCH)
    assert (done.returncode, done.stderr) == (0, "")
    lock = Lock.of(store / "it-en")
    assert lock is not None
    assert (lock.repository, lock.commit, lock.licence) == ("lean/it-en", COMMIT, "cc-by-sa-4.0")
    assert set(lock.received) == set(lock.files) == {f for f in lock.files if (BUNDLED / f).is_file()}
    assert list(lock.faults(store / "it-en")) == []
    assert not [path for path in (store / ".work").iterdir() if path.suffix != ".lock"]

    article = tmp_path / "articolo.txt"
    article.write_text("Il governo ha annunciato ieri una nuova legge sulla scuola pubblica.\n", encoding="utf-8")
    run = monoglot("run", str(article), "--out", str(tmp_path / "out"), "--json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["translated"] == 1
    row = json.loads((tmp_path / "out" / "documents.jsonl").read_text(encoding="utf-8"))
    assert row["model"] == f"it-en@{lock.fingerprints['ctranslate2']}"


def test_a_fetch_mends_a_model_whose_lock_is_damaged(monoglot: Command, hub: Hub, store: Path) -> None:
    assert monoglot(*FETCH).returncode == 0
    (store / "it-en" / "lock.json").write_text("{", encoding="utf-8")
    done = monoglot(*FETCH)
    assert (done.returncode, done.stderr) == (0, "")
    assert monoglot("models", "verify", "it").returncode == 0


def test_what_is_here_is_not_fetched_again(monoglot: Command, hub: Hub) -> None:
    assert monoglot(*FETCH).returncode == 0
    before = len(hub.requests)
    assert "is here already" in monoglot(*FETCH).stdout
    assert len(hub.requests) == before
    assert "is here already" in monoglot(*FETCH, "--update").stdout
    assert len(hub.requests) == before + 1


def test_a_repository_for_two_languages_is_fetched_once(monoglot: Command, hub: Hub, store: Path) -> None:
    assert monoglot(*FETCH).returncode == 0
    assert "linked, not fetched again" in monoglot("models", "fetch", "pt", "--repository", "lean/it-en").stdout
    assert len(hub.served(MODEL)) == 1
    assert (store / "pt-en" / MODEL).stat().st_ino == (store / "it-en" / MODEL).stat().st_ino
    assert Lock.of(store / "pt-en").language == "pt"  # type: ignore[union-attr]
    assert monoglot("models", "remove", "it").returncode == 0
    assert monoglot("models", "verify", "pt").returncode == 0


def test_a_connection_that_breaks_is_taken_up_again(monoglot: Command, hub: Hub) -> None:
    hub.break_at = {MODEL: WRITTEN + 1_000_000}
    done = monoglot(*FETCH)
    assert done.returncode == 0
    assert hub.served(MODEL) == [None, f"bytes={WRITTEN}-"]


def test_a_killed_fetch_goes_on_where_it_stopped(
    monoglot: Command, hub: Hub, store: Path, environment: dict[str, str]
) -> None:
    hub.slow = 0.01
    process = subprocess.Popen([sys.executable, "-m", "pipeline", *FETCH], cwd=ROOT, env=environment)
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size >= WRITTEN for path in store.rglob("model.bin.part")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (store / "it-en").exists()

    hub.slow = 0.0
    assert monoglot(*FETCH).returncode == 0
    assert hub.served(MODEL)[-1] == f"bytes={WRITTEN}-"
    assert hub.served("source.spm") == [None]
    assert monoglot("models", "verify", "it").returncode == 0


@pytest.fixture
def part(store: Path) -> Path:
    """What an earlier fetch has left of the weights: the first 11 MB."""
    path = store / ".work" / f"lean--it-en@{COMMIT}" / f"{MODEL}.part"
    path.parent.mkdir(parents=True)
    path.write_bytes((BUNDLED / MODEL).read_bytes()[:11_000_000])
    return path


@pytest.mark.parametrize(
    ("status", "advice"),
    [(503, "Try again later"), (401, "Set HF_TOKEN to a token"), (403, "Set HF_TOKEN to a token"), (404, "no longer")],
)
def test_an_answer_that_is_an_error_is_said_and_costs_nothing_that_came(
    status: int, advice: str, monoglot: Command, hub: Hub, part: Path
) -> None:
    hub.refused = {MODEL: status}
    done = monoglot(*FETCH)
    assert done.returncode == 1
    assert f"answered {status}" in done.stderr
    assert advice in done.stderr
    assert part.stat().st_size == 11_000_000
    hub.refused = {}
    assert monoglot(*FETCH).returncode == 0
    assert hub.served(MODEL)[-1] == "bytes=11000000-"


def test_a_file_that_ends_too_early_is_kept_and_gone_on_with(monoglot: Command, hub: Hub, part: Path) -> None:
    hub.short = {MODEL: 12_000_000}
    done = monoglot(*FETCH)
    size = (BUNDLED / MODEL).stat().st_size
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert f"{MODEL} ended after 12,000,000 of {size:,} bytes, which are kept" in done.stderr
    hub.short = {}
    assert monoglot(*FETCH).returncode == 0
    assert hub.served(MODEL) == ["bytes=11000000-", "bytes=12000000-"]


@pytest.mark.parametrize("left", ["of another file", "longer than what the server has", "longer than was listed"])
def test_what_cannot_be_gone_on_with_is_begun_anew(left: str, monoglot: Command, hub: Hub, part: Path) -> None:
    if left == "of another file":
        part.write_bytes(bytes(1000))
    elif left == "longer than was listed":
        part.write_bytes(bytes((BUNDLED / MODEL).stat().st_size + 1))
    else:
        hub.short = {MODEL: 10_000_000}
        assert "ended after 10,000,000" in monoglot(*FETCH).stderr
        hub.short = {}
    done = monoglot(*FETCH)
    assert (done.returncode, done.stderr) == (0, "")
    assert monoglot("models", "verify", "it").returncode == 0


@pytest.mark.parametrize("commit", ["../../../evil", "3f2c91d", ""])
def test_a_commit_that_is_none_is_not_locked(commit: str, monoglot: Command, hub: Hub, store: Path) -> None:
    hub.commit = commit
    done = monoglot(*FETCH)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "the hub names no commit" in done.stderr


def test_a_token_that_cannot_be_sent_is_named(monoglot: Command) -> None:
    done = monoglot(*FETCH, HF_TOKEN="tökén")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "HF_TOKEN: has a letter in it that no token has" in done.stderr


def test_a_store_that_cannot_be_made_is_one_line(monoglot: Command) -> None:
    done = monoglot(*FETCH, MONOGLOT_MODELS="/proc/nope")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "/proc/nope: cannot be written (" in done.stderr


@pytest.mark.parametrize("name", [MODEL, "vocab.json"])
def test_a_wrong_hash_is_refused_and_thrown_away(name: str, monoglot: Command, hub: Hub, store: Path) -> None:
    hub.changed = {name}
    done = monoglot(*FETCH)
    assert done.returncode == 1
    assert f"{name} does not have the hash that the hub gives" in done.stderr
    assert not (store / "it-en").exists()
    hub.changed = set()
    assert monoglot(*FETCH).returncode == 0
    assert len(hub.served(name)) == 2


def test_a_full_disk_is_one_line_and_costs_nothing_that_came(
    monoglot: Command, hub: Hub, store: Path, environment: dict[str, str]
) -> None:
    limit = 15 * 1024 * 1024
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *FETCH],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 1
    assert "no room on the disk" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (store / "it-en").exists()
    assert monoglot(*FETCH).returncode == 0
    assert hub.served("source.spm") == [None]
    assert str(hub.served(MODEL)[-1]).startswith("bytes=")


def test_room_is_looked_at_before_anything_comes(tmp_path: Path) -> None:
    huge = Listing("a/b", COMMIT, None, {MODEL: RemoteFile(10**18, None, None)})
    with pytest.raises(ModelUnavailable, match="no room on the disk: 1,000,000,000,000 MB are needed"):
        _check_room(tmp_path / "x", [MODEL], huge)


def test_two_fetches_at_once_make_one_model(monoglot: Command, hub: Hub, environment: dict[str, str]) -> None:
    hub.slow = 0.005
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "pipeline", *FETCH],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=100)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert hub.served(MODEL) == [None]
    assert sum("another process is at it" in output for output in outputs) == 1
    assert monoglot("models", "verify", "it").returncode == 0


def test_without_a_network_one_line_names_the_offline_way(monoglot: Command) -> None:
    done = monoglot(*FETCH, HF_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "http://127.0.0.1:9 cannot be reached" in done.stderr
    assert "monoglot models import" in done.stderr


@pytest.mark.parametrize(
    ("portal", "expected"),
    [
        ("/api/", "does not answer as a hub does"),
        ("/resolve/", "config.json ended after 75 of 876 bytes"),
    ],
)
def test_a_login_page_in_place_of_an_answer_is_one_line(
    portal: str, expected: str, monoglot: Command, hub: Hub, store: Path
) -> None:
    hub.portal = portal
    done = monoglot(*FETCH)
    assert done.returncode == 1
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (store / "it-en").exists()
    hub.portal = None
    assert monoglot(*FETCH).returncode == 0


@pytest.mark.parametrize(
    "address",
    ["http://[bad", "http://127.0.0.1:port", "huggingface.co", "ftp://mirror.example", "", " http://127.0.0.1"],
)
def test_an_endpoint_that_is_no_address_is_named(address: str, monoglot: Command) -> None:
    done = monoglot(*FETCH, HF_ENDPOINT=address)
    assert done.returncode == 1
    assert f"HF_ENDPOINT: {address!r} is not the address of a server" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [FETCH, ("models", "import", str(BUNDLED), "--language", "it")])
@pytest.mark.parametrize("file", ["store", "store/.work"])
def test_a_file_where_the_store_should_be_is_one_line(
    file: str, command: tuple[str, ...], monoglot: Command, store: Path, tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("", encoding="utf-8")
    done = monoglot(*command)
    assert done.returncode == 1
    assert f"{store}: cannot be written (" in done.stderr
    assert "Set MONOGLOT_MODELS to a folder" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        (("it", "--repository", "no/such"), {}, "has no such model"),
        (("it", "--repository", "lean/it-en", "--revision", "v9"), {}, "has no revision v9"),
        (("it", "--repository", "not a name"), {}, "not the name of a repository"),
        (("it", "--repository", "lean/it-en"), {"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set"),
        (("xx",), {}, "xx: not in the catalogue"),
        (("it", "es", "--revision", "main"), {}, "for one language at a time"),
    ],
)
def test_refusals_say_why(
    arguments: tuple[str, ...], variables: dict[str, str], expected: str, monoglot: Command, store: Path
) -> None:
    done = monoglot("models", "fetch", *arguments, **variables)
    assert done.returncode == 1
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(store.glob("*-en"))


def test_a_pickle_is_refused_with_the_ways_out(monoglot: Command, hub: Hub, tmp_path: Path) -> None:
    folder = linked(BUNDLED, tmp_path / "pickled", ("ctranslate2", "model.safetensors"))
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    hub.repositories["old/it-en"] = folder
    done = monoglot("models", "fetch", "it", "--repository", "old/it-en")
    assert done.returncode == 1
    assert "--allow-pickle" in done.stderr
    assert "--revision refs/pr/1" in done.stderr
    assert hub.served("pytorch_model.bin") == []


@pytest.mark.torch
def test_a_pickle_that_is_allowed_becomes_safetensors(monoglot: Command, hub: Hub, store: Path, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    safetensors = pytest.importorskip("safetensors.torch")
    folder = linked(BUNDLED, tmp_path / "pickled", ("ctranslate2", "model.safetensors", "generation_config.json"))
    torch.save(safetensors.load_file(BUNDLED / "model.safetensors"), folder / "pytorch_model.bin")
    hub.repositories["old/it-en"] = folder
    done = monoglot("models", "fetch", "it", "--repository", "old/it-en", "--allow-pickle")
    assert (done.returncode, done.stderr) == (0, "")
    lock = Lock.of(store / "it-en")
    assert lock is not None
    assert "pytorch_model.bin" in lock.received
    assert "pytorch_model.bin" not in lock.files
    assert {"model.safetensors", MODEL} <= lock.files.keys()
    for name in (MODEL, "ctranslate2/config.json"):
        assert (store / "it-en" / name).read_bytes() == (BUNDLED / name).read_bytes(), name


@pytest.mark.torch
def test_a_pickle_with_code_in_it_is_not_run(monoglot: Command, hub: Hub, store: Path, tmp_path: Path) -> None:
    import pickle

    torch = pytest.importorskip("torch")
    trace = tmp_path / "ran"

    class Attack:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (eval, (f"open({str(trace)!r}, 'w').close()",))

    folder = linked(BUNDLED, tmp_path / "evil", ("ctranslate2", "model.safetensors"))
    torch.save({"final_logits_bias": Attack()}, folder / "pytorch_model.bin", pickle_module=pickle)
    hub.repositories["evil/it-en"] = folder
    done = monoglot("models", "fetch", "it", "--repository", "evil/it-en", "--allow-pickle")
    assert done.returncode == 1
    assert not trace.exists()
    assert not (store / "it-en").exists()
