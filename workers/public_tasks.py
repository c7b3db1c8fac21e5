"""The Celery tasks that other programs may send: by name, on one queue, with keywords in JSON.

Each is safe to deliver twice: a run key, the message's own id when the caller gives none, stands
for one run. A call that cannot be done is refused, once: its sender sees the reason as the
task's failure, we see it in the log, and the message does not come again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from celery import Celery, Task
from celery.exceptions import Reject

from pipeline.store.transactions import DatabaseUnavailable, transact
from workers import trigger
from workers.reports import run_values
from workers.trigger import Refused
from workers.wiring import DATABASE_PATIENCE_SECONDS, Services

log = logging.getLogger(__name__)

VERSION = 1
"""Of the contract. Arguments are only added; what changes a meaning gets another number."""


def ingest(services: Services, call_id: str, given: dict[str, Any]) -> str:
    """``urls``, ``run_key``: accept URLs in a run; its id."""
    key = trigger.read_key(given.pop("run_key", f"celery:{call_id}"))
    trigger.refuse_unknown(given, ("urls",))
    return trigger.start(services, trigger.read_request(given), key).public_id


def crawl(services: Services, call_id: str, given: dict[str, Any]) -> str:
    """``sources``, or ``due`` or ``all`` = true, and ``run_key``: poll lists in a run; its id."""
    key = trigger.read_key(given.pop("run_key", f"celery:{call_id}"))
    trigger.refuse_unknown(given, trigger.CRAWLS)
    return trigger.start(services, trigger.read_request(given), key).public_id


def status(services: Services, call_id: str, given: dict[str, Any]) -> dict[str, Any]:
    """``run`` or ``run_key``: how that run stands."""
    trigger.refuse_unknown(given, ("run", "run_key"))
    if len(given) != 1:
        raise Refused("missing_argument", "give run or run_key, and not both")
    for name, value in given.items():
        if not isinstance(value, str):
            raise Refused("wrong_type", f"{name} must be a text")
    return run_values(services, trigger.find(services, **given))


PUBLIC_TASKS: dict[str, Callable[[Services, str, dict[str, Any]], Any]] = {
    "copydesk.ingest": ingest,
    "copydesk.crawl": crawl,
    "copydesk.status": status,
}
"""The contract's names. They never change."""


class _Called(Task):  # type: ignore[misc]  # Celery has no types
    """A task that may be given an argument named ``self``, so that we refuse it by its name."""

    def __call__(self, /, *args: Any, **given: Any) -> Any:
        return self.run(*args, **given)


def register_public(app: Celery, services: Callable[[], Services]) -> None:
    """Give ``app`` the tasks that others may send; ``services`` answers per process."""
    for name, work in PUBLIC_TASKS.items():
        options = {
            "name": name,
            "bind": True,
            "base": _Called,
            "typing": False,  # what is given is looked at here, so that the refusal has a name
            "ignore_result": False,
            # One that kills its process is not tried again: its sender is told, and its key is
            # good for another try.
            "reject_on_worker_lost": False,
            "throws": (ValueError,),  # refusals: without a traceback, it is not our fault
        }
        app.task(**options, shared=False)(_task(name, work, services))


def _task(
    name: str,
    work: Callable[[Services, str, dict[str, Any]], Any],
    services: Callable[[], Services],
) -> Callable[..., Any]:
    def run(self: Any, /, *args: Any, **given: Any) -> Any:  # given may have a "self" too
        try:
            return _answer(name, work, services(), str(self.request.id), args, given)
        except DatabaseUnavailable as error:
            log.warning("%s waits for the database: %s", name, error)
            _wait_for_database(services())
            # Not lost: the broker gives it out again, and not before the patience is over or
            # the database is back.
            raise Reject(str(error), requeue=True) from error

    run.__name__ = name.rpartition(".")[2]
    return run


def _wait_for_database(services: Services) -> None:
    with suppress(DatabaseUnavailable):
        patience = DATABASE_PATIENCE_SECONDS
        transact(services.engine, lambda c: None, patience_seconds=patience, read_only=True)


def _answer(
    name: str,
    work: Callable[[Services, str, dict[str, Any]], Any],
    services: Services,
    call_id: str,
    args: tuple[Any, ...],
    given: dict[str, Any],
) -> Any:
    try:
        if args:
            raise Refused("positional_arguments", "arguments go by keyword alone")
        version = given.pop("v", None)
        if version != VERSION or isinstance(version, bool):
            hint = f"send v={VERSION}"
            raise Refused("unknown_version", f"v is {str(version)[:50]!r}", hint)
        return work(services, call_id, given)
    except Refused as refusal:
        told = {"outcome": "refused", "reason": refusal.code}
        log.warning("refused %s %s: %s", name, call_id, refusal, extra=told)
        # Of a class that the caller has: its Celery makes the error again from the reply.
        raise ValueError(str(refusal)) from None
    except DatabaseUnavailable:
        raise
    except Exception:
        log.exception("a bug in %s %s", name, call_id)
        raise
