"""A whole desk at work on a database of its own, with the settings that a production desk has."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.storm import database
from config.settings import Settings
from tests.faults.desk import Desk
from workers.embedded.valkey import EmbeddedServer


@contextmanager
def desk(
    db: str,
    names: tuple[str, ...],
    *,
    kind: type[Desk] = Desk,
    module: str = "tests.faults.process",
    **settings: object,
) -> Iterator[Desk]:
    """These processes of ``module``, started; ``settings`` are what is not as in production. The
    directory with their logs stays when something went wrong."""
    directory = Path(tempfile.mkdtemp(prefix="copydesk-bench-"))
    with database(db, directory) as (url, _):
        server = EmbeddedServer(directory / "valkey")
        theirs = replace(
            Settings(),
            database_url=url,
            broker_url=server.broker_url,
            data_dir=str(directory),
            log_level="WARNING",
        )
        theirs = replace(theirs, **settings)  # type: ignore[arg-type]  # fields of Settings
        ours = kind(directory, theirs, server, module, names)
        try:
            ours.start()
            yield ours
        finally:
            ours.stop()
    shutil.rmtree(directory, ignore_errors=True)
