"""The message that carries a chain."""

from __future__ import annotations

import json
from typing import Any

from celery import chain
from kombu import Connection

from config.settings import Settings
from workers.app import make_app
from workers.chain import CHAINS, send_chain, task_name
from workers.tasks import register


def test_a_chain_is_the_message_that_celerys_own_chain_of_immutable_tasks_would_send() -> None:
    app = make_app(Settings())
    app.conf.update(broker_url="memory://", broker_transport_options={})
    register(app, lambda: None)  # type: ignore[arg-type, return-value]
    for stages in (CHAINS["article"], ("store",)):
        send_chain(app, [7, 8], "m", stages)
        ours = _sent(app.conf.broker_url, stages[0])
        signatures = [
            app.signature(
                task_name(stage),
                args=([7, 8], "m"),
                immutable=True,
                options={"queue": stage, "task_id": f"m.{stage}"},
            )
            for stage in stages
        ]
        if len(signatures) > 1:
            chain(*signatures).apply_async()
        else:
            signatures[0].apply_async()
        assert ours == _sent(app.conf.broker_url, stages[0])


def _sent(broker_url: str, queue: str) -> tuple[Any, Any]:
    """Headers and body of the one message in a queue, which is taken out."""
    with Connection(broker_url) as connection, connection.channel() as channel:
        message = channel.basic_get(queue, no_ack=True)
        assert message is not None
        assert channel.basic_get(queue) is None
        args, kwargs, embedded = json.loads(message.body)
        for following in embedded["chain"] or ():
            following["options"].pop("reply_to", None)  # where results would go; there are none
        return message.headers, (args, kwargs, embedded)
