"""Ways out of a process: clients, resolvers, proxies, addresses; each must be refused.

A nested run calls all of them in each phase, and writes what happened to each.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from socket import getaddrinfo as bound_early

import httpx
import requests

from dataflow.errors import NotASandboxError

__all__ = ["WAYS", "go_out"]

#: An address for documentation, which no machine has (RFC 5737).
NOWHERE = "192.0.2.9"


def _tcp(method: str, host: str, port: int, family: int = socket.AF_INET) -> None:
    with socket.socket(family) as own:
        getattr(own, method)((host, port))


def _udp(method: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        match method:
            case "sendto":
                own.sendto(b"key", ("127.0.0.1", port))
            case "sendmsg":
                own.sendmsg([b"key"], [], 0, ("127.0.0.1", port))
            case _:
                own.connect(("127.0.0.1", port))
                own.send(b"key")


def _unix(port: int) -> None:
    with socket.socket(socket.AF_UNIX) as own:
        own.connect(f"{Path(__file__).parent}/{port}.sock")


def _in_a_thread(port: int) -> None:
    caught: list[BaseException] = []

    def run() -> None:
        try:
            _tcp("connect", "127.0.0.1", port)
        except NotASandboxError as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if caught:
        raise caught[0]


async def _datagram(port: int) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port)
    )


async def _async_httpx(url: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.get(url)


def _by_proxy(port: int) -> None:
    proxy = urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{port}"})
    urllib.request.build_opener(proxy).open("http://api.invoiced.com", timeout=9)


#: Each way, with a port on loopback that the run does not serve.
WAYS: dict[str, Callable[[int], object]] = {
    "connect": lambda port: _tcp("connect", "127.0.0.1", port),
    "connect_ex": lambda port: _tcp("connect_ex", "127.0.0.1", port),
    "localhost": lambda port: _tcp("connect", "localhost", port),
    "IPv6": lambda port: _tcp("connect", "::1", port, socket.AF_INET6),
    "mapped": lambda port: _tcp("connect", "::ffff:127.0.0.1", port, socket.AF_INET6),
    "127.0.0.2": lambda port: _tcp("connect", "127.0.0.2", port),
    "0.0.0.0": lambda port: _tcp("connect", "0.0.0.0", port),  # noqa: S104 - loopback too
    "another host": lambda _: _tcp("connect", NOWHERE, 443),
    "a name": lambda _: _tcp("connect", "api.invoiced.com", 443),
    "create_connection": lambda port: socket.create_connection(("127.0.0.1", port)),
    "thread": _in_a_thread,
    "unix": _unix,
    "sendto": lambda port: _udp("sendto", port),
    "sendmsg": lambda port: _udp("sendmsg", port),
    "connected datagram": lambda port: _udp("connect", port),
    "getaddrinfo": lambda _: socket.getaddrinfo("api.invoiced.com", 443),
    "bound early": lambda _: bound_early("api.invoiced.com", 443),
    "bytes": lambda _: socket.getaddrinfo(b"api.invoiced.com", 443),
    "gethostbyname": lambda _: socket.gethostbyname("key.evil.example"),
    "gethostbyname_ex": lambda _: socket.gethostbyname_ex("key.evil.example"),
    "gethostbyaddr": lambda _: socket.gethostbyaddr(NOWHERE),
    "getnameinfo": lambda _: socket.getnameinfo((NOWHERE, 443), 0),
    "urllib": lambda port: urllib.request.urlopen(f"http://127.0.0.1:{port}"),
    "urllib by proxy": _by_proxy,
    "http.client": lambda port: http.client.HTTPConnection("127.0.0.1", port).request(
        "GET", "/"
    ),
    "requests": lambda _: requests.get("https://api.invoiced.com", timeout=9),
    "requests by port": lambda port: requests.get(
        f"http://127.0.0.1:{port}", timeout=9
    ),
    "httpx": lambda _: httpx.get("https://acme.chargebee.com/api/v2"),
    "httpx by port": lambda port: httpx.get(f"http://127.0.0.1:{port}"),
    "httpx by proxy": lambda port: httpx.get(
        "https://api.invoiced.com", proxy=f"http://127.0.0.1:{port}"
    ),
    "async httpx": lambda port: asyncio.run(_async_httpx(f"http://127.0.0.1:{port}")),
    "asyncio": lambda port: asyncio.run(_open(port)),
    "asyncio datagram": lambda port: asyncio.run(_datagram(port)),
}


async def _open(port: int) -> None:
    await asyncio.open_connection("127.0.0.1", port)


def go_out(phase: str, port: int, file: Path) -> None:
    """Try each way in this phase of a run, and note which one was not refused."""
    with file.open("a", encoding="utf-8") as lines:
        for way, go in WAYS.items():
            lines.write(json.dumps([phase, way, _try(go, port)]) + "\n")


def _try(go: Callable[[int], object], port: int) -> str:
    try:
        go(port)
    except Exception as error:  # noqa: BLE001 - the result; asyncio wraps it in a group
        return "refused" if NotASandboxError.__name__ in repr(error) else repr(error)
    return "open"
