"""The behaviours of the Chargebee twin, with the evidence of each.

A constant is cited where an answer rests on it. A refusal carries its behaviour, see
`errors`.
"""

from __future__ import annotations

from functools import partial

from dataflow.twin.evidence import Evidence, declare

_recorded, _documented, _sdk = (
    partial(declare, "chargebee", evidence)
    for evidence in (Evidence.RECORDED, Evidence.DOCUMENTED, Evidence.SDK)
)
_unconfirmed = partial(
    declare,
    "chargebee",
    Evidence.UNCONFIRMED,
    settled_by="no source; its contract test on a test site",
)
#: Others have observed these on live sites.
_observed = partial(
    _unconfirmed, settled_by="observed by others; its contract test on a test site"
)

# Every call.

AUTHENTICATION = _documented(
    "authentication.key-is-basic-user",
    "A call whose user name in HTTP Basic is not the site's key is refused with 401.",
)
UNREADABLE = _unconfirmed(
    "request.unreadable",
    "What is no proper HTTP request, or no proper form, gets an error in JSON too.",
)
UNKNOWN_PATH = _documented("path.unknown", "A path that no call has answers 404.")
WRONG_METHOD = _documented(
    "path.wrong-method", "A path that another method serves answers 405."
)
WRONG_VALUE = _documented(
    "parameter.wrong-value",
    "A missing, malformed or too long parameter is refused with 400 and its name.",
)
UNKNOWN_PARAMETER = _observed(
    "parameter.unknown-ignored",
    "A parameter that a call does not have is ignored without a word.",
)
NOT_EMPTIED = _unconfirmed(
    "parameter.cannot-be-emptied",
    "A property that every record needs is not emptied: the update is refused.",
)
FALLS_BACK = _unconfirmed(
    "parameter.emptied-falls-back",
    "An emptied property that every record shows goes back to its first value.",
)
UNKNOWN_RECORD = _sdk("record.unknown", "A record that never was answers 404.")
UNKNOWN_REFERENCE = _unconfirmed(
    "reference.unknown",
    "A parameter that names a record that is not there is refused with 404.",
)
REPLAY = _documented(
    "idempotency.replay",
    "For 30 minutes a write with a used idempotency key gets the first answer again.",
)
REPLAYED_REFUSAL = _unconfirmed(
    "idempotency.refusal-replayed",
    "A refusal is kept under its idempotency key like any other answer.",
)
KEY_OF_ANOTHER_WRITE = _documented(
    "idempotency.other-payload",
    "An idempotency key that comes back with another payload is refused with 422.",
)
KEY_IN_USE = _unconfirmed(
    "idempotency.key-in-use",
    "An idempotency key whose first write is still in progress is refused with 409.",
    settled_by="observed by others; two slow writes with one key on a test site",
)
KEY_TOO_LONG = _unconfirmed(
    "idempotency.key-too-long",
    "An idempotency key of more than 100 characters is refused with 400.",
)
OTHER_CATALOG = _sdk(
    "site.other-catalog",
    "A site with the older product catalog answers every call about items with 400"
    " configuration_incompatible.",
)

# Errors that the controls of the twin inject.

TOO_MANY_CALLS = _documented(
    "trouble.too-many-calls",
    "A site that has had too many calls answers 429 api_request_limit_exceeded, with"
    " Retry-After.",
)
CALLS_OF_A_MINUTE = _unconfirmed(
    "trouble.calls-of-a-minute",
    "The limit holds for any 60 seconds, and refused calls do not count.",
    settled_by="no source; 151 calls in a minute on a test site, then one a second",
)
CALLS_AT_ONCE = _documented(
    "trouble.calls-at-once",
    "A test site answers 50 reads and 50 writes at once, and refuses others with 429.",
)
LOCK_TIMEOUT = _documented(
    "trouble.lock-timeout",
    "A call on a record that another call is at answers 429 lock_timeout.",
)
SERVER_ERROR = _documented(
    "trouble.server-error", "A fault of the service answers 500 internal_error."
)
BAD_GATEWAY = _unconfirmed(
    "trouble.bad-gateway",
    "A fault in front of the service answers 502 with HTML.",
    settled_by="no source; a 502 of the vendor's gateway in a call log",
)

# Every kind of record.

