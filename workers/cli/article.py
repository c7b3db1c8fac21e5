"""``copydesk article ID|URL``"""

from __future__ import annotations

from typing import Annotated

import typer

from workers.cli.failure import UsageFailure
from workers.cli.options import Json, open_services
from workers.cli.output import data_console, write_json
from workers.cli.revisions import print_diff, print_revisions
from workers.cli.tables import print_articles


def command(
    what: Annotated[
        str, typer.Argument(metavar="[ID|URL]", help="One article; without it the newest.")
    ] = "",
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, help="How many of the newest to list.")
    ] = 50,
    revisions: Annotated[
        bool, typer.Option("--revisions", help="List how it changed, and why.")
    ] = False,
    diff: Annotated[
        int | None, typer.Option(min=2, metavar="N", help="Show what revision N changed.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a stored article, how it changed, or list the newest ones."""
    if revisions or diff:
        _tell_changes(what, diff, as_json)
        return
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


def _tell_changes(what: str, diff: int | None, as_json: bool) -> None:
    if not what:
        raise UsageFailure("name the article whose revisions you want: its id or its URL")
    with open_services() as services:
        from pipeline.store.revisions import revision_diff, revisions_of
        from pipeline.store.transactions import transact

        rows = transact(services.engine, lambda c: revisions_of(c, what), read_only=True)
        if not rows:
            raise UsageFailure(f"no article has the id or the URL {what!r}; see `copydesk explain`")
        if not diff:
            write_json(rows) if as_json else print_revisions(rows)
            return
        found = transact(services.engine, lambda c: revision_diff(c, what, diff), read_only=True)
    if found is None:
        raise UsageFailure(f"there is no revision {diff}; the newest is {rows[-1]['revision']}")
    write_json(found) if as_json else print_diff(found)
