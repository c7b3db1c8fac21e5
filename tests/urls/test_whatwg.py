"""Addresses as browsers read them: cases of our own along the lines of the WHATWG URL Standard's.

Three things differ from it, all of them on purpose: what no request can be made of is refused (a
user's name, port 0, hosts that are no host names, other schemes), fragments are left out, and
escapes have RFC 3986's one spelling (``%7e`` is ``~``, ``%2f`` is ``%2F``, ``%zz`` is ``%25zz``).
"""

from __future__ import annotations

import pytest

from pipeline.discover.found import absolute_url
from pipeline.errors import Drop
from pipeline.urls import absolute, resolve_url, url_key

BASE = "http://post.example/foo/bar"
HERE = "http://post.example"

REFERENCES = {
    # --- what surrounds it
    "": "/foo/bar", "  \t\n": "/foo/bar", " a ": "/foo/a",
    "\x00\x1b http://p.example/\x1f \r": "http://p.example/", "a\tb\r\nc": "/foo/abc",
    "ht\ntp:\t//p.\rexample/": "http://p.example/", "\xa0a": "/foo/%C2%A0a",
    # --- relative
    "a": "/foo/a", "./a": "/foo/a", "../a": "/a", "../../a": "/a", ".": "/foo/", "..": "/",
    "/": "/", "/a/b": "/a/b", "?a=1": "/foo/bar?a=1", "?": "/foo/bar", "#a": "/foo/bar",
    "a?b#c": "/foo/a?b", "/?a/../b": "/?a/../b", "a#b?c": "/foo/a", ":": "/foo/:", ":a": "/foo/:a",
    "::23": "/foo/::23", "/:23": "/:23", "1a:b": "/foo/1a:b", "@a": "/foo/@a",
    "a@b.example": "/foo/a@b.example", "//p.example/a": "http://p.example/a",
    "//p.example": "http://p.example/", "///p.example/a": "http://p.example/a",
    "////p.example": "http://p.example/",
    # --- slashes and backslashes
    "\\a": "/a", "a\\b": "/foo/a/b", "\\\\p.example\\a": "http://p.example/a",
    "/\\p.example/a": "http://p.example/a", "\\//\\p.example": "http://p.example/",
    "http:\\\\p.example\\a": "http://p.example/a",
    "http://p.example\\@q.example/": "http://p.example/@q.example/",
    "http:\\\\a.example\\b:c\\d@p.example\\": "http://a.example/b:c/d@p.example/",
    "?a\\b": "/foo/bar?a%5Cb", "..\\a": "/a", "http://p.example/a\\..\\b": "http://p.example/b",
    # --- schemes
    "http:a": "/foo/a", "http:/a": "/a", "HTTP:a": "/foo/a", "http:?a": "/foo/bar?a",
    "http:": "/foo/bar", "http:#a": "/foo/bar", "https:p.example": "https://p.example/",
    "https:/p.example/a": "https://p.example/a", "https:///p.example": "https://p.example/",
    "HtTpS://p.example": "https://p.example/",
    # --- users and ports
    "http://@p.example/": "http://p.example/", "http://:@p.example/": "http://p.example/",
    "http://p.example:/a": "http://p.example/a", "http://p.example:80/a": "http://p.example/a",
    "http://p.example:443/": "http://p.example:443/", "https://p.example:443": "https://p.example/",
    "https://p.example:80": "https://p.example:80/",
    "http://p.example:00000000000080": "http://p.example/",
    "http://p.example:\n81/a": "http://p.example:81/a",
    "http://p.example:65535": "http://p.example:65535/",
    # --- dots
    "/a/./b": "/a/b", "/a/.": "/a/", "/a/..": "/", "/a/b/..": "/a/", "/a/../../..": "/",
    "/a/..b": "/a/..b", "/.a": "/.a", "/...": "/...", "/a/%2e": "/a/", "/a/%2E%2e": "/",
    "/a/.%2E/b": "/b", "/a/%2e./%2e%2e/.%2e/b": "/b", "/a//b": "/a//b", "/a//../b": "/a/b",
    "http://p.example////../..": "http://p.example//", "/a/b/../ton/../../c": "/c", "/a%2e": "/a.",
    # --- escapes
    "/a b": "/a%20b", "/ a ": "/%20a", "/a b/c d?e f": "/a%20b/c%20d?e%20f",
    "/a?b c #d": "/a?b%20c%20", "/%20": "/%20", "/a+b": "/a+b", "/\"<>`{}": "/%22%3C%3E%60%7B%7D",
    "?\"<>": "/foo/bar?%22%3C%3E", "/你好": "/%E4%BD%A0%E5%A5%BD", "?q=ü": "/foo/bar?q=%C3%BC",
    "/\u200b\ufeff": "/%E2%80%8B%EF%BB%BF", "/\u202e": "/%E2%80%AE", "/a\x00b": "/a%00b",
    "/a\x7f": "/a%7F", "/\ud800": "/%EF%BF%BD", "/%41%7a": "/Az", "/a%2fb": "/a%2Fb",
    "/a%": "/a%25", "/a%2": "/a%252", "/%zz": "/%25zz", "/%ED": "/%ED",
    "/@a:b;c=d,e!$&'()*~": "/@a:b;c=d,e!$&'()*~", "?a=b?c/d": "/foo/bar?a=b?c/d",
    "/(%28:%3A%29)": "/(%28:%3A%29)", "/%00": "/%00", "/%F0%9F%92%A9": "/%F0%9F%92%A9",
    # --- hosts
    "http://P.ExAmPlE": "http://p.example/", "http://p.example.": "http://p.example/",
    "http://p%2Eexample/": "http://p.example/", "http://%50.example/": "http://p.example/",
    "http://p\u3002example/": "http://p.example/", "http://ｐ．ｅｘａｍｐｌｅ/": "http://p.example/",
    "http://p\xad\u200b\u2060.example": "http://p.example/",
    "http://你好.example": "http://xn--6qq79v.example/",
    "http://faß.example": "http://xn--fa-hia.example/",
    "http://Bücher.example": "http://xn--bcher-kva.example/",
    "http://xn--bcher-kva.example": "http://xn--bcher-kva.example/",
    "http://\u2603.example": "http://xn--n3h.example/", "http://a_b.example": "http://a_b.example/",
    "http://a--b.example": "http://a--b.example/", "http://p.example?a": "http://p.example/?a",
    "http://p.example#a": "http://p.example/", "http://①②⑦.0.0.1": "http://127.0.0.1/",
    # --- addresses
    "http://1.2.3.4.": "http://1.2.3.4/", "http://256": "http://0.0.1.0/",
    "http://0": "http://0.0.0.0/", "http://1.2": "http://1.0.0.2/",
    "http://1.2.3": "http://1.2.0.3/", "http://0300.168.0xF0": "http://192.168.0.240/",
    "http://192.0x00A80001": "http://192.168.0.1/", "http://0x.0x.0": "http://0.0.0.0/",
    "http://%30%78%63%30%2e%30%32%35%30.01": "http://192.168.0.1/",
    "http://０Ｘｃ０．０２５０．０１": "http://192.168.0.1/", "http://4294967295": "http://255.255.255.255/",
    "http://00000000001.1": "http://1.0.0.1/", "http://[::1]": "http://[::1]/",
    "http://[1:0::]": "http://[1::]/", "http://[0:1:2:3:4:5:6:7]": "http://[0:1:2:3:4:5:6:7]/",
    "http://[::127.0.0.1]": "http://[::7f00:1]/",
    "http://[::FFFF:1.2.3.4]:81/": "http://[::ffff:102:304]:81/",
    "http://[0:0:0:0:0:0:13.1.68.3]": "http://[::d01:4403]/",
    "http://[2001::1]:80": "http://[2001::1]/",
}  # fmt: skip
"""A reference, and what it means on the page; a path is one of its host."""


