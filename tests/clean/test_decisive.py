"""What is certain of a line whatever the trees say: a plea or a link left alone in an article, its title, its last sentence."""

from __future__ import annotations

import pytest

from pipeline.clean import clean
from pipeline.read import read_document
from pipeline.settings import Settings
from tests.clean.test_boilerplate import BODY, PROSE, cleaned


@pytest.mark.parametrize(
    "furniture",
    [
        "Sign up to our newsletter and get the news from the harbour every morning.",
        "Iscriviti alla nostra newsletter e ricevi ogni mattina le notizie dal porto.",
        "Subscreva a nossa newsletter e receba todas as manhãs as notícias do porto.",
        # A sentence of these is a plea: the rest of so short a block is none of the article.
        "Este contenido es exclusivo para suscriptores. Si ya lo eres, inicia sesión.",
        "O jornalismo independente precisa de si. Assine o Estuário e apoie a redação.",
        "READ MORE: Who will pay for the new boat?",
        "Leggi anche: Chi pagherà il nuovo traghetto?",
        "Lea también: ¡Vuelve el transbordador!",
        "LEES OOK: De veerboot, in drie minuten uitgelegd.",
    ],
)
def test_one_line_of_furniture_left_between_paragraphs_goes(furniture: str) -> None:
    article = ["Ferry passengers wait in the rain", *BODY.split("\n\n")]
    for place in (2, 3):
        assert furniture not in cleaned("\n\n".join((*article[:place], furniture, *article[place:], PROSE)))


@pytest.mark.parametrize(
    "sentence",
    [
        "Sign up now or swim for ever, said the poster by the ticket office, and get the news from the gulls.",
        "Download our app and avoid penalty charges, it said, under a badge that looked like that of an app store.",
        'The sign asked: "Sign up to our newsletter and get the best stories every morning."',
        "À lire aussi : c’était la manie du capitaine, qui finissait ainsi toutes ses lettres.",
        "- a água e o pão",
        "- a luz e a rádio",
        "A ponte e a margem",
        "A guerra e a paz",
        "- coperte e sacchi a pelo",
    ],
)
def test_a_line_of_the_article_that_is_like_it_stays(sentence: str) -> None:
    styled = sentence.replace("’", "'")
    assert styled in cleaned(f"Ferry passengers wait in the rain\n\n{BODY}\n\n{sentence}\n\n{PROSE}")


@pytest.mark.parametrize(
    "title",
    [
        "Video: il ponte riapre",
        "Live: war in Varkesh, minute by minute",
        "En directo: la guerra en Varkesh, minuto a minuto",
        "Análise: o preço de uma ponte",
        "Entretien : « Nous n’avons pas peur »",
        "Analysis | The price of a bridge",
    ],
)
@pytest.mark.parametrize("below", ["", "By Ada Quill\n\n12 May 2023\n\n", "12 May 2023\n\n"])
def test_the_only_line_that_can_be_the_title_stays(title: str, below: str) -> None:
    with_label = f"{title}\n\n{below}{BODY}"
    assert cleaned(with_label).startswith(cleaned(title))
    below_title = f"Ferry passengers wait in the rain\n\n{title}\n\n{below}{BODY}"
    assert cleaned(below_title).startswith("Ferry passengers wait in the rain")


@pytest.mark.parametrize("tail", ["© 2025 Northwire. All rights reserved", "GMB/RSD", "Tags: Varkesh, Zerin"])
@pytest.mark.parametrize(
    "last", ["Talks resume on Tuesday at 9 a.m. in Trieste. (AP)", "As conversações recomeçam amanhã às 9h30. (ANSA)"]
)
def test_the_last_sentence_of_a_wire_story_stays_with_its_agency(last: str, tail: str) -> None:
    text = f"Ferry passengers wait in the rain\n\n{BODY}\n\n{last}\n\n{tail}"
    assert cleaned(text).endswith(last)


@pytest.mark.parametrize(
    ("first", "titles"),
    [
        ("¿Quién va a vigilar el puente?", ["¿Quién va a vigilar el puente?"]),
        ("¡Volvieron los rehenes!", ["¡Volvieron los rehenes!"]),
        ("Explainer: What is the Northern Front?", ["Explainer: What is the Northern Front?"]),
        ("«On ferme?»", ['"On ferme?"']),
        (PROSE, []),
    ],
)
def test_a_title_may_be_a_question(first: str, titles: list[str]) -> None:
    read = read_document("page.txt", f"{first}\n\n{BODY}".encode())
    found = [field.value for field in clean(read, Settings()).fields if field.name == "title"]
    assert found == titles
    alone = clean(read_document("page.txt", first.encode()), Settings())
    assert not any(field.name == "title" for field in alone.fields)
