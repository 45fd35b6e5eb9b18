# Written by `dataflow transcribe`: a change by hand is lost with the next run.
Feature: Invoiced items, Chargebee items

  Section 3 of 3, 21 checks.
  Records: "Items" of Invoiced, "Item" of Chargebee.

  Listed properties: none.

  Rule: Every item has an item

    @items-item.every.new-record @stated
    Scenario: A new item gets exactly one item
      Given a neighbour item in "jpy"
      And the sync has caught up
      When a new item in "eur" is made
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And everything else is as it was

    @items-item.every.already-there @stated
    Scenario: Items that were there before the sync began get theirs
      Given a neighbour item in "jpy"
      And 3 new items in "eur"
      When the sync catches up
      Then each has exactly one item:
        | record        |
        | each item     |
        | the neighbour |
      And everything else is as it was

    @items-item.every.all-sorts @stated
    Scenario: Items of all sorts get exactly one item each
      Given a neighbour item in "jpy"
      And items of all sorts in "eur"
      When the sync catches up
      Then each has exactly one item:
        | record        |
        | each item     |
        | the neighbour |
      And everything else is as it was

    @items-item.every.edited-before @stated
    Scenario: An item that was edited before the sync saw it gets its item
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And its "description" was changed to "Now in blue" in Invoiced
      When the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And everything else is as it was

    @items-item.every.stranger @inferred
    Scenario: An item that is nobody's stays as it is
      Given a stranger item in Chargebee
      And a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When the sync runs again
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And everything else is as it was

    @items-item.every.many-pages @stated
    Scenario: 201 items, more than two pages, get exactly one item each
      Given a neighbour item in "jpy"
      And 201 new items in "usd"
      When the sync catches up
      Then each has exactly one item:
        | record        |
        | each item     |
        | the neighbour |
      And it stays so when the sync runs again
      And everything else is as it was

    @items-item.every.full-page @stated
    Scenario: 100 items, exactly one page, get exactly one item each
      Given a neighbour item in "jpy"
      And 99 new items in "usd"
      When the sync catches up
      Then each has exactly one item:
        | record        |
        | each item     |
        | the neighbour |
      And it stays so when the sync runs again
      And everything else is as it was

    @items-item.every.a-day-apart @stated
    Scenario: Items of a whole month get theirs, however old
      Given a neighbour item in "jpy"
      And 32 new items in "eur", made 25 hours apart
      When the sync catches up
      Then each has exactly one item:
        | record        |
        | each item     |
        | the neighbour |
      And everything else is as it was

    @items-item.every.same-second @stated
    Scenario: An item saved in the very second of a run gets its item
      Given a neighbour item in "jpy"
      When 2 new items in "eur" are made in one second, a run between them
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | each item     |
        | the neighbour |
      And everything else is as it was

    @items-item.every.sync-again @inferred
    Scenario: Syncing again writes nothing
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When the sync runs 10 times more
      Then nothing was written
      And each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And everything else is as it was

  Rule: A linked item and item stay in sync, wherever they are edited

    @items-item.other.description-in-invoiced @stated
    Scenario: An edit of "description" in Invoiced leaves the pair whole
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When its "description" is changed to "Now in blue" in Invoiced
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @items-item.other.name-in-invoiced @stated
    Scenario: An edit of "name" in Invoiced leaves the pair whole
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When its "name" is changed to "Blue widget {}" in Invoiced
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @items-item.other.description-in-chargebee @stated
    Scenario: An edit of "description" in Chargebee leaves the pair whole
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When its "description" is changed to "Now in green" in Chargebee
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @items-item.other.name-in-chargebee @stated
    Scenario: An edit of "name" in Chargebee leaves the pair whole
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When its "name" is changed to "Green widget {}" in Chargebee
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edit is reported
      And everything else is as it was

    @items-item.other.much-in-invoiced @stated
    Scenario: An edit of 2 properties in Invoiced leaves the pair whole
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When it is changed in Invoiced:
        | property    | value          |
        | description | Now in blue    |
        | name        | Blue widget {} |
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @items-item.other.much-in-chargebee @stated
    Scenario: An edit of 4 properties in Chargebee leaves the pair whole
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When it is changed in Chargebee:
        | property      | value           |
        | description   | Now in green    |
        | name          | Green widget {} |
        | external_name | Widget in green |
        | unit          | dozen           |
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @items-item.other.on-both @stated
    Scenario: An edit of "description" and one of "description", one on either side, leave the pair whole
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When its "description" is changed to "Now in blue" in Invoiced
      And its "description" is changed to "Now in green" in Chargebee
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And it stays so when the sync runs again
      And what became of the edits is reported
      And everything else is as it was

    @items-item.kept.goes-on @stated
    Scenario: After an edit, a new item gets its item, and all is at rest
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When its "description" is changed to "Now in blue" in Invoiced
      And the sync catches up
      When a new item in "eur" is made
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And it stays so when the sync runs again
      When the sync runs again
      Then nothing was written
      And everything else is as it was

    @items-item.kept.made-anew @inferred
    Scenario: An item that is deleted and made anew has one item
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When it is deleted in Invoiced
      And it is made anew in Invoiced
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      When it is deleted in Invoiced
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the neighbour |
      When it is made anew in Invoiced
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the item      |
        | the neighbour |
      And it stays so until the sync has come to rest
      And everything else is as it was

    @items-item.kept.deleted-in-invoiced @observed
    Scenario: An item deleted in Invoiced, of which the document does not speak
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When it is deleted in Invoiced
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the neighbour |
      And it stays so until the sync has come to rest
      And whether the item has an item is reported
      When another item in "eur" is made
      And the sync catches up
      Then each has exactly one item:
        | record         |
        | the other item |
        | the neighbour  |
      And everything else is as it was

    @items-item.kept.deleted-in-chargebee @observed
    Scenario: An item deleted in Chargebee, of which the document does not speak
      Given a neighbour item in "jpy"
      And a new item in "eur"
      And the sync has caught up
      When it is deleted in Chargebee
      And the sync catches up
      Then each has exactly one item:
        | record        |
        | the neighbour |
      And it stays so until the sync has come to rest
      And whether the item has an item is reported
      When another item in "eur" is made
      And the sync catches up
      Then each has exactly one item:
        | record         |
        | the other item |
        | the neighbour  |
      And everything else is as it was

  Rule: No property is listed

    Open question: The document lists no property for this section. Is none meant to be synchronised, or is the list not filled in yet?
