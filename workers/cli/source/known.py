"""Sources by the names that people type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workers.cli.failure import UsageFailure

if TYPE_CHECKING:
    from pipeline.store.ledger.source_states import KnownSource
    from workers.sources.asking import Asker
    from workers.wiring import Services


def named(services: Services, names: Sequence[str], *, removed: bool = False) -> list[KnownSource]:
    """The sources of these names, all of them when none is given. Ends with 2 for an unknown name,
    and says which is near."""
    from pipeline.sources.checks import nearest
    from pipeline.store.ledger.source_states import known_sources
    from pipeline.store.transactions import transact

    found = transact(services.engine, lambda c: known_sources(c, removed=removed), read_only=True)
    if not names:
        return found
    by_name = {one.profile.name: one for one in found}
    for name in names:
        if name not in by_name:
            hint = nearest(name, by_name) or "; see `copydesk source list`"
            raise UsageFailure(f"there is no source {name!r}{hint}")
    return [by_name[name] for name in dict.fromkeys(names)]


def asker_for(services: Services, source: KnownSource | None = None) -> Asker:
    """Who asks a site by hand, at the source's pace or at ours."""
    from workers.sources.asking import Asker

    profile = source.profile if source else None
    interval = services.settings.host_interval_seconds
    if profile is not None and profile.interval_seconds is not None:
        interval = profile.interval_seconds
    return Asker(services.client, interval, profile)
