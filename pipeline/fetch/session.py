"""One thread's HTTP session: guarded transport, honest headers, nothing remembered."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy

import requests

from pipeline.fetch.addresses import Resolver
from pipeline.fetch.connections import GuardedAdapter
from pipeline.fetch.deadline import Deadline
from pipeline.fetch.encodings import ACCEPT_ENCODING
from pipeline.fetch.policy import FetchPolicy

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"


class _StayingSession(requests.Session):
    """Sees no redirects. Even when it is not to follow one, ``requests`` reads its whole body,
    however long, and parses its target, however broken."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class GuardedSession:
    """``requests`` without its conveniences: no proxies or netrc from the environment, no
    cookies, no redirects, no retries."""

    def __init__(self, policy: FetchPolicy, resolver: Resolver, verify: bool | str) -> None:
        self._adapter = GuardedAdapter(policy, resolver)
        self._verify = verify
        self._session = _StayingSession()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.clear()
        self._session.headers.update(
            {
                "User-Agent": policy.user_agent,
                "Accept": ACCEPT,
                "Accept-Encoding": ACCEPT_ENCODING,
                "Connection": "close",
            }
        )
        for prefix in ("http://", "https://"):
            self._session.mount(prefix, self._adapter)

    def ask(
        self,
        url: str,
        headers: Mapping[str, str],
        deadline: Deadline,
        policy: FetchPolicy,
        form: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer, to a GET or to a form, its body not yet read; ``policy`` says what may be
        reached. Raises what requests and urllib3 raise, and ``TryLater("deadline_exceeded")`` when
        no time is left."""
        timeout_seconds = deadline.left_seconds()
        self._adapter.deadline = deadline
        self._adapter.policy = policy
        return self._session.request(
            "GET" if form is None else "POST",
            url,
            headers=dict(headers),
            data=form,
            stream=True,
            allow_redirects=False,
            timeout=timeout_seconds,
            verify=self._verify,
        )

    def close(self) -> None:
        self._session.close()
