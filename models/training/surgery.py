"""From the student to a MarianMT checkpoint: weights renamed, embeddings of new pieces started, the recurrence replaced."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from .checkpoint import FORBIDDEN, Checkpoint, read_checkpoint
from .config import RecipeError, read_json
from .letters import fold
from .network import EMBEDDING, Shape
from .student import DECODER_LAYERS, ENCODER_LAYERS, Student
from .vocabulary import NewPieces

_PROJECTIONS = {"q_proj": "q", "k_proj": "k", "v_proj": "v", "out_proj": "o"}


def _attention(student: Student, theirs: str, ours: str) -> dict[str, Tensor]:
    weights: dict[str, Tensor] = {}
    for name, letter in _PROJECTIONS.items():
        weights[f"{ours}.{name}.weight"] = student.weights[f"{theirs}_W{letter}"].T.contiguous()
        weights[f"{ours}.{name}.bias"] = student.weights[f"{theirs}_b{letter}"].flatten()
    return weights


def _norm(student: Student, theirs: str, ours: str) -> dict[str, Tensor]:
    return {
        f"{ours}.weight": student.weights[f"{theirs}_ln_scale"].flatten(),
        f"{ours}.bias": student.weights[f"{theirs}_ln_bias"].flatten(),
    }


def _feed_forward(student: Student, theirs: str, ours: str) -> dict[str, Tensor]:
    weights = _norm(student, f"{theirs}_ffn_ffn", f"{ours}.final_layer_norm")
    for number in ("1", "2"):
        weights[f"{ours}.fc{number}.weight"] = student.weights[f"{theirs}_ffn_W{number}"].T.contiguous()
        weights[f"{ours}.fc{number}.bias"] = student.weights[f"{theirs}_ffn_b{number}"].flatten()
    return weights


def transplant(student: Student, self_attention: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """All weights but the embedding, under Hugging Face's names; ``self_attention`` is what distilling gave."""
    weights = dict(self_attention)
    for layer in range(ENCODER_LAYERS):
        theirs, ours = f"encoder_l{layer + 1}", f"model.encoder.layers.{layer}"
        weights |= _attention(student, f"{theirs}_self", f"{ours}.self_attn")
        weights |= _norm(student, f"{theirs}_self_Wo", f"{ours}.self_attn_layer_norm")
        weights |= _feed_forward(student, theirs, ours)
    for layer in range(DECODER_LAYERS):
        theirs, ours = f"decoder_l{layer + 1}", f"model.decoder.layers.{layer}"
        weights |= _attention(student, f"{theirs}_context", f"{ours}.encoder_attn")
        weights |= _norm(student, f"{theirs}_rnn_ffn", f"{ours}.self_attn_layer_norm")
        weights |= _norm(student, f"{theirs}_context_Wo", f"{ours}.encoder_attn_layer_norm")
        weights |= _feed_forward(student, theirs, ours)
    return weights


