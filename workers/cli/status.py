"""``copydesk status``"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.options import Json, open_services
from workers.cli.output import data_console, moment, write_json

if TYPE_CHECKING:
    from rich.console import Group

WATCH_SECONDS = 1.0


def command(
    watch: Annotated[bool, typer.Option(help="Show it again every second.")] = False,
    as_json: Json = False,
) -> None:
    """Show how it all stands: ended, waiting, who is at work."""
    with open_services() as services:
        from workers.reports import status

        if as_json:
            write_json(status(services))
        elif not watch:
            data_console().print(_render(status(services)))
        else:
            from rich.live import Live

            with Live(_render(status(services)), console=data_console()) as live:
                while True:
                    time.sleep(WATCH_SECONDS)
                    live.update(_render(status(services)))


def _render(found: dict[str, Any]) -> Group:
    from rich.console import Group
    from rich.table import Table

    account = Table("accepted", *(names := list(found["account"])[1:8]), box=None)
    account.add_row(*(str(found["account"][name]) for name in ("accepted", *names)))
    piles = Table("waiting at", "state", "jobs", "next due (UTC)", box=None)
    for pile in found["backlog"]:
        piles.add_row(pile["stage"], pile["state"], str(pile["count"]), moment(pile["next_at"]))
    workers = Table("worker", "heartbeat", "steps done", "last progress (UTC)", box=None)
    for worker in found["workers"]:
        silent = f"{worker['silent_seconds']:.0f} s ago"
        progressed = moment(worker["progressed_at"])
        workers.add_row(worker["name"], silent, str(worker["done"]), progressed)
    return Group(account, "", piles, "", workers)
