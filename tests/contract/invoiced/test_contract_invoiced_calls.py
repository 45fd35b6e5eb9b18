"""Invoiced: who is let in, what is no call, and how it says no."""

from __future__ import annotations

import pytest

from tests.contract.invoiced.account import Account, refused

NOBODY = 999_999_999_999


@pytest.mark.documented("invoiced.auth.basic-key")
def test_the_key_is_the_user_name(account: Account) -> None:
    """The API key is the user name of HTTP Basic, with an empty password."""
    made = account.customer()

    assert 200 == account.raw.get(f"/customers/{made['id']}").status_code


@pytest.mark.documented("invoiced.auth.refused")
def test_no_key_is_refused(account: Account) -> None:
    """A call without a key answers 401."""
    assert 401 == account.raw.get("/customers", auth=("", "")).status_code


@pytest.mark.unconfirmed("invoiced.auth.key-masked")
def test_a_wrong_key_is_shown_in_part(account: Account) -> None:
    """The refusal of a key shows its first and its last three characters."""
    wrong = "abc" + "x" * 26 + "xyz"
    said = account.raw.get("/customers", auth=(wrong, "")).json()["message"]

    assert ("abc*", "*xyz") == (said[-32:-28], said[-4:])


@pytest.mark.documented
def test_an_error_has_a_type_and_a_message(account: Account) -> None:
    """An error is a flat object with a type and a message."""
    error = account.raw.get(f"/customers/{NOBODY}").json()

    assert {"type", "message"} == error.keys()


@pytest.mark.documented
def test_an_error_names_the_parameter_at_fault(account: Account) -> None:
    """An error that a parameter has caused names it."""
    assert "name" == account.raw.post("/customers", json={}).json()["param"]


@pytest.mark.unconfirmed
def test_an_unknown_id_is_an_invalid_request(account: Account) -> None:
    """The type of a 404 is invalid_request."""
    error = account.raw.get(f"/customers/{NOBODY}").json()

    assert "invalid_request" == error["type"]


@pytest.mark.documented("invoiced.record.unknown")
@pytest.mark.parametrize("kind", ["Customer", "Invoice"])
def test_an_unknown_id_answers_404(kind: str, account: Account) -> None:
    """An id that nothing has answers 404."""
    resource = getattr(account.sdk, kind)

    assert (404, None) == refused(lambda: resource.retrieve(NOBODY))


@pytest.mark.unconfirmed("invoiced.route.unknown")
def test_an_unknown_path_answers_404(account: Account) -> None:
    """A path that is no route answers 404, with a JSON error."""
    answer = account.raw.get("/nope")

    assert (404, "invalid_request") == (answer.status_code, answer.json()["type"])


@pytest.mark.unconfirmed("invoiced.route.method")
def test_put_is_not_allowed(account: Account) -> None:
    """A customer cannot be PUT."""
    made = account.customer()
    answer = account.raw.put(f"/customers/{made['id']}", json={"name": "Bo"})

    assert 405 == answer.status_code


@pytest.mark.unconfirmed("invoiced.body.malformed")
def test_malformed_json_is_refused_with_json(account: Account) -> None:
    """A body that is no JSON answers 400, with an error that is."""
    answer = account.raw.post("/customers", content=b"{", headers=JSON)

    assert (400, "invalid_request") == (answer.status_code, answer.json()["type"])


@pytest.mark.unconfirmed("invoiced.body.type")
def test_json_goes_with_its_type(account: Account) -> None:
    """JSON that does not say what it is answers 400."""
    answer = account.raw.post("/customers", content=b'{"name": "Acme"}')

    assert 400 == answer.status_code


JSON = {"Content-Type": "application/json"}


@pytest.mark.documented("invoiced.body.form")
def test_a_form_will_do(account: Account) -> None:
    """A body can be a form instead of JSON."""
    name = account.new("Ada")

    assert name == account.raw.post("/customers", data={"name": name}).json()["name"]


@pytest.mark.unconfirmed("invoiced.body.form-texts")
def test_a_form_can_hold_numbers(account: Account) -> None:
    """In a form, a text stands for a number where one is needed."""
    sent = {
        "customer": account.customer()["id"],
        "items[0][quantity]": "2",
        "items[0][unit_cost]": "5",
    }

    assert 10 == account.raw.post("/invoices", data=sent).json()["total"]


