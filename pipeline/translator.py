"""From documents to hypotheses: what is remembered is recalled, the rest is given to the engines and remembered.

No engine is loaded before there is something for it to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from pipeline.errors import MemoryUnusable, ModelError
from pipeline.models import Model, ModelStore, Way
from pipeline.provenance import Corrections, Hypotheses, wanted, words_of
from pipeline.records import Document, Record
from pipeline.report import Observer
from pipeline.settings import Settings, cores
from pipeline.translate import Engine, Hypothesis, decoder_signature, load_engine
from pipeline.translate.memory import Memory
from pipeline.translate.pivot import engine_of
from pipeline.translate.plan import translate_all

if TYPE_CHECKING:
    from pipeline.cluster import Cluster

# Translations kept at hand for segments that come again in later windows.
MEMORY_SEGMENTS: Final = 50_000


class Translator:
    """The engines of a run, one a model, loaded when first needed; and the translations that it has seen or remembers.

    With a cluster the engines here do no more than measure: the cluster's workers translate.
    """

    def __init__(
        self,
        settings: Settings,
        store: ModelStore,
        observer: Observer,
        memory: Memory | None = None,
        cluster: Cluster | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._observer = observer
        self._memory = memory
        self._cluster = cluster
        self._forgetful = memory is None  # from the first fault in writing: a memory is no reason to stop
        self._engines: dict[str, Engine] = {}
        self._known: dict[str, dict[str, Hypothesis]] = {}
        self.remembered = 0

    def corrections(self, documents: Iterable[Document | Record]) -> Corrections:
        """People's corrections, by language, of segments of the documents. Raises MemoryUnusable."""
        if self._memory is None or not (languages := self._memory.revisions()):
            return {}
        texts: dict[str, set[str]] = {}
        for document in documents:
            for words, language in words_of(document):
                if language in languages:
                    texts.setdefault(language, set()).add(words)
        return {language: self._memory.corrected(words, language) for language, words in texts.items()}

    def translate(self, documents: Iterable[Document], corrections: Corrections) -> list[Hypotheses]:
        """The hypotheses for all that each document wants translated and nobody has corrected.

        Raises ModelError, MissingExtra, MemoryUnusable.
        """
        wanting_each = [wanted(document, self._store, corrections) for document in documents]
        texts: dict[str, set[str]] = {}
        for each_wants in wanting_each:
            for language, segments in each_wants.items():
                texts.setdefault(language, set()).update(segments)
        for language, wanting in sorted(texts.items()):
            known = self._known.setdefault(language, {})
            way = self._way(language)
            maker = (language, way.signature, decoder_signature(self._settings))
            if self._memory is not None:
                recalled = self._memory.recall(wanting - known.keys(), *maker)
                self._keep(partial(self._memory.used, recalled, *maker))
                known.update(recalled)
                self.remembered += len(recalled)
            if new := wanting - known.keys():
                self._observer.translating(len(new))
                progress = partial(self._translated, known, maker)
                each = None if self._cluster is None else partial(self._cluster.translate, way, language)
                translate_all(new, engine_of(way, self._engine), known, language, progress, each)
        return [self._found(each_wants) for each_wants in wanting_each]

    def _found(self, wanted_texts: Mapping[str, Iterable[str]]) -> Hypotheses:
        """What is known of some texts, by language."""
        return {
            language: {text: self._known[language][text] for text in texts if text in self._known[language]}
            for language, texts in wanted_texts.items()
        }

    def _translated(self, known: dict[str, Hypothesis], maker: tuple[str, str, str], number: int) -> None:
        """Remember the newest of what is known: a run that is stopped loses no more than the chunk that it is at."""
        if self._memory is not None:
            self._keep(partial(self._memory.remember, dict(islice(reversed(known.items()), number)), *maker))
        self._observer.translated(number)

    def _keep(self, write: Callable[[], None]) -> None:
        """Write to the memory; one that cannot be written is told of once."""
        if self._forgetful:
            return
        try:
            write()
        except MemoryUnusable as error:
            self._forgetful = True
            self._observer.note(f"{error}. The run goes on; what it translates from here on is not remembered")

    def forget(self) -> None:
        """Drop the oldest translations beyond what is kept at hand."""
        for known in self._known.values():
            for text in list(known)[: max(0, len(known) - MEMORY_SEGMENTS)]:
                del known[text]

    def _way(self, language: str) -> Way:
        way = self._store.way(language)
        if way is None:
            raise ModelError(f"no model for {language}")
        return way

    def _engine(self, model: Model) -> Engine:
        if model.signature not in self._engines:
            self._engines[model.signature] = load_engine(self._settings, model, threads=cores(self._settings))
        return self._engines[model.signature]
