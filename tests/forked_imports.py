"""What processes of a desk load, for the server that forks them. Loaded there alone."""

from __future__ import annotations

import gc
import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # a fork needs no threads

import workers.cli.changes
import workers.dispatcher
import workers.run
import workers.web.server
import workers.worker  # noqa: F401
from pipeline import enrich, parse

parse.warm_up()
enrich.warm_up()
gc.collect()
gc.freeze()
