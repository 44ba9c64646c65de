"""Every kind of good, odd and bad input file: what is made of it, and that its bytes come back."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UnreadableFile
from pipeline.read import KINDS, Decoded, Found, Skipped, decode, discover, encode, load, read_document
from pipeline.read.text import _decode
from tests.conftest import lock
from tests.data.make_inputs import differences

INPUTS = Path(__file__).parent.parent / "data" / "inputs"

# file: (encoding, newline style)
READABLE = {
    "all-caps.txt": ("utf-8", "lf"),
    "arabic-tatweel.txt": ("utf-8", "lf"),
    "article.md": ("utf-8", "lf"),
    "empty.txt": ("utf-8", "none"),
    "gb18030.txt": ("gb18030", "lf"),
    "html-iso-8859-1.html": ("cp1252", "lf"),
    "koi8-r.txt": ("koi8_r", "lf"),
    "latin-1.txt": ("cp1252", "lf"),
    "lone-cr.txt": ("utf-8", "cr"),
    "mixed-newlines.txt": ("utf-8", "mixed"),
    "no-final-newline.txt": ("utf-8", "lf"),
    "one-long-paragraph.txt": ("utf-8", "none"),
    "persian-zwnj.txt": ("utf-8", "lf"),
    "shift-jis.txt": ("cp932", "lf"),
    "truncated-utf-8.txt": ("utf-8", "lf"),
    "utf-16be-no-bom.txt": ("utf-16-be", "lf"),
    "utf-16le-bom.txt": ("utf-16-le", "lf"),
    "whitespace-only.txt": ("utf-8", "mixed"),
    "windows-1252.txt": ("cp1252", "lf"),
    "windows-1256.txt": ("cp1256", "lf"),
}

UNREADABLE = {
    "document.docx": "ZIP container",
    "document.pdf": "PDF document",
    "image.png": "PNG image",
    "nul-bytes.txt": "binary data",
}


@pytest.mark.parametrize(("name", "expected"), READABLE.items())
def test_encoding_and_newlines_are_found(name: str, expected: tuple[str, str]) -> None:
    origin = read_document(name, (INPUTS / name).read_bytes()).origin
    assert (origin.encoding, origin.newline) == expected


@pytest.mark.parametrize(("name", "words"), UNREADABLE.items())
def test_what_cannot_be_read_is_said_in_one_line(name: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words) as caught:
        read_document(name, (INPUTS / name).read_bytes())
    assert "\n" not in str(caught.value)


def test_every_input_has_an_expectation() -> None:
    elsewhere = {"html-fragment.html", "html-without-article.html", "invisible-characters.txt", "mojibake.txt"}
    elsewhere |= {"half-italian-half-english.txt", "only-boilerplate.txt", "only-digits-and-symbols.txt"}
    elsewhere |= {'un nome con "virgolette" e l\'apostrofo.txt'}
    assert {path.name for path in INPUTS.iterdir()} == READABLE.keys() | UNREADABLE.keys() | elsewhere


def test_the_inputs_are_those_listed_and_made_as_listed(tmp_path: Path) -> None:
    assert differences(INPUTS) == []
    for path in INPUTS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "koi8-r.txt").write_bytes("Мост".encode())
    (tmp_path / "all-caps.txt").rename(tmp_path / "small-caps.txt")
    assert differences(tmp_path) == ["missing: all-caps.txt", "not listed: small-caps.txt", "differs: koi8-r.txt"]


@pytest.mark.parametrize("name", ["data.csv", "slides.pptx.bak", "script.py"])
def test_an_unsupported_kind_is_named(name: str) -> None:
    with pytest.raises(UnreadableFile, match="unsupported kind of file"):
        read_document(name, b"plain words")


def test_a_page_is_known_by_its_first_tag_whatever_its_name() -> None:
    page = b"<!DOCTYPE html><html><body><article><h1>Ferry returns</h1><p>" + b"The boat came back at dawn. " * 20
    assert read_document("page.txt", page).origin.media_type == "text/html"


PAGE = '<html><head><meta charset="{}"></head><body><article><p>' + "Il caffè è chiuso da lunedì, dice il sindaco. " * 9


@pytest.mark.parametrize(
    ("declared", "written", "encoding"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("iso-8859-1", "cp1252", "cp1252"),
        ("iso-8859-1", "utf-8", "utf-8"),
        ("utf-16", "utf-8", "utf-8"),
        ("UTF-16LE", "utf-8", "utf-8"),
        ("utf-32", "utf-8", "utf-8"),
        ("utf-16", "cp1252", "cp1252"),
        *((name, "utf-8", "utf-8") for name in ("utf-7", "unicode_escape", "raw_unicode_escape", "rot13", "nothing")),
        *((name, "utf-8", "utf-8") for name in ("punycode", "idna", "undefined", "hex", "..")),
    ],
)
@pytest.mark.parametrize("end", ["", " "])
def test_a_page_is_in_the_encoding_that_it_can_be_in(declared: str, written: str, encoding: str, end: str) -> None:
    data = (PAGE.format(declared) + end).encode(written)
    assert decode(data, declared=True).encoding == encoding
    assert encode(decode(data, declared=True)) == data


NAMED = {
    # words, how the page names its encoding, what it is written in, a byte that stands amid it, what it is read as
    "a byte that Windows-1252 has not": ("à l'été, où œuvre", "windows-1252", "cp1252", b"\x81", "cp1252"),
    "a byte that Windows-1250 has not": ("Złotowo zamknięte, także w środę", "windows-1250", "cp1250", b"\x81", "cp1250"),
    "a byte that Windows-1251 has not": ("Мост закроют во вторник", "windows-1251", "cp1251", b"\x98", "cp1251"),
    "a byte that GBK has not": ("港口的新桥星期二关闭", "gbk", "gb18030", b"\xff", "gb18030"),
    "UTF-8 with a stray quote": ("It’s “old”", "utf-8", "utf-8", b"\x92", "utf-8"),
    "UTF-8 with as many stray bytes": ("the café", "utf-8", "utf-8", b"\x92", "utf-8"),
    "UTF-8 named ISO-8859-15": ("où l’été", "iso-8859-15", "utf-8", b"", "utf-8"),
    "UTF-8 named KOI8-R": ("Мост закроют", "koi8-r", "utf-8", b"", "utf-8"),
    "Shift JIS named Windows-1252": (
        "港町の市議会は火曜日、古い橋を十週間通行止めにして、洪水で傷んだ橋脚を修理する計画を承認した。", "windows-1252", "cp932",
        b"", "cp932",
    ),
    "an alias of Latin-1": ("costs €640,000 – “too much”…", "ISO_8859-1", "cp1252", b"", "cp1252"),
    "an alias of Latin-5": ("“İstanbul’da” çarşı…", "iso8859-9", "cp1254", b"", "cp1254"),
    "GB 2312": ("港口 € 镕", "gb2312", "gb18030", b"", "gb18030"),
    "a label that Python has not": ("①港町の市議会", "x-sjis", "cp932", b"", "cp932"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "named", "written", "stray", "read"), NAMED.values(), ids=NAMED)
def test_what_a_page_names_is_weighed_against_its_bytes(
    words: str, named: str, written: str, stray: bytes, read: str
) -> None:
    page = f'<html><head><meta charset="{named}"></head><body><p>{words}. '.encode(written) + stray + b" End</p></body>"
    decoded = decode(page, declared=True)
    assert (decoded.encoding, "".join(item.bytes for item in decoded.undecoded)) == (read, stray.hex())
    assert words in decoded.text
    assert encode(decoded) == page


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<?xml version="1.0" encoding="ISO-8859-15"?><html><head>', "iso8859-15"),
        ('<?xml version="1.0" encoding="utf-8"?><html><head><meta charset="iso-8859-15">', "iso8859-15"),
        ('<html><head><!-- <meta charset="koi8-r"> --><meta charset="iso-8859-15">', "iso8859-15"),
        ('<html><head><meta charset="iso-8859-15"><!-- <meta charset="koi8-r">', "iso8859-15"),
    ],
)
def test_where_a_page_may_name_its_encoding(head: str, encoding: str) -> None:
    decoded = decode(f"{head}</head><body><p>5 € et l'œuvre d'été".encode(encoding), declared=True)
    assert (decoded.encoding, decoded.text[-20:]) == (encoding, "5 € et l'œuvre d'été")


@pytest.mark.parametrize("language", ["Thai", "Greek", "Korean", "Chinese", "Japanese", "Cyrillic", "capitals", "DOS"])
def test_no_legacy_encoding_is_taken_for_utf_8_with_bad_bytes(language: str) -> None:
    words, encoding = {
        "Thai": ("เทศบาลอนุมัติแผนซ่อมสะพานเก่าเมื่อวันอังคาร นายกเทศมนตรีกล่าวว่าชาวเมืองรอมานาน", "cp874"),
        "Greek": ("Η γέφυρα κλείνει την Τρίτη για δέκα εβδομάδες, είπε ο δήμαρχος. Οι έμποροι ζητούν λεωφορείο.", "cp1253"),
        "Korean": ("시의회는 화요일 낡은 다리를 십 주 동안 막고 홍수로 상한 기둥을 고치는 계획을 승인했다.", "cp949"),
        "Chinese": ("市议会星期二批准了修理旧桥的计划，大桥将关闭十个星期，商人们要求开通临时公共汽车。", "gb18030"),
        "Japanese": ("市議会は火曜日、古い橋を十週間通行止めにする計画を承認した。商店主らはバス路線を求めている。", "euc_jp"),
        "Cyrillic": ("Мост се затвара у уторак, каже градоначелник. Трговци траже привремени аутобус.", "iso8859-5"),
        "capitals": ("МОСТ СЕ ЗАТВАРА У УТОРАК, КАЖЕ ГРАДОНАЧЕЛНИК. ТРГОВЦИ ТРАЖЕ ПРИВРЕМЕНИ АУТОБУС.", "iso8859-5"),
        "DOS": ("Городской совет утвердил во вторник план ремонта старого моста, который закроют на десять недель.", "cp866"),
    }[language]  # fmt: skip
    assert decode(words.encode(encoding)).encoding != "utf-8"


LEGACY = {
    "polish": "Rząd przyjął we wtorek nową ustawę. Minister powiedział, że pieniądze trafią do gmin jeszcze w tym roku.",
    "slovenian": "Vlada je sprejela nov zakon. Minister pravi, da bodo občine denar dobile še letos. Čez most že vozijo.",
    "croatian": "Vlada je donijela novi zakon. Ministar je rekao da će općine novac dobiti već ove godine. Žene čekaju.",
    "czech": "Vláda v úterý schválila nový zákon. Ministr řekl, že obce dostanou peníze ještě letos.",
    "slovak": "Vláda v utorok schválila nový zákon. Obyvatelia môžu podávať žiadosti od stredy. Ľudia čakajú.",
    "hungarian": "A kormány új törvényt fogadott el. Erről az esőről nem szólt, és a pénzt később fizetik ki.",
    "romanian": "Guvernul a adoptat marţi o nouă lege. Preşedintele nu a răspuns întrebărilor, iar primăriile aşteaptă.",
    "turkish": "Hükümet salı günü yeni bir yasa kabul etti. İstanbul'da yaşayanlar çarşamba gününden sonra başvuracak.",
    "lithuanian": "Vyriausybė antradienį priėmė naują įstatymą. Šiauliuose žmonės laukia, kol ministras grįš.",
    "latvian": "Valdība otrdien pieņēma jaunu likumu. Pašvaldības naudu saņems jau šogad, sacīja ministrs.",
    "french": "« C'est une œuvre inachevée », a déclaré le maire de Besançon. Où était-il, à Noël ? Sur 30 m³ près d'Alès.",
    "spanish": "El señor alcalde dijo: «¿Quién pagará mañana?». El 1.º de mayo, en el 3.er º, los niños irán a 30 m³; nº 5.",
    "italian": "Perché no? La città è già a 30 m³ d'acqua e 20 m² di spazio, dal 1º maggio; però così non può più.",
    "portuguese": "Os municípios terão o dinheiro este ano, e a população poderá pedi-lo amanhã: n.º 3, Sr.ª Silva, M.ª João.",
    "german": "Die Straßen müssen schöner werden, erklärte der Bürgermeister von Köln: „Natürlich“. 30 m³, 5 µm, ± 2 °C.",
    "icelandic": "Það er gott veður í dag, að sögn Þórs Ævarssonar. Ríkisstjórnin samþykkti á þriðjudag ný lög.",
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *(("polish", name) for name in ("cp1250", "iso8859_2")),
        *(("slovenian", name) for name in ("cp1250", "iso8859_2")),
        *(("croatian", name) for name in ("cp1250", "iso8859_2")),
        *(("czech", name) for name in ("cp1250", "iso8859_2")),
        *(("slovak", name) for name in ("cp1250", "iso8859_2")),
        *((name, "cp1250") for name in ("hungarian", "romanian")),
        *((name, "cp1257") for name in ("lithuanian", "latvian")),
        ("turkish", "cp1254"),
        *((name, "cp1252") for name in ("french", "spanish", "italian", "portuguese", "german", "icelandic")),
    ],
)
@pytest.mark.parametrize("times", [1, 20])
def test_the_legacy_encoding_of_a_latin_script_is_told_by_its_letters(language: str, encoding: str, times: int) -> None:
    data = f"{LEGACY[language]}\n".encode(encoding) * times
    assert decode(data).encoding == encoding
    assert decode(data).text == f"{LEGACY[language]}\n" * times


@pytest.mark.parametrize("head", [b"", b"/* \xa9 */ "])
@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r"])
def test_a_long_ascii_head_does_not_hide_the_encoding(head: bytes, encoding: str) -> None:
    words = "Правительство во вторник приняло новый закон. Министр сообщил, что деньги придут в этом году. " * 3
    data = head * (encoding == "cp1251") + b"var shown = function () { return 1 };\n" * 4000 + words.encode(encoding)
    assert decode(data).encoding == encoding
    assert decode(data).text.endswith(words)


@pytest.mark.parametrize(
    ("encoding", "bad"), [("cp1252", b"\x81"), ("gb18030", b"\xff"), ("utf-8", b"\xff"), ("utf-16-le", b"\0\xdc")]
)
def test_bad_bytes_are_read_in_linear_time_and_come_back(encoding: str, bad: bytes) -> None:
    data = (bad + "a\n".encode(encoding)) * 50_000  # took minutes when the rest was copied at each
    text, undecoded = _decode(data, encoding)
    assert "".join(item.bytes for item in undecoded) == bad.hex() * 50_000
    assert {text[item.offset] for item in undecoded} == {"\ufffd"}
    assert encode(Decoded(text, encoding, False, "lf", undecoded)) == data


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_bad_bytes_keep_their_places_whatever_the_line_ends(line_end: bytes) -> None:
    data = line_end.join("Così è più bello, però è già".encode() + b"\xff. E" for _ in range(50)) + line_end
    decoded = decode(data)
    assert len(decoded.undecoded) == 50
    assert {decoded.text[item.offset] for item in decoded.undecoded} == {"\ufffd"}
    assert encode(decoded) == data


def test_undecodable_bytes_are_kept_and_marked() -> None:
    data = "Perché no? Così è più bello.".encode() + b"\xff" + " Già.".encode()
    decoded = decode(data)
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") == 1
    assert encode(decoded) == data


@given(st.binary(max_size=200))
def test_a_document_of_any_bytes_is_refused_or_can_be_written_again(data: bytes) -> None:
    try:
        document = read_document("any.txt", data)
    except UnreadableFile:
        return
    origin = document.origin
    assert origin.size == len(data)
    if origin.kept == "ledger":
        decoded = Decoded(document.raw, origin.encoding, origin.bom, origin.newline, origin.undecoded)
        assert encode(decoded) == data


@given(st.text(max_size=100), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_text_in_unicode_comes_back(text: str, encoding: str) -> None:
    data = text.encode(encoding, "ignore")
    if b"\0" not in data or encoding == "utf-16":
        decoded = decode(data)
        assert encode(decoded) == data


@given(st.text("\ufffd an.é") | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_what_is_valid_utf_8_is_read_as_it(text: str) -> None:
    for declared in ("", '<meta charset="utf-8">', '<meta charset="windows-1252">é'):
        decoded = decode(f"{declared}{text}".encode(), declared=True)
        assert (decoded.encoding, decoded.undecoded) == ("utf-8", ())
        assert f"{decoded.text}\ufffd".splitlines() == f"{declared}{text}\ufffd".removeprefix("\ufeff").splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "The mayor\ufffds office said on Monday that the old bridge will stay closed.",
        "Il sindaco dell\ufffdisola ha detto che l\ufffdanno prossimo il ponte sarà aperto.",
    ],
)
def test_letters_that_were_lost_before_do_not_change_the_encoding(text: str) -> None:
    assert read_document("a.txt", text.encode()).raw == text


@pytest.mark.parametrize("word", ["GIF8", "GIF87a", "GIF89a", "GIF89a\n\n"])
def test_a_text_may_begin_as_an_image_does(word: str) -> None:
    text = f"{word} è un formato di immagini nato nel 1987."
    assert read_document("a.txt", text.encode()).raw == text
    with pytest.raises(UnreadableFile, match="GIF image"):
        read_document("a.txt", b"GIF89a\x20\x01\xf0\x00\xf7\x00\x00" + word.encode())


def test_a_folder_is_read_in_a_stable_order_and_what_is_passed_over_is_said(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "out").mkdir()
    for name in ("z.txt", "b/a.txt", "b/.hidden", "A.txt", "out/x.txt"):
        (tmp_path / name).write_text("words")
    (tmp_path / "away").symlink_to("/")
    (tmp_path / "gone").symlink_to("nowhere")
    found = list(discover([str(tmp_path)], output=tmp_path / "out"))
    named = [(Path(item.path).relative_to(tmp_path).as_posix(), getattr(item, "reason", None)) for item in found]
    assert named == [
        ("A.txt", None),
        ("away", "a link out of the folder"),
        ("gone", "a broken link"),
        ("out", "the output folder"),
        ("z.txt", None),
        ("b/.hidden", "hidden"),
        ("b/a.txt", None),
    ]


@pytest.mark.parametrize(
    ("page", "folder", "belongs"),
    [
        ("Il ponte.html", "Il ponte_files", True),
        ("Die Brücke.htm", "Die Brücke-Dateien", True),
        ("El puente.html", "El puente_archivos", True),
        ("Le pont.html", "Le pont_fichiers", True),
        ("Il ponte.html", "Il ponte_archivio", False),
        ("Il ponte.txt", "Il ponte_files", False),
        ("Il ponte.html", "Altro_files", False),
        ("files.html", "_files", False),
    ],
)
def test_what_belongs_to_a_saved_page_is_passed_over(tmp_path: Path, page: str, folder: str, belongs: bool) -> None:
    (tmp_path / folder / "img").mkdir(parents=True)
    for name in (page, f"{folder}/frame.html", f"{folder}/img/a.txt"):
        (tmp_path / name).write_text("words")
    items = list(discover([str(tmp_path)]))
    assert [item for item in items if isinstance(item, Skipped)] == (
        [Skipped((tmp_path / folder).as_posix(), "pictures and scripts of a saved page", common=True)] * belongs
    )
    assert len([item for item in items if isinstance(item, Found)]) == (1 if belongs else 3)


def test_in_a_folder_only_what_can_be_read_is_found(tmp_path: Path) -> None:
    for name in ("a.txt", "b.PDF", "c.HTML", "d", "sub/e.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    items = list(discover([str(tmp_path), str(tmp_path / "sub" / "e.jpg")], kinds=KINDS))
    assert [Path(item.path).name for item in items if isinstance(item, Found)] == ["a.txt", "c.HTML", "d", "e.jpg"]
    assert [(Path(item.path).name, item.reason) for item in items if isinstance(item, Skipped)] == [
        ("b.PDF", ".pdf is not a kind of file that is read"),
        ("e.jpg", ".jpg is not a kind of file that is read"),
    ]


def test_a_link_to_a_hidden_folder_is_not_said_to_be_read(tmp_path: Path) -> None:
    for name in (".store/x.txt", "open/y.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("words")
    (tmp_path / "pub").symlink_to(".store")
    (tmp_path / "way").symlink_to("open")
    passed = {Path(item.path).name: item.reason for item in discover([str(tmp_path)]) if isinstance(item, Skipped)}
    assert passed == {
        ".store": "hidden",
        "pub": "a link to a hidden folder, which is not read",
        "way": "a link to a folder that is read anyway",
    }


@pytest.mark.parametrize(
    ("inputs", "paths"),
    [
        (["-"], ["-"]),
        (["./-"], ["./-"]),
        (["."], ["./-", "a.txt"]),
        (["*"], ["./-", "a.txt"]),
        (["-", "./-", "."], ["-", "./-", "a.txt"]),
    ],
)
def test_only_the_argument_is_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], paths: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"from the pipe")))
    for name in ("./-", "a.txt"):
        Path(name).write_text("from a file")
    found = [item for item in discover(inputs) if isinstance(item, Found)]
    assert [item.path for item in found] == [item.name for item in found] == paths
    assert [load(item) == b"from the pipe" for item in found] == [path == "-" for path in paths]


def test_standard_input_that_is_closed_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UnreadableFile, match=r"cannot be read \(standard input is closed\)"):
        load(Found("-", "-"))


def test_inputs_that_overlap_are_read_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("words")
    found = list(discover([str(tmp_path / "*.txt"), str(tmp_path)]))
    assert [item.path for item in found] == [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert not any(isinstance(item, Skipped) for item in found)
    assert all(isinstance(item, Found) for item in found)


@pytest.mark.parametrize(
    ("inputs", "others"),
    [
        (["normalized"], []),
        (["normalized/text/x.txt"], []),
        (["a.txt", "normalized"], ["a.txt"]),
        (["*"], ["a.txt", "sub/b.txt"]),
        (["**"], ["a.txt", "sub/b.txt"]),
        (["**/*.txt"], ["a.txt", "sub/b.txt"]),
        (["."], ["a.txt", "sub/b.txt"]),
        (["*", "."], ["a.txt", "sub/b.txt"]),
        (["sub/../normalized/text"], []),
        (["latest"], []),
    ],
)
def test_the_output_is_never_read_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], others: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "sub/b.txt", "normalized/text/x.txt", "normalized/text/y.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("words")
    if inputs == ["latest"]:
        Path("latest").symlink_to("normalized/text/x.txt")
    items = list(discover(inputs, Path("normalized")))
    assert [item.path for item in items if isinstance(item, Found)] == others
    assert [item for item in items if isinstance(item, Skipped)] == [Skipped("normalized", "the output folder")]


def test_a_link_into_the_output_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.txt").write_text("words")
    (tmp_path / "latest.txt").symlink_to("out/x.txt")
    items = {Path(item.path).name: item for item in discover([str(tmp_path)], tmp_path / "out")}
    assert {name: getattr(item, "reason", None) for name, item in items.items()} == {
        "latest.txt": "a link into the output folder",
        "out": "the output folder",
    }


def test_a_folder_that_cannot_be_listed_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "locked/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    lock(tmp_path / "locked", monkeypatch)
    found = [item for item in discover([str(tmp_path)]) if isinstance(item, Found)]
    assert [Path(item.name).name for item in found] == ["a.txt", "locked"]
    with pytest.raises(UnreadableFile, match=r"cannot be listed \(Permission denied\): check its permissions"):
        load(found[1])


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (("a.txt", "b.md"), 2),
        (("a.txt", "b.html", ".DS_Store"), 2),
        (("f.txt", "style.css"), 0),
        (("f.txt", "gtm"), 0),
        (("frame.html",), 0),
        ((), 0),
    ],
)
def test_a_folder_of_articles_may_be_called_as_one_of_a_saved_page(
    tmp_path: Path, names: tuple[str, ...], read: int
) -> None:
    (tmp_path / "news_files").mkdir()
    for name in ("news.html", *(f"news_files/{name}" for name in names)):
        (tmp_path / name).write_text("words")
    found = [item for item in discover([str(tmp_path)]) if isinstance(item, Found)]
    assert len(found) == 1 + read


def test_a_glob_does_not_pass_over_a_folder_that_cannot_be_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "open/b.txt", "open/locked/c.txt", ".hidden/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Piove.", encoding="utf-8")
    lock(tmp_path / "open" / "locked", monkeypatch)
    found = [item for item in discover([str(tmp_path / "**" / "*.txt")]) if isinstance(item, Found)]
    assert [Path(item.name).name for item in found] == ["a.txt", "b.txt", "locked"]
    with pytest.raises(UnreadableFile, match=r"cannot be listed \(Permission denied\): check its permissions"):
        load(found[2])


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*/*.txt", ["b.txt"]),
        ("o*n/*/*.txt", ["locked"]),
        ("*/*/d*", ["locked"]),
        ("*/*/c.txt", ["c.txt"]),  # what can be reached by its name needs no list
        ("*/b.txt", ["b.txt"]),
    ],
)
def test_a_glob_of_some_depth_does_not_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, names: list[str]
) -> None:
    for name in ("a.txt", "open/b.txt", "open/locked/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Piove.", encoding="utf-8")
    lock(tmp_path / "open" / "locked", monkeypatch)
    found = [item for item in discover([str(tmp_path / pattern)]) if isinstance(item, Found)]
    assert [Path(item.name).name for item in found] == names


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look anywhere")
@pytest.mark.parametrize("name", ["a.txt", "*"])
def test_what_is_in_a_locked_folder_is_said_when_it_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "locked").mkdir(mode=0)
    (found,) = discover([str(tmp_path / "locked" / name)])
    assert isinstance(found, Found)
    with pytest.raises(UnreadableFile, match="Permission denied"):
        load(found)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nope.txt", "cannot be read (No such file or directory): check its name"),
        (".", "cannot be read (Is a directory): name a file in it"),
        ("nope.txt/x.txt", "cannot be read (No such file or directory): check its name"),
    ],
)
def test_the_advice_fits_the_error(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        load(Found(str(tmp_path / name), name))
    assert str(caught.value) == words
