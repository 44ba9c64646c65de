"""Writes tests/data/inputs/: one tiny document for every kind of bad or odd input.

The files are committed, so that a test needs only the bytes; this script says how each was made.

    python tests/data/make_inputs.py            write the files
    python tests/data/make_inputs.py --check    exit 1 if a file is missing, differs or is not listed here
    python tests/data/make_inputs.py --list     print the name of each file and what it is

Nothing here depends on the clock, the platform or a library's version. All the texts are invented:
see docs/seeds.md.
"""

from __future__ import annotations

import argparse
import io
import struct
import sys
import zipfile
import zlib
from itertools import product
from pathlib import Path
from typing import NamedTuple

INPUTS = Path(__file__).parent / "inputs"


class Case(NamedTuple):
    """One file: its name, what it is, its bytes."""

    name: str
    what: str
    data: bytes


# ------------------------------------------------------------------------------------------------------ texts

ENGLISH = """\
Ferry service returns to the bay after the storm

The first ferry since Sunday left the harbour at 7:40 on Thursday morning, with
112 passengers and a delay of ten minutes. The company said that the crossing
would be free until the end of the month.

"We waited four days for a quarter of an hour on the water," said Edda Marlowe,
a pharmacist who works on the other shore. The pier was damaged on 2 February,
and its repair has cost 235,000 euros so far.
"""

ITALIAN = """\
Riaperta la strada del passo, rientrano gli sfollati

Dopo nove giorni di chiusura è stata riaperta giovedì mattina la strada che porta al passo, e le prime \
quaranta famiglie sono potute rientrare nelle loro case. Il sindaco ha ringraziato i volontari, che hanno \
lavorato anche di notte.

«Non è ancora finita, ma da oggi si può ricominciare», ha detto Ottavia Brandolesi, che coordina i \
soccorsi. La spesa ha già superato i 3,5 milioni di euro e, secondo la Provincia, gli abitanti coinvolti \
sono più di 12.400. Perché la scuola riapra bisognerà però aspettare lunedì 17 febbraio.
"""

FRENCH = """\
Le marché couvert rouvre après l'incendie

Fermé depuis le 4 octobre, le marché couvert a rouvert samedi à sept heures, devant une foule que personne \
n'attendait. Les commerçants ont offert le café et les premières pêches de la saison.

«Nous avons cru que c'était fini», avoue Noëlle Chastaing, fromagère depuis trente ans. La façade a déjà \
été repeinte, mais l'été ne suffira pas à réparer la toiture, où l'on a compté 235 brèches.
"""

ENGLISH_1252 = """\
The baker who kept the café open

“I didn’t think of closing,” says André Lüthold, 58. “Where would they have gone?” For nineteen days – the \
road was cut on 6 May – his café was the only lit window in the village.

He sold bread at half price, and on the last day he gave it away… ‘A loaf costs me €1.20,’ he says, ‘and \
silence costs more.’ Three rules hung on the door:

• no politics
• no credit — except for neighbours
• no shouting
"""

JAPANESE = """\
山あいの町で断水続く、住民に疲れ

大雨で水道管が壊れた山あいの町では、木曜日も断水が続いた。町役場によると、約1,200世帯に影響が出ており、復旧には\
あと5日ほどかかる見込みだという。

「朝早くから給水車に並ぶのが日課になりました」と、商店を営む女性は話した。学校は来週の月曜日に再開する予定で、町は\
体育館を避難所として開放している。
"""

RUSSIAN = """\
Мост через реку снова открыт для пешеходов

В четверг утром после девяти дней ремонта открыли пешеходный мост, соединяющий две части города. По словам \
городских властей, за первый час по нему прошли около 1200 человек.

"Мы каждый день ходили в обход, почти четыре километра", - рассказала учительница Варвара Лесовская. \
Движение автомобилей обещают восстановить не раньше 17 марта, когда закончатся испытания опор. Ремонт \
обошёлся в 3,5 миллиона.
"""

CHINESE = """\
山区公路恢复通车，首批居民返回家园

经过九天的抢修，通往山区的公路星期四上午恢复通车，首批四十户家庭已经返回家中。当地政府表示，受影响的居民超过一万两千人，\
修复费用约为350万元。

“我们终于可以重新开始了。”负责协调救援工作的一名志愿者说。学校预计将于下星期一复课，届时校车也会恢复运行。
"""

