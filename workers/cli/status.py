"""``copydesk status``"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.options import Json, open_services
from workers.cli.output import data_console, moment, write_json
from workers.cli.tables import consumers_table

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

WATCH_SECONDS = 1.0
MOST_HOSTS = 100
"""Hosts that --hosts shows, those with most to fetch first."""


def command(
    watch: Annotated[bool, typer.Option(help="Show it again every second.")] = False,
    hosts: Annotated[
        bool, typer.Option("--hosts", help="Show the hosts with fetches to come, and their turns.")
    ] = False,
    sources: Annotated[
        bool, typer.Option("--sources", help="Show what sources bring, and what seems wrong.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how it all stands: ended, waiting, who is at work."""
    with open_services() as services:
        from workers.reports import hosts as host_turns
        from workers.reports import sources as source_states
        from workers.reports import status

        if sources:
            found = source_states(services)
            if as_json:
                write_json(found)
            else:
                data_console().print(_render_sources(found))
        elif hosts:
            found = host_turns(services, MOST_HOSTS)
            if as_json:
                write_json(found)
            else:
                data_console().print(_render_hosts(found))
        elif as_json:
            write_json(status(services))
            while watch:
                time.sleep(WATCH_SECONDS)
                write_json(status(services))
        elif not watch:
            data_console().print(_render(status(services)))
        else:
            from rich.live import Live

            with Live(_render(status(services)), console=data_console()) as live:
                while True:
                    time.sleep(WATCH_SECONDS)
                    live.update(_render(status(services)))


def _render_sources(found: list[dict[str, Any]]) -> Group:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(
        "source", "state", "lists", "failing", "disabled", "pushed", "last read (UTC)",
        "last new (UTC)", "new in 24 h", "usual", "articles of pages", "usual", "gaps in 7 d",
        box=None,
    )  # fmt: skip
    for one in found:
        table.add_row(
            Text(one["source"]),
            one["state"],
            *(str(one[name]) for name in ("lists", "failing", "disabled", "pushed")),
            moment(one["last_listed_at"]),
            moment(one["last_new_at"]),
            str(one["fresh"]),
            "-" if one["expected"] is None else f"{one['expected']:g}",
            *(_share(one[name]) for name in ("coverage", "usual_coverage")),
            str(one["gaps"]),
        )
    problems = [
        Text(f"{one['source']}: {problem['kind']}: {problem['about']} {problem['detail']}")
        for one in found
        for problem in one["problems"]
    ]
    return Group(table, *([""] if problems else []), *problems)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _render_hosts(found: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    table = Table(
        "host", "waiting", "under way", "one page every", "next turn (UTC)", "blocked until (UTC)",
        box=None,
    )  # fmt: skip
    for turn in found:
        table.add_row(
            turn["host"],
            str(turn["waiting"]),
            str(turn["in_flight"]),
            f"{turn['interval_seconds']:.3g} s",
            f"{turn['next_turn_at']:%Y-%m-%d %H:%M:%S}",
            moment(turn["blocked_until"]),
        )
    return table


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
    if not found["consumers"]:
        return Group(account, "", piles, "", workers)
    return Group(account, "", piles, "", workers, "", consumers_table(found["consumers"]))
