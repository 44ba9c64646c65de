"""Where a person's own data is: the translation memory and the models."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import OutputError


def data_folder() -> Path:
    """The folder `monoglot` under $XDG_DATA_HOME, or what stands for that where it is not set.

    https://specifications.freedesktop.org/basedir-spec/latest/ has the rule. Raises OutputError for a person without a home.
    """
    if folder := os.environ.get("XDG_DATA_HOME"):
        return Path(folder) / "monoglot"
    try:
        return Path.home() / ".local" / "share" / "monoglot"
    except RuntimeError as error:  # neither HOME, nor an entry in the list of users, as in a container
        raise OutputError(
            "there is no home folder for models and the translation memory: set XDG_DATA_HOME to a folder of your own"
        ) from error
