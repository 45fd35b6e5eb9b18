"""What a property may hold, and what has become of it after a round trip.

Nothing here is computed by the mapping: each case is put together from its end, so
that what either system shall hold is known before anything is mapped. What a round
trip does not keep is declared here, and only here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dataflow.iso_codes import CURRENCIES
from properties.rows import Row

#: One value as JSON has it; fractions are Decimal, as the sync reads them.
Held: TypeAlias = object


@dataclass(frozen=True, slots=True)
class Case:
    """One value as somebody wrote it, and as Invoiced and Chargebee shall hold it."""

    written: Held
    left: Held
    right: Held


@dataclass(frozen=True, slots=True)
class Family:
    """The values of one type.

    `lost` says what a round trip does not keep; an empty text promises that it keeps
    everything. `from_right` is only there where Chargebee holds other values than
    Invoiced. `wrong` are values that no system may hold.
    """

    lost: str
    cases: SearchStrategy[Case]
    wrong: SearchStrategy[Held]
    from_right: SearchStrategy[Case] | None = None

    @property
    def right_cases(self) -> SearchStrategy[Case]:
        """Return the cases that begin in Chargebee."""
        return self.cases if self.from_right is None else self.from_right


class Shifted:
    """Links each customer of Invoiced, from 1 on, to the id one higher.

    Whoever passes an id on without asking names somebody else's customer.
    """

    LAST = 10**9

    def right_of(self, kind: str, left_id: str) -> str | None:
        """Return the id one higher."""
        known = kind == "customer" and 1 <= int(left_id) <= self.LAST
        return str(int(left_id) + 1) if known else None

    def left_of(self, kind: str, right_id: str) -> str | None:
        """Return the id one lower."""
        known = kind == "customer" and 2 <= int(right_id) <= self.LAST + 1
        return str(int(right_id) - 1) if known else None


def family_of(row: Row) -> Family:
    """Return what the properties of one row may hold."""
    left, right, type_name = row
    family = _BY_NAME.get((left, right)) or _BY_TYPE.get(type_name.lower())
    if family is None:
        raise LookupError(
            f"No values are known for {left} and {right} of the type {type_name!r}:"
            " add them to properties/values.py."
        )
    return family


def kept(value: Held) -> Case:
    """Return a value that both systems hold as it was written."""
    return Case(value, value, value)


def _or_nothing(values: SearchStrategy[Case]) -> SearchStrategy[Case]:
    return values | st.just(kept(None))


#: No halves of characters, and nothing that a form in a browser could not send.
LETTERS = st.characters(exclude_categories=("Cs", "Cc"))
TEXTS = st.text(LETTERS, min_size=1, max_size=40) | st.sampled_from([" x", "x ", "É"])

CONTAINERS: SearchStrategy[Held] = st.lists(st.none(), max_size=2) | st.just({"a": 1})


#: Writes a value in one of the ways in which it may be written. The strategies of ways
#: are built once: Hypothesis validates each new strategy, which takes longer than a
#: draw from it.
Way: TypeAlias = Callable[[Any], Held]


def _ways(*ways: Way) -> SearchStrategy[Way]:
    return st.sampled_from(ways)


def _written(
    values: SearchStrategy[Any],
    ways: SearchStrategy[Way],
    left: Way = lambda value: value,
    right: Way | None = None,
) -> SearchStrategy[Case]:
    """Return the cases in which each value is written in some way.

    `left` and `right` say what Invoiced and Chargebee hold of it; without `right`,
    both hold the same.
    """
    return st.builds(
        lambda value, way: Case(way(value), left(value), (right or left)(value)),
        values,
        ways,
    )


WHOLE_WAYS = _ways(
    lambda value: value,
    str,
    lambda value: Decimal(f"{value}.0"),
    lambda value: f"{value}.00",
)

#: A fraction as Decimal, with all its places.
FRACTION_WAYS = _ways(
    lambda exact: exact,
    str,
    lambda exact: f"{exact}0" if "." in str(exact) else str(exact),
)


def _number(exact: Decimal) -> Held:
    """Return a number as it is held: a whole one without a point."""
    whole = exact == exact.to_integral_value()
    return int(exact) if whole else exact.normalize()


def _exact(digits: int, places: int) -> Decimal:
    return Decimal(f"{Decimal(digits).scaleb(-places):f}")


#: How yes and no may be spelled.
_SPELLED = {True: ("true", "True", "1", 1), False: ("false", "FALSE", "0", 0)}


def _spelling(number: int) -> Way:
    return lambda value: _SPELLED[value][number]


TRUTH_WAYS = _ways(lambda value: value, *map(_spelling, range(4)))

#: One bit for each letter of a text: whether it is in upper case.
_RAISED = st.integers(0, 2**32 - 1)


def _cased(raised: int) -> Way:
    """Return what puts the letters of these bits in upper case."""

    def apply(text: str) -> str:
        return "".join(
            letter.upper() if raised >> place & 1 else letter
            for place, letter in enumerate(text)
        )

    return apply


CASES = _RAISED.map(_cased)

_SPACES = st.sampled_from(["", " "])


def _spaced(before: str, way: Way, after: str) -> Way:
    return lambda text: f"{before}{way(text)}{after}"


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400

#: What Chargebee can hold: the seconds from 1970 to 2286.
SECONDS = st.integers(0, 9_999_999_999)
FRACTIONS = st.sampled_from(["", ".25", ".999999"])
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


def _utc(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def _day(seconds: int) -> int:
    return seconds - seconds % DAY


def _plain(fraction: str, end: str = "") -> Way:
    return lambda seconds: f"{_utc(seconds):%Y-%m-%dT%H:%M:%S}{fraction}{end}"


def _numeric(fraction: str) -> Way:
    return lambda seconds: f"{seconds}{fraction}"


def _decimal(fraction: str) -> Way:
    return lambda seconds: Decimal(f"{seconds}{fraction}")


def _zoned(zone: timezone) -> Way:
    return lambda seconds: _utc(seconds).astimezone(zone).isoformat()


#: Ways to write one second, some of them a little later in it.
TIME_WAYS: SearchStrategy[Way] = st.one_of(
    _ways(lambda seconds: seconds),
    FRACTIONS.map(_decimal),
    FRACTIONS.map(_numeric),
    FRACTIONS.map(_plain),
    ZONES.map(_zoned),
    FRACTIONS.map(lambda fraction: _plain(fraction, "Z")),
)


def _day_text(seconds: int) -> str:
    return f"{_utc(_day(seconds)):%Y-%m-%d}"


def _not_of(*texts: str) -> SearchStrategy[Held]:
    return st.sampled_from(texts) | CONTAINERS


WRONG_TIMES = (
    _not_of(*("yesterday", "2026-13-01", "253402300800", "-62135596801", "1e99", "nan"))
    | st.booleans()
)

TEXT = Family("", _or_nothing(TEXTS.map(kept)), CONTAINERS)

WHOLE = Family(
    "how a whole number is spelled: 7.0 and its text become 7",
    _or_nothing(_written(st.integers(-(10**15), 10**15), WHOLE_WAYS)),
    _not_of("1.5", "seven", "1_000", "0x7", "inf", "\u0667", "1e28") | st.booleans(),
)

FLOAT = Family(
    "how a number is spelled: 1.50 and its text become 1.5",
    _or_nothing(
        _written(
            st.builds(
                _exact, st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 6)
            ),
            FRACTION_WAYS,
            _number,
        )
    ),
    _not_of("much", "1_0.5", "nan", "-inf", "1,5", f"0.{'3' * 29}") | st.booleans(),
)

TRUTH = Family(
    "how yes and no are spelled: 1 and the texts become true",
    _or_nothing(_written(st.booleans(), TRUTH_WAYS)),
    _not_of("yes", "2", "truth", "None"),
)

MOMENT = Family(
    "fractions of a second, and the zone that a text names",
    _or_nothing(_written(SECONDS, TIME_WAYS)),
    WRONG_TIMES,
)

DATE = Family(
    "the time of day",
    _or_nothing(_written(SECONDS, TIME_WAYS, _day)),
    WRONG_TIMES,
)

WRITTEN_DATE = Family(
    "the time of day",
    _or_nothing(_written(SECONDS, TIME_WAYS | _ways(_day_text), _day, _day_text)),
    WRONG_TIMES,
)

CURRENCY = Family(
    "the case of a code: lower in Invoiced, upper in Chargebee",
    _or_nothing(_written(st.sampled_from(sorted(CURRENCIES)), CASES, right=str.upper)),
    _not_of("euro", "eu", "e r", "\u017fek", "978", " eur"),
)

_ATOMS = st.text("abcdefghijklmnopqrstuvwxyz0123456789+-_", min_size=1, max_size=12)

EMAIL = Family(
    "the case of an e-mail address, and the spaces around it",
    _or_nothing(
        _written(
            st.builds(
                "{}@{}.{}".format, _ATOMS, _ATOMS, st.sampled_from(["no", "com"])
            ),
            st.builds(_spaced, _SPACES, CASES, _SPACES),
        )
    ),
    CONTAINERS,
)

_LINKED = st.integers(1, Shifted.LAST)

REFERENCE = Family(
    "",
    _LINKED.map(lambda n: Case(n, n, str(n + 1))),
    CONTAINERS,
    from_right=_LINKED.map(lambda n: Case(str(n + 1), n, str(n + 1))),
)

_BY_NAME = {
    ("currency", "currency_code"): CURRENCY,
    ("currency", "preferred_currency_code"): CURRENCY,
    ("customer", "customer_id"): REFERENCE,
    ("email", "email"): EMAIL,
}

_BY_TYPE: dict[str, Family] = {
    "string": TEXT,
    "integer": WHOLE,
    "float": FLOAT,
    "number": FLOAT,
    "boolean": TRUTH,
    "date": DATE,
    "datetime": MOMENT,
    "timestamp": MOMENT,
    'datetime-format","%y-%m-%d","_."]': WRITTEN_DATE,
}

#: Anything that JSON can say in one value.
ANYTHING: SearchStrategy[Held] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(),
    st.text(max_size=12),
    st.decimals().map(str),
    st.datetimes().map(datetime.isoformat),
)
