"""What the survey of a corpus holds to be furniture, and what it leaves to the articles."""

from __future__ import annotations

import calendar
import random
import re
from collections.abc import Sequence

import pytest

from pipeline.clean import clean
from pipeline.clean.pieces import pieces
from pipeline.clean.repetition import MIN_REPEATS, Bearing, Repetition, from_json
from pipeline.clean.survey import MIN_DOCUMENTS
from pipeline.clean.survey import survey as survey_corpus
from pipeline.read import read_document
from pipeline.settings import Settings

# Enough words that two articles by chance have no sentence in common, and few names.
WORDS = re.findall(
    r"\w+",
    "council bridge winter farmers counted seven boats after storm while teachers opened old library near market "
    "nobody asked paid roof because money came from sale copper bells that rang each noon until",
)
NAMES = ["Aldermoor", "Brackwen", "Corvisham", "Dunlaith", "Elmsgate", "Farrowby", "Glenhurst", "Harrowick"]


def survey(texts: Sequence[str]) -> Repetition:
    """The repetition of documents in memory; the identifier of each is its place."""
    return survey_corpus(((f"{place:04}", list(pieces(text))) for place, text in enumerate(texts)), len(texts))


def sentence(rng: random.Random, words: int = 24) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def article(rng: random.Random, *, tail: str = "", within: str = "", head: str = "") -> str:
    """A title and three paragraphs; what else is given stands where it says."""
    blocks = [head, " ".join(rng.choices(WORDS, k=6)), sentence(rng), within, sentence(rng), sentence(rng), tail]
    return "\n\n".join(block for block in blocks if block) + "\n"


def plain(rng: random.Random, number: int = MIN_DOCUMENTS) -> list[str]:
    return [article(rng) for _ in range(number)]


def cleaned(texts: Sequence[str], repetition: Repetition) -> list[str]:
    return [
        clean(read_document("a.txt", raw.encode()), Settings(), repetition.of(name)).source + "\n"
        for name, raw in ((f"{place:04}", text) for place, text in enumerate(texts))
    ]


def holders(repetition: Repetition) -> int:
    """The number of documents that have something taken away from them."""
    return sum(bool(bearing.repeated or bearing.near) for bearing in repetition.documents.values())


FOOTERS = {
    "a name": "This page of the Vintry hamlet dispatch was bound at the mill house under the eye of {name} the elder.",
    "a name and a date": "Bound on {day} {month} 2024 by {name} for the Vintry hamlet dispatch, a weekly of the Ostrel mill "
    "house and its friends, who ask for nothing.",
    "one word": "The Vintry hamlet dispatch is {word} by its keepers alone, and no lord of Ostrel has had a say in any of it.",
    "no full stop": "Vintry hamlet dispatch - keeper of the {word} page - bound weekly at the Ostrel mill house",
}
# As publishers' systems have broken them, each in its own way.
BROKEN = {
    "entities": "The keepers &amp; the binders of the Vintry hamlet dispatch &lt;Ostrel&gt; ask for nothing but your time.",
    "soft hyphens": "The keep\xaders and the bind\xaders of the Vintry hamlet dis\xadpatch ask for nothing but your time.",
    "mojibake": "Les gardiens du journal du hameau de la VallÃ©e dâ€™Ostrel ne vous demandent rien, mÃªme pas une heure.",
}
# Each a word that no other has: every footer is another block.
ODD = [
    f"{a}{b}" for a in ("bar", "cor", "dul", "fen", "gor", "hes") for b in ("ton", "mer", "wick", "lin", "rath", "sby")
]


@pytest.mark.parametrize("kind", FOOTERS)
def test_a_footer_that_is_never_twice_the_same_is_known(kind: str) -> None:
    rng = random.Random(5)
    texts = plain(rng)
    bare = texts.copy()
    for i in range(24):
        footer = FOOTERS[kind].format(
            name=f"{ODD[i].capitalize()} {ODD[-1 - i].capitalize()}",
            day=i,
            month=calendar.month_name[1 + i % 12],
            word=ODD[i],
        )
        texts[i * 2] = f"{bare[i * 2]}\n{footer}\n"
    found = survey(texts)
    assert holders(found) == 24
    assert all(not bearing.repeated for bearing in found.documents.values())
    assert cleaned(texts, found) == bare


@pytest.mark.parametrize("footer", BROKEN.values(), ids=BROKEN)
def test_a_footer_is_known_though_it_needs_repair(footer: str) -> None:
    bare = plain(random.Random(5))
    texts = [f"{text}\n{footer}\n" if i < MIN_REPEATS else text for i, text in enumerate(bare)]
    found = survey(texts)
    assert holders(found) == MIN_REPEATS
    assert cleaned(texts, found) == bare


def test_fewer_than_the_least_number_are_left() -> None:
    rng = random.Random(5)
    texts = plain(rng)
    for i in range(MIN_REPEATS - 1):
        texts[i] += "\n" + FOOTERS["a name"].format(name=ODD[i]) + "\n"
    assert survey(texts) == Repetition()


def test_a_small_corpus_has_no_furniture() -> None:
    rng = random.Random(5)
    footer = FOOTERS["a name"].format(name="Aldous")
    texts = [article(rng, tail=footer) for _ in range(MIN_DOCUMENTS - 1)]
    assert holders(survey(texts)) == 0
    assert holders(survey([*texts, article(rng, tail=footer)])) == MIN_DOCUMENTS


QUOTE = '"We shall not leave the harbour until the last of the {word} has been told the truth," said the minister of fisheries.'


def test_a_sentence_that_many_articles_quote_stays() -> None:
    rng = random.Random(6)
    texts = [*plain(rng), *(article(rng, within=QUOTE.format(word="crews")) for _ in range(20))]
    assert holders(survey(texts)) == 0


