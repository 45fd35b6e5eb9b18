"""The doctor says what sandbox accounts lack. Twins stand in the vendors' place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate

import httpx
import pytest

from dataflow.harness.vendors.connection import Connection
from dataflow.sandbox.doctor import diagnose, examine
from dataflow.sandbox.findings import Finding, State, status_of
from dataflow.sandbox.guard import Guard
from dataflow.sandbox.needs import Needs
from dataflow.twin.clock import ManualClock
from dataflow.twin.messages import App, Arguments, Request, Response
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, TwinPair

OK, MISSING, CANNOT_TELL = State.OK, State.MISSING, State.CANNOT_TELL

NEEDS = Needs(frozenset({"EUR", "USD"}), "invoiced")

#: What this machine's clock shows.
NOW = 1_790_000_000.0

#: Nothing is missing on the twins, which do not tell everything.
STATES = {
    "Invoiced key": OK,
    "Invoiced environment": OK,
    "Invoiced currencies": CANNOT_TELL,
    "Invoiced clock": CANNOT_TELL,
    "Invoiced rate": CANNOT_TELL,
    "Chargebee key": OK,
    "Chargebee environment": OK,
    "product catalog": OK,
    "multi-currency": OK,
    "currencies": OK,
    "item family": OK,
    "orders": CANNOT_TELL,
    "Chargebee clock": CANNOT_TELL,
    "Chargebee rate": CANNOT_TELL,
}


@dataclass
class Patients:
    """Both twins; `instead` answers a path of either in another way."""

    twins: TwinPair
    connection: Connection
    asked: list[str]
    headers: dict[str, str]
    instead: dict[str, Response] = field(default_factory=dict)

    def findings(self, needs: Needs = NEEDS) -> list[Finding]:
        """Return what the doctor finds."""
        with Guard().watching():
            return list(examine(self.connection, needs, lambda: NOW))

    def found(self, needs: Needs = NEEDS) -> Mapping[str, tuple[State, str]]:
        """Return it by what it is about."""
        return {each.about: (each.state, each.says) for each in self.findings(needs)}

    def states(self, needs: Needs = NEEDS) -> Mapping[str, State]:
        """Return how it stands with each thing."""
        return {about: state for about, (state, _) in self.found(needs).items()}


@pytest.fixture
def patients() -> Iterator[Patients]:
    """Serve both twins, with a list of all calls that they are sent."""
    asked: list[str] = []
    headers: dict[str, str] = {}
    instead: dict[str, Response] = {}

    def around(_vendor: str, app: App) -> App:
        def answer(request: Request) -> Response:
            asked.append(f"{request.method} {request.path}")
            response = instead.get(request.path) or app(request)
            return replace(response, headers={**response.headers, **headers})

        return answer

    twins = TwinPair(ManualClock(), around=around)
    with twins.serving(0, 0) as at:
        connection = Connection(
            at.invoiced_url, INVOICED_KEY, at.chargebee_url, CHARGEBEE_KEY, SITE
        )
        yield Patients(twins, connection, asked, headers, instead)


def test_the_twins_lack_nothing(patients: Patients) -> None:
    """On the twins nothing is missing, and what no read shows is not claimed."""
    assert STATES == patients.states()


def test_the_doctor_writes_nothing(patients: Patients) -> None:
    """All that the doctor does is read, and that few times."""
    patients.findings()

    assert [
        "GET /customers",
        "GET /api/v2/configurations",
        "GET /api/v2/currencies/list",
        "GET /api/v2/item_families",
        "GET /api/v2/orders",
    ] == patients.asked


@pytest.mark.parametrize(
    ("wrong", "about", "variable"),
    [
        ({"invoiced_key": "wrong"}, "Invoiced key", "INVOICED_API_KEY"),
        ({"chargebee_key": "wrong"}, "Chargebee key", "CHARGEBEE_API_KEY"),
    ],
)
def test_a_wrong_key_is_told(
    patients: Patients, wrong: dict[str, str], about: str, variable: str
) -> None:
    """A key that the vendor does not take is missing; the other vendor is examined."""
    patients.connection = replace(patients.connection, **wrong)
    found = patients.found()
    vendor, _, _ = about.partition(" ")

    assert (MISSING, True, [about], True) == (
        found[about][0],
        f"set {variable}" in found[about][1],
        [each for each in found if each.startswith(vendor)],
        status_of(patients.findings()) == 1,
    )


def test_a_key_of_another_site_is_told(patients: Patients) -> None:
    """A key whose configuration names another site is asked nothing else."""
    patients.connection = replace(patients.connection, chargebee_site="other-test")
    found = patients.found()

    assert (
        (
            MISSING,
            (
                "The key for 'other-test' is of the site 'twin-test', by its own"
                " configuration: use a key of the test site."
            ),
        ),
        "GET /api/v2/configurations",
    ) == (found["Chargebee environment"], patients.asked[-1])


def test_an_old_catalog_is_told(patients: Patients) -> None:
    """A site with the product catalog v1 has no items, nor families of them."""
    catalog: dict[str, object] = {"product_catalog": "v1"}
    patients.twins.chargebee.set_switch("switches", Arguments(catalog))  # type: ignore[arg-type]
    found = patients.states()

    assert (MISSING, CANNOT_TELL) == (found["product catalog"], found["item family"])


def test_lacking_currencies_are_told(patients: Patients) -> None:
    """The currencies that the features use and the site lacks are named."""
    needs = Needs(frozenset({"EUR", "NZD", "ZAR"}), "invoiced")

    assert (MISSING, "add NZD, ZAR, in the site's settings.") == patients.found(needs)[
        "currencies"
    ]


def currencies(*listed: dict[str, object]) -> Response:
    """Return a list of currencies as a site answers it."""
    return Response(
        200, json.dumps({"list": [{"currency": c} for c in listed]}).encode()
    )


@pytest.mark.parametrize(
    "listed",
    [
        [{"currency_code": "USD"}],
        [{"currency_code": "USD"}, {"currency_code": "EUR", "enabled": False}],
    ],
)
def test_a_site_with_one_currency_is_told(
    patients: Patients, listed: list[dict[str, object]]
) -> None:
    """A site with one currency has no multi-currency; a disabled one does not count."""
    patients.instead["/api/v2/currencies/list"] = currencies(*listed)
    found = patients.found()

    assert (
        (MISSING, "switch it on, in the site's settings."),
        (MISSING, "add EUR, in the site's settings."),
    ) == (found["multi-currency"], found["currencies"])


def test_a_family_that_is_not_there_is_no_lack(patients: Patients) -> None:
    """A family that is not there will be made by the sync."""
    assert (
        OK,
        "'invoiced' is not there; the reference sync makes it with the first item.",
    ) == patients.found()["item family"]


def test_a_family_is_found(patients: Patients) -> None:
    """A family is looked for by its id."""
    httpx.post(
        f"{patients.connection.chargebee_url}/item_families",
        auth=(CHARGEBEE_KEY, ""),
        data={"id": "goods", "name": "Goods"},
    ).raise_for_status()
    needs = Needs(frozenset(), "goods")

    assert (OK, "'goods'.") == patients.found(needs)["item family"]


def refused(status: int) -> Response:
    """Return a refusal."""
    return Response(status, b'{"message": "not here"}')


@pytest.mark.parametrize(
    ("path", "about", "state"),
    [
        ("/api/v2/orders", "orders", MISSING),
        ("/api/v2/currencies/list", "currencies", CANNOT_TELL),
        ("/api/v2/item_families", "item family", CANNOT_TELL),
        ("/api/v2/configurations", "Chargebee key", MISSING),
        ("/customers", "Invoiced key", MISSING),
    ],
)
def test_a_refused_read_is_told(
    patients: Patients, path: str, about: str, state: State
) -> None:
    """What a vendor refuses to show is told with its reason."""
    patients.instead[path] = refused(403)
    found = patients.found()

    assert (state, True) == (found[about][0], "403: not here" in found[about][1])


@pytest.mark.parametrize(
    ("date", "finding"),
    [
        (formatdate(NOW - 60), (OK, "60 s apart from this one.")),
        (formatdate(NOW + 60), (OK, "60 s apart from this one.")),
        (
            formatdate(NOW - 61),
            (
                MISSING,
                "this one is 61 s ahead of it: set the clock of this machine.",
            ),
        ),
        (
            formatdate(NOW + 3600),
            (
                MISSING,
                "this one is 3600 s behind it: set the clock of this machine.",
            ),
        ),
        ("soon", (CANNOT_TELL, "no answer says what time it is there.")),
    ],
)
@pytest.mark.parametrize("vendor", ["Invoiced", "Chargebee"])
def test_the_clock_is_compared(
    patients: Patients, vendor: str, date: str, finding: tuple[State, str]
) -> None:
    """A vendor that says what time it is shows how far this machine's clock is off."""
    patients.headers["Date"] = date

    assert finding == patients.found()[f"{vendor} clock"]


