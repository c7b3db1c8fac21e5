"""``copydesk health``"""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure
from workers.cli.options import Json, open_services
from workers.cli.output import write_json, write_line


class Part(StrEnum):
    """What can be asked about."""

    FETCH = "fetch"
    CPU = "cpu"
    STORE = "store"
    ALL = "all"
    DISPATCHER = "dispatcher"
    WEB = "web"


def command(
    role: Annotated[
        list[Part] | None, typer.Option(help="Only this role; may be given several times.")
    ] = None,
    this_host: Annotated[
        bool, typer.Option(help="Only workers of this host or container.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say whether work is being done: heartbeat and progress. Ends with 5 when it is not."""
    parts = [part.value for part in role] if role else ["fetch", "cpu", "store", "dispatcher"]
    with open_services() as services:
        from workers.health import check

        found = [check(services, part, this_host=this_host) for part in parts]
    if as_json:
        write_json([asdict(one) | {"healthy": one.healthy} for one in found])
    else:
        for one in found:
            write_line(f"{one.role:11} {'healthy' if one.healthy else '; '.join(one.problems)}")
    if not all(one.healthy for one in found):
        raise Failure("not healthy", exit_codes.UNREACHABLE)
