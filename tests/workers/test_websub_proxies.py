"""WebSub behind a reverse proxy: the address that hubs are told, and the bytes that they sign."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workers.hub import CHALLENGE, ask
from tests.workers.proxy import Proxy
from tests.workers.websub_desk import Desk
from tests.workers.websub_desk import desk as desk
from tests.workers.websub_desk import make_desk as make_desk
from tests.workers.websub_desk import parts as parts

ODD = "<!-- Überblick\u2028 \r\r\n\t -->\r\n \n".encode()
"""Of bytes that whoever touches a body likes to change."""


@pytest.fixture(params=["", "/paper/desk"], ids=["a name of its own", "below a path"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[False, True], ids=["whole", "in pieces"])
def proxy(desk: Desk, prefix: str, request: pytest.FixtureRequest) -> Iterator[Proxy]:
    with Proxy(desk.web.port, prefix=prefix, in_pieces=request.param) as proxy:
        desk.call_back_at(f"{proxy.url}/")
        yield proxy


def test_hubs_come_back_and_push_through_a_proxy_that_changes_all_but_the_body(
    desk: Desk, proxy: Proxy
) -> None:
    desk.subscribe()
    assert desk.hub.came_back == [(200, CHALLENGE)]
    assert desk.hub.callback == f"{proxy.url}/websub/{desk.row.token}"
    long = b"<!--" + b" \xc3\xbc\r\n" * 500_000 + b"-->"
    for number, more in ((7, b""), (8, ODD), (9, ODD + long)):
        assert desk.hub.push(desk.news([number]) + more) == 202
        desk.work_off()
    assert desk.accepted() == ["0", "1", "2", "7", "8", "9"]
    assert (desk.row.pushes, desk.row.ignored_pushes) == (3, 0)
    assert desk.hub.push(desk.news([10]), secret="guessed") == 202
    assert (desk.row.pushes, desk.row.ignored_pushes) == (3, 1)
    assert len(proxy.connected_from) == 1, "the connection to us is kept"


def test_a_stranger_is_told_that_the_proxy_hands_on_and_the_rest_stays_inside(
    proxy: Proxy,
) -> None:
    status, told = ask(f"{proxy.url}/websub/x")
    assert status == 404 and "not_asked_for" in told
    assert ask(f"{proxy.url}/v1/runs") == (404, "this stays inside")
