"""A worker process of one role: the right queues, the right pool, a heartbeat.

Pools are chosen by what the stages do: fetch waits, so threads; parse and enrich compute, so
one process per core; store writes, so one or two processes.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import tempfile
import warnings
from typing import Any

from billiard import pool as billiard_pool
from celery import signals
from celery.exceptions import SecurityWarning
from celery.worker import state

from config.settings import Settings
from workers.app import make_app
from workers.broker import mend_transport, wait_until_up
from workers.chain import PUBLIC_QUEUE, ROLES, TAKES_CALLS
from workers.heartbeat import Heartbeat, worker_name
from workers.memory_limit import limit_memory
from workers.parent_death import die_with_parent
from workers.public_tasks import register_public
from workers.tasks import register
from workers.wiring import PerProcess, bootstrap

log = logging.getLogger(__name__)
FAREWELL_TRIES = 20
"""How often (10 times a second) a pool process that is told to go looks whether its last answers
were read. One that the main process has let go of while it stopped is never read, and billiard
(4.3) would look 300 times: a worker in twenty took 32 s to stop. An answer that is lost costs
nothing: its message is delivered again, and the ledger knows that it is done."""


def run_worker(settings: Settings, role: str) -> int:
    """Consume the role's queues until a signal stops it; the process's exit code.

    SIGTERM and SIGINT stop it warmly: it takes no more, ends what it began (every step is
    bounded, see ``Settings``), and the broker has the rest. Raises ``BrokerUnavailable`` when
    there is no broker to begin with; one that goes away later is waited for.
    """
    # One pool process per core: a matrix library that starts threads of its own doubles the CPU
    # of a parse and gains nothing. Read when numpy is loaded, so before anything loads it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    pool, concurrency = pool_of(settings, role)
    services = PerProcess(lambda: bootstrap(settings, concurrency=_connections(pool, concurrency)))
    mend_transport()
    _mention_root()
    leave_no_directory_behind()
    billiard_pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = FAREWELL_TRIES
    takes_calls = role in TAKES_CALLS
    app = make_app(settings, answers=takes_calls)
    wait_until_up(app, settings.start_patience_seconds)
    register(app, services)
    if takes_calls:
        register_public(app, services)
    if role in ("cpu", "all"):
        _warm_up()  # before the fork, so that the pool's processes share the memory
    heartbeat = Heartbeat(services(), role, _steps_done)
    _watch(heartbeat)
    worker = app.Worker(
        hostname=worker_name(role),
        queues=[*ROLES[role], *([PUBLIC_QUEUE] if takes_calls else [])],
        pool=pool,
        concurrency=concurrency,
        without_gossip=True,
        without_mingle=True,
        loglevel=settings.log_level,
        optimization="fair",
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def pool_of(settings: Settings, role: str) -> tuple[str, int]:
    """``(pool, concurrency)`` of a role."""
    if role == "fetch":
        return "threads", settings.fetch_concurrency
    if role == "store":
        return "prefork", settings.store_concurrency
    return "prefork", settings.cpu_concurrency or os.cpu_count() or 1


def leave_no_directory_behind() -> None:
    """Let the pool's shared numbers lie in the temporary directory itself, in files without names.

    multiprocessing makes a directory for them (``pymp-*``), which stays when a worker is killed.
    """
    multiprocessing.current_process()._config["tempdir"] = tempfile.gettempdir()  # type: ignore[attr-defined]  # it has no public name


def _mention_root() -> None:
    """In our words: Celery's fill ten lines and name an option that our commands do not have."""
    warnings.filterwarnings("ignore", category=SecurityWarning)
    if os.geteuid() == 0:
        log.warning("this worker runs as root; give Copydesk a user of its own")


def _connections(pool: str, concurrency: int) -> int:
    # A thread holds a connection only while it writes; half as many as threads never starved.
    return max(2, concurrency // 2) if pool == "threads" else 2


def _warm_up() -> None:
    import workers.run  # noqa: F401 - parsers and all, before the fork
    from pipeline import enrich, parse

    parse.warm_up()
    enrich.warm_up()
    # What is loaded stays. Looking through it took 150 ms a full collection (measured), and touched
    # every page that the pool's processes share.
    gc.collect()
    gc.freeze()


def _steps_done() -> int:
    """Steps ended by this worker since its start, as its main process counts them."""
    return int(state.all_total_count[0]) - len(state.active_requests)


def _watch(heartbeat: Heartbeat) -> None:
    # weak=False: the receivers are local functions and nothing else keeps them alive.
    def ready(**_: Any) -> None:
        heartbeat.start()
        log.info("worker ready")

    def stopped(**_: Any) -> None:
        heartbeat.stop()

    def child(**_: Any) -> None:
        # Pool processes of a worker that was killed would go on without a master.
        die_with_parent()
        limit_memory(heartbeat.settings.worker_max_memory_mb)

    signals.worker_ready.connect(ready, weak=False)
    signals.worker_shutdown.connect(stopped, weak=False)
    signals.worker_process_init.connect(child, weak=False)
