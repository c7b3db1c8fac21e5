"""``copydesk changes``: the change feed, once or for ever."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure, UsageFailure
from workers.cli.options import Json, open_services
from workers.cli.output import ReaderGone, note, plain, write_document
from workers.cli.stopping import Stop, nobody_reads, stop_on_signals

if TYPE_CHECKING:
    from pipeline.store.events import Event
    from workers.wiring import Services

POLL_SECONDS = 0.5
AWAY_SECONDS = 2.0
PAGE = 500
"""Changes per transaction, and per move of a consumer's cursor."""


def command(
    after: Annotated[
        str | None,
        typer.Option(
            help="Show what came after this seq; `now`: only what is to come. [default: 0]"
        ),
    ] = None,
    consumer: Annotated[
        str | None,
        typer.Option(help="Go on where the reader of this name was, and remember how far it came."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Wait for more, until stopped.")] = False,
    compact: Annotated[
        bool, typer.Option("--compact", help="Each article once, at its newest change.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many.")] = None,
    as_json: Json = False,
) -> None:
    """Show what changed, in the order of commits; --json writes one object a line."""
    with open_services() as services, stop_on_signals() as stop:
        cursor = _start(services, after, consumer)
        for page in _pages(services, cursor, stop, follow=follow, compact=compact, limit=limit):
            _write(page, as_json=as_json)
            if consumer is not None:
                _advance(services, consumer, cursor, page[-1].seq)
            cursor = page[-1].seq
    if stop:
        raise typer.Exit(stop.exit_code)


def _start(services: Services, after: str | None, consumer: str | None) -> int:
    from pipeline.store.consumers import add_consumer, cursor_of
    from pipeline.store.engine import Connection
    from pipeline.store.events import last_seq
    from pipeline.store.transactions import transact

    def work(connection: Connection) -> int:
        known = None if consumer is None else cursor_of(connection, consumer)
        if known is not None and after is not None:
            hint = f"leave --after out to go on; `copydesk consumers reset {consumer}` moves it"
            raise UsageFailure(f"the consumer {consumer!r} stands at {known}: {hint}")
        if known is not None:
            return known
        start = last_seq(connection) if after == "now" else seq_of(after or "0")
        if consumer is not None:
            add_consumer(connection, consumer, start, services.now())
        return start

    return transact(services.engine, work)


def seq_of(given: str) -> int:
    """A sequence number as typed."""
    if not given.isdecimal():
        raise UsageFailure(f"{given!r} is no sequence number; give a number from 0, or `now`")
    return int(given)


def _pages(
    services: Services, cursor: int, stop: Stop, *, follow: bool, compact: bool, limit: int | None
) -> Iterator[list[Event]]:
    """Pages of the feed after ``cursor``; a database that is away is waited for when following."""
    from pipeline.store.events import articles_after, changes_after
    from pipeline.store.transactions import DatabaseUnavailable, transact

    read = articles_after if compact else changes_after
    left = math.inf if limit is None else limit
    while left and not stop:
        size = int(min(PAGE, left))
        try:
            page = transact(services.engine, lambda c: read(c, cursor, size), read_only=True)  # noqa: B023
        except DatabaseUnavailable:
            if not follow:
                raise
            note("copydesk: the database is away; waiting for it")
            stop.wait(AWAY_SECONDS)
            continue
        if page:
            yield page
            cursor, left = page[-1].seq, left - len(page)
        elif not follow:
            return
        else:
            stop.wait(POLL_SECONDS)
            if nobody_reads():
                raise ReaderGone


def _advance(services: Services, consumer: str, old: int, new: int) -> None:
    from pipeline.store.consumers import CursorMoved, advance
    from pipeline.store.transactions import transact
    from workers.wiring import DATABASE_PATIENCE_SECONDS

    try:
        transact(
            services.engine,
            lambda c: advance(c, consumer, old, new, services.now()),
            patience_seconds=DATABASE_PATIENCE_SECONDS,
        )
    except CursorMoved as error:
        hint = "does another reader use the name? One reader a name"
        raise Failure(f"{error}: {hint}", exit_codes.CONFIGURATION) from error


def _write(page: list[Event], *, as_json: bool) -> None:
    """A page as lines, handed over when this returns."""
    show: Callable[[Event], str] = _json_line if as_json else _text_line
    write_document("\n".join(show(event) for event in page))


def _json_line(event: Event) -> str:
    return json.dumps(asdict(event) | {"at": event.at.isoformat()}, ensure_ascii=False)


def _text_line(event: Event) -> str:
    title = plain(event.headline or event.url)
    return f"{event.seq:>9} {event.at:%Y-%m-%d %H:%M:%S} {event.kind:9} {event.article_id} {title}"
