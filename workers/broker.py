"""What the broker holds right now. The only module that knows the broker's own keys."""

from __future__ import annotations

import time

from celery import Celery
from kombu.exceptions import OperationalError

from workers.chain import STAGES

UNACKED_KEY = "unacked"
"""kombu's hash of messages that were delivered and not yet acknowledged."""

_PAUSE_SECONDS = 0.5


class BrokerUnavailable(Exception):
    """The broker could not be reached."""


def messages_held(app: Celery) -> int | None:
    """How many messages stand in the stage queues or are delivered and unacknowledged.

    None for a broker other than Redis, which does not tell. Raises :class:`BrokerUnavailable`.
    """
    if not str(app.conf.broker_url).startswith("redis"):
        return None
    try:
        with app.connection_for_read() as connection:
            client = connection.default_channel.client
            pipe = client.pipeline(transaction=True)
            for queue in STAGES:
                pipe.llen(queue)
            pipe.hlen(UNACKED_KEY)
            return sum(int(count) for count in pipe.execute())
    except connection_errors(app) as error:
        raise BrokerUnavailable(str(error)) from error


def ping(app: Celery) -> None:
    """Return when the broker answers. Raises :class:`BrokerUnavailable`."""
    try:
        with app.connection_for_read() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0.1, timeout=3)
    except connection_errors(app) as error:
        raise BrokerUnavailable(str(error)) from error


def wait_until_up(app: Celery, patience_seconds: float) -> None:
    """Return when the broker answers. Raises :class:`BrokerUnavailable` after the patience."""
    give_up_at = time.monotonic() + patience_seconds
    while True:
        try:
            return ping(app)
        except BrokerUnavailable:
            if time.monotonic() >= give_up_at:
                raise
        time.sleep(_PAUSE_SECONDS)


def connection_errors(app: Celery) -> tuple[type[BaseException], ...]:
    """What the transport raises when the broker is away."""
    with app.connection_for_read() as connection:
        errors = (*connection.connection_errors, *connection.channel_errors)
    return (*errors, OperationalError, OSError)
