"""The checks that follow from the statements of a section."""

from __future__ import annotations

from collections import Counter

import pytest

from dataflow.checklist.check import Check, Rule, Standing, Table
from dataflow.checklist.model import Document, Form
from dataflow.checklist.reader import parse_document
from dataflow.checklist.rules import rules_of
from tests.checklist.documents import (
    MADE_UP,
    REAL,
    Row,
    Writer,
    all_forms,
    real_facts,
    table,
)

#: The checks that every section of the three known forms has.
ALWAYS = [
    ("every.new-record", Standing.STATED),
    ("every.already-there", Standing.STATED),
    ("every.all-sorts", Standing.STATED),
    ("every.edited-before", Standing.STATED),
    ("every.many-pages", Standing.STATED),
    ("every.full-page", Standing.STATED),
    ("every.a-day-apart", Standing.STATED),
    ("every.same-second", Standing.STATED),
    ("every.sync-again", Standing.INFERRED),
]

STRANGER = ("every.stranger", Standing.INFERRED)

PERSONS = [
    *ALWAYS[:4],
    STRANGER,
    *ALWAYS[4:],
    ("every.company", Standing.INFERRED),
    ("every.company-becomes-a-person", Standing.INFERRED),
    ("other.phone-in-invoiced", Standing.STATED),
    ("other.notes-in-invoiced", Standing.STATED),
    ("other.name-in-invoiced", Standing.STATED),
    ("other.email-in-invoiced", Standing.STATED),
    ("other.last_name-in-chargebee", Standing.STATED),
    ("other.email-in-chargebee", Standing.STATED),
    ("other.much-in-invoiced", Standing.STATED),
    ("other.much-in-chargebee", Standing.STATED),
    ("other.on-both", Standing.STATED),
    ("kept.goes-on", Standing.STATED),
    ("kept.deleted-in-invoiced", Standing.OBSERVED),
    ("kept.deleted-in-chargebee", Standing.OBSERVED),
    ("kept.becomes-a-company", Standing.OBSERVED),
    ("kept.becomes-inactive", Standing.OBSERVED),
]

INVOICES = [
    *ALWAYS[:4],
    STRANGER,
    *ALWAYS[4:],
    ("every.customer-not-linked-yet", Standing.INFERRED),
    ("every.customer-older-than-the-sync", Standing.INFERRED),
    ("every.draft-issued", Standing.INFERRED),
    ("every.paid-before", Standing.STATED),
    ("every.draft", Standing.OBSERVED),
    ("every.voided", Standing.OBSERVED),
    ("every.of-a-company", Standing.OBSERVED),
    ("currency.edited-in-invoiced", Standing.STATED),
    ("currency.edited-in-chargebee", Standing.STATED),
    ("currency.edited-again-in-invoiced", Standing.STATED),
    ("currency.edited-back-in-invoiced", Standing.STATED),
    ("currency.edited-beside-note", Standing.OBSERVED),
    ("currency.edited-after-notes", Standing.STATED),
    ("currency.edited-in-one-second-in-invoiced", Standing.STATED),
    ("currency.edited-older-in-invoiced", Standing.STATED),
    ("currency.edited-late-in-invoiced", Standing.STATED),
    ("currency.edited-among-many-in-invoiced", Standing.STATED),
    ("currency.edited-in-several-in-invoiced", Standing.STATED),
    ("customer.edited-in-invoiced", Standing.STATED),
    ("customer.edited-in-chargebee", Standing.STATED),
    ("other.notes-in-invoiced", Standing.STATED),
    ("other.purchase_order-in-invoiced", Standing.STATED),
    ("other.note-in-chargebee", Standing.STATED),
    ("other.much-in-invoiced", Standing.STATED),
    ("other.much-in-chargebee", Standing.STATED),
    ("other.on-both", Standing.STATED),
    ("other.lines-in-invoiced", Standing.STATED),
    ("other.customers-phone-in-invoiced", Standing.INFERRED),
    ("kept.goes-on", Standing.STATED),
    ("kept.paid", Standing.STATED),
    ("kept.deleted-in-invoiced", Standing.OBSERVED),
    ("kept.deleted-in-chargebee", Standing.OBSERVED),
    ("kept.voided", Standing.OBSERVED),
    ("kept.replaced-currency", Standing.OBSERVED),
    ("currency.new-pair", Standing.STATED),
    ("currency.type", Standing.STATED),
    ("customer.new-pair", Standing.STATED),
    ("customer.type", Standing.STATED),
]

