"""What this twin does, each thing with the evidence that it rests on.

A constant is cited where an answer rests on it. Answers that refuse carry theirs
along, see `errors`.
"""

from __future__ import annotations

from dataflow.twin.evidence import Behaviour, Evidence


def _behaviour(evidence: Evidence, name: str, says: str) -> Behaviour:
    return Behaviour(f"chargebee.{name}", says, evidence)


# The wire.

AUTHENTICATION = _behaviour(
    Evidence.DOCUMENTED,
    "authentication.key-is-basic-user",
    "A call whose user name in HTTP Basic is not the site's key is refused with 401.",
)
UNREADABLE = _behaviour(
    Evidence.UNCONFIRMED,
    "request.unreadable",
    "What is no proper HTTP request, or no proper form, gets an error in JSON too.",
)
UNKNOWN_PATH = _behaviour(
    Evidence.DOCUMENTED, "path.unknown", "A path that no call has answers 404."
)
WRONG_METHOD = _behaviour(
    Evidence.DOCUMENTED,
    "path.wrong-method",
    "A path that another method serves answers 405.",
)
WRONG_VALUE = _behaviour(
    Evidence.DOCUMENTED,
    "parameter.wrong-value",
    "A missing, malformed or too long parameter is refused with 400 and its name.",
)
UNKNOWN_PARAMETER = _behaviour(
    Evidence.UNCONFIRMED,
    "parameter.unknown-ignored",
    "A parameter that a call does not have is ignored without a word.",
)
NOT_EMPTIED = _behaviour(
    Evidence.UNCONFIRMED,
    "parameter.cannot-be-emptied",
    "A property that every record needs is not emptied: the update is refused.",
)
FALLS_BACK = _behaviour(
    Evidence.UNCONFIRMED,
    "parameter.emptied-falls-back",
    "An emptied property that every record shows goes back to its first value.",
)
UNKNOWN_RECORD = _behaviour(
    Evidence.SDK, "record.unknown", "A record that never was answers 404."
)
UNKNOWN_REFERENCE = _behaviour(
    Evidence.UNCONFIRMED,
    "reference.unknown",
    "A parameter that names a record that is not there is refused with 404.",
)
REPLAY = _behaviour(
    Evidence.DOCUMENTED,
    "idempotency.replay",
    "For 30 minutes a write with a used idempotency key gets the first answer again.",
)
REPLAYED_REFUSAL = _behaviour(
    Evidence.UNCONFIRMED,
    "idempotency.refusal-replayed",
    "A refusal is kept under its idempotency key like any other answer.",
)
KEY_OF_ANOTHER_WRITE = _behaviour(
    Evidence.DOCUMENTED,
    "idempotency.other-payload",
    "An idempotency key that comes back with another payload is refused with 422.",
)
KEY_TOO_LONG = _behaviour(
    Evidence.UNCONFIRMED,
    "idempotency.key-too-long",
    "An idempotency key of more than 100 characters is refused with 400.",
)

OTHER_CATALOG = _behaviour(
    Evidence.SDK,
    "site.other-catalog",
    "A site with the older product catalog answers every call about items with 400"
    " configuration_incompatible.",
)

# Trouble, which the controls of the twin make on request.

TOO_MANY_CALLS = _behaviour(
    Evidence.DOCUMENTED,
    "trouble.too-many-calls",
    "A site that has had too many calls answers 429 api_request_limit_exceeded.",
)
CALLS_OF_A_MINUTE = _behaviour(
    Evidence.UNCONFIRMED,
    "trouble.calls-of-a-minute",
    "The limit holds for any 60 seconds, refused calls do not count, and the refusal"
    " has no Retry-After.",
)
LOCK_TIMEOUT = _behaviour(
    Evidence.DOCUMENTED,
    "trouble.lock-timeout",
    "A call on a record that another call is at answers 429 lock_timeout.",
)
SERVER_ERROR = _behaviour(
    Evidence.DOCUMENTED,
    "trouble.server-error",
    "A fault of the service answers 500 internal_error.",
)
BAD_GATEWAY = _behaviour(
    Evidence.UNCONFIRMED,
    "trouble.bad-gateway",
    "A fault in front of the service answers 502 with HTML.",
)

# Every kind of record.

