# Written by `dataflow transcribe`: a change by hand is lost with the next run.
Feature: Invoiced persons, Chargebee customers

  Section 1 of 3, 26 checks.
  Records: "Customers person" of Invoiced, "Customer" of Chargebee.

  Listed properties: none.

  Rule: Every person has a customer

    @customers-person-customer.every.new-record @stated
    Scenario: A new person gets exactly one customer
      Given a neighbour person in "jpy"
      And the sync has caught up
      When a new person in "eur" is made
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And everything else is as it was

    @customers-person-customer.every.already-there @stated
    Scenario: Persons that were there before the sync began get theirs
      Given a neighbour person in "jpy"
      And 3 new persons in "eur"
      When the sync catches up
      Then each has exactly one customer:
        | record        |
        | each person   |
        | the neighbour |
      And everything else is as it was

    @customers-person-customer.every.all-sorts @stated
    Scenario: Persons of all sorts get exactly one customer each
      Given a neighbour person in "jpy"
      And persons of all sorts in "eur"
      When the sync catches up
      Then each has exactly one customer:
        | record        |
        | each person   |
        | the neighbour |
      And everything else is as it was

    @customers-person-customer.every.edited-before @stated
    Scenario: A person that was edited before the sync saw it gets its customer
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And its "phone" was changed to "555-0100" in Invoiced
      When the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And everything else is as it was

    @customers-person-customer.every.stranger @inferred
    Scenario: A customer that is nobody's stays as it is
      Given a stranger customer in Chargebee
      And a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When the sync runs again
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And everything else is as it was

    @customers-person-customer.every.many-pages @stated
    Scenario: 201 persons, more than two pages, get exactly one customer each
      Given a neighbour person in "jpy"
      And 201 new persons in "usd"
      When the sync catches up
      Then each has exactly one customer:
        | record        |
        | each person   |
        | the neighbour |
      And it stays so when the sync runs again
      And everything else is as it was

    @customers-person-customer.every.full-page @stated
    Scenario: 100 persons, exactly one page, get exactly one customer each
      Given a neighbour person in "jpy"
      And 99 new persons in "usd"
      When the sync catches up
      Then each has exactly one customer:
        | record        |
        | each person   |
        | the neighbour |
      And it stays so when the sync runs again
      And everything else is as it was

    @customers-person-customer.every.a-day-apart @stated
    Scenario: Persons of a whole month get theirs, however old
      Given a neighbour person in "jpy"
      And 32 new persons in "eur", made 25 hours apart
      When the sync catches up
      Then each has exactly one customer:
        | record        |
        | each person   |
        | the neighbour |
      And everything else is as it was

    @customers-person-customer.every.same-second @stated
    Scenario: A person saved in the very second of a run gets its customer
      Given a neighbour person in "jpy"
      When 2 new persons in "eur" are made in one second, a run between them
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | each person   |
        | the neighbour |
      And everything else is as it was

    @customers-person-customer.every.sync-again @inferred
    Scenario: Syncing again writes nothing
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When the sync runs 10 times more
      Then nothing was written
      And each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And everything else is as it was

    @customers-person-customer.every.company @inferred
    Scenario: A company or an authority does not turn up as the customer of a person
      Given a neighbour person in "jpy"
      And a new company in "eur"
      And organisations of other types, if the API lets it
      When the sync catches up
      Then each has exactly one customer:
        | record        |
        | the neighbour |
      And it stays so when the sync runs again
      And no organisation has a customer
      And everything else is as it was

    @customers-person-customer.every.company-becomes-a-person @inferred
    Scenario: A company that becomes a person is a person like any other
      Given a neighbour person in "jpy"
      And a new company in "eur"
      And the sync has caught up
      When it becomes a person in Invoiced
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And everything else is as it was

  Rule: A linked person and customer stay in sync, wherever they are edited

    @customers-person-customer.other.phone-in-invoiced @stated
    Scenario: An edit of "phone" in Invoiced leaves the pair whole
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "phone" is changed to "555-0100" in Invoiced
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @customers-person-customer.other.notes-in-invoiced @stated
    Scenario: An edit of "notes" in Invoiced leaves the pair whole
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "notes" is changed to "Prefers the telephone" in Invoiced
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @customers-person-customer.other.name-in-invoiced @stated
    Scenario: An edit of "name" in Invoiced leaves the pair whole
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "name" is changed to "Ada Lovelace" in Invoiced
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @customers-person-customer.other.email-in-invoiced @stated
    Scenario: An edit of "email" in Invoiced leaves the pair whole
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "email" is changed to "ada@example.com" in Invoiced
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @customers-person-customer.other.last_name-in-chargebee @stated
    Scenario: An edit of "last_name" in Chargebee leaves the pair whole
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "last_name" is changed to "Lovelace" in Chargebee
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @customers-person-customer.other.email-in-chargebee @stated
    Scenario: An edit of "email" in Chargebee leaves the pair whole
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "email" is changed to "lovelace@example.com" in Chargebee
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @customers-person-customer.other.much-in-invoiced @stated
    Scenario: An edit of 8 properties in Invoiced leaves the pair whole
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When it is changed in Invoiced:
        | property     | value                 |
        | phone        | 555-0100              |
        | notes        | Prefers the telephone |
        | name         | Ada Lovelace          |
        | email        | ada@example.com       |
        | number       | C-{}                  |
        | attention_to | Grace Hopper          |
        | address1     | 1 Main Street         |
        | city         | Oslo                  |
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @customers-person-customer.other.much-in-chargebee @stated
    Scenario: An edit of 5 properties in Chargebee leaves the pair whole
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When it is changed in Chargebee:
        | property   | value                |
        | last_name  | Lovelace             |
        | email      | lovelace@example.com |
        | first_name | Ada                  |
        | company    | Engines              |
        | phone      | 555-0101             |
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @customers-person-customer.other.on-both @stated
    Scenario: An edit of "phone" and one of "last_name", one on either side, leave the pair whole
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "phone" is changed to "555-0100" in Invoiced
      And its "last_name" is changed to "Lovelace" in Chargebee
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @customers-person-customer.kept.goes-on @stated
    Scenario: After an edit, a new person gets its customer, and all is at rest
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "phone" is changed to "555-0100" in Invoiced
      And the sync catches up
      When a new person in "eur" is made
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the person    |
        | the neighbour |
      And it stays so when the sync runs again
      When the sync runs again
      Then nothing was written
      And everything else is as it was

    @customers-person-customer.kept.deleted-in-invoiced @observed
    Scenario: A person deleted in Invoiced, of which the document does not speak
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When it is deleted in Invoiced
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the neighbour |
      And it stays so until the sync has come to rest
      And whether the person has a customer is reported
      When another person in "eur" is made
      And the sync catches up
      Then each has exactly one customer:
        | record           |
        | the other person |
        | the neighbour    |
      And everything else is as it was

    @customers-person-customer.kept.deleted-in-chargebee @observed
    Scenario: A customer deleted in Chargebee, of which the document does not speak
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When it is deleted in Chargebee
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the neighbour |
      And it stays so until the sync has come to rest
      And whether the person has a customer is reported
      When another person in "eur" is made
      And the sync catches up
      Then each has exactly one customer:
        | record           |
        | the other person |
        | the neighbour    |
      And everything else is as it was

    @customers-person-customer.kept.becomes-a-company @observed
    Scenario: A person who becomes a company, of which the document does not speak
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "type" is changed to "company" in Invoiced
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the neighbour |
      And it stays so until the sync has come to rest
      And whether the person has a customer is reported
      When another person in "eur" is made
      And the sync catches up
      Then each has exactly one customer:
        | record           |
        | the other person |
        | the neighbour    |
      And everything else is as it was

    @customers-person-customer.kept.becomes-inactive @observed
    Scenario: A person who becomes inactive, of which the document does not speak
      Given a neighbour person in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When its "active" is changed to "false" in Invoiced
      And the sync catches up
      Then each has exactly one customer:
        | record        |
        | the neighbour |
      And it stays so until the sync has come to rest
      And whether the person has a customer is reported
      When another person in "eur" is made
      And the sync catches up
      Then each has exactly one customer:
        | record           |
        | the other person |
        | the neighbour    |
      And everything else is as it was

  Rule: No property is listed

    Open question: The document lists no property for this section. Is none meant to be synchronised, or is the list not filled in yet?
