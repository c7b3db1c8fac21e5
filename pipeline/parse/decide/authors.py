"""Who wrote the article: the first kind of evidence that names people, none invented."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from pipeline.models import Author
from pipeline.parse.candidate import Candidate, as_evidence, best
from pipeline.parse.decide.context import Context
from pipeline.parse.evidence import json_ld, meta
from pipeline.parse.evidence.marks import Role, has_role, roles_above
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.people import merge_people, read_byline
from pipeline.parse.words import clean, fold

People = tuple[Author, ...]
_MAX_BYLINE_CHARS = 250


def decide_authors(context: Context, shown: HtmlElement | None, byline: str | None) -> People:
    """The authors in page order; ``()`` when the page names none.

    ``byline`` is the line that the body half recognised as one on an unmarked page.
    """
    candidates = [c for c in _candidates(context, shown) if c.value]
    if byline and (people := _people(context, [byline])):
        candidates.append(Candidate(people, "text:byline", byline, 0.5))
    winner = best(candidates)
    context.note("authors", as_evidence(winner, candidates))
    return winner.value if winner else ()


def _candidates(context: Context, shown: HtmlElement | None) -> Iterator[Candidate[People]]:
    for rank, node in enumerate(context.nodes[:3]):
        listed = json_ld.authors(node)
        people = _from_json_ld(context, listed)
        raw = "; ".join(name for name, _, _ in listed)
        yield Candidate(people, "json-ld:author", raw, 0.9 - 0.1 * rank)
    for rank, name in enumerate(meta.AUTHOR):
        contents = context.document.meta.get(name)
        if contents:
            people = _people(context, contents)
            yield Candidate(people, f"meta:{name}", "; ".join(contents), 0.7 - 0.01 * rank)
    yield from _marked(context, shown)


def _marked(context: Context, shown: HtmlElement | None) -> Iterator[Candidate[People]]:
    marks = context.marks
    for origin, elements, trust in (
        ("dom:itemprop=author", marks.items.get("author", []), 0.62),
        ("dom:rel=author", marks.author_links, 0.6),
        ("dom:byline", marks.bylines, 0.55),
    ):
        kept = [e for e in elements[:40] if not _is_foreign(e)]
        cluster = _cluster(context, kept, shown)
        raws = [_byline_text(e) for e in cluster]
        people = _people(context, raws)
        yield Candidate(people, origin, "; ".join(raws), trust)


def _cluster(
    context: Context, elements: list[HtmlElement], shown: HtmlElement | None
) -> list[HtmlElement]:
    """The first marked elements that stand together: one byline, not every teaser's."""
    chosen: list[HtmlElement] = []
    last = None
    for element in elements:
        if any(element in set(c.iterdescendants()) for c in chosen[-1:]):
            continue
        place = context.marks.order.get(element, 0)
        if last is not None and place - last > 12:
            break
        chosen.append(element)
        last = place
    return chosen


def _byline_text(element: HtmlElement) -> str:
    for inner in element.iterdescendants():
        if "name" in (inner.get("itemprop") or "").split():
            return clean(inner.get("content") or visible_text(inner, separator="\n"))
    text = element.get("content") or visible_text(element, separator=" ; ")
    return clean(text) if len(text) <= _MAX_BYLINE_CHARS else ""


def _is_foreign(element: HtmlElement) -> bool:
    if has_role(element, Role.FOREIGN | Role.CREDIT):
        return True
    return bool(roles_above(element) & (Role.FOREIGN | Role.CREDIT | Role.BIOGRAPHY))


def _from_json_ld(context: Context, listed: list[json_ld.RawAuthor]) -> People:
    people: list[Author] = []
    for name, role, _organization in listed:
        people.extend(read_byline(name, role))
    return _without_site(context, merge_people(people))


def _people(context: Context, raws: list[str]) -> People:
    people = [person for raw in raws for person in read_byline(raw)]
    return _without_site(context, merge_people(people))


def _without_site(context: Context, people: People) -> People:
    return tuple(p for p in people if fold(p.name) not in context.site_names)
