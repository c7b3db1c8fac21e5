"""``copydesk account``: does everything accepted add up?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure, UsageFailure
from workers.cli.options import Json, open_services
from workers.cli.output import note, write_json
from workers.cli.tables import account_line, print_account

if TYPE_CHECKING:
    from pipeline.store.engine import Connection
    from pipeline.store.ledger.accounting import Account


def command(
    run: Annotated[str, typer.Option(help="Only this run, by its id.")] = "",
    source: Annotated[str, typer.Option(help="Only this source, by its name.")] = "",
    day: Annotated[
        str, typer.Option(help="Only what was accepted on this day, YYYY-MM-DD UTC.")
    ] = "",
    check: Annotated[bool, typer.Option(help="End with 3 when it does not balance.")] = False,
    as_json: Json = False,
) -> None:
    """Show whether everything accepted adds up.

    accepted = stored + revised + unchanged + duplicate + dropped + dead + pending
    """
    since, until = _day(day)
    with open_services() as services:
        from pipeline.store.ledger.accounting import account, faults
        from pipeline.store.ledger.runs import find_run
        from pipeline.store.ledger.sources import find_source
        from pipeline.store.transactions import transact

        def read(connection: Connection) -> tuple[Account, list[str]]:
            scope: dict[str, Any] = {
                "run_id": None,
                "source_id": None,
                "since": since,
                "until": until,
            }
            if run:
                if (found := find_run(connection, run)) is None:
                    raise UsageFailure(f"there is no run {run}")
                scope["run_id"] = found.id
            if source:
                if (source_id := find_source(connection, source)) is None:
                    raise UsageFailure(f"there is no source {source!r}")
                scope["source_id"] = source_id
            return account(connection, **scope), faults(connection, **scope) if check else []

        counted, wrong = transact(services.engine, read, read_only=True)
    if as_json:
        from workers.reports import account_values

        write_json(account_values(counted) | ({"faults": wrong} if check else {}))
    else:
        print_account(counted)
        note(account_line(counted))
    if check and not counted.balances:
        wrong.insert(0, "the account does not balance")
    if wrong:
        raise Failure("; ".join(wrong), exit_codes.ITEMS_FAILED)


def _day(text: str) -> tuple[datetime | None, datetime | None]:
    if not text:
        return None, None
    try:
        since = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageFailure(f"{text!r} is no day like 2026-03-01") from error
    return since, since + timedelta(days=1)
