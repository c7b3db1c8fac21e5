"""The dispatcher: due jobs to chains, and what was lost on the way back to waiting.

The broker holds only what runs soon (``window``); a backlog of a million URLs waits in SQL.
Any number of dispatchers may run: each change is a compare-and-set on the row as it was read.
"""

from __future__ import annotations

import logging
import signal
import threading
from datetime import timedelta

from celery import Celery

from config.settings import Settings
from pipeline.store.engine import Connection
from pipeline.store.ids import new_id
from pipeline.store.ledger import dispatch
from pipeline.store.ledger.dispatch import Due
from pipeline.store.transactions import DatabaseUnavailable, transact
from workers.app import make_app
from workers.broker import (
    BrokerUnavailable,
    connection_errors,
    messages_held,
    wait_until_up,
)
from workers.chain import send_chain
from workers.heartbeat import Heartbeat
from workers.tasks import register
from workers.wiring import Services, bootstrap

log = logging.getLogger(__name__)
SWEEP_EVERY_SECONDS = 5.0
LEAST_PAUSE_SECONDS = 0.01


def run_dispatcher(settings: Settings) -> None:
    """A dispatcher process: pass after pass until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services = bootstrap(settings, concurrency=2)
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
        self._next_sweep = services.now()
        self.passes = 0

    def run(self, stop: threading.Event) -> None:
        """Pass after pass; a database or broker that is away is waited for, never given up."""
        while not stop.is_set():
            try:
                self.sweep_when_due()
                pause = self.dispatch()
                self.passes += 1
            except (DatabaseUnavailable, BrokerUnavailable) as error:
                log.warning("dispatcher waits: %s", error)
                pause = 2.0
            stop.wait(pause)

    def dispatch(self) -> float:
        """Send what is due and fits the window; seconds until the next pass is worth it."""
        settings, now = self._services.settings, self._services.now()

        def take(connection: Connection) -> list[tuple[Due, str]]:
            room = settings.window - dispatch.in_flight(connection)
            if room <= 0:
                return []
            due = dispatch.due_beyond_fetch(connection, now, room)
            due += dispatch.take_turns(
                connection, now, room - len(due), settings.host_max_in_flight
            )
            marked = [(job, new_id()) for job in due]
            return [
                (job, message)
                for job, message in marked
                if dispatch.mark_queued(connection, job.job_id, message, now)
            ]

        taken = transact(self._services.engine, take)
        for index, (job, message) in enumerate(taken):
            try:
                send_chain(self._app, [job.job_id], message, job.stage)
            except self._broker_errors as error:
                self._take_back(taken[index:])
                raise BrokerUnavailable(str(error)) from error
        return self._pause([job for job, _ in taken])

    def _take_back(self, unsent: list[tuple[Due, str]]) -> None:
        now = self._services.now()

        def unmark(connection: Connection) -> None:
            for job, message in unsent:
                dispatch.unmark(connection, job.job_id, message, now)

        transact(self._services.engine, unmark)

    def _pause(self, sent: list[Due]) -> float:
        """Until the first host that was just served may be asked again, or the usual interval."""
        usual = self._services.settings.dispatch_interval_seconds
        again = [job.again_at for job in sent if job.again_at is not None]
        if not again:
            return usual
        return max(
            LEAST_PAUSE_SECONDS, min(usual, (min(again) - self._services.now()).total_seconds())
        )

    def sweep_when_due(self) -> None:
        if self._services.now() >= self._next_sweep:
            self._next_sweep = self._services.now() + timedelta(seconds=SWEEP_EVERY_SECONDS)
            self.sweep()

    def sweep(self) -> None:
        """Bring back jobs whose worker or whose message is gone.

        A queued job is sent again only while the broker holds fewer messages than the ledger
        has sent: the broker is asked first, because age alone cannot tell lost from slow.
        """
        now, settings = self._services.now(), self._services.settings
        transact(self._services.engine, lambda c: dispatch.release_expired_leases(c, now))
        expected = transact(self._services.engine, dispatch.messages_expected)
        if not expected:
            return
        held = messages_held(self._app)
        if held is None:  # a broker that does not tell: wait until it must have delivered again
            missing, age = expected, 2.0 * settings.visibility_timeout_seconds
        else:
            missing, age = expected - held, settings.lost_after_seconds
        if missing > 0:
            older_than = now - timedelta(seconds=age)
            lost = transact(
                self._services.engine,
                lambda c: dispatch.requeue_lost(c, now, older_than, missing),
            )
            if lost:
                log.warning("%d messages were lost by the broker; their jobs go again", lost)
