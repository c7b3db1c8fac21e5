"""``copydesk source list|show``: what is known of sources, and how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.options import Json, open_services
from workers.cli.output import data_console, moment, note, plain, write_json, write_line
from workers.cli.source.known import named

if TYPE_CHECKING:
    from pipeline.store.ledger.source_states import KnownList, KnownSource


def list_sources(
    everything: Annotated[bool, typer.Option("--all", help="Those that were removed too.")] = False,
    as_json: Json = False,
) -> None:
    """Every source by name, with its state and the number of its lists."""
    from rich.table import Table
    from rich.text import Text

    from pipeline.store.ledger.source_states import active_lists
    from pipeline.store.transactions import transact

    with open_services() as services:
        found = named(services, [], removed=everything)
        ids = [one.source_id for one in found]
        counted = transact(services.engine, lambda c: active_lists(c, ids), read_only=True)
    if as_json:
        write_json([_values(one) | {"lists": counted.get(one.source_id, 0)} for one in found])
        return
    if not found:
        note("no source is known; `copydesk source add URL` finds one")
        return
    table = Table("name", "state", "lists", "publisher", "home", box=None)
    for one in found:
        profile = one.profile
        table.add_row(
            Text(profile.name),
            one.state,
            str(counted.get(one.source_id, 0)),
            Text(profile.publisher or "-"),
            Text(profile.home or "-"),
        )
    data_console().print(table)


def show(
    name: Annotated[str, typer.Argument(help="The source's name.")], as_json: Json = False
) -> None:
    """One source whole: profile, state, lists and their polls, how its articles ended."""
    from pipeline.codec import to_plain
    from pipeline.store.ledger.notices import standing_notices
    from pipeline.store.ledger.source_states import known_lists, outcomes_of
    from pipeline.store.transactions import transact

    with open_services() as services:
        [one] = named(services, [name], removed=True)
        lists, ended, notices = transact(
            services.engine,
            lambda c: (
                known_lists(c, one.source_id, services.now()),
                outcomes_of(c, one.source_id),
                standing_notices(c, one.source_id),
            ),
            read_only=True,
        )
    if as_json:
        values = _values(one) | {"profile": to_plain(one.profile), "articles": ended}
        values["lists"] = [to_plain(each) for each in lists]
        values["notices"] = [to_plain(each) for each in notices]
        write_json(values)
        return
    _print(one, lists, ended, pushes=bool(services.settings.websub_callback_url))
    for one_list in lists:
        if one_list.push_reason:
            note(f"hub {one_list.hub} ({one_list.push}): {plain(one_list.push_reason)}")
    for each in notices:
        about = plain(f"{each.detail} {each.about}").rstrip()
        note(f"{each.kind} since {moment(each.raised_at)}: {about}")


def _print(
    one: KnownSource, lists: list[KnownList], ended: dict[str, int], *, pushes: bool
) -> None:
    from rich.table import Table
    from rich.text import Text

    from pipeline.sources import write_toml

    console = data_console()
    write_line(write_toml(one.profile, paused=one.state == "paused"))
    since = f" since {moment(one.since)}" if one.since else ""
    console.print(Text(f"{one.state}{since}{f': {one.reason}' if one.reason else ''}"))
    counted = ", ".join(f"{number} {outcome}" for outcome, number in sorted(ended.items()))
    console.print(Text(f"articles: {counted or 'none yet'}"))
    columns = ("list", "next look (UTC)", "last answer", "last new", "state", "pushed", "url")
    table = Table(*columns, box=None)
    for each in lists:
        state = each.disabled_reason or (f"{each.failures} failures" if each.failures else "well")
        table.add_row(
            each.kind,
            moment(each.next_due),
            moment(each.last_listed_at),
            moment(each.last_new_at),
            state,
            _pushed(each, pushes),
            Text(each.url),
        )
    console.print(table)


def _pushed(each: KnownList, pushes: bool) -> str:
    """How it stands with the list's hub, in a few words."""
    if each.push is None:
        return "-"
    if each.pushed_until is not None:
        return f"until {moment(each.pushed_until)}"
    return each.push if pushes else "off"


def _values(one: KnownSource) -> dict[str, Any]:
    return {
        "name": one.profile.name,
        "state": one.state,
        "reason": one.reason,
        "since": one.since,
        "origin": one.origin,
        "publisher": one.profile.publisher,
        "home": one.profile.home,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }
