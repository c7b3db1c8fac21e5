"""``copydesk demo``: the whole thing on a bundled site, offline."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure
from workers.cli.options import Json
from workers.cli.output import note, progress_bar, write_json, write_line
from workers.cli.tables import account_line, print_account, print_articles

if TYPE_CHECKING:
    from pipeline.store.ledger.accounting import Account


def command(as_json: Json = False) -> None:
    """Crawl a bundled news site, offline, with the real stack."""
    from config.logging import set_up_logging
    from config.settings import load
    from workers.demo.crawl import WAIT_SECONDS, crawl, demo_settings
    from workers.reports import account_values
    from workers.waiting import WaitTimedOut

    settings = demo_settings(load().settings)
    set_up_logging("WARNING", settings.log_format)
    with progress_bar() as bar:
        task = bar.add_task("articles", total=None) if bar else None

        def show(counted: Account) -> None:
            if bar is not None and task is not None:
                done = counted.accepted - counted.pending
                bar.update(task, total=counted.accepted, completed=done)

        try:
            result = crawl(settings, note, show)
        except WaitTimedOut as error:
            logs = Path(settings.data_dir) / "log"
            told = f"stopped waiting: {error} after {WAIT_SECONDS:.0f} s; the logs are in {logs}"
            raise Failure(told, exit_codes.TIMED_OUT) from error
    if as_json:
        values = account_values(result.account)
        write_json({"articles": result.articles, **values, "surprises": result.surprises})
    else:
        print_articles(result.articles)
        write_line("")
        print_account(result.account)
        write_line("")
        write_line(account_line(result.account))
        write_line("")
        write_line(_next_steps(settings.data_dir))
    for surprise in result.surprises:
        note(f"not as it must be: {surprise}")
    if result.surprises:
        raise typer.Exit(exit_codes.ITEMS_FAILED)


def _next_steps(data_dir: str) -> str:
    environment = f"COPYDESK_DATA_DIR={data_dir} COPYDESK_DATABASE_URL=sqlite:///{data_dir}"
    found = shutil.which("copydesk")
    path = "" if found else f'  export PATH="{Path(sys.executable).parent}:$PATH"\n'
    return f"""What next:
{path}  export {environment}/copydesk.db
  copydesk article                      the articles, and one of them by its id or URL
  copydesk explain URL                  the whole story of one address
  copydesk try PAGE.html --explain      where every value of a page comes from
  copydesk up                           the stack, for pages of your own"""
