"""What the list that named an article said of it, for those who read its page."""

from __future__ import annotations

from sqlalchemy import Connection, select

from pipeline.models import ListHint
from pipeline.store.tables.ledger import jobs
from pipeline.store.tables.lists import lists
from pipeline.store.tables.pages import fetches
from pipeline.urls import host_of, registrable_domain


def list_hint(connection: Connection, fetch_id: int | None) -> ListHint | None:
    """The hint of the first list that named the fetched address, or None.

    Of the address and not of the job: a page that is asked for or read again was named once.
    Only a list of the site that answered counts: anybody may list the pages of others.
    """
    columns = [jobs.c.hint_kind, jobs.c.hint_title, jobs.c.hint_published_at, jobs.c.hint_has_time]
    statement = (
        select(jobs.c.id, *columns, lists.c.url, fetches.c.final_url)
        .join(fetches, fetches.c.url_id == jobs.c.url_id)
        .join(lists, lists.c.id == jobs.c.list_id)
        .where(fetches.c.id == fetch_id, jobs.c.hint_kind.is_not(None))
    )
    # Chosen here: told to order by id and take one, PostgreSQL may walk through all jobs by id.
    own = (row for row in connection.execute(statement) if _site(row.url) == _site(row.final_url))
    row = min(own, key=lambda row: int(row.id), default=None)
    if row is None:
        return None
    return ListHint(
        list_kind=row.hint_kind,
        title=row.hint_title or "",
        published_at=row.hint_published_at,
        has_time=row.hint_has_time,
    )


def _site(url: str) -> str:
    return registrable_domain(host_of(url))
