"""The behaviours of the Invoiced twin, with the evidence of each."""

from __future__ import annotations

from functools import partial

from dataflow.twin.evidence import Behaviour, Evidence, declare

_recorded, _documented, _sdk = (
    partial(declare, "invoiced", evidence)
    for evidence in (Evidence.RECORDED, Evidence.DOCUMENTED, Evidence.SDK)
)
#: Most of what is unconfirmed was read in the vendor's server code, and not seen live.
_unconfirmed = partial(
    declare,
    "invoiced",
    Evidence.UNCONFIRMED,
    settled_by="read in the vendor's server code; its contract test on a test account",
)

# Every call
BASIC_KEY = _documented(
    "auth.basic-key", "The API key is the user name of HTTP Basic authentication."
)
KEY_REFUSED = _documented("auth.refused", "A call without a valid key answers 401.")
KEY_MASKED = _unconfirmed(
    "auth.key-masked", "The 401 shows the first and last three characters of the key."
)
PRETTY_FOR_CURL = _recorded(
    "answer.pretty-for-curl", "curl gets its answers over many lines, for people."
)
REQUEST_UNREADABLE = _unconfirmed(
    "request.unreadable",
    "What is no proper HTTP request gets an error in JSON too.",
    settled_by="no source; its contract test on a test account",
)
ROUTE_UNKNOWN = _unconfirmed("route.unknown", "A path that is no route answers 404.")
METHOD_WRONG = _unconfirmed(
    "route.method", "A known path with the wrong method answers 405."
)
RECORD_UNKNOWN = _documented(
    "record.unknown", "An id that does not exist, or no longer, answers 404."
)
BODY_MALFORMED = _unconfirmed(
    "body.malformed", "A body that is no JSON object answers 400 in plain text."
)
BODY_TYPE = _unconfirmed(
    "body.type", "JSON without its content type is no error and has no effect."
)
BODY_FORM = _documented("body.form", "A body may be a form instead of JSON.")
FORM_TEXTS = _unconfirmed(
    "body.form-texts",
    "In a form, texts such as 5 and true are cast to numbers and booleans.",
)
VALUE_CAST = _unconfirmed(
    "body.value-cast",
    "A value of another type is cast as in PHP: yes is true, 2x is 2, abc is 0.",
)
VALUE_MISFIT = _unconfirmed(
    "body.value-misfit",
    "A value that cannot be cast, or is too long, answers 400 and its param.",
)
KEYS_IGNORED = _unconfirmed(
    "body.unknown-keys", "Unknown keys are ignored on customers and invoices."
)
KEYS_BLOCKED = _unconfirmed(
    "body.blocked-keys", "A computed field in a body answers 400."
)
EMPTY_IS_NULL = _unconfirmed(
    "body.empty-text", "An empty text in a field that can be null is stored as null."
)
PATCH_BUMPS = _unconfirmed(
    "patch.bumps", "A PATCH with any key moves updated_at, even if nothing changes."
)
PATCH_EMPTY = _unconfirmed(
    "patch.empty", "A PATCH with an empty body leaves updated_at alone."
)
CREATED_IS_UPDATED = _recorded(
    "create.stamps", "A new record has the same created_at and updated_at."
)
CURRENCY_LOWER = _recorded("currency.lower", "Currencies are stored in lower case.")
CURRENCY_CHECKED = _unconfirmed(
    "currency.checked", "A currency outside ISO 4217 answers 400 without a param."
)
NUMBER_TAKEN = _unconfirmed(
    "number.taken",
    "A number that another record has answers 400; case, accents and blanks at the end"
    " do not count.",
)
NUMBER_TEXT = _unconfirmed("number.text", "A number is a text of 1 to 32 characters.")
LENGTH_IN_BYTES = _unconfirmed(
    "body.length-in-bytes", "Lengths of texts are counted in bytes of UTF-8."
)
TEXT_OF_FOUR_BYTES = _unconfirmed(
    "body.four-bytes",
    "A character of four bytes in UTF-8, such as an emoji, is stored as sent.",
    settled_by="no source, but the vendor's tables hold three bytes a character; its"
    " contract test on a test account",
)
NAME_LENGTH = _documented("name.length", "A name has 1 to 255 characters.")

