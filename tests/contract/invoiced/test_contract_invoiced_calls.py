"""Invoiced: who is let in, what is no call, and how it says no."""

from __future__ import annotations

import pytest

from tests.cases import cases
from tests.contract.invoiced.account import NOBODY, Account

JSON = {"content-type": "application/json"}


# Keys


@pytest.mark.documented("invoiced.auth.basic-key")
def test_the_key_is_the_user_name(account: Account) -> None:
    """The API key is the user name of HTTP Basic, with an empty password."""
    made = account.customer()

    assert 200 == account.raw.get(f"/customers/{made['id']}").status_code


@pytest.mark.documented("invoiced.auth.refused")
@pytest.mark.parametrize("given", ["", "Bearer 0123456789", "Basic ???"])
def test_no_key_is_refused(given: str, account: Account) -> None:
    """A call without a key answers 401, and says where a key goes."""
    headers = {"authorization": given}
    answer = account.raw.get("/customers", headers=headers, auth=lambda call: call)

    assert 401 == answer.status_code
    assert answer.json()["message"].startswith("Missing API key!")


@pytest.mark.unconfirmed("invoiced.auth.key-masked")
@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ("abc" + "x" * 26 + "xyz", "abc" + "*" * 26 + "xyz"),
        ("INVALID", "INV*LID"),
        ("SECRET", "******"),
    ],
)
def test_a_wrong_key_is_shown_in_part(wrong: str, shown: str, account: Account) -> None:
    """The refusal of a key shows its first and last three characters, if any more."""
    answer = account.raw.get("/customers", auth=(wrong, ""))

    assert (401, "invalid_request") == (answer.status_code, answer.json()["type"])
    assert answer.json()["message"].endswith(f"the API Key: {shown}")


@pytest.mark.unconfirmed
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_answer_names_its_realm(method: str, account: Account) -> None:
    """A success says too how to authenticate."""
    answer = account.raw.request(method, "/customers", json={"name": account.new("A")})

    assert 'Basic realm="Invoiced"' == answer.headers.get("WWW-Authenticate")


# Answers


@pytest.mark.documented
def test_an_error_has_a_type_and_a_message(account: Account) -> None:
    """An error is a flat object with a type and a message."""
    error = account.raw.get(f"/customers/{NOBODY}").json()

    assert {"type", "message"} == error.keys()


@pytest.mark.unconfirmed
def test_an_unknown_id_is_an_invalid_request(account: Account) -> None:
    """The type of a 404 is invalid_request."""
    error = account.raw.get(f"/customers/{NOBODY}").json()

    assert "invalid_request" == error["type"]


@pytest.mark.documented
@pytest.mark.parametrize("body", [{}, None])
def test_an_error_names_the_parameter_at_fault(body: object, account: Account) -> None:
    """An error that a parameter has caused names it; no body is an empty one."""
    assert "name" == account.raw.post("/customers", json=body).json()["param"]


@pytest.mark.documented
def test_a_creation_answers_201(account: Account) -> None:
    """A creation answers 201."""
    answer = account.raw.post("/customers", json={"name": account.new("Ada")})

    assert 201 == answer.status_code


@pytest.mark.documented
@pytest.mark.parametrize("agent", ["curl/8.5.0", "Invoiced Python/3.0.0"])
def test_a_delete_answers_nothing(agent: str, account: Account) -> None:
    """A delete answers 204 without a body, by hand too."""
    made = account.customer()
    headers = {"user-agent": agent}
    answer = account.raw.delete(f"/customers/{made['id']}", headers=headers)

    assert (204, b"") == (answer.status_code, answer.content)


@pytest.mark.recorded("invoiced.answer.pretty-for-curl")
@pytest.mark.parametrize(
    ("agent", "lines"), [("curl/8.5.0", 4), ("Invoiced Python/3.0.0", 1)]
)
def test_curl_is_answered_for_people(agent: str, lines: int, account: Account) -> None:
    """An answer to curl has a line for each key, one to a program has one."""
    by_hand = account.raw.get(f"/customers/{NOBODY}", headers={"user-agent": agent})
    answer = account.raw.get(f"/customers/{NOBODY}")

    assert (lines, answer.json()) == (
        len(by_hand.text.strip().splitlines()),
        by_hand.json(),
    )


@pytest.mark.unconfirmed
def test_a_whole_amount_has_no_point(account: Account) -> None:
    """A number that is whole is answered without a decimal point."""
    body = b'{"name": "Acme", "credit_limit": 10.0}'
    answer = account.raw.post("/customers", content=body, headers=JSON)

    assert 10 == answer.json()["credit_limit"]
    assert "10.0" not in answer.text


# Paths


@pytest.mark.unconfirmed("invoiced.route.unknown")
@pytest.mark.parametrize(
    "path", ["/", "/nope", "/customers/", "/customers/1/nope", "/items/a/void"]
)
def test_an_unknown_path_answers_404(path: str, account: Account) -> None:
    """A path that is no route answers 404 and repeats it."""
    answer = account.raw.get(path)
    message = f"Request was not recognized: GET {path}"

    assert 404 == answer.status_code
    assert {"type": "invalid_request", "message": message} == answer.json()


