"""What a run outside the story is: caption, byline, teaser... or plain furniture.

Decided by the traits of the elements around it and by the run's form, in the order written down
in :data:`FOREIGN_ORDER`. It must not decide what the story is.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from pipeline.models import ForeignBlock
from pipeline.parse.body.calls import calls_the_reader
from pipeline.parse.body.disclosures import discloses_links
from pipeline.parse.body.features import PageFacts
from pipeline.parse.byline_words import LEAD
from pipeline.parse.flat import credit_of
from pipeline.parse.markup.traits import BIT
from pipeline.parse.people import read_byline

_FIGURE = BIT["in:figcaption"] | BIT["in:figure"] | BIT["caption"]
_SHORT_CHARS = 160
_CAPTION_CHARS = 400
_CLOSING = (")", "]", "）")
_TEASER_WORDS = 4
_BYLINE_CHARS = 100

FOREIGN_ORDER: tuple[tuple[ForeignBlock, int, int], ...] = (
    ("credit", BIT["credit"], _SHORT_CHARS),
    ("caption", _FIGURE, 1_000),
    ("newsletter", BIT["newsletter"], 1_000),
    ("promo", BIT["promo"] | BIT["paywall"], 1_000),
    ("bio", BIT["bio"], 2_000),
    ("byline", BIT["byline"], _SHORT_CHARS),
    ("bio", BIT["byline"], 2_000),
    ("comment", BIT["comment"], 5_000),
    ("teaser", BIT["related"], 500),
)
"""(kind, traits of which the element or its parent has one, longest text)."""

_INHERITED: tuple[tuple[ForeignBlock, int], ...] = (
    ("comment", BIT["comment"]),
    ("newsletter", BIT["newsletter"]),
    ("promo", BIT["promo"]),
    ("teaser", BIT["related"] | BIT["teaser"]),
)
"""The same by traits of any element around it, when nothing nearer says more."""

_ANY_NEAR = reduce(or_, (traits for _, traits, _ in FOREIGN_ORDER))
_ANY_INHERITED = reduce(or_, (traits for _, traits in _INHERITED))

_NEVER = BIT["share"] | BIT["nav"] | BIT["button"] | BIT["tags"]


def foreign_kind(facts: PageFacts, index: int) -> ForeignBlock | None:
    """The kind of run ``index``, None for furniture that is left out."""
    run, where = facts.layout.runs[index], facts.places
    if index == where.headline_run:
        return None
    if where.own.item(index) & _NEVER:
        return None
    near, around, length = where.near.item(index), where.traits.item(index), len(run.text)
    if near & _ANY_NEAR:
        for kind, traits, longest in FOREIGN_ORDER:
            if near & traits and length <= longest:
                return kind
    if around & _ANY_INHERITED and facts.chars.word_counts[index] >= _TEASER_WORDS:
        return next(kind for kind, traits in _INHERITED if around & traits)
    if run.text.endswith(_CLOSING) and length <= _CAPTION_CHARS and credit_of(run.text):
        return "caption"
    if length <= _BYLINE_CHARS and LEAD.match(run.text) and _names_people(run.text):
        return "byline"
    if facts.chars.word_counts[index] >= _TEASER_WORDS and speaks_for_the_house(run.text):
        return "promo"
    linked = run.link_chars * 2 > length
    if linked and facts.chars.word_counts[index] >= _TEASER_WORDS and not near & _NEVER:
        return "teaser"
    return None


def speaks_for_the_house(text: str) -> bool:
    """Whether a line asks its readers for something, or says that the house earns by its links."""
    return calls_the_reader(text) or discloses_links(text)


def _names_people(text: str) -> bool:
    people = read_byline(text)
    return bool(people) and all(" " in person.name for person in people)
