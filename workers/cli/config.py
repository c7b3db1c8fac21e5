"""``copydesk config show|check``"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

import typer

from workers.cli.options import Json
from workers.cli.output import data_console, note, write_json

command = typer.Typer(no_args_is_help=True, help="Show or check the settings.")


@command.command("show")
def show(
    origin: Annotated[
        bool, typer.Option("--origin", help="Say where each value came from.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show every setting and its value; tokens and passwords in URLs are masked."""
    from config.settings import describe, load

    loaded = load()
    rows = [
        {
            "name": name,
            "environment": environment,
            "value": _masked(name, getattr(loaded.settings, name)),
            "origin": loaded.origins[name],
            "meaning": meaning,
        }
        for name, environment, _default, meaning in describe()
    ]
    if as_json:
        write_json(rows)
        return
    from rich.table import Table

    table = Table("setting", "value", *(["origin"] if origin else []), "meaning", box=None)
    for row in rows:
        shown = [row["origin"]] if origin else []
        table.add_row(row["name"], str(row["value"]), *shown, row["meaning"])
    data_console().print(table)


@command.command("check")
def check() -> None:
    """Read the settings; end with 4 when one of them cannot be used."""
    from config.settings import load

    load()
    note("the settings are usable")


def _masked(name: str, value: Any) -> Any:
    if name.endswith("_token") and value:
        return "***"
    if not isinstance(value, str) or "@" not in value or "://" not in value:
        return list(value) if isinstance(value, tuple) else value
    parts = urlsplit(value)
    if parts.password is None:
        return value
    user = f"{parts.username}:***@{parts.hostname or ''}"
    return urlunsplit(parts._replace(netloc=user + (f":{parts.port}" if parts.port else "")))
