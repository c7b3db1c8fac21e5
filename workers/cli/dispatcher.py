"""``copydesk dispatcher``"""

from __future__ import annotations

from workers.cli.options import load_settings
from workers.cli.worker import require_broker


def command() -> None:
    """Send due jobs to the workers until told to stop. Any number may run."""
    settings = load_settings()
    require_broker(settings.broker_url)
    from workers.dispatcher import run_dispatcher

    run_dispatcher(settings)
