"""What the broker holds right now. The only module that knows the broker's own keys."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError
from kombu.transport import redis as redis_transport
from redis.exceptions import ResponseError

from workers.chain import PUBLIC_QUEUE, STAGES

UNACKED_KEY = "unacked"
"""kombu's hash of messages that were delivered and not yet acknowledged."""

_PAUSE_SECONDS = 0.5


class BrokerUnavailable(Exception):
    """The broker could not be reached."""


class ForgivingQoS(redis_transport.QoS):  # type: ignore[misc]
    """kombu's count of messages in hand, without the place where it goes wrong for good.

    When the broker is gone in the moment of an acknowledgement, kombu (5.7) logs the error and
    goes on counting the message as in hand. With one message a worker it then never asks for
    another one, never touches its dead connection and never learns that the broker is back:
    connected, alive and deaf. Here the message is let go of; the next question to the broker
    meets the dead connection and opens a new one. The broker delivers the message again, and
    the ledger knows that it is done.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        finally:
            self._quick_ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue=requeue)
        finally:
            self._quick_ack(delivery_tag)


_make_client = redis_transport.Channel._create_client


def _one_client(channel: Any, asynchronous: bool = False) -> Any:
    """The client of a channel's pool, made once.

    kombu (5.7) makes one for each command, three a message, each with a table of all that Redis may
    answer: a fifth of the CPU of a worker whose stages do nothing (measured).
    """
    if asynchronous:  # has a connection of its own, and kombu keeps it
        return _make_client(channel, asynchronous=True)
    kept = channel.__dict__.get("_kept_client")
    if kept is None or kept.connection_pool is not channel.pool:
        kept = channel._kept_client = _make_client(channel)
    return kept


def mend_transport() -> None:
    """Let every connection of this process count messages by :class:`ForgivingQoS`, and make its
    client once."""
    redis_transport.Channel.QoS = ForgivingQoS
    redis_transport.Channel._create_client = _one_client


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


@dataclass(frozen=True, slots=True)
class BrokerState:
    """What a Redis broker says of itself. ``policy`` and ``aof`` are None when it does not tell
    (a managed one may refuse to); ``queues`` counts messages that wait."""

    queues: dict[str, int]
    unacknowledged: int
    memory_bytes: int
    policy: str | None
    aof: bool | None
    clock: datetime


def broker_state(app: Celery) -> BrokerState | None:
    """The state of the broker; None of one other than Redis. Raises :class:`BrokerUnavailable`."""
    if not str(app.conf.broker_url).startswith("redis"):
        return None
    queues = (*STAGES, PUBLIC_QUEUE)
    try:
        with app.connection_for_read() as connection:
            # Asked for first, because a channel alone would try for 6 s.
            connection.ensure_connection(max_retries=1, interval_start=0.1, timeout=3)
            client = connection.default_channel.client
            pipe = client.pipeline(transaction=False)
            for queue in queues:
                pipe.llen(queue)
            pipe.hlen(UNACKED_KEY)
            pipe.time()
            *lengths, unacknowledged, (seconds, microseconds) = pipe.execute()
            told = _told(client)
    except connection_errors(app) as error:
        raise BrokerUnavailable(str(error)) from error
    return BrokerState(
        queues=dict(zip(queues, lengths, strict=True)),
        unacknowledged=unacknowledged,
        memory_bytes=int(told.get("used_memory", 0)),
        policy=told.get("maxmemory_policy"),
        aof=bool(int(told["aof_enabled"])) if "aof_enabled" in told else None,
        clock=datetime.fromtimestamp(seconds + microseconds / 1e6, UTC),
    )


def _told(client: Any) -> dict[str, Any]:
    """INFO, empty when the server does not let us ask."""
    try:
        return dict(client.info())
    except ResponseError:
        return {}


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
