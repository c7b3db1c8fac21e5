"""``copydesk db upgrade|check|reindex|backup|prune``"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure, UsageFailure
from workers.cli.options import Json, load_settings, open_services
from workers.cli.output import note, write_json, write_line

command = typer.Typer(
    no_args_is_help=True, help="Bring the database up, check it, back it up, delete what is over."
)

REINDEX_AT_ONCE = 200
"""Articles per transaction: other writers wait for tenths of a second."""


@command.command("upgrade")
def upgrade() -> None:
    """Bring the schema to this version. Safe to run again, and by several at once."""
    from pipeline.store import schema
    from pipeline.store.transactions import transact
    from workers.wiring import bootstrap

    settings = load_settings()
    services = bootstrap(settings)
    # One container may start before the database does.
    patience = settings.start_patience_seconds
    transact(services.engine, lambda connection: None, patience_seconds=patience)
    schema.upgrade(services.engine)
    note(f"the schema is at {schema.check(services.engine).current}")
    services.close()


@command.command("check")
def check(as_json: Json = False) -> None:
    """Say whether the schema is current; end with 4 when it is not."""
    from pipeline.store import schema
    from pipeline.store.transactions import transact
    from workers.wiring import bootstrap

    services = bootstrap(load_settings())
    transact(services.engine, lambda connection: None)
    state = schema.check(services.engine)
    services.close()
    if as_json:
        write_json({"current": state.current, "head": state.head, "pending": state.pending})
    else:
        write_line(f"schema {state.current or 'missing'}, newest {state.head}")
    if not state.is_current:
        message = "the schema is not current; run `copydesk db upgrade`"
        raise Failure(message, exit_codes.CONFIGURATION)


@command.command("reindex")
def reindex(
    rebuild: Annotated[bool, typer.Option("--all", help="Empty the index first.")] = False,
) -> None:
    """Let `copydesk search` find what its index does not know yet: what was stored before there
    was an index. Safe while work goes on, and to run again."""
    from pipeline.store.search_index import forget_all, index_missing
    from pipeline.store.transactions import transact

    with open_services() as services:
        if rebuild:
            transact(services.engine, forget_all)
        total = 0
        while found := transact(services.engine, lambda c: index_missing(c, REINDEX_AT_ONCE)):
            total += found
    note(f"{total} articles indexed")


@command.command("backup")
def backup(target: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Copy the database to a file while it is in use: SQLite by itself, PostgreSQL by pg_dump."""
    from workers.backup import BackupFailed, back_up

    settings = load_settings()
    try:
        size = back_up(settings.database_url, target)
    except BackupFailed as error:
        raise UsageFailure(str(error)) from error
    note(f"{target}: {size:,} bytes. Raw pages lie in {settings.data_dir}/raw")


@command.command("prune")
def prune(as_json: Json = False) -> None:
    """Delete raw pages whose days are over (COPYDESK_RAW_DAYS, COPYDESK_RAW_NOARCHIVE_DAYS).

    Never one that a job under way or a dead letter needs. Rows keep the hash and say when the
    file went. The dispatcher does the same every hour.
    """
    from pipeline.store.retention import Pruned, prune_leftovers
    from pipeline.store.retention import prune as prune_pages
    from workers.wiring import retention

    settings = load_settings()
    with open_services(settings) as services:
        done = Pruned()
        while (
            part := prune_pages(
                services.engine, services.raw_pages, retention(settings), services.now()
            )
        ).pages:
            done += part
        left = prune_leftovers(services.engine, services.raw_pages)
    if as_json:
        write_json(
            {
                "pages": done.pages,
                "bytes": done.stored_bytes + left.stored_bytes,
                "missing": part.missing,
                "leftovers": left.pages,
            }
        )
        return
    note(f"{done.pages} raw pages deleted, {done.stored_bytes:,} bytes; {left.pages} leftovers")
    if part.missing:
        note(f"{part.missing} more are over and have no file in {settings.data_dir}/raw")


@command.command("reader-role")
def reader_role(
    name: Annotated[str, typer.Argument(help="The role, for example news_reader.")],
) -> None:
    """Make a PostgreSQL role that reads the views of news_v1, nothing else. Safe to repeat."""
    with open_services() as services:
        from pipeline.store.engine import sqlite_path
        from pipeline.store.reader_role import MayNotCreateRoles, make_reader_role
        from pipeline.store.transactions import transact

        if sqlite_path(services.settings.database_url) is not None:
            hint = "open the file read-only instead: sqlite3 'file:PATH?mode=ro'"
            raise UsageFailure(f"SQLite has no roles; {hint}")
        try:
            is_new = transact(services.engine, lambda c: make_reader_role(c, name))
        except MayNotCreateRoles as error:
            hint = "run this once with COPYDESK_DATABASE_URL of the views' owner who has CREATEROLE"
            raise Failure(f"{error}; {hint}", exit_codes.CONFIGURATION) from error
    note(f"{name} {'made' if is_new else 'was there'}: it reads the views of news_v1, nothing else")
