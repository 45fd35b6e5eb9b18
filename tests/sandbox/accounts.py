"""Both twins in the vendors' place: on loopback, called from outside, and observed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest

from dataflow.network.sockets import served_ports
from dataflow.record_types.model import CARRIER, FAMILY, KINDS
from dataflow.sandbox.cleanup import Cleaner
from dataflow.sandbox.lock import Lock
from dataflow.sandbox.run_mark import RunMark
from dataflow.twin.clock import START, Clock, ManualClock
from dataflow.twin.gateway import Seed
from dataflow.twin.messages import App, Arguments, Request, Response
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, TwinPair
from dataflow.vendors.chargebee import ChargebeeSite
from dataflow.vendors.connection import Connection, chargebee_client, invoiced_client
from dataflow.vendors.invoiced import InvoicedAccount
from dataflow.vendors.marks import parse_marks
from tests import project as running
from tests.project import ChecklistRun, Project

Record: TypeAlias = dict[str, Any]

HOUR = 60 * 60

MARKS = parse_marks(
    {
        "customer": ["id={id}", "meta_data.invoiced_id={id}"],
        "order": ["id={id}", "reference_id={id}"],
        "item": ["id={id}", "metadata.invoiced_id={id}"],
    },
    source="dataflow.toml",
)

#: A run that has begun so many hours before the twins' clock begins.
RUN, OLD, OLDER = (
    RunMark(START - hours * HOUR, f"{hours:06x}") for hours in (0, 30, 90)
)


@dataclass
class Accounts:
    """Both twins. `calls` are the calls to them, `instead` replaces answers by call.

    `headers` are added to every answer.
    """

    twins: TwinPair
    connection: Connection
    clock: Clock
    calls: list[str]
    instead: dict[str, Response]
    headers: dict[str, str]
    invoiced: InvoicedAccount = field(init=False)
    chargebee: ChargebeeSite = field(init=False)

    def __post_init__(self) -> None:
        """Connect clients to both."""
        self.invoiced = InvoicedAccount(invoiced_client(self.connection))
        self.chargebee = ChargebeeSite(chargebee_client(self.connection))

    @property
    def cleaner(self) -> Cleaner:
        """Return a cleaner of these accounts."""
        return Cleaner(self.invoiced, self.chargebee, MARKS)

    def state(self) -> dict[str, Record]:
        """Return every record of both accounts by name, deleted ones too."""
        self.invoiced.lists.clear()
        self.chargebee.lists.clear()
        found: dict[str, Record] = {}
        for kind in KINDS:
            for key, record in self.invoiced.list_all(kind).items():
                found[f"Invoiced {kind.left} {key}"] = record
        for kind in (*KINDS, CARRIER, FAMILY):
            site = self.chargebee
            listed = site.list_records if kind is FAMILY else site.list_all
            for key, record in listed(kind).items():
                found[f"Chargebee {kind.name} {key}"] = record
        return found

    def names(self) -> set[str]:
        """Return the names of the records that are not deleted."""
        state = self.state().items()
        return {name for name, record in state if not record.get("deleted")}

    def seed(self, path: str, **body: Any) -> None:  # noqa: ANN401 - values of the API
        """Make a write call to Chargebee that is not recorded in `calls`."""
        self.twins.chargebee.seed([Seed(path, body)])

    def switch(self, **switches: Any) -> None:  # noqa: ANN401 - values of the twin
        """Set switches of the Chargebee twin."""
        self.twins.chargebee.set_switch("switches", Arguments(switches))

    def advance(self, seconds: int) -> None:
        """Advance the clock of both twins."""
        assert isinstance(self.clock, ManualClock)
        self.clock.advance(seconds)

    def variables(self, **others: str) -> dict[str, str]:
        """Return the variables that name these accounts, with some replaced."""
        at = self.connection
        return {
            "INVOICED_API_URL": at.invoiced_url,
            "INVOICED_API_KEY": at.invoiced_key,
            "CHARGEBEE_API_URL": at.chargebee_url,
            "CHARGEBEE_API_KEY": at.chargebee_key,
            "CHARGEBEE_SITE": at.chargebee_site,
            **others,
        }

    def set_variables(self, environment: pytest.MonkeyPatch, help_text: str) -> None:
        """Set the variables as a help text does, with the addresses of the twins."""
        at = self.connection
        for name, value in re.findall(r"([A-Z_]+)=(\S+)", help_text):
            here = value.replace("http://127.0.0.1:8101", at.invoiced_url)
            here = here.replace("http://127.0.0.1:8102/api/v2", at.chargebee_url)
            environment.setenv(name, here)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock as another run until the end of the block."""
        with Lock(self.chargebee, OLD).held():
            yield

    def report(self, project: Project, *arguments: str) -> ChecklistRun:
        """Run the checklist of a project on these accounts, with reports."""
        return self._run(project, arguments, self.variables(), has_reports=True)

    def run(self, project: Project, *arguments: str, **others: str) -> ChecklistRun:
        """Run the checklist of a project on these accounts."""
        return self._run(project, arguments, self.variables(**others))

    @staticmethod
    def _run(
        project: Project,
        arguments: Sequence[str],
        variables: Mapping[str, str],
        *,
        has_reports: bool = False,
    ) -> ChecklistRun:
        return running.run(
            "--target",
            "sandbox",
            *arguments,
            folder=project.folder,
            variables=variables,
            has_reports=has_reports,
        )


@contextmanager
def accounts(clock: Clock | None = None) -> Iterator[Accounts]:
    """Serve both twins until the end of the block."""
    calls: list[str] = []
    instead: dict[str, Response] = {}
    headers: dict[str, str] = {}

    def around(_vendor: str, app: App) -> App:
        def answer(request: Request) -> Response:
            call = f"{request.method} {request.path}"
            calls.append(call)
            response = instead.get(call) or app(request)
            return replace(response, headers={**response.headers, **headers})

        return answer

    clock = clock or ManualClock()
    twins = TwinPair(clock, around=around)
    # These sites delete a customer at once; a test of the delay sets it.
    now = Arguments({"customer_delete_delay": 0})
    twins.chargebee.set_switch("switches", now)
    with twins.serve(0, 0) as at:
        connection = Connection(
            at.invoiced_url, INVOICED_KEY, at.chargebee_url, CHARGEBEE_KEY, SITE
        )
        ports = [urlsplit(root).port or 0 for root in connection.roots()]
        with served_ports(*ports):
            yield Accounts(twins, connection, clock, calls, instead, headers)


def refused(status: int, **headers: str) -> Response:
    """Return a refusal in Chargebee's words."""
    body = {
        "message": "not now",
        "api_error_code": "internal_error",
        "type": "operation_failed",
    }
    return Response(status, json.dumps(body).encode(), headers)
