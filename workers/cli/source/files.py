"""``copydesk source import|export``: sources from files and to them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.cli.failure import UsageFailure
from workers.cli.options import Json, open_services
from workers.cli.output import note, write_json, write_line
from workers.cli.source.known import named


def import_files(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="TOML files, directories of them, OPML, CSV."),
    ],
    dry_run: Annotated[bool, typer.Option(help="Read and check everything, keep nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Keep the sources that files describe; those of the same name get the new description.

    Everything is read and checked first: with one fault nothing is kept, and every fault is told.
    """
    from pipeline.sources import SourceError
    from pipeline.store.engine import Connection
    from pipeline.store.ledger.source_states import keep_source, known_sources
    from pipeline.store.transactions import transact
    from workers.sources.files import read_sources

    try:
        found = read_sources(paths)
    except SourceError as error:
        raise UsageFailure(f"nothing is imported:\n{error}") from error
    with open_services() as services:

        def work(connection: Connection) -> set[str]:
            known = {one.profile.name for one in known_sources(connection, removed=True)}
            if not dry_run:
                for one in found:
                    now = services.now()
                    keep_source(connection, one.profile, "imported", now, paused=one.paused)
            return known

        known = transact(services.engine, work)
    names = [one.profile.name for one in found]
    added, changed = [n for n in names if n not in known], [n for n in names if n in known]
    if as_json:
        write_json({"stored": not dry_run, "added": added, "changed": changed})
        return
    done = "would be" if dry_run else "are"
    note(f"{len(added)} sources {done} added, {len(changed)} {done} described anew")


def export(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="All of them by default.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="A directory: one file a source.")] = None,
) -> None:
    """Write sources as TOML, to standard output or one file a source; `import` reads them back."""
    from pipeline.sources import Described, write_toml
    from workers.sources.files import write_sources

    with open_services() as services:
        found = named(services, names or [])
    described = [Described(one.profile, one.state == "paused") for one in found]
    if to is not None:
        written = write_sources(to, described)
        note(f"{len(written)} files written to {to}")
        return
    if len(described) > 1:
        raise UsageFailure("several sources need a directory: --to DIRECTORY")
    for one in described:
        write_line(write_toml(one.profile, paused=one.paused).rstrip("\n"))
