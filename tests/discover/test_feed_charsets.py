"""A feed is read in the charset that it is in, whatever is said of it."""

from __future__ import annotations

import pytest

from tests.discover.feeds import A, entries, rss

TEXT = "<title>Müller “x”</title><link>/müll</link>"
CHARSETS = {  # what is declared, what it is, what the server says
    "nothing said": ("", "utf-8", ""),
    "as declared": ("windows-1252", "cp1252", ""),
    "Windows called ISO": ("iso-8859-1", "cp1252", ""),
    "Windows called UTF-8": ("utf-8", "cp1252", ""),
    "Windows and nothing said": ("", "cp1252", ""),
    "UTF-8 called ISO": ("iso-8859-1", "utf-8", ""),
    "UTF-8 called ASCII": ("us-ascii", "utf-8", ""),
    "UTF-8 called UTF-16": ("utf-16", "utf-8", ""),
    "UTF-8 called by no name": ("klingon", "utf-8", ""),
    "UTF-8 called ISO by the server": ("utf-8", "utf-8", "text/xml; charset=ISO-8859-1"),
    "UTF-16 called UTF-8": ("utf-8", "utf-16", ""),
    "UTF-16 without a mark": ("utf-16", "utf-16-le", ""),
    "the other UTF-16 without a mark": ("utf-16", "utf-16-be", ""),
    "UTF-32": ("utf-32", "utf-32", ""),
    "a name of Chinese": ("gb2312", "gb18030", ""),
    "told by the server alone": ("", "mac-roman", "text/xml; charset=macintosh"),
    "declared, and the server says what it always says": (
        "macintosh", "mac-roman", "text/xml; charset=ISO-8859-1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("label", "codec", "header"), CHARSETS.values(), ids=list(CHARSETS))
def test_a_feed_is_read_in_its_charset_whatever_is_said_of_it(
    label: str, codec: str, header: str
) -> None:
    declared = f"<?xml version='1.0' encoding='{label}'?>" if label else ""
    assert entries((declared + rss(TEXT)).encode(codec), header) == ["/m%C3%BCll Müller “x”"]


@pytest.mark.parametrize(
    ("label", "codec", "title"),
    [("shift_jis", "cp932", "北の桟橋①"), ("euc-jp", "euc_jis_2004", "北の桟橋①"),
     ("big5", "big5", "北碼頭"), ("iso-2022-jp", "iso2022_jp", "北の桟橋"),
     ("euc-kr", "cp949", "똠방각하"),
     ("koi8-r", "koi8-r", "Северный причал"), ("windows-1251", "cp1251", "Северный причал")],
)  # fmt: skip
def test_a_feed_in_an_old_charset_is_read(label: str, codec: str, title: str) -> None:
    declared = f"<?xml version='1.0' encoding='{label}'?>"
    assert entries((declared + rss(f"<title>{title}</title>{A}")).encode(codec)) == [f"/a {title}"]


def test_one_broken_byte_does_not_make_utf_8_another_charset() -> None:
    broken = rss(TEXT, f"<title>Zahl ?</title>{A}").encode().replace(b"?", b"\xe9")
    assert entries(broken) == ["/m%C3%BCll Müller “x”", "/a Zahl \ufffd"]


@pytest.mark.parametrize(
    "content_type", ["text/html", "text/plain", "application/json", "application/octet-stream", "x"]
)
def test_what_the_server_calls_a_feed_does_not_decide_what_it_is(content_type: str) -> None:
    assert entries(rss(TEXT), content_type) == ["/m%C3%BCll Müller “x”"]
