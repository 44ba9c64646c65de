"""Repetition across a corpus: an unknown publisher's footer goes, and nothing else; near-duplicates are recorded."""

import json
import random
from pathlib import Path

from pipeline.clean.repetition import MIN_REPEATS
from pipeline.provenance import from_json
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.verify import verify

FOOTER = "Quorl Vintry hamlet dispatch, bound weekly at the Ostrel mill house, quire {n} of 2024"
OTHER = "Weekly almanac of the lower Quorl, printed and folded by hand"
WORDS = [
    "the",
    "council",
    "bridge",
    "winter",
    "farmers",
    "counted",
    "seven",
    "boats",
    "after",
    "storm",
    "while",
    "teachers",
    "opened",
    "old",
    "library",
    "near",
    "market",
    "and",
    "nobody",
    "asked",
    "who",
    "paid",
    "for",
    "new",
    "roof",
    "because",
    "money",
    "came",
    "from",
    "sale",
    "of",
    "copper",
    "bells",
    "that",
    "rang",
    "each",
    "noon",
    "until",
]


def article(rng: random.Random) -> str:
    """Two paragraphs of words that no other article has in that order."""
    paragraphs = [" ".join(rng.choices(WORDS, k=30)).capitalize() + "." for _ in range(2)]
    return "\n\n".join([" ".join(rng.choices(WORDS, k=6)).capitalize(), *paragraphs])


def corpus(folder: Path, documents: int) -> dict[str, str]:
    rng = random.Random(7)
    folder.mkdir()
    articles = {f"{i:05}.txt": article(rng) for i in range(documents)}
    for i, (name, text) in enumerate(articles.items()):
        footer = f"\n\n{FOOTER.format(n=i)}\n" if i % 20 == 0 else "\n"
        (folder / name).write_text(text + footer, encoding="utf-8")
    return articles


def test_an_unknown_publishers_footer_goes_and_nothing_else(tmp_path: Path) -> None:
    articles = corpus(tmp_path / "in", 2_000)
    report = run([str(tmp_path / "in")], tmp_path / "out", Settings(language="en"))
    assert report.counts()["english"] == 2_000
    rows = [json.loads(line) for line in (tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines()]
    assert {Path(row["path"]).name: row["text"] for row in rows} == articles
    again = run([str(tmp_path / "in")], tmp_path / "out", Settings(language="en"))
    assert again.unchanged == 2_000


def test_what_a_new_file_makes_furniture_is_taken_from_the_old_ones_too(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    corpus(folder, 60)  # the footer stands in three
    out = tmp_path / "out"
    run([str(folder)], out, Settings(language="en", jobs=1))
    assert sum("Ostrel" in path.read_text("utf-8") for path in (out / "text").iterdir()) == 3
    rng = random.Random(8)
    for i in range(MIN_REPEATS):
        (folder / f"new-{i}.txt").write_text(f"{article(rng)}\n\n{FOOTER.format(n=i)}\n", encoding="utf-8")
    report = run([str(folder)], out, Settings(language="en", jobs=1))
    assert not any("Ostrel" in path.read_text("utf-8") for path in (out / "text").iterdir())
    assert report.unchanged == 57
    assert list(verify(out)) == []


def test_a_new_file_changes_no_document_that_it_does_not_bear_on(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    settings = Settings(language="en", jobs=1)
    corpus(folder, 60)
    for i in range(MIN_REPEATS):  # furniture, and something that is not yet
        (folder / f"{i + 20:05}.txt").write_text(f"{article(random.Random(i))}\n\n{FOOTER.format(n=i)}\n", "utf-8")
        if i:
            (folder / f"{i + 40:05}.txt").write_text(f"{article(random.Random(90 + i))}\n\n{OTHER}\n", "utf-8")
    run([str(folder)], out, settings)
    before = {path.name: path.stat().st_mtime_ns for path in (out / "records").iterdir()}
    # It has the known furniture, and makes the other known; and it is like one that was there.
    copy = (folder / "00010.txt").read_text("utf-8")
    (folder / "zz-new.txt").write_text(f"{copy}\n\n{OTHER}\n\n{FOOTER.format(n=5)}\n", "utf-8")
    (folder / "zz-newer.txt").write_text(f"{article(random.Random(5_000))}\n\n{OTHER}\n", "utf-8")
    report = run([str(folder)], out, settings)
    after = {path.name: path.stat().st_mtime_ns for path in (out / "records").iterdir()}
    redone = {name for name in before if before[name] != after[name]}
    assert {from_json((out / "records" / name).read_bytes()).origin.path[-9:] for name in redone} == {
        f"{i + 40:05}.txt" for i in range(1, MIN_REPEATS)
    }
    assert report.unchanged == 60 - len(redone)
    fresh = tmp_path / "fresh"
    run([str(folder)], fresh, settings)
    assert (out / "documents.jsonl").read_bytes() == (fresh / "documents.jsonl").read_bytes()
    assert list(verify(out)) == []


def test_a_story_that_many_papers_print_is_recorded_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    corpus(folder, 60)
    story = article(random.Random(9))
    for i in range(12):
        (folder / f"paper-{i:02}.txt").write_text(
            f"{story}\n\nThe {i} gazette adds a line of its own to it.\n", "utf-8"
        )
    run([str(folder)], tmp_path / "out", Settings(language="en", jobs=1))
    rows = [json.loads(line) for line in (tmp_path / "out" / "documents.jsonl").read_text("utf-8").splitlines()]
    copies = [row for row in rows if row["duplicate_of"]]
    first = next(row for row in rows if row["path"].endswith("paper-00.txt"))
    assert len(copies) == 11
    assert {row["duplicate_of"] for row in copies} == {first["id"]}
    assert all(row["similarity"] >= 0.7 and story in row["text"] for row in copies)
