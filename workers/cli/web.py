"""``copydesk web``"""

from __future__ import annotations

from workers.cli import exit_codes
from workers.cli.failure import Failure
from workers.cli.options import load_settings, open_services


def command() -> None:
    """Serve triggers, health and metrics over HTTP until told to stop."""
    settings = load_settings()
    from workers.web.server import refuse_open_door, run_web

    refuse_open_door(settings)
    with open_services(settings):  # the database is there and its schema current
        pass
    try:
        run_web(settings)
    except OSError as error:
        where = f"{settings.web_host}:{settings.web_port}"
        hint = "change COPYDESK_WEB_HOST or COPYDESK_WEB_PORT"
        message = f"{where} cannot be served: {error.strerror or error}; {hint}"
        raise Failure(message, exit_codes.CONFIGURATION) from error
