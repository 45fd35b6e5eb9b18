"""The state of both twins as a text: another pair comes to the same by it."""

from __future__ import annotations

import json

import pytest

from dataflow.errors import DataflowError, FileError
from dataflow.twin.clock import START, ManualClock, MomentClock
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.gateway import Gateway, Seed
from dataflow.twin.messages import (
    Arguments,
    ControlError,
    Json,
    Request,
    Response,
    encode_basic_auth,
)
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, KEYS, TwinPair
from dataflow.twin.state import decode_state, encode_state, take_state

DAY = 86_400
ADA = Seed("/customers", {"name": "Ada"})
LISTS = ("/customers", "/invoices", "/items", "/events")


class Hands:
    """A pair whose machine's clock is moved by hand."""

    def __init__(self, text: str | None = None, *, start: int = START) -> None:
        self.machine = ManualClock(start)
        old = None if text is None else decode_state(text, KEYS)
        self.clock = (
            MomentClock(self.machine) if old is None else old.clock(self.machine)
        )
        self.pair = TwinPair(self.clock)
        if old is not None:
            old.restore(self.pair.journals)

    def text(self) -> str:
        """Return its state."""
        return encode_state(take_state(self.pair.journals, self.clock))

    def again(self, later: int = 0) -> Hands:
        """Return another pair brought to this state, so many seconds later."""
        return Hands(self.text(), start=self.machine.seconds() + later)

    def seen(self) -> list[list[Json]]:
        """Return all that can be listed in both."""
        lists = [Seed(path, method="GET") for path in LISTS]
        orders = Seed("/orders", method="GET")
        return [
            self.pair.invoiced.seed(lists),
            self.pair.chargebee.seed([*lists, orders]),
        ]

    def write(self, body: bytes, key: str = INVOICED_KEY, once: str = "") -> Response:
        """Make a customer in Invoiced; `once` is an idempotency key."""
        headers = {
            "authorization": encode_basic_auth(key),
            "content-type": "application/json",
            "idempotency-key": once,
        }
        kept = {name: value for name, value in headers.items() if value}
        return self.pair.invoiced.app(
            Request("POST", "/customers", headers=kept, body=body)
        )


@pytest.fixture
def hands() -> Hands:
    """Return an empty pair that is written down."""
    return Hands()


def test_records_come_back(hands: Hands) -> None:
    """Ids, numbers, times and events are as they were."""
    hands.pair.invoiced.seed([ADA, Seed("/invoices", {"customer": "$0.id"})])
    hands.machine.advance(1.234)
    hands.pair.chargebee.seed([Seed("/customers", {"first_name": "Ada"})])

    assert hands.seen() == hands.again().seen()


def test_a_state_comes_back_from_what_came_back(hands: Hands) -> None:
    """The text of a pair that came back is the same text."""
    hands.pair.invoiced.seed([ADA])
    hands.pair.chargebee.reset()

    assert hands.text() == hands.again().text()


def test_what_is_made_afterwards_has_a_new_id(hands: Hands) -> None:
    """Ids go on where they were, also past what a reset took away."""
    (before,) = hands.pair.invoiced.seed([ADA])
    hands.pair.invoiced.reset()
    (after,) = hands.again().pair.invoiced.seed([ADA])

    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert before["id"] != after["id"]


def test_what_was_reset_is_gone(hands: Hands) -> None:
    """A reset is done again too."""
    hands.pair.invoiced.seed([ADA])
    hands.pair.invoiced.reset()

    assert hands.seen() == hands.again().seen()


def test_a_turned_knob_stays_turned(hands: Hands) -> None:
    """What was switched is still switched."""
    hands.pair.chargebee.set_switch("switches", Arguments({"list_lag": 7}))

    assert 7 == hands.again().pair._chargebee.switches.list_lag


def test_what_was_due_keeps_its_time(hands: Hands) -> None:
    """An invoice that somebody saw fall past due did so at that moment."""
    bill: dict[str, Json] = {"customer": "$0.id", "due_date": START + DAY}
    line: Json = {"unit_cost": 1}
    hands.pair.invoiced.seed([ADA, Seed("/invoices", {**bill, "items": [line]})])
    hands.machine.advance(2 * DAY)
    before = hands.seen()

    assert before == hands.again(later=DAY).seen()


def test_a_refused_knob_has_looked_too(hands: Hands) -> None:
    """An invoice that fell past due when a knob found nothing did so then."""
    bill: dict[str, Json] = {"customer": "$0.id", "due_date": START + DAY}
    line: Json = {"unit_cost": 1}
    hands.pair.invoiced.seed([ADA, Seed("/invoices", {**bill, "items": [line]})])
    hands.machine.advance(2 * DAY)
    with pytest.raises(ControlError):
        hands.pair.invoiced.set_switch(
            "bump", Arguments({"kind": "item", "id": "nothing"})
        )
    hands.machine.advance(DAY)
    before = hands.seen()

    assert before == hands.again(later=DAY).seen()


