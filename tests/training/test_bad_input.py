"""What is wrong with a recipe, a file or a command is one clear line, said before any work is done."""

from __future__ import annotations

import lzma
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the recipe needs torch: pip install -e '.[train]'")

from models.training import __main__ as program
from models.training.__main__ import main
from models.training.apertium import run_modes
from models.training.backtranslate import choose
from models.training.card import UNSTATED, card, data_table, read_manifest
from models.training.config import RecipeError, read_json, read_recipe
from models.training.corpus import Pair, fault, find_file, find_files
from models.training.cross import cross
from models.training.languages import known
from models.training.prepare import read_all

pytestmark = pytest.mark.train

GOOD = """
name = "ca-en"
languages = ["ca"]
files = ["ca-en.tsv", "back/ca-en.tsv", "back/pt-en.tsv"]
back = { mine = 20 }
"""
DEVELOPMENT = 'development = { ca = "d.ca" }\nreference = "d.en"\n'
LINE = "La casa és molt gran.\tThe house is very big.\tmine\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a recipe and a pair of text."""
    (tmp_path / "r.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "ca-en.tsv").write_text(LINE, encoding="utf-8")
    return tmp_path


def run(place: Path, command: str = "make", *more: str, run: str = "run") -> int:
    return main([command, str(place / "r.toml"), "--data", str(place / "text"), "--run", str(place / run), *more])


def recipe_of(place: Path, text: str) -> Path:
    path = place / "r.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("languages", "language", ["language: not a setting; did you mean languages?", "languages: missing"]),
        ('["ca"]', '"ca"', ["languages = 'ca': input should be a valid array"]),
        ('["ca"]', "[1]", ["languages.0 = 1: input should be a valid string"]),
        ('["ca"]', "[]", ["languages = []: tuple should have at least 1 item"]),
        ("mine = 20", 'mine = "many"', ["back.mine = 'many': input should be a valid integer"]),
        ("mine = 20", "mine = -1", ["back.mine = -1: input should be greater than or equal to 0"]),
        ("back = { mine = 20 }", "back = 3", ["back = 3: input should be an object"]),
        ("back = { mine = 20 }", 'cross = { it = "es" }', ["cross.it = 'es': input should be a valid array"]),
        ("back = { mine = 20 }", "train = 3", ["train = 3: input should be an object"]),
        ('"ca-en"', "true", ["name = True: input should be a valid string"]),
        ('"ca-en"', '"ca/en"', ["name = 'ca/en': string should match"]),
        ("", "pruned = 1", ["pruned = 1: input should be a valid boolean"]),
        ("", "drawn = 2", ["drawn = 2: input should be less than or equal to 1"]),
        ("", 'development = { ca = "d.ca" }', ["reference: missing"]),
        ("", 'weights = { "*" = 0 }', ["weights: 0 for every corpus"]),
        ("", "[train]\nthreads = 0", ["train.threads = 0: input should be greater than or equal to 1"]),
        ("", "[train]\npeak = inf", ["train.peak = inf: input should be a finite number"]),
        (
            "",
            "[train]\ntoken = 6\nzelm = 3",
            ["2 problem(s)", "train.token: not a setting; did you mean tokens?", "zelm: not a setting; config.py has"],
        ),
        (
            "",
            'reference = 1\nfile = 3\nweights = { "*" = 0 }',
            [
                "3 problem(s)",
                "reference = 1: input should be a valid string",
                "file: not a setting; did you mean files?",
                "weights: 0 for",
            ],
        ),
        ('"ca-en"', '"ca-en', ["no TOML"]),
    ],
)
def test_a_bad_recipe(place: Path, old: str, new: str, said: list[str]) -> None:
    path = recipe_of(place, GOOD.replace(old, new, 1) if old else GOOD + new)
    with pytest.raises(RecipeError) as error:
        read_recipe(path)
    assert str(error.value).startswith(f"{path}: ")
    for part in said:
        assert part in str(error.value)


def test_a_recipe_in_another_encoding_or_a_folder(place: Path) -> None:
    (place / "r.toml").write_text(GOOD, encoding="utf-16")
    with pytest.raises(RecipeError, match=r"r\.toml: not in UTF-8"):
        read_recipe(place / "r.toml")
    with pytest.raises(RecipeError, match="Is a directory"):
        read_recipe(place)


