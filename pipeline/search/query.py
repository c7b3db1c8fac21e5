"""What people type to a query: words that must all be there, "phrases", -not, and prefix*.

Every text is a query: what means nothing is left out, and nothing typed is ever part of a
statement of the database's own query language but as a quoted term.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.search.terms import is_unspaced, run_terms, runs

MOST_CHARS = 1000
MOST_CLAUSES = 32
"""Beyond these a query is no question that a person has; the rest is left out and counted."""

_CLAUSE = re.compile(r'(-?)(?:["“”„]([^"“”„]*)(?:["“”„]|$)(\*?)|(\S+))')


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms that must follow each other; of the last only the beginning if ``is_prefix``.

    ``pieces`` is the same as words and single characters, for finding it in a text.
    """

    terms: tuple[str, ...]
    pieces: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """``is_blank``: nothing was asked, so everything answers. ``ignored`` counts what was cut."""

    wanted: tuple[Clause, ...] = ()
    unwanted: tuple[Clause, ...] = ()
    is_blank: bool = False
    ignored: int = 0

    @property
    def finds_nothing(self) -> bool:
        """Something was asked, and no word is in it."""
        return not (self.wanted or self.unwanted or self.is_blank)


def parse_query(text: str) -> Query:
    """The query in a text. Never raises."""
    wanted: list[Clause] = []
    unwanted: list[Clause] = []
    ignored = int(len(text) > MOST_CHARS)
    for minus, phrase, star, word in _CLAUSE.findall(text[:MOST_CHARS]):
        made = _clause(phrase or word, starred=bool(star) or word.endswith("*"))
        if made is None:
            continue
        if len(wanted) + len(unwanted) == MOST_CLAUSES:
            ignored += 1
        else:
            (unwanted if minus else wanted).append(made)
    return Query(tuple(wanted), tuple(unwanted), not text.strip(), ignored)


def _clause(text: str, *, starred: bool) -> Clause | None:
    found = runs(text)
    if not found:
        return None
    terms = [term for run in found for term in run_terms(run)]
    pieces = [p for run in found for p in (run if is_unspaced(run) else [run])]
    if not is_unspaced(found[-1]):
        return Clause(tuple(terms), tuple(pieces), starred)
    if len(found[-1]) == 1:
        return Clause(tuple(terms), tuple(pieces), is_prefix=True)
    # The last character alone would say that the text ends there.
    return Clause(tuple(terms[:-1]), tuple(pieces))
