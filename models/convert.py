"""Convert a MarianMT folder to CTranslate2 int8, in place: `python models/convert.py models/it-en`.

Needs the extra [torch], once; the result needs none. The conversion is made in a temporary folder and moved in whole.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from ctranslate2.converters import TransformersConverter

from pipeline.models import CONVERTED


def convert(model: Path) -> Path:
    """Write the CTranslate2 int8 conversion of `model` into its sub-folder, and return that."""
    target = model / CONVERTED
    with tempfile.TemporaryDirectory(dir=model) as scratch:
        made = Path(scratch) / CONVERTED
        TransformersConverter(str(model)).convert(str(made), quantization="int8")
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return target


if __name__ == "__main__":
    for folder in sys.argv[1:] or sys.exit(__doc__):
        print(convert(Path(folder)))
