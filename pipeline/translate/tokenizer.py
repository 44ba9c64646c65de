"""MarianTokenizer, quietly: both engines cut and join their pieces with it."""

from __future__ import annotations

import os
import unicodedata
import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from pipeline.errors import ModelBroken
from pipeline.models import Model
from pipeline.models.hub import client_imported
from pipeline.models.store import read_json
from pipeline.models.target import target_token
from pipeline.records import Span
from pipeline.translate.unread import Unread

# What MarianConfig has where a model's own does not say.
DEFAULT_POSITIONS: Final = 1024
# What SentencePiece writes for a space.
_SPACE: Final = "\u2581"


class Tokenizer:
    """The SentencePiece tokeniser of a MarianMT folder, as transformers' MarianTokenizer runs it."""

    def __init__(self, model: Model) -> None:
        """Load it. Raises ModelBroken."""
        # Without torch, transformers says on import that it has none; we know, and need only its tokeniser.
        os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
        with client_imported():
            from transformers import MarianTokenizer

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it recommends sacremoses, which it then does not use
                self._tokenizer: Any = MarianTokenizer.from_pretrained(str(model.path), local_files_only=True)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise ModelBroken(f"{model.path}: its tokeniser does not load: {error}") from error
        # Of a model that translates into several languages, which one is wanted.
        self._wanted = target_token(self._tokenizer.get_vocab(), model.target, model.path) or ""
        # Most OPUS-MT repositories do not say it of the tokeniser, only of the model.
        config = read_json(model.path / "config.json")
        positions = int(config.get("max_position_embeddings", DEFAULT_POSITIONS))
        self.max_length = min(int(self._tokenizer.model_max_length), positions)

    @cached_property
    def sayable(self) -> frozenset[str]:
        """The pieces that an output is made of. The vocabulary of a MarianMT model is that of both languages; what its target
        pieces lack stands in sources alone, and was never an output when the model was trained."""
        target = self._tokenizer.spm_target
        known = set(self._tokenizer.decoder.values())
        made = known.intersection(target.id_to_piece(list(range(len(target)))))
        return frozenset(made | {self._tokenizer.eos_token, self._tokenizer.unk_token})

    def unsayable(self) -> list[int]:
        """The ids of all other pieces of the target vocabulary."""
        return [id_ for id_, piece in self._tokenizer.decoder.items() if piece not in self.sayable]

    def encode(self, segment: str) -> list[int]:
        """The ids of a segment's pieces as a model is given them, with the token of the target language if it needs one, and
        the end token; never cut."""
        return self.read(segment)[0]

    def read(self, segment: str) -> tuple[list[int], Unread | None]:
        """What `encode` gives, and what of the segment there is no piece for, if anything."""
        ids = self._ids(segment)
        if self._tokenizer.unk_token_id not in ids:
            return ids, None
        unread = Unread.of(segment, self._unknown(segment))
        return (ids if unread.given == segment else self._ids(unread.given)), unread

    def _ids(self, segment: str) -> list[int]:
        return list(self._tokenizer(self._before(segment) + segment, truncation=False, verbose=False)["input_ids"])

    def _before(self, segment: str) -> str:
        # MarianTokenizer takes `>>…<<` at the start of a text for such a token, and a quotation typed so would be lost.
        return self._wanted or (" " if segment.startswith(">>") else "")

    def _unknown(self, segment: str) -> list[Span]:
        """The places of a segment that there is no piece for. SentencePiece gives pieces of the text in compatibility form
        (NFKC), so that is walked through, piece by piece, with the place that each of its characters came from."""
        forms = [unicodedata.normalize("NFKC", letter) for letter in segment]
        plain = "".join(forms)
        origin = [at for at, form in enumerate(forms) for _ in form]
        found = []
        end = 0
        for piece in self._tokenizer.tokenize(self._before(segment) + segment):
            body = piece.lstrip(_SPACE)
            known = piece in self._tokenizer.encoder
            at = plain.find(body, end) if body else -1
            if at < 0 or (known and plain[end:at].strip()):
                continue  # no more than a space, or written otherwise
            end = at + len(body)
            if not known:
                found.append(Span(origin[at], origin[end - 1] + 1))
        return found

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The pieces of ids."""
        return list(self._tokenizer.convert_ids_to_tokens(ids))

    def join(self, pieces: Sequence[str]) -> str:
        """The text of target pieces."""
        ids = self._tokenizer.convert_tokens_to_ids(list(pieces))
        return self.decode(ids)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of target ids, special tokens left out."""
        return str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)).strip()
