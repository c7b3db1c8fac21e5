"""``copydesk ingest``: hand in URLs or stored pages, and wait for them if wanted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import exit_codes
from workers.cli.archives import archive_values, note_archive
from workers.cli.failure import UsageFailure
from workers.cli.following import (
    as_it_stands,
    report,
    require_contact,
    wait_for,
)
from workers.cli.options import Json, load_settings, open_services, require_data_dir
from workers.cli.output import note

if TYPE_CHECKING:
    from workers.intake import Line


def command(
    urls: Annotated[list[str] | None, typer.Argument(metavar="URL...")] = None,
    from_file: Annotated[
        str, typer.Option("--from", help="A file of URLs or stored pages, - for standard input.")
    ] = "",
    warc: Annotated[
        list[Path] | None,
        typer.Option(help="A web archive (WARC, also .gz); its HTML pages are taken. Repeatable."),
    ] = None,
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
    if warc and (urls or from_file):
        raise UsageFailure("give URLs, --from FILE or --warc FILE, and only one of them")
    lines = [] if warc else _lines(urls or [], from_file)
    settings = load_settings()
    with open_services(settings) as services:
        from workers.intake import accept_lines
        from workers.waiting import WaitTimedOut

        if any(line.file is None for line in lines):
            require_contact(settings)
        if warc or wait or any(line.file is not None for line in lines):
            require_data_dir(settings)  # before anything is accepted
        archive = None
        if warc:
            from workers.warc_intake import accept_warcs

            run, archive = accept_warcs(services, warc, run_key or None)
        else:
            run = accept_lines(services, lines, run_key=run_key or None)
        known = run.is_whole and not run.is_new
        number = archive.pages if archive else len(lines)
        note(_known(run.public_id) if known else f"run {run.public_id}: {number} accepted")
        if archive:
            note_archive(archive)
        more = {"warc": archive_values(archive)} if archive else None
        try:
            counted = (
                wait_for(services, run.id, timeout) if wait else as_it_stands(services, run.id)
            )
        except WaitTimedOut as late:
            report(services, run, late.account, as_json, more)
            raise
        report(services, run, counted, as_json, more)
    if (wait and counted.dead) or (archive and archive.damaged):
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
