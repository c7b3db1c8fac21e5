"""The dispatcher: due jobs to chains, and what was lost on the way back to waiting.

The broker holds only what runs soon (``window``); a backlog of a million URLs waits in SQL.
Any number of dispatchers may run: each change is a compare-and-set on the row as it was read.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from datetime import timedelta

from celery import Celery

from config.settings import Settings
from pipeline.store.engine import Connection
from pipeline.store.ledger import dispatch
from pipeline.store.ledger.heartbeats import forget_silent
from pipeline.store.transactions import DatabaseUnavailable, transact
from workers.app import make_app
from workers.broker import (
    BrokerUnavailable,
    connection_errors,
    mend_transport,
    messages_held,
    wait_until_up,
)
from workers.chain import send_chain
from workers.crawl import Crawls
from workers.heartbeat import Heartbeat
from workers.hubs import Hubs
from workers.pruning import Pruning
from workers.rechecks import Rechecks
from workers.taking import Found, Sending, look, take
from workers.tasks import register
from workers.wiring import Services, bootstrap

log = logging.getLogger(__name__)
SWEEPS_PER_LOSS = 6.0
"""Sweeps in the time after which a message may count as lost."""
LEAST_PAUSE_SECONDS = 0.01
FORGET_AFTER = timedelta(minutes=15)
"""How long a worker that died stays in the list: long enough to be seen."""

LONGEST_RETRY = 1.5
"""Of the cap of retries: with its jitter a wait of ours is shorter."""
LEAST_LONGEST_WAIT_SECONDS = 660.0
"""A robots.txt that could not be read is asked for again after ten minutes (RFC 9309 leaves it to
us), whatever the cap."""
TAKE_PATIENCE_SECONDS = 5.0
"""Two dispatchers that want the same rows may wait for each other; PostgreSQL then tells one of
them, after a second, to try again."""
REFILL_SECONDS = 0.1
"""Longest pause while more is due than the window holds: workers must not run dry."""


def run_dispatcher(settings: Settings) -> None:
    """A dispatcher process: pass after pass until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services = bootstrap(settings, concurrency=2)
    mend_transport()
    app = make_app(settings)
    wait_until_up(app, settings.start_patience_seconds)
    register(app, lambda: services)
    dispatcher = Dispatcher(services, app)
    heartbeat = Heartbeat(services, "dispatcher", lambda: dispatcher.passes)
    heartbeat.start()
    try:
        dispatcher.run(stop)
    finally:
        heartbeat.stop()
        services.close()


class Dispatcher:
    """One loop. ``run`` returns when ``stop`` is set; a pass may also be made by hand."""

    def __init__(self, services: Services, app: Celery) -> None:
        self._services = services
        self._app = app
        self._broker_errors = connection_errors(app)
        self._next_sweep = time.monotonic()
        self._rechecks = Rechecks(services)
        self._crawls = Crawls(services)
        self._hubs = Hubs(services, app)
        self._pruning = Pruning(services)
        self.passes = 0

    def run(self, stop: threading.Event) -> None:
        """Pass after pass; a database or broker that is away is waited for, never given up."""
        while not stop.is_set():
            try:
                self.sweep_when_due()
                self._pruning.when_due()
                self._rechecks.when_due()
                self._crawls.when_due()
                self._hubs.when_due()
                pause = self.dispatch()
                self.passes += 1
            except (DatabaseUnavailable, BrokerUnavailable) as error:
                log.warning("dispatcher waits: %s", error)
                pause = 2.0
            stop.wait(pause)

    def dispatch(self) -> float:
        """Send what is due and fits the window; seconds until the next pass is worth it."""
        settings, now = self._services.settings, self._services.now()
        # Most passes find little or nothing, and reading takes no lock from those who write.
        found = transact(
            self._services.engine, lambda c: look(c, settings, now), read_only=True, atomic=False
        )
        if not found.anything:
            return self._pause([], found)
        # Marks that a power cut takes back were for messages that it took back as well, or for
        # workers that it ended.
        taken = transact(
            self._services.engine,
            lambda c: take(c, found, now),
            patience_seconds=TAKE_PATIENCE_SECONDS,
            flush=False,
        )
        for index, sending in enumerate(taken):
            try:
                send_chain(self._app, sending.job_ids, sending.message, sending.stages)
            except self._broker_errors as error:
                self._take_back(taken[index:])
                raise BrokerUnavailable(str(error)) from error
        return self._pause(taken, found)

    def _take_back(self, unsent: list[Sending]) -> None:
        now = self._services.now()

        def unmark(connection: Connection) -> None:
            for sending in unsent:
                dispatch.unmark(connection, sending.message, now)

        transact(self._services.engine, unmark)

    def _pause(self, sent: list[Sending], found: Found) -> float:
        """Until the first host that was just served may be asked again, or the usual interval;
        with more due than the window holds, until there may be room."""
        usual = self._services.settings.dispatch_interval_seconds
        if found.more:
            usual = min(usual, REFILL_SECONDS)
        again = [sending.again_at for sending in sent if sending.again_at is not None]
        if not again:
            return usual
        return max(
            LEAST_PAUSE_SECONDS, min(usual, (min(again) - self._services.now()).total_seconds())
        )

    def sweep_when_due(self) -> None:
        # By a clock that cannot be set back.
        if time.monotonic() >= self._next_sweep:
            often = self._services.settings.lost_after_seconds / SWEEPS_PER_LOSS
            self._next_sweep = time.monotonic() + often
            self.sweep()

    def sweep(self) -> None:
        """Bring back jobs whose worker or whose message is gone.

        A queued job is sent again only when the broker, asked for it, does not have its message:
        age alone cannot tell lost from slow.
        """
        settings, engine = self._services.settings, self._services.engine
        transact(engine, self._tidy)
        asked_at = self._services.now() - timedelta(seconds=settings.lost_after_seconds)
        if not transact(engine, lambda c: dispatch.sent_before(c, asked_at), read_only=True):
            return
        held = messages_held(self._app)
        if held is None:  # a broker that does not tell: wait until it must have delivered again
            asked_at = self._services.now() - timedelta(
                seconds=2.0 * settings.visibility_timeout_seconds
            )
        lost = transact(
            engine,
            lambda c: dispatch.requeue_lost(c, self._services.now(), asked_at, held or ()),
        )
        if lost:
            log.warning("the broker lost the messages of %d jobs; they go again", lost)

    def _tidy(self, connection: Connection) -> None:
        now = self._services.now()
        settings = self._services.settings
        longest = max(LONGEST_RETRY * settings.retry_cap_seconds, LEAST_LONGEST_WAIT_SECONDS)
        dispatch.mend_times(connection, now, settings.lease_seconds, longest)
        released = dispatch.release_expired_leases(connection, now)
        if released:
            log.warning("%d jobs lost their worker; they go again", released)
        forget_silent(connection, now - FORGET_AFTER)
