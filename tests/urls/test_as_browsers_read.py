"""What a browser makes of an address, the key and the request make of it too (WHATWG URL)."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Drop
from pipeline.urls import explain_url_key, normalize_url, url_key

READ_ALIKE = {
    "blanks and controls around": ("\x00\x1f https://post.example/a \x0b", "https://post.example/a"),
    "line breaks inside": ("htt\nps://po\tst.example/lo\r\ncal", "https://post.example/local"),
    "backslashes": ("https:\\\\post.example\\local\\a", "https://post.example/local/a"),
    "a backslash before an at": ("https://post.example\\@x.example", "https://post.example/@x.example"),
    "one slash": ("https:/post.example/a", "https://post.example/a"),
    "no slash": ("http:post.example/a", "https://post.example/a"),
    "four slashes": ("https:////post.example/a", "https://post.example/a"),
    "an at in a password": ("https://a:b@c@post.example/a", "https://post.example/a"),
    "an empty port": ("https://post.example:/a", "https://post.example/a"),
    "a port with zeros": ("http://post.example:00080/a", "https://post.example/a"),
    "an escaped host": ("https://p%6Fst%2Eexample/a", "https://post.example/a"),
    "a full-width host": ("https://ｐｏｓｔ。ｅｘａｍｐｌｅ/a", "https://post.example/a"),
    "a soft hyphen in a host": ("https://po\u00adst.example/a", "https://post.example/a"),
    "a sharp s": ("https://Stra\u00dfe.example/a", "https://xn--strae-oqa.example/a"),
    "a sign as a host": ("https://\u2603.example/a", "https://xn--n3h.example/a"),
    "a dot": ("https://post.example/./local/./a", "https://post.example/local/a"),
    "two dots": ("https://post.example/x/../local/a", "https://post.example/local/a"),
    "escaped dots": ("https://post.example/x/%2E%2e/a", "https://post.example/a"),
    "more dots than steps": ("https://post.example/../../a", "https://post.example/a"),
    "dots over two slashes": ("https://post.example/a//../b", "https://post.example/a/b"),
    "a number as a host": ("http://3221225985/a", "http://192.0.2.1/a"),
    "a hexadecimal host": ("http://0xC0.0.0x201/a", "http://192.0.2.1/a"),
    "an octal host": ("http://0300.0.02.1/a", "http://192.0.2.1/a"),
    "an IPv6 host": ("http://[2001:DB8:0:0::1]/a", "http://[2001:db8::1]/a"),
    "a lone surrogate": ("https://post.example/\ud800", "https://post.example/%EF%BF%BD"),
}  # fmt: skip


@pytest.mark.parametrize(("a", "b"), READ_ALIKE.values(), ids=list(READ_ALIKE))
def test_what_a_browser_reads_alike_has_one_key(a: str, b: str) -> None:
    assert url_key(a) == url_key(b)
    assert url_key(url_key(a)) == url_key(a)


READ_APART = {
    "a port of its own": ("https://post.example:8080/a", "https://post.example/a"),
    "old encodings": ("https://p.example/%ED%EE%E2", "https://p.example/%F1%EE%E2"),
    "old encodings in a query": ("https://p.example/?q=%ED", "https://p.example/?q=%F1"),
    "a sharp s and two of them": ("https://straße.example/a", "https://strasse.example/a"),
    "three dots": ("https://post.example/.../a", "https://post.example/a"),
    "an escaped backslash": ("https://post.example/a%5Cb", "https://post.example/a/b"),
    "a backslash in a query": ("https://post.example/?a=\\b", "https://post.example/?a=/b"),
    "sites below a public suffix": ("https://m.co.uk/a", "https://amp.co.uk/a"),
    "addresses": ("http://192.0.2.1/a", "http://192.0.2.2/a"),
    "mail and a page": ("mailto:desk@post.example", "https://post.example/"),
    "a script": ("javascript:post.example", "https://post.example/"),
    "a host and its port, and a scheme": ("post.example:8080/a", "post.example/8080/a"),
}


@pytest.mark.parametrize(("a", "b"), READ_APART.values(), ids=list(READ_APART))
def test_what_a_browser_reads_apart_has_two_keys(a: str, b: str) -> None:
    assert url_key(a) != url_key(b)


@pytest.mark.parametrize(
    "text",
    ["https://foo.09/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://0x100000000/",
     "http://[::g]/", "http://[1:2]/", "http://a%20b/", "http://a\u2100b/", "http://:80/",
     "http://post.example:65536/", "http://post.example:8o/", "http://%/", "http://..", "http://@/",
     "/only/a/path", "?a=1", "#top", "///", "\\\\", "data:text/html,x", "https://" + "9" * 5000],
)  # fmt: skip
def test_text_without_a_host_is_its_own_key(text: str) -> None:
    assert url_key(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["https://post.example/" + "/amp" * 2000, "https://" + "m." * 2000 + "post.example/",
     "https://post.example/" + "../" * 2000, "https://" + "ü." * 2000, "https://post.example/?"
     + "a&" * 4000, "https://l.facebook.com/l.php?u=" * 250, "x" * 10_000_000],
    ids=["amp", "m", "dots", "idna", "query", "redirectors", "10 MB"],
)  # fmt: skip
def test_text_made_to_keep_us_busy_has_a_key_of_its_own(text: str) -> None:
    assert url_key(url_key(text)) == url_key(text)


def test_redirectors_nested_to_the_last_character_come_to_an_end() -> None:
    url = "https://post.example/a"
    while len(url) < 8000:
        before, url = url, "https://l.facebook.com/l.php?u=" + quote(url, safe="")
    assert url_key(before) == "post.example/a"


@pytest.mark.parametrize(("a", "b"), READ_ALIKE.values(), ids=list(READ_ALIKE))
def test_what_is_asked_for_is_the_same_where_it_is_not_refused(a: str, b: str) -> None:
    try:
        asked = normalize_url(a)
    except Drop as refused:
        assert refused.reason == "bad_url"
        return
    assert asked.partition(":")[2] == normalize_url(b).partition(":")[2]


@given(st.text(alphabet="./%2eE\\ab", max_size=12))
def test_no_key_has_steps_to_take(path: str) -> None:
    key = url_key("https://post.example/" + path)
    assert not {".", ".."} & set(key.split("/"))
    assert "//" not in key and not key.endswith("/")


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_names_in_any_encoding_stay_apart_or_are_the_same(a: bytes, b: bytes) -> None:
    """Bytes that are no UTF-8 are the page's name in an old encoding."""
    one, two = (f"https://p.example/a{quote(x, safe='')}z" for x in (a, b))
    if url_key(one) == url_key(two):
        assert _letters(a) == _letters(b)


def _letters(name: bytes) -> str:
    """Without what the key does not look at: controls, and steps of the path."""
    bare = name.translate(None, bytes(range(0x21)) + b"\x7f./;")
    return unicodedata.normalize("NFC", bare.decode(errors="surrogateescape"))


def test_a_step_taken_over_dots_is_told() -> None:
    assert ("dots", "post.example/a") in explain_url_key("https://post.example/x/../a")
