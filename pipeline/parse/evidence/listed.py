"""What the list that named the page says of it: weak evidence, for lists are not always right.

A feed's title may be cut or meant for its readers alone, and its time may be the local clock
written as if it were UTC.
"""

from __future__ import annotations

from datetime import UTC

from pipeline.dates.moment import Moment
from pipeline.dates.zones import region_offset
from pipeline.models import ListHint, SourceProfile
from pipeline.parse.candidate import Candidate
from pipeline.parse.words import clean

DATE_TRUST = 0.22
"""Less than any date that the page shows as its own, more than one among distant teasers."""
TITLE_TRUST = 0.45
_CUT = ("…", "...")


def listed_date(hint: ListHint | None, source: SourceProfile | None) -> Candidate[Moment] | None:
    """When the list says that the page was published, on the source's clock where it is known."""
    if hint is None or hint.published_at is None:
        return None
    at = hint.published_at
    if hint.has_time:
        offset = region_offset(source.timezone, at) if source and source.timezone else None
        moment = Moment(at.astimezone(UTC).replace(tzinfo=None), "instant", 0).on_clock(offset or 0)
    else:
        moment = Moment(at.replace(hour=0, minute=0, second=0, tzinfo=None), "day")
    return Candidate(moment, f"list:{hint.list_kind}", at.isoformat(), DATE_TRUST)


def listed_title(hint: ListHint | None) -> Candidate[str] | None:
    """The title in a feed or news sitemap. A section page's links hold more than that."""
    if hint is None or hint.list_kind == "page":
        return None
    title = clean(hint.title)
    if not title or title.endswith(_CUT):
        return None
    return Candidate(title, f"list:{hint.list_kind}", hint.title, TITLE_TRUST)
