"""The state of both twins as a text, from which another pair gets the same records."""

from __future__ import annotations

import json

import pytest

from dataflow.errors import FileError
from dataflow.twin.clock import START, AdjustableClock, ManualClock
from dataflow.twin.faults import Fault, FaultKind
from dataflow.twin.gateway import Gateway, Seed
from dataflow.twin.messages import (
    Arguments,
    Json,
    Request,
    Response,
    encode_basic_auth,
)
from dataflow.twin.pair import CHARGEBEE_KEY, INVOICED_KEY, TwinPair
from dataflow.twin.snapshot import decode_state, encode_state, take_state

DAY = 86_400
ADA = Seed("/customers", {"name": "Ada"})
LISTS = ("/customers", "/invoices", "/items", "/events")


class Hands:
    """A pair whose machine's clock is moved by hand."""

    def __init__(self, text: str | None = None, *, start: int = START) -> None:
        self.machine = ManualClock(start)
        self.clock = AdjustableClock(self.machine)
        old = None if text is None else decode_state(text)
        if old is not None:
            self.clock = old.clock(self.machine)
        self.pair = TwinPair(self.clock)
        if old is not None:
            old.restore(self.pair.twins)

    def text(self) -> str:
        """Return its state."""
        return encode_state(take_state(self.pair.twins, self.clock))

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
    """An invoice that fell past due did so at that moment."""
    bill: dict[str, Json] = {"customer": "$0.id", "due_date": START + DAY}
    line: Json = {"unit_cost": 1}
    hands.pair.invoiced.seed([ADA, Seed("/invoices", {**bill, "items": [line]})])
    hands.machine.advance(2 * DAY)
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


def test_half_a_character_comes_back(hands: Hands) -> None:
    """A text that has no bytes of its own is kept as it is."""
    hands.write(b'{"name": "\\ud800"}')

    assert hands.seen() == hands.again().seen()


def test_what_is_due_later_is_done(hands: Hands) -> None:
    """A customer that is to disappear does so, at the time that was planned."""
    ada = Seed("/customers", {"id": "ada"})
    hands.pair.chargebee.seed([ada, Seed("/customers/ada/delete")])
    again = hands.again()
    for each in (hands, again):
        each.machine.advance(DAY)

    assert hands.seen() == again.seen()


def test_custom_fields_are_still_defined(hands: Hands) -> None:
    """The custom fields of a site come back."""
    fields: dict[str, Json] = {"customer": {"cf_colour": "string"}}
    hands.pair.chargebee.set_switch("custom_fields", Arguments(fields))
    named = [Seed("/customers", {"cf_colour": "red", "cf_other": "x"})]
    found = [each.pair.chargebee.seed(named) for each in (hands, hands.again())]

    assert found[0] == found[1]


def test_a_record_without_an_id_is_refused(hands: Hands) -> None:
    """A record in which something is missing is refused with the vendor."""
    hands.pair.invoiced.seed([ADA])
    text = hands.text().replace('"id":1000001', '"no":1000001')
    with pytest.raises(FileError, match=r"Invoiced does not fit: KeyError\('id'\)"):
        Hands(text)


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


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"version": 1}, "it has version 1, and these twins read version 2"),
        ({"version": "2"}, "it has version 2, and"),
        ({"ahead": "1"}, r"Expected `int`, got `str` - at `\$.ahead`"),
        ({"more": 1}, "unknown field `more`"),
        ({"twins": {}}, "it has no Invoiced and Chargebee"),
        ({"twins": {"Invoiced": {}, "Chargebee": {}}}, "required field `next_ids`"),
    ],
)
def test_a_damaged_text_is_refused(
    hands: Hands, changed: dict[str, object], complaint: str
) -> None:
    """A text with something wrong in it is refused, and what is wrong shown."""
    with pytest.raises(FileError, match=complaint):
        Hands(_with(hands.text(), **changed))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"a": NaN}'])
def test_what_is_no_state_is_refused(text: str) -> None:
    """Whatever is no object of JSON, or another one, is refused."""
    with pytest.raises(FileError):
        decode_state(text)
