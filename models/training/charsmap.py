"""The character rules inside a SentencePiece model: reading them, adding to them, compiling them anew.

Italian and French write "dell'Austria" and "l'actuelle" in one word, and SentencePiece finds its whole-word pieces only
after a space: "Austria" came out as A·u·stria. A rule that puts a space after every apostrophe and quote lets it find
them. As a rule of the model itself it holds wherever the model is used; and curly quotes become straight by the way.
"""

from __future__ import annotations

import io
import struct
import tempfile
from collections import defaultdict
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto

# For sources: a word begins after an apostrophe or an opening quote. A straight quote may also close; the space that it
# then puts before a comma does no harm. Brackets and hyphens stay: what follows them is mostly names, which are copied
# best in the pieces that English has for them.
RULES = {
    **dict.fromkeys("'’‘ʼ", "' "),
    **dict.fromkeys('"“„‟«', '" '),
    **dict.fromkeys("”»", '"'),
}

_LABEL = (1 << 31) | 0xFF


def _offset(unit: int) -> int:
    """Where a unit's children are: the layout of darts-clone, the trie library that SentencePiece uses."""
    return (unit >> 10) << ((unit & (1 << 9)) >> 6)


def read_rules(compiled: bytes) -> dict[str, str]:
    """All rules of a compiled map: characters → what replaces them.

    The format is the trie's length in bytes, the trie as a double array of 32-bit units, then the replacements, each
    ended by a zero byte; a leaf holds the place of its replacement.
    """
    (size,) = struct.unpack_from("<I", compiled)
    units = struct.unpack_from(f"<{size // 4}I", compiled, 4)
    texts = compiled[4 + size :]
    children: defaultdict[int, list[int]] = defaultdict(list)
    for at, unit in enumerate(units):
        label = unit & _LABEL
        if 0 < label < 256:
            # A child of label b stands at its parent's place xor b.
            children[at ^ label].append(at)
    rules: dict[str, str] = {}
    open_nodes = [(_offset(units[0]), b"")]
    while open_nodes:
        place, key = open_nodes.pop()
        for at in children[place]:
            unit = units[at]
            longer, below = key + bytes([unit & 0xFF]), at ^ _offset(unit)
            if unit >> 8 & 1:
                start = units[below] & 0x7FFFFFFF
                rules[longer.decode()] = texts[start : texts.index(b"\0", start)].decode()
            open_nodes.append((below, longer))
    return rules


def compile_rules(rules: dict[str, str]) -> bytes:
    """Compile rules; only SentencePiece's trainer can, so a model of one sentence is trained for it."""

    def codes(text: str) -> str:
        return " ".join(f"{ord(c):X}" for c in text)

    model = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "rules.tsv"
        table.write_text("".join(f"{codes(k)}\t{codes(v)}\n" for k, v in sorted(rules.items())), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["a b c d e f g h"] * 8),
            model_writer=model,
            vocab_size=14,
            hard_vocab_limit=False,
            normalization_rule_tsv=str(table),
            minloglevel=2,
        )
    parsed = proto.ModelProto()
    parsed.ParseFromString(model.getvalue())
    return bytes(parsed.normalizer_spec.precompiled_charsmap)


def part_words(model: bytes) -> bytes:
    """A SentencePiece model whose words also begin after an apostrophe or a quote."""
    parsed = proto.ModelProto()
    parsed.ParseFromString(model)
    rules = read_rules(parsed.normalizer_spec.precompiled_charsmap)
    parsed.normalizer_spec.precompiled_charsmap = compile_rules({**rules, **RULES})
    return bytes(parsed.SerializeToString())
