"""Apertium, the rule-based translator in Debian, as a bridge between the Romance languages."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence

from .config import RecipeError
from .languages import packages

# What Apertium puts before a word that it does not know (*), cannot generate (#) or has no translation of (@).
MARKS = re.compile(r"[*#@](?=\w)")
_BETWEEN = "\n\n"


def need_apertium() -> None:
    """Stop where Apertium is not installed, before any work that would lead to it.

    Raises:
        RecipeError: it is not; the message has the command that installs it.
    """
    if shutil.which("apertium") is None:
        raise RecipeError(f"apertium: not installed. Get it with: apt-get install {packages()}")


def run_modes(modes: Sequence[str], lines: Sequence[str], *, mark: bool = False) -> list[str]:
    """Send lines through one mode after another; one line out for every line in.

    Args:
        mark: leave the marks of unknown words in what the last mode gives, and stop at what an earlier one marked.

    Raises:
        RecipeError: Apertium or one of the modes is not installed, or lines were lost.
    """
    if modes:
        need_apertium()
    current = [" ".join(line.split()) for line in lines]
    for mode in modes:
        command = ["apertium", mode] if mark else ["apertium", "-u", mode]
        done = subprocess.run(command, input=_BETWEEN.join(current) + "\n", capture_output=True, text=True, check=False)
        if done.returncode != 0:
            # An unknown mode is one line, and a line for each that is there.
            said = done.stderr.strip().partition("\n")[0] or "failed"
            raise RecipeError(f"apertium {mode}: {said.rstrip('.')}. It needs: apt-get install {packages()}")
        current = [" ".join(part.split()) for part in done.stdout.rstrip("\n").split(_BETWEEN)]
        if len(current) != len(lines):
            raise RecipeError(f"apertium {mode}: {len(lines)} lines in, {len(current)} out")
    return current
