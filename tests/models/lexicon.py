"""A MarianMT that translates word for word, built by hand in a moment: a real model for a language that none is bundled for.

It reads one piece a word and writes one piece a word. The embedding of a source word is the code of its translation, the
decoder looks at the source word of its own position, and the output layer finds the word of the code that it saw there. Codes
are random vectors of ±1, which in so many dimensions are nearly at right angles.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import transformer_spec

# Words as they stand between spaces, and what they become.
GALICIAN = {
    "O": "Il",
    "goberno": "governo",
    "anunciou": "ha annunciato",
    "onte": "ieri",
    "unha": "una",
    "nova": "nuova",
    "lei.": "legge.",
    "Na": "Nella",
    "praza": "piazza",
    "hai": "ci sono",
    "235": "253",
    "persoas.": "persone.",
}
# Dimensions of a word's code, and of a position's.
_HALF = 64
# How sharply the decoder looks, how much what it sees outweighs what it is, and how sure it is of its words: about 0.9 each.
_LOOK, _WEIGHT, _SURE = 8.0, 20.0, 0.08
_SPECIAL = ("</s>", "<unk>")


def build(
    folder: Path, words: Mapping[str, str], source: str, target: str, tokens: tuple[str, ...] = (), positions: int = 64
) -> Path:
    """Write a model that replaces words, in the layout that `monoglot models import` takes, with its conversion.

    With `tokens` (`>>ita<<`) it translates into several languages: its decoder counts on one of them before the first word.
    """
    folder.mkdir(parents=True)
    pieces = [*_SPECIAL, *tokens, *(f"▁{word}" for word in words), *(_piece(word) for word in words.values())]
    pieces = list(dict.fromkeys(pieces))
    (folder / "vocab.json").write_text(json.dumps({p: i for i, p in enumerate((*pieces, "<pad>"))}), "utf-8")
    (folder / "source.spm").write_bytes(_splitter(list(words)))
    # One piece a word, though it be several words: such a piece is one that a person defines.
    (folder / "target.spm").write_bytes(_splitter(list(words), [_piece(meaning) for meaning in words.values()]))
    config = {"model_type": "marian", "max_position_embeddings": positions}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    tokeniser = {"source_lang": source, "target_lang": target, "tokenizer_class": "MarianTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(tokeniser | {"model_max_length": positions}), "utf-8")
    meanings = {f"▁{word}": _piece(meaning) for word, meaning in words.items()}
    _save(folder / "ctranslate2", pieces, meanings, int(bool(tokens)), positions)
    return folder


def _piece(meaning: str) -> str:
    """One target piece, though it be of several words."""
    return "▁" + meaning.replace(" ", "▁")


def _splitter(words: list[str], defined: Sequence[str] = ()) -> bytes:
    """A SentencePiece model whose pieces are these words, and those that are defined."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(words),
        model_writer=model,
        model_type="word",
        vocab_size=len(words) + len(defined) + 3,
        user_defined_symbols=list(dict.fromkeys(defined)),
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_name="identity",
        minloglevel=2,
    )
    return model.getvalue()


def _save(folder: Path, pieces: list[str], meanings: Mapping[str, str], shift: int, positions: int) -> None:
    random = np.random.default_rng(7)

    def codes(number: int) -> np.ndarray:
        """Vectors with as many +1 as -1, so that layer normalisation leaves them as they are."""
        half = np.repeat(np.array([1.0, -1.0], dtype=np.float32), _HALF // 2)
        return np.stack([random.permutation(half) for _ in range(number)])

    code = dict(zip(pieces, codes(len(pieces)), strict=True))
    place = np.pad(codes(positions + 1), ((0, 0), (_HALF, 0)))
    spec = transformer_spec.TransformerSpec.from_config((1, 1), 1, pre_norm=False)
    for side, first in ((spec.encoder, 0), (spec.decoder, shift)):
        side.scale_embeddings = 1.0
        side.position_encodings.encodings = place[first : first + positions]
        for layer in side.layer:
            _nothing(layer.self_attention.linear, 6 * _HALF)
            _plain(layer.self_attention.layer_norm)
            _nothing((layer.ffn.linear_0, layer.ffn.linear_1), 2 * _HALF)
            _plain(layer.ffn.layer_norm)
    spec.encoder.embeddings[0].weight = _padded(np.stack([code[meanings.get(piece, piece)] for piece in pieces]))
    spec.decoder.embeddings.weight = _padded(np.stack([code[piece] for piece in pieces]))
    spec.decoder.start_from_zero_embedding = True
    spec.decoder.projection.weight = _SURE * spec.decoder.embeddings.weight
    is_word, is_place = np.diag(np.repeat([1.0, 0.0], _HALF)), np.diag(np.repeat([0.0, 1.0], _HALF))
    attention = spec.decoder.layer[0].attention
    weights = (_LOOK * is_place, np.concatenate((is_place, is_word)), _WEIGHT * is_word)
    for linear, weight in zip(attention.linear, weights, strict=True):
        linear.weight = weight.astype(np.float32)
        linear.bias = np.zeros(len(weight), dtype=np.float32)
    _plain(attention.layer_norm)
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.eos_token = spec.config.decoder_start_token = "</s>"
    spec.config.unk_token = "<unk>"
    spec.validate()
    spec.optimize()
    folder.mkdir()
    spec.save(str(folder))


def _padded(codes: np.ndarray) -> np.ndarray:
    return np.pad(codes, ((0, 0), (0, _HALF)))


def _nothing(linears: Sequence[Any], first: int) -> None:
    """Make two linear layers give zeros: of so many outputs, and of the model's width."""
    for linear, rows in zip(linears, (first, 2 * _HALF), strict=True):
        linear.weight = np.zeros((rows, 2 * _HALF), dtype=np.float32)
        linear.bias = np.zeros(rows, dtype=np.float32)


def _plain(norm: Any) -> None:
    norm.gamma = np.ones(2 * _HALF, dtype=np.float32)
    norm.beta = np.zeros(2 * _HALF, dtype=np.float32)
