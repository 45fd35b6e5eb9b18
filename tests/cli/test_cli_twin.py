"""`dataflow twin`: both stand-ins, by hand."""

from __future__ import annotations

import json
import re
import signal
import socket

import httpx
import pytest

from dataflow.twin.http_server import LOOPBACK
from tests.cli.running import COMMAND, ended, free_port, program, run, twin_program


def test_twins_say_where_they_are() -> None:
    """The one line that is printed says where both are, with what opens them."""
    with twin_program() as (_, line):
        found = json.loads(line)
    ports = "(?:http://127.0.0.1:[0-9]+)"

    assert (
        {"invoiced": ["key", "url"], "chargebee": ["key", "site", "url"]},
        True,
        True,
    ) == (
        {name: sorted(values) for name, values in found.items()},
        bool(re.fullmatch(ports, found["invoiced"]["url"])),
        bool(re.fullmatch(f"{ports}/api/v2", found["chargebee"]["url"])),
    )


def test_twins_serve() -> None:
    """Both answer where they say they are, to the key that they name."""
    with twin_program() as (_, line):
        found = json.loads(line)
        answers = [
            httpx.get(f"{twin['url']}/customers", auth=(twin["key"], ""))
            for twin in (found["invoiced"], found["chargebee"])
        ]

    assert [(200, []), (200, {"list": []})] == [
        (answer.status_code, answer.json()) for answer in answers
    ]


def test_twins_by_hand_are_controlled() -> None:
    """Who runs the twins by hand can move their clock, though it goes by itself."""
    with twin_program() as (_, line):
        url = f"{json.loads(line)['invoiced']['url']}/_twin/clock"
        told = httpx.post(url, json={"frozen": True, "set": 9_000_000_000})

    assert {"seconds": 9_000_000_000, "frozen": True} == told.json()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_twins_end_when_asked(number: signal.Signals) -> None:
    """Ctrl-C and a request to end both end the twins, silently and with status 0."""
    with twin_program() as (process, _):
        process.send_signal(number)
        found = ended(process)

    assert (0, "", "") == found


def test_twins_in_the_background_end_when_asked() -> None:
    """Twins that a shell has started in the background, deaf to Ctrl-C, hear it."""
    deaf = 'trap "" INT; exec "$0" twin'
    with twin_program("sh", "-c", deaf, str(COMMAND)) as (process, _):
        process.send_signal(signal.SIGINT)
        found = ended(process)

    assert (0, "", "") == found


def test_twins_listen_where_they_are_told() -> None:
    """The ports can be chosen."""
    ports = [free_port(), free_port()]
    names = ["--invoiced-port", "--chargebee-port"]
    chosen = [
        word for each in zip(names, map(str, ports), strict=True) for word in each
    ]
    with twin_program(str(COMMAND), "twin", *chosen) as (_, line):
        found = json.loads(line)

    assert [
        f"http://{LOOPBACK}:{ports[0]}",
        f"http://{LOOPBACK}:{ports[1]}/api/v2",
    ] == [found["invoiced"]["url"], found["chargebee"]["url"]]


@pytest.mark.parametrize("option", ["--invoiced-port", "--chargebee-port"])
def test_a_taken_port_is_one_sentence(option: str) -> None:
    """A port on which another program listens is one sentence, and status 1."""
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        found = program("twin", option, str(port))

    assert (
        1,
        "",
        (
            f"Error: Port {port} cannot be listened on (Address already in use): choose"
            " another, or 0 for any that is free.\n"
        ),
    ) == found


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_what_is_no_port_is_refused(port: str) -> None:
    """What is no port is a wrong use of the command, and status 2."""
    result = run("twin", "--invoiced-port", port)

    assert (2, True) == (
        result.exit_code,
        "Error: Invalid value for '--invoiced-port'" in result.output,
    )