ARABIC = """\
عودة المياه إلى القرية بعد تسعة أيام

عادت المياه صباح الخميس إلى القرية الجبلية بعد انقطاع دام تسعة أيام، وقالت البلدية إن أكثر من 1200 عائلة \
كانت تعتمد على الصهاريج في تأمين حاجتها اليومية.

وقالت المعلمة نوال الصفدي: «كنا ننتظر أربع ساعات كي نملأ دلوين». ومن المقرر أن تفتح المدرسة أبوابها يوم \
الاثنين في 17 مارس، بعد أن تنتهي الفحوص اللازمة.
"""

ARABIC_TATWEEL = """\
أخـــبار الـوادي: عـــودة الـحيـاة إلى الســوق

فتحت أســواق المديـنة أبوابها صباح الخميس بعد إغــلاق استمر تسعة أيام، وقال التجـــار إن عدد الزبائن في \
الساعة الأولى كان أكبر مما توقعــوا. وأضاف بائع الخبـــز: «بعت كل ما عندي قبل الظهر».

وقالت البلـدية إن ١٢٠٠ عائلـة ستحصل على مســـاعدات خلال الأسبوع المقبل، وإن المدرســـة ستفتح يوم الاثنين.
"""

PERSIAN_ZWNJ = """\
جاده\u200cی کوهستانی دوباره باز شد

پس از نه روز، جاده\u200cای که روستاهای کوهستانی را به شهر وصل می\u200cکند صبح پنج\u200cشنبه باز شد و \
نخستین خانواده\u200cها به خانه\u200cهایشان برگشتند. مسئولان می\u200cگویند بیش از ۱۲۰۰ نفر از ساکنان هنوز \
نمی\u200cتوانند بازگردند.

یکی از داوطلبان گفت: «شب\u200cها هم کار کردیم و خسته\u200cایم، ولی خوشحالیم.» مدرسه\u200cها از روز دوشنبه \
باز می\u200cشوند و کمک\u200cهای تازه نیز تا آخر هفته می\u200cرسند.
"""

UPPERCASE = """\
PONTE CHIUSO, CITTÀ DIVISA IN DUE: È LA TERZA VOLTA IN UN ANNO

IL COMUNE: «RIAPRIRÀ ENTRO LUNEDÌ»

Il ponte vecchio è stato chiuso al traffico mercoledì sera, dopo che i tecnici hanno misurato un cedimento \
di quattro centimetri. Gli abitanti della riva sinistra dovranno fare un giro di undici chilometri per \
arrivare in centro.

IL COMUNE HA MESSO A DISPOSIZIONE DUE AUTOBUS GRATUITI, CHE PARTIRANNO OGNI VENTI MINUTI \
DALLA PIAZZA DELLA STAZIONE.
"""

HALF_AND_HALF = """\
Two languages, one village

The council of the lakeside village has decided to print every notice in two languages, because half of \
its residents speak only one of them. The first notice, pinned up on Monday, was about dogs. It was longer \
in one language than in the other, and nobody could say why. The mayor promised that the next ones would \
be of equal length.

Il consiglio del paese in riva al lago ha deciso di stampare ogni avviso in due lingue, perché metà degli \
abitanti ne parla una sola. Il primo, affisso lunedì, riguardava i cani. Era più lungo in una lingua che \
nell'altra, e nessuno ha saputo spiegare il motivo. La sindaca ha promesso che i prossimi avranno la \
stessa lunghezza.
"""

BOILERPLATE = """\
Home | News | World | Sport | Weather | Sign in

We use cookies to improve your experience. Accept all | Manage settings

Subscribe today and get your first month for only £1

Share this article: Facebook | X | WhatsApp | Email

READ MORE: Ten things to do this weekend

Most read
1. Traffic
2. Horoscope
3. Recipes

Sign up to our newsletter

Leggi anche: Tutte le notizie di oggi

Copyright © 2025 Pellworth Media Ltd. All rights reserved.
Privacy policy | Terms and conditions | Contact us
"""

DIGITS = """\
12.04.2025 18:30

235.000 + 3,5 = 235.003,5
1 2 3 4 5 6 7 8 9 0
----------------------------------------
100 % / 50 % / 25 %   €48.20   $1,200.00
*** ### *** ### ***
+00 000 000 0000 (1-9)
[ ] { } < > | \\ ~ ^ ° § ½ ± × ÷
... !!! ??? ;;; :::
2025-03-18 09:30:00 +01:00
→ ← ↑ ↓ • ◦ ■ □ ★
"""

