"""The shape of a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pipeline.store.engine import Connection
from pipeline.store.ledger.claims import Claim
from workers.wiring import Services

Output = TypeVar("Output")


@dataclass(frozen=True, slots=True)
class Done(Generic[Output]):
    """A claimed job and what its step made of it."""

    claim: Claim
    output: Output


class Step(Protocol[Output]):
    def work(self, services: Services, held: Claim) -> Output:
        """The stage's value for one job. Raises an outcome of ``pipeline.errors`` instead."""

    def write(
        self, connection: Connection, services: Services, done: Sequence[Done[Output]]
    ) -> None:
        """Write the values and move or end the jobs. Raises ``ClaimLost`` when one is not theirs
        any more; then nothing of it is kept."""

    def promises(self, done: Sequence[Done[Output]]) -> bool:
        """Whether this write accepts or ends something: then no power cut may take it back."""
        return True

    def after(self, services: Services) -> None:
        """What is to be done once the write is committed; losing it to a crash must be harmless."""
        return
