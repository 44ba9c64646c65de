"""How fast the translation is, beside what it is built on: `python -m benchmarks.translation`.

In one run, on the same sentences and weights, from text to text:
- this project's way (`pipeline.translate.plan.translate_all`: each text once, batches of one length, the target's pieces
  alone, repairs);
- bare CTranslate2: one call of `translate_batch`, sorted by length, with its best batch size and threads, and the whole
  vocabulary, as it has it by itself;
- Transformers' `generate`: float32, batches padded and sorted by length, the same beam;
- and a whole run of the pipeline over the same sentences as a folder of articles.

Time on the clock, the best of several turns taken in alternation; beside it the processor time of all threads, which hardly
changes when the machine has other work. Tokens are those of the output, as SentencePiece cuts it. chrF is
each output against Transformers'. Needs the extras [torch] and [evaluate]; `--sweep` needs neither, and measures what
`BATCH_TOKENS` and the threads of the engine were chosen by.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.models import Model
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.translate import Hypothesis, marian
from pipeline.translate.ctranslate2_engine import CTranslate2Engine
from pipeline.translate.plan import translate_all
from pipeline.translate.tokenizer import Tokenizer

ROOT: Final = Path(__file__).parent.parent
SEED: Final = 20261122
# Sentences of one article of the whole run, in paragraphs of PARAGRAPH.
ARTICLE: Final = 20
PARAGRAPH: Final = 4
# Padded tokens in a batch of Transformers: the best of 512, 1024, 2048 and 4096 on the machine of the README's table.
TRANSFORMERS_TOKENS: Final = 1024

Contender = Callable[[Sequence[str]], list[str]]


@dataclass(slots=True)
class Timing:
    """What a contender needed, turn by turn: seconds on the clock, and seconds of all its threads; and what it gave."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The turn that was disturbed least."""
        return min(self.seconds)


def sentences(count: int) -> list[str]:
    """Different Italian sentences of 6 to 60 words, the same in every run."""
    parts = tomllib.loads((ROOT / "benchmarks" / "translation.toml").read_text(encoding="utf-8"))
    draw = random.Random(SEED)
    made: dict[str, None] = {}
    while len(made) < count:
        opening, subject, verb, object_ = (
            draw.choice(parts[name]) for name in ("openings", "subjects", "verbs", "objects")
        )
        tails = draw.sample(parts["tails"], draw.randrange(4))
        text = ", ".join([" ".join(filter(None, (opening, subject, verb, object_))), *tails]) + "."
        made[text[0].upper() + text[1:]] = None
    return list(made)


def monoglot(model: Model, beam: int, threads: int) -> Contender:
    """This project's way."""
    engine = CTranslate2Engine(model, beam, "int8", threads)

    def translate(texts: Sequence[str]) -> list[str]:
        known: dict[str, Hypothesis] = {}
        translate_all(texts, engine, known, "it")
        return [known[text].text for text in texts]

    return translate


def bare(model: Model, beam: int, inter: int, intra: int, tokens: int) -> Contender:
    """CTranslate2 as its manual has it."""
    import ctranslate2

    tokenizer = Tokenizer(model)
    translator: Any = ctranslate2.Translator(
        str(model.converted), device="cpu", compute_type="int8", inter_threads=inter, intra_threads=intra
    )

    def translate(texts: Sequence[str]) -> list[str]:
        pieces = [tokenizer.pieces(tokenizer.encode(text)) for text in texts]
        results = translator.translate_batch(pieces, beam_size=beam, max_batch_size=tokens, batch_type="tokens")
        return [tokenizer.join(result.hypotheses[0]) for result in results]

    return translate


def transformers(model: Model, beam: int, threads: int) -> Contender:
    """Transformers' `generate` in float32, batches padded and sorted by length."""
    import torch
    from transformers import MarianMTModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.set_num_threads(threads)
    tokenizer = Tokenizer(model)
    loaded: Any = MarianMTModel.from_pretrained(str(model.path), local_files_only=True, dtype=torch.float32)
    pad = loaded.config.pad_token_id

    def translate(texts: Sequence[str]) -> list[str]:
        ids = [tokenizer.encode(text) for text in texts]
        order = sorted(range(len(ids)), key=lambda i: -len(ids[i]))
        outputs: dict[int, str] = {}
        while order:
            longest = len(ids[order[0]])
            batch, order = (
                order[: max(1, TRANSFORMERS_TOKENS // longest)],
                order[max(1, TRANSFORMERS_TOKENS // longest) :],
            )
            padded = torch.tensor([ids[i] + [pad] * (longest - len(ids[i])) for i in batch])
            mask = torch.tensor([[1] * len(ids[i]) + [0] * (longest - len(ids[i])) for i in batch])
            with torch.inference_mode():
                given = loaded.generate(
                    input_ids=padded, attention_mask=mask, num_beams=beam, do_sample=False, max_new_tokens=256
                )
            outputs.update(zip(batch, (tokenizer.decode(row) for row in given.tolist()), strict=True))
        return [outputs[i] for i in range(len(texts))]

    return translate


def whole_run(texts: Sequence[str], beam: int, threads: int) -> Contender:
    """`monoglot run` on the sentences as articles, with everything that belongs to it, loading included."""

    def translate(_: Sequence[str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for number, at in enumerate(range(0, len(texts), ARTICLE)):
                lines = texts[at : at + ARTICLE]
                blocks = [" ".join(lines[i : i + PARAGRAPH]) for i in range(0, len(lines), PARAGRAPH)]
                (Path(folder) / f"{number:04}.txt").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
            settings = Settings(language="it", beam=beam, jobs=threads)
            report = run([folder], Path(folder) / "out", settings)
            if report.exit_code:
                raise SystemExit(f"the run ended with {report.exit_code}: {report.counts()}")
        return []

    return translate


def measure(contenders: dict[str, Contender], texts: Sequence[str], turns: int) -> dict[str, Timing]:
    """Let each take its turn, `turns` times over, after a few sentences to warm up."""
    timings = {name: Timing() for name in contenders}
    for contender in contenders.values():
        contender(texts[:32])
    for _ in range(turns):
        for name, contender in contenders.items():
            start, busy = time.perf_counter(), time.process_time()
            timings[name].outputs = contender(texts)
            timings[name].seconds.append(time.perf_counter() - start)
            timings[name].processor.append(time.process_time() - busy)
    return timings


def compare(model: Model, texts: Sequence[str], arguments: argparse.Namespace) -> None:
    """Print the table of the README."""
    from sacrebleu.metrics import CHRF

    beam, threads = arguments.beam, arguments.threads
    settings = {(i, j): f"{i}x{j}" for i, j in ((threads, 1), (1, threads))}
    bares: dict[str, Contender] = {
        f"bare {name} {tokens}": bare(model, beam, *pair, tokens)
        for pair, name in settings.items()
        for tokens in (1024, 2048)
    }
    found = measure(bares, texts, 1)
    fastest = min(found, key=lambda name: found[name].best)
    contenders: dict[str, Contender] = {
        "monoglot": monoglot(model, beam, threads),
        fastest: bares[fastest],
        "monoglot run": whole_run(texts, beam, threads),
    }
    timings = measure(contenders, texts, arguments.turns)
    few = texts[: arguments.transformers]
    timings |= measure({"transformers": transformers(model, beam, threads)}, few, 1)
    reference = timings["transformers"].outputs
    tokenizer = Tokenizer(model)
    lengths = [len(tokenizer.encode(text)) - 1 for text in timings["monoglot"].outputs]
    speeds = {name: sum(lengths) / timing.best for name, timing in timings.items()}
    # Transformers takes fewer sentences, so that the rest can take more; its speed is that of its own.
    speeds["transformers"] = sum(lengths[: len(few)]) / timings["transformers"].best
    print(f"{len(texts)} sentences ({len(few)} for Transformers), {sum(lengths)} tokens of output, beam {beam},")
    print(f"{threads} threads, model {model.signature}; chrF against Transformers")
    print(f"{'':24}{'seconds':>9}{'processor':>11}{'tokens/s':>10}{'x transformers':>16}{'x bare':>8}{'chrF':>8}")
    for name, timing in timings.items():
        outputs = timing.outputs[: len(few)]
        chrf = f"{CHRF().corpus_score(outputs, [reference]).score:.2f}" if outputs else ""
        print(
            f"{name:24}{timing.best:9.2f}{min(timing.processor):11.2f}{speeds[name]:10.0f}"
            f"{speeds[name] / speeds['transformers']:16.2f}{speeds[fastest] / speeds[name]:8.2f}{chrf:>8}"
        )


def sweep(model: Model, texts: Sequence[str], arguments: argparse.Namespace) -> None:
    """Print the seconds (and processor seconds) of batches of one length, by tokens in a batch; and of the bare engine's
    padded ones, by threads too."""
    beam, threads = arguments.beam, arguments.threads
    kept = marian.BATCH_TOKENS
    for tokens in arguments.sizes:
        marian.BATCH_TOKENS = tokens  # type: ignore[misc]
        same = measure({"same": monoglot(model, beam, threads)}, texts, arguments.turns)["same"]
        row = [f"{tokens:6}  one length {threads}x1 {same.best:6.2f} ({min(same.processor):.2f})"]
        for inter, intra in ((threads, 1), (1, threads)):
            padded = measure({"bare": bare(model, beam, inter, intra, tokens)}, texts, arguments.turns)["bare"]
            row.append(f"padded {inter}x{intra} {padded.best:6.2f} ({min(padded.processor):.2f})")
        print("   ".join(row), flush=True)
    marian.BATCH_TOKENS = kept  # type: ignore[misc]


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "romance-en")
    parser.add_argument("--sentences", type=Path, help="a file, one sentence a line, instead of those made here")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--transformers", type=int, default=200, help="sentences for Transformers, the first of all")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--sweep", action="store_true", help="batch sizes and threads instead of the table")
    parser.add_argument("--sizes", type=int, nargs="+", default=[128, 256, 512, 1024, 2048, 4096])
    arguments = parser.parse_args()
    texts = (
        arguments.sentences.read_text(encoding="utf-8").splitlines()
        if arguments.sentences
        else sentences(arguments.count)
    )
    (sweep if arguments.sweep else compare)(Model(arguments.model), texts, arguments)


if __name__ == "__main__":
    main()
