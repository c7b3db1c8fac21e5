"""``copydesk source check``: is every list there, is an article of it read well?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli import exit_codes
from workers.cli.following import require_contact
from workers.cli.options import Json, load_settings, open_services
from workers.cli.output import data_console, note, write_json
from workers.cli.source.known import asker_for, named

if TYPE_CHECKING:
    from workers.sources.checkup import Checked


def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="All active ones by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fetch each list once and read one article of it; nothing is stored.

    Says what is wrong and what to do about it. Ends with 3 when something is wrong.
    """
    from workers.sources.checkup import check_source

    settings = load_settings()
    require_contact(settings)
    with open_services(settings) as services:
        wanted = [one for one in named(services, names or []) if names or one.state == "active"]
        checked = []
        for one in wanted:
            note(f"checking {one.profile.name}")
            checked.append(check_source(asker_for(services, one), one.profile))
            if not as_json:
                _show(checked[-1])
    if as_json:
        write_json([_values(one) for one in checked])
    if not checked:
        note("no source is active; see `copydesk source list --all`")
    if not all(one.is_well for one in checked):
        raise typer.Exit(exit_codes.ITEMS_FAILED)


def _show(checked: Checked) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("list", "entries", "address", "problem", "what to do", box=None)
    for one in checked.lists:
        entries = "-" if one.problem else str(one.entries)
        table.add_row(
            one.kind, entries, Text(one.url), Text(one.problem or "-"), Text(one.todo or "-")
        )
    console = data_console()
    console.print(table)
    if checked.sample is not None:
        words = len(checked.sample.body_text.split())
        console.print(
            Text(
                f"an article: {checked.sample.headline or '-'} ({words} words) {checked.sample_url}"
            )
        )
    for problem in checked.problems:
        note(problem)


def _values(checked: Checked) -> dict[str, Any]:
    from pipeline.codec import to_plain

    sample = checked.sample
    return {
        "source": checked.profile.name,
        "well": checked.is_well,
        "lists": [to_plain(one) for one in checked.lists],
        "sample": None
        if sample is None
        else {
            "url": checked.sample_url,
            "headline": sample.headline,
            "published_at": sample.published_at,
            "words": len(sample.body_text.split()),
            "limits": list(sample.limits),
        },
        "problems": list(checked.problems),
    }
