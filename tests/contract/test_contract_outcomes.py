"""The outcomes of generated requests, on twins that stand in the vendors' place."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest

from dataflow.contract.outcomes import (
    Compared,
    Comparison,
    Outcome,
    as_json,
    compare,
    count_by_behaviour,
    find_safe_calls,
    render_outcomes,
)
from dataflow.contract.prepare import Answer, Send, Values
from dataflow.contract.senders import (
    CHARGEBEE,
    INVOICED,
    Vendor,
    call_twin,
    make_twin,
)
from dataflow.contract.variants import Kind, Variant
from dataflow.contract.writer import REHEARSAL, find_folder
from dataflow.twin.clock import ManualClock, SystemClock
from dataflow.twin.messages import App, Request, Response
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, SITE, TwinPair
from tests.contract.suite import INVOICED as SUITE
from tests.contract.suite import Suite
from tests.project import ROOT, tally

#: The module of the suite that compares twin and account.
VARIANTS = SUITE / "test_contract_invoiced_variants.py"
MARK = "dataflow-1767603600-abcdef"
LONGEST_NAME = 255


def refuse(message: str, param: str = "name", status: int = 400) -> Answer:
    """Return a refusal of either vendor."""
    return Answer(status, {"message": message, "param": param})


ACCEPTED, REFUSED = Answer(200), refuse("The name is too long")

# The rule


@pytest.mark.parametrize(
    ("twin", "vendor", "outcome"),
    [
        (ACCEPTED, Answer(201), Outcome.AGREE),
        (REFUSED, REFUSED, Outcome.AGREE),
        (REFUSED, ACCEPTED, Outcome.TWIN_REFUSES),
        (ACCEPTED, REFUSED, Outcome.TWIN_ACCEPTS),
        (REFUSED, refuse("Too long"), Outcome.OTHER_WORDING),
        (REFUSED, refuse("The name is too long", "id"), Outcome.OTHER_WORDING),
        (REFUSED, replace(REFUSED, status=422), Outcome.OTHER_WORDING),
    ],
)
def test_there_are_four_outcomes(
    twin: Answer, vendor: Answer, outcome: Outcome
) -> None:
    """Twin and vendor agree, one of them refuses, or both do in other words."""
    assert outcome is compare(twin, vendor)


def test_ids_are_no_wording() -> None:
    """Refusals that differ in their numbers alone are equal: ids are an account's."""
    one, other = refuse("No such customer: 12"), refuse("No such customer: 34567")

    assert Outcome.AGREE is compare(one, other)


@pytest.mark.parametrize("status", [0, 301, 401, 403, 429, 500, 501, 503])
def test_some_answers_say_nothing(status: int) -> None:
    """An answer that is not about the request has no outcome."""
    assert (None, None) == (
        compare(ACCEPTED, Answer(status)),
        compare(Answer(status), ACCEPTED),
    )


def test_our_wrong_assumption_is_named() -> None:
    """The outcome that lets a broken sync pass says so."""
    assert "a broken sync could pass" in Outcome.TWIN_ACCEPTS.meaning


@pytest.mark.parametrize("outcome", Outcome)
def test_two_outcomes_are_faults_of_the_twin(outcome: Outcome) -> None:
    """The twin must be corrected if it alone accepts or refuses."""
    faults = {Outcome.TWIN_REFUSES, Outcome.TWIN_ACCEPTS}

    assert (outcome in faults) == outcome.is_fault


# The comparison


#: Answers a call in place of a twin, given its method and values, or returns None.
Differ: TypeAlias = Callable[[str, Values], Answer | None]


class Account:
    """A twin in the place of an account, with answers that differ on purpose."""

    def __init__(self, differ: Differ = lambda _method, _values: None) -> None:
        self._differ = differ
        self._send = call_twin(INVOICED, make_twin(INVOICED, ManualClock()))

    def send(self, method: str, path: str, values: Values) -> Answer:
        """Answer one call."""
        return self._differ(method, values) or self._send(method, path, values)

    def count(self, path: str) -> int:
        """Return the number of records that are there."""
        body = self._send("GET", path, {}).body
        return len(body) if isinstance(body, list) else -1


def compare_with(
    send: Send, call: str = "POST /customers", most: int = 99
) -> list[Compared]:
    """Return the outcomes of a call's requests."""
    comparison = Comparison(INVOICED, send, lambda: None, "seed", MARK, most)
    return comparison.compare_call(call)


def differ_in_three_ways(method: str, values: Values) -> Answer | None:
    """Refuse notes, accept long names, and word one refusal anew."""
    if method != "POST":
        return None
    if "notes" in values:
        return refuse("Notes are not supported", "notes")
    if len(str(values.get("name"))) > LONGEST_NAME:
        return Answer(201, {"id": 1})
    if values.get("type") == "no-such-word":
        return refuse("Choose another type", "type")
    return None


@pytest.fixture(scope="module")
def different() -> list[Compared]:
    """Return the outcomes on an account that differs from the twin in three ways."""
    return compare_with(Account(differ_in_three_ways).send)


def test_each_outcome_is_seen(different: list[Compared]) -> None:
    """An account that differs on purpose shows all four outcomes."""
    assert set(Outcome) <= {each.outcome for each in different}


@pytest.mark.parametrize(
    ("outcome", "request_"),
    [
        (Outcome.TWIN_ACCEPTS, "notes: alone"),
        (Outcome.TWIN_REFUSES, "name: 256"),
        (Outcome.OTHER_WORDING, "type: an unknown word"),
        (Outcome.AGREE, "the smallest valid request"),
    ],
)
def test_a_difference_is_found(
    outcome: Outcome, request_: str, different: list[Compared]
) -> None:
    """Each difference has its outcome."""
    (found,) = (each for each in different if each.variant.name == request_)

    assert outcome is found.outcome


def test_equal_accounts_agree() -> None:
    """A twin in the place of an account agrees with the twin in everything built."""
    found = Counter(each.outcome for each in compare_with(Account().send))

    assert {Outcome.AGREE, None} == found.keys()


def test_what_is_created_is_deleted() -> None:
    """The requests leave no record on the account."""
    account = Account()
    compare_with(account.send)
    compare_with(account.send, "PATCH /invoices/{id}")

    assert [0, 0] == [account.count("/customers"), account.count("/invoices")]


def test_what_stays_is_counted() -> None:
    """Records that cannot be deleted are counted."""
    account = Account(
        lambda method, _values: refuse("It is in use") if method == "DELETE" else None
    )
    found = compare_with(account.send, "PATCH /customers/{id}", most=1)

    assert all(each.left for each in found)


def test_a_record_has_the_mark_of_the_run() -> None:
    """The sweep finds what a broken run has left by the mark in the metadata."""
    marks = []

    def watch(_method: str, values: Values) -> None:
        marks.append(values.get("metadata"))

    compare_with(Account(watch).send, most=1)

    assert {"dataflow_run": MARK} in marks


def test_so_many_requests_of_each_kind() -> None:
    """No more requests of a kind are sent than asked for."""
    kinds = Counter(each.variant.kind for each in compare_with(Account().send, most=2))

    assert {**dict.fromkeys(Kind, 2), Kind.EXAMPLE: 1} == kinds


def test_a_record_that_cannot_be_created_is_inconclusive() -> None:
    """Where a request cannot be prepared, it has no outcome, and the reason is kept."""
    account = Account(
        lambda method, _values: refuse("It is full") if method == "POST" else None
    )
    found = compare_with(account.send, "GET /customers/{id}", most=1)[0]

    assert (None, True) == (found.outcome, "It is full" in found.note)


@pytest.mark.parametrize(
    ("vendor", "call"),
    [(CHARGEBEE, "POST currencies"), (INVOICED, "POST /custom_fields")],
)
def test_no_setting_of_an_account_is_changed(vendor: Vendor, call: str) -> None:
    """Calls that change the settings of an account are not sent to one."""
    assert call in vendor.calls
    assert call not in find_safe_calls(vendor)


# The reports

CASE = Variant(Kind.EXAMPLE, "the smallest valid request")


def test_outcomes_are_counted_by_behaviour() -> None:
    """The outcomes of a behaviour are those of the answers that rest on it."""
    twin = Answer(200, cited=frozenset({"invoiced.patch.bumps"}))
    found = [
        Compared("x", CASE, outcome, twin)
        for outcome in (Outcome.AGREE, Outcome.AGREE, Outcome.TWIN_ACCEPTS, None)
    ]

    assert {
        "invoiced.patch.bumps": {"agree": 2, "inconclusive": 1, "twin accepts": 1}
    } == count_by_behaviour(found)


def test_the_json_has_what_did_not_agree(different: list[Compared]) -> None:
    """The JSON has the counts of each call, and all but the requests that agree."""
    found = json.loads(json.dumps(as_json(different, {"invoiced": "host"})))
    counts = found["calls"]["POST /customers"]

    assert len(different) == sum(counts.values())
    assert len(different) - counts["agree"] == len(found["requests"])


def test_the_table_has_a_line_for_each_call(different: list[Compared]) -> None:
    """The table has a line for each call."""
    assert 1 == render_outcomes(different).row_count


@pytest.mark.parametrize(
    ("invoiced", "chargebee", "folder"),
    [
        ("api.sandbox.invoiced.com", "acme-test.chargebee.com", Path()),
        ("127.0.0.1:8101", "127.0.0.1:8102", REHEARSAL),
        ("api.sandbox.invoiced.com", "127.0.0.1:8102", REHEARSAL),
        ("localhost:8101", "acme-test.chargebee.com", REHEARSAL),
    ],
)
def test_only_accounts_confirm(invoiced: str, chargebee: str, folder: Path) -> None:
    """A run with a server in the place of one account is a rehearsal."""
    assert folder == find_folder(Path(), {"invoiced": invoiced, "chargebee": chargebee})


# A rehearsal of a whole run


def differ(vendor: str, app: App) -> App:
    """Return Invoiced's twin with two differences, and Chargebee's as it is."""

    def answer(request: Request) -> Response:
        if request.method == "POST" and request.path == "/customers":
            if b'"notes"' in request.body:
                return Response(400, b'{"message": "no notes", "param": "notes"}')
            if b"no-such-word" in request.body:
                return Response(400, b'{"message": "no such type", "param": "type"}')
        return app(request)

    return answer if vendor == "Invoiced" else app


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Suite, str]]:
    """Return a suite that compared the twin with a different one, and its output."""
    suite = Suite(tmp_path_factory.mktemp("rehearsed"))
    shutil.copy(ROOT / VARIANTS, suite.folder / VARIANTS)
    twins = TwinPair(SystemClock(), around=differ)
    with (
        twins.serve(0, 0) as addresses,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("INVOICED_API_KEY", INVOICED_KEY)
        environment.setenv("INVOICED_API_URL", addresses.invoiced_url)
        environment.setenv("CHARGEBEE_API_KEY", CHARGEBEE_KEY)
        environment.setenv("CHARGEBEE_SITE", SITE)
        environment.setenv("CHARGEBEE_API_URL", addresses.chargebee_url)
        yield suite, suite.on_a_sandbox("-k", "customers]", "--variants", "99")


def test_a_fault_of_the_twin_fails(rehearsed: tuple[Suite, str]) -> None:
    """The call in which the twin accepts what the vendor refuses fails, by name."""
    _, output = rehearsed

    assert "1 failed, 1 passed" == tally(output).partition(", 4")[0]
    assert f"{Outcome.TWIN_ACCEPTS.meaning} POST /customers, " in output


def test_a_rehearsal_reports_all_outcomes(rehearsed: tuple[Suite, str]) -> None:
    """The JSON of a rehearsal has the outcomes of each call, and its hosts."""
    suite, _ = rehearsed
    found = suite.outcomes()
    outcomes = {"agree", "twin accepts", "other wording", "inconclusive"}

    assert outcomes == found["calls"]["POST /customers"].keys()
    assert found["accounts"]["invoiced"].startswith("127.0.0.1:")


def test_a_rehearsal_keeps_outcomes_by_behaviour(rehearsed: tuple[Suite, str]) -> None:
    """What is stored of a test that passed has the outcomes of its behaviours."""
    suite, _ = rehearsed
    (kept,) = (
        entry for test, entry in suite.confirmed().items() if "GET /customers" in test
    )

    assert kept["outcomes"]["invoiced.auth.basic-key"]["agree"] > 1
