"""Apertium, the rule-based translator in Debian, as a bridge between the Romance languages."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Collection, Sequence

from .config import RecipeError
from .languages import packages

# What Apertium puts before a word that it does not know (*), cannot generate (#) or has no translation of (@).
MARKS = re.compile(r"[*#@](?=\w)")
_BETWEEN = "\n\n"


def need_modes(modes: Collection[str]) -> None:
    """Stop where Apertium or one of its modes is not installed, before any work that would lead to it.

    Raises:
        RecipeError: one is not; the message has the command that installs it.
    """
    there = shutil.which("apertium") is not None
    listed = subprocess.run(["apertium", "-l"], capture_output=True, text=True, check=False).stdout if there else ""
    if missing := dict.fromkeys(mode for mode in modes if mode not in listed.split()):
        which = f"apertium {', '.join(missing)}" if there else "apertium"
        raise RecipeError(f"{which}: not installed. Get it with: apt-get install {packages(missing)}")


def run_modes(modes: Sequence[str], lines: Sequence[str], *, mark: bool = False) -> list[str]:
    """Send lines through one mode after another; one line out for every line in.

    Args:
        mark: leave the marks of unknown words in what the last mode gives, and stop at what an earlier one marked.

    Raises:
        RecipeError: Apertium or one of the modes is not installed, or lines were lost.
    """
    if modes:
        need_modes(modes)
    current = [" ".join(line.split()) for line in lines]
    for mode in modes:
        command = ["apertium", mode] if mark else ["apertium", "-u", mode]
        done = subprocess.run(command, input=_BETWEEN.join(current) + "\n", capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = done.stderr.strip().partition("\n")[0]
            raise RecipeError(f"apertium {mode}: {said or 'failed'}")
        current = [" ".join(part.split()) for part in done.stdout.rstrip("\n").split(_BETWEEN)]
        if len(current) != len(lines):
            raise RecipeError(f"apertium {mode}: {len(lines)} lines in, {len(current)} out")
    return current
