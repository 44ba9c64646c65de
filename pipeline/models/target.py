"""Which language a model translates into: what its files say of it, and the token that asks a model of several for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import ModelBroken
from pipeline.models.catalogue import catalogue
from pipeline.models.store import TARGET, read_json


def told(folder: Path, side: str) -> str | None:
    """The language (ISO 639-1) that a model's tokeniser names for a side, `source_lang` or `target_lang`.

    None where it names none, or a family of languages. Raises ModelBroken if the file cannot be read.
    """
    name = str(read_json(folder / "tokenizer_config.json").get(side, ""))
    return name if len(name) == 2 else _codes().get(name)


def target_token(tokens: Iterable[str], target: str, where: Path) -> str | None:
    """The token before a segment that tells an OPUS-MT model of many target languages which one is wanted.

    Its vocabulary holds one for each, `>>es<<` or `>>spa<<`. A model into one language has none and needs none; neither does
    one into English whose tokens name other languages. Raises ModelBroken if `target` is not among the languages.
    """
    known = sorted(token for token in tokens if token.startswith(">>") and token.endswith("<<"))
    if not known:
        return None
    names = [target, *(long for long, short in _codes().items() if short == target)]
    if found := [token for token in (f">>{name}<<" for name in names) if token in known]:
        return found[0]
    if target == TARGET:
        return None
    some = ", ".join(token[2:-2] for token in known[:12]) + (" …" if len(known) > 12 else "")
    raise ModelBroken(f"{where}: does not translate into {target}, but into {some}")


def check_target(folder: Path, target: str) -> None:
    """Raise ModelBroken if the files of a model say that it translates into another language, or cannot be read."""
    said = told(folder, "target_lang")
    if said not in (None, target):
        raise ModelBroken(
            f"{folder.name}: its files say that it translates into {said}, not {target}. Say it: --to {said}"
        )
    target_token(read_json(folder / "vocab.json"), target, folder)


def _codes() -> dict[str, str]:
    """ISO 639-1 codes by ISO 639-3, which the newer of the models use; of English and the languages of the catalogue."""
    return {"eng": TARGET} | {language.alpha3: code for code, language in catalogue().languages.items()}
