"""The parse stage from a fetched page to a parsed article: every field's decision, in order."""

from __future__ import annotations

from datetime import datetime

from pipeline.dates.moment import Moment
from pipeline.garbage import collection_paused
from pipeline.models import Evidence, FetchedPage, ListHint, ParsedArticle, SourceProfile, Zone
from pipeline.parse.body import Body, find_body
from pipeline.parse.body.subheadline import without_subheadline
from pipeline.parse.candidate import Candidate
from pipeline.parse.decide.access import decide_access
from pipeline.parse.decide.article_type import decide_article_type
from pipeline.parse.decide.authors import decide_authors
from pipeline.parse.decide.canonical import decide_canonical, find_amp
from pipeline.parse.decide.context import Context, open_context
from pipeline.parse.decide.headline import decide_headline, decide_listed_headline
from pipeline.parse.decide.images import decide_images
from pipeline.parse.decide.language import decide_language
from pipeline.parse.decide.missing import decide_missing
from pipeline.parse.decide.next_page import find_next_page
from pipeline.parse.decide.published import decide_published, is_month_first
from pipeline.parse.decide.publisher import decide_publisher
from pipeline.parse.decide.refined import Dated
from pipeline.parse.decide.subheadline import decide_subheadline
from pipeline.parse.decide.topics import decide_section, decide_tags
from pipeline.parse.document import open_document
from pipeline.parse.evidence.date_lines import date_line
from pipeline.parse.evidence.remarks import find_remarks
from pipeline.parse.evidence.times import read_date
from pipeline.parse.limits import Deadline, ParseLimits
from pipeline.parse.repeated_blocks import without_repeated
from pipeline.parse.selectors import pick
from pipeline.repeated import Repeated

EXTRACTOR = "copydesk-parse/1"
"""Name and version of the rules; raise it when the same page would give another article."""


def parse(
    page: FetchedPage,
    source: SourceProfile | None = None,
    limits: ParseLimits | None = None,
    hint: ListHint | None = None,
    repeated: Repeated | None = None,
) -> ParsedArticle:
    """What the page says, and where it says nothing the list that named it; without the blocks
    that its host's articles repeat. Never raises for a page's content, whatever it is."""
    with collection_paused():
        return _parse(page, source, limits or ParseLimits(), hint, repeated)


def _parse(
    page: FetchedPage,
    source: SourceProfile | None,
    limits: ParseLimits,
    hint: ListHint | None,
    repeated: Repeated | None,
) -> ParsedArticle:
    deadline = Deadline(limits.max_seconds)
    document = open_document(page, source, limits)
    context = open_context(document, page.fetched_at, hint)
    publisher, language = decide_publisher(context), decide_language(context)
    picked = pick(context, limits, deadline)
    headline, shown = picked.headline(*decide_headline(context))
    body = find_body(document, headline, limits, deadline, picked.containers())
    picked.note_body(body.contained)
    body, furniture = without_repeated(body, repeated)
    context.note("body_text", furniture)
    headline = headline or _found(context, "headline", body.found.headline)
    headline = headline or decide_listed_headline(context)
    subheadline = decide_subheadline(context, headline, shown) or _found(
        context, "subheadline", body.found.subheadline
    )
    subheadline = picked.text("subheadline", subheadline)
    blocks, body_text = without_subheadline(body.blocks, body.body_text, subheadline)
    published, modified = decide_published(context, shown, _date_lines(context, body))
    published = picked.dated("published_at", published)
    modified = picked.dated("modified_at", modified)
    authors = decide_authors(context, shown, body.found.byline, blocks, body.around.opening)
    section = decide_section(context)
    access = decide_access(context, blocks, body_text, body.around.closing)
    entries = len({block.at for block in blocks if block.at})
    article_type, reason = decide_article_type(
        context, section, len(body_text), entries, body.around.label
    )
    when = published.value if published else None
    return ParsedArticle(
        url=page.url,
        final_url=page.final_url,
        canonical_url=decide_canonical(context),
        amp_url=find_amp(context),
        publisher=publisher,
        headline=headline,
        subheadline=subheadline,
        authors=picked.authors(authors),
        published_at=_utc(when),
        published_precision=when.precision if when else None,
        published_zone=_zone(published),
        published_offset_minutes=when.offset_minutes if when else None,
        published_raw=published.raw[:500] if published else None,
        modified_at=_utc(modified.value if modified else None),
        language=language,
        section=picked.text("section", section),
        tags=picked.tags(decide_tags(context)),
        access=access,
        missing=decide_missing(context, access, blocks, body_text),
        article_type=article_type,
        article_type_reason=reason,
        body_text=body_text,
        blocks=blocks,
        images=picked.images(decide_images(context, body.images)),
        links=body.links,
        remarks=find_remarks(document, context.marks.names),
        next_page_url=body.next_page_url or find_next_page(context),
        limits=tuple(dict.fromkeys((*document.limits, *body.limits, *picked.limits))),
        extractor=EXTRACTOR,
        evidence=context.evidence,
    )


def _found(context: Context, name: str, text: str | None) -> str | None:
    """What unmarked text shows by the place and form of a line, with its evidence."""
    if text:
        context.evidence[name] = Evidence(origin=f"text:{name}", raw=text[:500], confidence=0.5)
    return text


def _date_lines(context: Context, body: Body) -> list[Dated]:
    """Dates that stand on lines of their own: the dateline of unmarked text, and on other pages
    those around the headline or below the story."""
    if line := body.found.date:
        moment = read_date(line, context.language)
        return [Candidate(moment, "text:dateline", line, 0.5)] if moment else []
    found = date_line(body.around, context.language, month_first=is_month_first(context))
    return [found] if found else []


def _utc(moment: Moment | None) -> datetime | None:
    try:
        return moment.utc if moment else None
    except OverflowError:
        return None


def _zone(published: Dated | None) -> Zone | None:
    if published is None:
        return None
    if published.value.offset_minutes is None:
        return "unknown"
    return "source" if published.origin.endswith("+source") else "known"