# What is changed in the folder, what is added to the command, and what is said; nothing is made.
COMMANDS: dict[str, tuple[Callable[[Path], object], list[str], str]] = {
    "no development file": (lambda p: recipe_of(p, GOOD + DEVELOPMENT), ["make"], "d.ca: not found in"),
    "no development file, train": (lambda p: recipe_of(p, GOOD + DEVELOPMENT), ["train"], "d.ca: not found in"),
    "another language": (
        lambda p: (recipe_of(p, GOOD.replace('"ca-en.tsv"', '"es-en.tsv"')), (p / "text/es-en.tsv").write_text(LINE)),
        ["make"],
        "es is not among the recipe's languages (ca)",
    ),
    "unknown language": (lambda p: recipe_of(p, GOOD.replace('"ca"', '"oc"')), ["make"], "oc: not in languages.toml"),
    "no way back": (
        lambda p: recipe_of(p, GOOD.replace("ca", "ro")),
        ["make"],
        "leave out back/ro-en.tsv, keep back/pt-en.tsv",
    ),
    "no Portuguese": (
        lambda p: recipe_of(p, GOOD.replace(', "back/pt-en.tsv"', "")),
        ["make"],
        "add back/pt-en.tsv to its files",
    ),
    "nothing to translate back": (
        lambda p: recipe_of(p, GOOD.replace("back = {", "weights = {")),
        ["make"],
        "back/ca-en.tsv, back/pt-en.tsv: not found",
    ),
    "an absolute path": (
        lambda p: recipe_of(p, GOOD.replace('"ca-en.tsv"', '"/x/ca-en.tsv"')),
        ["make"],
        "'/x/ca-en.tsv': no name below a folder of text",
    ),
    "nothing to score on": (lambda _: None, ["score"], "names no `development` set"),
    "no data": (lambda _: None, ["make", "--data", "{place}/none"], "--data {place}/none: no such folder"),
    "no start": (lambda _: None, ["make", "--start", "{place}/none"], "--start {place}/none: no model"),
    "no model": (lambda _: None, ["make", "--continue", "{place}/none"], "--continue {place}/none: no model"),
    "out is a file": (lambda _: None, ["make", "--out", "{place}/r.toml"], "r.toml is a file; name a folder"),
    "out in a file": (lambda _: None, ["export", "--out", "{place}/r.toml/m"], "r.toml is a file; name a folder"),
    "out is a folder": (lambda _: None, ["card", "--out", "{place}/text"], "a folder; name a file in it"),
}


@pytest.mark.parametrize(("change", "command", "said"), COMMANDS.values(), ids=COMMANDS)
def test_a_bad_command_is_one_line(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Path], object],
    command: list[str],
    said: str,
) -> None:
    change(place)
    assert run(place, *(part.format(place=place) for part in command)) == 1
    told = capsys.readouterr()
    assert said.format(place=place) in told.err
    assert told.err.count("\n") == 1
    assert not told.out
    assert not (place / "run").exists()


def test_damaged_json_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.it.json"
    path.write_text('{"cane": "cã', encoding="utf-8")
    with pytest.raises(RecipeError, match=r"lexicon\.it\.json: damaged: .*Delete it"):
        read_json(path)


def test_a_run_that_is_a_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(place, run="r.toml") == 1
    assert "r.toml is a file; name a folder" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["make", "backtranslate", "build"])
def test_apertium_is_asked_for_before_any_pair_is_read(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert run(place, command) == 1
    told = capsys.readouterr()
    assert told.err.startswith("apertium: not installed. Get it with: apt-get install apertium cg3 apertium-por-cat")
    assert not told.out


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (ModuleNotFoundError("No module named 'torch'", name="torch"), 1, "torch: not installed. Get it with: pip"),
        (OSError(28, "No space left on device", "x.npz"), 1, "x.npz: No space left on device"),
        (KeyboardInterrupt(), 130, "stopped; the same command goes on"),
    ],
)
def test_what_breaks_off_a_step_is_one_line(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    raised: BaseException,
    code: int,
    said: str,
) -> None:
    def broken(*_: object) -> None:
        raise raised

    monkeypatch.setitem(program._COMMANDS, "plot", broken)
    assert run(place, "plot") == code
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("ca-en.tsv", b"", "no usable pair, it is empty; a line is source TAB English"),
        ("ca-en.tsv", b"Bon dia | Good morning\n" * 3, "no usable pair among its 3 lines (no tab: 3); a line is"),
        ("ca-en.tsv", b"Bon dia\t\tmine\n", "(empty: 1)"),
        ("ca-en.tsv", "És gran.\tIt is big.\n".encode("latin-1"), "not in UTF-8"),
        ("ca-en.tsv.xz", b"plain\n", "no whole .xz file"),
        ("ca-en.tsv.xz", lzma.compress(LINE.encode())[:-9], "no whole .xz file"),
    ],
)
def test_a_bad_file_of_pairs(place: Path, name: str, content: bytes, said: str) -> None:
    path = place / name
    path.write_bytes(content)
    with pytest.raises(RecipeError) as error:
        read_all([path], read_recipe(place / "r.toml"))
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)