def test_a_sentence_that_many_articles_quote_a_little_differently_stays() -> None:
    rng = random.Random(6)
    texts = [*plain(rng), *(article(rng, within=QUOTE.format(word=ODD[i])) for i in range(20))]
    assert holders(survey(texts)) == 0


def test_agency_copy_within_articles_of_ones_own_stays() -> None:
    rng = random.Random(7)
    agency = "\n\n".join(sentence(rng, 30) for _ in range(2))
    texts = [*plain(rng), *(article(rng, within=agency) for _ in range(15))]
    assert survey(texts) == Repetition()


def test_an_agencys_background_at_the_end_stays_where_it_is_about_the_article() -> None:
    rng = random.Random(8)
    background = (
        "The Harrowick tunnel was flooded in March, and its engineers have been at law with the province since."
    )
    texts = plain(rng)
    for i in range(20):
        texts.append(
            article(rng, head=f"Engineers of the tunnel told {NAMES[i % 7]} that {sentence(rng)}", tail=background)
        )
    assert holders(survey(texts)) == 0
    unrelated = [*plain(rng), *(article(rng, tail=background) for _ in range(20))]
    assert holders(survey(unrelated)) == 20


def test_pages_that_hold_nothing_else_are_no_evidence() -> None:
    rng = random.Random(9)
    bulletin = "Cloud in the north at first, then sun over the hills and a light wind from the sea by evening."
    texts = [*plain(rng), *(f"{sentence(rng)[:-1]}\n\n{bulletin}\n" for _ in range(20))]
    assert holders(survey(texts)) == 0


def test_furniture_is_taken_from_near_duplicates_too_and_counted_once() -> None:
    rng = random.Random(10)
    footer = FOOTERS["one word"]
    texts = plain(rng)
    story = article(rng)
    for i in range(MIN_REPEATS - 1):
        texts[i] += "\n" + footer.format(word=ODD[i]) + "\n"
    for i in range(6):
        texts.append(f"{story}\n{footer.format(word=ODD[20 + i])}\n")
    found = survey(texts)
    assert len([bearing for bearing in found.documents.values() if bearing.duplicate]) == 5
    assert holders(found) == MIN_REPEATS - 1 + 6
    assert holders(survey(texts[1:])) == 0  # one document fewer, and five copies of one are no eighth


def test_short_notices_under_one_long_footer_are_not_the_same_article() -> None:
    rng = random.Random(11)
    footer = "\n\n".join(sentence(rng, 50) for _ in range(5))
    texts = [f"{sentence(rng, 20)}\n\n{footer}\n" for _ in range(10)]
    assert survey(texts) == Repetition()


def test_a_copy_with_some_words_changed_or_a_line_added_is_a_duplicate() -> None:
    rng = random.Random(12)
    story = article(rng)
    changed = story.replace("council", "senate", 1).replace("winter", "spring", 1)
    added = f"{story}\nThe paper adds that its own reporter was there and saw it.\n"
    found = survey([story, changed, added])
    assert {name: bearing.duplicate.of for name, bearing in found.documents.items() if bearing.duplicate} == {
        "0001": "0000",
        "0002": "0000",
    }


def test_bulletins_of_the_same_words_are_the_same_only_with_the_same_figures() -> None:
    form = (
        "An earthquake of magnitude {0}.{1} shook the coast of Elmsgate at {2}:{3} on Tuesday, at a depth of {4} kilometres, the "
        "institute said.\n\nNo damage was reported by the harbour office, and ferries ran as on any other day of the week.\n"
    )
    first, again = form.format(4, 2, 17, 31, 10), form.format(5, 6, 3, 12, 8)
    corrected = form.format(4, 3, 17, 31, 10)
    found = survey([first, again, corrected])
    assert {name: bearing.duplicate.of for name, bearing in found.documents.items() if bearing.duplicate} == {
        "0002": "0000"
    }


def test_what_bears_on_one_document_depends_on_nothing_else() -> None:
    rng = random.Random(13)
    texts = plain(rng)
    for i in range(20):
        texts[i] += "\n" + FOOTERS["a name"].format(name=ODD[i]) + "\n"
    before = survey(texts)
    texts += (
        article(rng, tail="Weekly almanac of the lower Quorl, printed and folded by hand at home") for _ in range(12)
    )
    after = survey(texts)
    assert holders(after) == 32
    assert all(after.of(name) == bearing for name, bearing in before.documents.items())


def test_a_survey_is_the_same_where_its_shelf_is_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(14)
    texts = [*plain(rng), *(article(rng, tail=FOOTERS["a name"].format(name=ODD[i])) for i in range(20))]
    texts.append(f"{texts[3]}\nPrinted here, too.\n")
    found = survey(texts)
    assert len(found.documents) == 21
    monkeypatch.setattr("pipeline.clean.pieces.SHELF_BYTES", 1_000)
    assert survey(texts) == found


def test_a_survey_is_the_same_from_its_file() -> None:
    rng = random.Random(3)
    texts = [*plain(rng), *(article(rng, tail=FOOTERS["a name"].format(name=ODD[i // 20])) for i in range(40))]
    texts.append(texts[0] + "\nPrinted here, too.\n")
    found = survey(texts)
    assert len(found.documents) == 41
    assert from_json(found.to_json("abc"), "abc") == found
    assert from_json(found.to_json("abc"), "another corpus") is None
    assert from_json("not json", "abc") is None
    assert Bearing().digest == ""
    assert len({bearing.digest for bearing in found.documents.values()}) == len(set(found.documents.values())) > 1