INVISIBLES = (
    "\u200eUn paese che ri\u00adco\u00admin\u00adcia\u200f\n\n"
    "Dopo\u00a0nove giorni di chiu\u00adsura è stata ria\u00adperta la strada\u200b del\u200b "
    "passo,\u00a0e le prime\u202f40 fami\u00adglie sono tor\u00adnate a\u00a0casa. \u202bIl sindaco\u202c "
    "ha rin\u00adgra\u00adziato\u2060 i volontari, che hanno lavo\u00adrato anche di\ufeff notte.\n\n"
    "\u2066«Non è ancora finita»\u2069,\u00a0ha detto Ottavia\u00a0Brandolesi. La spesa ha supe\u00adrato i "
    "3,5\u00a0milioni di\u2009euro e gli abitanti coin\u00advolti sono più di 12.400.\u200b\u200b\n"
)

MARKDOWN = """\
---
title: La biblioteca torna in piazza
author: Tullio Marescotti
date: 2025-02-14
lang: it
---

# La biblioteca torna in piazza

*di Tullio Marescotti* · **14 febbraio 2025**

Dopo due anni di lavori la biblioteca comunale ha riaperto venerdì, con [trentamila \
volumi](https://example.org/catalogo) e una sala per i bambini. All'inaugurazione c'erano **più di 400 \
persone**, molte delle quali senza ombrello.

> «I libri li abbiamo tenuti in garage, uno scaffale per famiglia», ha raccontato la direttrice.

## Gli orari

- dal lunedì al venerdì, dalle 9 alle 19
- il sabato, dalle 9 alle 13

| sala | posti |
|------|-------|
| adulti | 64 |
| bambini | 28 |

![La sala di lettura](sala.jpg)

Il prestito è gratuito[^1], e per iscriversi basta scrivere `biblioteca` sul modulo.

[^1]: Per i residenti nella provincia.
"""

HTML_PAGE = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta {charset}>
<title>{title}</title>
</head>
<body>
<nav><a href="/">Home</a> <a href="/esteri">Esteri</a> <a href="/sport">Sport</a></nav>
{body}
<footer><p>Copyright 2025 Edizioni Pellworth</p></footer>
</body>
</html>
"""

HTML_LINKS = """\
<ul>
<li><a href="/1">Meteo</a></li>
<li><a href="/2">Oroscopo</a></li>
<li><a href="/3">Programmi TV</a></li>
<li><a href="/4">Necrologi</a></li>
</ul>
<form action="/cerca"><input name="q"><button>Cerca</button></form>
<script>var article = "Questo testo sta in uno script e non è un articolo.";</script>"""

HTML_FRAGMENT = """\
<p>La nave è arrivata in porto <b>alle 6:20</b>, con <em>diciotto ore</em> di ritardo e 341 persone a \
bordo &mdash; tutte stanche, nessuna ferita.</p>
<p>&laquo;Abbiamo visto la costa e nessuno ha parlato&raquo;, ha raccontato il comandante Ruggero Alta.<br>
La traversata era cominciata luned&igrave; mattina.
<p>Oggi &egrave; prevista la visita del prefetto &amp; dei medici; domani la nave riparte.
"""


# --------------------------------------------------------------------------------------------------- builders


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text, each on one line."""
    return [" ".join(block.split("\n")) for block in text.strip().split("\n\n")]


def html_article(text: str) -> str:
    """A text as an HTML article: its first paragraph is the heading."""
    title, *rest = paragraphs_of(text)
    return "\n".join(["<article>", f"<h1>{title}</h1>", *(f"<p>{paragraph}</p>" for paragraph in rest), "</article>"])