DUPLICATE = _behaviour(
    Evidence.SDK,
    "record.duplicate",
    "A taken id is refused with 400 duplicate_entry, param_not_unique in the old form.",
)
DUPLICATE_NAME = _behaviour(
    Evidence.DOCUMENTED,
    "record.duplicate-name",
    "A name that another item has is refused like a taken id.",
)
DUPLICATE_PRICE_NAME = _behaviour(
    Evidence.UNCONFIRMED,
    "item-price.duplicate-name",
    "A name that another item price has is refused like a taken id.",
)
VERSION = _behaviour(
    Evidence.RECORDED,
    "record.version",
    "updated_at is resource_version in whole seconds, and both grow with each change.",
)
UNCHANGED_UPDATE = _behaviour(
    Evidence.UNCONFIRMED,
    "record.update-without-change",
    "An update that changes no value renews resource_version all the same.",
)
DELETED_IS_SHOWN = _behaviour(
    Evidence.UNCONFIRMED,
    "record.deleted-is-retrievable",
    "A deleted record can still be retrieved, and says that it is deleted.",
)
DELETED_IS_FINAL = _behaviour(
    Evidence.UNCONFIRMED,
    "record.deleted-is-final",
    "A write to a deleted record answers 404.",
)
DELETED_ID_TAKEN = _behaviour(
    Evidence.UNCONFIRMED,
    "record.deleted-id-stays-taken",
    "The id of a deleted customer, invoice, order or item family stays taken.",
)
DELETED_ITEM_ID_FREE = _behaviour(
    Evidence.UNCONFIRMED,
    "item.deleted-id-and-name-free",
    "The id and the name of a deleted item or item price can be given again.",
)
CURRENCY_AS_SENT = _behaviour(
    Evidence.UNCONFIRMED,
    "currency-code.stored-as-sent",
    "A currency code is stored as it was sent.",
)
CURRENCY_NOT_ENABLED = _behaviour(
    Evidence.UNCONFIRMED,
    "currency-code.not-enabled",
    "A currency that the site was not given cannot be used: 400.",
)
CURRENCY_OF_THE_SITE = _behaviour(
    Evidence.UNCONFIRMED,
    "customer.currency-of-the-site",
    "A customer without a preferred currency gets the site's first one.",
)
ADDRESS_MERGED = _behaviour(
    Evidence.UNCONFIRMED,
    "address.merged",
    "An address that is sent again changes only in the parts that were sent.",
)

STATE_OF_CODE = _behaviour(
    Evidence.DOCUMENTED,
    "address.state-from-code",
    "A state_code of the US, Canada, India or the Emirates fills in the state's name.",
)

# Customers.

DELETED_AT_ONCE = _behaviour(
    Evidence.UNCONFIRMED,
    "customer.deleted-at-once",
    "A customer is deleted at once, where the vendor speaks of a few minutes.",
)
DELETED_LATER = _behaviour(
    Evidence.DOCUMENTED,
    "customer.deleted-later",
    "A customer is deleted a while after the call that asks for it.",
)
DELETE_CASCADES = _behaviour(
    Evidence.DOCUMENTED,
    "customer.delete-cascades",
    "A customer takes its invoices along when it is deleted.",
)
ORDERS_GO_ALONG = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.delete-cascades",
    "An invoice takes its orders along when it is deleted.",
)
BILLING_INFO_IGNORED = _behaviour(
    Evidence.UNCONFIRMED,
    "customer.update-ignores-billing-info",
    "A customer's update ignores billing address and VAT number: they have their own.",
)

MERGED = _behaviour(
    Evidence.UNCONFIRMED,
    "customer.merged",
    "A merge moves a customer's invoices and orders without an event of theirs, and"
    " deletes the customer at once.",
)
MERGED_INTO_ITSELF = _behaviour(
    Evidence.UNCONFIRMED,
    "customer.merged-into-itself",
    "A customer is not merged with itself: 400.",
)

# Items, item families and item prices.

PRICED_ITEM_STAYS = _behaviour(
    Evidence.UNCONFIRMED,
    "item.delete-refused-while-priced",
    "An item that has an active or archived price is not deleted: 409.",
)
FAMILY_WITH_ITEMS_STAYS = _behaviour(
    Evidence.UNCONFIRMED,
    "item-family.delete-refused-while-used",
    "A family that has items is not deleted: 409.",
)