def meant(reference: str) -> str:
    url = REFERENCES[reference]
    return HERE + url if url.startswith("/") else url


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_means_on_a_page_what_browsers_make_of_it(reference: str) -> None:
    url = meant(reference)
    assert resolve_url(BASE, reference) == url
    assert resolve_url(BASE, url) == url, "and what came of it means itself"


NOTHING = (
    # --- other schemes
    "ftp://p.example/", "file:///etc/passwd", "file:c:\\a", "data:text/html,a", "javascript:a()",
    "mailto:desk@p.example", "tel:110", "about:blank", "blob:http://p.example/1", "ws://p.example",
    "jar:http://p.example!/a", "java\nscript:a()", "a:b", "a.b:80/c", "urn:a", "http+unix://a/",
    # --- no host
    "http://", "https:", "https:/", "https:?a", "http://?a", "http://#a", "http:///", "\\\\", "//",
    "http://@", "http://@/a", "https:@/p.example", "http://:80", "http://:", "//:80/", "////../..",
    "http://\u00ad/", "http://%C2%AD/", "http://.", "http://..", "http://./a",
    # --- users
    "http://a@p.example", "http://a:b@p.example", "http://:b@p.example", "http://a:@p.example",
    "//a@p.example", "http://a:b@c:d@p.example", "http://p.example:80@q.example/",
    "http://%@p.example", "http://a::@p.example",
    # --- ports
    "http://p.example:0", "http://p.example:000", "http://p.example:65536", "http://p.example:-80",
    "http://p.example:8a", "http://p.example: 80", "http://p.example:80:90", "http://p.example:٨",
    "http://p.example:" + "9" * 5000, "http://p.example:80 /a", "http://p.example:+80",
    # --- names
    "http://a b", "http://a%20b", "http://a\u3000b", "http://a<b", "http://a>b", "http://a^b",
    "http://a|b", "http://a%7Cb", "http://a%00b", "http://a\x00b", "http://%", "http://%zz",
    "http://%25", "http://a%b", "http://％４１.example", "http://%ef%bc%85%34%31.example",
    "http://％００.example", "http://\ufdd0.example", "http://\ufffd/",
    "http://%ff/", "http://a\u2100b", "http://a`b", "http://{a}", "http://a*b", "http://a,b",
    "http://a..b", "http://.a", "http://a..", "http://xn--", "http://xn--a.example",
    "http://xn--bücher.example", "http://a.XN--ü", "http://ｘn--你好.example",
    "http://xn--xn--bcher-u9a.example", "http://x\u00adn--ü.example", "http://xn--bcher-kva-ü.example",
    "http://xn--zn7c.example", "http://" + "a" * 64 + ".example", "http://" + "a." * 127 + "a",
    # --- addresses
    "http://192.168.0.257", "http://1.2.3.4.5", "http://256.1.1.1", "http://1.2.3.08", "http://09.1",
    "http://foo.0x4", "http://foo.09", "http://foo.2.3", "http://0x100000000", "http://4294967296",
    "http://0999999999999999999", "http://1.16777216", "http://0xg.1.1.1", "http://１２７.0.0.256",
    "http://[", "http://]", "http://[]", "http://[::", "http://::1]", "http://2001::1", "http://[:1]",
    "http://[p.example]", "http://[1.2.3.4]", "http://[::1.2.3]", "http://[::1.2.3.4x]", "http://[::%31]",
    "http://%5B::1%5D", "http://[::1]a", "http://[::1]:a", "http://[::1%25lo]", "http://[::1%lo]",
    "http://[1:2:3:4:5:6:7:8:9]", "http://[12345::]", "http://[::1]]", "http://[[::1]]",
    "http://[::01.2.3.4]", "http://[::ffff:256.1.1.1]", "http://[v1.a]",
    # --- lengths
    "/" + "a" * 5000, "/" + "ü" * 1000,
)  # fmt: skip


