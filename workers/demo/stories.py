"""The demo's stories: what each page says, apart from how its publisher lays it out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Story:
    """One article as its author meant it: also what a reader of the page must find again."""

    headline: str
    language: str
    paragraphs: tuple[str, ...]
    authors: tuple[str, ...]
    published: datetime
    deck: str = ""
    modified: datetime | None = None
    section: str = ""
    tags: tuple[str, ...] = ()
    image: dict[str, str] = field(default_factory=dict)
    paywall: bool = False
    published_text: str = ""
    promo: str = ""
    teaser: tuple[str, ...] = ()
    last_teaser: tuple[str, ...] = ()

    @property
    def foreign(self) -> tuple[str, ...]:
        """Texts on the page that are no part of the story."""
        caption = (self.image["caption"],) if self.image else ()
        return tuple(filter(None, (self.promo, *self.teaser, *self.last_teaser, *caption)))


def load_story(publisher: str, name: str) -> Story:
    """The story ``site/<publisher>/<name>.toml``."""
    file = resources.files("workers.demo").joinpath("site", publisher, f"{name}.toml")
    given: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    lists = ("paragraphs", "authors", "tags", "teaser", "last_teaser")
    return Story(**given | {name: tuple(given[name]) for name in lists if name in given})
