"""The vocabulary of a new model: the student's pieces, and whole words of the new languages beside them.

Extended, not replaced: names and numbers keep the same pieces on both sides, so the network still copies them. A separate
Italian vocabulary was tried and turned "Erdogan" into "Uganda".
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto

from .charsmap import part_words
from .config import VocabularySettings
from .corpus import Pair
from .languages import language as known_language
from .letters import ELISION_SCORE, LETTER_SCORE, add_pieces, letters
from .names import alike_names

_WORDS = re.compile(r"[^\W\d_]+")
# Words asked of the frequency list.
RANKED = 90_000
# Natural logarithm that a word's piece is better than the best spelling of that word in the student's pieces, and what
# each letter adds, so that a word wins over a shorter one that it begins with. Just enough for the word: in a longer one
# the student's own spelling wins. "Molterer" stays Mol·ter·er, the way English has it, and does not become Molte·r·er,
# with the Italian for "many" in it.
WORD_MARGIN, LETTER_MARGIN = 0.3, 0.05
# Capitalised forms of words rarer than this stay in pieces.
CAPITAL_MIN = 8e-6
# A piece that the student already has is given the word's meaning if the word is so much commoner here than there.
TAKE_OVER_ENGLISH, TAKE_OVER_PORTUGUESE = 4.0, 3.0
# Short capitalised pieces begin names ("▁Hai" is how Haider begins); only very common words take them over.
LONGEST_NAME_START, COMMON = 4, 1e-3


@dataclass(slots=True)
class NewPieces:
    """Pieces to add, and the Portuguese that each one's embedding starts from."""

    words: dict[str, None] = field(default_factory=dict)
    elided: dict[str, None] = field(default_factory=dict)
    meanings: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    taken_over: dict[str, str] = field(default_factory=dict)


def has_list(language: str) -> bool:
    """Whether wordfreq has a list of the language's own; without one it gives the nearest language's."""
    from wordfreq import available_languages

    return language in available_languages()


def word_frequencies(language: str, pairs: Iterable[Pair], settings: VocabularySettings) -> dict[str, float]:
    """Relative frequencies of a language's words: the wordfreq list, raised by what the corpus itself has.

    Those of the corpus alone where wordfreq has no list.
    """
    from wordfreq import top_n_list, word_frequency

    fits = re.compile(f"[{known_language(language).alphabet}]+")
    listed = has_list(language)
    if not listed:
        print(f"{language}: wordfreq has no list of its words, they are counted in the pairs alone", flush=True)
    words = top_n_list(language, RANKED) if listed else []
    found = {w: word_frequency(w, language) for w in words if fits.fullmatch(w)}
    # The corpus is mostly software: beside a list, a third of its frequency is believed, and no short word.
    share, shortest = (0.3, 3) if listed else (1.0, 1)
    counts = Counter(w for p in pairs for w in _WORDS.findall(p.source.lower()))
    total = max(1, sum(counts.values()))
    for word, count in counts.items():
        if count >= settings.min_corpus_count and len(word) >= shortest and fits.fullmatch(word):
            found[word] = max(found.get(word, 0.0), share * count / total)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def shared_words(pairs: Iterable[Pair]) -> frozenset[str]:
    """Words that the English of the pairs has at least half as often as their sources: names, mostly.

    They stay in the pieces of both sides, in which they are copied.
    """
    sources: Counter[str] = Counter()
    english: Counter[str] = Counter()
    for pair in pairs:
        sources.update(_WORDS.findall(pair.source.lower()))
        english.update(_WORDS.findall(pair.english.lower()))
    return frozenset(word for word, count in sources.items() if 2 * english[word] >= count)