def test_what_the_recipe_made_may_be_empty(place: Path) -> None:
    (place / "back").mkdir()
    (place / "back" / "ca-en.tsv").write_text("", encoding="utf-8")
    assert read_all([place / "back" / "ca-en.tsv"], read_recipe(place / "r.toml")) == []


def test_a_file_that_is_found_twice_is_read_once(place: Path) -> None:
    text = place / "text"
    (text / "twin.tsv").symlink_to(text / "ca-en.tsv")
    assert find_files([text, place / "run" / ".." / "text", text], ["*.tsv", "ca-*"]) == [text / "ca-en.tsv"]
    assert find_file([text, text], "ca-en.tsv") == text / "ca-en.tsv"
    (place / "ca-en.tsv").write_text(LINE, encoding="utf-8")
    with pytest.raises(RecipeError, match=r"ca-en\.tsv: there are several, keep one: "):
        find_file([text, place], "ca-en.tsv")


@pytest.mark.parametrize(("source", "english"), [("u\n", "one\ntwo\n"), ("", "")])
def test_the_sides_of_a_development_set_have_as_many_lines(
    place: Path, capsys: pytest.CaptureFixture[str], source: str, english: str
) -> None:
    recipe_of(place, GOOD + DEVELOPMENT)
    (place / "text" / "d.ca").write_text(source, encoding="utf-8")
    (place / "text" / "d.en").write_text(english, encoding="utf-8")
    assert run(place) == 1
    assert "they must have as many, line by line" in capsys.readouterr().err
    assert not (place / "run").exists()


def test_a_corpus_without_english_to_translate_back_is_named() -> None:
    pairs = [Pair("x", "The house is very big", "es:mine"), Pair("x", "Short", "words")]
    with pytest.raises(RecipeError, match=r"\[back\] mien, words: no English of 4 to 60 words; .* some: mine, web"):
        choose(pairs, {"mien": 5, "mine": 5, "words": 5}, 1, {"web": ["Four words stand here"]})


def test_a_language_without_pairs_cannot_be_made_into_another(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"\[cross\] it: no pairs"):
        cross({"es": []}, {"fr": ["it"]}, tmp_path)


def test_no_function_word_of_a_language_is_english_too() -> None:
    english = {"a", "an", "as", "at", "be", "care", "do", "he", "i", "in", "me", "no", "on", "or", "so", "to", "we"}
    assert {code: row.words & english for code, row in known().items() if row.words & english} == {}
    assert fault("Como a túa nai está na casa.", "As a mother, do as I do.", "gl") is None


def test_the_card_of_a_new_language_has_no_empty_parts(place: Path) -> None:
    recipe = read_recipe(place / "r.toml")
    text = card(recipe, place / "run", 50_000_000, 25_000_000)
    for part in ("Development set", "Trained on", "Made from these", "| corpus |"):
        assert part not in text
    table = data_table(recipe, read_manifest(), {"mine": 300, "pt:mine+back": 290, "web+back": 7})
    assert table[2:] == [f"| mine | brought for this model | {UNSTATED} | 300 | 1 |", ""]


def test_the_card_lists_what_was_trained_on_and_nothing_else_of_the_manifest(place: Path) -> None:
    recipe = read_recipe(recipe_of(place, GOOD.replace('"ca"]', '"ca", "it"]').replace("mine = 20", "sotu = 20")))
    # A corpus may have text in a language that the manifest does not count, and Portuguese may stand beside the recipe's languages.
    trained = {"it:news": 9, "pt:articles": 8, "wesnoth": 7, "it:sotu+back": 6}
    rows = [line.split(" | ") for line in data_table(recipe, read_manifest(), trained)[2:-1]]
    assert {(row[0].lstrip("| "), row[2]) for row in rows} == {
        ("it:news", "CC0-1.0"),
        ("pt:articles", "CC0-1.0"),
        ("wesnoth", "GPL-2.0-or-later"),
        ("sotu", "CC0-1.0"),
    }
    assert data_table(recipe, read_manifest(), {}) == []


