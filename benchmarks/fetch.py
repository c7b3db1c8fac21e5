"""Pages per second and CPU per page of our client beside bare ``requests``, in one run.

    nice -n 10 python benchmarks/fetch.py [--threads 100] [--seconds 8] [--rounds 2]

A server in a process of its own answers with 150 KB of HTML after 200 ms. Ours has guard, caps,
deadline, robots.txt, charset, walls and rights on. Bare is ``requests.get`` in the same threads
(a connection a page, as ours), and once more with a session a thread that keeps its connection.
The sides take turns, so that a busy machine disturbs all alike.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import requests

from pipeline.fetch import Client, FetchPolicy
from pipeline.models import FetchRequest

PAGE_BYTES = 150_000
WAIT_SECONDS = 0.2


@dataclass
class Side:
    name: str
    make: Callable[[str], Callable[[], int]]
    pages: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


def page() -> bytes:
    head = b'<!doctype html><head><meta charset="utf-8"><title>Pier</title></head><body><article>'
    paragraph = (
        "<p>The council voted on Saturday night to rebuild the “northern pier”.</p>\n".encode()
    )
    return head + paragraph * ((PAGE_BYTES - len(head)) // len(paragraph))


def serve(pipe: Connection) -> None:
    """Answer until the process is ended. Keeps connections when the client does."""
    body = page()

    def answer(kind: str, content: bytes, close: bool) -> bytes:
        ending = "close" if close else "keep-alive"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
        return f"{head}Connection: {ending}\r\n\r\n".encode() + content

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).lower()
                close = b"connection: close" in asked
                if asked.startswith(b"get /robots.txt"):
                    writer.write(answer("text/plain", b"User-agent: *\nDisallow: /no\n", close))
                else:
                    await asyncio.sleep(WAIT_SECONDS)
                    writer.write(answer("text/html; charset=utf-8", body, close))
                await writer.drain()
                if close:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1024)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def ours(url: str) -> Callable[[], int]:
    client = Client(FetchPolicy(contact="benchmark", allowed_networks=("127.0.0.0/8",)))
    return lambda: len(client.fetch(FetchRequest(url)).body)


def bare(url: str) -> Callable[[], int]:
    return lambda: len(requests.get(url, timeout=30).content)


def bare_sessions(url: str) -> Callable[[], int]:
    kept = threading.local()

    def get() -> int:
        if not hasattr(kept, "session"):
            kept.session = requests.Session()
        return len(kept.session.get(url, timeout=30).content)

    return get


def measure(side: Side, url: str, threads: int, seconds: float) -> None:
    get = side.make(url)
    get()  # connections, robots.txt and lazy imports are not what is measured
    end = time.monotonic() + seconds

    def work() -> None:
        while time.monotonic() < end:
            assert get() > PAGE_BYTES * 0.9
            with side.lock:
                side.pages += 1

    before, started = cpu_seconds(), time.monotonic()
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    side.seconds += time.monotonic() - started
    side.cpu_seconds += cpu_seconds() - before


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=8.0, help="a side and round")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    ear, mouth = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(mouth,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ear.recv()}/story"
    sides = [Side("ours", ours), Side("bare", bare), Side("bare, sessions", bare_sessions)]
    for _ in range(options.rounds):
        for side in sides:
            measure(side, url, options.threads, options.seconds)
    server.terminate()
    reference = sides[1]
    print(f"{'side':16} {'pages/s':>8} {'CPU ms/page':>12} {'speed':>7} {'CPU':>6}")
    for side in sides:
        speed, cost = side.pages / side.seconds, side.cpu_seconds / side.pages
        of_bare = speed / (reference.pages / reference.seconds)
        cpu_of_bare = cost / (reference.cpu_seconds / reference.pages)
        print(f"{side.name:16} {speed:8.1f} {1000 * cost:12.2f} {of_bare:7.0%} {cpu_of_bare:5.2f}x")


if __name__ == "__main__":
    main()
