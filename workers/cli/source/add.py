"""``copydesk source add``: a site's address to a source, by what the site itself offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure, UsageFailure
from workers.cli.following import require_contact
from workers.cli.options import Json, load_settings, open_services
from workers.cli.output import data_console, note, write_json
from workers.cli.source.known import asker_for

if TYPE_CHECKING:
    from workers.sources.survey import Survey
    from workers.wiring import Services


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="A home page, or a feed.")],
    name: Annotated[str, typer.Option(help="Its name here; the host by default.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Show what is found and keep nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Look at a site, show its feeds, sitemaps and sections, and keep them as a source.

    Asks for robots.txt, the page, and each feed, sitemap and section once, at the pace of the
    settings. Ends with 3 when nothing is found that lists articles.
    """
    settings = load_settings()
    require_contact(settings)
    with open_services(settings) as services:
        found = _survey(services, url, name)
        stored = not dry_run and not found.is_empty
        if stored:
            _keep(services, found)
        if as_json:
            write_json(_values(found, stored))
        else:
            _show(found, pushes=bool(settings.websub_callback_url))
            note(_said(found, stored))
    if found.is_empty:
        raise typer.Exit(exit_codes.ITEMS_FAILED)


def _survey(services: Services, url: str, name: str) -> Survey:
    from pipeline.errors import Drop
    from pipeline.sources import SourceError
    from workers.sources.survey import NothingThere, survey

    try:
        return survey(asker_for(services), url, name or None)
    except Drop as refusal:
        raise UsageFailure(f"{url} is no URL that can be asked for: {refusal.detail}") from refusal
    except SourceError as error:
        raise UsageFailure(str(error)) from error
    except NothingThere as error:
        raise Failure(str(error), exit_codes.ITEMS_FAILED) from error


def _keep(services: Services, found: Survey) -> None:
    from pipeline.store.engine import Connection
    from pipeline.store.ledger.source_states import keep_source, known_source
    from pipeline.store.transactions import transact

    profile = found.profile

    def work(connection: Connection) -> None:
        known = known_source(connection, profile.name)
        if known is not None and known.state != "removed":
            raise UsageFailure(
                f"source {profile.name!r} is known already (added {known.created_at:%Y-%m-%d}): "
                f"`copydesk source show {profile.name}`; give another name with --name, or remove "
                "it first"
            )
        keep_source(connection, profile, "added", services.now(), paused=False)

    transact(services.engine, work)


def _said(found: Survey, stored: bool) -> str:
    name = found.profile.name
    if found.is_empty:
        return (
            f"{found.profile.home}: no feed, no sitemap and no section was found; nothing is kept"
        )
    if not stored:
        return f"not kept (--dry-run): source {name!r}"
    return f"source {name!r} is kept; `copydesk source check {name}` looks at it again"


def _values(found: Survey, stored: bool) -> dict[str, Any]:
    from pipeline.codec import to_plain

    sample = found.sample
    return {
        "source": found.profile.name,
        "stored": stored,
        "profile": to_plain(found.profile),
        "found": [
            {"kind": f.kind, "url": f.url, "entries": f.entries, "title": f.title, "hub": f.hub}
            for f in found.findings
        ],
        "sample": None
        if sample is None
        else {"url": sample.url, "headline": sample.headline, "published_at": sample.published_at},
        "problems": list(found.problems),
    }


def _of_hub(pushes: bool) -> str:
    if pushes:
        return "it is asked to push once the feed has been polled"
    return "the feed is polled; set COPYDESK_WEBSUB_CALLBACK_URL to have it pushed"


def _show(found: Survey, *, pushes: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    console = data_console()
    about = Table(show_header=False, box=None)
    profile, sample = found.profile, found.sample
    for key in ("name", "publisher", "home", "language", "timezone"):
        about.add_row(key, Text(str(getattr(profile, key) or "-")))
    about.add_row("domains", Text(", ".join(profile.domains)))
    if sample is not None:
        about.add_row("an article", Text(f"{sample.headline} ({sample.url})"))
    console.print(about)
    table = Table("found", "entries", "address", "title", box=None)
    for one in found.findings:
        table.add_row(one.kind, str(one.entries), Text(one.url), Text(one.title))
    console.print(table)
    for one in found.findings:
        if one.hub:
            note(f"{one.url} names a WebSub hub, {one.hub}; {_of_hub(pushes)}")
    for problem in found.problems:
        note(f"not had: {problem}")