def _plain_letters(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def embed(student: Student, numbers: Mapping[str, int], new: NewPieces, seed: int) -> tuple[Tensor, Counter[str]]:
    """The embedding of the new vocabulary and how many of its rows started from what.

    A word starts from the mean of its translations' pieces, a word without translation from its own spelling in the
    student's pieces, a letter from its plain letter with a little noise, so that the two can part.
    """
    pieces = student.pieces
    known = {pieces.id_to_piece(i): i for i in range(pieces.get_piece_size())}
    noise = torch.Generator().manual_seed(seed)
    table = torch.zeros(len(numbers), student.embedding.shape[1])
    origin: Counter[str] = Counter()
    for piece, number in numbers.items():
        if piece == "<pad>":
            continue
        if piece in new.taken_over:
            origin["taken over"] += 1
            rows = pieces.encode(new.taken_over[piece])
        elif piece in known:
            origin["student"] += 1
            rows = [known[piece]]
        elif new.meanings.get(piece):
            origin["lexicon"] += 1
            rows = [i for meaning in new.meanings[piece] for i in pieces.encode(meaning)]
        elif piece.startswith("▁"):
            origin["spelling"] += 1
            rows = pieces.encode(_plain_letters(piece[1:]))
        else:
            origin["letter"] += 1
            rows = [known[c] for c in fold(piece) if c in known]
        mean = student.embedding[rows or [pieces.unk_id()]].mean(0)
        if piece not in known:
            mean = mean + 0.05 * mean.std() * torch.randn(mean.shape, generator=noise)
        table[number] = mean
    return table, origin


def output_bias(student: Student, numbers: Mapping[str, int], english: int) -> Tensor:
    """The student's bias for English pieces, -10,000 for all others and ``<unk>``, a low one for letters it lacked."""
    pieces = student.pieces
    known = {pieces.id_to_piece(i): i for i in range(pieces.get_piece_size())}
    bias = torch.full((len(numbers),), FORBIDDEN)
    low = float(student.bias.quantile(0.05))
    for piece, number in numbers.items():
        if number < english and piece != "<unk>":
            bias[number] = float(student.bias[known[piece]]) if piece in known else low
    return bias


def build(
    student: Student,
    self_attention: Mapping[str, Tensor],
    vocabulary: Path,
    new: NewPieces,
    english: int,
    seed: int,
) -> Checkpoint:
    """The untrained checkpoint of a new model, in the vocabulary written to a folder."""
    numbers: dict[str, int] = read_json(vocabulary / "vocab.json")
    table, origin = embed(student, numbers, new, seed)
    print(f"{len(numbers)} pieces, {english} of them English; embeddings from: {dict(origin)}", flush=True)
    weights = {EMBEDDING: table, **transplant(student, self_attention)}
    return Checkpoint(weights, output_bias(student, numbers, english), Shape())


def blend(
    student: Student,
    model: Checkpoint,
    vocabulary: Path,
    share: float,
    self_attention: Mapping[str, Tensor] | None = None,
) -> Checkpoint:
    """A trained checkpoint drawn back to where it began: the mean of its weights and, for ``share``, the student's.

    What training has moved lies so near the student (a tenth of each matrix's norm) that the way between them is all good
    models, and some way back is better than its end: there less is unlearnt than was learnt (Wortsman et al. 2022, "Robust
    fine-tuning of zero-shot models"). Words that the student lacks stay as they are.

    Args:
        share: 0 is the model as it is, 1 the student.
        self_attention: what distilling gave in place of the student's recurrence; without it the model's own stays.
    """
    numbers: dict[str, int] = read_json(vocabulary / "vocab.json")
    pieces = student.pieces
    both = [(numbers[p], i) for i in range(pieces.get_piece_size()) if (p := pieces.id_to_piece(i)) in numbers]
    ours, theirs = (torch.tensor(side) for side in zip(*both, strict=True))
    began = transplant(student, self_attention or {})
    weights = {name: w.lerp(model.weights[name], 1 - share) for name, w in began.items()}
    table = model.weights[EMBEDDING].clone()
    table[ours] = student.embedding[theirs].lerp(table[ours], 1 - share)
    return Checkpoint({**model.weights, **weights, EMBEDDING: table}, model.bias, model.shape)


def graft(built: Checkpoint, vocabulary: Path, base: Path) -> Checkpoint:
    """A built checkpoint with the network of a model trained before, and its embeddings of the pieces that both have.

    What the old model has learnt is kept, in a vocabulary of more languages: romance-en began so from the first it-en, whose
    Italian it had from the start.

    Raises:
        RecipeError: the networks differ in size.
    """
    old = read_checkpoint(base)
    if old.shape != built.shape:
        raise RecipeError(f"{base}: its network has other sizes ({old.shape}) than this recipe's ({built.shape})")
    numbers: dict[str, int] = read_json(vocabulary / "vocab.json")
    theirs: dict[str, int] = read_json(base / "vocab.json")
    shared = sorted(numbers.keys() & theirs.keys())
    table = built.weights[EMBEDDING].clone()
    table[[numbers[p] for p in shared]] = old.weights[EMBEDDING][[theirs[p] for p in shared]]
    print(f"{base}: its network, and {len(shared)} of its {len(theirs)} embeddings", flush=True)
    return Checkpoint({**old.weights, EMBEDDING: table}, built.bias, built.shape)
