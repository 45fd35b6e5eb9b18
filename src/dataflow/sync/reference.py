"""Build the reference sync from its settings and the rows of the checklist."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from dataflow.errors import DataflowError
from dataflow.sync.changes import Systems
from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.http import Pause, open_client
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.create import SyncSettings
from dataflow.sync.mapping import make_lens
from dataflow.sync.model import Flow
from dataflow.sync.record_types import find_kind
from dataflow.sync.report import RunReport
from dataflow.sync.run import Run, StateFile


class Section(Protocol):
    """A section of the checklist, as far as the sync needs it.

    `pairs` holds the listed properties: Invoiced name, Chargebee name, Chargebee type.
    """

    @property
    def left(self) -> str: ...
    @property
    def right(self) -> str: ...
    @property
    def pairs(self) -> tuple[tuple[str, str, str], ...]: ...


def list_flows(sections: Iterable[Section]) -> list[FlowSpec]:
    """Return the flow of each section, in the document's own names."""
    return [FlowSpec(each.left, each.right, each.pairs) for each in sections]


__all__ = ["FlowSpec", "RunReport", "SyncSettings", "run_once"]

#: The state file's name inside `DATAFLOW_STATE_DIR`.
STATE_FILE = "links.sqlite"

#: Where Chargebee's own sites live (documented).
CHARGEBEE_SITES = ".chargebee.com"

#: A time in seconds has so many digits until the year 5138; one in milliseconds more.
SECONDS_DIGITS = 11

_SITE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")


class WrongEnvironmentError(DataflowError):
    """An environment variable is missing or makes no sense."""


@dataclass(frozen=True, slots=True)
class FlowSpec:
    """One section of the checklist, in the checklist's own words.

    `left` and `right` are record types; each property is a row: its Invoiced name,
    its Chargebee name and the Chargebee type.
    """

    left: str
    right: str
    properties: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """The accounts to keep in sync and where to keep the memory of it."""

    invoiced_url: str
    invoiced_key: str
    chargebee_url: str
    chargebee_key: str
    chargebee_site: str
    state_dir: Path
    since: int

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Environment:
        """Read the variables; raises WrongEnvironmentError for the first bad one."""
        return cls(
            invoiced_url=_url(environ, "DATAFLOW_INVOICED_URL"),
            invoiced_key=_key(environ, "DATAFLOW_INVOICED_KEY"),
            chargebee_url=_chargebee_url(environ),
            chargebee_key=_key(environ, "DATAFLOW_CHARGEBEE_KEY"),
            chargebee_site=_site(environ),
            state_dir=Path(_text(environ, "DATAFLOW_STATE_DIR")),
            since=_since(environ),
        )

    def state(self) -> StateFile:
        """Return the state file, bound to these accounts."""
        accounts = {
            "Invoiced at": self.invoiced_url,
            "Chargebee at": self.chargebee_url,
            "Chargebee site": self.chargebee_site,
        }
        return StateFile(self.state_dir / STATE_FILE, accounts)


def run_once(  # noqa: PLR0913 - what a run depends on is handed in
    environ: Mapping[str, str],
    flows: Sequence[FlowSpec],
    settings: SyncSettings,
    *,
    full: bool = False,
    report: Callable[[str], None] | None = None,
    pause: Pause = time.sleep,
    connect: Callable[[str, str], httpx.Client] = open_client,
) -> RunReport:
    """Bring both systems into agreement, once, and say what was done.

    `full` reads everything again, and so notices what was deleted in Invoiced.
    `report` is told each thing as it happens; `pause` waits where a vendor asks for
    patience; `connect` opens a connection to an address with a key. Raises a
    DataflowError, before anything is written, for what is wrong with the variables,
    the flows, the state file, the keys or the connection.
    """
    env = Environment.of(environ)
    bound = [_bind(spec) for spec in flows]
    with (
        closing(connect(env.invoiced_url, env.invoiced_key)) as left,
        closing(connect(env.chargebee_url, env.chargebee_key)) as right,
    ):
        run = Run(
            bound,
            Systems(Invoiced.over(left, pause), Chargebee.over(right, pause)),
            env.state(),
            settings,
            since=env.since,
            full=full,
            report=report or (lambda _text: None),
        )
        return run()


def _bind(spec: FlowSpec) -> Flow:
    lenses = tuple(make_lens(*row) for row in spec.properties)
    return Flow(find_kind(spec.left, spec.right), lenses)


def _text(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise WrongEnvironmentError(f"{name} is not set: the sync needs it.")
    return value


def _key(environ: Mapping[str, str], name: str) -> str:
    key = _text(environ, name)
    if not (key.isascii() and key.isprintable()):
        # What stands in it is not shown: it is a secret all the same.
        raise WrongEnvironmentError(
            f"{name} holds a character that no key has: copy the key again."
        )
    return key


def _url(environ: Mapping[str, str], name: str) -> str:
    url = _text(environ, name).rstrip("/")
    if not _is_address(url):
        raise WrongEnvironmentError(
            f"{name} = {_without_password(url)!r} is no http or https address."
        )
    if urlsplit(url).username is not None:
        raise WrongEnvironmentError(
            f"{name} = {_without_password(url)!r} holds a user name or a password: give"
            " the key in the variable for it."
        )
    return url


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # Both are what a connection will make of it: names have rules of their own.
        httpx.URL(url)
        (parts.hostname or "").encode("idna")
        # Asking for the port is what finds a bad one.
        good = not (parts.query or parts.fragment) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        return False
    return good and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _without_password(url: str) -> str:
    return re.sub(r"//.*@", "//***@", url)


def _chargebee_url(environ: Mapping[str, str]) -> str:
    name = "DATAFLOW_CHARGEBEE_URL"
    url = _url(environ, name)
    if not url.endswith("/api/v2"):
        raise WrongEnvironmentError(f"{name} = {url!r} has to end in /api/v2.")
    host = urlsplit(url).hostname or ""
    site = _site(environ)
    if host.endswith(CHARGEBEE_SITES) and host != f"{site}{CHARGEBEE_SITES}".lower():
        raise WrongEnvironmentError(
            f"{name} = {url!r} is not the site {site!r} of DATAFLOW_CHARGEBEE_SITE."
        )
    return url


def _site(environ: Mapping[str, str]) -> str:
    site = _text(environ, "DATAFLOW_CHARGEBEE_SITE")
    if not _SITE.fullmatch(site):
        raise WrongEnvironmentError(
            f"DATAFLOW_CHARGEBEE_SITE = {site!r} is no site: use its name alone, as in"
            " acme-test."
        )
    return site


def _since(environ: Mapping[str, str]) -> int:
    text = environ.get("DATAFLOW_SINCE", "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= SECONDS_DIGITS):
        raise WrongEnvironmentError(
            f"DATAFLOW_SINCE = {text!r} has to be a time in whole unix seconds."
        )
    return int(text)
