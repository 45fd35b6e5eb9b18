"""What a property may hold, and what has become of it after a round trip.

Nothing here is computed by the mapping: each case is put together from its end, so
that what either system shall hold is known before anything is mapped. What a round
trip does not keep is declared here, and only here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TypeAlias

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


def _numbers_as_written(value: int) -> SearchStrategy[Case]:
    written: SearchStrategy[Held] = st.sampled_from(
        [value, str(value), Decimal(f"{value}.0"), f"{value}.00"]
    )
    return written.map(lambda one: Case(one, value, value))


def _fraction(digits: int, places: int) -> SearchStrategy[Case]:
    held: Held = Decimal(digits).scaleb(-places).normalize()
    if isinstance(held, Decimal) and held == held.to_integral_value():
        held = int(held)
    exact = f"{Decimal(digits).scaleb(-places):f}"
    written: SearchStrategy[Held] = st.sampled_from(
        [Decimal(exact), exact, f"{exact}0" if places else exact]
    )
    return written.map(lambda one: Case(one, held, held))


def _truths_as_written(value: bool) -> SearchStrategy[Case]:  # noqa: FBT001
    texts = ["true", "True", "1", 1] if value else ["false", "FALSE", "0", 0]
    written: SearchStrategy[Held] = st.sampled_from([value, *texts])
    return written.map(lambda one: Case(one, value, value))


def _cased(text: str) -> SearchStrategy[str]:
    """Return the text with some of its letters in upper case."""
    flags = st.lists(st.booleans(), min_size=len(text), max_size=len(text))

    def apply(raised: list[bool]) -> str:
        pairs = zip(text, raised, strict=True)
        return "".join(letter.upper() if up else letter for letter, up in pairs)

    return flags.map(apply)


def _as_currency(code: str) -> SearchStrategy[Case]:
    return _cased(code).map(lambda text: Case(text, code, code.upper()))


def _as_address(address: str) -> SearchStrategy[Case]:
    spaced = st.tuples(
        st.sampled_from(["", " "]), _cased(address), st.just(" ") | st.just("")
    )
    return spaced.map("".join).map(lambda text: Case(text, address, address))


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400

#: What Chargebee can hold: the seconds from 1970 to 2286.
SECONDS = st.integers(0, 9_999_999_999)
FRACTIONS = st.sampled_from(["", ".25", ".999999"])
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


def _time_texts(seconds: int) -> SearchStrategy[Held]:
    """Return ways to write one second, some of them a little later in it."""
    utc = EPOCH + timedelta(seconds=seconds)
    plain = FRACTIONS.map(lambda fraction: f"{utc:%Y-%m-%dT%H:%M:%S}{fraction}")
    zoned = ZONES.map(lambda zone: utc.astimezone(zone).isoformat())
    numbers = FRACTIONS.map(lambda fraction: f"{seconds}{fraction}")
    return st.one_of(
        st.just(seconds),
        numbers.map(Decimal),
        numbers,
        plain,
        zoned,
        plain.map("{}Z".format),
    )


def _as_moment(seconds: int) -> SearchStrategy[Case]:
    return _time_texts(seconds).map(lambda one: Case(one, seconds, seconds))


def _as_day(seconds: int) -> SearchStrategy[Case]:
    day = seconds - seconds % DAY
    return _time_texts(seconds).map(lambda one: Case(one, day, day))


def _as_written_day(seconds: int) -> SearchStrategy[Case]:
    day = seconds - seconds % DAY
    text = f"{EPOCH + timedelta(seconds=day):%Y-%m-%d}"
    return (_time_texts(seconds) | st.just(text)).map(lambda one: Case(one, day, text))


def _not_of(*texts: str) -> SearchStrategy[Held]:
    return st.sampled_from(texts) | CONTAINERS


WRONG_TIMES = (
    _not_of(*("yesterday", "2026-13-01", "253402300800", "-62135596801", "1e99", "nan"))
    | st.booleans()
)

TEXT = Family("", _or_nothing(TEXTS.map(kept)), CONTAINERS)

WHOLE = Family(
    "how a whole number is spelled: 7.0 and its text become 7",
    _or_nothing(st.integers(-(10**15), 10**15).flatmap(_numbers_as_written)),
    _not_of("1.5", "seven", "1_000", "0x7", "inf", "\u0667", "1e28") | st.booleans(),
)

FLOAT = Family(
    "how a number is spelled: 1.50 and its text become 1.5",
    _or_nothing(
        st.tuples(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 6)).flatmap(
            lambda drawn: _fraction(*drawn)
        )
    ),
    _not_of("much", "1_0.5", "nan", "-inf", "1,5", f"0.{'3' * 29}") | st.booleans(),
)

TRUTH = Family(
    "how yes and no are spelled: 1 and the texts become true",
    _or_nothing(st.booleans().flatmap(_truths_as_written)),
    _not_of("yes", "2", "truth", "None"),
)

MOMENT = Family(
    "fractions of a second, and the zone that a text names",
    _or_nothing(SECONDS.flatmap(_as_moment)),
    WRONG_TIMES,
)

DATE = Family(
    "the time of day",
    _or_nothing(SECONDS.flatmap(_as_day)),
    WRONG_TIMES,
)

WRITTEN_DATE = Family(
    "the time of day",
    _or_nothing(SECONDS.flatmap(_as_written_day)),
    WRONG_TIMES,
)

CURRENCY = Family(
    "the case of a code: lower in Invoiced, upper in Chargebee",
    _or_nothing(st.sampled_from(sorted(CURRENCIES)).flatmap(_as_currency)),
    _not_of("euro", "eu", "e r", "\u017fek", "978", " eur"),
)

_ATOMS = st.text("abcdefghijklmnopqrstuvwxyz0123456789+-_", min_size=1, max_size=12)

EMAIL = Family(
    "the case of an e-mail address, and the spaces around it",
    _or_nothing(
        st.builds(
            "{}@{}.{}".format, _ATOMS, _ATOMS, st.sampled_from(["no", "com"])
        ).flatmap(_as_address)
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