@pytest.mark.unconfirmed("invoiced.route.method")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/customers/1"),
        ("POST", "/invoices/1"),
        ("DELETE", "/items"),
        ("PATCH", "/customers"),
        ("GET", "/invoices/1/void"),
    ],
)
def test_a_wrong_method_is_not_allowed(
    method: str, path: str, account: Account
) -> None:
    """A known path with another method answers 405."""
    assert 405 == account.raw.request(method, path).status_code


@pytest.mark.unconfirmed("invoiced.request.unreadable")
def test_a_broken_address_is_refused_with_json(account: Account) -> None:
    """A percent sign that encodes nothing answers 400, with a JSON error."""
    broken = {"target": b"/customers?filter[name]=%zz"}
    answer = account.raw.get("/customers", extensions=broken)

    assert (400, "invalid_request") == (answer.status_code, answer.json()["type"])


# Bodies


@pytest.mark.unconfirmed("invoiced.body.malformed")
@cases(
    "body",
    [
        b"{",
        b"7",
        b'"text"',
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"credit_limit": 1e999}',
        b'{"credit_limit": ' + b"9" * 5000 + b"}",
        b'{"metadata": ' + b'{"a":' * 40 + b"1" + b"}" * 41,
        b"[" * 100_000,
    ],
)
def test_a_malformed_body_is_refused(body: bytes, account: Account) -> None:
    """A body that is no JSON object answers 400, in plain text."""
    answer = account.raw.post("/customers", content=body, headers=JSON)

    assert (400, "Unable to parse request.") == (answer.status_code, answer.text)


@pytest.mark.unconfirmed("invoiced.body.malformed")
@pytest.mark.parametrize("body", [b"[]", b"null"])
def test_nothing_in_json_is_an_empty_body(body: bytes, account: Account) -> None:
    """An empty list and null are read as an empty object."""
    answer = account.raw.post("/customers", content=body, headers=JSON)

    assert (400, "name") == (answer.status_code, answer.json()["param"])


@pytest.mark.unconfirmed
@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON"]
)
def test_the_type_of_json_may_have_a_charset(kind: str, account: Account) -> None:
    """The content type of JSON may have a charset, and its case does not count."""
    headers = {"content-type": kind}
    answer = account.raw.post("/customers", content=b'{"name": "A"}', headers=headers)

    assert 201 == answer.status_code


@pytest.mark.unconfirmed("invoiced.body.type")
@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded"]
)
def test_json_without_its_type_has_no_effect(
    kind: str | None, account: Account
) -> None:
    """JSON without its content type lacks a name, and changes nothing in an edit."""
    made = account.customer(phone="1")
    headers = {} if kind is None else {"content-type": kind}
    body, path = b'{"name": "Acme", "phone": "2"}', f"/customers/{made['id']}"
    new = account.raw.post("/customers", content=body, headers=headers)
    edit = account.raw.patch(path, content=body, headers=headers)

    assert (400, "name", 200, made["name"], "1") == (
        new.status_code,
        new.json()["param"],
        edit.status_code,
        account.read(made)["name"],
        edit.json()["phone"],
    )


@pytest.mark.documented("invoiced.body.form")
def test_a_form_will_do(account: Account) -> None:
    """A form is as good as JSON; what looks like a number stays a text in a text."""
    sent = {"name": "42", "chase": "false", "metadata[a]": "b"}
    made = account.raw.post("/customers", data=sent).json()

    assert ("42", False, {"a": "b"}) == (made["name"], made["chase"], made["metadata"])


@pytest.mark.unconfirmed("invoiced.body.form-texts")
def test_a_form_can_hold_numbers(account: Account) -> None:
    """In a form lines are numbered, and a text stands for a number where one must."""
    sent = {
        "customer": account.customer()["id"],
        "items[0][name]": "Paper",
        "items[0][unit_cost]": "1.25",
        "items[1][unit_cost]": "2",
        "items[1][quantity]": "3",
    }

    assert 7.25 == account.raw.post("/invoices", data=sent).json()["total"]


@pytest.mark.unconfirmed("invoiced.body.form-texts")
@pytest.mark.parametrize("word", ["false", "0"])
def test_no_in_a_form_is_no(word: str, account: Account) -> None:
    """A form can reopen a closed invoice, and say that it is no draft."""
    made = account.invoice()
    made.save(closed=True)
    account.raw.patch(f"/invoices/{made['id']}", data={"closed": word, "draft": word})

    assert account.read(made)["closed"] is False


@pytest.mark.documented("invoiced.customer.name")
@cases("form", ["name=", "=", "a[b=c", "items[][name]=x", "a" + "[b]" * 5000])
def test_an_odd_form_is_refused(form: str, account: Account) -> None:
    """A form without a name in it creates no customer."""
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = account.raw.post("/customers", content=form, headers=kind)

    assert (400, "name") == (answer.status_code, answer.json()["param"])
