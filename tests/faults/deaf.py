"""``python -m tests.faults.deaf ROLE``: a worker that is connected, beats, and takes no message."""

from __future__ import annotations

import sys

from kombu.transport.redis import Channel

from config.settings import load
from workers.worker import run_worker


def main(role: str) -> int:
    """Run the role without ever asking the broker for a message."""
    Channel._brpop_start = lambda self, timeout=None: None
    return run_worker(load().settings, role)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
