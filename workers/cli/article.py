"""``copydesk article ID|URL``"""

from __future__ import annotations

from typing import Annotated

import typer

from workers.cli.failure import UsageFailure
from workers.cli.options import Json, open_services
from workers.cli.output import data_console, write_json
from workers.cli.tables import print_articles


def command(
    what: Annotated[
        str, typer.Argument(metavar="[ID|URL]", help="One article; without it the newest.")
    ] = "",
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, help="How many of the newest to list.")
    ] = 50,
    as_json: Json = False,
) -> None:
    """Show a stored article, or list the newest ones."""
    with open_services() as services:
        from pipeline.store.reading import find_article, newest_articles
        from pipeline.store.transactions import transact

        if not what:
            rows = transact(services.engine, lambda c: newest_articles(c, limit), read_only=True)
            if as_json:
                write_json(rows)
            else:
                print_articles(rows)
            return
        found = transact(services.engine, lambda c: find_article(c, what), read_only=True)
    if found is None:
        raise UsageFailure(f"no article has the id or the URL {what!r}; see `copydesk explain`")
    if as_json:
        write_json(found)
        return
    console = data_console()
    for name, value in found.items():
        if name not in ("body_text", "blocks", "evidence", "links", "entities") and value:
            console.print(f"{name:22} {value}", markup=False, highlight=False)
    console.print()
    console.print(found["body_text"], markup=False, highlight=False)
