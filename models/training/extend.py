"""Words that a published model spells in pieces get a piece of their own, which starts from their Portuguese.

"provvisori" as prov·visor·i means nothing to a network that has met it three times, and comes out as "positive"; as one piece
that starts from "provisórios" it is understood at once: on the development set Italian gained half a point of BLEU, French a
sixth, before any of these pieces had been trained.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import sentencepiece
import torch

from .checkpoint import FORBIDDEN, Checkpoint
from .config import VocabularySettings, read_json
from .letters import add_pieces, without_pieces
from .names import alike_names
from .network import EMBEDDING
from .vocabulary import has_list, word_scores

# Letters of a word that is worth a piece.
SHORTEST = 4
# Zipf frequency (log10 of occurrences in 10^9 words) from which a word is common, and up to which it is rare.
COMMON, RARE = 5.0, 3.4


def spelt_words(
    frequencies: Mapping[str, float],
    lexicon: Mapping[str, str],
    vocabulary: Path,
    most: int,
    settings: VocabularySettings,
) -> dict[str, list[int]]:
    """New piece → the numbers of its Portuguese translation's pieces, commonest word first.

    A word counts if the vocabulary spells it in several pieces, another word translates it, and English has not the same.

    Args:
        frequencies: of the language's words, the commonest first.
        lexicon: word → Portuguese.
        vocabulary: the folder of the published vocabulary.
        most: pieces that a translation may have: the mean of many means little.
    """
    from wordfreq import word_frequency

    numbers: dict[str, int] = read_json(vocabulary / "vocab.json")
    source = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary / "source.spm"))
    found: dict[str, list[int]] = {}
    for word, frequency in frequencies.items():
        if frequency < settings.min_frequency or len(found) >= settings.pieces:
            break
        meaning = lexicon.get(word, word)
        if len(word) < SHORTEST or meaning == word or word_frequency(word, "en") > 0.5 * frequency:
            continue
        start = [numbers[piece] for piece in source.encode(meaning, out_type=str) if piece in numbers]
        if "▁" + word not in numbers and len(source.encode(word)) > 1 and 1 <= len(start) <= most:
            found["▁" + word] = start
    return found


def idle_pieces(sources: Iterable[str], languages: Sequence[str], vocabulary: Path) -> list[str]:
    """Words that have a piece though hardly one of ``sources`` is written with it; they are spelt as well.

    With a capital: those in at most one source, but for common ones, whatever the sources: "Quindi" begins many a sentence.
    Without: rare ones in no source. Of a language that wordfreq has no list of, every word is rare.
    """
    from wordfreq import zipf_frequency

    source = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary / "source.spm"))
    target = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary / "target.spm"))
    listed = [language for language in languages if has_list(language)]
    used = Counter(piece for text in sources for piece in source.encode(text, out_type=str))

    def idle(piece: str) -> bool:
        word = piece[1:]
        if piece[0] != "▁" or len(word) < SHORTEST or target.piece_to_id(piece) != target.unk_id():
            return False
        most, bound = (1, COMMON) if word[0].isupper() else (0, RARE)
        return used[piece] <= most and all(zipf_frequency(word, language) < bound for language in listed)

    return [piece for piece in map(source.id_to_piece, range(source.get_piece_size())) if idle(piece)]


def alike_pieces(vocabulary: Path) -> list[str]:
    """The names that English writes alike though the vocabulary has a piece of them that English is never written with.

    A network has to know by heart how such a name is spelt; where both sides spell it with the same pieces, it copies them. One lost
    69 % of them where they had a piece and 9 % where they had none (`python -m benchmarks.names`).
    """
    numbers: dict[str, int] = read_json(vocabulary / "vocab.json")
    target = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary / "target.spm"))
    pieces = ("▁" + name for name in sorted(alike_names()))
    return [piece for piece in pieces if piece in numbers and target.piece_to_id(piece) == target.unk_id()]


def _write(out: Path, numbers: Mapping[str, int], target: bytes, source: bytes) -> None:
    (out / "vocab.json").write_text(json.dumps(numbers, ensure_ascii=False), encoding="utf-8")
    (out / "target.spm").write_bytes(target)
    (out / "source.spm").write_bytes(source)


def shrink(model: Checkpoint, vocabulary: Path, pieces: Collection[str], out: Path) -> Checkpoint:
    """The checkpoint without the rows of some pieces of sources; the new vocabulary is written to ``out``."""
    numbers: dict[str, int] = read_json(vocabulary / "vocab.json")
    kept = sorted(numbers.keys() - set(pieces), key=numbers.__getitem__)
    target, source = ((vocabulary / name).read_bytes() for name in ("target.spm", "source.spm"))
    _write(out, {piece: i for i, piece in enumerate(kept)}, target, without_pieces(source, pieces))
    rows = torch.tensor([numbers[piece] for piece in kept])
    weights = {**model.weights, EMBEDDING: model.weights[EMBEDDING][rows]}
    return Checkpoint(weights, model.bias[rows], model.shape)


def extend(model: Checkpoint, vocabulary: Path, words: Mapping[str, Sequence[int]], out: Path) -> Checkpoint:
    """The checkpoint with a row for each new piece before the padding's; the new vocabulary is written to ``out``.

    The new pieces are of sources alone: English is never written with them.
    """
    numbers: dict[str, int] = read_json(vocabulary / "vocab.json")
    numbers.pop("<pad>")
    numbers |= {piece: len(numbers) + i for i, piece in enumerate([*words, "<pad>"])}
    target, source = ((vocabulary / name).read_bytes() for name in ("target.spm", "source.spm"))
    _write(out, numbers, target, add_pieces(source, word_scores(target, words)))
    table = model.weights[EMBEDDING]
    rows = [table[list(start)].mean(0) for start in words.values()]
    grown = torch.cat([table[:-1], *(row[None] for row in rows), table[-1:]])
    bias = torch.cat([model.bias[:-1], torch.full((len(rows),), FORBIDDEN), model.bias[-1:]])
    return Checkpoint({**model.weights, EMBEDDING: grown}, bias, model.shape)
