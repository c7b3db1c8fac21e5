"""Airflow: a run by Celery's ``send_task``, from a worker that has Celery and nothing of Copydesk.

The first task starts the run and gives its id on; the second looks once a minute, holding no
worker in between, until it has ended. ``DESK_BROKER`` is the broker's URL.
"""

import os
from datetime import datetime, timedelta

from airflow.sdk import DAG, PokeReturnValue, get_current_context, task
from celery import Celery

URLS = ["https://example.org/a/page"]


def call(name: str, **arguments: object) -> object:
    """The reply of Copydesk; raises ValueError with the reason when it refuses."""
    broker = os.environ["DESK_BROKER"]
    with Celery(broker=broker, backend=broker, set_as_current=False) as copydesk:
        kwargs = {"v": 1, **arguments}
        return copydesk.send_task(name, kwargs=kwargs, queue="copydesk").get(timeout=120)


with DAG(
    dag_id="copydesk_send_task",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
):

    @task
    def start() -> str:
        key = f"airflow-{get_current_context()['run_id']}"
        return str(call("copydesk.ingest", run_key=key, urls=URLS))

    @task.sensor(poke_interval=60, timeout=3600, mode="reschedule")
    def ended(run: str) -> PokeReturnValue:
        state = call("copydesk.status", run=run)
        if state["ended"] and state["dead"]:
            raise RuntimeError(f"{state['dead']} of {state['accepted']} items are dead: {run}")
        return PokeReturnValue(is_done=state["ended"], xcom_value=state)

    ended(start())
