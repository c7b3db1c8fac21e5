"""``copydesk source pause|resume|remove``: what a person decides about a source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from workers.cli.options import Json, open_services
from workers.cli.output import note, write_json
from workers.cli.source.known import named

Names = Annotated[list[str], typer.Argument(metavar="NAME...", help="Names of sources.")]


def pause(names: Names, as_json: Json = False) -> None:
    """Poll no list of these sources until they are resumed. What was accepted goes on."""
    from pipeline.store.ledger.source_states import pause_source

    _decide(names, pause_source, "paused", as_json)


def resume(names: Names, as_json: Json = False) -> None:
    """Poll them again: also lists that the system had given up, and sources that were removed."""
    from pipeline.store.engine import Connection
    from pipeline.store.ledger.source_states import restore_source, resume_source

    def work(connection: Connection, source_id: int, now: datetime) -> None:
        restore_source(connection, source_id, now)
        resume_source(connection, source_id, now)

    _decide(names, work, "resumed", as_json)


def remove(names: Names, as_json: Json = False) -> None:
    """Poll them no more and forget their names. Articles, polls and history stay."""
    from pipeline.store.ledger.source_states import remove_source

    _decide(names, remove_source, "removed", as_json)


def _decide(
    names: list[str], work: Callable[[Any, int, datetime], None], done: str, as_json: bool
) -> None:
    from pipeline.store.engine import Connection
    from pipeline.store.transactions import transact

    with open_services() as services:
        found = named(services, names, removed=done == "resumed")

        def decide(connection: Connection) -> None:
            for one in found:
                work(connection, one.source_id, services.now())

        transact(services.engine, decide)
    if as_json:
        write_json({done: [one.profile.name for one in found]})
        return
    for one in found:
        note(f"{one.profile.name}: {done}")