# Errors that the controls of the twin inject
TOO_FAST = _documented("trouble.too-fast", "Calls that come too fast answer 429.")
CALLS_AT_ONCE = _unconfirmed(
    "trouble.calls-at-once",
    "A key has 20 calls under way at most, a call of over a minute aside: else 429.",
    settled_by="read in the vendor's server code; 21 slow calls on a test account",
)
SERVER_ERROR = _documented(
    "trouble.server-error", "A fault of the service answers 500 with a JSON error."
)
BAD_GATEWAY = _unconfirmed(
    "trouble.bad-gateway",
    "A fault in front of the service answers 502 with HTML.",
    settled_by="no source; a 502 of the vendor's gateway in a call log",
)

# Metadata
METADATA_LIMITS = _documented(
    "metadata.limits",
    "Metadata has at most 10 keys of 40 characters and values of 255.",
)
METADATA_TYPES = _unconfirmed(
    "metadata.types", "Metadata that is no map, or holds a null, answers 400."
)
METADATA_REPLACED = _unconfirmed(
    "metadata.replaced", "A PATCH of metadata replaces the whole map."
)
METADATA_TEXTS = _unconfirmed(
    "metadata.texts",
    "A write echoes metadata as sent; later reads give every value as a text.",
)

# Customers
CUSTOMER_SHAPE = _recorded("customer.shape", "A customer has the recorded keys.")
CUSTOMER_NAME = _documented("customer.name", "A customer needs a name.")
CUSTOMER_NUMBER = _recorded(
    "customer.number", "A customer without a number is given CUST-00001 and so on."
)
CUSTOMER_TYPE = _unconfirmed(
    "customer.type", "A customer's type outside the known four answers 400."
)
CUSTOMER_TYPE_WIDER = _unconfirmed(
    "customer.type-wider", "A customer can be of type government or non_profit."
)
CUSTOMER_EMAIL = _unconfirmed(
    "customer.email-normalised", "Emails are trimmed and stored in lower case."
)
CUSTOMER_EMAIL_CHECKED = _unconfirmed(
    "customer.email-checked",
    "An email that is not ASCII, or that has no domain with a dot, answers 400.",
)
CUSTOMER_COUNTRY = _unconfirmed(
    "customer.country",
    "Countries are validated, in upper case, and default to the account's.",
)
CUSTOMER_LANGUAGE = _unconfirmed(
    "customer.language", "Languages are stored in lower case."
)
CUSTOMER_KEPT = _unconfirmed(
    "customer.kept", "A customer with any invoice cannot be deleted."
)
CUSTOMER_INACTIVE = _unconfirmed(
    "customer.inactive", "An inactive customer gets no new invoices."
)
CUSTOMER_HELD = _unconfirmed(
    "customer.credit-hold", "A customer on credit hold gets no new invoices."
)
CUSTOMER_LIMIT = _unconfirmed(
    "customer.credit-limit",
    "An invoice that takes its customer's debt over the credit limit is refused.",
)
AUTOPAY_REFUSED = _unconfirmed(
    "autopay.refused", "An account that cannot collect refuses autopay."
)

