"""``copydesk worker --role ROLE``"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure
from workers.cli.options import load_settings


class Role(StrEnum):
    """As ``workers.chain.ROLES``; a test holds the two together."""

    FETCH = "fetch"
    CPU = "cpu"
    STORE = "store"
    ALL = "all"


def command(
    role: Annotated[Role, typer.Option(help="Which stages to work on.")] = Role.ALL,
) -> None:
    """Run a worker of one role until it is told to stop."""
    settings = load_settings()
    require_broker(settings.broker_url)
    from workers.worker import run_worker

    raise typer.Exit(run_worker(settings, role.value))


def require_broker(broker_url: str) -> None:
    """End with 4 when there is no broker that this process could share with others."""
    from config.settings import EMBEDDED

    if broker_url == EMBEDDED:
        raise Failure(
            "set COPYDESK_BROKER_URL (redis://...), or run the whole stack with `copydesk up`",
            exit_codes.CONFIGURATION,
        )
