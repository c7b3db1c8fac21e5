"""The caption and the credit of a picture: what stands in its figure, or right below it.

It knows nothing of which pictures belong to the story.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from pipeline.parse.body.elements import HANDLING
from pipeline.parse.body.features import PageFacts
from pipeline.parse.body.layout import Layout, Picture
from pipeline.parse.markup.names import bits_of
from pipeline.parse.markup.traits import BIT
from pipeline.parse.words import clean

_CAPTION = BIT["in:figcaption"] | BIT["caption"]
_CAPTION_RUNS = 4
_MAX_CAPTION_CHARS = 1_000
_BOXED_CHARS = 200
_PIECES = 20
_LEVELS_UP, _CREDITS = 5, 20
_CENTRED_STYLE = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_CENTRED_CLASS = re.compile(r"(?:text|align)-?cent(?:er|re)", re.IGNORECASE)
_QUOTES = ('"', "“", "”", "„", "«", "»", "‘", "「", "『")
_CREDIT_TAIL = re.compile(r"\s*[(\[（]([^()\[\]（）]{2,80})[)\]）]\s*$")
_CREDIT_LABEL = re.compile(
    r"(?:^|[.!?。\s|/])((?:©|\(c\)|photos?(?:graph)?(?: by| credit)?\s*:|image(?: by| credit)?\s*:|"
    r"credit\s*:|picture\s*:|foto(?:graf\w*)?\s*:|bild\s*:|quelle\s*:|crédits?\s*:|getty images|"
    r"fuente\s*:|fonte\s*:|фото\s*:|写真\s*[:：]|图\s*[:：]|사진\s*[:：=]).{1,100})$",
    re.IGNORECASE,
)


def split_credit(caption: str) -> tuple[str, str | None]:
    """A caption without its credit, and the credit: ``(Name / Agency)`` or ``Photo: Name``."""
    found = _CREDIT_TAIL.search(caption) or _CREDIT_LABEL.search(caption)
    if not found or (found.re is _CREDIT_TAIL and not _names_someone(found.group(1))):
        return caption, None
    rest = caption[: found.start(1)].rstrip(" ([（|/-–")
    return rest or caption, found.group(1).strip()


def caption_of(
    facts: PageFacts, picture: Picture, story: list[bool]
) -> tuple[str | None, str | None]:
    """Caption and credit among the runs right after the image, in its figure or marked so."""
    layout, where = facts.layout, facts.places
    caption = credit = None
    figure = _figure_of(layout, picture.container)
    if figure >= 0 and layout.end_runs[figure] <= picture.next_run:
        figure = -1  # its caption stands below it
    end = layout.end_runs[figure] if figure >= 0 else picture.next_run + 2
    for index in range(picture.next_run, min(end, picture.next_run + _CAPTION_RUNS)):
        if index >= len(layout.runs):
            break
        near, text = int(where.near[index]), layout.runs[index].text
        if figure < 0 and _figure_of(layout, layout.runs[index].container) >= 0:
            break  # the caption of another image
        if int(where.own[index]) & BIT["credit"] and len(text) < 200:
            before, named = _inner_credit(picture, text) or split_credit(text)
            credit = credit or named or text
            caption = caption or (before if named and before != text else None)
        elif (near & _CAPTION or figure >= 0) and len(text) <= _MAX_CAPTION_CHARS:
            caption = caption or text
        elif index == picture.next_run and not story[index] and _stands_below(layout, picture):
            caption = text
        else:
            break
    if caption and not credit:
        caption, credit = split_credit(caption)
    return caption, credit


def is_centred_caption(picture: Picture, text: str) -> bool:
    """Whether ``text`` is a centred line right below the picture, in its block or the next, on a
    page that does not centre what follows: how editors without captions set them."""
    block = picture.element
    while block is not None and HANDLING.get(block.tag) is not None:
        block = block.getparent()
    if block is None or len(text) > _BOXED_CHARS or text.startswith(_QUOTES):
        return False
    for element in (block, block.getnext()):
        if element is not None and _is_centred(element):
            shown = "".join(islice(element.itertext(), _PIECES))
            if _same(shown, text):
                after = element.getnext()
                return after is None or not _is_centred(after)
    return False


def _stands_below(layout: Layout, picture: Picture) -> bool:
    """Whether the run after the picture is alone with it in a box, or centred below it."""
    box, index = picture.container, picture.next_run
    alone = layout.first_runs[box] == index and layout.end_runs[box] == index + 1
    few = len(layout.runs[index].text) <= _BOXED_CHARS
    return few and (alone or is_centred_caption(picture, layout.runs[index].text))


def _is_centred(element: HtmlElement) -> bool:
    return (
        element.tag == "center"
        or (element.get("align") or "").lower() == "center"
        or _CENTRED_STYLE.search(element.get("style") or "") is not None
        or _CENTRED_CLASS.search(element.get("class") or "") is not None
    )


def _same(shown: str, text: str) -> bool:
    return "".join(shown.split()) == "".join(text.split())


def _inner_credit(picture: Picture, caption: str) -> tuple[str, str] | None:
    """A caption that ends in an element called its credit, without it, and that element's text."""
    around = picture.element
    for _ in range(_LEVELS_UP):
        if around is None or around.tag == "figure":
            break
        around = around.getparent()
    if around is None or around.tag != "figure":
        return None
    for element in islice(around.iterdescendants("span", "small", "cite", "em", "i"), _CREDITS):
        if bits_of(element.get("class") or "") & BIT["credit"]:
            credit = clean(element.text_content())
            if credit and credit != caption and caption.endswith(credit):
                return caption.removesuffix(credit).rstrip(" ([|/–-"), credit.strip("()[] ")
    return None


def _names_someone(words: str) -> bool:
    """Whether brackets at a caption's end hold names, not an aside: few words, in capitals."""
    parts = words.split()
    if not parts or len(parts) > 10 or any(character.isdigit() for character in words[:1]):
        return False
    lower = sum(part[0].islower() for part in parts if part[0].isalpha())
    return lower * 3 <= len(parts)


def _figure_of(layout: Layout, element: int) -> int:
    for _ in range(5):
        if element < 0:
            break
        if layout.tags[element] == "figure":
            return element
        element = layout.parents[element]
    return -1