DUPLICATE = _sdk(
    "record.duplicate",
    "A taken id is refused with 400 duplicate_entry, param_not_unique in the old form.",
)
DUPLICATE_NAME = _documented(
    "record.duplicate-name", "A name that another item has is refused like a taken id."
)
DUPLICATE_PRICE_NAME = _documented(
    "item-price.duplicate-name",
    "A name that another item price has is refused like a taken id.",
)
VERSION = _recorded(
    "record.version",
    "updated_at is resource_version in whole seconds, and both grow with each change.",
)
UNCHANGED_UPDATE = _unconfirmed(
    "record.update-without-change",
    "An update that changes no value renews resource_version all the same.",
)
DELETED_IS_SHOWN = _unconfirmed(
    "record.deleted-is-retrievable",
    "A deleted record can still be retrieved, and says that it is deleted.",
)
DELETED_INVOICE_HIDDEN = _documented(
    "invoice.deleted-only-listed",
    "A deleted invoice is found by the list with include_deleted only: 404 by its id.",
)
DELETED_IS_FINAL = _observed(
    "record.deleted-is-final", "A write to a deleted record answers 404."
)
DELETED_ID_TAKEN = _unconfirmed(
    "record.deleted-id-stays-taken",
    "The id of a deleted customer, invoice or order stays taken.",
)
DELETED_ITEM_ID_FREE = _documented(
    "item.deleted-id-and-name-free",
    "The id and the name of a deleted item, item price or family can be given again.",
)
CURRENCY_AS_SENT = _unconfirmed(
    "currency-code.stored-as-sent", "A currency code is stored as it was sent."
)
GREATEST_AMOUNT = _documented(
    "amount.greatest",
    "An amount above 21,474,836.47 needs a feature of the site: else it is refused.",
)
CURRENCY_NOT_ENABLED = _documented(
    "currency-code.not-enabled",
    "A currency that the site was not given cannot be used: 400.",
)
CURRENCY_OF_THE_SITE = _observed(
    "customer.currency-of-the-site",
    "A customer without a preferred currency gets the site's first one.",
)
ADDRESS_MERGED = _unconfirmed(
    "address.merged",
    "An order's shipping address changes only in the parts that were sent.",
)
BILLING_INFO_REPLACED = _documented(
    "customer.billing-info-replaced",
    "update_billing_info removes the VAT number and each part of the address that are"
    " not sent.",
)
COMPANY_STAYS = _unconfirmed(
    "customer.billing-company-stays",
    "update_billing_info keeps the company and the state_code of an address that are"
    " not sent: the documentation does not list them.",
)
STATE_OF_CODE = _documented(
    "address.state-from-code",
    "A state_code of the US, Canada, India or the Emirates fills in the state's name.",
)

# Customers.

DELETED_LATER = _documented(
    "customer.deleted-later",
    "A customer is deleted a while after the call that asks for it.",
)
DELETE_CASCADES = _documented(
    "customer.delete-cascades",
    "A customer takes its invoices along when it is deleted.",
)
ORDERS_GO_ALONG = _unconfirmed(
    "invoice.delete-cascades", "An invoice takes its orders along when it is deleted."
)
BILLING_INFO_IGNORED = _observed(
    "customer.update-ignores-billing-info",
    "A customer's update ignores billing address and VAT number: they have their own.",
)
MERGED_LATER = _documented(
    "customer.merged-later",
    "A merge takes effect a while after the call that asks for it.",
)
MERGED = _unconfirmed(
    "customer.merged",
    "A merge moves a customer's invoices and orders without an event of theirs, and"
    " deletes the customer.",
)
MERGED_INTO_ITSELF = _unconfirmed(
    "customer.merged-into-itself", "A customer is not merged with itself: 400."
)

CUSTOM_FIELDS = _documented(
    "site.custom-fields",
    "cf_ parameters are fields of customers, invoices and the catalog, as the site"
    " defines them; custom_field_configs lists them.",
)

# Items, item families and item prices.

PRICED_ITEM_STAYS = _unconfirmed(
    "item.delete-refused-while-priced",
    "An item that has an active or archived price is not deleted: 409.",
)
FAMILY_WITH_ITEMS_STAYS = _documented(
    "item-family.delete-refused-while-used",
    "A family that has active items is not deleted: 409. Archived ones do not matter.",
)
SCRIPTS_CUT_OUT = _unconfirmed(
    "item.description-without-scripts",
    "Scripts and styles are cut out of an item's description; all else stays.",
)
PRICE_NEEDS_MORE = _documented(
    "item-price.needs-currency-and-period",
    "An item price needs its currency, that of a plan or addon its period, and a price"
    " or, in a tiered model, tiers: else 400.",
)
ONE_PRICE = _documented(
    "item-price.one-per-currency-and-period",
    "An item has one price in a currency and a billing period: another is refused.",
)
TIERS_OF_TIERED = _documented(
    "item-price.tiers-of-tiered-models",
    "Tiers belong to the models tiered, volume and stairstep: else they are refused.",
)
USED_PRICE_ARCHIVED = _unconfirmed(
    "item-price.delete-archives-used",
    "An item price that an invoice was made with is archived instead of deleted.",
)

