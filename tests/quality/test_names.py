"""The benchmark of names puts other names where the sentences have theirs, and finds those that a translation lacks."""

from __future__ import annotations

from benchmarks.names import unseen, with_other_names
from benchmarks.quality.scores import lost_names
from models.training.corpus import Pair


def test_names_of_both_sides_are_replaced_and_looked_for() -> None:
    given = [
        Pair("Ieri Marta Rossi era a Torino con Marta.", "Marta Rossi was in Turin with Marta yesterday.", "x"),
        Pair("Oggi piove.", "It rains today.", "x"),
    ]
    put = with_other_names(given, lambda name: name[::-1].capitalize())
    assert put == [("Ieri Atram Issor era a Torino con Atram.", ["Atram", "Issor"])]
    names = [new for _, new in put]
    assert lost_names(names, ["Atram Issor was in Turin."]) == []
    assert lost_names(names, ["Atrami Issor was in Turin."]) == ["Atram"]


def test_every_language_has_sentences_with_names() -> None:
    assert {language for language, given in unseen() if with_other_names(given, str.upper)} == {"it", "es", "fr", "pt"}
