"""Hand URLs to Copydesk from a program that has Celery and nothing of Copydesk.

    pip install "celery[redis]"
    BROKER_URL=redis://broker.internal:6379/0 python send_task.py 2026-03-01T06 URL...

Run it again with the same key and URLs as often as you like: it is the same run. The last line it
prints is the run's account. It ends with 0, with 3 when items failed.
"""

import json
import os
import sys
import time

from celery import Celery

BROKER_URL = os.environ["BROKER_URL"]

# The backend brings the replies back. A program that only sends does without it, and finds its
# run again by the key.
copydesk = Celery(broker=BROKER_URL, backend=BROKER_URL)


def call(task: str, **arguments: object) -> object:
    """The reply to a call; raises what Copydesk refused it with."""
    sent = copydesk.send_task(task, kwargs={"v": 1, **arguments}, queue="copydesk")
    return sent.get(timeout=120)


def main(key: str, urls: list[str]) -> int:
    run = call("copydesk.ingest", run_key=key, urls=urls)
    print(f"run {run}", file=sys.stderr)
    while True:
        state = call("copydesk.status", run=run)
        if state["ended"]:
            print(json.dumps(state))
            return 3 if state["dead"] else 0
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