def long_paragraph(words: int) -> str:
    """Exactly `words` words of Italian in one line, sentences all different."""
    openings = (
        "Nella notte di lunedì", "Alle prime luci dell'alba", "Secondo i medici", "Dopo una lunga attesa",
        "Nonostante la pioggia", "Verso mezzogiorno", "Come era stato annunciato",
        "A pochi chilometri dal confine",
    )  # fmt: skip
    subjects = (
        "i volontari hanno distribuito coperte e acqua", "le famiglie hanno attraversato il ponte a piedi",
        "i camion sono rimasti fermi davanti alla dogana", "la delegazione ha chiesto altre tre ore",
        "il sindaco ha fatto aprire la palestra della scuola",
    )  # fmt: skip
    endings = (
        "mentre la radio ripeteva lo stesso bollettino.", "senza che nessuno sapesse per quanto tempo.",
        "perché la strada del passo era ancora interrotta.", "anche se il vento rendeva tutto più difficile.",
    )  # fmt: skip
    sentences = (f"{opening} {subject}, {ending}" for ending, subject, opening in product(endings, subjects, openings))
    names = [
        "Aldo",
        "Bice",
        "Carlo",
        "Dora",
        "Elio",
        "Fosca",
        "Gino",
        "Ines",
        "Lucio",
        "Maria",
        "Nino",
        "Olga",
    ]
    names += [
        "Piero",
        "Rita",
        "Sandro",
        "Tosca",
        "Ugo",
        "Vera",
        "Zeno",
        "Ada",
        "Bruno",
        "Clelia",
        "Dino",
        "Elsa",
    ]
    taken: list[str] = []
    missing = words
    for sentence in sentences:
        if missing <= len(names):
            break
        taken.append(sentence)
        missing -= len(sentence.split())
    taken.append(f"Mancavano {', '.join(names[: missing - 1])}.")  # as many names as make up the sum
    paragraph = " ".join(taken)
    assert len(paragraph.split()) == words, "too few sentences, or one too long"
    return paragraph


def curled(text: str) -> str:
    """The same text with curly quotes for guillemets."""
    return text.translate({0xAB: 0x201C, 0xBB: 0x201D})


def truncated(text: str) -> bytes:
    """UTF-8 cut after the first byte of the last character that has more than one."""
    last = max(index for index, character in enumerate(text) if ord(character) > 0x7F)
    return text[:last].encode() + text[last].encode()[:1]


def mojibake(text: str) -> bytes:
    """UTF-8 read as Windows-1252 and saved again as UTF-8; bytes it lacks pass as C1 controls."""
    wrong = "".join(
        bytes([byte]).decode("latin-1" if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "cp1252")
        for byte in text.encode()
    )
    return wrong.encode()


def png() -> bytes:
    """A valid image, 8 by 8, red on the left and white on the right; stored, not compressed."""
    row = b"\x00" + b"\xcc\x00\x00" * 4 + b"\xff\xff\xff" * 4

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    pixels = row * 8
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(pixels), len(pixels) ^ 0xFFFF) + pixels
    stored += struct.pack(">I", zlib.adler32(pixels))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stored) + chunk(b"IEND", b"")


def pdf(lines: list[str]) -> bytes:
    """A valid one-page PDF that shows some lines of ASCII."""
    shown = " T* ".join(f"({line.replace('(', '').replace(')', '')}) Tj" for line in lines)
    stream = f"BT /F1 10 Tf 14 TL 50 780 Td {shown} ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
    return bytes(out)