def test_words_of_a_language_that_wordfreq_has_no_list_of_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("wordfreq", reason="the recipe needs wordfreq: pip install -e '.[train]'")
    from models.training.config import VocabularySettings
    from models.training.vocabulary import word_frequencies

    pairs = [Pair("O concello de Vigo", "The council of Vigo", "mine")] * 6
    found = word_frequencies("gl", pairs, VocabularySettings())
    assert found == {"concello": 0.25, "de": 0.25, "o": 0.25, "vigo": 0.25}
    assert capsys.readouterr().out == "gl: wordfreq has no list of its words, they are counted in the pairs alone\n"
    assert word_frequencies("gl", pairs[:5], VocabularySettings()) == {}
    assert word_frequencies("es", (), VocabularySettings())["de"] > 0.01


APERTIUM = "es-pt pt-es gl-pt pt-gl ita-cat cat-por por-cat spa-cat cat-spa"
TAUGHT = 'taught = ["*"]\n'
CONTINUED = ("make", "--continue", "{place}/model")


@pytest.mark.parametrize(
    ("recipe", "command", "kept", "missing"),
    [
        (GOOD, ("make",), (), ""),
        (GOOD.replace('"back/ca-en.tsv", ', "").replace("ca", "ro"), ("make",), (), "ro-es"),
        (GOOD.replace('"back/ca-en.tsv", ', "").replace("ca", "ro"), ("make",), ("lexicon.ro.json",), ""),
        (GOOD.replace("ca", "it"), ("backtranslate",), (), "cat-ita"),
        (GOOD.replace("ca", "it"), ("backtranslate",), ("back/it-en.tsv",), ""),
        # Words are looked up on the other way, too.
        (GOOD.replace("ca", "it"), ("build",), (), "ita-spa"),
        (GOOD.replace("ca", "it"), CONTINUED, ("back/it-en.tsv",), ""),
        (GOOD.replace("ca", "it") + "added = { it = 2 }", CONTINUED, ("back/it-en.tsv",), "ita-spa"),
        (GOOD.replace("ca", "it") + TAUGHT + "ways = 2", ("train",), ("pivot/it.tsv",), "ita-spa"),
        (GOOD.replace("ca", "it") + TAUGHT + "ways = 2", ("train",), ("pivot/it.tsv", "pivot/it.2.tsv"), ""),
        (GOOD.replace("ca", "it") + TAUGHT, ("train",), ("pivot/it.tsv",), ""),
        (GOOD.replace("ca", "it") + "cross = { it = ['es'] }", ("cross",), (), "cat-ita"),
        (GOOD.replace("ca", "it") + "cross = { it = ['es'] }", ("cross",), ("cross/es.it-en.tsv",), ""),
    ],
)
def test_what_a_command_will_ask_of_apertium_is_known_before_it_begins(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    recipe: str,
    command: tuple[str, ...],
    kept: tuple[str, ...],
    missing: str,
) -> None:
    listed = subprocess.CompletedProcess([], 0, APERTIUM, "")
    monkeypatch.setattr("shutil.which", lambda _name: "apertium")
    monkeypatch.setattr("subprocess.run", lambda *_args, **_more: listed)
    monkeypatch.setitem(program._COMMANDS, command[0], lambda *_: None)
    recipe_of(place, recipe)
    for name in ("model/vocab.json", "text/it-en.tsv", "text/ro-en.tsv", *(f"run/{name}" for name in kept)):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(LINE, encoding="utf-8")
    assert run(place, *(part.format(place=place) for part in command)) == bool(missing)
    told = capsys.readouterr().err
    if missing:
        assert told.count("\n") == 1
        assert told.startswith("apertium ")
        assert missing in told.partition(":")[0]
    else:
        assert not told


def test_a_mode_of_apertium_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    said = subprocess.CompletedProcess([], 1, "ro-es", "Error: ro-es.mode: damaged\nand more\n")
    monkeypatch.setattr("shutil.which", lambda _name: "apertium")
    monkeypatch.setattr("subprocess.run", lambda *_args, **_more: said)
    with pytest.raises(RecipeError) as error:
        run_modes(["ro-es"], ["Casa."])
    assert str(error.value) == "apertium ro-es: Error: ro-es.mode: damaged"
