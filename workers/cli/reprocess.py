"""``copydesk reprocess``: read stored pages again, after a release or for a new source profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli import exit_codes
from workers.cli.failure import UsageFailure
from workers.cli.following import as_it_stands, report, wait_for
from workers.cli.moments import parse_moment
from workers.cli.options import Json, load_settings, open_services, require_data_dir
from workers.cli.output import data_console, note, progress_bar, write_json, write_line

if TYPE_CHECKING:
    from pipeline.store.ledger.rereading import WhichArticles
    from workers.wiring import Services

CURRENT = "current"


def command(
    urls: Annotated[
        list[str] | None, typer.Option("--url", help="Only this article; may be repeated.")
    ] = None,
    source: Annotated[str, typer.Option(help="Only articles of this source, by its name.")] = "",
    since: Annotated[
        str, typer.Option(help="Only articles first stored from then on: 2026-03-01, or 24h, 7d.")
    ] = "",
    extractor_older_than: Annotated[
        str,
        typer.Option(
            metavar="VERSION",
            help="Only what an older extractor read last: 2, copydesk-parse/2, or current.",
        ),
    ] = "",
    enricher_older_than: Annotated[
        str,
        typer.Option(
            metavar="NAME/VERSION",
            help="Only what an older version of this enricher saw: entities/2.",
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    examples: Annotated[
        int, typer.Option(min=0, max=100, help="With --dry-run: examples of each field.")
    ] = 3,
    processes: Annotated[
        int, typer.Option(min=0, max=256, help="With --dry-run: processes; 0 means one a core.")
    ] = 0,
    wait: Annotated[bool, typer.Option(help="Wait until every page has been read.")] = False,
    timeout: Annotated[
        float, typer.Option(min=0, help="Seconds to wait; 0 means as long as needed.")
    ] = 0,
    run_key: Annotated[
        str, typer.Option(help="Idempotency key: the same key goes on where it was cut off.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Read stored pages again, without network.

    With --dry-run it shows per field how many values would change. Without, the changes become
    revisions of kind extractor. Without a choice, all articles are read.
    """
    settings = load_settings()
    with open_services(settings) as services:
        which = _which(
            services, urls or [], source, since, extractor_older_than, enricher_older_than
        )
        if dry_run:
            _try(services, which, processes, examples, as_json)
            return
        require_data_dir(settings)
        asked = (*(urls or []), source, since, extractor_older_than, enricher_older_than)
        code = _apply(services, which, asked, run_key, wait, timeout, as_json)
    if code:
        raise typer.Exit(code)


def _apply(
    services: Services,
    which: WhichArticles,
    asked: tuple[str, ...],
    run_key: str,
    wait: bool,
    timeout: float,
    as_json: bool,
) -> int:
    from workers.rereading import accept_again
    from workers.waiting import WaitTimedOut

    with progress_bar() as bar:
        task = bar.add_task("pages handed in", total=None) if bar else None

        def show(accepted: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, completed=accepted)

        run = accept_again(services, which, asked, run_key=run_key or None, on_progress=show)
    counted = as_it_stands(services, run.id)
    note(f"run {run.public_id}: {counted.accepted} pages to read again")
    try:
        counted = wait_for(services, run.id, timeout) if wait else counted
    except WaitTimedOut as late:
        report(services, run, late.account, as_json)
        raise
    report(services, run, counted, as_json)
    return exit_codes.ITEMS_FAILED if wait and counted.dead else exit_codes.DONE


def _try(
    services: Services, which: WhichArticles, processes: int, examples: int, as_json: bool
) -> None:
    from pipeline.parse import EXTRACTOR
    from pipeline.store.ledger.rereading import article_count
    from pipeline.store.transactions import transact
    from workers.reading_trial import try_again

    total = transact(services.engine, article_count, read_only=True)
    with progress_bar() as bar:
        task = bar.add_task("pages", total=total) if bar else None

        def show(read: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, completed=read)

        findings = try_again(
            services, which, processes=processes, most_examples=examples, on_progress=show
        )
    values = {"extractor": EXTRACTOR} | findings.values()
    if as_json:
        write_json(values)
    else:
        _print(values)


def _print(values: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    pages = values["pages"]
    table = Table("field", "would change", "old", "new", box=None)
    for row in values["fields"]:
        share = f"{row['changed']} of {pages}"
        for number, example in enumerate(row["examples"] or [{"old": "", "new": ""}]):
            first = (row["field"], share) if number == 0 else ("", "")
            table.add_row(*first, *(Text(_shown(example[side])) for side in ("old", "new")))
    if values["fields"]:
        data_console().print(table)
    for row in values["reasons"]:
        write_line(f"{row['outcome']:10} {row['reason']:20} {row['count']}")
    note(
        f"{pages} pages read with {values['extractor']}: {values['revised']} would be revised, "
        f"{values['unchanged']} stay as they are, {values['dropped']} are left out, "
        f"{values['failed']} fail; nothing was changed"
    )


def _shown(value: Any) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    line = " ".join(text.split())
    return line if len(line) <= 48 else line[:47] + "…"


def _which(
    services: Services,
    urls: list[str],
    source: str,
    since: str,
    extractor: str,
    enricher: str,
) -> WhichArticles:
    from pipeline.parse import EXTRACTOR
    from pipeline.store.ledger.rereading import WhichArticles
    from pipeline.store.ledger.sources import find_source
    from pipeline.store.transactions import transact
    from pipeline.store.versions import split_version

    source_id = None
    if source:
        source_id = transact(services.engine, lambda c: find_source(c, source), read_only=True)
        if source_id is None:
            raise UsageFailure(f"there is no source {source!r}")
    if extractor == CURRENT:
        extractor = EXTRACTOR
    elif extractor and "/" not in extractor:
        extractor = f"{split_version(EXTRACTOR)[0]}/{extractor}"
    if extractor and not split_version(extractor)[1]:
        raise UsageFailure(f"{extractor!r} is no version; this one is {EXTRACTOR}")
    if enricher:
        _check_enricher(enricher)
    return WhichArticles(
        source_id=source_id,
        since=parse_moment(since, "--since"),
        urls=tuple(urls),
        extractor_older_than=extractor or None,
        enricher_older_than=enricher or None,
    )


def _check_enricher(text: str) -> None:
    from pipeline.enrich import ENRICHERS
    from pipeline.store.versions import split_version

    known = {one.name: one.version for one in ENRICHERS}
    name, number = split_version(text)
    if name not in known or not number:
        versions = ", ".join(f"{name}/{version}" for name, version in known.items())
        raise UsageFailure(f"{text!r} is no enricher's version; these are {versions}")
