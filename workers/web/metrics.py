"""Figures for Prometheus: their names, and the text in which they are given.

Nothing is kept between two scrapes, so every process tells the same and a restart loses none.
"""

from __future__ import annotations

import time
from importlib.metadata import version

from celery import Celery

from workers.web.samples import Sample, of_broker, of_database
from workers.wiring import Services

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

METRICS: dict[str, tuple[str, str]] = {
    "copydesk_info": ("gauge", "1, with the version of the web process"),
    "copydesk_database_up": ("gauge", "1 when the database answered"),
    "copydesk_broker_up": ("gauge", "1 when the broker answered"),
    "copydesk_accepted_total": ("counter", "URLs accepted, as runs counted them"),
    "copydesk_ended_total": ("counter", "jobs that ended, by outcome and reason"),
    "copydesk_pending": ("gauge", "jobs that have not ended"),
    "copydesk_imbalance": ("gauge", "accepted - ended - pending; must be 0"),
    "copydesk_jobs": ("gauge", "jobs that have not ended, by stage and state"),
    "copydesk_overdue_seconds": ("gauge", "how long the job most overdue at a stage has waited"),
    "copydesk_queue_messages": ("gauge", "messages that wait in a queue of the broker"),
    "copydesk_unacknowledged_messages": ("gauge", "messages delivered and not yet acknowledged"),
    "copydesk_broker_memory_bytes": ("gauge", "memory that the broker uses"),
    "copydesk_workers": ("gauge", "processes of a role that have not signed off"),
    "copydesk_healthy": ("gauge", "1 when a role's heartbeat and progress are fresh"),
    "copydesk_last_heartbeat_timestamp_seconds": ("gauge", "newest heartbeat of a role"),
    "copydesk_last_progress_timestamp_seconds": ("gauge", "when a step of a role last ended"),
    "copydesk_dead_letters": ("gauge", "jobs that ended as dead and wait for somebody to look"),
    "copydesk_runs_total": ("counter", "runs opened"),
    "copydesk_articles": ("gauge", "articles stored"),
    "copydesk_change_seq": ("counter", "number of the newest change in the feed"),
    "copydesk_consumer_behind": ("gauge", "changes that a named consumer has yet to read"),
    "copydesk_consumer_behind_seconds": ("gauge", "age of the oldest change it has yet to read"),
    "copydesk_hosts": ("gauge", "hosts known"),
    "copydesk_hosts_blocked": ("gauge", "hosts that asked to be left alone for now"),
    "copydesk_sources": ("gauge", "sources known"),
    "copydesk_lists": ("gauge", "feeds, sitemaps and pages that are polled"),
    "copydesk_lists_overdue_seconds": ("gauge", "how long the list most overdue has waited"),
    "copydesk_entries_left_over": ("gauge", "entries of long lists that no poll has dealt with"),
    "copydesk_polls_total": ("counter", "polls of lists that ended, by outcome"),
    "copydesk_subscriptions": ("gauge", "lists that name a hub, by how it stands with it"),
    "copydesk_pushes_total": ("counter", "pushes of hubs, taken or ignored for their signature"),
    "copydesk_source_notices": ("gauge", "notices about sources that stand, by kind"),
    "copydesk_scrape_seconds": ("gauge", "how long it took to count all this"),
}
"""Every metric: its type and what it says. ``docs/operations.md`` has the same list."""


def exposition(services: Services, broker: Celery | None) -> str:
    """All metrics as text. A database or broker that is away is a figure too."""
    begun = time.monotonic()
    samples: list[Sample] = [("copydesk_info", (("version", version("copydesk")),), 1)]
    samples += of_database(services)
    samples += of_broker(broker)
    samples.append(("copydesk_scrape_seconds", (), time.monotonic() - begun))
    lines = []
    for name, (kind, meaning) in METRICS.items():
        ours = [sample for sample in samples if sample[0] == name]
        if ours:
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
            lines += [_line(sample) for sample in ours]
    return "\n".join(lines) + "\n"


def _line(sample: Sample) -> str:
    name, labels, value = sample
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{told}}} {value:.15g}" if told else f"{name} {value:.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
