"""A model's card: what it is, what it was made of under which licences, how well it does, and what it cannot."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from .batches import weight_of
from .config import Recipe
from .languages import PIVOT
from .languages import language as known_language

MANIFEST = Path(__file__).parent / "data.toml"
UNSTATED = "licence not stated here"


@dataclass(frozen=True, slots=True)
class Entry:
    """A corpus of the manifest; ``pairs`` by language, before filtering."""

    name: str
    licence: str
    origin: str
    pairs: dict[str, int]


def read_manifest(path: Path = MANIFEST) -> list[Entry]:
    """All corpora that any of the models was trained on."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Entry(c["name"], c["licence"], c["from"], c["pairs"]) for c in table["corpus"]]


def trained_on(run: Path) -> Counter[str]:
    """The corpora of a run and their pairs, as they were tokenised last; none if nothing was."""
    from .pieces import TokenisedCorpus

    kept = sorted(run.glob("corpus-*.npz"), key=lambda path: path.stat().st_mtime)
    if not kept:
        return Counter()
    corpus = TokenisedCorpus.load(kept[-1])
    return Counter(corpus.names[number] for number in corpus.corpus.tolist())


def _unstated(pairs: Mapping[str, int], known: Iterable[str], recipe: Recipe) -> list[tuple[int, str]]:
    """Rows of the corpora that the manifest does not have, but for what the recipe makes of others (NAME+back)."""
    rows: list[tuple[int, str]] = []
    for name, count in pairs.items():
        if "+" not in name and name.rpartition(":")[2] not in known:
            line = f"| {name} | brought for this model | {UNSTATED} | {count:,} | {weight_of(name, recipe.weights):g} |"
            rows.append((count, line))
    for name in recipe.back:
        count = max((count for made, count in pairs.items() if made.rpartition(":")[2] == f"{name}+back"), default=0)
        if count and name not in known and name not in {made.rpartition(":")[2] for made in pairs}:
            rows.append((count, f"| {name} | brought for this model | {UNSTATED} | {count:,} | translated back |"))
    return rows


def data_table(recipe: Recipe, manifest: list[Entry], pairs: Mapping[str, int]) -> list[str]:
    """Markdown lines: the corpora that were trained on and have a weight, the largest first, and what is made of them.

    Args:
        pairs: of each corpus that was trained on; those that the manifest does not have are listed without a licence.
    """
    rows = _unstated(pairs, {entry.name for entry in manifest}, recipe)
    translated_back = {name.rpartition(":")[2] for name in pairs if name.endswith("+back")}
    for entry in manifest:
        # Portuguese may be read beside the recipe's own languages.
        for language in dict.fromkeys((*recipe.languages, PIVOT)):
            name = entry.name if language == recipe.languages[0] else f"{language}:{entry.name}"
            weight = weight_of(name, recipe.weights)
            if name in pairs and weight:
                count = entry.pairs.get(language, pairs[name])
                line = f"| {name} | {entry.origin} | {entry.licence} | {count:,} | {weight:g} |"
                rows.append((count, line))
        if "en" in entry.pairs and f"{entry.name}+back" in translated_back:
            count = entry.pairs["en"]
            rows.append((count, f"| {entry.name} | {entry.origin} | {entry.licence} | {count:,} | translated back |"))
    made = [f"`{n}` × {w:g}" for n, w in recipe.weights.items() if fnmatchcase(n, "*+*") and w]
    if recipe.taught or recipe.round_trip:
        taught = ", ".join(f"`{name}`" for name in dict.fromkeys((*recipe.taught, *recipe.round_trip)))
        by = "the student" + (f", reading Portuguese by {recipe.ways} ways" if recipe.ways > 1 else "")
        by += ", reading its own Portuguese of the English" if recipe.round_trip else ""
        own = f", {recipe.train.own_share:.0%} of them the model's own of before" if recipe.train.own_share else ""
        made.append(f"soft targets ({recipe.train.teacher_share:.0%}) of {by}{own}, on {taught}")
    head = ["| corpus | what it is | licence | pairs | weight |", "|---|---|---|---|---|"]
    table = [*head, *(line for _, line in sorted(rows, reverse=True)), ""] if rows else []
    return table + ([f"Made from these: {', '.join(made)}.", ""] if made else [])


def score_table(run: Path) -> list[str]:
    """Markdown lines: the last scores of every language on the development set, with signatures; empty if none."""
    path = run / "dev.csv"
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        last = {row["language"]: row for row in csv.DictReader(stream)}
    lines = ["| from | target pieces seen | BLEU | chrF |", "|---|---|---|---|"]
    for language, row in last.items():
        seen = f"{int(row['tokens']) / 1e6:.1f}M"
        lines.append(f"| {known_language(language).name} | {seen} | {row['bleu']} | {row['chrf']} |")
    signatures = {row[f"{metric}_signature"] for row in last.values() for metric in ("bleu", "chrf")}
    return [*lines, "", *(f"- `{signature}`" for signature in sorted(signatures))]


def card(recipe: Recipe, run: Path, size: int, int8: int, base: str | None = None, published: str | None = None) -> str:
    """The card in Markdown; sizes in bytes, of the file of weights in float16 and of the one in int8.

    Args:
        base: the model whose network was taken over, if one was.
        published: the model that was trained on, if one was.
    """
    drawn = f", after {recipe.blend:.0%} of the student was mixed back into its weights" if recipe.blend else ""
    drawn += ", with pieces of their own for words that it spelt" if recipe.added else ""
    drawn += (
        f", at the end {recipe.start_share:.0%} of where it began mixed into its weights" if recipe.start_share else ""
    )
    drawn += f", and at the end {recipe.drawn:.0%} of the student mixed into the weights" if recipe.drawn else ""
    scores = score_table(run)
    data = data_table(recipe, read_manifest(), trained_on(run))
    languages = ", ".join(known_language(language).name for language in recipe.languages)
    return "\n".join(
        [
            f"# {recipe.name}: a compact MarianMT, {languages} → English",
            "",
            "Hugging Face's MarianMT layout: 6 encoder layers, 2 decoder layers, width 256, feed-forward 1536, 8 heads, one",
            f"embedding for both sides. {size / 1e6:.0f} MB of weights in float16, {int8 / 1e6:.0f} MB in CTranslate2's int8.",
            "",
            *(
                [
                    "## Scores",
                    f"Development set `{recipe.reference}`, CTranslate2 int8, beam 4; used for choosing, never for training.",
                    "",
                    *scores,
                    "",
                ]
                if scores
                else []
            ),
            "## How it was made",
            "From a Portuguese → English student of the Firefox Translations project (Mozilla, Bergamot project), as",
            "`models/training/README.md` tells: vocabulary extended, new words started from their Portuguese translations",
            "(Apertium, glosses by hand), the decoder's recurrence replaced by distilled self-attention.",
            *(
                [f"The network, and the embeddings of the words that both have, were then taken over from {base}."]
                if base
                else []
            ),
            *(
                [
                    f"This is the {published} that was published before, whose first training `models/training/{recipe.name}.toml`",
                    f"tells, trained on{drawn}. In this stage:",
                ]
                if published
                else ["Trained on:"] * bool(data)
            ),
            "",
            *data,
            "## Limits",
            "A compact model: rare words, idioms and sentences of more than about 60 words are where it fails, by leaving",
            "out, by inventing, or by copying. Every output is to be checked.",
            "",
            "## Licence",
            "The weights: CC BY-SA 4.0, with attribution to the Firefox Translations models (Mozilla, Bergamot project).",
            "",
        ]
    )