SCRIPTS_CUT_OUT = _behaviour(
    Evidence.UNCONFIRMED,
    "item.description-without-scripts",
    "Scripts and styles are cut out of an item's description; all else stays.",
)
PRICE_NEEDS_MORE = _behaviour(
    Evidence.UNCONFIRMED,
    "item-price.needs-currency-and-period",
    "An item price needs its currency, that of a plan or addon its period: else 400.",
)
USED_PRICE_ARCHIVED = _behaviour(
    Evidence.UNCONFIRMED,
    "item-price.delete-archives-used",
    "An item price that an invoice was made with is archived instead of deleted.",
)

# Invoices.

TOTAL_IS_THE_SUM = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.import-total-is-the-sum",
    "An imported invoice whose total is not the sum of its lines is refused with 400.",
)
ZERO_AMOUNTS = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.import-zero-amounts",
    "An imported invoice may have a total of zero, and lines of zero.",
)
NEGATIVE_LINES = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.import-negative-lines",
    "An imported invoice may have lines below zero, as long as its total is not.",
)
IMPORTED_STATUS = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.import-status-from-payments",
    "An invoice imported without a status is paid if its payments cover the total,"
    " else its payment is due.",
)
PAID_WITHOUT_PAYMENTS = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.import-paid-without-payments",
    "An invoice may be imported as paid without its payments.",
)
EXCHANGE_RATE = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.exchange-rate-is-one",
    "The exchange rate to the site's own currency is 1, whatever the currency.",
)
VOID_REFUSED = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.void-refused",
    "A paid or a voided invoice cannot be voided: 409.",
)
VOID_LEAVES_ORDERS = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.void-leaves-orders",
    "The orders of a voided invoice stay as they are.",
)
PAID_INVOICE_STAYS = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.delete-refused-when-paid",
    "A paid invoice cannot be deleted: 409.",
)

CHARGED_IS_DUE = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.charged-is-due",
    "A charge invoice is due, or posted if it has net terms, and collected by nobody.",
)
CHARGED_ONCE = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.charged-plan-refused",
    "A plan's price on a charge invoice is refused with 400.",
)
NO_TIERS = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.charged-tiers-refused",
    "A price with tiers on a charge invoice is refused with 400 here.",
)
CURRENCY_MISMATCH = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.charged-currency",
    "A price in another currency than the charge invoice's is refused with 400,"
    " currency_mismatched in the old form.",
)
PAYMENT_REFUSED = _behaviour(
    Evidence.UNCONFIRMED,
    "invoice.payment-refused",
    "A payment for a paid or voided invoice is refused with 409, for more than is due"
    " with 400.",
)
CURRENCY_TAKEN = _behaviour(
    Evidence.UNCONFIRMED,
    "currency.taken",
    "A currency that the site has already is refused like a taken id.",
)

# Orders.

ORDER_GENERATED = _behaviour(
    Evidence.RECORDED,
    "order.generated",
    "A site with orders switched on makes an order of what is to ship on an invoice.",
)
CHARGES_SHIPPED = _behaviour(
    Evidence.UNCONFIRMED,
    "order.generated-for-charges",
    "The shippable items of charge invoices and of imported ones have orders made.",
)
PAID_ORDERS = _behaviour(
    Evidence.UNCONFIRMED,
    "order.paid-with-invoice",
    "A payment that settles an invoice is noted on its orders too.",
)

