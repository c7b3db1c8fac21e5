"""``copydesk ingest``: hand in URLs or stored pages, and wait for them if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure, UsageFailure
from workers.cli.options import Json, load_settings, open_services, require_data_dir
from workers.cli.output import note, progress_bar, write_json
from workers.cli.tables import account_line, print_account

if TYPE_CHECKING:
    from config.settings import Settings
    from pipeline.store.ledger.accounting import Account
    from workers.intake import Line
    from workers.wiring import Services


def command(
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL...")] = None,
    from_file: Annotated[
        str, typer.Option("--from", help="A file of URLs or stored pages, - for standard input.")
    ] = "",
    wait: Annotated[bool, typer.Option(help="Wait until every URL has ended.")] = False,
    timeout: Annotated[
        float, typer.Option(min=0, help="Seconds to wait; 0 means as long as needed.")
    ] = 0,
    run_key: Annotated[
        str, typer.Option(help="Idempotency key: the same key accepts nothing twice.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Accept URLs (or pages already fetched) in one run.

    With --wait and no stack or workers running, the embedded stack is started for as long as it
    takes.
    """
    lines = _lines(urls or [], from_file)
    settings = load_settings()
    with open_services(settings) as services:
        from workers.intake import accept_lines
        from workers.waiting import WaitTimedOut

        _refuse_without_contact(settings, lines)
        if wait or any(line.file is not None for line in lines):
            require_data_dir(settings)  # before anything is accepted
        run = accept_lines(services, lines, run_key=run_key or None)
        known = run.is_whole and not run.is_new
        note(_known(run.public_id) if known else f"run {run.public_id}: {len(lines)} accepted")
        try:
            counted = _wait(services, run.id, timeout) if wait else _now(services, run.id)
        except WaitTimedOut as late:
            _report(run.public_id, late.account, as_json)
            _note_who_is_missing(services)
            raise
        _report(run.public_id, counted, as_json)
    if wait and counted.dead:
        raise typer.Exit(exit_codes.ITEMS_FAILED)


def _known(run_id: str) -> str:
    return f"run {run_id}: this key was used before; nothing new is accepted"


def _lines(urls: list[str], from_file: str) -> list[Line]:
    from workers.intake import IntakeError, Line, read_lines

    if bool(urls) == bool(from_file):
        raise UsageFailure("give URLs, or --from FILE, and not both")
    try:
        lines = [Line(url) for url in urls] if urls else read_lines(from_file)
    except IntakeError as error:
        raise UsageFailure(str(error)) from error
    if not lines:
        raise UsageFailure(f"{from_file} holds no URL")
    return lines


def _refuse_without_contact(settings: Settings, lines: list[Line]) -> None:
    """The open web is asked for pages only by somebody who can be reached."""
    to_fetch = any(line.file is None for line in lines)
    if to_fetch and not settings.contact and not settings.fetch_allowed_networks:
        raise Failure(
            "set COPYDESK_CONTACT to a URL or e-mail where site owners can reach you; it is sent "
            "with every request",
            exit_codes.CONFIGURATION,
        )


def _now(services: Services, run_id: int) -> Account:
    from workers.waiting import run_account

    return run_account(services, run_id)


def _wait(services: Services, run_id: int, timeout: float) -> Account:
    from workers.embedded.borrowed import borrowed_stack
    from workers.waiting import wait_for_run

    with borrowed_stack(services) as stack, progress_bar() as bar:
        task = bar.add_task("articles", total=None) if bar else None

        def show(counted: Account) -> None:
            if stack is not None:
                stack.revive()
            if bar is not None and task is not None:
                done = counted.accepted - counted.pending
                bar.update(task, total=counted.accepted, completed=done)

        return wait_for_run(services, run_id, timeout or None, show)


def _note_who_is_missing(services: Services) -> None:
    """Say which workers are not there: the usual reason why a run does not end."""
    from workers.health import check

    for role in ("fetch", "cpu", "store", "dispatcher"):
        for problem in check(services, role).problems:
            note(f"{role}: {problem}")


def _report(run_id: str, counted: Account, as_json: bool) -> None:
    if as_json:
        from workers.reports import account_values

        write_json({"run": run_id, **account_values(counted)})
    else:
        print_account(counted)
        note(account_line(counted))
