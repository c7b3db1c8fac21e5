"""Runs over HTTP: start one, look at one, wait for one."""

from __future__ import annotations

import threading
import time

from pipeline.store.ledger.runs import newest_runs
from pipeline.store.transactions import transact
from workers import trigger
from workers.reports import run_values
from workers.trigger import Refused
from workers.web.exchange import Answer, Call, HttpError, json_answer, json_object, number
from workers.wiring import Services

MOST_WAIT_SECONDS = 60.0
MOST_WAITING = 16
"""Calls that may wait at one time; further ones are answered at once. Fewer than the server's
threads, so that waiting never keeps others from being answered."""
POLL_SECONDS = 0.5
MOST_LISTED = 500

_STATUS = {
    "run_key_reused": 422,
    "source_refused": 422,
    "unknown_run": 404,
    "too_many": 413,
    "contact_missing": 503,
}
"""Of each code of :class:`workers.trigger.Refused`; 400 of every other."""


class Runs:
    """The handlers. ``stopping`` ends every wait: the server is about to go."""

    def __init__(self, services: Services, stopping: threading.Event) -> None:
        self._services = services
        self._stopping = stopping
        self._seats = threading.BoundedSemaphore(MOST_WAITING)

    def start(self, call: Call) -> Answer:
        """201 with a new run, 200 with the one that the key stands for."""
        try:
            key = trigger.read_key(_idempotency_key(call))
            run = trigger.start(self._services, trigger.read_request(json_object(call)), key)
        except Refused as refusal:
            raise http_error(refusal) from refusal
        where = ("Location", f"/v1/runs/{run.public_id}")
        status = 201 if run.is_new else 200
        return json_answer(run_values(self._services, run), status, (where,))

    def one(self, call: Call) -> Answer:
        """How a run stands; with ``wait``, once it has ended or the time is over."""
        until = time.monotonic() + number(call, "wait", 0, MOST_WAIT_SECONDS)
        try:
            run = trigger.find(self._services, run=call.parts["id"])
        except Refused as refusal:
            raise http_error(refusal) from refusal
        seated = self._seats.acquire(blocking=False)
        try:
            while True:
                values = run_values(self._services, run)
                left = until - time.monotonic()
                if values["ended"] or left <= 0 or not seated or self._stopping.is_set():
                    return json_answer(values)
                self._stopping.wait(min(POLL_SECONDS, left))
        finally:
            if seated:
                self._seats.release()

    def listed(self, call: Call) -> Answer:
        """The newest runs, or the one of ``run_key``."""
        if "run_key" in call.query:
            try:
                found = [trigger.find(self._services, run_key=call.query["run_key"])]
            except Refused:
                found = []
        else:
            limit = max(1, int(number(call, "limit", 20, MOST_LISTED)))
            found = transact(self._services.engine, lambda c: newest_runs(c, limit), read_only=True)
        return json_answer({"runs": [run_values(self._services, run) for run in found]})


def http_error(refusal: Refused) -> HttpError:
    """A refusal as HTTP has it."""
    status = _STATUS.get(refusal.code, 400)
    return HttpError(status, refusal.code, refusal.message, refusal.hint)


def _idempotency_key(call: Call) -> str:
    key = call.headers.get("idempotency-key", "")
    if not key:
        message = "the header Idempotency-Key is missing"
        hint = "name the interval that the run is for; a retry with the same key is the same run"
        raise HttpError(400, "idempotency_key_missing", message, hint)
    try:
        return key.encode("latin-1").decode("utf-8")  # WSGI hands headers over as Latin-1
    except UnicodeError as error:
        raise HttpError(400, "bad_run_key", "the Idempotency-Key is not UTF-8") from error
