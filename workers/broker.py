"""What the broker holds right now. The only module that knows the broker's own keys."""

from __future__ import annotations

import json
import time
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from workers.chain import STAGES

UNACKED_KEY = "unacked"
"""kombu's hash of messages that were delivered and not yet acknowledged."""

_PAUSE_SECONDS = 0.5


class BrokerUnavailable(Exception):
    """The broker could not be reached."""


def messages_held(app: Celery) -> frozenset[str] | None:
    """The chains (``message`` of :mod:`workers.chain`) of which the broker holds a task: one that
    stands in a stage's queue, or is delivered and not yet acknowledged.

    Read in one transaction of the broker, so that a message on its way from one list to another
    is seen. None for a broker other than Redis, which does not tell. Raises
    :class:`BrokerUnavailable`.
    """
    if not str(app.conf.broker_url).startswith("redis"):
        return None
    try:
        with app.connection_for_read() as connection:
            pipe = connection.default_channel.client.pipeline(transaction=True)
            for queue in STAGES:
                pipe.lrange(queue, 0, -1)
            pipe.hvals(UNACKED_KEY)
            *queued, unacked = pipe.execute()
    except connection_errors(app) as error:
        raise BrokerUnavailable(str(error)) from error
    messages = [json.loads(message) for queue in queued for message in queue]
    messages += [json.loads(delivered)[0] for delivered in unacked]
    return frozenset(_chain_of(message) for message in messages)


def _chain_of(message: dict[str, Any]) -> str:
    """The chain that a message belongs to, by its task id ``CHAIN.STAGE``."""
    return str(message.get("headers", {}).get("id", "")).rpartition(".")[0]


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