# Invoices.

TOTAL_IS_THE_SUM = _unconfirmed(
    "invoice.import-total-is-the-sum",
    "An imported invoice whose total is not its lines less discounts, with taxes and"
    " rounding, is refused with 400.",
)
TAXES_BELONG_TOGETHER = _documented(
    "invoice.import-taxes-belong-together",
    "The taxes of an imported invoice have a name, a rate and lines that they are on;"
    " a pending invoice has none.",
)
ZERO_AMOUNTS = _unconfirmed(
    "invoice.import-zero-amounts",
    "An imported invoice may have a total of zero, and lines of zero.",
)
NEGATIVE_LINES = _unconfirmed(
    "invoice.import-negative-lines",
    "An imported invoice may have lines below zero, as long as its total is not.",
)
IMPORTED_STATUS = _unconfirmed(
    "invoice.import-status-from-payments",
    "An invoice imported without a status is paid if its payments cover the total,"
    " else its payment is due.",
)
PAID_WITHOUT_PAYMENTS = _unconfirmed(
    "invoice.import-paid-without-payments",
    "An invoice may be imported as paid without its payments.",
)
IMPORTED_WRITTEN_OFF = _unconfirmed(
    "invoice.import-written-off",
    "An invoice imported as written off is paid, as one that is written off later is"
    " (documented): nothing of it is due.",
)
EXCHANGE_RATE = _unconfirmed(
    "invoice.exchange-rate-is-one",
    "The exchange rate to the site's own currency is 1, whatever the currency.",
)
VOID_REFUSED = _documented(
    "invoice.void-refused",
    "Only an invoice that is payment_due, posted or not_paid is voided: 409.",
)
PARTLY_PAID_STAYS = _documented(
    "invoice.partly-paid-stays",
    "An invoice with a payment is neither voided nor deleted, partly paid too: 409.",
)
VOID_LEAVES_ORDERS = _unconfirmed(
    "invoice.void-leaves-orders", "The orders of a voided invoice stay as they are."
)
PAID_INVOICE_STAYS = _documented(
    "invoice.delete-refused-when-paid", "A paid invoice cannot be deleted: 409."
)
CHARGED_IS_DUE = _unconfirmed(
    "invoice.charged-is-due",
    "A charge invoice is due, or posted if it has net terms, and collected by nobody.",
)
CHARGED_ONCE = _unconfirmed(
    "invoice.charged-plan-refused",
    "A plan's price on a charge invoice is refused with 400.",
)
CURRENCY_MISMATCH = _observed(
    "invoice.charged-currency",
    "A price in another currency than the charge invoice's is refused with 400,"
    " currency_mismatched in the old form.",
)
PAYMENT_REFUSED = _documented(
    "invoice.payment-refused",
    "Only an invoice that is payment_due, posted or not_paid takes a payment: 409,"
    " invalid_invoice_state in the old form.",
)
EXCESS_PAYMENT = _documented(
    "invoice.excess-payment",
    "A payment may be more than what is due: the rest is an excess payment of the"
    " customer.",
)
PAYMENT_REMOVED = _documented(
    "invoice.payment-removed",
    "remove_payment reopens a paid invoice, and makes the amount an excess payment.",
)
PAYMENT_DELETED = _documented(
    "payment.offline-deleted",
    "A payment that was recorded by hand is deleted once no invoice has it: 409.",
)
CURRENCY_TAKEN = _unconfirmed(
    "currency.taken", "A currency that the site has already is refused like a taken id."
)

# Orders.

