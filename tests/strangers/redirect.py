"""Runs a program of another package, whose calls to one host go to a twin instead.

The arguments are the beginning of the addresses, the twin's in its place, and the
program with its own arguments. A call to another host ends the program.
"""

from __future__ import annotations

import runpy
import sys
from typing import Any

import requests

_send = requests.Session.send


def main(vendor: str, twin: str, *command: str) -> None:
    """Run a command whose HTTP client is `requests`."""

    def send(
        session: requests.Session,
        request: requests.PreparedRequest,
        **options: Any,  # noqa: ANN401 - those of requests
    ) -> requests.Response:
        url = request.url or ""
        if not url.startswith(vendor):
            raise SystemExit(f"{url} is no address of {vendor}.")
        request.url = twin + url.removeprefix(vendor)
        return _send(session, request, **options)

    setattr(requests.Session, "send", send)  # noqa: B010 - no method of its type
    sys.argv = list(command)
    runpy.run_path(command[0], run_name="__main__")


main(*sys.argv[1:])