@pytest.mark.parametrize("reference", NOTHING, ids=lambda text: ascii(text)[:50])
def test_what_no_browser_or_no_request_could_ask_for_is_refused_by_name(reference: str) -> None:
    with pytest.raises(Drop) as refused:
        resolve_url(BASE, reference)
    assert (refused.value.reason, bool(refused.value.detail)) == ("bad_url", True)
    assert len(refused.value.detail) < 500
    assert absolute(BASE, reference) is None
    assert absolute_url(BASE, reference) is None


BASES = {
    ("http://p.example/a/b/c?d=e#f", "g"): "http://p.example/a/b/g",
    ("http://p.example/a/b/c?d=e#f", "?"): "http://p.example/a/b/c",
    ("http://p.example/a/b/c?d=e#f", "#g"): "http://p.example/a/b/c?d=e",
    ("http://p.example/a/b/c?d=e#f", ""): "http://p.example/a/b/c?d=e",
    ("http://p.example/a/b/c?d=e/f", "g"): "http://p.example/a/b/g",
    ("http://p.example", "a"): "http://p.example/a",
    ("http://p.example?a/b", "c"): "http://p.example/c",
    ("https://p.example:8443/a", "//q.example/b"): "https://q.example/b",
    ("https://p.example:8443/a", "/b"): "https://p.example:8443/b",
    ("https://p.example/", "http:a"): "http://a/",
    ("http://p.example/a/../b/c", "../d"): "http://p.example/d",
    ("HTTP:\\\\P.Example\\a\\", "b"): "http://p.example/a/b",
    (" http://p.example/a b/ ", "c"): "http://p.example/a%20b/c",
    ("", "https://p.example/a"): "https://p.example/a",
    ("about:blank", "https://p.example/a"): "https://p.example/a",
    ("http://[", "//p.example/a"): None,
    ("", "/a"): None,
    ("file:///a/b", "c"): None,
    ("", ""): None,
}


@pytest.mark.parametrize(("base", "reference"), BASES)
def test_a_reference_is_read_on_its_base_whatever_the_base_is(base: str, reference: str) -> None:
    assert absolute(base, reference) == BASES[base, reference]


@pytest.mark.parametrize("reference", REFERENCES)
def test_the_key_of_what_is_asked_for_is_the_key_of_what_was_written(reference: str) -> None:
    """For whole addresses: others have no key without the page on which they stand."""
    url = meant(reference)
    if reference.strip("\x00\x1b \t").lower().startswith(("http://", "https://")):
        assert url_key(url) == url_key(reference)
