"""``copydesk source``: the sites to crawl, as data."""

from __future__ import annotations

import typer

from workers.cli.source import add, check, files, show, state

command = typer.Typer(no_args_is_help=True, help="The sites to crawl: find, check, keep, export.")
command.command("add")(add.add)
command.command("list")(show.list_sources)
command.command("show")(show.show)
command.command("check")(check.check)
command.command("pause")(state.pause)
command.command("resume")(state.resume)
command.command("remove")(state.remove)
command.command("import")(files.import_files)
command.command("export")(files.export)
