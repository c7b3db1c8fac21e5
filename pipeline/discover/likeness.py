"""Whether a link on a home or section page leads to an article: by address, words and kin.

No site's name and no language's words decide. An address speaks by its form (a date, a long
number, a slug of several words in any script), the words of the link by their length, and links
that look alike speak for each other: a page shows its articles as a list of one pattern.

Measured by ``benchmarks/article_links.py``; the points are by hand, and not fine-tuned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import parse_qsl, unquote, urlsplit

NEEDED = 1.0
"""Points from which on a link is taken for an article's."""
KIN = 4
"""Links of one pattern from which on they speak for each other."""

_DATED = re.compile(
    r"(?<!\d)(?:19|20)\d{2}[/.-]?(?:0?[1-9]|1[0-2])(?:[/.-]?(?:0?[1-9]|[12]\d|3[01]))?(?!\d)"
)
_NUMBER = re.compile(r"\d{5,}")
_SHORT_NUMBER = re.compile(r"\d{2,4}")
_IDENTITY = re.compile(r"[0-9a-f]{16,}|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{10,}")
_WORD_BREAK = re.compile(r"[-_+. ]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_PAGE_ENDINGS = (
    "html",
    "htm",
    "shtml",
    "xhtml",
    "php",
    "asp",
    "aspx",
    "jsp",
    "jhtml",
    "ece",
    "cms",
    "story",
    "stm",
    "do",
)
_ELSEWHERE = frozenset(
    (
        "account", "ads", "advertise", "api", "auth", "author", "authors", "cart", "categories",
        "category", "contact", "cookies", "faq", "feed", "feeds", "hashtag", "impressum", "imprint",
        "login", "logout", "newsletter", "newsletters", "privacy", "register", "rss", "search",
        "signin", "sitemap", "sitemaps", "subscribe", "subscription", "tag", "tags", "user",
        "users",
    )
)  # fmt: skip
"""Parts of an address that content systems use, in whatever language their pages are in."""
_INDEXES = frozenset(("index", "default", "home", "amp"))
_PAGE_NAMES = frozenset(
    ("p", "id", "aid", "artid", "articleid", "newsid", "storyid", "idxno", "no", "sid", "nid")
)


@dataclass(frozen=True, slots=True)
class Found:
    """A link as it stands on the page: address, words, and the elements around it."""

    url: str
    text: str
    place: str = ""
    """Tags and classes of the elements around, nearest first."""
    in_furniture: bool = False
    """Inside a menu, a header or a footer."""


def article_like(links: Sequence[Found]) -> list[bool]:
    """Whether each link of a page leads to an article. Total."""
    lifts = [0.0] * len(links)
    for worth, key_of in ((0.5, _place), (0.6, _pattern_and_place)):
        kin: dict[tuple[str, ...], list[int]] = {}
        for index, link in enumerate(links):
            kin.setdefault(key_of(link), []).append(index)
        for group in kin.values():
            if _are_headlines(links, group):
                for index in group:
                    lifts[index] = worth
    return [points(link) + lift >= NEEDED for link, lift in zip(links, lifts, strict=True)]


def _place(link: Found) -> tuple[str, ...]:
    return (link.place,)


def _pattern_and_place(link: Found) -> tuple[str, ...]:
    return (pattern_of(link.url), link.place)


def points(link: Found) -> float:
    """What speaks for a link by itself; far below zero for one that cannot be an article's."""
    found = address_points(link.url) + _text_points(link.text)
    return found - 0.5 if link.in_furniture else found


def address_points(url: str) -> float:
    """What the address alone says; one point or more is an article's by its form."""
    parts = urlsplit(url)
    segments = [unquote(part) for part in parts.path.split("/") if part]
    last = segments[-1] if segments else ""
    if len(segments) > 1 and last.partition(".")[0].lower() in _INDEXES:
        last = segments[-2]
    stem, _, ending = last.rpartition(".")
    if stem and ending.isalnum() and not ending.isdigit() and len(ending) <= 5:
        if ending.lower() not in _PAGE_ENDINGS:
            return -9.0
    else:
        stem = last
    query = dict(parse_qsl(parts.query))
    if any(part.lower() in _ELSEWHERE for part in segments):
        return -2.0
    found = 0.0
    if segments and _slug_words(stem) >= 4:
        found += 1.0
    elif _slug_words(stem) == 3:
        found += 0.5
    if _DATED.search("/".join(segments)):
        found += 1.0 if len(segments) > 2 or _slug_words(stem) > 1 else 0.4
    if _NUMBER.search(stem):
        found += 1.0
    elif stem and _IDENTITY.fullmatch(stem):
        found += 0.7
    elif _SHORT_NUMBER.search(stem):
        found += 0.3
    if any(name.lower() in _PAGE_NAMES and value.isdigit() for name, value in query.items()):
        found += 0.7
    if any(_NUMBER.fullmatch(part) for part in segments[:-1]):
        found += 0.8
    return found


def pattern_of(url: str) -> str:
    """The form of an address: what varies between a site's articles is left out."""
    parts = urlsplit(url)
    segments = [unquote(part) for part in parts.path.split("/") if part]
    form = [_form(part) for part in segments]
    if form:
        form[-1] = "*" + ("." + segments[-1].rpartition(".")[2] if "." in segments[-1] else "")
    names = ",".join(sorted(name for name, _ in parse_qsl(parts.query)))
    return f"{parts.hostname}/{'/'.join(form)}?{names}"


def _form(part: str) -> str:
    return re.sub(r"\d+", "9", part) if _slug_words(part) < 3 else "*"


def _are_headlines(links: Sequence[Found], group: Sequence[int]) -> bool:
    """Whether links that look alike read like headlines: long, each its own, outside menus."""
    texts = {links[index].text for index in group if links[index].text}
    if len(texts) < KIN or sum(links[index].in_furniture for index in group) * 2 > len(group):
        return False
    return median(text_length(text) for text in texts) >= 4.0


def _text_points(text: str) -> float:
    length = text_length(text)
    return 0.5 if length >= 5 else 0.2 if length >= 3.5 else 0.0


def text_length(text: str) -> float:
    """Words of a text; in scripts that set none apart, three characters count as one."""
    unspaced = len(_UNSPACED.findall(text))
    spaced = [word for word in _UNSPACED.sub(" ", text).split() if any(map(str.isalnum, word))]
    return len(spaced) + unspaced / 3


def _slug_words(part: str) -> float:
    """Words of a part of an address, numbers not counted; joined words are not told apart."""
    words = [word for word in _WORD_BREAK.split(part) if word and not word.isdigit()]
    unspaced = sum(len(_UNSPACED.findall(word)) for word in words)
    return unspaced / 2 if unspaced >= 4 else len(words)
