"""What each value of a source must be: a check returns it in its one form, or says what it is not.

A check raises ``ValueError`` whose text is what was expected; who called it knows the key.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import soupsieve

from pipeline.errors import Drop
from pipeline.urls import host_of, normalize_url

Check = Callable[[Any], Any]

NAME = re.compile(r"[^\W_][\w.-]{0,99}")
MOST_LISTED = 10_000
"""Entries of one list, say feeds: far beyond any site, so that a mistake is no endless crawl."""
LONGEST_DEADLINE_SECONDS = 100.0
"""Less than a lease lasts by default, so that a slow page is not given to two workers."""

# RFC 5646 section 2.1, without its grandfathered tags.
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.I | re.A,
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OWN_HEADERS = frozenset(
    (
        "accept-encoding", "connection", "content-length", "host", "if-modified-since",
        "if-none-match", "range", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
    )
)  # fmt: skip
"""Headers that are ours to set: the transport's, the conditions', and who we are."""


def nearest(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?``, or nothing when nothing is near."""
    by_case = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_case, n=1, cutoff=0.6)
    return f"; did you mean {by_case[near[0]]!r}?" if near else ""


def text(longest: int) -> Check:
    """A string of 1 to ``longest`` characters, without control characters."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= longest:
            raise ValueError(f"a text of 1 to {longest} characters")
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
            raise ValueError("a text without control characters")
        return value.strip()

    return check


def name(value: Any) -> str:
    """A source's name: it is typed at prompts and names its file."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError(
            "a name of letters, digits, '.', '-' and '_', beginning with a letter or digit, "
            "100 characters at most"
        )
    return value


def url(value: Any) -> str:
    """A web address, in the form in which it is asked for."""
    if not isinstance(value, str):
        raise ValueError("a URL")
    try:
        return normalize_url(value)
    except Drop as refusal:
        raise ValueError(f"a URL that can be asked for ({refusal.detail})") from refusal


def domain(value: Any) -> str:
    """A host name, in lower-case ASCII."""
    expected = "a host name such as 'news.example.org', without scheme and path"
    if not isinstance(value, str) or re.search(r"[/\\@\s?#]|:\d*$", value.strip()):
        raise ValueError(expected)
    try:
        return host_of(normalize_url(f"http://{value.strip().rstrip('.')}/"))
    except Drop as refusal:
        raise ValueError(expected) from refusal


def language(value: Any) -> str:
    """A BCP 47 language tag."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise ValueError("a BCP 47 language tag such as 'en', 'pt-BR' or 'zh-Hant'")
    return value


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def timezone(value: Any) -> str:
    """The name of an IANA time zone."""
    if not isinstance(value, str) or value not in _zones():
        near = nearest(value, _zones()) if isinstance(value, str) else ""
        raise ValueError(f"an IANA time zone such as 'Europe/Berlin'{near}")
    return value


def number(least: float, most: float) -> Check:
    """A number between the two, both included."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"a number from {least:g} to {most:g}")
        if not least <= value <= most:
            raise ValueError(f"a number from {least:g} to {most:g}")
        return float(value)

    return check


def whole(least: int, most: int) -> Check:
    """A whole number between the two, both included."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return value

    return check


def truth(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def listed(check: Check) -> Check:
    """A list of such values, each once, in its order."""

    def check_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise ValueError("a list ([...])")
        if len(value) > MOST_LISTED:
            raise ValueError(f"a list of {MOST_LISTED} entries at most")
        checked = []
        for place, item in enumerate(value, 1):
            try:
                checked.append(check(item))
            except ValueError as error:
                raise ValueError(f"as entry {place} {error}") from error
        return tuple(dict.fromkeys(checked))

    return check_all


def headers(value: Any) -> tuple[tuple[str, str], ...]:
    """Headers to send: names and values of text; those that are ours to set are refused."""
    if not isinstance(value, dict):
        raise ValueError('a table such as {Accept-Language = "de"}')
    for header, content in value.items():
        if not _TOKEN.fullmatch(header):
            raise ValueError(f"a header's name, not {header!r}")
        if header.lower() in _OWN_HEADERS:
            raise ValueError(f"no {header}: that header is set by the crawler itself")
        if not isinstance(content, str) or not content.isprintable():
            raise ValueError(f"for {header} a text of one line")
        try:
            content.encode("latin-1")
        except UnicodeEncodeError as error:
            raise ValueError(f"for {header} a text of Latin-1 characters") from error
    return tuple(value.items())


def css(value: Any) -> str:
    """A CSS selector, compiled once to see that it is one."""
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= 500:
        raise ValueError("a CSS selector of 1 to 500 characters")
    try:
        soupsieve.compile(value)
    except (soupsieve.SelectorSyntaxError, ValueError, RecursionError) as error:
        brief = str(error).splitlines()[0] if str(error) else "it cannot be read"
        raise ValueError(f"a valid CSS selector ({brief})") from error
    return value.strip()


def day(value: Any) -> date:
    """A day: in TOML a bare date, elsewhere also its ISO text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError("a day such as 2026-03-01") from error
