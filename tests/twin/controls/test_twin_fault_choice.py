"""Which calls a fault meets, and how often it says that it did."""

from __future__ import annotations

import pytest

from dataflow.twin.faults import ActiveFault, Fault, FaultKind, Faults
from dataflow.twin.messages import ControlError
from tests.twin.controls.bench import Bench

ERROR = FaultKind.SERVER_ERROR


def statuses(bench: Bench, *calls: str) -> list[int]:
    """Return the statuses that calls of Invoiced get, each as `GET /customers`."""
    return [
        bench.left.request(
            method, path, json=None if method == "GET" else {"name": "A"}
        ).status_code
        for method, path in map(str.split, calls)
    ]


def break_invoiced(bench: Bench, **when: object) -> ActiveFault:
    """Let calls of Invoiced fail."""
    return bench.pair.invoiced.faults.add(Fault(kind=ERROR, **when))  # type: ignore[arg-type]


def test_by_number(bench: Bench) -> None:
    """A fault with a number meets that call, counted since the fault was added."""
    statuses(bench, "GET /items")
    break_invoiced(bench, call=2)

    assert [200, 500, 200] == statuses(bench, *["GET /items"] * 3)


def test_by_number_of_a_kind(bench: Bench) -> None:
    """Calls of another kind do not count."""
    break_invoiced(bench, path="/customers", call=2)

    calls = ("GET /customers", "GET /items", "GET /items", "GET /customers")
    assert [200, 200, 200, 500] == statuses(bench, *calls)


@pytest.mark.parametrize(
    ("match", "calls"),
    [
        ({"method": "POST"}, {"GET /customers": 200, "POST /customers": 500}),
        # A star stands for any text.
        ({"path": "/customers/*"}, {"GET /customers": 200, "GET /customers/1": 500}),
        # `{id}` is that of every record, and of nothing below it.
        (
            {"path": "/invoices/{id}"},
            {"GET /invoices/7": 500, "POST /invoices/7/void": 404},
        ),
    ],
    ids=["method", "star", "route"],
)
def test_by_method_and_path(
    bench: Bench, match: dict[str, str], calls: dict[str, int]
) -> None:
    """A fault with a method or a path leaves other calls alone."""
    break_invoiced(bench, **match)

    assert [*calls.values()] == statuses(bench, *calls)


@pytest.mark.parametrize(
    ("path", "calls"),
    [
        ("/customers/{id}", {"/customers": 200, "/customers/a": 500}),
        ("/customers/a", {"/customers/a": 500, "/customers/b": 404}),
    ],
    ids=["route", "record"],
)
def test_by_path_of_chargebee(bench: Bench, path: str, calls: dict[str, int]) -> None:
    """A path of Chargebee is written without what stands before all of them."""
    bench.pair.chargebee.faults.add(Fault(kind=ERROR, path=path))

    assert calls == {each: bench.right.get(each).status_code for each in calls}


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/items/[ab]", "/items/[ab]", True),
        ("/items/[ab]", "/items/a", False),
        ("/items/[!a]*", "/items/[!a]b", True),
        ("/items/*]", "/items/[]", True),
        ("*/a*c", "/items/abc", True),
        ("*/a*c", "/items/abcd", False),
        ("/items", "/Items", False),
    ],
)
def test_only_a_star_is_a_pattern(pattern: str, path: str, *, fits: bool) -> None:
    """Everything but a star stands for itself."""
    assert fits == Fault(kind=ERROR, path=pattern).matches("GET", path)


def test_at_random(bench: Bench) -> None:
    """Chance meets about as many calls as its rate says."""
    fault = break_invoiced(bench, rate=0.5, seed=1)
    statuses(bench, *["GET /items"] * 60)

    assert 20 <= fault.fired <= 40


def test_a_seed_gives_the_same_calls_again(bench: Bench) -> None:
    """With one seed, chance meets the same calls; with another one, others."""
    found = []
    for seed in (1, 1, 2):
        bench.pair.reset()
        break_invoiced(bench, rate=0.5, seed=seed)
        found.append(statuses(bench, *["GET /items"] * 20))

    assert (True, False) == (found[0] == found[1], found[0] == found[2])


def test_so_many_times(bench: Bench) -> None:
    """A fault that has happened often enough is over."""
    break_invoiced(bench, times=2)

    assert [500, 500, 200] == statuses(bench, *["GET /items"] * 3)


def test_a_fault_counts(bench: Bench) -> None:
    """A fault knows how many calls it could have met, and how many it did."""
    fault = break_invoiced(bench, path="/items", times=2)
    statuses(bench, "GET /customers", *["GET /items"] * 3)

    assert (3, 2) == (fault.matched, fault.fired)


def test_one_fault_a_call(bench: Bench) -> None:
    """Of two faults the first that is due happens, and only that one counts."""
    faults = [break_invoiced(bench, call=call) for call in (2, None)]
    statuses(bench, *["GET /items"] * 2)

    assert [1, 1] == [fault.fired for fault in faults]


def test_a_fault_is_taken_away(bench: Bench) -> None:
    """A fault that was removed does not happen."""
    bench.pair.invoiced.faults.remove(break_invoiced(bench).number)

    assert [200] == statuses(bench, "GET /items")


def test_a_fault_is_of_one_vendor(bench: Bench) -> None:
    """The other twin does not fail along."""
    break_invoiced(bench)

    assert 200 == bench.right.get("/customers").status_code


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 1.5},
        {"rate": 0},
        {"method": "get"},
        {"method": "FETCH"},
        {"method": "P*"},
        {"path": "customers"},
        {"path": ""},
        {"path": "/customers?page=2"},
        {"path": "/customers/{customer}"},
        {"kind": FaultKind.REPEATED_PAGE, "method": "POST"},
        {"kind": FaultKind.TRUNCATED_BODY, "method": "HEAD"},
        {"call": 0},
        {"times": 0},
        {"seconds": 1},
        {"retry_after": 5},
        {"kind": FaultKind.SLOW},
        {"kind": FaultKind.SLOW, "seconds": -1},
        {"kind": FaultKind.SLOW, "seconds": 1e300},
    ],
)
def test_a_fault_that_makes_no_sense(wrong: dict[str, object]) -> None:
    """What could never happen as it is written is refused."""
    with pytest.raises(ControlError):
        Fault(**{"kind": ERROR, **wrong})  # type: ignore[arg-type]


def test_a_fault_that_the_vendor_has_not() -> None:
    """A fault whose form nobody knows is refused."""
    faults = Faults("Invoiced", {ERROR})

    with pytest.raises(ControlError, match="Invoiced has no lock-timeout"):
        faults.add(Fault(kind=FaultKind.LOCK_TIMEOUT))


def test_what_cannot_happen_is_not_counted() -> None:
    """A fault that has nothing to work on waits for the next call."""
    faults = Faults("Invoiced", {ERROR})
    armed = faults.add(Fault(kind=ERROR, call=1))
    faults.find_due("GET", ["/items"], lambda _kind: False)

    assert 0 == armed.matched
