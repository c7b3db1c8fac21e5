"""Politeness under load: a real server records when it was asked; is any host asked too often?

    python -m benchmarks.politeness [--pages 2000] [--interval 0.05] [--db sqlite|postgres]

Three quarters of the pages lie on one host, the rest on seven others. Two fetch workers and one
dispatcher share the turns. Measured at the server, by its own clock:

    over_limit      windows (of 20 intervals, starting at any request) with more requests than
                    the interval allows; the allowance is 20 + 1, and 1 for punctuality
    least_gap       the shortest time between two requests to a host, in intervals
    others_factor   when the last of the other hosts was done, against its ideal (at most 2)
    total_factor    when everything was fetched, against the busy host's ideal (at most 1.1)

Ideals count from the first request to a host. Stages after fetch do nothing. The last line is
JSON; the exit code is 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.storm import database
from pipeline.store.ledger.accept import accept
from pipeline.store.ledger.runs import open_run
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from tests.faults.desk import Desk, short_settings
from tests.faults.site import story
from tests.loopback import Answer, LoopbackServer
from workers.embedded.valkey import EmbeddedServer
from workers.wiring import utc_now

BUSY = "127.0.0.2"
OTHERS = tuple(f"127.0.0.{n}" for n in range(3, 10))
WINDOW = 20
ALLOWED = WINDOW + 2
NAMES = ("fetch", "fetch-2", "dispatcher")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--interval", type=float, default=0.05, help="seconds, every host's")
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    arguments = parser.parse_args()
    with Clock() as site:
        at = site.port
        urls = [f"http://{BUSY}:{at}/{n}" for n in range(arguments.pages * 3 // 4)]
        urls += [f"http://{OTHERS[n % len(OTHERS)]}:{at}/{n}" for n in range(arguments.pages // 4)]
        random.Random(7).shuffle(urls)
        fetched = fetch_all(urls, arguments.interval, arguments.db)
    result = measure(site.arrivals, arguments.interval) | {"pages": len(urls), "fetched": fetched}
    print(json.dumps(result | {"interval": arguments.interval, "db": arguments.db}))
    good = fetched == len(urls) and not result["over_limit"]
    return int(not (good and result["others_factor"] <= 2 and result["total_factor"] <= 1.1))


class Clock(LoopbackServer):
    """Notes when each host was asked for a page."""

    def __init__(self) -> None:
        self.arrivals: dict[str, list[float]] = defaultdict(list)
        super().__init__("")

    def _answer(self, request: BaseHTTPRequestHandler) -> Answer:
        if request.path == "/robots.txt":
            return Answer(404)
        self.arrivals[request.headers["Host"].partition(":")[0]].append(time.monotonic())
        return Answer(200, story(request.path))


def fetch_all(urls: Sequence[str], interval: float, db: str) -> int:
    """Run the desk until every page has left the fetch stage; how many did so with a page."""
    os.environ["ENGINE_MODE"] = "fetch"
    with ExitStack() as stack:
        made = stack.enter_context(tempfile.TemporaryDirectory(prefix="copydesk-polite-"))
        directory = Path(made)
        url, _ = stack.enter_context(database(db, directory))
        server = EmbeddedServer(directory / "valkey")
        settings = replace(
            short_settings(directory, url, server.broker_url),
            host_interval_seconds=interval,
            window=500,
            lease_seconds=60,
            lost_after_seconds=30.0,
            dispatch_interval_seconds=interval,
        )
        desk = Desk(directory, settings, server, "benchmarks.engine_process", names=NAMES)
        try:
            desk.start()
            run = transact(desk.engine, lambda c: open_run(c, "ingest", utc_now()))
            transact(
                desk.engine,
                lambda c: accept(c, run.id, urls, utc_now(), host_interval_seconds=interval),
                patience_seconds=30,
            )
            at_fetch = select(func.count()).where(jobs.c.stage == "fetch")
            fetched = select(func.count()).where(jobs.c.fetch_id.is_not(None))

            def done() -> bool:
                time.sleep(0.3)
                return not desk.ask(lambda c: c.execute(at_fetch).scalar_one())

            desk.until(done, 10 * len(urls) * interval + 60)
            return int(desk.ask(lambda c: c.execute(fetched).scalar_one()))
        finally:
            desk.stop()


def measure(arrivals: dict[str, list[float]], interval: float) -> dict[str, Any]:
    """The figures that the module's docstring names."""
    over, gaps = 0, []
    for times in arrivals.values():
        gaps += [b - a for a, b in itertools.pairwise(times)]
        for start, first in enumerate(times):
            inside = sum(1 for at in times[start:] if at < first + WINDOW * interval)
            over += inside > ALLOWED
    busy = arrivals[BUSY]
    others = [arrivals[host] for host in OTHERS]
    return {
        "over_limit": over,
        "least_gap": round(min(gaps) / interval, 2),
        "others_factor": round(max((t[-1] - t[0]) / ((len(t) - 1) * interval) for t in others), 3),
        "total_factor": round((busy[-1] - busy[0]) / ((len(busy) - 1) * interval), 3),
        "requests": sum(len(times) for times in arrivals.values()),
    }


if __name__ == "__main__":
    sys.exit(main())
