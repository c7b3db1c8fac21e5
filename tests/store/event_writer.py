"""A process that writes events until it is told to stop, or dies in the middle of a transaction.

python -m tests.store.event_writer DATABASE_URL ARTICLE_ID COMMITS DIE_AT SEED
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime

from sqlalchemy import Connection

from pipeline.store.engine import open_engine
from pipeline.store.events import Change, append
from pipeline.store.transactions import transact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def main(url: str, article_id: int, commits: int, die_at: int, seed: int) -> None:
    """Commit so often; with ``die_at`` >= 0 be killed in that transaction, after its insert."""
    engine, chance = open_engine(url), random.Random(seed)

    def work(connection: Connection, number: int) -> list[int]:
        kinds = chance.choices(("revised", "clustered"), k=chance.randint(1, 3))
        seqs = append(connection, [Change(kind, article_id, 1) for kind in kinds], NOW)
        time.sleep(chance.random() * 0.004)  # the commit comes later than the number
        if number == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return seqs

    for number in range(commits):
        written = transact(engine, lambda c, n=number: work(c, n), patience_seconds=30)
        sys.stdout.write("".join(f"{seq}\n" for seq in written))
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
