"""``copydesk consumers list|reset|remove``: named readers of the change feed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.changes import seq_of
from workers.cli.failure import UsageFailure
from workers.cli.options import Json, open_services
from workers.cli.output import data_console, note, write_json
from workers.cli.tables import consumers_table

if TYPE_CHECKING:
    from pipeline.store.engine import Connection

command = typer.Typer(no_args_is_help=True, help="Named readers of the change feed, their lag.")

Name = Annotated[str, typer.Argument(help="The consumer's name, as `consumers list` shows it.")]


@command.command("list")
def list_(as_json: Json = False) -> None:
    """Show how far each consumer has come."""
    with open_services() as services:
        from pipeline.store.consumers import known_consumers
        from pipeline.store.transactions import transact

        found = transact(
            services.engine, lambda c: known_consumers(c, services.now()), read_only=True
        )
    if as_json:
        write_json([asdict(one) for one in found])
    else:
        data_console().print(consumers_table([asdict(one) for one in found]))


@command.command("reset")
def reset(
    name: Name,
    to: Annotated[str, typer.Option(help="The last seq to count as handled; `now`: all of them.")],
) -> None:
    """Move a consumer's cursor: back to read again, or on to skip."""
    with open_services() as services:
        from pipeline.store.consumers import reset_consumer
        from pipeline.store.events import last_seq
        from pipeline.store.transactions import transact

        def work(connection: Connection) -> tuple[bool, int]:
            seq = last_seq(connection) if to == "now" else seq_of(to)
            return reset_consumer(connection, name, seq, services.now()), seq

        found, seq = transact(services.engine, work)
    _require(found, name)
    note(f"{name} goes on after {seq}")


@command.command("remove")
def remove(name: Name) -> None:
    """Forget a consumer and its cursor."""
    with open_services() as services:
        from pipeline.store.consumers import remove_consumer
        from pipeline.store.transactions import transact

        found = transact(services.engine, lambda c: remove_consumer(c, name))
    _require(found, name)
    note(f"{name} is forgotten")


def _require(found: bool, name: str) -> None:
    if not found:
        raise UsageFailure(f"there is no consumer {name!r}; see `copydesk consumers list`")
