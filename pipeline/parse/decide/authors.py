"""Who wrote the article: the first kind of evidence that names people, none invented."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from pipeline.models import Author, Block
from pipeline.parse.byline_words import LEAD
from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld, meta
from pipeline.parse.evidence.marks import Role, has_role, roles_above
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.people import looks_like_name, merge_people, read_byline, read_listed
from pipeline.parse.words import clean, fold

People = tuple[Author, ...]
_MAX_BYLINE_CHARS = 250
_OTHER_TEXT = re.compile(r"comment|related|recommend|teaser|sidebar|popular|trending|most-?read")
_MAX_MARKED = 40
_LEVELS = 12
_BYLINE_LINE_CHARS = 100
_OPENING_PARAGRAPHS = 3
_SAME_BYLINE = 12
_NEAR_HEADLINE = 120
"""Distances in elements, in page order."""


def decide_authors(context: Context, shown: HtmlElement | None, byline: str | None) -> People:
    """The authors in page order; ``()`` when the page names none.

    ``byline`` is the line that the body half recognised as one on an unmarked page.
    """
    candidates = [c for c in _candidates(context, shown) if c.value]
    if not candidates:
        candidates = [c for c in _last_resorts(context) if c.value]
    if byline and (people := _people(context, [byline])):
        candidates.append(Candidate(people, "text:byline", byline, 0.35))
    winner = best(candidates)
    context.note("authors", as_evidence(winner, candidates))
    return winner.value if winner else ()


def byline_among(blocks: Sequence[Block]) -> str | None:
    """The first short line before the story's third paragraph that opens as bylines do ("By",
    "Von", ...) and names people in full: pages whose markup tells nothing have only that."""
    paragraphs = 0
    for block in blocks[:_MAX_MARKED]:
        if block.type in ("comment", "caption", "credit"):
            continue
        text = block.text.partition("\n")[0]
        if len(text) <= _BYLINE_LINE_CHARS and LEAD.match(text):
            people = read_byline(text)
            if people and all(" " in person.name for person in people):
                return text
        paragraphs += block.type == "paragraph" and len(block.text) > _BYLINE_LINE_CHARS
        if paragraphs >= _OPENING_PARAGRAPHS:
            break
    return None


def _candidates(context: Context, shown: HtmlElement | None) -> Iterator[Candidate[People]]:
    for rank, node in enumerate(context.nodes[:3]):
        listed = json_ld.authors(node)
        people = _from_json_ld(context, listed)
        raw = "; ".join(name for name, _, _ in listed)
        yield Candidate(people, "json-ld:author", raw, 0.9 - 0.1 * rank)
    for rank, name in enumerate(meta.AUTHOR):
        contents = context.document.meta.get(name)
        if contents:
            named = [person for text in contents for person in read_listed(text)]
            people = _without_site(context, merge_people(named))
            yield Candidate(people, f"meta:{name}", "; ".join(contents), 0.7 - 0.01 * rank)
    yield from _marked(context, shown)


def _marked(context: Context, shown: HtmlElement | None) -> Iterator[Candidate[People]]:
    marks = context.marks
    for origin, elements, trust in (
        ("dom:itemprop=author", marks.items.get("author", []), 0.62),
        ("dom:rel=author", marks.author_links, 0.6),
        ("dom:byline", marks.bylines, 0.55),
    ):
        kept = [e for e in elements[:_MAX_MARKED] if not _is_foreign(e)]
        people, raw = _cluster(context, kept, shown)
        yield Candidate(people, origin, raw, trust)


def _last_resorts(context: Context) -> Iterator[Candidate[People]]:
    """Where nothing else names anybody: marks whose surroundings look foreign but stand right
    below the headline, and the site itself when its data says that it is the author."""
    headings = [context.marks.order.get(h, 0) for h in context.document.landmarks.get("h1", ())]
    near = [
        e
        for e in context.marks.bylines[:_MAX_MARKED]
        if any(0 <= context.marks.order.get(e, 0) - at <= _NEAR_HEADLINE for at in headings)
        and not has_role(e, Role.CREDIT)
        and not _of_another_text(e)
    ]
    people, raw = _cluster(context, near, None)
    yield Candidate(people, "dom:byline", raw, 0.4)
    for node in context.nodes[:1]:
        listed = json_ld.authors(node)
        named = [person for name, role, _ in listed for person in read_listed(name, role)]
        raw = "; ".join(name for name, _, _ in listed)
        yield Candidate(merge_people(named), "json-ld:author", raw, 0.3)


def _cluster(
    context: Context, elements: list[HtmlElement], shown: HtmlElement | None
) -> tuple[People, str]:
    """The people of the first marked elements that name any and stand together: one byline, not
    every teaser's. Elements from the headline on go first."""
    order = context.marks.order
    start = 0 if shown is None else order.get(shown, 0)
    elements = sorted(elements, key=lambda e: (order.get(e, 0) < start, order.get(e, 0)))
    people: list[Author] = []
    raws: list[str] = []
    last = None
    for element in elements:
        place = order.get(element, 0)
        if last is not None and not 0 <= place - last <= _SAME_BYLINE:
            break
        raw = _byline_text(element)
        found = _people(context, [raw])
        if found:
            people += found
            raws.append(raw)
            last = place
    return merge_people(people), "; ".join(raws)


def _of_another_text(element: HtmlElement) -> bool:
    """Whether it stands among comments or teasers, by names that mean nothing else."""
    for e in (element, *islice(element.iterancestors(), _LEVELS)):
        if e.tag in ("aside", "footer", "nav"):
            return True
        if e.tag != "body" and _OTHER_TEXT.search((e.get("class") or "").lower()):
            return True
    return False


def _byline_text(element: HtmlElement) -> str:
    for inner in element.iterdescendants():
        if "name" in (inner.get("itemprop") or "").split():
            return clean(inner.get("content") or visible_text(inner, separator="\n"))
    links = [clean(visible_text(link)) for link in element.iterdescendants("a")]
    names = [text for text in links if len(text.split()) > 1 and read_byline(text)]
    if names and all(looks_like_name(name) for name in names):
        return " ; ".join(names)  # what else stands there is titles and dates
    text = element.get("content") or visible_text(element, separator=" ; ")
    return clean(text) if len(text) <= _MAX_BYLINE_CHARS else ""


def _is_foreign(element: HtmlElement) -> bool:
    if has_role(element, Role.FOREIGN | Role.CREDIT):
        return True
    return bool(roles_above(element) & (Role.FOREIGN | Role.CREDIT | Role.BIOGRAPHY))


def _from_json_ld(context: Context, listed: list[json_ld.RawAuthor]) -> People:
    people: list[Author] = []
    for name, role, _organization in listed:
        people.extend(read_listed(name, role))
    return _without_site(context, merge_people(people))


def _people(context: Context, raws: list[str]) -> People:
    people = [person for raw in raws for person in read_byline(raw)]
    return _without_site(context, merge_people(people))


def _without_site(context: Context, people: People) -> People:
    return tuple(p for p in people if fold(p.name) not in context.site_names)
