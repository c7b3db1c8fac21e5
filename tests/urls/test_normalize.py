"""The address as it is asked for, what is refused, and which canonical addresses are believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Drop
from pipeline.urls import absolute, host_of, normalize_url, registrable_domain, trusted_canonical


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("HTTP://Post.Example", "http://post.example/"),
        ("  https://post.example/a \n", "https://post.example/a"),
        ("https://post.example:443/a", "https://post.example/a"),
        ("http://post.example:80/a", "http://post.example/a"),
        ("https://post.example:80/a", "https://post.example:80/a"),
        ("https://post.example./a", "https://post.example/a"),
        ("https://post.example/a#top", "https://post.example/a"),
        ("https://post.example/a?b=1#top", "https://post.example/a?b=1"),
        ("https://post.example?b=1", "https://post.example/?b=1"),
        ("https://post.example/a/", "https://post.example/a/"),
        ("https://post.example/A?utm_source=x", "https://post.example/A?utm_source=x"),
        ("https://post.example/%7eines/%2f", "https://post.example/~ines/%2F"),
        ("https://post.example/müll?q=ü", "https://post.example/m%C3%BCll?q=%C3%BC"),
        ("https://post.example/100%", "https://post.example/100%25"),
        ("https://post.example/a%zz", "https://post.example/a%25zz"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://пример.example/", "https://xn--e1afmkfd.example/"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://192.0.2.1/", "http://192.0.2.1/"),
        ("https://post.example/a?b=1?c=2", "https://post.example/a?b=1?c=2"),
        ('https://post.example/"a"', "https://post.example/%22a%22"),
    ],
)
def test_an_address_has_one_spelling_that_is_asked_for(text: str, asked: str) -> None:
    assert normalize_url(text) == asked
    assert normalize_url(asked) == asked


@pytest.mark.parametrize(
    "text",
    ["", "   ", "post.example/a", "/a", "//post.example/a", "ftp://post.example/", "file:///etc/passwd",
     "javascript:alert(1)", "data:text/html,x", "mailto:desk@post.example", "gopher://post.example/",
     "http://", "http:///", "http://?a", "https://reader@post.example/",
     "https://reader:secret@post.example/", "https://:secret@post.example/", "https://post.example:0/",
     "https://post.example:99999/", "https://post.example:port/", "https://post example/",
     "https://[::1", "https://[post.example]/", "https://-post.example/", "https://po%st.example/",
     "https://a..b.example/", "https://" + "a" * 64 + ".example/",
     "https://" + "a." * 130 + "example/",
     "https://post.example/" + "a" * 4096, "https://post.example/" + "ü" * 1000,
     "https://.post.example/", "https://post.example../", "https://%5B::1%5D/", "https://[::%31]/",
     "https://[fe80::1%25eth0]/", "https://xn--/", "https://a.xn--bcher-/",
     "https://ex\ud800.example/", "https://po,st.example/"],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_named_so(text: str) -> None:
    with pytest.raises(Drop) as refused:
        normalize_url(text)
    assert refused.value.reason == "bad_url"
    assert refused.value.detail


@given(
    st.one_of(
        st.text(), st.text().map("https://post.example/".__add__), st.text().map("http://".__add__)
    )
)
def test_any_text_is_an_address_in_ascii_or_is_refused(text: str) -> None:
    try:
        asked = normalize_url(text)
    except Drop as refused:
        assert refused.reason == "bad_url"
        return
    assert asked.isascii() and asked.startswith(("http://", "https://"))
    assert normalize_url(asked) == asked


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("b", "https://post.example/local/b"),
        ("/b", "https://post.example/b"),
        ("../b", "https://post.example/b"),
        ("//other.example/b", "https://other.example/b"),
        ("?page=2", "https://post.example/local/a?page=2"),
        ("#top", "https://post.example/local/a"),
        ("  /b ", "https://post.example/b"),
        ("mailto:desk@post.example", None),
        ("javascript:void(0)", None),
        ("http://[", None),
        ("https://reader@post.example/", None),
    ],
)
def test_a_link_is_read_from_the_page_it_stands_on(href: str, found: str | None) -> None:
    assert absolute("https://post.example/local/a", href) == found


@given(st.text(), st.text())
def test_a_link_is_an_address_or_nothing(base: str, href: str) -> None:
    found = absolute(base, href)
    assert found is None or normalize_url(found) == found


PAGE = "https://www.ferry-post.org/local/pier"


@pytest.mark.parametrize(
    "canonical",
    ["https://ferry-post.org/local/pier", "https://m.ferry-post.org/local/pier", PAGE + "/",
     "http://www.ferry-post.org/local/pier", "https://www.ferry-post.org/2026/pier",
     "https://www.ferry-post.org/local/pier?id=1"],
)  # fmt: skip
def test_a_canonical_at_the_same_domain_with_a_path_of_its_own_is_believed(canonical: str) -> None:
    assert trusted_canonical(PAGE, canonical)


@pytest.mark.parametrize(
    "canonical",
    ["https://www.ferry-post.org/", "https://www.ferry-post.org", "https://www.ferry-post.org/local",
     "https://www.ferry-post.org/local/", "https://other.example/local/pier",
     "https://ferry-post.org.evil.test/local/pier", "/local/pier", "", "http://[", "\x00"],
)  # fmt: skip
def test_a_canonical_of_another_site_a_home_page_or_a_section_is_not_believed(
    canonical: str,
) -> None:
    assert not trusted_canonical(PAGE, canonical)


def test_an_amp_page_may_name_its_parent_path_and_a_home_page_itself() -> None:
    assert trusted_canonical(PAGE + "/amp", PAGE)
    assert trusted_canonical("https://www.ferry-post.org/", "https://ferry-post.org/")


@given(st.text(), st.text())
def test_any_two_texts_are_decided(page: str, canonical: str) -> None:
    assert trusted_canonical(page, canonical) in (True, False)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.post.co.uk", "post.co.uk"),
        ("www.ferry-post.org", "ferry-post.org"),
        ("www.post.example", "www.post.example"),
        ("ferry-post.org.", "ferry-post.org"),
        ("POST.com", "post.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("localhost", "localhost"),
        ("co.uk", "co.uk"),
        ("", ""),
    ],
)
def test_a_registrable_domain_is_what_somebody_registered(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@given(st.text())
def test_every_text_has_a_host_or_none(text: str) -> None:
    assert host_of(text) == host_of(text).rstrip(".")
