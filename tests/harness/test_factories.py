"""The records of a scenario are what the feature calls them. Twins are the vendors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dataflow.errors import FeatureError
from dataflow.harness.plugin import create_names
from dataflow.harness.targets.twin_time import STEP_SECONDS
from dataflow.record_types import find_singular
from dataflow.record_types.invoiced import YEAR
from dataflow.record_types.model import CUSTOMER, KINDS, Kind, kind_of
from tests.vendors.both import Both, both_vendors


@pytest.fixture
def both() -> Iterator[Both]:
    """Serve both twins."""
    with both_vendors() as served:
        yield served


# Records


@pytest.mark.parametrize("noun", ["person", "company"])
def test_a_customer_is_what_the_feature_calls_it(noun: str, both: Both) -> None:
    """A person is a person and a company a company: else the checks mean nothing."""
    assert noun == both.create(noun).record["type"]


@pytest.mark.parametrize("noun", ["person", "company", "item", "invoice"])
def test_a_record_has_the_currency_of_the_feature(noun: str, both: Both) -> None:
    """A default currency would hide mix-ups."""
    assert "jpy" == both.create(noun, "jpy").record["currency"]


def test_an_invoice_gets_a_person_of_its_own(both: Both) -> None:
    """Two invoices have two customers: with one, a swap would go unnoticed."""
    invoices = [both.create("invoice").record["customer"] for _ in range(2)]

    assert 2 == len(set(invoices))


def test_an_invoice_of_a_person_has_that_customer(both: Both) -> None:
    """An invoice that is created for a person is that person's."""
    person = both.create("person")
    invoice = both.factory.create("invoice of that person", "eur", {}, person)

    assert (person.record["id"], person) == (
        invoice.record["customer"],
        invoice.customer,
    )


def test_an_invoice_of_a_company_has_a_company(both: Both) -> None:
    """An invoice of a company has a company for its customer."""
    customer = both.create("invoice of a company").customer

    assert "company" == (customer and customer.record["type"])


def test_an_invoice_is_open_and_due_in_a_year(both: Both) -> None:
    """A sync may skip drafts; an overdue invoice gets another status in Chargebee."""
    record = both.create("invoice").record

    assert (False, "not_sent", YEAR) == (
        record["draft"],
        record["status"],
        record["due_date"] - record["created_at"],
    )


@pytest.mark.parametrize("currency", ["eur", "usd", "gbp", "jpy"])
def test_an_invoice_has_a_total(currency: str, both: Both) -> None:
    """A total is above zero in each currency: Chargebee imports no empty invoice."""
    assert 40 == both.create("invoice", currency).record["total"]


@pytest.mark.parametrize(
    ("noun", "name", "value"),
    [("draft invoice", "draft", True), ("voided invoice", "status", "voided")],
)
def test_an_invoice_has_the_state_of_its_noun(
    noun: str, name: str, value: object, both: Both
) -> None:
    """A draft is one in Invoiced's own words; a voided invoice is voided at once."""
    assert value == both.read(both.create(noun))[name]


def test_values_of_a_feature_win(both: Both) -> None:
    """A value that the feature names replaces that of the table."""
    assert "Red" == both.create("item", name="Red").record["name"]


@pytest.mark.parametrize(
    ("noun", "name", "text", "value"),
    [
        ("item", "taxable", "false", False),
        ("invoice", "due_date", "2000000000", 2_000_000_000),
        ("person", "phone", "555", "555"),
    ],
)
def test_a_value_of_a_feature_has_the_type_of_its_property(
    noun: str, name: str, text: str, value: object, both: Both
) -> None:
    """A table of Gherkin is text: the API gets the type of the property."""
    assert value == both.create(noun, "eur", **{name: text}).record[name]


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("person", True),
        ("invoice", True),
        ("invoice of that person", True),
        ("item", True),
        ("company", False),
        ("draft invoice", False),
        ("voided invoice", False),
        ("invoice of a company", False),
    ],
)
def test_what_must_have_a_counterpart(noun: str, both: Both, *, expected: bool) -> None:
    """What every reading of the document syncs is expected, and nothing else."""
    assert expected is both.create(noun).expected


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_stranger_is_listed(kind: Kind, both: Both) -> None:
    """A stranger of each kind is created as the vendor takes it."""
    stranger = both.create_stranger(kind)

    assert stranger == both.site.list_all(kind)[stranger["id"]]


def test_a_message_names_a_record_by_noun_and_id(both: Both) -> None:
    """A reader of the message can find the record."""
    assert "item red-hat" == str(both.create("item", id="red-hat"))


@pytest.mark.parametrize("noun", ["lineitem", "invoice of a ghost", "persons", ""])
def test_an_unknown_noun_creates_nothing(noun: str, both: Both) -> None:
    """A noun of no record type is an error that names the known ones."""
    with pytest.raises(FeatureError) as error:
        both.create(noun)
    sentence = f"No record can be created for {noun!r}: the nouns are person, company,"

    assert (True, [{}, {}, {}]) == (
        str(error.value).startswith(sentence),
        [both.account.list_all(kind) for kind in KINDS],
    )


def test_an_unknown_stranger_is_an_error() -> None:
    """A noun of no Chargebee record is an error that names the known ones."""
    with pytest.raises(FeatureError) as error:
        kind_of("subscription")

    assert (
        "No record of Chargebee can be created for 'subscription': the nouns are"
        " customer, order, item." == str(error.value)
    )


@pytest.mark.parametrize(
    ("nouns", "noun"),
    [
        ("persons", "person"),
        ("invoices", "invoice"),
        ("draft invoices", "draft invoice"),
        ("items", "item"),
    ],
)
def test_several_records_are_named_by_the_plural(nouns: str, noun: str) -> None:
    """The plural is the table's: no letter is cut off."""
    assert noun == find_singular(nouns)


@pytest.mark.parametrize("nouns", ["addresses", "companys", "lineitems"])
def test_an_unknown_plural_is_an_error(nouns: str) -> None:
    """A plural of no record type is an error, and never an invoice."""
    with pytest.raises(FeatureError, match="No record can be created for"):
        find_singular(nouns)


# Names


def test_names_do_not_repeat(both: Both) -> None:
    """Two items have two names and two ids: equal names are another check."""
    records = [both.create("item").record for _ in range(3)]

    assert 6 == len({record["name"] for record in records} | {r["id"] for r in records})


def test_names_belong_to_one_scenario() -> None:
    """Two scenarios share no name, and a scenario has the same names in each run."""
    one, again = (
        create_names("features/a.feature::one"),
        create_names("features/a.feature::one"),
    )
    other = create_names("features/a.feature::two")
    name = one("Ada")

    assert (True, False) == (name == again("Ada"), name == other("Ada"))


# The target


def test_time_passes_on_both_twins(both: Both) -> None:
    """A step is longer than the vendors' precision: two edits never have one time."""
    before = both.create("person").record["created_at"]
    both.target.advance_step()
    after = both.create("person").record["created_at"]

    assert (STEP_SECONDS, True) == (after - before, STEP_SECONDS >= 2)


def test_each_scenario_begins_empty_and_at_one_time(both: Both) -> None:
    """What a check finds does not depend on those before it."""
    before = both.create("person").record["created_at"]
    both.create_stranger(CUSTOMER)
    both.target.advance(1000)
    both.target.start("another")
    lists = both.account.list_all(CUSTOMER), both.site.list_all(CUSTOMER)

    assert (({}, {}), before) == (lists, both.create("person").record["created_at"])