# Invoices
INVOICE_SHAPE = _documented("invoice.shape", "An invoice has the documented keys.")
INVOICE_CUSTOMER_NEEDED = _documented(
    "invoice.customer-needed", "An invoice needs a customer, and nothing else."
)
INVOICE_CUSTOMER_UNKNOWN = _unconfirmed(
    "invoice.customer-unknown", "A new invoice of an unknown customer answers 400."
)
INVOICE_CUSTOMER_FIXED = _unconfirmed(
    "invoice.customer-immutable",
    "A PATCH of an invoice's customer answers 400 and changes nothing.",
)
INVOICE_CURRENCY = _documented(
    "invoice.currency-editable", "The currency of an open invoice can be edited."
)
INVOICE_CURRENCY_AS_IS = _unconfirmed(
    "invoice.currency-not-converted",
    "An edit of the currency leaves an invoice's amounts as they are.",
)
INVOICE_CURRENCY_DEFAULT = _unconfirmed(
    "invoice.currency-default",
    "An invoice without a currency takes its customer's, then the account's.",
)
INVOICE_CURRENCY_UNSET = _unconfirmed(
    "invoice.currency-unset", "An empty currency on an invoice answers 400."
)
INVOICE_NUMBER = _unconfirmed(
    "invoice.number",
    "An invoice without a number is given INV-00001 and so on, drafts too.",
)
INVOICE_NAME = _documented(
    "invoice.name", "An invoice without a name is named Invoice."
)
INVOICE_ISSUED = _unconfirmed(
    "invoice.issued-at-once", "A new invoice is issued unless it is sent as a draft."
)
INVOICE_DRAFT_ONCE = _unconfirmed(
    "invoice.draft-once", "An issued invoice cannot become a draft again."
)
INVOICE_ZERO = _unconfirmed(
    "invoice.zero-total", "An issued invoice over nothing is at once paid and closed."
)
INVOICE_CLOSED = _unconfirmed(
    "invoice.closed", "A closed invoice refuses edits that do not reopen it."
)
INVOICE_VOIDED = _unconfirmed("invoice.voided", "A voided invoice refuses every edit.")
INVOICE_PAID = _unconfirmed(
    "invoice.paid", "A paid invoice can be neither deleted nor voided."
)
INVOICE_VOID = _documented(
    "invoice.void", "A void invoice stays, with status voided and no balance."
)
INVOICE_VOID_TWICE = _unconfirmed(
    "invoice.void-twice", "A voided invoice cannot be voided again."
)
INVOICE_DUE = _unconfirmed(
    "invoice.due-date",
    "Terms with NET N or NET-N in them set the due date N days after the date.",
)
INVOICE_PAST_DUE = _unconfirmed(
    "invoice.past-due",
    "An open invoice is past due from the next round of a job after its due date, here"
    " each full minute, or from its next edit.",
    settled_by="read in the vendor's server code, but not its period; an invoice that"
    " falls due on a test account, read each minute",
)
INVOICE_PAST_DUE_BUMPS = _unconfirmed(
    "invoice.past-due-bumps",
    "Falling past due moves an invoice's updated_at and makes an event, without a"
    " call.",
    settled_by="read in the vendor's server code; the events of an invoice that falls"
    " due on a test account",
)
INVOICE_TOTALS = _unconfirmed(
    "invoice.totals",
    "Amounts are rounded in minor units, half away from zero, and then added up.",
)
CURRENCY_DIGITS = _unconfirmed(
    "currency.digits",
    "BHD alone has three decimals; KWD, ISK, UGX and VND have two, MGA has none.",
)
INVOICE_NEGATIVE = _unconfirmed(
    "invoice.negative", "An invoice with a total below zero answers 400."
)
LINES_REPLACED = _unconfirmed(
    "lines.replaced", "A PATCH of items replaces all lines; a line with its id stays."
)
LINE_FOREIGN = _unconfirmed(
    "lines.foreign", "A line id that is not of this invoice answers 400."
)
LINE_FILLED = _unconfirmed(
    "lines.filled", "A line's catalog_item fills in what the line does not say."
)
LINE_ITEM_UNKNOWN = _unconfirmed(
    "lines.item-unknown", "A catalog_item that does not exist is dropped to null."
)
LINE_ADDRESSES = _unconfirmed(
    "lines.addresses",
    "Lines have addresses below their invoice's; a write there is an edit of it.",
)