@pytest.mark.unconfirmed("invoiced.request.unreadable")
def test_a_broken_address_is_refused_with_json(account: Account) -> None:
    """A percent sign that encodes nothing answers 400, with a JSON error."""
    broken = {"target": b"/customers?filter[name]=%zz"}
    answer = account.raw.get("/customers", extensions=broken)

    assert (400, "invalid_request") == (answer.status_code, answer.json()["type"])


@pytest.mark.unconfirmed
def test_every_answer_names_its_realm(account: Account) -> None:
    """A success says too how to authenticate."""
    made = account.raw.post("/customers", json={"name": account.new("Ada")})

    assert 'Basic realm="Invoiced"' == made.headers.get("WWW-Authenticate")


@pytest.mark.recorded("invoiced.answer.pretty-for-curl")
@pytest.mark.parametrize(
    ("agent", "many"), [("curl/8.5.0", True), ("Invoiced Python/3.0.0", False)]
)
def test_curl_is_answered_for_people(
    agent: str, account: Account, *, many: bool
) -> None:
    """An answer to curl has many lines, one to a program has one."""
    made = account.customer()
    headers = {"User-Agent": agent}
    answer = account.raw.get(f"/customers/{made['id']}", headers=headers)

    assert many == ("\n" in answer.text.strip())


@pytest.mark.recorded
def test_keys_of_answers_are_sorted(account: Account) -> None:
    """The keys of an answer are in the order of the alphabet."""
    made = account.customer()
    keys = list(account.raw.get(f"/customers/{made['id']}").json())

    assert sorted(keys) == keys


@pytest.mark.documented
def test_a_delete_answers_nothing(account: Account) -> None:
    """A delete answers 204 without a body."""
    made = account.customer()
    answer = account.raw.delete(f"/customers/{made['id']}")

    assert (204, b"") == (answer.status_code, answer.content)


@pytest.mark.documented
def test_a_creation_answers_201(account: Account) -> None:
    """A creation answers 201."""
    answer = account.raw.post("/customers", json={"name": account.new("Ada")})

    assert 201 == answer.status_code


# Idempotency keys


@pytest.mark.sdk("invoiced.idempotency.header")
def test_a_write_can_carry_an_idempotency_key(account: Account) -> None:
    """A creation with an idempotency key is carried out."""
    name = account.new("Ada")
    made = account.sdk.Customer.create(idempotency_key=account.new("key"), name=name)

    assert name == account.read(made)["name"]


@pytest.mark.unconfirmed("invoiced.idempotency.replay")
def test_a_repeated_creation_makes_one_record(account: Account) -> None:
    """The second creation with one key answers with the first record."""
    key, name = account.new("key"), account.new("Ada")
    first, second = (
        account.sdk.Customer.create(idempotency_key=key, name=name) for _ in range(2)
    )

    assert first["id"] == second["id"]


@pytest.mark.unconfirmed("invoiced.idempotency.replay")
def test_a_replay_does_not_compare_bodies(account: Account) -> None:
    """A key that comes back with another body gets the first answer."""
    key, names = account.new("key"), [account.new("Ada"), account.new("Bo")]
    _, second = (
        account.sdk.Customer.create(idempotency_key=key, name=name) for name in names
    )

    assert names[0] == second["name"]


@pytest.mark.unconfirmed("invoiced.idempotency.replay")
def test_a_refusal_is_replayed(account: Account) -> None:
    """A key whose first call was refused is refused again, with a good body too."""
    key = account.new("key")
    create = account.sdk.Customer.create
    refused(lambda: create(idempotency_key=key, type="company"))

    assert (400, "name") == refused(lambda: create(idempotency_key=key, name="Ada"))


@pytest.mark.unconfirmed("invoiced.idempotency.methods")
def test_a_read_with_a_key_is_refused(account: Account) -> None:
    """An idempotency key on a GET answers 400."""
    headers = {"idempotency-key": account.new("key")}

    assert 400 == account.raw.get("/customers", headers=headers).status_code


@pytest.mark.unconfirmed("invoiced.idempotency.length")
@pytest.mark.parametrize("length", [5, 65])
def test_a_key_has_6_to_64_characters(length: int, account: Account) -> None:
    """An idempotency key of 5 or 65 characters answers 400."""
    create = account.sdk.Customer.create
    key = "k" * length

    assert 400 == refused(lambda: create(idempotency_key=key, name="Ada"))[0]
