"""Images in or beside the story, with their captions and credits.

It knows where the story begins and ends, and nothing of the lead image that metadata names.
"""

from __future__ import annotations

import re
from itertools import islice, zip_longest

from lxml.html import HtmlElement

from pipeline.models import Block, Image
from pipeline.parse.body.captions import caption_of
from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.layout import Layout
from pipeline.parse.markup.traits import BIT, FURNITURE_MASK
from pipeline.urls import absolute

_AGAINST = FURNITURE_MASK & ~BIT["in:aside"] | BIT["byline"]
_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-lazy", "src", "data-url")
"""A page that puts pictures off until they are looked at has something else in ``src``."""
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_PORTRAIT = (
    r"(?:profile|author)[-_ ]?(?:pic|photo|image)|autor(?:in|en|innen)?[-_ ]?(?:bild|foto)|"
    r"foto (?:del autor|do autor|dell['’]autor)|photo de l['’]aut"
)
_SIGN_FILE = re.compile(
    rf"(?<![a-z])(?:site|header|footer)?[-_]?logos?(?![a-z])|^(?:spacer|pixel|blank)\.|(?<![a-z])(?:placeholder|no-?image)(?![a-z])|"
    rf"^(?:gr)?avatars?[-_\d]*\.|(?<![a-z])headshot(?![a-z])|{_PORTRAIT}",
    re.IGNORECASE,
)
_SIGN_ALT = re.compile(
    rf"^logo(?![a-z])|(?<![a-z])logo$|(?<![a-z])(?:gr)?avatar(?![a-z])|{_PORTRAIT}", re.IGNORECASE
)
"""Files, and their descriptions, of the house's own sign and of its writers' portraits. A logo on
a wall, the phone and the film of such a name are news."""
_SIGN_CLASS = re.compile(r"(?<![a-z])(?:gr)?avatar(?![a-z])|(?<![a-z])(?:site-?)?logo(?![a-z])")
_SIGN_CHARS = 40
"""A longer description tells what a picture shows."""
_SMALL_PIXELS = 100
_RUNS_BEFORE_STORY = 8
_SOURCES_ASKED = 10
_MAX_IMAGES = 100


def story_images(facts: PageFacts, story: list[bool], base_url: str) -> tuple[Image, ...]:
    """Images between the headline and the story's end, page order, each address once."""
    chosen = [index for index, taken in enumerate(story) if taken]
    if not chosen:
        return ()
    layout, headline = facts.layout, facts.places.headline_run
    first = min(chosen[0], headline if headline >= 0 else chosen[0]) - _RUNS_BEFORE_STORY
    images: dict[str, Image] = {}
    for picture in layout.all_pictures():
        if not first <= picture.next_run <= chosen[-1] + 1 or len(images) >= _MAX_IMAGES:
            continue
        if _traits_around(layout, picture.container) & _AGAINST or _is_small(picture.element):
            continue
        url = _address(picture.element, base_url)
        if url and url not in images:
            caption, credit = caption_of(facts, picture, story)
            if not caption and picture.next_run <= chosen[0] and _is_sign(picture.element, url):
                continue
            images[url] = Image(url=url, caption=caption, credit=credit)
    return tuple(images.values())


def unmarked_images(layout: Layout, blocks: tuple[Block, ...], base_url: str) -> tuple[Image, ...]:
    """Images of a page without markup; its captions belong to them in order of appearance.

    A caption without an image (a text capture) is a block only: there is no address to keep.
    """
    captions: list[tuple[str, str | None]] = []
    for block in blocks:
        if block.type == "caption":
            captions.append((block.text, None))
        elif block.type == "credit" and captions:
            captions[-1] = (captions[-1][0], block.text)
    urls = dict.fromkeys(
        url
        for picture in layout.all_pictures()[:_MAX_IMAGES]
        if not _is_small(picture.element)
        and (url := _address(picture.element, base_url))
        and not _is_sign(picture.element, url)
    )
    pairs = zip_longest(urls, captions[: len(urls)], fillvalue=(None, None))
    return tuple(Image(url=str(url), caption=text, credit=by) for url, (text, by) in pairs)


def _traits_around(layout: Layout, element: int) -> int:
    bits = 0
    for _ in range(4):
        if element < 0 or layout.tags[element] in ("article", "main", "body"):
            break
        if layout.tags[element] not in ("figure", "picture"):  # a "media item" is no list's
            traits = layout.traits[element]
            # A "thumbnail" without a word is the story's own.
            silent = layout.first_runs[element] == layout.end_runs[element]
            bits |= traits & ~BIT["teaser"] if silent else traits
        element = layout.parents[element]
    return bits


def _is_small(element: HtmlElement) -> bool:
    sizes = (element.get("width") or "", element.get("height") or "")
    return any(size.isdecimal() and int(size[:6]) < _SMALL_PIXELS for size in sizes)


def is_sign_file(url: str) -> bool:
    """Whether a picture's file is named as the house's sign, a writer's portrait or a blank is."""
    return _SIGN_FILE.search(url.partition("?")[0].rpartition("/")[2]) is not None


def _is_sign(element: HtmlElement, url: str) -> bool:
    told = (element.get("alt") or "").strip()
    return bool(
        is_sign_file(url)
        or _SIGN_CLASS.search((element.get("class") or "").lower())
        or (len(told) <= _SIGN_CHARS and _SIGN_ALT.search(told))
    )


def _address(element: HtmlElement, base_url: str) -> str | None:
    """The picture's address: its own, that of its ``<picture>``, or of its copy for no scripts."""
    if found := _own_address(element):
        return absolute(base_url, found)
    around, after = element.getparent(), element.getnext()
    others: list[HtmlElement] = []
    while around is not None and around.tag == "source":  # the parser hangs the next one inside
        others.append(around)
        around = around.getparent()
    if around is not None and around.tag == "picture":
        others.extend(islice(around.iterchildren("source"), _SOURCES_ASKED))
        after = around.getnext() if after is None else after
    if after is not None and after.tag == "noscript":
        others.extend(islice(after.iter("img"), 1))
    found = next(filter(None, map(_own_address, others)), None)
    return absolute(base_url, found) if found else None


def _own_address(element: HtmlElement) -> str | None:
    for name in _SOURCES:
        value = (element.get(name) or "").strip()
        if value and not value.startswith(("data:", "blob:", "about:", "javascript:")):
            return value
    given = next(filter(None, map(element.get, _SETS)), "")
    last = given.split(",")[-1].split()
    return last[0] if last and not last[0].startswith("data:") else None
