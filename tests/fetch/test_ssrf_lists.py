"""What the public lists of such attacks try, beyond single addresses: each ends by its name.

Names of insiders and names that spell an address resolve to it here, as they do where they work.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pipeline.errors import Outcome
from pipeline.fetch import Client
from pipeline.models import FetchRequest
from tests.fetch.conftest import PAGE, POLICY, Ends, Serve, page
from tests.fetch.server import redirect, response

OPEN_WEB = replace(POLICY, allowed_networks=())

INSIDERS = {
    "localhost", "localhost.localdomain", "ip6-localhost", "metadata.google.internal", "metadata",
    "instance-data", "kubernetes.default.svc", "host.docker.internal", "spoofed.example",
    "intranet",
}  # fmt: skip


def resolve(host: str) -> list[str]:
    spelled = re.search(r"(\d+)[.-](\d+)[.-](\d+)[.-](\d+)\.(?:nip|sslip|xip)\.example$", host)
    if spelled:
        return [".".join(spelled.groups())]
    assert host in INSIDERS, f"{host} is nothing that anybody is to be asked for"
    return ["127.0.0.1"]


FORBIDDEN = """
http://127.0.0.1.nip.example/ http://app.10.0.0.1.nip.example/ http://169-254-169-254.sslip.example/
http://a-192-168-1-1.xip.example/ http://localhost/ http://LOCALHOST/ http://localhost./
http://localhost%2e/ http://localhost.localdomain/ http://ip6-localhost/ http://spoofed.example/
http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/ http://ｌｏｃａｌｈｏｓｔ/ http://lo%63alhost/ http://metadata/ http://intranet/
http://metadata.google.internal/computeMetadata/v1/ http://instance-data/latest/meta-data/
http://kubernetes.default.svc/ http://host.docker.internal/ http://169.254.169.254/latest/user-data
http://169.254.170.2/v2/credentials/ http://169.254.169.123/ http://100.100.100.200/latest/
http://192.0.0.192/latest/ http://168.63.129.16/ http://[fd00:ec2::254]/ http://[fd20:ce::254]/
http://0/ http://0.0/ http://0.0.0/ http://0.0.0.1/ http://00000.1/ http://127.127.127.127/
http://0X7F000001/ http://0x00000000007f000001/ http://0177.0x0.0.1/ http://0000177.0000.0000.0001/
http://3232235521/ http://0xc0a80001/ http://0300.0250.0.1/ http://192.0xa80001/ http://10.1/
http://①⑥⑨。②⑤④。①⑥⑨。②⑤④/ http://⑯⑨｡②⑤④｡⑯⑨｡②⑤④/ http://127．0．0．1/ http://1２7.0.0.1/
http://%31%32%37.0.0.1/ http://127%2E0%2E0%2E1/ http://127.0.0.1./ http://127.0.0.0x/x/../@
http://[::]/ http://[0000::1]/ http://[0:0:0:0:0:ffff:127.0.0.1]/ http://[::ffff:a9fe:a9fe]/
http://[::ffff:0:127.0.0.1]/ http://[::ffff:0:7f00:1]/ http://[::169.254.169.254]/ http://[1::1]/
http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b:1::a00:1]/ http://[64:ff9a::1]/ http://[4000::1]/
http://[2002:a9fe:a9fe::]/ http://[2001:0:53aa:64c::80ff:fffe]/ http://[8000::1]/ http://[e000::1]/
http://127.0.0.1:6379/ http://10.0.0.1:443/ http://127.0.0.1\\@post.example/
http://127.0.0.1#@post.example/ http://127.0.0.1?@post.example/ http://127.0.0.1:80\\@@post.example/
http:///127.0.0.1/ http:/127.0.0.1/ http:127.0.0.1/ http:\\\\127.0.0.1/ http:////127.0.0.1/
\thttp://127.0.0.1/ ht\ttp://127.0.0.1/ http://127.0.\t0.1/ http://@127.0.0.1/ http://:@127.0.0.1/
"""

BAD = """
http://post.example@127.0.0.1/ http://127.0.0.1@post.example/ http://127.0.0.1:80@post.example/
http://127.0.0.1%2f@post.example/ http://127.0.0.1%23@post.example/ http://[::1]@post.example/
http://post.example:80@[::1]/ http://post.example:80+&@127.0.0.1:22/#+@post.example:80/
http://1.1.1.1&@127.0.0.1#@3.3.3.3/ http://127.0.0.1:11211:80/ http://127.0.0.1:+80/
http://127.0.0.1%0d%0aHost:x/ http://127.0.0.1%00.post.example/ http://127.0.0.1%20.post.example/
http://localhost%00/ http://127.0.0.1../ http://127..0.0.1/ http://4294967297/ http://256.0.0.1/
http://127.0.0.1.1/ http://[::1%25lo]/ http://[::1%00]/ http://[fe80::1%25eth0]/
http://[127.0.0.1]/ http://[::1 http://::1/ http://０x100000000/
file:///etc/passwd file://127.0.0.1/etc/passwd file:/etc/passwd local_file:///etc/passwd
url:file:///etc/passwd URL:http://127.0.0.1/ jar:http://127.0.0.1!/ netdoc:///etc/passwd
gopher://127.0.0.1:6379/_FLUSHALL dict://127.0.0.1:11211/stat ldap://127.0.0.1/ ldapi://%2Ftmp/
sftp://127.0.0.1/ tftp://127.0.0.1/a ftp://127.0.0.1/ smb://127.0.0.1/a imap://127.0.0.1/ ws://127.0.0.1/
phar://a php://filter/resource=a expect://id ogg://127.0.0.1 ssh2.shell://127.0.0.1 glob:///etc/
unix:///var/run/docker.sock http+unix://%2Fvar%2Frun%2Fdocker.sock/ view-source:http://127.0.0.1/
blob:http://127.0.0.1/1 data:text/html,a about:blank javascript://127.0.0.1/%0aalert(1) //127.0.0.1/
"""


def ended(url: str) -> Outcome:
    with pytest.raises(Outcome) as caught:
        Client(OPEN_WEB, resolver=resolve).fetch(FetchRequest(url))
    return caught.value


def each(text: str) -> list[str]:
    return [part for line in text.strip().split("\n") for part in line.split(" ") if part]


@pytest.mark.parametrize("url", each(FORBIDDEN), ids=ascii)
def test_what_leads_inside_is_forbidden_however_it_is_written(url: str) -> None:
    assert ended(url).reason == "address_forbidden"


@pytest.mark.parametrize("url", each(BAD), ids=ascii)
def test_what_readers_of_urls_read_in_two_ways_is_not_asked_for(url: str) -> None:
    assert ended(url).reason == "bad_url"


# ------------------------------------------------------------------ redirects
LOCATIONS = {
    "no scheme": ("//127.0.0.2/", "address_forbidden"),
    "no scheme, more slashes": ("////127.0.0.2/", "address_forbidden"),
    "backslashes": ("\\\\127.0.0.2\\", "address_forbidden"),
    "a slash and a backslash": ("/\\127.0.0.2/", "address_forbidden"),
    "three slashes": ("http:///127.0.0.2/", "address_forbidden"),
    "capitals and blanks": (" \tHtTp://127.0.0.2/ ", "address_forbidden"),
    "a tab inside": ("ht\ttp://127.0.\t0.2/", "address_forbidden"),
    "circled digits": ("http://①②⑦.0.0.2/", "address_forbidden"),
    "full stops of another script": ("http://127。0。0。2/", "address_forbidden"),
    "an at behind a backslash": ("http://127.0.0.2\\@post.example/", "address_forbidden"),
    "another scheme of the web and one slash": ("https:/127.0.0.2/", "address_forbidden"),
    "no slash": ("https:127.0.0.2", "address_forbidden"),
    "a name of insiders": ("http://inside.example/", "address_forbidden"),
    "a user": ("http://post.example@127.0.0.2/", "bad_redirect"),
    "escaped line ends in the host": ("http://127.0.0.2%0d%0aX:y/", "bad_redirect"),
    "an archive": ("jar:http://127.0.0.2!/", "scheme_forbidden"),
    "a file": ("file:/etc/passwd", "scheme_forbidden"),
    "a file with a tab": ("fi\tle:///etc/passwd", "scheme_forbidden"),
    "a scheme alone": ("gopher:", "scheme_forbidden"),
}


@pytest.mark.parametrize(("location", "reason"), LOCATIONS.values(), ids=list(LOCATIONS))
@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_is_read_as_a_browser_reads_it_and_not_followed_inside(
    location: str,
    reason: str,
    status: int,
    serve: Serve,
    ends: Ends,
    resolver: dict[str, list[str]],
) -> None:
    resolver["inside.example"] = ["127.0.0.1", "10.1.2.3"]
    head = f"HTTP/1.1 {status} Told\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n"
    ends(serve(head.encode()).url(), reason)


@pytest.mark.parametrize(
    ("location", "path"),
    [("http:a", "/a"), ("a b", "/a%20b"), ("\\a", "/a"), ("/./b/../a", "/a"),
     ("/a%0d%0aX-Told:%201", "/a%0D%0AX-Told:%201"), ("/a#b", "/a")],
)  # fmt: skip
def test_a_redirect_within_the_host_is_followed_as_a_browser_follows_it(
    location: str, path: str, serve: Serve, client: Client
) -> None:
    server = serve({"/": redirect(location), path: response(200, PAGE)})
    assert page(client, server.url()).final_url == server.url(path)


def test_no_header_can_be_written_by_an_address(serve: Serve, client: Client) -> None:
    server = serve(response(200, PAGE))
    for end in ("\r\n", "\n", "%0d%0a", "\u560d\u560a", "\\r\\n", "%E5%98%8D%E5%98%8A"):
        page(client, server.url(f"/a{end}X-Told: 1{end}{end}GET /b"))
    assert len(server.asked) == 6
    assert all("x-told" not in asked.headers for asked in server.asked)
    assert all(" " not in asked.path and asked.path.startswith("/a") for asked in server.asked)


def test_of_two_locations_the_first_counts(serve: Serve, client: Client) -> None:
    two = b"HTTP/1.1 302 Told\r\nContent-Length: 0\r\nLocation: /a\r\nLocation: http://127.0.0.2/\r\n\r\n"
    server = serve({"/": two, "/a": response(200, PAGE)})
    assert page(client, server.url()).final_url == server.url("/a")
