"""What a source's own selectors find on a page: they win, and what they won over is kept.

A rule counts on the pages of its days. Of several rules for one field the first that gives a value
is taken; a field whose rules give none keeps the usual decision, and is named among the parse's
limits, so that ``copydesk source check`` can tell that the site has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TypeVar

from lxml.html import HtmlElement

from pipeline.models import Author, Evidence, Image, SelectorRule
from pipeline.parse.candidate import MAX_OTHERS, MAX_RAW_CHARS, Candidate
from pipeline.parse.decide.context import Context
from pipeline.parse.decide.published import decide_published, is_month_first
from pipeline.parse.decide.refined import Dated, with_source_zone
from pipeline.parse.decide.topics import split_tags
from pipeline.parse.evidence.times import read_date
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.limits import Deadline, ParseLimits
from pipeline.parse.people import merge_people, read_byline, read_listed
from pipeline.parse.words import clean
from pipeline.urls import absolute

Value = TypeVar("Value")
Found = tuple[Value, str]
"""A value and the page's own wording of it."""
Read = Callable[[SelectorRule, list[HtmlElement]], Found[Value] | None]

MISSED = "selector_missed:"
"""Begins a limit's name; the field follows."""
_DEFAULT_ATTRIBUTES = {"meta": ("content",), "time": ("datetime",), "img": ("src", "data-src")}


@dataclass(slots=True)
class Picked:
    """The rules that hold for a page, and the page to apply them to."""

    context: Context | None = None
    rules: dict[str, list[SelectorRule]] = field(default_factory=dict)
    select: Callable[[str], list[HtmlElement]] = lambda css: []
    limits: list[str] = field(default_factory=list)

    def headline(
        self, usual: str | None, shown: HtmlElement | None
    ) -> tuple[str | None, HtmlElement | None]:
        """The headline and the element that shows it."""
        place: list[HtmlElement] = []

        def read(rule: SelectorRule, elements: list[HtmlElement]) -> Found[str] | None:
            place[:] = elements[:1] if rule.attribute is None else []
            return _first_text(rule, elements)

        value = self._won("headline", usual, read)
        return (value, place[0]) if place and value is not usual else (value, shown)

    def text(self, name: str, usual: str | None) -> str | None:
        """A field of one line of text."""
        return self._won(name, usual, _first_text)

    def authors(self, usual: tuple[Author, ...]) -> tuple[Author, ...]:
        """Every element that is selected names one author or several."""

        def read(
            rule: SelectorRule, elements: list[HtmlElement]
        ) -> Found[tuple[Author, ...]] | None:
            values = list(_values(rule, elements))
            people = [one for value in values for one in read_byline(value) or read_listed(value)]
            return (merge_people(people), "; ".join(values)) if people else None

        return self._won("authors", usual, read)

    def tags(self, usual: tuple[str, ...]) -> tuple[str, ...]:
        """Every element that is selected is a tag; one alone may list several."""

        def read(rule: SelectorRule, elements: list[HtmlElement]) -> Found[tuple[str, ...]] | None:
            values = list(_values(rule, elements))
            tags = split_tags(values)
            return (tags, "; ".join(values)) if tags else None

        return self._won("tags", usual, read)

    def dated(self, name: str, usual: Dated | None) -> Dated | None:
        """A time, in the source's zone where the page names none."""
        return self._won(name, usual, self._read_date)

    def images(self, usual: tuple[Image, ...]) -> tuple[Image, ...]:
        """The lead image in front of those that stand in the story."""

        def read(
            rule: SelectorRule, elements: list[HtmlElement]
        ) -> Found[tuple[Image, ...]] | None:
            assert self.context is not None
            base = self.context.document.base_url
            for value in _values(rule, elements, inside="img"):
                if url := absolute(base, value):
                    others = [image for image in usual if image.url != url and image.role != "lead"]
                    return (Image(url, role="lead"), *others), value
            return None

        return self._won("images", usual, read)

    def containers(self) -> Sequence[HtmlElement]:
        """The elements that hold the story; none when no rule finds one."""
        rules = self.rules.get("body_text", ())
        return next((found for rule in rules if (found := self.select(rule.css))), ())

    def note_body(self, contained: bool) -> None:
        """Say whether the story was read from the container that the source names."""
        rules = self.rules.get("body_text", ())
        if not rules:
            return
        assert self.context is not None
        if not contained:
            self.limits.append(MISSED + "body_text")
            return
        css = next(rule.css for rule in rules if self.select(rule.css))
        self.context.note("body_text", Evidence(f"selector:{css}", confidence=1.0))

    def _won(self, name: str, usual: Value, read: Read[Value]) -> Value:
        """The value of the first rule that gives one; its evidence in front of the usual."""
        rules = self.rules.get(name)
        if not rules:
            return usual
        assert self.context is not None
        for rule in rules:
            found = read(rule, self.select(rule.css))
            if found is not None:
                self.context.note(name, _in_front(self.context, name, rule, found[1]))
                return found[0]
        self.limits.append(MISSED + name)
        return usual

    def _read_date(self, rule: SelectorRule, elements: list[HtmlElement]) -> Found[Dated] | None:
        assert self.context is not None
        month_first = is_month_first(self.context)
        for element in elements:
            for value in (*_values(rule, [element]), clean(visible_text(element))):
                moment = read_date(value, self.context.language, month_first=month_first)
                if moment is not None:
                    dated = Candidate(moment, f"selector:{rule.css}", value, 1.0)
                    return with_source_zone(dated, self.context), value
        return None