ITEMS = [
    *ALWAYS[:4],
    STRANGER,
    *ALWAYS[4:],
    ("other.description-in-invoiced", Standing.STATED),
    ("other.name-in-invoiced", Standing.STATED),
    ("other.description-in-chargebee", Standing.STATED),
    ("other.name-in-chargebee", Standing.STATED),
    ("other.much-in-invoiced", Standing.STATED),
    ("other.much-in-chargebee", Standing.STATED),
    ("other.on-both", Standing.STATED),
    ("kept.goes-on", Standing.STATED),
    ("kept.made-anew", Standing.INFERRED),
    ("kept.deleted-in-invoiced", Standing.OBSERVED),
    ("kept.deleted-in-chargebee", Standing.OBSERVED),
]

#: Of a section about record types that are not known.
#: What asks for knowledge of the record type.
KNOWN = {"every.all-sorts", "every.edited-before"}

STRANGERS = [
    *(check for check in ALWAYS if check[0] not in KNOWN),
    ("kept.deleted-in-redbooks", Standing.OBSERVED),
    ("kept.deleted-in-bluebill", Standing.OBSERVED),
]

IF_TAKEN = ", if the API lets it"

DOCUMENTS = {"real": real_facts(), "made up": all_forms()}


def rules(document: Document) -> list[Rule]:
    """Return the rules of all sections of a document."""
    return [
        rule for section in document.sections for rule in rules_of(section, document)
    ]


def rules_in(text: str) -> list[Rule]:
    """Return the rules of all sections of a document's text."""
    return rules(parse_document(text))


def checks_in(text: str) -> list[Check]:
    """Return the checks of all sections of a document's text."""
    return [check for rule in rules_in(text) for check in rule.checks]


def section_of(*statements: str) -> str:
    """Return a made-up document of one section with these statements."""
    return MADE_UP.document(MADE_UP.section("Client", "Account", *statements))


def with_rows(*rows: Row) -> str:
    """Return a made-up document whose one section lists these properties."""
    return MADE_UP.document(MADE_UP.usual("Client", "Account", rows))


def found(checks: list[Check], section: str) -> list[tuple[str, Standing]]:
    """Return the ids of a section's checks, without the section, and the standings."""
    return [
        (check.id.removeprefix(f"{section}."), check.standing)
        for check in checks
        if check.id.partition(".")[0] == section
    ]


def steps_of(name: str, text: str) -> list[str]:
    """Return the lines of the one check whose id ends with this name."""
    (check,) = (c for c in checks_in(text) if c.id.partition(".")[2] == name)
    return [step.text for step in check.steps]


def questions_in(text: str) -> list[str]:
    """Return the open questions of all sections."""
    return [question for rule in rules_in(text) for question in rule.questions]


every_check = pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=f"{name}: {check.id}")
        for name, text in DOCUMENTS.items()
        for check in checks_in(text)
    ],
)


def asked(check: Check) -> Table:
    """Return the table of what a check asks of the pairs."""
    (table,) = (s.table for s in check.steps if s.text.startswith("each has exactly"))
    return table


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("customers-person-customer", PERSONS),
        ("invoices-order", INVOICES),
        ("items-item", ITEMS),
    ],
)
def test_a_section_has_its_checks(
    section: str, expected: list[tuple[str, Standing]]
) -> None:
    """Each section has these checks, each with who says that it must hold."""
    assert expected == found(checks_in(real_facts()), section)


def test_unknown_record_types_have_checks() -> None:
    """A section about unknown record types has what needs no knowledge of them."""
    text = MADE_UP.document(MADE_UP.usual("Client", "Account"))

    assert STRANGERS == found(checks_in(text), "client-account")


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)
def test_ids_are_unique(text: str) -> None:
    """No two checks of a document have one id."""
    ids = Counter(check.id for check in checks_in(text))

    assert [] == [name for name, count in ids.items() if count > 1]


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)
def test_titles_are_unique_in_a_section(text: str) -> None:
    """No two checks of a section have one title: only the last of them would run."""
    titles = Counter((c.id.partition(".")[0], c.title) for c in checks_in(text))

    assert [] == [title for title, count in titles.items() if count > 1]