def choose_pieces(
    frequencies: Mapping[str, float],
    lexicon: Mapping[str, str],
    base: frozenset[str],
    shared: frozenset[str],
    settings: VocabularySettings,
    into: NewPieces,
) -> int:
    """Add a language's words to ``into``; returns how many pieces are new."""
    from wordfreq import word_frequency

    added, alike = 0, alike_names()
    for word, frequency in frequencies.items():
        if added >= settings.pieces or frequency < settings.min_frequency:
            break
        meaning = lexicon.get(word)
        english = word_frequency(word, "en")
        shown = word in shared or english > 0.5 * frequency
        if meaning is None and (shown or len(word) < 3 or frequency < settings.min_frequency_unknown):
            continue
        forms = [word, word.capitalize()] if frequency >= CAPITAL_MIN else [word]
        for form in forms:
            if form in alike:
                continue
            piece = "▁" + form
            translation = meaning if meaning is None or form == word else meaning[:1].upper() + meaning[1:]
            if piece in base:
                over = frequency > TAKE_OVER_ENGLISH * english
                names = form != word and len(form) <= LONGEST_NAME_START and frequency < COMMON
                if translation and over and not names and frequency > TAKE_OVER_PORTUGUESE * word_frequency(word, "pt"):
                    into.taken_over.setdefault(piece, translation)
                continue
            added += piece not in into.words
            into.words[piece] = None
            if translation:
                into.meanings[piece].append(translation)
    return added


def english_pieces(base: Path, pairs: Sequence[Pair], settings: VocabularySettings, minimum: int = 3) -> list[str]:
    """The student's pieces that English is written with, commonest first: from the word list and the corpus."""
    from wordfreq import top_n_list

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(base))
    known = {pieces.id_to_piece(i) for i in range(pieces.get_piece_size())}
    counts: Counter[str] = Counter()
    for word in top_n_list("en", settings.english_words):
        for form in (word, word.capitalize()):
            counts.update(pieces.encode(form, out_type=str))
    for pair in pairs:
        counts.update(pieces.encode(pair.english, out_type=str))
    # Below U+0250: the letters of the Latin scripts and the signs of ordinary text; and numbers, which are copied.
    single = sorted(p for p in known if len(p) == 1 and ord(p) < 0x250)
    single += sorted(p for p in known if any(c.isdigit() for c in p) and not any(c.isalpha() for c in p))
    frequent = [p for p, count in counts.most_common() if count >= minimum and p in known]
    return list(dict.fromkeys([*frequent, *single, *letters()]))


def word_scores(model: bytes, pieces: Iterable[str]) -> dict[str, float]:
    """Log-probabilities that make each whole-word piece win for its word and no longer one."""
    student = sentencepiece.SentencePieceProcessor(model_proto=model)
    unknown = student.unk_id()
    lowest = min(student.get_score(i) for i in range(student.get_piece_size())) - 10

    def spelling(word: str) -> float:
        return sum(lowest if i == unknown else student.get_score(i) for i in student.encode(word))

    return {piece: min(-1.0, spelling(piece[1:]) + WORD_MARGIN + LETTER_MARGIN * len(piece)) for piece in pieces}


def write_vocabulary(base: Path, new: NewPieces, english: Sequence[str], out: Path) -> int:
    """Write ``source.spm``, ``target.spm`` and ``vocab.json``; returns the bound of the English pieces."""
    out.mkdir(parents=True, exist_ok=True)
    extra = dict.fromkeys(letters(), LETTER_SCORE)
    target = add_pieces(base.read_bytes(), extra)
    (out / "target.spm").write_bytes(target)
    scores = word_scores(target, new.words) | dict.fromkeys(new.elided, ELISION_SCORE)
    (out / "source.spm").write_bytes(part_words(add_pieces(target, scores)))
    parsed = proto.ModelProto()
    parsed.ParseFromString(target)
    special = ["</s>", "<unk>"]
    ordered = dict.fromkeys([*special, *english, *(p.piece for p in parsed.pieces), *new.words, *new.elided, "<pad>"])
    ordered.pop("<pad>")
    numbers = {piece: i for i, piece in enumerate([*ordered, "<pad>"])}
    (out / "vocab.json").write_text(json.dumps(numbers, ensure_ascii=False), encoding="utf-8")
    return len(dict.fromkeys([*special, *english]))
