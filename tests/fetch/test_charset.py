"""Which charset a page is in: what said so, what labels mean on the web, what cannot be true."""

from __future__ import annotations

import codecs
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.charset_labels import CODECS, codec_of
from pipeline.fetch import detect_charset, page_from_bytes
from pipeline.fetch.charset import LOOK_AT_BYTES

UMLAUTS = "Die Brücke über die Elbe wurde für den Verkehr geöffnet, sagte die Behörde. " * 4
RUSSIAN = "Северный причал был восстановлен до наступления зимы, сообщили в городском совете. " * 4
JAPANESE = "市議会は土曜日の夜、冬の嵐の前に北の桟橋を再建することを決定した。" * 6
CHINESE = "市议会周六晚上投票决定在冬季第一场风暴来临之前重建北码头。" * 6
KOREAN = "시의회는 토요일 밤 겨울 폭풍이 오기 전에 북쪽 부두를 재건하기로 결정했다. " * 4


def html(text: str, charset: str, *, meta: str | None = None) -> bytes:
    declared = f'<meta charset="{meta}">' if meta else ""
    return f"<!doctype html><html><head>{declared}</head><body><p>{text}</p>".encode(charset)


# (bytes, Content-Type, codec, what said so)
CASES: dict[str, tuple[bytes, str | None, str, str]] = {
    "byte order mark": (codecs.BOM_UTF8 + html(UMLAUTS, "utf-8"), None, "utf-8-sig", "bom"),
    "byte order mark against the header": (
        codecs.BOM_UTF8 + html(UMLAUTS, "utf-8"),
        "text/html; charset=iso-8859-1",
        "utf-8-sig",
        "bom",
    ),
    "UTF-16, little end first": (html(UMLAUTS, "utf-16"), None, "utf-16", "bom"),
    "UTF-16, big end first": (
        codecs.BOM_UTF16_BE + html(UMLAUTS, "utf-16-be"),
        None,
        "utf-16",
        "bom",
    ),
    "header": (html(UMLAUTS, "cp1252"), "text/html; charset=windows-1252", "cp1252", "header"),
    "header in quotes": (
        html(UMLAUTS, "cp1252"),
        'text/html; charset="Latin1"',
        "cp1252",
        "header",
    ),
    "header before meta": (
        html(RUSSIAN, "cp1251", meta="koi8-r"),
        "text/html; charset=windows-1251",
        "cp1251",
        "header",
    ),
    "meta": (html(RUSSIAN, "koi8-r", meta="koi8-r"), "text/html", "koi8-r", "meta"),
    "meta http-equiv": (
        b'<meta http-equiv="Content-Type" content="text/html; charset=shift_jis">'
        + JAPANESE.encode("cp932"),
        None,
        "cp932",
        "meta",
    ),
    "XML declaration": (
        b'<?xml version="1.0" encoding="windows-1251"?><p>' + RUSSIAN.encode("cp1251"),
        None,
        "cp1251",
        "meta",
    ),
    "meta says UTF-16 in ASCII": (html(UMLAUTS, "utf-8", meta="utf-16"), None, "utf-8", "meta"),
    "late meta": (
        b"<!--" + b" " * 2000 + b"-->" + html(RUSSIAN, "cp1251", meta="windows-1251"),
        None,
        "cp1251",
        "meta",
    ),
    "header that cannot be true": (
        html(UMLAUTS, "utf-8"),
        "text/html; charset=iso-8859-1",
        "utf-8",
        "guess",
    ),
    "UTF-8 said and not meant": (
        html(RUSSIAN, "cp1251", meta="windows-1251"),
        "text/html; charset=utf-8",
        "cp1251",
        "meta",
    ),
    "unknown label": (html(UMLAUTS, "utf-8"), "text/html; charset=klingon", "utf-8", "guess"),
    "a codec that is no charset": (
        html(UMLAUTS, "utf-8"),
        "text/html; charset=rot13",
        "utf-8",
        "guess",
    ),
    "UTF-7 is never believed": (
        html("+ADw-script+AD4-", "ascii"),
        "text/html; charset=utf-7",
        "utf-8",
        "default",
    ),
    "nothing said, UTF-8": (html(JAPANESE, "utf-8"), None, "utf-8", "guess"),
    "nothing said, ASCII": (html("The pier", "ascii"), None, "utf-8", "default"),
    "nothing at all": (b"", None, "utf-8", "default"),
}


@pytest.mark.parametrize(("body", "header", "codec", "origin"), CASES.values(), ids=list(CASES))
def test_the_first_that_can_be_true_decides(
    body: bytes, header: str | None, codec: str, origin: str
) -> None:
    found = detect_charset(body, header)
    assert (found.codec, found.origin) == (codec, origin)
    assert found.replacement_ratio == 0