def pick(context: Context, limits: ParseLimits, deadline: Deadline) -> Picked:
    """The source's rules that hold for this page. Without rules nothing is made ready."""
    rules = context.document.source.selectors if context.document.source else ()
    if not rules:
        return Picked()
    from pipeline.parse.css import Selectable

    page = Selectable(context.document.root, limits, deadline)
    picked = Picked(context, select=page.select)
    if page.cut:
        picked.limits.append(page.cut)
    day = _publication_day(picked, rules) if any(r.since or r.until for r in rules) else date.min
    for rule in rules:
        if day == date.min or _holds(rule, day):
            picked.rules.setdefault(rule.field, []).append(rule)
    return picked


def _publication_day(picked: Picked, rules: Sequence[SelectorRule]) -> date:
    """The day that decides which rules hold: what a date rule reads that holds on that very day,
    else what the page says by itself, else the day it was fetched."""
    assert picked.context is not None
    for rule in rules:
        if rule.field == "published_at":
            found = picked._read_date(rule, picked.select(rule.css))
            if found and _holds(rule, found[0].value.wall.date()):
                return found[0].value.wall.date()
    evidence = dict(picked.context.evidence)
    usual, _ = decide_published(picked.context, None, [])
    picked.context.evidence = evidence
    return usual.value.wall.date() if usual else picked.context.fetched_at.date()


def _holds(rule: SelectorRule, day: date) -> bool:
    return (rule.since or day) <= day <= (rule.until or day)


def _in_front(context: Context, name: str, rule: SelectorRule, raw: str) -> Evidence:
    """The rule's evidence, with what it won over behind it."""
    usual = context.evidence.get(name)
    losers: list[Evidence] = []
    if usual is not None:
        if usual.origin != "none":
            losers.append(Evidence(usual.origin, usual.raw, usual.confidence))
        losers += usual.others
    others = tuple(losers[:MAX_OTHERS])
    return Evidence(f"selector:{rule.css}", raw[:MAX_RAW_CHARS], 1.0, others)


def _first_text(rule: SelectorRule, elements: list[HtmlElement]) -> Found[str] | None:
    return next(((value, value) for value in _values(rule, elements)), None)


def _values(
    rule: SelectorRule, elements: Sequence[HtmlElement], inside: str | None = None
) -> Iterator[str]:
    """What each element says: the rule's attribute, else the one that carries its kind's value,
    else its text; with ``inside``, of elements of that tag in it too."""
    for element in elements:
        within = chain([element], element.iterdescendants(inside)) if inside else [element]
        for one in within:
            names = (
                (rule.attribute,) if rule.attribute else _DEFAULT_ATTRIBUTES.get(str(one.tag), ())
            )
            raw = next((value for name in names if (value := one.get(name))), None)
            if raw is None and rule.attribute is None and inside is None:
                raw = visible_text(one)
            if text := clean(raw):
                yield text
