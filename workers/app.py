"""The Celery application. Every setting that is not Celery's default has its reason beside it.

Figures in brackets were measured on 2 cores with Celery 5.7 over Redis.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu import Queue

from config.settings import Settings
from workers.chain import PUBLIC_QUEUE, STAGES, task_name


def make_app(settings: Settings, *, answers: bool = False) -> Celery:
    """An application for these settings. Opens no connection.

    With ``answers``, tasks that do not ignore their result have it kept for an hour, where a
    caller with the same broker finds it.
    """
    app = Celery("copydesk", broker=settings.broker_url, set_as_current=False)
    app.conf.update(_configuration(settings))
    if answers:
        app.conf.update(_answering(settings))
    return app


def _answering(settings: Settings) -> dict[str, Any]:
    return {
        # On Redis a key that expires; elsewhere a message to the caller, which a broker throws
        # away when nobody listens. Redis would keep that for ever.
        "result_backend": settings.broker_url if _is_redis(settings) else "rpc://",
        "result_expires": 3600,
        "result_serializer": "json",
        "result_backend_transport_options": {"retry_policy": {"timeout": 5.0}},
        "redis_socket_timeout": 5,
        "redis_socket_connect_timeout": 5,
    }


def _is_redis(settings: Settings) -> bool:
    return settings.broker_url.startswith("redis")


def _configuration(settings: Settings) -> dict[str, Any]:
    connections = 2 * max(settings.fetch_concurrency, settings.cpu_concurrency, 10)
    return {
        # What a message may be: ids in JSON. Pickle would run what the broker holds.
        "accept_content": ["json"],
        "task_serializer": "json",
        # Results are rows. A result backend costs 25-45 % more CPU and would be a second truth.
        "task_ignore_result": True,
        # Events cost 45 % CPU; health and counts come from the ledger.
        "worker_send_task_events": False,
        "task_send_sent_event": False,
        "worker_enable_remote_control": False,  # nothing uses it; it holds a connection a worker
        # A message is taken off the broker only when its step has ended ...
        "task_acks_late": True,
        # ... also when the process died in it: the same message comes again and takes over
        # its own lease, and the ledger counts the attempt.
        "task_reject_on_worker_lost": True,
        # ... and when its time limit ended it. A task that raised is taken off: what it had
        # claimed is given back or comes back with its lease.
        "task_acks_on_timeout": False,
        "task_acks_on_failure": True,
        # Hold no messages that another worker could be running.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        # One queue a stage, so that each role scales alone.
        "task_queues": [Queue(name) for name in (*STAGES, PUBLIC_QUEUE)],
        "task_routes": {task_name(stage): {"queue": stage} for stage in STAGES},
        "task_default_queue": "fetch",
        "task_create_missing_queues": False,
        # Ends what a cooperative limit could not: an endless loop in C code.
        "task_time_limit": settings.task_limit_seconds,
        # Memory that parsers leak goes back to the system.
        "worker_max_tasks_per_child": settings.worker_max_tasks,
        "worker_max_memory_per_child": settings.worker_max_memory_mb * 1024,
        # A child that loads models on a busy machine needs more than the default 4 s to say so.
        "worker_proc_alive_timeout": 30,
        # Reconnect for ever: a worker that gave up would need a person.
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_pool_limit": connections,
        "broker_transport_options": _transport_options(settings, connections),
        # The ledger's publisher tries again on its next pass; a long wait inside one send would
        # only hold the dispatcher up.
        "task_publish_retry_policy": {"max_retries": 2, "interval_start": 0.1, "interval_max": 0.5},
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "timezone": "UTC",
    }


def _transport_options(settings: Settings, connections: int) -> dict[str, Any]:
    if not _is_redis(settings):
        return {}
    return {
        # Longer than any task may run and any worker may take to stop, or a message would run
        # twice while its first run is still going; Settings refuses another order.
        "visibility_timeout": settings.visibility_timeout_seconds,
        # Look for abandoned messages every 5 s instead of every 100 s.
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "max_connections": connections,
        # A server that vanished without closing the connection must be noticed.
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        # retry_on_timeout stays unset: a repeated LPUSH would send the message twice.
    }
