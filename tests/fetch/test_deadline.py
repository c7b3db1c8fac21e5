"""One thread watches all deadlines: in order, only while they run, and anew after a fork."""

from __future__ import annotations

import multiprocessing
import queue
import socket
import time

import pytest

from pipeline.errors import TryLater
from pipeline.fetch import Client
from pipeline.fetch.deadline import Deadline
from pipeline.fetch.watch import Watch
from pipeline.models import FetchRequest
from tests.fetch.conftest import POLICY, Serve
from tests.fetch.server import Server, Talk, response


class Noted:
    def __init__(self, name: str, into: queue.Queue[str]) -> None:
        self.name, self.into = name, into

    def expire(self) -> None:
        self.into.put(self.name)


def test_what_was_added_later_and_ends_sooner_expires_sooner() -> None:
    watch, seen = Watch(), queue.Queue[str]()
    now = time.monotonic()
    for name, seconds in (("last", 0.6), ("first", 0.1), ("second", 0.2)):
        watch.add(now + seconds, Noted(name, seen))
    assert [seen.get(timeout=5) for _ in range(3)] == ["first", "second", "last"]


def test_what_is_past_already_expires_at_once() -> None:
    watch, seen = Watch(), queue.Queue[str]()
    watch.add(time.monotonic() - 1, Noted("past", seen))
    assert seen.get(timeout=5) == "past"


def test_a_fetch_that_is_over_is_not_touched_by_its_deadline() -> None:
    left, right = socket.socketpair()
    with Deadline(0.05) as deadline:
        deadline.watch(left)
    deadline.expire()
    assert not deadline.passed
    left.sendall(b"alive")
    assert right.recv(5) == b"alive"


def test_a_socket_under_way_is_shut_and_a_later_one_refused() -> None:
    left, right = socket.socketpair()
    with Deadline(0.05) as deadline:
        deadline.watch(left)
        assert right.recv(1) == b"", "ended by the other side"
        assert deadline.passed
        with pytest.raises(TimeoutError):
            deadline.watch(right)
        with pytest.raises(TryLater):
            deadline.left_seconds()


def _fetch_in_child(url: str, said: queue.Queue[str]) -> None:
    from dataclasses import replace

    try:
        Client(replace(POLICY, deadline_seconds=0.3)).fetch(FetchRequest(url))
    except TryLater as later:
        said.put(later.reason)


def test_deadlines_hold_in_a_forked_child(serve: Serve, good: Server) -> None:
    def slow(talk: Talk) -> None:
        talk.send(response(200, b"", length=10_000))
        talk.drip(b"<p>drop</p>")

    Client(POLICY).fetch(FetchRequest(good.url()))  # the parent's watching thread runs
    context = multiprocessing.get_context("fork")
    said = context.Queue()
    child = context.Process(target=_fetch_in_child, args=(serve(slow).url(), said))
    child.start()
    assert said.get(timeout=20) == "deadline_exceeded"
    child.join(10)
    assert child.exitcode == 0
