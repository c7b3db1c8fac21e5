"""``copydesk account``: does everything accepted add up?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure, UsageFailure
from workers.cli.options import Json, open_services
from workers.cli.output import note, write_json
from workers.cli.tables import account_line, print_account


def command(
    run: Annotated[str, typer.Option(help="Only this run, by its id.")] = "",
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
        from pipeline.store.ledger.accounting import account
        from pipeline.store.ledger.runs import find_run
        from pipeline.store.transactions import transact

        run_id = None
        if run:
            found = transact(services.engine, lambda c: find_run(c, run), read_only=True)
            if found is None:
                raise UsageFailure(f"there is no run {run}")
            run_id = found.id
        counted = transact(
            services.engine,
            lambda c: account(c, run_id=run_id, since=since, until=until),
            read_only=True,
        )
    if as_json:
        from workers.reports import account_values

        write_json(account_values(counted))
    else:
        print_account(counted)
        note(account_line(counted))
    if check and not counted.balances:
        raise Failure("the account does not balance", exit_codes.ITEMS_FAILED)


def _day(text: str) -> tuple[datetime | None, datetime | None]:
    if not text:
        return None, None
    try:
        since = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageFailure(f"{text!r} is no day like 2026-03-01") from error
    return since, since + timedelta(days=1)
