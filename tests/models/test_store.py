"""The store: what is found, what is refused because it differs from its lock, and import, verify, remove, list."""

from __future__ import annotations

import errno
import json
import os
import shutil
from itertools import chain
from pathlib import Path

import pytest

from pipeline.errors import MissingExtra, ModelBroken, ModelUnavailable, OutputError
from pipeline.models import Model, ModelStore
from pipeline.models import store as stores
from pipeline.models.convert import PICKLE
from pipeline.models.install import choose, import_folder
from pipeline.models.lock import Lock
from pipeline.models.report import folders, here, proved
from pipeline.translate.memory import default_path
from pipeline.translate.tokenizer import Tokenizer
from tests.conftest import lock
from tests.models.conftest import BUNDLED, ROOT, Command, linked

MODEL = "ctranslate2/model.bin"
LEAN = ("model.safetensors",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return linked(BUNDLED, tmp_path / "it-en", LEAN)


def test_the_bundled_model_is_found_and_the_users_own_comes_first(store: Path, folder: Path) -> None:
    found = ModelStore().find("it")
    assert found is not None
    assert found.path == BUNDLED
    assert ModelStore().find("en") is ModelStore().find("und") is ModelStore().find("de") is None
    import_folder(folder)
    mine = ModelStore().find("it")
    assert mine is not None
    assert (mine.path, mine.fingerprint) == (store / "it-en", Model(BUNDLED).fingerprint)


def test_the_list_of_bundled_models_is_what_is_beside_it() -> None:
    models = list(stores.bundled())
    assert {model.path for model in models} == {path.parent for path in (ROOT / "models").glob("*/config.json")}
    for model in models:
        Model(model.path).check()
        assert model.files.keys() >= {*stores.NEEDED, *chain(*stores.ENGINE_FILES.values())}
        assert list(model.faults()) == []
        assert model.licence in (model.path / "README.md").read_text("utf-8").casefold().replace(" ", "-")


def test_a_bundled_model_that_is_not_as_it_came_is_told_by_file(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(BUNDLED.parent / "bundled.toml", tmp_path)
    folder = linked(BUNDLED, tmp_path / "romance-en", ("model.safetensors", "vocab.json", "config.json"))
    (folder / "config.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(stores, "_BUNDLED", (tmp_path,))
    said = ["config.json has been changed", "vocab.json is missing"]  # a wheel comes without the checkpoint
    assert proved(folder) == ("as it came with the program", [f"{folder}: {fault}" for fault in said])


def test_verify_compares_every_model_with_something(monoglot: Command, store: Path, folder: Path) -> None:
    checked = monoglot("models", "verify")
    assert checked.returncode == 0
    assert [line.partition(":")[0] for line in checked.stdout.splitlines()] == ["it", "es", "pt", "fr"]
    assert all(line.endswith(": as it came with the program") for line in checked.stdout.splitlines())
    shutil.copytree(folder, store / "xx-en")
    checked = monoglot("models", "verify", "--quiet")
    assert checked.returncode == 2
    assert checked.stdout == (
        f"xx: {store}/xx-en: has no lock to be compared with. Give it one: monoglot models import {store}/xx-en\n"
    )


def test_one_bundled_model_may_read_several_languages(
    store: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tmp_path / "bundled"
    linked(BUNDLED, shelf / "romance-en")
    linked(BUNDLED, shelf / "second-en")
    (shelf / "bundled.toml").write_text(
        '[romance-en]\nlanguages = ["es", "it"]\nlicence = "cc-by-sa-4.0"\n'
        '[second-en]\nlanguages = ["it", "pt"]\nlicence = "cc0-1.0"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(stores, "_BUNDLED", (tmp_path / "nothing", shelf))
    names = {code: model.name for code in ("es", "it", "pt", "fr") if (model := ModelStore().find(code))}
    assert names == {"es": "romance-en", "it": "romance-en", "pt": "second-en"}
    assert {row["language"]: row["licence"] for row in here(())} == {
        "es": "cc-by-sa-4.0",
        "it": "cc-by-sa-4.0",
        "pt": "cc0-1.0",
    }
    assert dict(folders(("es", "it"))) == dict.fromkeys(("es", "it"), shelf / "romance-en")
    import_folder(folder, "es")
    assert dict(folders(())) == {
        "es": store / "es-en",
        "it": shelf / "romance-en",
        "pt": shelf / "second-en",
    }


@pytest.mark.parametrize("name", [MODEL, "vocab.json", "source.spm"])
def test_a_model_that_differs_from_its_lock_is_not_loaded(name: str, store: Path, folder: Path) -> None:
    model = import_folder(folder)
    with (model.path / name).open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"!")
    with pytest.raises(ModelBroken, match="not those that were locked"):
        ModelStore().find("it")
    with pytest.raises(ModelBroken, match="not those that were locked"):
        ModelStore(override=model.path)


def test_a_run_does_not_use_a_changed_model(monoglot: Command, folder: Path, tmp_path: Path) -> None:
    assert monoglot("models", "import", str(folder)).returncode == 0
    with (tmp_path / "store" / "it-en" / MODEL).open("ab") as file:
        file.write(b"x")
    article = tmp_path / "articolo.txt"
    article.write_text("Il governo ha annunciato ieri una nuova legge sulla scuola pubblica.\n", encoding="utf-8")
    done = monoglot("run", str(article), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "not those that were locked" in done.stderr
    assert "fetch the model anew, or import a whole copy" in done.stderr
    check = monoglot("models", "verify")
    assert check.returncode == 2
    size = (folder / MODEL).stat().st_size
    assert f"{MODEL} has {size + 1:,} bytes, not {size:,}" in check.stdout


def test_a_lock_that_is_no_lock_is_an_error(folder: Path) -> None:
    (folder / "lock.json").write_text('{"language": "it"}', encoding="utf-8")
    with pytest.raises(ModelBroken, match="not a lock"):
        Model(folder).check_lock()


def test_a_damaged_lock_is_the_fault_of_one_model(monoglot: Command, store: Path, folder: Path) -> None:
    shutil.copytree(folder, store / "it-en")
    shutil.copytree(folder, store / "xx-en")
    (store / "it-en" / "lock.json").write_text("{", encoding="utf-8")
    listed = monoglot("models", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    faults = {row["language"]: row["fault"] for row in json.loads(listed.stdout)["here"]}
    assert "not a lock" in faults["it"]
    assert faults["xx"] is None
    checked = monoglot("models", "verify")
    assert checked.returncode == 2
    assert "it: " in checked.stdout
    assert "Fetch the model anew, or import a whole copy" in checked.stdout
    assert "xx: " in checked.stdout


@pytest.mark.parametrize("command", [("fetch", "ITA", "--repository", "a/b"), ("remove", "../x")])
def test_what_is_no_code_is_refused(command: tuple[str, ...], monoglot: Command) -> None:
    done = monoglot("models", *command)
    assert done.returncode == 1
    assert "ISO 639-1" in done.stderr


@pytest.mark.parametrize(
    "command", [("fetch", "en"), ("fetch", "gl", "es", "--to", "es"), ("remove", "en"), ("verify", "en")]
)
def test_what_is_in_the_target_already_needs_no_model(command: tuple[str, ...], monoglot: Command) -> None:
    done = monoglot("models", *command)
    assert done.returncode == 1
    assert "needs no model" in done.stderr


def test_all_that_a_repository_needs_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.convert.find_spec", lambda _: None)  # an install without torch
    with pytest.raises(
        ModelUnavailable, match=r"Either add --allow-pickle.*\. Converting .* needs the extra \[torch\]"
    ):
        choose([*stores.NEEDED, PICKLE], "old/it-en", allow_pickle=False)
    with pytest.raises(MissingExtra):
        choose([*stores.NEEDED, PICKLE], "old/it-en", allow_pickle=True)


def test_verify_names_what_changed_what_is_gone_and_what_is_new(store: Path, folder: Path) -> None:
    model = import_folder(folder)
    lock = Lock.of(model.path)
    assert lock is not None
    (model.path / "README.md").unlink()
    (model.path / "extra.py").write_text("x", encoding="utf-8")
    config = model.path / "config.json"
    config.write_bytes(config.read_bytes().replace(b"512", b"513"))
    assert list(lock.faults(model.path)) == [
        "README.md is missing",
        "config.json has been changed",
        "extra.py was not there",
    ]


@pytest.mark.parametrize(
    ("name", "told", "option", "expected"),
    [
        ("it-en", "it", None, "it"),
        ("anything", "it", None, "it"),
        ("opus-mt-it-en", "ita", None, "it"),
        ("opus-mt-tc-big-es-en", "spa", None, "es"),
        ("opus-mt-zle-en", "zle", "ru", "ru"),
        ("it-en", "it", "es", "es"),
    ],
)
def test_the_language_of_an_import(
    name: str, told: str, option: str | None, expected: str, store: Path, tmp_path: Path
) -> None:
    folder = linked(BUNDLED, tmp_path / name, (*LEAN, "tokenizer_config.json"))
    settings = {"source_lang": told, "target_lang": "en", "model_max_length": 512}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert import_folder(folder, option).path == store / f"{expected}-en"


def test_a_locked_folder_keeps_its_origin_and_is_proved_on_import(store: Path, folder: Path, tmp_path: Path) -> None:
    first = import_folder(folder)
    lock = Lock.of(first.path)
    assert lock is not None
    copy = Path(shutil.copytree(first.path, tmp_path / "stick"))
    (copy / "lock.json").write_text(
        (copy / "lock.json").read_text("utf-8").replace('"repository": null', '"repository": "a/b"'), encoding="utf-8"
    )
    again = Lock.of(import_folder(copy).path)
    assert again is not None
    assert (again.repository, again.files, again.language) == ("a/b", lock.files, "it")
    (copy / "source.spm").write_bytes(b"cut")
    with pytest.raises(ModelBroken, match=r"source\.spm has 3 bytes"):
        import_folder(copy)


@pytest.mark.parametrize(
    ("leave", "expected"),
    [
        (("vocab.json",), "it has no vocab.json"),
        (("model.safetensors", "ctranslate2"), "no weights that can be used"),
        (("source.spm", "target.spm"), "it has no source.spm, target.spm"),
    ],
)
def test_what_is_no_model_is_not_imported(
    leave: tuple[str, ...], expected: str, monoglot: Command, store: Path, tmp_path: Path
) -> None:
    done = monoglot("models", "import", str(linked(BUNDLED, tmp_path / "it-en", leave)))
    assert done.returncode == 1
    assert expected in done.stderr
    assert not (store / "it-en").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (MODEL, None),
        ("source.spm", None),
        ("target.spm", b""),
        ("vocab.json", b'{"a": 0}'),
        ("ctranslate2/config.json", b"{}"),
        ("ctranslate2/shared_vocabulary.json", b"x"),
        ("ctranslate2/vmap.txt", b"garbled"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_damaged_copy_does_not_take_the_place_of_a_whole_model(
    name: str, content: bytes | None, store: Path, folder: Path
) -> None:
    """None: the file is cut after a thousand bytes."""
    whole = import_folder(folder)
    data = (folder / name).read_bytes()[:1000] if content is None else content
    (folder / name).unlink()
    (folder / name).write_bytes(data)
    with pytest.raises(ModelBroken, match=r"it-en: is damaged.*\. Get a whole copy"):
        import_folder(folder)
    assert ModelStore().find("it") == whole
    assert not [path for path in (store / ".work").iterdir() if path.suffix != ".lock"]


def test_a_model_from_a_language_into_itself_is_not_imported(folder: Path) -> None:
    with pytest.raises(ModelBroken, match=r"what is written in en already needs no model.*--language CODE --to CODE"):
        import_folder(folder, "en")


def test_without_a_home_the_bundled_models_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setattr(Path, "home", nobody)
    assert ModelStore().find("it") == Model(BUNDLED)
    with pytest.raises(OutputError, match="set XDG_DATA_HOME to a folder of your own"):
        stores.user_store()
    with pytest.raises(OutputError, match="set XDG_DATA_HOME to a folder of your own"):
        default_path()


def nobody() -> Path:
    raise RuntimeError("Could not determine home directory.")


@pytest.mark.parametrize("way", ["own", "override", "the store"])
def test_a_model_that_may_not_be_read_is_named(
    way: str, store: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder if way == "override" else import_folder(folder).path
    allowed = Path.stat

    def stat(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if self.is_relative_to(path) and self != path:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return allowed(self, follow_symlinks=follow_symlinks)

    if way == "the store":
        lock(store, monkeypatch)
    else:
        monkeypatch.setattr(Path, "stat", stat)
    with pytest.raises(ModelBroken, match=r"cannot be read \(Permission denied\); check its permissions"):
        ModelStore(override=folder if way == "override" else None).find("it")


@pytest.mark.parametrize("name", ["config.json", "vocab.json", "tokenizer_config.json"])
@pytest.mark.parametrize(("content", "expected"), [("{", "cannot be read"), ("[]", "is not a JSON object")])
def test_a_damaged_file_is_named_on_import(
    name: str, content: str, expected: str, monoglot: Command, folder: Path, store: Path
) -> None:
    (folder / name).unlink()
    (folder / name).write_text(content, encoding="utf-8")
    done = monoglot("models", "import", str(folder))
    assert done.returncode == 1
    assert f"{folder / name}: {expected}" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (store / "it-en").exists()


@pytest.mark.torch
def test_a_folder_without_weights_or_with_half_of_them_is_not_converted(monoglot: Command, tmp_path: Path) -> None:
    folder = linked(BUNDLED, tmp_path / "it-en", (*LEAN, "ctranslate2"))
    for weights, expected in ((None, "it has no model.safetensors"), (b"{", "its weights do not convert")):
        if weights is not None:
            (folder / "model.safetensors").write_bytes(weights)
        done = monoglot("models", "convert", str(folder))
        assert done.returncode == 1
        assert expected in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_another_architecture_is_not_imported(monoglot: Command, folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "config.json").write_text('{"model_type": "bart"}', encoding="utf-8")
    done = monoglot("models", "import", str(folder))
    assert done.returncode == 1
    assert "of type 'bart'" in done.stderr


def test_remove_takes_the_users_own_and_not_the_bundled(monoglot: Command, folder: Path, store: Path) -> None:
    assert monoglot("models", "import", str(folder)).returncode == 0
    assert monoglot("models", "remove", "it", "es").returncode == 1
    assert (store / "it-en").is_dir()
    assert monoglot("models", "remove", "it").returncode == 0
    assert not (store / "it-en").exists()
    done = monoglot("models", "remove", "it")
    assert done.returncode == 1
    assert "nothing was removed" in done.stderr
    assert (BUNDLED / MODEL).is_file()


def test_list_shows_what_is_here_and_what_could_be(monoglot: Command) -> None:
    unknown = monoglot("models", "list", "xx")
    assert (unknown.returncode, "xx: no model is here, and none is in the catalogue" in unknown.stderr) == (1, True)
    listed = json.loads(monoglot("models", "list", "ru", "it", "--json").stdout)
    assert [row["model"].split("@")[0] for row in listed["here"]] == ["romance-en"]
    russian = [row for row in listed["catalogue"] if row["language"] == "ru"]
    assert russian[0]["repository"] == "Helsinki-NLP/opus-mt-ru-en"
    assert {"Helsinki-NLP/opus-mt-tc-big-zle-en", "Helsinki-NLP/opus-mt-mul-en"} <= {
        row["repository"] for row in russian
    }
    text = monoglot("models", "list").stdout
    assert max(map(len, text.splitlines())) < 120
    assert "Helsinki-NLP/opus-mt-tc-big-cat_oci_spa-en" in text


def test_a_tokeniser_that_names_no_limit_has_that_of_its_model(tmp_path: Path) -> None:
    folder = linked(BUNDLED, tmp_path / "it-en", (*LEAN, "tokenizer_config.json"))
    (folder / "tokenizer_config.json").write_text('{"target_lang": "eng", "source_lang": "ita"}', encoding="utf-8")
    assert Tokenizer(Model(folder)).max_length == 512


def test_a_quotation_in_angles_is_not_taken_for_the_name_of_a_language() -> None:
    tokenizer = Tokenizer(Model(BUNDLED))
    assert "Ciao" in tokenizer.decode(tokenizer.encode(">>Ciao<< disse il papa."))


def test_a_bundled_model_without_the_weights_of_an_engine_is_none_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a wheel, which has no checkpoint: a run with --engine transformers says which languages lack a model, and goes on."""
    assert ModelStore("transformers").find("es") is not None
    linked(BUNDLED, tmp_path / "romance-en", LEAN)
    shutil.copy(BUNDLED.parent / "bundled.toml", tmp_path)
    monkeypatch.setattr(stores, "_BUNDLED", (tmp_path,))
    assert ModelStore().find("es") is not None
    assert ModelStore("transformers").find("es") is None
