"""Soft targets: what the starting student, reading the Portuguese of a sentence, would have written at each place.

A network trained on a few hundred thousand pairs unlearns what the student learnt from many millions: romance-en read
Apertium's Portuguese of the development set 3 to 4 BLEU worse than the student that it began as. One number a piece, the
reference, says too little to win that back; the student's distribution over all pieces says much more (word-level
knowledge distillation: Hinton et al. 2015, Kim and Rush 2016).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .letters import fold
from .network import arithmetic, padding_mask
from .pieces import END, UNKNOWN, Vocabulary
from .student import DECODER_LAYERS, SCALE, WIDTH, Student, marian_sinusoids


class Teacher:
    """The student in the numbering of a vocabulary that was extended from its own.

    Attributes:
        table: embedding of every number, (pieces, width); nought for words that the student does not know.
        bias: of every number, (pieces,).
        knows: which numbers the student can write, (pieces,); of other places it has nothing to teach.
    """

    def __init__(self, student: Student, vocabulary: Vocabulary) -> None:
        self.arithmetic = arithmetic()
        self.student = student.computing_in(self.arithmetic)
        self.pad = vocabulary.pad
        pieces = student.pieces
        theirs = {pieces.id_to_piece(i): i for i in range(pieces.get_piece_size())}
        self.table = torch.zeros(len(vocabulary), WIDTH)
        self.bias = torch.full((len(vocabulary),), float("-inf"))
        self.knows = torch.zeros(len(vocabulary), dtype=torch.bool)
        for piece, number in vocabulary.number.items():
            if piece in theirs:
                self.table[number] = student.embedding[theirs[piece]]
                self.bias[number] = student.bias[theirs[piece]]
                self.knows[number] = number != UNKNOWN
            elif len(piece) == 1:
                self.table[number] = student.embedding[[theirs[c] for c in fold(piece) if c in theirs] or [0]].mean(0)
        self.knows[END] = True
        self.table = self.table.to(self.arithmetic)

    def _embed(self, ids: Tensor) -> Tensor:
        scaled = F.embedding(ids, self.table).float() * SCALE
        return (scaled + marian_sinusoids(ids.shape[1], WIDTH)).to(self.arithmetic)

    def states(self, source: Tensor, given: Tensor) -> Tensor:
        """The decoder's last states, (rows, length, width), for Portuguese ``source`` and the English ``given`` so far."""
        return self.write(*self.read(source), given)

    def read(self, source: Tensor) -> tuple[Tensor, Tensor | None]:
        """What the encoder makes of Portuguese, (rows, length, width), and the mask of its padding."""
        mask = padding_mask(source, self.pad, self.arithmetic)
        with torch.no_grad():
            return self.student.encode(self._embed(source), mask), mask

    def write(self, memory: Tensor, mask: Tensor | None, given: Tensor) -> Tensor:
        """The decoder's last states, (rows, length, width), for what was read and the English ``given`` so far."""
        with torch.no_grad():
            return self._write(memory, mask, given)

    def _write(self, memory: Tensor, mask: Tensor | None, given: Tensor) -> Tensor:
        x = self._embed(given)
        for layer in range(1, DECODER_LAYERS + 1):
            x = self.student.after_recurrence(x, self.student.recur(x, layer), layer, memory, mask)
        return x
