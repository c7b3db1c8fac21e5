"""The messages that carry a chain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from celery import Celery, chain
from celery.app.trace import build_tracer
from kombu import Connection
from kombu.transport import redis as redis_transport

import workers.run
from config.settings import Settings
from workers.app import make_app
from workers.broker import mend_transport
from workers.chain import CHAINS, send_chain, task_name
from workers.tasks import register


@pytest.fixture
def app() -> Celery:
    app = make_app(Settings())
    app.conf.update(broker_url="memory://", broker_transport_options={})
    register(app, lambda: None)  # type: ignore[arg-type, return-value]
    return app


def celerys_chain(app: Celery, stages: Sequence[str]) -> Any:
    """Celery's own chain of immutable tasks, or its one task."""
    signatures = [
        app.signature(
            task_name(stage),
            args=([7, 8], "m"),
            immutable=True,
            options={"queue": stage, "task_id": f"m.{stage}"},
        )
        for stage in stages
    ]
    return chain(*signatures) if len(signatures) > 1 else signatures[0]


@pytest.mark.parametrize("stages", [CHAINS["article"], ("store",)])
def test_a_chain_is_the_message_that_celerys_own_chain_of_immutable_tasks_would_send(
    app: Celery, stages: Sequence[str]
) -> None:
    send_chain(app, [7, 8], "m", stages)
    ours = _sent(app.conf.broker_url, stages[0])
    celerys_chain(app, stages).apply_async()
    assert ours == _sent(app.conf.broker_url, stages[0])


@pytest.mark.parametrize("moved", [0, 1])
def test_a_task_sends_the_rest_of_its_chain_once_and_only_when_something_moved_on(
    app: Celery, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    asked: list[bool] = []

    def run_step(*_: Any, followed: bool) -> int:
        asked.append(followed)
        return moved

    monkeypatch.setattr(workers.run, "run_step", run_step)
    celerys_chain(app, CHAINS["article"]).apply_async()
    headers, (args, kwargs, embedded) = _sent(app.conf.broker_url, "fetch")
    task = app.tasks[task_name("fetch")]
    request = {"id": headers["id"], **embedded, "delivery_info": {}, "is_eager": False}
    build_tracer(task.name, task, app=app)(headers["id"], args, kwargs, request)
    assert asked == [True]
    if not moved:
        assert _sent(app.conf.broker_url, "parse") is None
        return
    next_headers, next_body = _sent(app.conf.broker_url, "parse")
    celerys_chain(app, CHAINS["article"][1:]).apply_async()
    assert (next_headers, next_body) == _sent(app.conf.broker_url, "parse")


@pytest.fixture
def mended(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("QoS", "_create_client"):
        before = getattr(redis_transport.Channel, name)
        monkeypatch.setattr(redis_transport.Channel, name, before)  # put back afterwards
    mend_transport()
    yield


def test_a_channel_makes_its_client_once_and_another_when_it_has_lost_its_connections(
    mended: None, broker_url: str
) -> None:
    with Connection(broker_url) as connection, connection.channel() as channel:
        with channel.conn_or_acquire() as client:
            client.set("key", "value")
        with channel.conn_or_acquire() as same:
            assert same is client
        assert channel.client is not client  # what waits for messages has its own
        channel._disconnect_pools()  # also in a child, after a fork
        with channel.conn_or_acquire() as other:
            assert other is not client
            assert other.get("key") == b"value"


def _sent(broker_url: str, queue: str) -> Any:
    """Headers and body of the one message in a queue, which is taken out; None without one."""
    with Connection(broker_url) as connection, connection.channel() as channel:
        message = channel.basic_get(queue, no_ack=True)
        if message is None:
            return None
        assert channel.basic_get(queue) is None
        args, kwargs, embedded = json.loads(message.body)
        for following in embedded["chain"] or ():
            following["options"].pop("reply_to", None)  # where results would go; there are none
        return message.headers, (args, kwargs, embedded)