def test_the_rate_is_told_where_it_is_known(patients: Patients) -> None:
    """A vendor that says how many calls are left is quoted."""
    patients.headers["X-RateLimit-Remaining"] = "149"

    assert (OK, "149 calls are left.") == patients.found()["Chargebee rate"]


@pytest.mark.parametrize(
    "answer",
    [refused(429), refused(503), Response(200, b"<html>"), Response(200, b"[]")],
    ids=["too many", "down", "no JSON", "another shape"],
)
def test_a_vendor_that_cannot_be_asked_is_told(
    patients: Patients, answer: Response
) -> None:
    """Trouble at one vendor is told as such, and the other one is examined."""
    patients.instead["/api/v2/configurations"] = answer
    findings = patients.findings()

    assert ("Chargebee", CANNOT_TELL, False, 6, 75) == (
        findings[-1].about,
        findings[-1].state,
        findings[-1].asked,
        len(findings),
        status_of(findings),
    )


def test_nobody_there_is_told() -> None:
    """Where nothing listens, both vendors are told of, in one sentence each."""
    variables = {
        "INVOICED_API_KEY": "a",
        "INVOICED_API_URL": "http://127.0.0.1:1",
        "CHARGEBEE_API_KEY": "b",
        "CHARGEBEE_SITE": "acme-test",
        "CHARGEBEE_API_URL": "http://127.0.0.1:1/api/v2",
    }
    findings = diagnose(variables, NEEDS, lambda: NOW)

    assert [
        "all are set.",
        (
            "Invoiced could not be asked: [Errno 111] Connection refused. Try again"
            " later."
        ),
        (
            "Chargebee could not be asked: [Errno 111] Connection refused. Try again"
            " later."
        ),
    ] == [each.says for each in findings]


def test_missing_variables_are_told() -> None:
    """Without variables nobody is asked, and they are named."""
    assert [
        Finding(
            "variables",
            MISSING,
            (
                "The sandbox accounts are not known: set INVOICED_API_KEY,"
                " CHARGEBEE_API_KEY, CHARGEBEE_SITE."
            ),
        )
    ] == diagnose({}, NEEDS, lambda: NOW)


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([Finding("a", OK, "")], 0),
        ([Finding("a", CANNOT_TELL, "")], 0),
        ([Finding("a", CANNOT_TELL, "", asked=False)], 75),
        ([Finding("a", CANNOT_TELL, "", asked=False), Finding("b", MISSING, "")], 1),
    ],
)
def test_the_status_says_what_came_of_it(findings: list[Finding], status: int) -> None:
    """What is missing goes before a vendor that could not be asked."""
    assert status == status_of(findings)
