"""What a vocabulary lacks: letters, elided articles, and words after an apostrophe.

Without letters "ÖVP" can only come out as "VP" and "Jörg" as "J'rg": the student's vocabulary was made for Portuguese and
English, and its English pieces for English words, but names in news have the letters of all Europe. They become pieces
of both sides, numbered among the English ones. Elided words ("dell'", "qu'") become pieces of the source side.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable
from pathlib import Path

from sentencepiece import sentencepiece_model_pb2 as proto

LISTS = Path(__file__).parent / "lists"

# Log-probability of a letter as a piece of its own: below every word, above the price of an unknown letter.
LETTER_SCORE = -12.0
# An elided word: above its letters and the apostrophe apart.
ELISION_SCORE = -6.0
# Letters that no decomposition folds.
_FOLD = {"ß": "ss", "æ": "a", "Æ": "A", "ø": "o", "Ø": "O", "œ": "o", "Œ": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
         "ı": "i", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "€": "$", "£": "$", "–": "-", "—": "-", "…": ".", "«": '"',
         "»": '"', "²": "2", "³": "3", "½": "1", "·": "-"}  # fmt: skip


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


def without_pieces(model: bytes, pieces: Container[str]) -> bytes:
    """A SentencePiece model that lacks some of its pieces."""
    parsed = proto.ModelProto()
    parsed.ParseFromString(model)
    kept = [piece for piece in parsed.pieces if piece.piece not in pieces]
    del parsed.pieces[:]
    parsed.pieces.extend(kept)
    return bytes(parsed.SerializeToString())


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
