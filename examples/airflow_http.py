"""Airflow: a run over HTTP, from a worker that has neither Copydesk nor Celery.

Make a connection ``copydesk`` of type HTTP: the host and port of `copydesk web`, and in its extra
field {"Authorization": "Bearer TOKEN"}.
"""

import json
from datetime import datetime, timedelta

from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.http.sensors.http import HttpSensor
from airflow.sdk import DAG

URLS = ["https://example.org/a/page"]


def all_well(response) -> bool:
    """Whether the run has ended; raises when items are dead."""
    state = response.json()
    if state["ended"] and state["dead"]:
        raise RuntimeError(f"{state['dead']} of {state['accepted']} items are dead")
    return state["ended"]


with DAG(
    dag_id="copydesk_http",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
):
    start = HttpOperator(
        task_id="start",
        http_conn_id="copydesk",
        method="POST",
        endpoint="v1/runs",
        headers={"Content-Type": "application/json", "Idempotency-Key": "airflow-{{ run_id }}"},
        data=json.dumps({"urls": URLS}),
        response_filter=lambda response: response.json()["run"],
    )
    ended = HttpSensor(
        task_id="ended",
        http_conn_id="copydesk",
        endpoint="v1/runs/{{ ti.xcom_pull(task_ids='start') }}?wait=30",
        response_check=all_well,
        poke_interval=30,
        timeout=3600,
        mode="reschedule",
    )
    start >> ended
