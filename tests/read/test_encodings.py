"""Encodings: which one bytes are read in, what a page names and what it is written in, and that the bytes come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UnreadableFile
from pipeline.read import Decoded, decode, encode, read_document
from pipeline.read.text import _decode

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