def test_a_key_is_still_answered_for(hands: Hands) -> None:
    """A write that is repeated after the return is made once."""
    body = b'{"name": "Ada"}'
    first = hands.write(body, once="one-write")
    again = hands.again().write(body, once="one-write")

    assert first.body == again.body


def test_a_failure_is_still_answered_for(hands: Hands) -> None:
    """A failure that was kept for a key is given again after the return."""
    hands.pair.invoiced.faults.add(Fault(kind=FaultKind.SERVER_ERROR))
    hands.write(b"{}", once="one-write")
    again = hands.again().write(b"{}", once="one-write")

    assert 500 == again.status


def test_bytes_that_are_no_text_come_back(hands: Hands) -> None:
    """A body that is no UTF-8 is refused again, and does not spoil the text."""
    hands.write(b"\xff\xfe")

    assert hands.text().encode() == hands.again().text().encode()


def test_a_strangers_call_is_not_written_down(hands: Hands) -> None:
    """A call with a wrong key changes nothing, then and now."""
    hands.write(b'{"name": "Eve"}', key="another")

    assert [[], []] == [each.entries for each in hands.pair.journals.values()]


def test_no_key_is_in_the_text(hands: Hands) -> None:
    """The keys of the twins stay out of it, in any spelling."""
    for controls in (hands.pair.invoiced, hands.pair.chargebee):
        controls.seed(
            [Seed("/customers", {"email": "a@example.com", **_named(controls)})]
        )
    spelled = [
        INVOICED_KEY,
        CHARGEBEE_KEY,
        encode_basic_auth(INVOICED_KEY),
        encode_basic_auth(CHARGEBEE_KEY),
    ]

    assert [] == [each for each in spelled if each in hands.text()]


def _named(controls: Gateway) -> dict[str, Json]:
    return {"name": "A"} if controls.vendor.name == "Invoiced" else {"first_name": "A"}


def test_names_can_be_read(hands: Hands) -> None:
    """The text shows letters of any language as they are."""
    hands.write('{"name": "Ærø"}'.encode())

    assert "Ærø" in hands.text()


# The clock


def test_a_clock_that_was_moved_is_still_ahead(hands: Hands) -> None:
    """Time goes on from where it would be by now."""
    hands.clock.advance(DAY)

    assert START + DAY + 60 == hands.again(later=60).clock.seconds()


def test_a_clock_that_stood_still_stands(hands: Hands) -> None:
    """A frozen clock has not moved meanwhile."""
    hands.clock.freeze()

    assert (START, True) == (
        hands.again(later=60).clock.seconds(),
        hands.again(later=60).clock.frozen,
    )


def test_time_does_not_go_back(hands: Hands) -> None:
    """A machine's clock that was set back does not take the twins' with it."""
    hands.pair.invoiced.seed([ADA])

    assert START == hands.again(later=-DAY).clock.seconds()


# What is no state


def _with(text: str, **changed: object) -> str:
    return json.dumps({**json.loads(text), **changed})


def test_another_version_is_refused(hands: Hands) -> None:
    """The text of another version is refused, with both versions."""
    text = _with(hands.text(), version=99)
    with pytest.raises(FileError, match=r"version 99,.*version 1"):
        decode_state(text, KEYS)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"version": "1"}, "version must be a whole number"),
        ({"clock": {}}, "ahead must be a number, and is null"),
        ({"clock": {"ahead": 0, "stand": 1}}, "There is no argument stand"),
        ({"Invoiced": {}}, "Invoiced must be a list of objects"),
        ({"Invoiced": [{"at": "noon"}]}, 'at must be a number, and is "noon"'),
        ({"Invoiced": [{"at": START, "method": 1}]}, "method must be a text, and is 1"),
        ({"more": 1}, "There is no argument more"),
    ],
)
def test_a_damaged_text_is_refused(
    hands: Hands, changed: dict[str, object], complaint: str
) -> None:
    """A text with something wrong in it is refused, and what is wrong shown."""
    with pytest.raises(FileError, match=complaint):
        decode_state(_with(hands.text(), **changed), KEYS)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"a": NaN}'])
def test_what_is_no_state_is_refused(text: str) -> None:
    """Whatever is no object of JSON, or another one, is refused."""
    with pytest.raises(FileError):
        decode_state(text, KEYS)


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (
            {"method": "POST", "path": "/customers", "body": "", "status": 201},
            "line 1 of Invoiced: POST /customers was answered with 201, and is answ",
        ),
        ({"knob": "turbo", "given": {}}, "There is no knob turbo"),
        ({"knob": "bump", "given": {"kind": "item", "id": "x"}}, "has no item x"),
    ],
)
def test_what_cannot_be_done_again_is_refused(
    hands: Hands, entry: dict[str, object], complaint: str
) -> None:
    """A state that these twins cannot come to is refused with the line."""
    text = _with(hands.text(), Invoiced=[{"at": START, **entry}])
    with pytest.raises(DataflowError, match=complaint):
        Hands(text)
