"""Names of people, places and bodies in a text, by rules and word lists."""

from pipeline.enrich.enricher import Added
from pipeline.models import ParsedArticle

name = "entities"
version = 1
owns = frozenset(("entities",))


def run(article: ParsedArticle) -> Added:
    return {}


def warm_up() -> None: ...
