"""Models: which MarianMT folders are here, which could be fetched, and how one gets here whole and unchanged.

`store` finds the model for a language, `lock` says of what files it is made, `catalogue` what could be had, `fetch` brings
it from a `hub`, `install` converts it, tries it and moves it in, and `convert` makes the CTranslate2 form. Only `hub` uses the
network.
"""

from pipeline.models.store import CONVERTED, TARGET, Model, ModelStore, Way, bundled_stores, user_store

__all__ = ["CONVERTED", "TARGET", "Model", "ModelStore", "Way", "bundled_stores", "user_store"]
