"""What people do at random: what they make, and what they edit, on which side.

All of it is drawn before it is done, so that a failure shows it step by step, and so
that each part of it can be left out or made simpler by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from properties.log import LEFT, RIGHT, Held
from properties.values import LETTERS

#: Texts to be written, around a number that makes each another one. A new record may
#: have no address and no telephone; no edit empties them later, since the sync does not
#: copy an empty value. Names of items are unique in Chargebee.
Texts: TypeAlias = SearchStrategy[str | None]

EMAILS: Texts = st.sampled_from(["Ada{}@example.no", "bo.{}@Example.NO"])
PHONES: Texts = st.sampled_from(["0{}", " {}", "{} ", "+47 {}"])
NAMES: Texts = st.text(LETTERS, max_size=4).map(
    lambda text: "{0}{{}}{0}".format(text.replace("{", "(").replace("}", ")"))
)
CODES: Texts = st.sampled_from(["eur", "GBP", "Usd", "jpy", "NOK"])

SIDES = st.sampled_from([LEFT, RIGHT])
SELDOM = st.sampled_from([False, False, True])
OFTEN = st.sampled_from([False, True])
NEVER = st.just(False)

#: Picks one of the records that there are then, however many they are.
WHICH = st.integers(0, 3)
NONE = st.just(0)

#: Seconds. Without a pause, all happens within one.
PAUSES = st.sampled_from([0, 1, 7, 400, 90_000])
MOMENTS = st.sampled_from([0, 0, 2])


class New(NamedTuple):
    """A record to be made in Invoiced.

    `which` picks the customer of an invoice; of a customer, `id_is_taken` says that a
    stranger in Chargebee has the same id.
    """

    kind: str
    texts: Held
    which: int = 0
    id_is_taken: bool = False


class Edit(NamedTuple):
    """A property to be edited on one side, so many seconds later."""

    side: str
    name: str
    text: str | None
    which: int
    later: int


#: What can be edited: in which kind of record, and what is written there.
EDITED: Mapping[str, tuple[str, Texts]] = {
    "email": ("customer", EMAILS),
    "phone": ("customer", PHONES),
    "name": ("item", NAMES),
    "currency": ("order", CODES),
}

#: Chargebee never lets anybody edit the currency of an order (documented).
FIXED = {(RIGHT, "currency")}


def _edits(*sides: str) -> SearchStrategy[list[Edit]]:
    """Return a few edits on these sides, of which some may be of the same."""
    pairs = [(side, name) for side in sides for name in EDITED]
    each = [_edit(*pair) for pair in pairs if pair not in FIXED]
    return st.lists(st.one_of(each), max_size=8)


def _edit(side: str, name: str) -> SearchStrategy[Edit]:
    _, texts = EDITED[name]
    return st.builds(Edit, st.just(side), st.just(name), texts, WHICH, MOMENTS)


#: Often on one side only, so that several properties of a record are edited there.
EDITS = _edits(LEFT) | _edits(RIGHT) | _edits(LEFT, RIGHT)


def _new(
    kind: str,
    texts: Mapping[str, Texts],
    which: SearchStrategy[int] = NONE,
    id_is_taken: SearchStrategy[bool] = NEVER,
) -> SearchStrategy[New]:
    # What is not said here would be drawn, for it has a type.
    drawn = st.fixed_dictionaries(dict(texts))
    return st.builds(New, st.just(kind), drawn, which, id_is_taken)


CUSTOMERS = _new(
    "customer",
    {"email": EMAILS | st.none(), "phone": PHONES | st.none()},
    id_is_taken=OFTEN,
)
ITEMS = _new("item", {"name": NAMES})
INVOICES = _new("order", {"currency": CODES}, WHICH)
