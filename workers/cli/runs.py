"""``copydesk runs``: the newest runs and how they stand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from workers.cli.options import Json, open_services
from workers.cli.output import data_console, moment, write_json
from workers.cli.tables import OUTCOMES


def command(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many of them.")] = 20,
    kind: Annotated[
        str, typer.Option(help="Only of this kind: ingest, crawl, recheck, reprocess, demo.")
    ] = "",
    as_json: Json = False,
) -> None:
    """List the newest runs: how many articles each accepted, and what became of them."""
    with open_services() as services:
        from workers.reports import newest

        found = newest(services, limit, kind or None)
    if as_json:
        write_json(found)
        return
    from rich.table import Column, Table

    whole = Column("run", no_wrap=True, min_width=36)  # an id that is cut short finds no run
    table = Table(
        whole, "kind", "begun (UTC)", "key", "lists", "new", "accepted", *OUTCOMES, box=None
    )
    for run in found:
        lists = run.get("lists")
        table.add_row(
            run["run"],
            run["kind"],
            moment(datetime.fromisoformat(run["created_at"])),
            run["run_key"] or "-",
            str(lists["polls"]) if lists else "-",
            str(lists["fresh"]) if lists else "-",
            *(str(run[name]) for name in ("accepted", *OUTCOMES)),
        )
    data_console().print(table)