def test_ids_of_the_same_section_differ() -> None:
    """The checks of a section that comes twice have ids of their own."""
    usual = MADE_UP.usual("Client", "Account")
    ids = {check.id for check in checks_in(MADE_UP.document(usual, usual))}

    assert 2 * len(STRANGERS) == len(ids)


def test_an_id_has_no_white_space() -> None:
    """A check id is one word even where a system's name is of two."""
    writer = Writer("Red Books", "Blue Bill")
    text = writer.document(writer.usual("Client", "Account", [("a", "b", '"string"')]))

    assert [] == [check.id for check in checks_in(text) if " " in check.id]


@every_check
def test_a_check_has_a_neighbour(check: Check) -> None:
    """Every check makes a neighbour before anything is synchronised."""
    texts = [step.text for step in check.steps]
    syncs = [number for number, text in enumerate(texts) if "the sync " in text]
    before = texts[: next(n for n in syncs if "looks no further" not in texts[n])]

    assert 1 == sum(text.startswith("a neighbour ") for text in before)


@every_check
def test_a_check_ends_with_the_neighbour(check: Check) -> None:
    """Every check ends with the neighbour, which is unchanged."""
    assert "the neighbour is unchanged" == check.steps[-1].text


@every_check
def test_a_check_asks_for_the_pair_of_the_neighbour(check: Check) -> None:
    """Every check asks that the neighbour has its counterpart, so no sync is red."""
    asked = [s for s in check.steps if s.text.startswith("each has exactly one ")][-1]

    assert "the neighbour" == asked.table[-1][0]


@every_check
def test_a_check_judges_its_own_record_unless_it_observes(check: Check) -> None:
    """The pair of the record itself is judged where the document speaks of it."""
    asked = next(s for s in check.steps if s.text.startswith("each has exactly one "))
    judged = len(asked.table) > 2
    left_open = (
        check.standing is Standing.OBSERVED and "replaced" not in check.id
    ) or check.id.endswith("every.company")

    assert judged is not left_open


@every_check
def test_steps_come_in_the_order_of_gherkin(check: Check) -> None:
    """A scenario begins with what is given, does something, and then looks."""
    keywords = [step.keyword for step in check.steps if step.keyword != "And"]

    assert ["Given", "When", "Then"] == list(dict.fromkeys(keywords))


@every_check
def test_the_last_keyword_is_then(check: Check) -> None:
    """Nothing is done that nobody looks at."""
    keywords = [step.keyword for step in check.steps if step.keyword != "And"]

    assert "Then" == keywords[-1]


@every_check
def test_the_neighbour_is_of_another_currency(check: Check) -> None:
    """The neighbour differs from every other record in its currency."""
    made = [s.text for s in check.steps if " new " in s.text or "neighbour " in s.text]

    assert [] == [
        text
        for text in made
        if ('"jpy"' in text) is not text.startswith(("a neighbour", "the neighbour"))
        and '"' in text
    ]


def test_the_neighbour_is_unlike_the_record() -> None:
    """A neighbour's values differ from those of the record, before and after edits."""
    text = with_rows(("name", "title", '"string"'))
    (check,) = (c for c in checks_in(text) if c.id.endswith("name.edited-in-bluebill"))
    first, second, neighbour = (
        check.steps[1].table,
        asked(check)[1][1:],
        asked(check)[2][1:],
    )

    assert [
        (("name", "First"),),
        ("Third", "Third"),
        ("Neighbour", "Neighbour"),
    ] == [first, second, neighbour]


def test_a_company_is_checked_for_persons() -> None:
    """While no section covers companies, one must not turn up as a person's."""
    ids = [check.id for check in checks_in(real_facts())]

    assert "customers-person-customer.every.company" in ids


def test_a_company_is_not_checked_once_covered() -> None:
    """Once a section covers companies, they have counterparts of their own."""
    text = REAL.document(
        REAL.usual("Customers person", "Customer"),
        REAL.usual("Customers company", "Customer"),
    )

    assert [] == [c.id for c in checks_in(text) if c.id.endswith(".every.company")]


@pytest.mark.parametrize(
    ("name", "step"),
    [
        (
            "currency.edited-in-invoiced",
            'its "currency" is changed to "gbp" in Invoiced',
        ),
        (
            "currency.edited-in-chargebee",
            f'its "currency_code" is changed to "USD" in Chargebee{IF_TAKEN}',
        ),
        (
            "customer.edited-in-invoiced",
            f'its "customer" is changed to another customer in Invoiced{IF_TAKEN}',
        ),
        (
            "customer.edited-in-chargebee",
            f'its "customer_id" is changed to another customer in Chargebee{IF_TAKEN}',
        ),
    ],
)
def test_an_edit_that_is_refused_is_attempted(name: str, step: str) -> None:
    """What the API is known to refuse is tried, and only that may be refused."""
    assert step in steps_of(name, real_facts())


