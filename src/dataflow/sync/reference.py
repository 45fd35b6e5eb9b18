"""The entry point of the reference sync: build a run and execute it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from dataflow.errors import SettingsError
from dataflow.sync.audit import Log
from dataflow.sync.clients.chargebee import Chargebee
from dataflow.sync.clients.connection import Connection, open_connection
from dataflow.sync.clients.invoiced import Invoiced
from dataflow.sync.clients.preview import ChargebeePreview, InvoicedPreview
from dataflow.sync.clients.systems import Systems
from dataflow.sync.clients.waiting import Pause, RateLimiter, pause_until_stopped
from dataflow.sync.create import SyncSettings
from dataflow.sync.mapping import make_lens
from dataflow.sync.model import Flow
from dataflow.sync.progress import Progress
from dataflow.sync.record_types import find_kind
from dataflow.sync.report import RunReport
from dataflow.sync.run import Run, StateFile


class Section(Protocol):
    """The parts of a section; a pair is Invoiced name, Chargebee name and type."""

    @property
    def left(self) -> str: ...
    @property
    def right(self) -> str: ...
    @property
    def pairs(self) -> tuple[tuple[str, str, str], ...]: ...


__all__ = ["RunReport", "SyncSettings", "run_once"]

#: The state file's name inside `DATAFLOW_STATE_DIR`.
STATE_FILE = "links.sqlite"

#: The host of Chargebee's sites (documented).
CHARGEBEE_SITES = ".chargebee.com"

#: The digits of a time in seconds until the year 5138; milliseconds have more.
SECONDS_DIGITS = 11

_SITE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Environment:
    """The accounts to synchronise and the directory of the state file."""

    invoiced_url: str
    invoiced_key: str
    chargebee_url: str
    chargebee_key: str
    chargebee_site: str
    state_dir: Path
    since: int

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Environment:
        """Read the variables; raises SettingsError for the first wrong one."""
        return cls(
            invoiced_url=_url(environ, "DATAFLOW_INVOICED_URL"),
            invoiced_key=_key(environ, "DATAFLOW_INVOICED_KEY"),
            chargebee_url=_chargebee_url(environ),
            chargebee_key=_key(environ, "DATAFLOW_CHARGEBEE_KEY"),
            chargebee_site=_site(environ),
            state_dir=Path(_text(environ, "DATAFLOW_STATE_DIR")),
            since=_since(environ),
        )

    def state_file(self) -> StateFile:
        """Return the state file of these accounts."""
        accounts = {
            "Invoiced at": self.invoiced_url,
            "Chargebee at": self.chargebee_url,
            "Chargebee site": self.chargebee_site,
        }
        return StateFile(self.state_dir / STATE_FILE, accounts)


def run_once(  # noqa: PLR0913 - the dependencies of a run
    environ: Mapping[str, str],
    sections: Iterable[Section],
    settings: SyncSettings,
    *,
    full: bool = False,
    report: Callable[[str], None] | None = None,
    force: bool = False,
    pause: Pause = time.sleep,
    is_preview: bool = False,
    log: Log = lambda _type, _entry: None,
    progress: Progress | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    now: Callable[[], float] = time.monotonic,
    connect: Callable[[str, str], Connection] = open_connection,
) -> RunReport:
    """Synchronise both systems once, and return the report.

    `full` reads everything again, whatever the cursors and events show; `force` does
    what the guards would stop. `report` is called with each event, `log` with each
    write, and `progress` shows how far a run is; `pause` waits for a vendor, and moves
    the clock `now` on; `connect` opens a connection to an address with a key. A preview
    reads both systems and writes nothing. After `is_stopping` returns true, no further
    change begins.

    Raises a DataflowError, before anything is written, for an error of the variables,
    sections, state file, keys or connection.
    """
    env = Environment.read(environ)
    retry_pause = pause_until_stopped(pause, is_stopping)

    def limit(per_minute: int) -> RateLimiter | None:
        allowed = int(per_minute * settings.rate_share)
        return RateLimiter(max(1, allowed), pause, now) if per_minute else None

    make_left = InvoicedPreview.over if is_preview else Invoiced.over
    make_right = ChargebeePreview.over if is_preview else Chargebee.over
    flows = [_make_flow(section, settings) for section in sections]
    with (
        closing(connect(env.invoiced_url, env.invoiced_key)) as left,
        closing(connect(env.chargebee_url, env.chargebee_key)) as right,
    ):
        run = Run(
            flows,
            Systems(
                make_left(left, retry_pause, limit(settings.invoiced_per_minute)),
                make_right(right, retry_pause, limit(settings.chargebee_per_minute)),
            ),
            replace(env.state_file(), is_preview=is_preview),
            settings,
            since=env.since,
            full=full,
            force=force,
            report=report or (lambda _text: None),
            log=log,
            progress=progress or Progress(),
            is_stopping=is_stopping,
        )
        return run()


def _make_flow(section: Section, settings: SyncSettings) -> Flow:
    kind = find_kind(section.left, section.right)
    lenses = tuple(make_lens(*pair) for pair in section.pairs)
    return Flow(kind, lenses, settings.get_matched_by(kind))


def _text(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set: the sync needs it.")
    return value


def _key(environ: Mapping[str, str], name: str) -> str:
    key = _text(environ, name)
    if not (key.isascii() and key.isprintable()):
        # The value is not shown: it is a secret.
        raise SettingsError(
            f"{name} holds a character that no key has: copy the key again."
        )
    return key


def _url(environ: Mapping[str, str], name: str) -> str:
    url = _text(environ, name).rstrip("/")
    if not _is_address(url):
        raise SettingsError(
            f"{name} = {_without_password(url)!r} is no http or https address."
        )
    if urlsplit(url).username is not None:
        raise SettingsError(
            f"{name} = {_without_password(url)!r} holds a user name or a password: give"
            " the key in the variable for it."
        )
    return url


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # A connection does both: host names have their own rules.
        httpx.URL(url)
        (parts.hostname or "").encode("idna")
        # Reading the port detects a wrong one.
        is_valid = not (parts.query or parts.fragment) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        return False
    return is_valid and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _without_password(url: str) -> str:
    return re.sub(r"//.*@", "//***@", url)


def _chargebee_url(environ: Mapping[str, str]) -> str:
    name = "DATAFLOW_CHARGEBEE_URL"
    url = _url(environ, name)
    if not url.endswith("/api/v2"):
        raise SettingsError(f"{name} = {url!r} has to end in /api/v2.")
    host = urlsplit(url).hostname or ""
    site = _site(environ)
    if host.endswith(CHARGEBEE_SITES) and host != f"{site}{CHARGEBEE_SITES}".lower():
        raise SettingsError(
            f"{name} = {url!r} is not the site {site!r} of DATAFLOW_CHARGEBEE_SITE."
        )
    return url


def _site(environ: Mapping[str, str]) -> str:
    site = _text(environ, "DATAFLOW_CHARGEBEE_SITE")
    if not _SITE.fullmatch(site):
        raise SettingsError(
            f"DATAFLOW_CHARGEBEE_SITE = {site!r} is no site: use its name alone, as in"
            " acme-test."
        )
    return site


def _since(environ: Mapping[str, str]) -> int:
    text = environ.get("DATAFLOW_SINCE", "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= SECONDS_DIGITS):
        raise SettingsError(
            f"DATAFLOW_SINCE = {text!r} has to be a time in whole unix seconds."
        )
    return int(text)
