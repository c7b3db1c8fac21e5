"""Airflow: a run as a shell command, on a worker that has Copydesk and its settings.

The task waits for the run and pushes its account, the last line of standard output, as XCom. Exit
code 3 (some items failed) and 6 (still going on after the timeout) fail the task; its retries have
the same key, so that they go on with the same run.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="copydesk_bash",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
):
    BashOperator(
        task_id="ingest",
        bash_command=(
            "copydesk ingest --from /srv/desk/urls.txt --run-key 'airflow-{{ run_id }}' "
            "--wait --timeout 1800 --json"
        ),
        execution_timeout=timedelta(minutes=40),
        do_xcom_push=True,
    )
