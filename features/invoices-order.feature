# Written by `dataflow transcribe`: a change by hand is lost with the next run.
Feature: Invoiced invoices, Chargebee orders

  Section 2 of 3, 48 checks.
  Records: "Invoices" of Invoiced, "Order" of Chargebee.

  Listed properties:
    | Invoiced | Chargebee     | type   |
    | currency | currency_code | string |
    | customer | customer_id   | string |

  Rule: Every invoice has an order

    @invoices-order.every.new-record @stated
    Scenario: A new invoice gets exactly one order
      Given a neighbour invoice in "jpy"
      And a new person in "eur"
      And the sync has caught up
      When a new invoice of that person in "eur" is made
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.already-there @stated
    Scenario: Invoices that were there before the sync began get theirs
      Given a neighbour invoice in "jpy"
      And 3 new invoices in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | each invoice  | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.all-sorts @stated
    Scenario: Invoices of all sorts get exactly one order each
      Given a neighbour invoice in "jpy"
      And invoices of all sorts in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | each invoice  | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.edited-before @stated
    Scenario: An invoice that was edited before the sync saw it gets its order
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And its "notes" was changed to "Handle with care" in Invoiced
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.stranger @inferred
    Scenario: An order that is nobody's stays as it is
      Given a stranger order in Chargebee
      And a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When the sync runs again
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.many-pages @stated
    Scenario: 201 invoices, more than two pages, get exactly one order each
      Given a neighbour invoice in "jpy"
      And 201 new invoices in "usd"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | each invoice  | usd               | USD                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.every.full-page @stated
    Scenario: 100 invoices, exactly one page, get exactly one order each
      Given a neighbour invoice in "jpy"
      And 99 new invoices in "usd"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | each invoice  | usd               | USD                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.every.a-day-apart @stated
    Scenario: Invoices of a whole month get theirs, however old
      Given a neighbour invoice in "jpy"
      And 32 new invoices in "eur", made 25 hours apart
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | each invoice  | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.same-second @stated
    Scenario: An invoice saved in the very second of a run gets its order
      Given a neighbour invoice in "jpy"
      When 2 new invoices in "eur" are made in one second, a run between them
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | each invoice  | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.sync-again @inferred
    Scenario: Syncing again writes nothing
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When the sync runs 10 times more
      Then nothing was written
      And each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.customer-not-linked-yet @inferred
    Scenario: An invoice whose customer is not linked yet is not lost
      Given a neighbour invoice in "jpy"
      And the sync has caught up
      When a new invoice of a new person in "eur" is made
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.customer-older-than-the-sync @inferred
    Scenario: An invoice brings along a customer that is older than the sync looks back
      Given a new person in "eur"
      And the sync looks no further back than now
      And a neighbour invoice in "jpy"
      And a new invoice of that person in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.every.draft-issued @inferred
    Scenario: A draft that is issued is an invoice like any other
      Given a neighbour invoice in "jpy"
      And a new draft invoice in "eur"
      And the sync has caught up
      When it is issued in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.every.paid-before @stated
    Scenario: An invoice that was paid before the sync saw it gets its order
      Given a neighbour invoice in "jpy"
      And a new paid invoice in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.every.draft @observed
    Scenario: A draft invoice, of which the document does not speak
      Given a neighbour invoice in "jpy"
      And a new draft invoice in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so until the sync has come to rest
      And if the draft invoice has an order, it says:
        | record            | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the draft invoice | eur               | EUR                     | its customer      | its customer          |
      And whether the draft invoice has an order is reported
      And everything else is as it was

    @invoices-order.every.voided @observed
    Scenario: A voided invoice, of which the document does not speak
      Given a neighbour invoice in "jpy"
      And a new voided invoice in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so until the sync has come to rest
      And if the voided invoice has an order, it says:
        | record             | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the voided invoice | eur               | EUR                     | its customer      | its customer          |
      And whether the voided invoice has an order is reported
      And everything else is as it was

    @invoices-order.every.of-a-company @observed
    Scenario: An invoice of a company, of which the document does not speak
      Given a neighbour invoice in "jpy"
      And a new invoice of a company in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so until the sync has come to rest
      And if the invoice of a company has an order, it says:
        | record                   | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice of a company | eur               | EUR                     | its customer      | its customer          |
      And whether the invoice of a company has an order is reported
      And everything else is as it was

  Rule: A linked invoice and order stay in sync, wherever they are edited

    @invoices-order.currency.edited-in-invoiced @stated
    Scenario: "currency" edited in Invoiced
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "currency" is changed to "gbp" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | gbp               | GBP                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.currency.edited-in-chargebee @stated
    Scenario: "currency_code" edited in Chargebee
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "currency_code" is changed to "USD" in Chargebee, if the API lets it
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency      | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | usd if taken, else eur | USD if taken, else EUR  | its customer      | its customer          |
        | the neighbour | jpy                    | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.currency.edited-again-in-invoiced @stated
    Scenario: "currency" edited in Invoiced again and again
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "currency" is changed to "gbp" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | gbp               | GBP                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      When its "currency" is changed to "jpy" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | jpy               | JPY                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      When its "currency" is changed to "usd" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | usd               | USD                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.currency.edited-back-in-invoiced @stated
    Scenario: "currency" edited in Invoiced there and back
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "currency" is changed to "gbp" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | gbp               | GBP                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      When its "currency" is changed to "eur" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.currency.edited-beside-note @observed
    Scenario: "currency" edited in Invoiced, and "note" in Chargebee
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "currency" is changed to "gbp" in Invoiced
      And its "note" is changed to "Ring twice" in Chargebee
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And the invoice and its order agree on one of these:
        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | gbp               | GBP                     | its customer      | its customer          |
        | eur               | EUR                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @invoices-order.currency.edited-after-notes @stated
    Scenario: "currency" edited in Invoiced after "notes"
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "notes" is changed to "Handle with care" in Invoiced
      And the sync catches up
      When its "currency" is changed to "gbp" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | gbp               | GBP                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.currency.edited-in-one-second-in-invoiced @stated
    Scenario: "currency" edited in Invoiced in the very second of a run
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "currency" is changed to "gbp" and to "usd" in Invoiced in one second, a run between them
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | usd               | USD                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.currency.edited-older-in-invoiced @stated
    Scenario: "currency" edited in Invoiced, of a record that is not the newest
      Given a new invoice in "eur"
      And a neighbour invoice in "jpy"
      And the sync has caught up
      When its "currency" is changed to "gbp" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | gbp               | GBP                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.currency.edited-late-in-invoiced @stated
    Scenario: "currency" edited in Invoiced, of a record that is old
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When 40 days pass
      When its "currency" is changed to "gbp" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | gbp               | GBP                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.currency.edited-among-many-in-invoiced @stated
    Scenario: "currency" edited in Invoiced, of one among 101
      Given a neighbour invoice in "jpy"
      And 101 new invoices in "eur"
      And the sync has caught up
      When its "currency" is changed to "gbp" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record             | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice        | gbp               | GBP                     | its customer      | its customer          |
        | each other invoice | eur               | EUR                     | its customer      | its customer          |
        | the neighbour      | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.currency.edited-in-several-in-invoiced @stated
    Scenario: "currency" edited in Invoiced, of several invoices at once
      Given a neighbour invoice in "jpy"
      And 4 new invoices in "eur"
      And the sync has caught up
      When the "currency" of each other invoice is changed to "gbp" in Invoiced
      And its "currency" is changed to "usd" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record             | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice        | usd               | USD                     | its customer      | its customer          |
        | each other invoice | gbp               | GBP                     | its customer      | its customer          |
        | the neighbour      | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.customer.edited-in-invoiced @stated
    Scenario: "customer" edited in Invoiced
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And another customer
      And the sync has caught up
      When its "customer" is changed to another customer in Invoiced, if the API lets it
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer                            | Chargebee customer_id                        |
        | the invoice   | eur               | EUR                     | another customer if taken, else its customer | another customer if taken, else its customer |
        | the neighbour | jpy               | JPY                     | its customer                                 | its customer                                 |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.customer.edited-in-chargebee @stated
    Scenario: "customer_id" edited in Chargebee
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And another customer
      And the sync has caught up
      When its "customer_id" is changed to another customer in Chargebee, if the API lets it
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer                            | Chargebee customer_id                        |
        | the invoice   | eur               | EUR                     | another customer if taken, else its customer | another customer if taken, else its customer |
        | the neighbour | jpy               | JPY                     | its customer                                 | its customer                                 |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.other.notes-in-invoiced @stated
    Scenario: An edit of "notes" in Invoiced leaves the pair whole
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "notes" is changed to "Handle with care" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @invoices-order.other.purchase_order-in-invoiced @stated
    Scenario: An edit of "purchase_order" in Invoiced leaves the pair whole
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "purchase_order" is changed to "PO-7" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @invoices-order.other.note-in-chargebee @stated
    Scenario: An edit of "note" in Chargebee leaves the pair whole
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "note" is changed to "Ring twice" in Chargebee
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @invoices-order.other.much-in-invoiced @stated
    Scenario: An edit of 5 properties in Invoiced leaves the pair whole
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When it is changed in Invoiced:
        | property       | value            |
        | notes          | Handle with care |
        | purchase_order | PO-7             |
        | number         | I-{}             |
        | name           | Second invoice   |
        | due_date       | 2000000000       |
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @invoices-order.other.much-in-chargebee @stated
    Scenario: An edit of 3 properties in Chargebee leaves the pair whole
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When it is changed in Chargebee:
        | property    | value      |
        | note        | Ring twice |
        | status      | shipped    |
        | tracking_id | T-7        |
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @invoices-order.other.on-both @stated
    Scenario: An edit of "notes" and one of "note", one on either side, leave the pair whole
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "notes" is changed to "Handle with care" in Invoiced
      And its "note" is changed to "Ring twice" in Chargebee
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @invoices-order.other.lines-in-invoiced @stated
    Scenario: An edit of its lines in Invoiced leaves the pair whole
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its lines are changed in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.other.customers-phone-in-invoiced @inferred
    Scenario: An edit of "phone" of its customer in Invoiced leaves the pair whole
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its customer's "phone" is changed to "555-0100" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      And everything else is as it was

    @invoices-order.kept.goes-on @stated
    Scenario: After an edit, a new invoice gets its order, and all is at rest
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When its "currency" is changed to "gbp" in Invoiced
      And the sync catches up
      When a new invoice in "eur" is made
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so when the sync runs again
      When the sync runs again
      Then nothing was written
      And everything else is as it was

    @invoices-order.kept.paid @stated
    Scenario: An invoice that is paid keeps its order
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When it is paid in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so until the sync has come to rest
      And everything else is as it was

    @invoices-order.kept.deleted-in-invoiced @observed
    Scenario: An invoice deleted in Invoiced, of which the document does not speak
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When it is deleted in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so until the sync has come to rest
      And whether the invoice has an order is reported
      When another invoice in "eur" is made
      And the sync catches up
      Then each has exactly one order:
        | record            | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the other invoice | eur               | EUR                     | its customer      | its customer          |
        | the neighbour     | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.kept.deleted-in-chargebee @observed
    Scenario: An order deleted in Chargebee, of which the document does not speak
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When it is deleted in Chargebee
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so until the sync has come to rest
      And whether the invoice has an order is reported
      When another invoice in "eur" is made
      And the sync catches up
      Then each has exactly one order:
        | record            | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the other invoice | eur               | EUR                     | its customer      | its customer          |
        | the neighbour     | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.kept.voided @observed
    Scenario: An invoice that is voided, of which the document does not speak
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      And the sync has caught up
      When it is voided in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And it stays so until the sync has come to rest
      And whether the invoice has an order is reported
      When another invoice in "eur" is made
      And the sync catches up
      Then each has exactly one order:
        | record            | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the other invoice | eur               | EUR                     | its customer      | its customer          |
        | the neighbour     | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.kept.replaced-currency @observed
    Scenario: What was written on the order when its "currency" changes
      Given a neighbour invoice in "jpy"
      And a bystander item in "eur"
      And a new invoice in "eur"
      And the sync has caught up
      When its "note" is changed to "Ring twice" in Chargebee
      And the sync catches up
      When its "currency" is changed to "gbp" in Invoiced
      And the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | gbp               | GBP                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And what became of the edit is reported
      And everything else is as it was

  Rule: The listed properties agree

    @invoices-order.currency.new-pair @stated
    Scenario: A new pair agrees on "currency" and "currency_code": eur is EUR
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.currency.type @stated
    Scenario: "currency_code" is of the listed type: string
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And the "currency_code" of the order is a JSON string
      And everything else is as it was

    @invoices-order.customer.new-pair @stated
    Scenario: A new pair agrees on "customer" and "customer_id"
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And everything else is as it was

    @invoices-order.customer.type @stated
    Scenario: "customer_id" is of the listed type: string
      Given a neighbour invoice in "jpy"
      And a new invoice in "eur"
      When the sync catches up
      Then each has exactly one order:
        | record        | Invoiced currency | Chargebee currency_code | Invoiced customer | Chargebee customer_id |
        | the invoice   | eur               | EUR                     | its customer      | its customer          |
        | the neighbour | jpy               | JPY                     | its customer      | its customer          |
      And the "customer_id" of the order is a JSON string
      And everything else is as it was