def test_a_refused_edit_has_two_outcomes() -> None:
    """Where an edit may be refused, the pair agrees on the new value or the old."""
    (check,) = (
        check
        for check in checks_in(real_facts())
        if check.id.endswith("currency.edited-in-chargebee")
    )

    assert "USD if taken, else EUR" == asked(check)[1][2]


def test_another_customer_is_there_before_it_is_needed() -> None:
    """An invoice can only be moved to a customer who is there."""
    assert "another customer" in steps_of("customer.edited-in-invoiced", real_facts())


@pytest.mark.parametrize(
    ("left", "right", "row", "name"),
    [
        ("Items", "Item", ("description", "x", '"string"'), "description-in-invoiced"),
        ("Items", "Item", ("x", "description", '"string"'), "description-in-chargebee"),
        ("Invoices", "Order", ("notes", "x", '"string"'), "notes-in-invoiced"),
        ("Invoices", "Order", ("x", "note", '"string"'), "note-in-chargebee"),
        ("Invoices", "Order", ("notes", "x", "N/A"), "notes-in-invoiced"),
    ],
)
def test_a_listed_property_is_no_other_edit(
    left: str, right: str, row: Row, name: str
) -> None:
    """What is listed, checked or not, is not edited as something else."""
    text = REAL.document(REAL.usual(left, right, [row]))

    assert [] == [c.id for c in checks_in(text) if c.id.endswith(f"other.{name}")]


def test_an_edit_on_both_sides_needs_both() -> None:
    """Without something else to edit on one side, nothing is edited on both."""
    rows = [(name, f"their {name}", '"string"') for name in ("description", "name")]
    text = REAL.document(REAL.usual("Items", "Item", rows))

    assert [] == [c.id for c in checks_in(text) if c.id.endswith("other.on-both")]


@pytest.mark.parametrize(
    "forbidden", ["id", "type", "status", "metadata", "meta_data", "reference_id"]
)
def test_marks_and_the_like_are_not_edited(forbidden: str) -> None:
    """An edit of something else never touches what a sync may need for itself."""
    texts = [
        step.text
        for check in checks_in(real_facts())
        if ".other." in check.id
        for step in check.steps
    ]

    assert [] == [text for text in texts if f'"{forbidden}"' in text]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("string", ("First", "Second", "Third")),
        ("integer", ("1", "2", "3")),
        ("float", ("1.5", "2.5", "3.5")),
        ("boolean", ("true", "false", "false")),
    ],
)
def test_a_type_has_values(kind: str, values: tuple[str, str, str]) -> None:
    """A row of a known type is tried with values of that type."""
    text = with_rows(("a", "b", f'"{kind}"'))
    tables = [
        asked(check)[1][1]
        for check in checks_in(text)
        if check.id.partition(".")[2]
        in {"every.new-record", "a.edited-in-redbooks", "a.edited-in-bluebill"}
    ]

    assert list(values) == tables


def test_the_listed_type_is_asked_for() -> None:
    """A value in the right system has the type that the document names."""
    text = with_rows(("a", "b", '"integer"'))

    assert 'the "b" of the account is a JSON integer' in steps_of("a.type", text)


@pytest.mark.parametrize(
    "row",
    [
        ("", "origin", "N/A"),
        ("name", "", '"string"'),
        ("Rank (only if known)", "grade", '"integer"'),
        ("ended", "end_date", '"datetime-format","%Y","_."]'),
        ("name", "title", ""),
    ],
)
def test_an_unclear_row_is_a_question(row: Row) -> None:
    """A row that cannot be checked is an open question."""
    kind = row[2].removeprefix('"').removesuffix('"') if row[0] == "name" else row[2]
    shown = {'"integer"': "integer"}.get(kind, kind)

    (question,) = questions_in(with_rows(row))

    assert (
        f'The row "{row[0]}" / "{row[1]}" of type {shown} is not checked: a side or the'
        " type is not understood, or a property is listed twice. What does it ask for?"
        == question
    )


