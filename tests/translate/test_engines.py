"""The engines: the same model gives the same English, alone or in company, in int8 and float32, here and in Transformers."""

from __future__ import annotations

import random
import shutil
import warnings
from pathlib import Path

import pytest

from pipeline.errors import ModelBroken
from pipeline.models import Model, ModelStore
from pipeline.provenance import words_of
from pipeline.settings import EngineName, Settings
from pipeline.stages import prepare
from pipeline.translate import Hypothesis, load_engine
from pipeline.translate.given import request
from pipeline.translate.plan import translate_all
from pipeline.translate.tokenizer import Tokenizer

ROOT = Path(__file__).parent.parent.parent
MODEL = ROOT / "models" / "romance-en"


def italian_of_the_seeds() -> list[str]:
    """The Italian segments of the seeds, as the model is given them."""
    texts = []
    for path in sorted((ROOT / "seeds").iterdir()):
        document = prepare(path.name, path.read_bytes(), Settings())
        texts += [request(words).given for words, language in words_of(document) if language == "it"]
    return [text for text in texts if any(map(str.isalpha, text))]


def test_a_segment_does_not_depend_on_what_stands_beside_it() -> None:
    texts = italian_of_the_seeds()
    engine = load_engine(Settings(), Model(MODEL), threads=1)
    parallel = load_engine(Settings(), Model(MODEL), threads=2)
    together = engine.translate(texts)
    shuffled = random.Random(1).sample(range(len(texts)), len(texts))
    elsewhere = parallel.translate([texts[i] for i in shuffled])
    assert [together[i] for i in shuffled] == elsewhere
    assert [engine.translate([text])[0] for text in texts[:8]] == together[:8]


def test_no_word_is_lost_by_weighing_english_pieces_alone() -> None:
    import ctranslate2

    texts = italian_of_the_seeds()[:8]
    tokenizer = Tokenizer(Model(MODEL))
    translator = ctranslate2.Translator(str(Model(MODEL).converted), device="cpu", compute_type="int8")
    sources = [tokenizer.pieces(tokenizer.encode(text)) for text in texts]
    assert len(tokenizer.unsayable()) > 0
    whole = [translator.translate_batch([source], beam_size=4, return_scores=True)[0] for source in sources]
    ours = load_engine(Settings(), Model(MODEL), threads=1).translate(texts)
    assert [h.text for h in ours] == [tokenizer.join(found.hypotheses[0]) for found in whole]
    assert max(abs(h.score - found.scores[0]) for h, found in zip(ours, whole, strict=True)) < 0.001


def test_nothing_is_cut_to_fit() -> None:
    engine = load_engine(Settings(), Model(MODEL), threads=1)
    too_long = "parola " * engine.max_length
    with pytest.raises(ValueError, match="longer than the model"):
        engine.translate([too_long])
    known: dict[str, Hypothesis] = {}
    translate_all([too_long, "Buongiorno."], engine, known, "it")
    assert list(known) == ["Buongiorno."]


def test_a_folder_that_is_no_model_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match=r"config\.json, source\.spm, target\.spm, vocab\.json"):
        ModelStore(override=tmp_path)


@pytest.mark.parametrize(
    ("engine", "name", "content", "expected"),
    [
        ("ctranslate2", "config.json", b"", "cannot be read"),
        ("ctranslate2", "config.json", b"[]", "is not a JSON object"),
        ("ctranslate2", "vocab.json", b"{", "its tokeniser does not load"),
        ("ctranslate2", "tokenizer_config.json", b"[]", "its tokeniser does not load"),
        ("ctranslate2", "source.spm", b"{", "its tokeniser does not load"),
        ("ctranslate2", "ctranslate2/model.bin", b"{", "does not load in CTranslate2"),
        pytest.param("transformers", "model.safetensors", b"{", "its weights do not load", marks=pytest.mark.torch),
    ],
)
def test_a_damaged_file_is_a_broken_model(
    engine: EngineName, name: str, content: bytes, expected: str, tmp_path: Path
) -> None:
    if engine == "transformers":
        pytest.importorskip("torch", reason="needs the [torch] extra")
    folder = Path(shutil.copytree(MODEL, tmp_path / "romance-en"))
    (folder / name).write_bytes(content)
    with pytest.raises(ModelBroken, match=expected):
        load_engine(Settings(engine=engine), Model(folder, engine), threads=1)


@pytest.fixture(scope="module")
def float32_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled checkpoint, converted without quantisation: what int8 weights lost does not come back in float32."""
    converters = pytest.importorskip("ctranslate2.converters")
    pytest.importorskip("torch", reason="needs the [torch] extra")
    folder = tmp_path_factory.mktemp("float32") / "romance-en"
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns("ctranslate2"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        converters.TransformersConverter(str(folder)).convert(str(folder / "ctranslate2"), quantization="float32")
    return folder


@pytest.mark.torch
def test_both_engines_decode_alike(float32_model: Path) -> None:
    texts = italian_of_the_seeds()[::4]
    assert len(texts) > 12
    ours = load_engine(Settings(beam=1, compute_type="float32"), Model(float32_model), threads=2).translate(texts)
    reference = load_engine(Settings(beam=1, engine="transformers"), Model(MODEL, "transformers"), threads=2)
    theirs = reference.translate(texts)
    assert [h.text for h in ours] == [h.text for h in theirs]
    assert [(h.source_tokens, h.target_tokens) for h in ours] == [(h.source_tokens, h.target_tokens) for h in theirs]
    assert max(abs(a.score - b.score) for a, b in zip(ours, theirs, strict=True)) < 0.001


@pytest.mark.torch
def test_the_reference_engine_has_nothing_to_warn_of(capfd: pytest.CaptureFixture[str]) -> None:
    engine = load_engine(Settings(beam=1, engine="transformers"), Model(MODEL, "transformers"), threads=1)
    engine.translate(["Il ponte è chiuso.", "La scuola riapre."])
    assert "max_length" not in "".join(capfd.readouterr())


@pytest.mark.torch
def test_int8_is_as_good_as_float32(float32_model: Path) -> None:
    """Not the same words: a compact model is often undecided between two, and rounding tips the scales. As good a choice."""
    from sacrebleu import corpus_chrf

    from benchmarks.quality.pairs import load

    pairs = load("it")
    int8 = load_engine(Settings(), Model(MODEL), threads=2)
    float32 = load_engine(Settings(compute_type="float32"), Model(float32_model), threads=2)
    ours, theirs = ([h.text for h in engine.translate([p.source for p in pairs])] for engine in (int8, float32))
    references = [[pair.english for pair in pairs]]
    # Measured 2026-11-29: 68.9 and 68.9 against the references (68.8 and 68.8 with the model before). 200 sentences
    # tell no difference of half a point from none.
    assert abs(corpus_chrf(ours, references).score - corpus_chrf(theirs, references).score) <= 0.8
    assert corpus_chrf(ours, [theirs]).score >= 90
