"""The one value that the modules of this package hand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["person", "organization", "place", "other"]


@dataclass(frozen=True, slots=True)
class Named:
    """A name at a place of the text.

    ``key`` is equal for all names of one thing where a list says so ("US", "États-Unis");
    ``name`` is the listed form, or the text's own. ``lone`` marks a single word that only a
    fuller name elsewhere in the text can make a person; ``kind`` is then what it is without one,
    None for nothing.
    """

    start: int
    end: int
    kind: Kind | None
    name: str
    key: str | None = None
    lone: bool = False
