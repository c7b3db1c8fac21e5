"""A call of ten thousand URLs, a scrape of the metrics: ``python -m benchmarks.calls``.

On a SQLite file in a temporary directory, in this process, without a broker.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from config.settings import Settings
from pipeline.store import schema
from workers.trigger import MOST_URLS, Request, start
from workers.web.metrics import exposition
from workers.wiring import bootstrap


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10, help="calls of ten thousand URLs each")
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{Path(place)}/copydesk.db"
        services = bootstrap(Settings(database_url=url, contact="https://desk.example"))
        schema.upgrade(services.engine)
        seconds = []
        for call in range(calls):
            urls = tuple(f"https://h{n % 300}.example/{call}/{n}" for n in range(MOST_URLS))
            begun = time.monotonic()
            start(services, Request(urls=urls), f"call {call}")
            seconds.append(time.monotonic() - begun)
        print(f"a call of {MOST_URLS} URLs: {min(seconds):.1f} to {max(seconds):.1f} s")
        begun = time.monotonic()
        exposition(services, None)
        print(f"a scrape over {calls * MOST_URLS} jobs: {time.monotonic() - begun:.2f} s")
        services.close()


if __name__ == "__main__":
    main()