def test_an_unclear_row_has_no_check() -> None:
    """Nothing is invented to check a row that is not clear."""
    text = with_rows(("", "origin", "N/A"))

    assert STRANGERS == found(checks_in(text), "client-account")


def test_a_clear_row_is_checked_beside_an_unclear_one() -> None:
    """An unclear row takes nothing from the others."""
    text = with_rows(("", "origin", "N/A"), ("name", "title", '"string"'))

    assert "name.type" in [name for name, _ in found(checks_in(text), "client-account")]


@pytest.mark.parametrize(
    "again",
    [
        ("name", "title", '"string"'),
        ("name", "label", '"string"'),
        ("alias", "title", '"string"'),
    ],
)
def test_a_property_listed_again_is_a_question(again: Row) -> None:
    """A property that is listed twice is checked once, and asked about."""
    text = with_rows(("name", "title", '"string"'), again)

    assert [f'The row "{again[0]}" / "{again[1]}"'] == [
        question.partition(" of type")[0] for question in questions_in(text)
    ]


def test_a_property_is_not_listed_again_by_an_unclear_row() -> None:
    """A clear row is checked though an unclear one named the property before it."""
    text = with_rows(("name", "", "N/A"), ("name", "title", '"string"'))

    assert "name.type" in [name for name, _ in found(checks_in(text), "client-account")]


def test_an_empty_table_is_a_question() -> None:
    """Where no property is listed, the owner of the document is asked why."""
    (question,) = questions_in(with_rows())

    assert (
        "The document lists no property for this section. Is none meant to be"
        " synchronised, or is the list not filled in yet?" == question
    )


def test_each_statement_has_a_rule() -> None:
    """Statements become rules one by one, in the document's order."""
    kinds = [rule.form for rule in rules_in(all_forms())]

    assert kinds == [
        statement.form
        for section in parse_document(all_forms()).sections
        for statement in section.statements
    ]


def test_an_unknown_statement_has_a_rule() -> None:
    """A statement of an unknown form has a rule that says so."""
    (rule,) = rules_in(section_of("Once upon a time.\n"))

    assert (Form.UNRECOGNISED, "Statement 1 is not understood yet", ()) == (
        rule.form,
        rule.title,
        rule.checks,
    )


def test_an_unknown_statement_is_a_question() -> None:
    """A statement of an unknown form is asked about, by its number."""
    text = section_of(MADE_UP.kept("Client", "Account"), "Once upon a time.\n")

    (question,) = questions_in(text)

    assert (
        "Statement 2 of this section has a form that is not known yet, so nothing"
        " checks it. What does it ask for?" == question
    )


def test_the_words_of_a_statement_stay_in_the_document() -> None:
    """No text of a statement gets into rules: the document is not ours to quote."""
    text = section_of("Xyzzy.\n", table([("left", "right"), ("plugh", "plover")]))

    assert [] == [
        word for word in ("Xyzzy", "plugh", "plover") if word in str(rules_in(text))
    ]


@pytest.mark.parametrize(
    "statement",
    [
        MADE_UP.every("Client", "Account"),
        MADE_UP.kept("Client", "Account"),
        MADE_UP.listed("Client", "Account", [("a", "b", '"string"')]),
    ],
    ids=["every", "kept in sync", "properties"],
)
def test_a_form_that_comes_twice_is_checked_once(statement: str) -> None:
    """A form that comes again has no checks of its own."""
    once, twice = rules_in(section_of(statement, statement))

    assert (True, ()) == (bool(once.checks), twice.checks)


@pytest.mark.parametrize(
    "statement",
    [MADE_UP.every("Client", "Account"), MADE_UP.kept("Client", "Account")],
    ids=["every", "kept in sync"],
)
def test_a_form_that_comes_twice_is_a_question(statement: str) -> None:
    """A form that comes again is asked about, by its number."""
    (question,) = questions_in(section_of(statement, statement))

    assert (
        "Statement 2 of this section has the form of an earlier one and is not checked"
        " by itself. Does it ask for anything more?" == question
    )


def test_rows_of_a_second_table_are_checked() -> None:
    """Properties that a second statement lists are checked with those of the first."""
    text = section_of(
        MADE_UP.listed("Client", "Account", [("a", "b", '"string"')]),
        MADE_UP.listed("Client", "Account", [("c", "d", '"string"')]),
    )

    assert ["a.new-pair", "a.type", "c.new-pair", "c.type"] == [
        name for name, _ in found(checks_in(text), "client-account")
    ]
