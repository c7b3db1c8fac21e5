"""``copydesk search QUERY``"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.failure import UsageFailure
from workers.cli.moments import parse_moment
from workers.cli.options import Json, open_services
from workers.cli.output import data_console, moment, note, write_json

if TYPE_CHECKING:
    from pipeline.store.filters import Filters
    from pipeline.store.searching import Found, Hit

Publisher = Annotated[str, typer.Option(help="Of one publisher: its domain or name.")]
Language = Annotated[str, typer.Option(help="In one language; pt includes pt-BR.")]
Since = Annotated[
    str, typer.Option(help="From then on: 2026-03-01, a moment (UTC), or 24h, 7d ago.")
]
Until = Annotated[str, typer.Option(help="Before then.")]
Cites = Annotated[str, typer.Option(help="Leaning on this outlet: its domain or name.")]
ArticleType = Annotated[str, typer.Option("--type", help="news, opinion, live, gallery, video.")]


def command(
    query: Annotated[
        str, typer.Argument(help='Words (all of them), "a phrase", -without, begin*')
    ] = "",
    publisher: Publisher = "",
    language: Language = "",
    since: Since = "",
    until: Until = "",
    cites: Cites = "",
    article_type: ArticleType = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most hits.")] = 20,
    after: Annotated[
        str, typer.Option(help="The cursor that the page before this one ended with.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Search the stored articles. Without a query: what the options allow, newest first.

    Write -- before a query that begins with a minus.
    """
    from pipeline.search import parse_query

    filters = filters_from(publisher, language, since, until, cites, article_type)
    asked = parse_query(query)
    if asked.ignored:
        note("the query is too long; its end was left out")
    with open_services() as services:
        from pipeline.store.searching import BadCursor, search
        from pipeline.store.transactions import transact

        try:
            found = transact(
                services.engine,
                lambda c: search(c, asked, filters, limit=limit, after=after or None),
                read_only=True,
            )
        except BadCursor as error:
            raise UsageFailure(f"--after: {error}") from error
    if as_json:
        write_json({"hits": [_values(hit) for hit in found.hits], "next": found.next})
    else:
        _print(found)


def filters_from(
    publisher: str, language: str, since: str, until: str, cites: str, article_type: str
) -> Filters:
    """The filters of a command line; what was not given is not asked for."""
    from pipeline.store.filters import Filters
    from pipeline.store.tables.articles import TYPES

    if article_type and article_type not in TYPES:
        raise UsageFailure(f"--type {article_type!r}: use one of {', '.join(TYPES)}")
    return Filters(
        publisher=publisher or None,
        language=language or None,
        since=parse_moment(since, "--since"),
        until=parse_moment(until, "--until"),
        cites=cites or None,
        article_type=article_type or None,
    )


def _values(hit: Hit) -> dict[str, Any]:
    from dataclasses import asdict

    values = asdict(hit)
    shown = values.pop("snippet")
    return {**values, "snippet": shown["text"], "marks": shown["marks"]}


def _print(found: Found) -> None:
    from rich.text import Text

    console = data_console()
    for hit in found.hits:
        withdrawn = Text("  withdrawn", style="red") if hit.withdrawn_at else Text()
        console.print(Text(hit.headline or "-", style="bold") + withdrawn)
        console.print(Text(f"{moment(hit.time)}  {hit.publisher}  {hit.url}", style="dim"))
        line = Text(hit.snippet.text)
        for start, end in hit.snippet.marks:
            line.stylize("reverse", start, end)
        console.print(line)
        console.print()
    if not found.hits:
        note("nothing found")
    if found.next:
        note(f"more: --after {found.next}")