def docx(paragraphs: list[str]) -> bytes:
    """A minimal valid Word document: a zip with fixed dates, stored."""
    xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    text = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in paragraphs)
    parts = {
        "[Content_Types].xml": f'{xml}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'{xml}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'{xml}<w:document xmlns:w="{word}"><w:body>{text}</w:body></w:document>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # the same on every platform
            archive.writestr(entry, content.encode())
    return buffer.getvalue()


def mixed_newlines(text: str) -> bytes:
    """CRLF on every second line, LF on the others."""
    lines = text.rstrip("\n").split("\n")
    return "".join(line + ("\r\n" if index % 2 else "\n") for index, line in enumerate(lines)).encode()


# ------------------------------------------------------------------------------------------------------ cases


def cases() -> list[Case]:
    """Every case, in the order of the list that `--list` prints."""
    latin1_page = HTML_PAGE.format(
        lang="fr", charset='charset="iso-8859-1"', title="Le marché couvert rouvre", body=html_article(FRENCH)
    )
    empty_page = HTML_PAGE.format(lang="it", charset='charset="utf-8"', title="Servizi", body=HTML_LINKS)
    return [
        # nothing to read
        Case("empty.txt", "no bytes at all", b""),
        Case(
            "whitespace-only.txt",
            "spaces, tabs, newlines, a no-break space",
            "  \n\t\n \u00a0 \r\n\n   ".encode(),
        ),
        Case("only-boilerplate.txt", "menus, pleas and a footer, no article", BOILERPLATE.encode()),
        Case("only-digits-and-symbols.txt", "not one letter", DIGITS.encode()),
        Case("html-without-article.html", "a page of links, a form and a script", empty_page.encode()),
        # not text
        Case("image.png", "a valid PNG, 8 by 8", png()),
        Case("document.pdf", "a valid PDF of one page, in English", pdf(ENGLISH.splitlines())),
        Case("document.docx", "a valid Word file (zip), in Italian", docx(paragraphs_of(ITALIAN))),
        Case("nul-bytes.txt", "English text with NUL bytes in it", ENGLISH.replace(" the ", " the\0 ").encode()),
        # encodings
        Case("utf-16le-bom.txt", "Italian, UTF-16LE, with BOM", b"\xff\xfe" + ITALIAN.encode("utf-16-le")),
        Case("utf-16be-no-bom.txt", "Italian, UTF-16BE, without BOM", ITALIAN.encode("utf-16-be")),
        Case("latin-1.txt", "French, ISO-8859-1", FRENCH.encode("latin-1")),
        Case(
            "windows-1252.txt",
            "English, Windows-1252: quotes, dashes, euro, bullet",
            ENGLISH_1252.encode("cp1252"),
        ),
        Case("shift-jis.txt", "Japanese, Shift-JIS", JAPANESE.encode("shift_jis")),
        Case(
            "koi8-r.txt",
            "Russian, KOI8-R",
            RUSSIAN.encode("koi8-r"),
        ),
        Case("gb18030.txt", "Chinese, GB18030", CHINESE.encode("gb18030")),
        Case("windows-1256.txt", "Arabic, Windows-1256", ARABIC.encode("cp1256")),
        Case("truncated-utf-8.txt", "Italian, cut inside its last accented letter", truncated(ITALIAN)),
        Case(
            "mojibake.txt",
            "Italian, UTF-8 read as Windows-1252 and saved as UTF-8",
            mojibake(curled(ITALIAN)),
        ),
        Case(
            "html-iso-8859-1.html",
            "French page, ISO-8859-1, said so in its meta",
            latin1_page.encode("latin-1"),
        ),
        # lines
        Case("lone-cr.txt", "English, CR alone as newline", ENGLISH.replace("\n", "\r").encode()),
        Case("mixed-newlines.txt", "English, CRLF and LF by turns", mixed_newlines(ENGLISH)),
        Case("no-final-newline.txt", "Italian, no newline at the end", ITALIAN.rstrip("\n").encode()),
        Case("one-long-paragraph.txt", "Italian, 2,000 words and no line break", long_paragraph(2000).encode()),
        # content
        Case(
            "half-italian-half-english.txt",
            "an English paragraph, then an Italian one",
            HALF_AND_HALF.encode(),
        ),
        Case("all-caps.txt", "Italian, headline and last paragraph in capitals", UPPERCASE.encode()),
        Case("invisible-characters.txt", "Italian: soft hyphens, ZWSP, NBSP, bidi marks", INVISIBLES.encode()),
        Case("arabic-tatweel.txt", "Arabic, words stretched with tatweel", ARABIC_TATWEEL.encode()),
        Case("persian-zwnj.txt", "Persian, ZWNJ where its spelling wants it", PERSIAN_ZWNJ.encode()),
        Case("html-fragment.html", "Italian, paragraphs without html or body, entities", HTML_FRAGMENT.encode()),
        Case("article.md", "Italian, Markdown with front matter, list, table, note", MARKDOWN.encode()),
        Case(
            'un nome con "virgolette" e l\'apostrofo.txt',
            "Italian, a file name to be quoted",
            ITALIAN.encode(),
        ),
    ]


# ---------------------------------------------------------------------------------------------------- command


def differences(folder: Path) -> list[str]:
    """What in `folder` is not as this script would write it."""
    wanted = {case.name: case.data for case in cases()}
    found = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
    return (
        [f"missing: {name}" for name in wanted if name not in found]
        + [f"not listed: {name}" for name in sorted(found) if name not in wanted]
        + [f"differs: {name}" for name, data in wanted.items() if found.get(name, data) != data]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes tests/data/inputs/.")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="compare with what is there, write nothing")
    action.add_argument("--list", action="store_true", help="print the cases, write nothing")
    options = parser.parse_args()

    if options.list:
        for case in cases():
            print(f"{case.name}\t{len(case.data)}\t{case.what}")
        return 0
    if options.check:
        problems = differences(INPUTS)
        print("\n".join(problems) or "as it should be")
        return 1 if problems else 0
    INPUTS.mkdir(parents=True, exist_ok=True)
    for case in cases():
        (INPUTS / case.name).write_bytes(case.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
