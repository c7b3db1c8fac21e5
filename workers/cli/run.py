"""``copydesk run``: look at the lists of sources now, and wait for what is new if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli import exit_codes
from workers.cli.failure import UsageFailure
from workers.cli.following import require_contact, wait_for
from workers.cli.options import Json, load_settings, open_services, require_data_dir
from workers.cli.output import note, write_json
from workers.cli.tables import account_line, print_account

if TYPE_CHECKING:
    from pipeline.store.ledger.runs import Run
    from workers.wiring import Services


def command(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE...")] = None,
    due: Annotated[bool, typer.Option("--due", help="Every list whose time has come.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Every list of every source, due or not.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait until all of it has ended.")] = False,
    timeout: Annotated[
        float, typer.Option(min=0, help="Seconds to wait; 0 means as long as needed.")
    ] = 0,
    run_key: Annotated[
        str, typer.Option(help="Idempotency key: the same key crawls nothing twice.")
    ] = "",
    fail_on_nothing_new: Annotated[
        bool,
        typer.Option(help="With --wait: end with 99 when no article was stored or revised."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Crawl sources: read their feeds, sitemaps and pages, and ingest what is new there.

    With --wait and no stack or workers running, the embedded stack is started for as long as it
    takes.
    """
    if (bool(sources), due, everything).count(True) != 1:
        raise UsageFailure("give names of sources, or --due, or --all")
    if fail_on_nothing_new and not wait:
        raise UsageFailure("--fail-on-nothing-new needs --wait: before the end nobody knows")
    settings = load_settings()
    with open_services(settings) as services:
        from workers.crawl import CrawlRefused, start_crawl
        from workers.waiting import WaitTimedOut

        require_contact(settings)
        if wait:
            require_data_dir(settings)
        try:
            names = sources or ("due" if due else "all")
            run = start_crawl(services, names, run_key=run_key or None)
        except CrawlRefused as error:
            raise UsageFailure(str(error)) from error
        note(f"run {run.public_id}" + ("" if run.is_new else ": this key was used before"))
        try:
            if wait:
                wait_for(services, run.id, timeout)
        except WaitTimedOut:
            _report(services, run, as_json)
            raise
        found = _report(services, run, as_json)
    if wait and (found["dead"] or found["lists"]["failed"]):
        raise typer.Exit(exit_codes.ITEMS_FAILED)
    if fail_on_nothing_new and not found["stored"] + found["revised"]:
        raise typer.Exit(exit_codes.NOTHING_NEW)


def _report(services: Services, run: Run, as_json: bool) -> dict[str, Any]:
    from workers.reports import run_values
    from workers.waiting import run_account

    found = run_values(services, run)
    if as_json:
        write_json(found)
        return found
    counted = run_account(services, run.id)
    if counted.accepted:
        print_account(counted)
    note(lists_line(found["lists"]))
    note(account_line(counted))
    for failed in found["lists"]["failures"]:
        note(f"{failed['source']}: {failed['url']}: {failed['reason']}")
    return found


def lists_line(found: dict[str, Any]) -> str:
    """What the lists of a run gave, as one line."""
    ends = ("listed", "unchanged", "failed", "under_way", "pending")
    parts = " + ".join(f"{found[name]} {name.replace('_', ' ')}" for name in ends)
    gaps = f"; {found['gaps']} rolled over since their last poll" if found["gaps"] else ""
    left = f", {found['left_over']} left for the next poll" if found["left_over"] else ""
    told = f"{found['entries']} entries, {found['fresh']} new{left}{gaps}"
    return f"{found['polls']} lists = {parts}; {told}"
