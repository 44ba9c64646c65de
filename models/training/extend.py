"""What a vocabulary lacks: letters, elided articles, and words after an apostrophe.

Without letters "ÖVP" can only come out as "VP" and "Jörg" as "J'rg": the student's vocabulary was made for Portuguese and
English, and its English pieces for English words, but names in news have the letters of all Europe. They become pieces
of both sides, numbered among the English ones. Elided words ("dell'", "qu'") become pieces of the source side.
"""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import sentencepiece
import torch
from sentencepiece import sentencepiece_model_pb2 as proto

from .charsmap import part_words
from .checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from .network import EMBEDDING

LISTS = Path(__file__).parent / "lists"

# Log-probability of a letter as a piece of its own: below every word, above the price of an unknown letter.
LETTER_SCORE = -12.0
# An elided word: above its letters and the apostrophe apart.
ELISION_SCORE = -6.0
# Letters that no decomposition folds.
_FOLD = {"ß": "ss", "æ": "a", "Æ": "A", "ø": "o", "Ø": "O", "œ": "o", "Œ": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
         "ı": "i", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "€": "$", "£": "$", "–": "-", "—": "-", "…": ".", "«": '"',
         "»": '"', "²": "2", "³": "3", "½": "1"}  # fmt: skip


def letters() -> list[str]:
    """The letters and signs that an English news text may hold, in a fixed order."""
    return list(dict.fromkeys("".join((LISTS / "letters.txt").read_text(encoding="utf-8").split())))


def elisions(languages: Iterable[str]) -> dict[str, str]:
    """Pieces of elided words → the Portuguese that they start from."""
    wanted = set(languages)
    rows = [line.split("\t") for line in (LISTS / "elisions.tsv").read_text(encoding="utf-8").splitlines()]
    return {"▁" + form: meaning for language, form, meaning in rows if language in wanted}


def fold(letter: str) -> str:
    """The nearest plain letters: what a new letter's embedding starts from.

    >>> fold("š"), fold("Ł"), fold("ß")
    ('s', 'L', 'ss')
    """
    if letter in _FOLD:
        return _FOLD[letter]
    return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))


def add_pieces(model: bytes, pieces: dict[str, float]) -> bytes:
    """A SentencePiece model with pieces appended: text → log-probability."""
    parsed = proto.ModelProto()
    parsed.ParseFromString(model)
    known = {p.piece for p in parsed.pieces}
    for text, score in pieces.items():
        if text not in known:
            added = parsed.pieces.add()
            added.piece, added.score, added.type = text, score, proto.ModelProto.SentencePiece.NORMAL
    return bytes(parsed.SerializeToString())


def renumber(
    old: dict[str, int], english: int, wanted: list[str], source_only: list[str]
) -> tuple[dict[str, int], int]:
    """Move ``wanted`` pieces, known or new, to the end of the English ones, and put new source pieces before the padding.

    Returns:
        The numbering and the new bound of the English pieces.
    """
    ordered = sorted(old, key=old.__getitem__)
    moved = [w for w in wanted if old.get(w, len(old)) >= english]
    middle = [p for p in ordered[english:-1] if p not in set(moved)]
    added = [p for p in source_only if p not in old]
    numbers = {p: i for i, p in enumerate([*ordered[:english], *moved, *middle, *added, ordered[-1]])}
    return numbers, english + len(moved)


def _extend_vocabulary(folder: Path, out: Path, english: int, elided: Iterable[str]) -> int:
    old: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    numbers, bound = renumber(old, english, letters(), list(elided))
    out.mkdir(parents=True, exist_ok=True)
    extra = dict.fromkeys(letters(), LETTER_SCORE)
    (out / "target.spm").write_bytes(add_pieces((folder / "target.spm").read_bytes(), extra))
    source = add_pieces((folder / "source.spm").read_bytes(), {**extra, **dict.fromkeys(elided, ELISION_SCORE)})
    (out / "source.spm").write_bytes(part_words(source))
    (out / "vocab.json").write_text(json.dumps(numbers, ensure_ascii=False), encoding="utf-8")
    return bound


def extend(folder: Path, out: Path, languages: Sequence[str], seed: int) -> Checkpoint:
    """Write the model in ``folder`` anew to ``out``, with all letters, elisions and the rules of :mod:`charsmap`."""
    start = read_checkpoint(folder)
    old: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    portuguese = sentencepiece.SentencePieceProcessor(model_file=str(folder / "target.spm"))
    elided = elisions(languages)
    vocabulary = out.with_name(out.name + ".vocabulary")
    _extend_vocabulary(folder, vocabulary, start.english, elided)
    numbers: dict[str, int] = json.loads((vocabulary / "vocab.json").read_text(encoding="utf-8"))

    table, bias = start.weights[EMBEDDING], start.bias
    new_table = torch.zeros(len(numbers), table.shape[1])
    new_bias = torch.full((len(numbers),), float(bias.min()))
    noise = torch.Generator().manual_seed(seed)
    rare = float(bias[2 : start.english].quantile(0.05))
    wanted = set(letters())
    for piece, number in numbers.items():
        if piece in old:
            new_table[number], new_bias[number] = table[old[piece]], bias[old[piece]]
        else:
            texts = portuguese.encode(elided[piece], out_type=str) if piece in elided else fold(piece)
            near = [old[p] for p in texts if p in old] or [1]
            mean = table[near].mean(0)
            new_table[number] = mean + 0.1 * mean.std() * torch.randn(mean.shape, generator=noise)
        if piece in wanted and float(new_bias[number]) < rare:
            new_bias[number] = rare
    weights = {**start.weights, EMBEDDING: new_table}
    write_checkpoint(out, weights, new_bias, start.shape, vocabulary, languages[0])
    shutil.rmtree(vocabulary)
    return Checkpoint(weights, new_bias, start.shape)