LABELS = {
    "iso-8859-1": ("cp1252", UMLAUTS + "“€”"),
    "ISO-8859-1": ("cp1252", UMLAUTS + "“€”"),
    "latin1": ("cp1252", UMLAUTS + "“€”"),
    "us-ascii": ("cp1252", UMLAUTS + "“€”"),
    "iso-8859-9": ("cp1254", "İstanbul’da köprü açıldı " * 4),
    "tis-620": ("cp874", "ท่าเรือด้านเหนือ “ได้รับการบูรณะ” " * 4),
    "gb2312": ("gb18030", CHINESE + "镕€"),
    "gbk": ("gb18030", CHINESE + "镕€"),
    "big5": ("big5hkscs", "市議會週六晚上投票決定重建北碼頭嘅" * 6),
    "shift_jis": ("cp932", JAPANESE + "①㈱"),
    "x-sjis": ("cp932", JAPANESE + "①㈱"),
    "euc-kr": ("cp949", KOREAN + "똠방각하"),
    "ks_c_5601-1987": ("cp949", KOREAN + "똠방각하"),
    "utf8": ("utf-8", JAPANESE),
    "unicode-1-1-utf-8": ("utf-8", JAPANESE),
    "windows-1251": ("cp1251", RUSSIAN),
    "koi8-r": ("koi8-r", RUSSIAN),
    "euc-jp": ("euc_jis_2004", JAPANESE + "①㈱"),
    "iso-2022-jp": ("iso2022_jp", JAPANESE),
    "iso-8859-2": ("iso8859-2", "Severní molo bylo obnoveno před zimními bouřemi. " * 4),
}


@pytest.mark.parametrize(("label", "expected"), LABELS.items(), ids=list(LABELS))
def test_a_label_means_what_the_web_means_by_it(label: str, expected: tuple[str, str]) -> None:
    codec, text = expected
    body = html(text, codec)
    found = detect_charset(body, f"text/html; charset={label}")
    assert codecs.lookup(found.codec) == codecs.lookup(codec)
    assert text in body.decode(found.codec)
    assert found.replacement_ratio == 0


def test_every_codec_of_the_table_exists() -> None:
    for codec in set(CODECS.values()):
        assert "pier".encode(codec).decode(codec) == "pier"


def test_every_label_of_the_standard_is_known_but_those_that_must_not_be_decoded() -> None:
    """The standard has 228, six of them of its replacement."""
    assert len(CODECS) == 222
    for label in ("iso-2022-kr", "csiso2022kr", "iso-2022-cn", "iso-2022-cn-ext", "hz-gb-2312"):
        assert codec_of(label) is None
        assert codec_of(label.replace("-", "_")) is None
    assert codec_of("replacement") is None


@pytest.mark.parametrize(
    ("label", "codec"),
    [("x-user-defined", "cp1252"), ("logical", "iso8859-8"), ("unicode", "utf-16-le"),
     ("866", "cp866"), ("iso_8859-7:1987", "iso8859-7"), ("\tUTF-8\n", "utf-8"),
     ("windows_1251", "cp1251"),
     ("CP-1251", "cp1251"), ("Shift JIS", "cp932"), ("utf 8", "utf-8"), ("EUC_JP", "euc_jis_2004")],
)  # fmt: skip
def test_a_label_is_read_in_any_spelling(label: str, codec: str) -> None:
    assert codec_of(label) == codec


def test_a_meta_that_names_utf_16_in_any_way_is_of_utf_8() -> None:
    for label in ("utf-16be", "unicode", "csunicode", "ucs-2"):
        assert detect_charset(html(UMLAUTS, "utf-8", meta=label), None).codec == "utf-8"


@pytest.mark.parametrize("label", [None, "", " ", "x" * 500, "\x00", "hex", "zip", "base64", "idna",
                                   "punycode", "undefined-8", "utf-7", "UTF_7", "utf-32",
                                   "unicode_escape"])  # fmt: skip
def test_a_label_that_is_no_charset_is_none(label: str | None) -> None:
    assert codec_of(label) is None


def test_the_share_of_broken_characters_is_kept() -> None:
    whole = "".join("é" if n % 4 == 0 else "a" for n in range(400)).encode()
    broken = whole.replace("é".encode(), b"\xc3(", 2)
    page = page_from_bytes("https://post.example/", broken, content_type="text/html; charset=utf-8")
    assert page.charset == "utf-8"
    assert page.replacement_ratio == page.text.count("\ufffd") / len(page.text) > 0


def test_a_declaration_behind_the_place_where_it_is_looked_for_is_not_seen() -> None:
    body = b" " * LOOK_AT_BYTES + html(UMLAUTS, "utf-8", meta="koi8-r")
    assert detect_charset(body, None).codec == "utf-8"


@given(st.binary(), st.one_of(st.none(), st.text(), st.sampled_from(["text/html; charset=utf-16"])))
def test_any_bytes_under_any_header_have_a_charset_that_decodes(
    body: bytes, header: str | None
) -> None:
    found = detect_charset(body, header)
    assert isinstance(body.decode(found.codec, errors="replace"), str)
    assert 0 <= found.replacement_ratio <= 1


@given(st.text(min_size=1), st.sampled_from(sorted(set(CODECS))))
def test_any_text_under_any_label_is_decoded(text: str, label: str) -> None:
    body = text.encode(CODECS[label], errors="ignore")
    found = detect_charset(body, f"text/html; charset={label}")
    assert isinstance(body.decode(found.codec, errors="replace"), str)


CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not part of the repository")
def test_ninety_nine_of_a_hundred_real_pages_are_read_in_their_charset() -> None:
    """Without headers, as the corpus has none. Two charsets that decode a page to the same text
    are the same answer."""
    wrong = []
    lines = (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").strip("\n").split("\n")
    for row in map(json.loads, lines):
        body = gzip.decompress((CORPUS / "pages" / f"{row['id']}.html.gz").read_bytes())
        found = detect_charset(body, None)
        if codecs.lookup(found.codec) == codecs.lookup(row["charset"]):
            continue
        if body.decode(found.codec, "replace") != body.decode(row["charset"], "replace"):
            wrong.append((row["id"], found.codec, row["charset"]))
    assert len(wrong) <= len(lines) // 100, wrong