ORDER_GENERATED = _recorded(
    "order.generated",
    "A site with orders enabled makes an order of what is to ship on an invoice.",
)
CHARGES_SHIPPED = _unconfirmed(
    "order.generated-for-charges",
    "The shippable items of charge invoices and of imported ones have orders made.",
)
PAID_ORDERS = _unconfirmed(
    "order.paid-with-invoice",
    "A payment that settles an invoice is noted on its orders too.",
)
WITHOUT_ORDERS = _unconfirmed(
    "order.not-enabled",
    "A site that has no orders enabled refuses them, 400 configuration_incompatible.",
    settled_by="no source; an import on a test site without order management",
)
CREATE_ORDER_REFUSED = _unconfirmed(
    "order.create-refused",
    "Creating an order other than by import is refused with 400 invalid_request.",
)
ORDER_FOLLOWS_INVOICE = _recorded(
    "order.follows-invoice",
    "An order has the customer, the currency and the billing address of its invoice.",
)
ORDER_LEAVES_INVOICE = _recorded(
    "order.leaves-invoice-version",
    "An invoice names its orders, and keeps its version when they come or change.",
)
ORDER_OF_ALL_LINES = _unconfirmed(
    "order.covers-all-lines", "An imported order covers every line of its invoice."
)
CUSTOMER_OF_INVOICE = _unconfirmed(
    "order.import-other-customer",
    "An import that names another customer than the invoice's is refused with 400.",
)
INVOICE_IN_FORCE = _unconfirmed(
    "order.import-voided-invoice", "An order for a voided invoice is refused with 409."
)
CHARGE_INVOICE_ORDERED = _unconfirmed(
    "order.import-charged-invoice",
    "An order can be imported for an invoice that was not imported itself.",
)
SEVERAL_ORDERS = _unconfirmed(
    "order.several-of-one-invoice", "One invoice may have several imported orders."
)
NUMERIC_ID_ASSIGNED = _unconfirmed(
    "order.numeric-id-assigned",
    "Chargebee assigns the numeric ids of orders (documented), so an imported order"
    " with a numeric id gets the next one.",
)
IMPORTED_ORDER_TYPE = _unconfirmed(
    "order.imported-type",
    "An imported order is a manual one, and was created by the API key.",
)
ORDER_IMMUTABLE = _unconfirmed(
    "order.customer-immutable",
    "An update of an order drops its customer, currency and invoice without a word.",
)
ONLY_IMPORTED_DELETED = _documented(
    "order.only-imported-deleted", "Only an imported order can be deleted."
)
CANCELLED_TWICE = _unconfirmed(
    "order.cancelled-twice",
    "A cancelled order cannot be cancelled: 409 invalid_state_for_cancel.",
)
STATUS_TIME = _documented(
    "order.status-update-at", "A change of an order's status notes when it happened."
)

# Lists.

LIMIT_REFUSED = _unconfirmed(
    "list.limit-out-of-range", "A limit outside of 1 to 100 is refused with 400."
)
OFFSET_REFUSED = _unconfirmed(
    "list.offset-malformed", "An offset that no list has given out is refused with 400."
)
SORT_REFUSED = _unconfirmed(
    "list.unknown-sort",
    "A sort by anything but the documented properties is refused with 400.",
)
UNKNOWN_FILTER = _observed(
    "list.unknown-filter-ignored",
    "A filter that a list does not have is ignored without a word.",
)
FILTER_WORD = _unconfirmed(
    "list.filter-word",
    "A filter with a word that its property never has is not refused: it finds no"
    " record.",
)
FILTER_REFUSED = _unconfirmed(
    "list.filter-malformed", "A filter whose value cannot be read is refused with 400."
)
AFTER_EXCLUSIVE = _observed(
    "list.after-exclusive",
    "after and before leave their own second out, between keeps both ends.",
)
ON_IS_THE_SECOND = _unconfirmed("list.on-is-the-second", "on means this very second.")
DEFAULT_SORT = _documented(
    "list.default-sort",
    "A list without sort_by shows the oldest first; items, item families and item"
    " prices show the newest first.",
)
DELETED_LEFT_OUT = _documented(
    "list.deleted-left-out",
    "Deleted records are listed only when include_deleted asks for them.",
)
ARCHIVED_LISTED = _unconfirmed(
    "list.archived-listed",
    "A list of items shows active and archived ones unless it asks for a status.",
)
LIST_LAG = _documented(
    "list.lag",
    "A list may miss what was written lately, which a retrieval shows at once.",
)

# Events, and changes without a call.

EVENT_SHAPE = _recorded(
    "event.shape", "An event shows the record as it was then, who wrote it, and when."
)
EVENT_EVERY_WRITE = _unconfirmed(
    "event.every-write",
    "Every write has one event, imports and updates without a change included.",
)
EVENT_PERIOD = _unconfirmed(
    "event.period",
    "start_time and end_time bound when an event occurred, both included.",
)
WITHOUT_CHANGE = _unconfirmed(
    "record.without-change",
    "A record that was not changed since 2016 has no updated_at, and no filter of it"
    " finds the record.",
    settled_by="observed by others; a site with records from before 2016",
)
BUMPED = _recorded(
    "background.bump",
    "updated_at and resource_version can move although nothing has changed.",
)
