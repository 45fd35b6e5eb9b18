"""What people do at random: what they make, and what they edit, on which side.

All of it is drawn before it is done, so that a failure shows it step by step, and so
that each part of it can be left out or made simpler by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dataflow.twin.faults import FaultKind
from properties.log import Fate
from properties.oracle import LEFT, RIGHT
from properties.oracle import SIDES as BOTH
from properties.values import LETTERS

#: Texts to be written, around a number that makes each another one. Addresses and
#: telephones can be taken away; names of items are unique in Chargebee.
Texts: TypeAlias = SearchStrategy[str | None]

EMAILS: Texts = st.sampled_from(["Ada{}@example.no", "bo.{}@Example.NO", None])
PHONES: Texts = st.sampled_from(["0{}", " {}", "{} ", "+47 {}", None])
NAMES: Texts = st.text(LETTERS, max_size=4).map(
    lambda text: "{0}{{}}{0}".format(text.replace("{", "(").replace("}", ")"))
)
CODES: Texts = st.sampled_from(["eur", "GBP", "Usd", "jpy", "NOK"])

SIDES = st.sampled_from(BOTH)
SELDOM = st.sampled_from([False, False, True])
OFTEN = st.sampled_from([False, True])
NEVER = st.just(False)

#: Picks one of the records that there are then, however many they are.
WHICH = st.integers(0, 3)
NONE = st.just(0)

#: Seconds. Without a pause, all happens within one.
PAUSES = st.sampled_from([0, 1, 7, 400, 90_000])
MOMENTS = st.sampled_from([0, 0, 2])

#: Seconds between two edits of one property: none, too few to order them, and enough.
GAPS = st.sampled_from([0, 0, 1, 5, 600])


class New(NamedTuple):
    """A record to be made in Invoiced.

    `which` picks the customer of an invoice; of a customer, `id_is_taken` says that a
    stranger in Chargebee has the same id, and `is_company` that it is no person.
    """

    kind: str
    texts: Mapping[str, str | None]
    which: int = 0
    id_is_taken: bool = False
    is_company: bool = False


class Edit(NamedTuple):
    """A property to be edited on one side, so many seconds later."""

    side: str
    name: str
    text: str | None
    which: int
    later: int


class Contest(NamedTuple):
    """A property to be edited on both sides, first on one of them.

    Afterwards, the `touched` sides of the record are edited otherwise.
    """

    first: str
    name: str
    texts: tuple[str | None, str | None]
    which: int
    gap: int
    touched: frozenset[str]


class Event(NamedTuple):
    """Something that happens, to which record or on which side.

    A clock goes ahead by so many `seconds`; before a deletion there may be an edit on
    the other side.
    """

    what: str
    which: int
    side: str
    seconds: int
    edits: bool


class Fit(NamedTuple):
    """A fault that the sync meets: at a call to one vendor, or at all such calls."""

    vendor: str
    kind: FaultKind
    method: str
    call: int | None


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
    return st.lists(st.one_of(each), min_size=1, max_size=6)


def _edit(side: str, name: str) -> SearchStrategy[Edit]:
    _, texts = EDITED[name]
    return st.builds(Edit, st.just(side), st.just(name), texts, WHICH, MOMENTS)


#: Often on one side only, so that several properties of a record are edited there.
EDITS = _edits(LEFT) | _edits(RIGHT) | _edits(LEFT, RIGHT)


def _contest(name: str) -> SearchStrategy[Contest]:
    _, texts = EDITED[name]
    touched = st.frozensets(SIDES)
    return st.builds(
        Contest, SIDES, st.just(name), st.tuples(texts, texts), WHICH, GAPS, touched
    )


CONTESTS = st.one_of([_contest(name) for name in ("email", "phone", "name")])

#: Those of which the second edit may be made during a run. A value may then have been
#: copied already, and no run empties it.
RACES = CONTESTS.filter(lambda contest: contest.texts[1] is not None)


def _new(
    kind: str,
    texts: Mapping[str, Texts],
    which: SearchStrategy[int] = NONE,
    id_is_taken: SearchStrategy[bool] = NEVER,
    is_company: SearchStrategy[bool] = NEVER,
) -> SearchStrategy[New]:
    # What is not said here would be drawn, for it has a type.
    drawn = st.fixed_dictionaries(dict(texts))
    return st.builds(New, st.just(kind), drawn, which, id_is_taken, is_company)


CUSTOMERS = _new(
    "customer",
    {"email": EMAILS, "phone": PHONES},
    id_is_taken=OFTEN,
)
COMPANIES = _new(
    "customer", {"email": EMAILS, "phone": PHONES}, is_company=st.just(True)
)
ITEMS = _new("item", {"name": NAMES})
INVOICES = _new("order", {"currency": CODES}, WHICH)

#: Two can be merged; one more can be deleted without that the account looks emptied.
BEGINNING = st.tuples(CUSTOMERS, CUSTOMERS, CUSTOMERS, ITEMS, INVOICES)

#: What else happens: a fate of a record is one of its ends.
EVENTS = st.builds(
    Event,
    st.sampled_from(
        [
            *(Fate.DELETED_LEFT, Fate.DELETED_RIGHT) * 2,
            *(Fate.VOIDED, "touch", "merge", "retype", "move apart"),
        ]
    ),
    WHICH,
    SIDES,
    st.sampled_from([2, 30]),
    OFTEN,
)

#: The reads of a run to edit at, and the points to end at: of all, where most runs have
#: fewer, or of the calls whose paths end so.
READS = st.integers(1, 16)
POINTS = st.tuples(st.integers(1, 60), st.just("")) | st.tuples(
    st.integers(1, 4),
    st.sampled_from(["/import_order", "/import_invoice", "/delete", "/void"]),
)

_READ_KINDS = [
    FaultKind.TRUNCATED_BODY,
    FaultKind.TRUNCATED_JSON,
    FaultKind.REPEATED_PAGE,
]
_ANY_KINDS = [
    FaultKind.RATE_LIMIT,
    FaultKind.SERVER_ERROR,
    FaultKind.BAD_GATEWAY,
    FaultKind.CUT_BEFORE,
    FaultKind.CUT_AFTER,
]
_CALLS = st.integers(1, 8) | st.none()

#: The kinds of faults that the sync meets. What is only slow is never noticed.
MET = [*_READ_KINDS, *_ANY_KINDS, FaultKind.LOCK_TIMEOUT]

#: A few faults of one run. Chargebee alone has the lock of a record.
FAULTS = st.lists(
    st.one_of(
        st.builds(Fit, SIDES, st.sampled_from(_READ_KINDS), st.just("GET"), _CALLS),
        st.builds(
            Fit,
            SIDES,
            st.sampled_from(_ANY_KINDS),
            st.sampled_from(["*", "GET", "POST", "PATCH"]),
            _CALLS,
        ),
        st.builds(
            Fit,
            st.just(RIGHT),
            st.just(FaultKind.LOCK_TIMEOUT),
            st.sampled_from(["*", "POST"]),
            _CALLS,
        ),
    ),
    min_size=1,
    max_size=4,
)
