"""A page as a reader copied it, line after line, and the same lines in thin markup."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

STORY = (
    "Ferry operators are deliberately drawing out talks over winter timetables to keep older "
    "boats in service, the Coast Courier reported on Feb. 3, citing undisclosed sources.",
    "A pilot told the Coast Courier that time is on the operators' side, and that they mean to "
    '"get one more season out of everything that floats."',
    "The article follows two meetings between the ports minister, Hanna Lund, and the owners of "
    "the three largest lines. After the second one, the owners said that they had ordered a pause "
    "in cancellations. The islands welcomed the pause but accused them of going on as before.",
    "The islands and the mainland had both backed a longer guarantee that would also cover "
    "freight, but the owners turned it down unless it came with lower harbour dues and an end to "
    "the inspections that keep boats in port.",
    "An official told the Coast Courier that the owners hope the ministry will either put up with "
    "further cancellations or press the islands to give up some of their stops.",
    "The owners declared four stops closed in 2024 although they only ever served them in summer. "
    'A source close to them said the lines "cannot afford to lose" the remaining routes.',
    "Lund said on Jan. 12 that the ministry will not accept any closed stop in a future contract.",
    "A new round of talks began in the capital on Monday. The meeting, held a day after one with "
    "the islands, is expected to deal with a timetable for the spring, Northwire wrote.",
    "According to the owners' spokeswoman, Ella Strand, the talks \"should not be expected to "
    'change anything," and work goes on in "several directions," the Harbour Gazette quoted her.',
    "The ministry and the islands are expected to meet once more after the talks with the owners. "
    "The meetings come amid the minister's efforts to have a contract signed before Easter.",
)
PROMO = (
    "date 2026-02-03 Slack Water: the Coast Herald's first-ever magazine. "
    "Be among the first to get it."
)
HEADLINE = "Ferry lines stalling timetable talks to keep old boats running, media reports"
BYLINE = "by Jonas Vik February 3, 2026 3:02 PM 2 min read"
CAPTION = (
    "The ferry Solveig (R) lies at the northern quay in Vik, outside the capital, on Jan. 12, 2026."
)
CREDIT = "Marta Sand / Getty Images"
TEASERS = (
    (
        "Minister reportedly losing patience over cancelled night boats",
        "Sources close to Hanna Lund told the Evening Tide that she remains committed to a "
        "contract but is losing patience.",
    ),
    (
        "Owners do not 'want to sell all of the fleet,' Strand says.",
        "In an interview with Radio Coast on Feb. 1, the owners' spokeswoman spoke about the sale "
        "of two boats and expressed her optimism about the remaining ones.",
    ),
)
LINES = (
    PROMO,
    HEADLINE,
    BYLINE,
    f"{CAPTION} ({CREDIT})",
    *STORY,
    *TEASERS[0],
    "The Coast HeraldJonas Vik",
    "Author: Jonas Vik",
    *TEASERS[1],
)


def _each(before: str, after: str) -> Callable[[list[str]], str]:
    return lambda lines: "\n".join(f"{before}{line}{after}" for line in lines)


_INSIDES: dict[str, Callable[[list[str]], str]] = {
    "p": _each("<p>", "</p>"),
    "br": _each("", "<br>"),
    "br br": _each("", "<br><br>"),
    "div": _each("<div>", "</div>"),
    "pre": lambda lines: "<pre>" + "\n\n".join(lines) + "</pre>",
    "p in article": lambda lines: f"<article>{_INSIDES['p'](lines)}</article>",
    "p in named divs": lambda lines: (
        f'<main id="main"><div class="content article-body">{_INSIDES["p"](lines)}</div></main>'
    ),
    "br in article": lambda lines: f"<article>{_INSIDES['br br'](lines)}</article>",
}


def forms(lines: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Name -> (page, media type) of every form that a capture takes."""
    escaped = [escape(line, quote=False) for line in lines]
    pages = {
        name: (f"<html><body>{inside(escaped)}</body></html>", "text/html")
        for name, inside in _INSIDES.items()
    }
    return {"plain text": ("\n\n".join(lines), "text/plain"), **pages}
