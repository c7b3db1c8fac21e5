"""``copydesk failed list|show|retry|drop``: what died, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli.failure import UsageFailure
from workers.cli.moments import parse_moment
from workers.cli.options import Json, open_services
from workers.cli.output import data_console, moment, note, write_json, write_line

if TYPE_CHECKING:
    from pipeline.store.ledger.dead_letters import Which
    from workers.wiring import Services

command = typer.Typer(no_args_is_help=True, help="Look at what died, retry it or drop it.")
BATCH = 500
"""Jobs per transaction."""


class Stage(StrEnum):
    """As ``workers.chain.STAGES``; a test holds the two together."""

    FETCH = "fetch"
    PARSE = "parse"
    ENRICH = "enrich"
    STORE = "store"
    DISCOVER = "discover"


Jobs = Annotated[list[int] | None, typer.Argument(help="Ids of dead jobs, as `failed list` says.")]
Reason = Annotated[str | None, typer.Option(help="Only what died of this reason.")]
AtStage = Annotated[Stage | None, typer.Option("--stage", help="Only what died at this stage.")]
Source = Annotated[str | None, typer.Option(help="Only pages of this source, by its name.")]
Since = Annotated[
    str | None, typer.Option(help="Only what died from then on: 2026-03-01, or 90m, 24h, 7d ago.")
]
Until = Annotated[str | None, typer.Option(help="Only what died before then.")]
All = Annotated[bool, typer.Option("--all", help="All that is dead.")]


@command.command("list")
def list_(
    reason: Reason = None,
    stage: AtStage = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Most jobs to show.")] = 50,
    as_json: Json = False,
) -> None:
    """Show what died, by class, and the last of it."""
    which = _which([], reason, stage, source, since, until)
    with open_services() as services:
        from pipeline.store.ledger.dead_letters import dead_classes, dead_letters
        from pipeline.store.transactions import transact

        classes, letters = transact(
            services.engine,
            lambda c: (dead_classes(c, which), dead_letters(c, which, limit)),
            read_only=True,
        )
    if as_json:
        write_json(
            {"classes": [asdict(o) for o in classes], "jobs": [asdict(one) for one in letters]}
        )
        return
    if not letters:
        note("no dead jobs found")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("reason", "stage", "dead", "first (UTC)", "last (UTC)", box=None)
    for one in classes:
        times = moment(one.first_at), moment(one.last_at)
        table.add_row(one.reason, one.stage, str(one.count), *times)
    jobs = Table("job", "died (UTC)", "stage", "reason", "URL", box=None)
    for letter in letters:
        died = moment(letter.ended_at)
        jobs.add_row(str(letter.job_id), died, letter.stage, letter.reason, Text(letter.url))
    data_console().print(table, "", jobs)


@command.command("show")
def show(
    job: Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="The id of a dead job.")],
    as_json: Json = False,
) -> None:
    """Show one dead job: each attempt with its traceback, and where its input lies."""
    with open_services() as services:
        from pipeline.store.ledger.dead_letters import dead_letter
        from pipeline.store.transactions import transact

        found = transact(services.engine, lambda c: dead_letter(c, job), read_only=True)
        if found is None:
            raise UsageFailure(f"no job {job} is dead")
        pages = [fetch["raw_sha256"] for fetch in found["fetches"] if fetch["raw_sha256"]]
        found["input"] = str(services.raw_pages.path_of(pages[-1])) if pages else None
    if as_json:
        write_json(found)
        return
    write_line(f"job {found['job_id']}: {found['url']}")
    write_line(f"  dead at {found['stage']} {moment(found['ended_at'])} UTC: {found['reason']}")
    write_line(f"  {found['detail'] or ''}")
    write_line(f"  input: {found['input'] or 'none, the page was never fetched'}")
    for attempt in found["attempts"]:
        where = f"{attempt['attempt']} at {attempt['stage']} {moment(attempt['at'])}"
        write_line(f"  attempt {where}: {attempt['reason'] or attempt['result']}")
        for line in (attempt["detail"] or "").rstrip().splitlines():
            write_line(f"    {line}")


@command.command("retry")
def retry(
    jobs: Jobs = None,
    reason: Reason = None,
    stage: AtStage = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    every: All = False,
    from_stage: Annotated[
        Stage | None, typer.Option(help="Begin at this stage instead of where it died.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Give the dead another life, with all attempts before them."""
    which = _chosen(jobs, reason, stage, source, since, until, every)

    def revive(services: Services, ids: list[int]) -> int:
        from pipeline.store.ledger.dead_letters import retry as retry_dead
        from pipeline.store.transactions import transact

        first = None if from_stage is None else from_stage.value
        return len(transact(services.engine, lambda c: retry_dead(c, ids, services.now(), first)))

    chosen, done = _for_each_batch(which, revive)
    if as_json:
        write_json({"chosen": chosen, "retried": done, "left": chosen - done})
        return
    note(f"{done} of {chosen} dead jobs wait for their stage again")
    if done < chosen:
        note("the others have no page to begin with, or their URL is on its way in another run")


@command.command("drop")
def drop(
    jobs: Jobs = None,
    reason: Reason = None,
    stage: AtStage = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    every: All = False,
    as_json: Json = False,
) -> None:
    """Give the dead up: they count as dropped from now on."""
    which = _chosen(jobs, reason, stage, source, since, until, every)

    def let_go(services: Services, ids: list[int]) -> int:
        from pipeline.store.ledger.dead_letters import drop as drop_dead
        from pipeline.store.transactions import transact

        return transact(services.engine, lambda c: drop_dead(c, ids))

    chosen, done = _for_each_batch(which, let_go)
    if as_json:
        write_json({"chosen": chosen, "dropped": done})
    else:
        note(f"{done} of {chosen} dead jobs are dropped")


def _for_each_batch(which: Which, act: Callable[[Services, list[int]], int]) -> tuple[int, int]:
    """How many were chosen, and for how many ``act`` did it."""
    with open_services() as services:
        from pipeline.store.ledger.dead_letters import dead_ids
        from pipeline.store.transactions import transact

        ids = transact(services.engine, lambda c: dead_ids(c, which), read_only=True)
        if not ids and which.job_ids:
            raise UsageFailure(f"none of these jobs is dead: {', '.join(map(str, which.job_ids))}")
        done = sum(act(services, ids[i : i + BATCH]) for i in range(0, len(ids), BATCH))
    return len(ids), done


def _chosen(jobs: list[int] | None, *conditions: Any) -> Which:
    *given, every = conditions
    if not jobs and not every and all(one is None for one in given):
        raise UsageFailure("say which: job ids, --reason, --stage, --source, --since or --all")
    return _which(jobs or [], *given)


def _which(
    jobs: list[int],
    reason: str | None,
    stage: Stage | None,
    source: str | None,
    since: str | None,
    until: str | None,
) -> Which:
    from pipeline.errors import REASONS
    from pipeline.store.ledger.dead_letters import Which

    if reason is not None and reason not in REASONS:
        raise UsageFailure(f"there is no reason {reason!r}; one of {', '.join(sorted(REASONS))}")
    return Which(
        tuple(jobs),
        reason,
        None if stage is None else stage.value,
        source,
        parse_moment(since, "--since"),
        parse_moment(until, "--until"),
    )
