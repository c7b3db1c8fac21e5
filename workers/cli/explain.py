"""``copydesk explain URL``: everything that is known of one URL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from workers.cli import exit_codes
from workers.cli.failure import Failure
from workers.cli.options import Json, open_services
from workers.cli.output import moment, write_json, write_line


def command(
    url: Annotated[str, typer.Argument(help="Any spelling of it.")],
    key: Annotated[
        bool, typer.Option("--url-key", help="Show how its identity key is made, and nothing else.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell a URL's whole story.

    Seen when, each fetch and attempt, why it waits or was dropped, which article it became.
    """
    if key:
        _explain_key(url, as_json)
        return
    with open_services() as services:
        from pipeline.store.ledger.biography import biography
        from pipeline.store.transactions import transact

        found = transact(services.engine, lambda c: biography(c, url), read_only=True)
    if found is None:
        raise Failure(f"{url} was never accepted", exit_codes.ITEMS_FAILED)
    if as_json:
        write_json(found)
    else:
        _tell(found)


def _explain_key(url: str, as_json: bool) -> None:
    from pipeline.urls import explain_url_key, url_key

    if as_json:
        steps = [{"step": step, "after": after} for step, after in explain_url_key(url)]
        write_json({"url": url, "key": url_key(url), "steps": steps})
        return
    for step, after in explain_url_key(url):
        write_line(f"{step:16} {after}")
    write_line(f"{'key':16} {url_key(url)}")


def _tell(found: dict[str, Any]) -> None:
    write_line(found["url"])
    write_line(f"  key {found['url_key']}, first seen {moment(found['first_seen_at'])} UTC")
    if found["article"]:
        article = found["article"]
        write_line(
            f"  article {article['id']}, revision {article['revision']}: {article['headline']}"
        )
        due = article["next_check"]
        look = f"looked at again, not before {moment(due)} UTC" if due else "no look is planned"
        write_line(f"  {look}")
    turn = found["turn"]
    if turn:
        until = turn["blocked_until"]
        blocked = f", blocked until {moment(until)}" if until and until > datetime.now(UTC) else ""
        write_line(
            f"  host {found['host']}: one page every {turn['interval_seconds']:.3g} s{blocked}"
        )
    for job in found["jobs"]:
        _tell_job(job)


def _tell_job(job: dict[str, Any]) -> None:
    write_line(f"  job {job['id']} of run {job['run']}, accepted {moment(job['accepted_at'])}")
    if job["named_by"]:
        words = f" as {job['named_title']!r}" if job["named_title"] else ""
        dated = f", dated {moment(job['named_date'])}" if job["named_date"] else ""
        changed = f", changed {moment(job['named_change'])}" if job["named_change"] else ""
        write_line(f"    named by {job['named_by']}{words}{dated}{changed}")
    for fetch in job["fetches"]:
        if job["pushed"]:
            at, size = moment(fetch["fetched_at"]), fetch["wire_bytes"]
            write_line(f"    pushed by its hub {at}: {size:,} bytes")
            continue
        write_line(
            f"    fetched {moment(fetch['fetched_at'])}: status {fetch['status']}, "
            f"{fetch['wire_bytes']:,} bytes in {fetch['elapsed_seconds']:.2f} s, "
            f"{fetch['charset']}, {fetch['final_url']}"
        )
    for attempt in job["attempts"]:
        detail = (attempt["detail"] or "").strip().splitlines()
        write_line(
            f"    {moment(attempt['at'])} {attempt['stage']} attempt {attempt['attempt']}: "
            f"{attempt['result']} {attempt['reason'] or ''} {detail[-1] if detail else ''}".rstrip()
        )
    write_line("    " + _end(job))


def _end(job: dict[str, Any]) -> str:
    from pipeline.errors import REASONS

    because = f": {job['reason']} ({REASONS.get(job['reason'], '')})" if job["reason"] else ""
    if job["outcome"]:
        return f"{job['outcome']} {moment(job['ended_at'])}{because}"
    if job["state"] == "waiting":
        return f"waits for {job['stage']}, not before {moment(job['next_at'])} UTC{because}"
    return f"{job['state']} at {job['stage']}, attempt {job['attempts']}"
