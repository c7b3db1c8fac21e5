"""Options that several commands share, and the services they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure

if TYPE_CHECKING:
    from config.settings import Settings
    from workers.wiring import Services

Json = Annotated[bool, typer.Option("--json", help="Write JSON instead of a table.")]


def load_settings() -> Settings:
    """The settings, with logging set up by them."""
    from config.logging import set_up_logging
    from config.settings import load

    settings = load().settings
    set_up_logging(settings.log_level, settings.log_format)
    return settings


@contextmanager
def open_services(settings: Settings | None = None) -> Iterator[Services]:
    """Services on a database whose schema is current, closed afterwards.

    The embedded default is made on first use; any other database is left to ``db upgrade``.
    """
    from pipeline.store import schema
    from pipeline.store.transactions import transact
    from workers.wiring import bootstrap

    settings = settings or load_settings()
    with naming_settings():
        services = bootstrap(settings)
    try:
        with naming_settings():
            transact(services.engine, lambda connection: None, patience_seconds=3)
            if not schema.is_current(services.engine):
                if not settings.database_url.startswith("sqlite"):
                    message = "the database's schema is not current; run `copydesk db upgrade`"
                    raise Failure(message, exit_codes.CONFIGURATION)
                schema.upgrade(services.engine)
        yield services
    finally:
        services.close()


@contextmanager
def naming_settings() -> Iterator[None]:
    """Turn a place that cannot be used into a failure that names the setting to change."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        hint = "change COPYDESK_DATA_DIR or COPYDESK_DATABASE_URL"
        raise Failure(f"{where}; {hint}", exit_codes.CONFIGURATION) from error


def require_data_dir(settings: Settings) -> None:
    """End with 4 when raw pages could not be written."""
    from pathlib import Path
    from tempfile import TemporaryFile

    with naming_settings():
        Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=settings.data_dir):
            pass