# Payments
PAYMENT_SHAPE = _documented("payment.shape", "A payment has the documented keys.")
PAYMENT_AMOUNT = _unconfirmed(
    "payment.amount", "A payment needs an amount that covers what it is applied to."
)
PAYMENT_APPLIED = _documented(
    "payment.applied",
    "A payment lowers the balance of the invoices that it is applied to; one without"
    " balance is paid.",
)
PAYMENT_REFUSED = _unconfirmed(
    "payment.refused",
    "A payment of another customer, in another currency, or for an invoice that is"
    " unknown or voided answers 400.",
)
PAYMENT_TAKEN = _unconfirmed(
    "payment.taken",
    "A payment issues a draft, leaves a closed invoice closed, and can exceed the"
    " balance, which is then negative.",
)
PAYMENT_STRICT = _unconfirmed(
    "payment.strict",
    "An unknown field of a payment or parameter of their list, or a value of another"
    " type, answers 400.",
)
PAYMENT_VOID = _unconfirmed(
    "payment.void",
    "A deleted payment stays as voided, once, and its invoices are open again.",
)

# Events
EVENT_SHAPE = _documented(
    "event.shape",
    "An event has a type, a timestamp and the record, an update what it was before.",
)
EVENT_ORDER = _documented("event.order", "Events are listed with the latest first.")
EVENT_RELATED = _documented(
    "event.related-to", "related_to=customer,1234 keeps the events of that record."
)
EVENT_OF_CUSTOMER = _unconfirmed(
    "event.of-customer",
    "The events of a customer's invoices and payments are related to it too.",
)
EVENT_FILTERS = _unconfirmed(
    "event.filters",
    "type keeps the events of one kind of record, start_date and end_date a period.",
)
EVENT_PAID = _unconfirmed(
    "event.paid", "An update that makes an invoice paid is told as invoice.paid alone."
)
EVENT_UNCHANGED = _unconfirmed(
    "event.unchanged", "An update that only moves updated_at makes no event."
)

# Changes without a call
BUMPED = _unconfirmed(
    "background.bump",
    "updated_at can move although nothing has changed.",
    settled_by="read in the vendor's server code; the updated_at of untouched records"
    " on a test account, over a day",
)
MERGED = _unconfirmed(
    "customer.merged",
    "A merge moves a customer's records and events at once, with no event but"
    " customer.merged; inactive customers are refused.",
)
SIDE_RECORDS = _unconfirmed(
    "side-records",
    "Contacts, notes and custom fields are as the vendor's server has them.",
)
CUSTOM_FIELD_TYPES = _unconfirmed(
    "metadata.custom-fields",
    "Metadata is shown in the type of its custom field, if any.",
)
CUSTOMER_BALANCE = _documented(
    "customer.balance",
    "A customer's balance is what its open invoices of a currency owe.",
)

# Items
ITEM_SHAPE = _documented("item.shape", "An item has the documented keys.")
ITEM_NAME = _unconfirmed("item.name", "An item needs a name.")
ITEM_ID = _documented("item.id", "The caller chooses an item's id, a text.")
ITEM_ID_FORMAT = _unconfirmed(
    "item.id-format",
    "An item's id has two or more of the letters, the digits and - _ :",
)
ITEM_ID_GIVEN = _unconfirmed(
    "item.id-given", "An item without an id is given one of six letters and digits."
)
ITEM_ID_TAKEN = _unconfirmed(
    "item.id-taken", "An id that a live item has answers 400; a deleted one's is free."
)
ITEM_STRICT = _unconfirmed("item.strict", "An unknown key on an item answers 400.")
ITEM_EDITABLE = _documented(
    "item.editable", "An item's name, description, type and metadata can be edited."
)
ITEM_FIXED = _unconfirmed(
    "item.fixed",
    "A PATCH of an item's id, price, currency or taxes answers 200 and is ignored.",
)
ITEM_CURRENCY = _unconfirmed(
    "item.currency-default",
    "An item with a price and no currency takes the account's; a free one has none.",
)
ITEM_ARCHIVED = _unconfirmed(
    "item.archived",
    "A deleted item leaves the list, and GET of its id still answers 200.",
)

