"""Images in or beside the story, with caption and credit from the figure they stand in.

It knows where the story begins and ends, and nothing of the lead image that metadata names.
"""

from __future__ import annotations

import re
from itertools import zip_longest

from lxml.html import HtmlElement

from pipeline.models import Block, Image
from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.layout import Layout, Picture
from pipeline.parse.markup.traits import BIT, FURNITURE_MASK
from pipeline.urls import absolute

_AGAINST = FURNITURE_MASK & ~BIT["in:aside"] | BIT["byline"]
_CAPTION = BIT["in:figcaption"] | BIT["caption"]
_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-lazy", "data-url")
_PORTRAIT = (
    r"(?:profile|author)[-_ ]?(?:pic|photo|image)|autor(?:in|en|innen)?[-_ ]?(?:bild|foto)|"
    r"foto (?:del autor|do autor|dell['’]autor)|photo de l['’]aut"
)
_SIGN_FILE = re.compile(
    rf"(?<![a-z])(?:site|header|footer)?[-_]?logos?(?![a-z])|^(?:spacer|pixel|blank)\.|"
    rf"^(?:gr)?avatars?[-_\d]*\.|(?<![a-z])headshot(?![a-z])|{_PORTRAIT}",
    re.IGNORECASE,
)
_SIGN_ALT = re.compile(
    rf"^logo(?![a-z])|(?<![a-z])logo$|(?<![a-z])(?:gr)?avatar(?![a-z])|{_PORTRAIT}", re.IGNORECASE
)
"""Files, and their descriptions, of the house's own sign and of its writers' portraits. A logo on
a wall, the phone and the film of such a name are news."""
_SIGN_CHARS = 40
"""A longer description tells what a picture shows."""
_SMALL_PIXELS = 100
_RUNS_BEFORE_STORY = 8
_CAPTION_RUNS = 4
_MAX_IMAGES = 100
_MAX_CAPTION_CHARS = 1_000
_CREDIT_TAIL = re.compile(r"\s*[(\[（]([^()\[\]（）]{2,80})[)\]）]\s*$")
_CREDIT_LABEL = re.compile(
    r"(?:^|[.!?。\s|/])((?:©|\(c\)|photos?(?:graph)?(?: by| credit)?\s*:|image(?: by| credit)?\s*:|"
    r"credit\s*:|picture\s*:|foto(?:graf\w*)?\s*:|bild\s*:|quelle\s*:|crédits?\s*:|getty images|"
    r"fuente\s*:|fonte\s*:|фото\s*:|写真\s*[:：]|图\s*[:：]|사진\s*[:：=]).{1,100})$",
    re.IGNORECASE,
)


def story_images(facts: PageFacts, story: list[bool], base_url: str) -> tuple[Image, ...]:
    """Images between the headline and the story's end, page order, each address once."""
    chosen = [index for index, taken in enumerate(story) if taken]
    if not chosen:
        return ()
    layout, headline = facts.layout, facts.places.headline_run
    first = min(chosen[0], headline if headline >= 0 else chosen[0]) - _RUNS_BEFORE_STORY
    images: dict[str, Image] = {}
    for picture in layout.pictures:
        if not first <= picture.next_run <= chosen[-1] + 1 or len(images) >= _MAX_IMAGES:
            continue
        if _traits_around(layout, picture.container) & _AGAINST or _is_small(picture.element):
            continue
        url = _address(picture.element, base_url)
        if url and url not in images:
            caption, credit = _caption(facts, picture)
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
        for picture in layout.pictures[:_MAX_IMAGES]
        if not _is_small(picture.element)
        and (url := _address(picture.element, base_url))
        and not _is_sign(picture.element, url)
    )
    pairs = zip_longest(urls, captions[: len(urls)], fillvalue=(None, None))
    return tuple(Image(url=str(url), caption=text, credit=by) for url, (text, by) in pairs)


def split_credit(caption: str) -> tuple[str, str | None]:
    """A caption without its credit, and the credit: ``(Name / Agency)`` or ``Photo: Name``."""
    found = _CREDIT_TAIL.search(caption) or _CREDIT_LABEL.search(caption)
    if not found or (found.re is _CREDIT_TAIL and not _names_someone(found.group(1))):
        return caption, None
    rest = caption[: found.start(1)].rstrip(" ([（|/-–")
    return rest or caption, found.group(1).strip()


def _names_someone(words: str) -> bool:
    """Whether brackets at a caption's end hold names, not an aside: few words, in capitals."""
    parts = words.split()
    if not parts or len(parts) > 10 or any(character.isdigit() for character in words[:1]):
        return False
    lower = sum(part[0].islower() for part in parts if part[0].isalpha())
    return lower * 3 <= len(parts)


def _traits_around(layout: Layout, element: int) -> int:
    bits = 0
    for _ in range(4):
        if element < 0 or layout.tags[element] in ("article", "main", "body"):
            break
        if layout.tags[element] not in ("figure", "picture"):  # a "media item" is no list's
            bits |= layout.traits[element]
        element = layout.parents[element]
    return bits


def _is_small(element: HtmlElement) -> bool:
    sizes = (element.get("width") or "", element.get("height") or "")
    return any(size.isdecimal() and int(size[:6]) < _SMALL_PIXELS for size in sizes)


def _is_sign(element: HtmlElement, url: str) -> bool:
    name = url.partition("?")[0].rpartition("/")[2]
    told = (element.get("alt") or "").strip()
    return bool(_SIGN_FILE.search(name) or (len(told) <= _SIGN_CHARS and _SIGN_ALT.search(told)))


def _address(element: HtmlElement, base_url: str) -> str | None:
    for name in _SOURCES:
        value = (element.get(name) or "").strip()
        if value and not value.startswith(("data:", "blob:", "about:", "javascript:")):
            return absolute(base_url, value)
    candidates = (element.get("srcset") or element.get("data-srcset") or "").split(",")
    last = candidates[-1].split()
    return absolute(base_url, last[0]) if last and not last[0].startswith("data:") else None


def _caption(facts: PageFacts, picture: Picture) -> tuple[str | None, str | None]:
    """Caption and credit among the runs right after the image, in its figure or marked so."""
    layout, where = facts.layout, facts.places
    caption = credit = None
    figure = _figure_of(layout, picture.container)
    end = layout.end_runs[figure] if figure >= 0 else picture.next_run + 2
    for index in range(picture.next_run, min(end, picture.next_run + _CAPTION_RUNS)):
        if index >= len(layout.runs):
            break
        near, text = int(where.near[index]), layout.runs[index].text
        if figure < 0 and _figure_of(layout, layout.runs[index].container) >= 0:
            break  # the caption of another image
        if int(where.own[index]) & BIT["credit"] and len(text) < 200:
            before, named = split_credit(text)
            credit = credit or named or text
            caption = caption or (before if named and before != text else None)
        elif (near & _CAPTION or figure >= 0) and len(text) <= _MAX_CAPTION_CHARS:
            caption = caption or text
        else:
            break
    if caption and not credit:
        caption, credit = split_credit(caption)
    return caption, credit


def _figure_of(layout: Layout, element: int) -> int:
    for _ in range(5):
        if element < 0:
            break
        if layout.tags[element] == "figure":
            return element
        element = layout.parents[element]
    return -1