WITHOUT_ORDERS = _behaviour(
    Evidence.UNCONFIRMED,
    "order.not-enabled",
    "A site that has no orders enabled refuses them, 400 configuration_incompatible.",
)
CREATE_ORDER_REFUSED = _behaviour(
    Evidence.UNCONFIRMED,
    "order.create-refused",
    "Creating an order other than by import is refused with 400 invalid_request.",
)
ORDER_FOLLOWS_INVOICE = _behaviour(
    Evidence.RECORDED,
    "order.follows-invoice",
    "An order has the customer, the currency and the billing address of its invoice.",
)
ORDER_LEAVES_INVOICE = _behaviour(
    Evidence.RECORDED,
    "order.leaves-invoice-version",
    "An invoice names its orders, and keeps its version when they come or change.",
)
ORDER_OF_ALL_LINES = _behaviour(
    Evidence.UNCONFIRMED,
    "order.covers-all-lines",
    "An imported order covers every line of its invoice.",
)
CUSTOMER_OF_INVOICE = _behaviour(
    Evidence.UNCONFIRMED,
    "order.import-other-customer",
    "An import that names another customer than the invoice's is refused with 400.",
)
INVOICE_IN_FORCE = _behaviour(
    Evidence.UNCONFIRMED,
    "order.import-voided-invoice",
    "An order for a voided invoice is refused with 409.",
)
CHARGE_INVOICE_ORDERED = _behaviour(
    Evidence.UNCONFIRMED,
    "order.import-charged-invoice",
    "An order can be imported for an invoice that was not imported itself.",
)
SEVERAL_ORDERS = _behaviour(
    Evidence.UNCONFIRMED,
    "order.several-of-one-invoice",
    "One invoice may have several imported orders.",
)
IMPORTED_ORDER_TYPE = _behaviour(
    Evidence.UNCONFIRMED,
    "order.imported-type",
    "An imported order is a manual one, and was created by the API key.",
)
ORDER_IMMUTABLE = _behaviour(
    Evidence.UNCONFIRMED,
    "order.customer-immutable",
    "An update of an order's customer, currency or invoice is refused with 400.",
)
ONLY_IMPORTED_DELETED = _behaviour(
    Evidence.DOCUMENTED,
    "order.only-imported-deleted",
    "Only an imported order can be deleted.",
)
CANCELLED_TWICE = _behaviour(
    Evidence.UNCONFIRMED,
    "order.cancelled-twice",
    "A cancelled order cannot be cancelled: 409 invalid_state_for_cancel.",
)
STATUS_TIME = _behaviour(
    Evidence.DOCUMENTED,
    "order.status-update-at",
    "A change of an order's status notes when it happened.",
)

# Lists.

LIMIT_REFUSED = _behaviour(
    Evidence.UNCONFIRMED,
    "list.limit-out-of-range",
    "A limit outside of 1 to 100 is refused with 400.",
)
OFFSET_REFUSED = _behaviour(
    Evidence.UNCONFIRMED,
    "list.offset-malformed",
    "An offset that no list has given out is refused with 400.",
)
SORT_REFUSED = _behaviour(
    Evidence.UNCONFIRMED,
    "list.unknown-sort",
    "A sort by anything but the documented properties is refused with 400.",
)
UNKNOWN_FILTER = _behaviour(
    Evidence.UNCONFIRMED,
    "list.unknown-filter-ignored",
    "A filter that a list does not have is ignored without a word.",
)
FILTER_REFUSED = _behaviour(
    Evidence.UNCONFIRMED,
    "list.filter-malformed",
    "A filter whose value cannot be read is refused with 400.",
)
AFTER_EXCLUSIVE = _behaviour(
    Evidence.UNCONFIRMED,
    "list.after-exclusive",
    "after and before leave their own second out, between keeps both ends.",
)
ON_IS_THE_SECOND = _behaviour(
    Evidence.UNCONFIRMED, "list.on-is-the-second", "on means this very second."
)
DEFAULT_SORT = _behaviour(
    Evidence.UNCONFIRMED,
    "list.default-sort",
    "A list without sort_by is in the order of creation, of change for the catalog.",
)
DELETED_LEFT_OUT = _behaviour(
    Evidence.DOCUMENTED,
    "list.deleted-left-out",
    "Deleted records are listed only when include_deleted asks for them.",
)
ARCHIVED_LISTED = _behaviour(
    Evidence.UNCONFIRMED,
    "list.archived-listed",
    "A list of items shows active and archived ones unless it asks for a status.",
)
LIST_LAG = _behaviour(
    Evidence.DOCUMENTED,
    "list.lag",
    "A list may miss what was written lately, which a retrieval shows at once.",
)

# Events, and what happens behind the back of callers.

EVENT_SHAPE = _behaviour(
    Evidence.RECORDED,
    "event.shape",
    "An event shows the record as it was then, who wrote it, and when.",
)
EVENT_EVERY_WRITE = _behaviour(
    Evidence.UNCONFIRMED,
    "event.every-write",
    "Every write has one event, imports and updates without a change included.",
)
EVENT_PERIOD = _behaviour(
    Evidence.UNCONFIRMED,
    "event.period",
    "start_time and end_time bound when an event occurred, both included.",
)
BUMPED = _behaviour(
    Evidence.RECORDED,
    "background.bump",
    "updated_at and resource_version can move although nothing has changed.",
)
