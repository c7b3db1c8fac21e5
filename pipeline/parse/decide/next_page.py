"""The article's next page by the numbers of its pager, where no ``rel`` names it."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from pipeline.parse.decide.context import Context
from pipeline.parse.evidence.visible import visible_text
from pipeline.parse.words import clean
from pipeline.urls import absolute

_PAGERS = (
    *("pager", "paginat", "paging", "pagelink", "page-link", "pagenav", "page-nav", "page-num"),
    *("multipage", "multi-page", "seitennav", "seitenzahl"),
)
"""In class names and ids of pagers. Without one the page's links are not read."""
_IN_PATH = re.compile(
    r"(?P<stem>.+?)(?P<joint>/(?:(?:page|seite|pagina|strona|p)[-_]?)?|[-_,](?:page|seite|p)?[-_]?)"
    r"(?P<number>\d{1,2})(?:/|\.[a-z]{3,5})?",
    re.IGNORECASE,
)
_IN_QUERY = re.compile(
    r"(?:^|&)(?:page|paged|pg|p|seite|pagina|page_?no|pn)=(?P<number>\d{1,2})(?=&|$)", re.IGNORECASE
)
_NEXT = re.compile(
    r"next|weiter|nächste|suivant|siguiente|próxim|avanti|successiv|volgende|nästa|neste|næste|"
    r"seuraava|następn|další|következő|следующ|далее|наступн|επόμεν|sonraki|selanjutnya|التالي|بعدی|"
    r"הבא|अगला|次|下一|下页|다음|ถัดไป|tiếp|[›»→]",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment|kommentar|comentario|reacti|respond|discuss", re.IGNORECASE)
"""Where a link to further pages of readers' comments leads."""
_MAX_LINKS = 2_000
_BARE_NUMBER = len("./99/")
_MAX_TEXT = 40


def find_next_page(context: Context) -> str | None:
    """The address that differs from the page's own in a page's number, by one, and whose link
    says that number or "next". None where no class name speaks of a pager."""
    names = " ".join(context.marks.names).lower()
    if not any(pager in names for pager in _PAGERS):
        return None
    try:
        own = urlsplit(context.document.final_url)
        numbered = _IN_PATH.fullmatch(own.path)
        name = (numbered["stem"] if numbered else _bare(own.path)).rpartition("/")[2]
        if not name:  # a front page, or one whose query says which article it is
            return None
        for link in context.document.landmarks.get("a", ())[:_MAX_LINKS]:
            href, _, place = (link.get("href") or "").partition("#")
            if not href or _COMMENTS.search(place):
                continue
            if len(href) > _BARE_NUMBER and href[0] != "?" and name not in href:
                continue  # what every page's menus are full of
            url = absolute(context.document.base_url, href)
            number, sure = _number_after(own, urlsplit(url)) if url else (0, False)
            if not number:
                continue
            text = clean(visible_text(link))[:_MAX_TEXT]
            if text == str(number) or (sure and _NEXT.search(text)):
                return url
    except ValueError:
        return None
    return None


def _number_after(own: SplitResult, other: SplitResult) -> tuple[int, bool]:
    """The page's number in an address that names the page after this one, else 0; and whether it
    could be nothing else, as the number that ends a path can be another article's."""
    if other.netloc != own.netloc:
        return 0, False
    if found := _IN_QUERY.search(other.query):
        here = _IN_QUERY.search(own.query)
        number = int(found["number"])
        same = other.path.rstrip("/") == own.path.rstrip("/") and _rest(other) == _rest(own)
        after = number == (int(here[1]) if here else 1) + 1
        return (number, True) if same and after else (0, False)
    found, here = _IN_PATH.fullmatch(other.path), _IN_PATH.fullmatch(own.path)
    if found is None:
        return 0, False
    number = int(found["number"])
    if number == 2 and found["stem"] == _bare(own.path):
        return number, found["joint"].startswith("/")
    after = here is not None and here["stem"] == found["stem"] and int(here["number"]) + 1 == number
    return (number, False) if after else (0, False)


def _bare(path: str) -> str:
    """The path without closing slash and a file's ending."""
    path = path.rstrip("/")
    return path.rpartition(".")[0] if re.search(r"\.[a-z]{3,5}$", path) else path


def _rest(address: SplitResult) -> list[str]:
    return sorted(filter(None, _IN_QUERY.sub("", address.query).split("&")))
