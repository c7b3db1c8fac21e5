"""A process that stores one new article after the other until it is killed.

python -m tests.faults.article_writer DATABASE_URL NAME

It writes a line with the article's seq for each commit that it was told of.
"""

from __future__ import annotations

import itertools
import random
import sys
import time

from sqlalchemy import Connection

from pipeline.store.articles import save_articles
from pipeline.store.engine import open_engine
from pipeline.store.items import Saved
from pipeline.store.transactions import transact
from tests.store.articles_fixture import NOW, to_store


def main(url: str, name: str) -> None:
    engine, chance = open_engine(url), random.Random(name)
    for number in itertools.count():

        def work(connection: Connection, number: int = number) -> Saved:
            body = f"Story {number} of {name} from the harbour. " * 20
            item = to_store(connection, f"https://{name}.example/{number}", body_text=body)
            [saved] = save_articles(connection, [item], NOW)
            time.sleep(chance.random() * 0.01)  # the commit comes later than the number
            return saved

        saved = transact(engine, work, patience_seconds=60)
        sys.stdout.write(f"{saved.stored.event_seq}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
