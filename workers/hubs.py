"""Hubs are asked to push (W3C WebSub): the dispatcher says which, a fetch worker asks.

Only fetch workers have a way out. The row says that the hub was asked before the message is sent:
one that is lost, or a worker that dies, costs the list a request, and the next is planned already.
"""

from __future__ import annotations

import logging
import re
import time
from datetime import datetime, timedelta

from celery import Celery

from pipeline.errors import Drop, Outcome, TryLater
from pipeline.store.engine import Connection
from pipeline.store.ledger.hub_requests import (
    Asking,
    anything_to_ask,
    claim_asking,
    note_refused,
    note_unanswered,
    still_asking,
)
from pipeline.store.transactions import transact
from workers.broker import BrokerUnavailable, connection_errors
from workers.chain import ASK_HUB
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services

log = logging.getLogger(__name__)
LOOK_SECONDS = 10.0
BUSY_SECONDS = 1.0
"""Until the next look after one that found something: a hub may know many of our lists, and is
asked for one at its turn."""
LEASE_WANTED = timedelta(days=10)


class Hubs:
    """The dispatcher's part, called at every pass; looks at the clock itself."""

    def __init__(self, services: Services, app: Celery) -> None:
        self._services = services
        self._app = app
        self._next = time.monotonic()

    def when_due(self) -> None:
        """Send what is to be asked now. Raises ``BrokerUnavailable``."""
        if not self._services.settings.websub_callback_url or time.monotonic() < self._next:
            return
        found = self._claim()
        self._next = time.monotonic() + (BUSY_SECONDS if found else LOOK_SECONDS)
        for one in found:
            try:
                args = (one.subscription_id, one.asked_at.isoformat())
                self._app.send_task(ASK_HUB, args, queue="fetch", ignore_result=True)
            except connection_errors(self._app) as error:
                raise BrokerUnavailable(str(error)) from error

    def _claim(self) -> list[Asking]:
        now, engine = self._services.now(), self._services.engine
        # Most looks find nothing, and reading takes no lock from those who write.
        if not transact(engine, lambda c: anything_to_ask(c, now), read_only=True):
            return []
        return transact(engine, lambda c: claim_asking(c, now))


def ask_hub(services: Services, subscription_id: int, asked_at: str) -> None:
    """The fetch worker's part: send the request, unless the hub has answered it already."""
    at, patience = datetime.fromisoformat(asked_at), DATABASE_PATIENCE_SECONDS
    asking = transact(
        services.engine,
        lambda c: still_asking(c, subscription_id, at),
        read_only=True,
        patience_seconds=patience,
    )
    base = services.settings.websub_callback_url.rstrip("/")
    if asking is None or not base:
        return
    try:
        services.client.post_form(asking.hub, _form(asking, f"{base}/websub/{asking.token}"))
    except (TryLater, Drop) as error:
        failure, told = error, _without_token(str(error), asking.token)
        log.warning("hub %s was asked for %s: %s", asking.hub, asking.topic, told)
        transact(
            services.engine,
            lambda c: _note(c, asking, failure, told, services.now()),
            patience_seconds=patience,
        )


def _form(asking: Asking, callback: str) -> dict[str, str]:
    return {
        "hub.mode": "subscribe",
        "hub.topic": asking.topic,
        "hub.callback": callback,
        "hub.lease_seconds": str(int(LEASE_WANTED.total_seconds())),
        "hub.secret": asking.secret,
        "hub.verify": "async",  # hubs of PubSubHubbub 0.3 insist on it; later ones pass it over
    }


def _without_token(told: str, token: str) -> str:
    """A hub may lead back to the callback; the end of a long address may have been cut off."""
    hidden = told.replace(token, "…")
    return re.sub(r"(?i)((?:/|%2f)websub(?:/|%2f))[\w-]+", r"\1…", hidden)


def _note(
    connection: Connection, asking: Asking, failure: Outcome, told: str, now: datetime
) -> None:
    if isinstance(failure, TryLater):
        after = failure.after if failure.host_wide else None
        note_unanswered(connection, asking, told, now, after)
    else:
        note_refused(connection, asking, told, now)