# Lists
LIST_HEADERS = _sdk("list.headers", "Every list has a Link and an X-Total-Count.")
LIST_PAGES = _documented("list.pages", "Lists come in pages, counted from 1.")
LIST_PER_PAGE = _unconfirmed(
    "list.per-page", "A page has 100 records unless told, and at most 100."
)
LIST_PAST_END = _unconfirmed("list.past-end", "A page past the end is empty.")
LIST_IN_TURN = _documented(
    "list.in-turn", "Pages have to be asked for one after the other."
)
LIST_IN_TURN_FAR = _unconfirmed(
    "list.in-turn-far",
    "Only 10,000 records from the start, by id, is a page out of turn refused: 400.",
)
LIST_SHIFTS = _unconfirmed(
    "list.sorted-shifts",
    "A sorted list is paged by offset: a record that moves between two pages shifts"
    " the others.",
)
LIST_COUNT_CACHED = _unconfirmed(
    "list.count-cached",
    "A later page counts all records as the first one did in the last five minutes.",
)
LIST_SORT = _documented("list.sort", "A list is sorted by field and direction.")
LIST_SORT_ODD = _unconfirmed(
    "list.sort-odd",
    "A sort term without asc or desc is skipped, and an unknown field is dropped, but"
    " refused on items.",
)
FILTER_EXACT = _documented("list.filter", "A filter keeps what matches exactly.")
FILTER_FOLDED = _unconfirmed(
    "list.filter-folded",
    "A filter of a text ignores case, accents and blanks at the end; ids of items are"
    " compared exactly.",
)
FILTER_UNKNOWN = _unconfirmed(
    "list.filter-unknown", "A filter of an unknown field answers 400."
)
FILTER_TEXT_AS_ZERO = _unconfirmed(
    "list.filter-text-as-zero",
    "A text such as True compares as 0 with booleans and numbers.",
)
FILTER_METADATA = _documented(
    "list.filter-metadata", "metadata[key] keeps what has exactly this value."
)
FILTER_METADATA_KEY = _unconfirmed(
    "list.filter-metadata-key",
    "An odd metadata key is ignored on customers and invoices, and refused on items.",
)
UPDATED_AFTER = _documented(
    "list.updated-after", "updated_after keeps what changed after a moment."
)
UPDATED_AFTER_EXCLUSIVE = _unconfirmed(
    "list.updated-after-exclusive",
    "updated_after leaves out what changed in that very second.",
)
UPDATED_BEFORE = _unconfirmed(
    "list.updated-before", "updated_before keeps what changed before that second."
)
UPDATED_AFTER_ITEMS = _unconfirmed(
    "list.updated-after-items", "The list of items ignores updated_after."
)
DATE_RANGE = _documented(
    "list.date-range", "start_date and end_date bound an invoice's date, both included."
)
EXPAND = _documented("expand", "expand=customer puts the customer in its id's place.")
EXCLUDE = _unconfirmed("exclude", "exclude=items,notes leaves these keys out.")
LIST_UNCOUNTED = _unconfirmed(
    "list.uncounted", "paginate=none leaves out Link and X-Total-Count."
)
CUSTOMER_FILTERS = _unconfirmed(
    "list.customer-filters",
    "owner and late_fee_schedule_id keep the customers of these ids.",
)
OPEN_BALANCE = _documented(
    "list.open-balance",
    "open_balance keeps the customers who owe something, or those who owe nothing.",
)
PAYMENT_SOURCE = _documented(
    "list.payment-source",
    "payment_source keeps the customers with a stored card, whom the twin has not, or"
    " those without.",
)

# Idempotency
IDEMPOTENCY_HEADER = _sdk("idempotency.header", "Writes can carry an idempotency-key.")
IDEMPOTENCY_REPLAY = _unconfirmed(
    "idempotency.replay",
    "A key seen in the last 24 hours gets its first answer again, whatever it asks.",
)
IDEMPOTENCY_METHODS = _unconfirmed(
    "idempotency.methods", "The key answers 400 on anything but POST and PATCH."
)
IDEMPOTENCY_LENGTH = _unconfirmed(
    "idempotency.length", "A key that is not 6 to 64 characters long answers 400."
)

#: All behaviours above, by name.
ALL: tuple[Behaviour, ...] = tuple(
    sorted(
        (value for value in list(globals().values()) if isinstance(value, Behaviour)),
        key=lambda behaviour: behaviour.name,
    )
)
