"""Keys and tokens are hidden, wherever they stand; the rest is left."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from dataflow.redact import HIDDEN, hidden, hidden_in

KEY = "k3y/of+ada lovelace"
TOKEN = "IZmXbVOPyvfD3GPBmyd6FwXY"


@pytest.mark.parametrize(
    "spelled",
    [
        KEY,
        KEY.upper(),
        quote(KEY, safe=""),
        quote(KEY, safe="").lower(),
        base64.b64encode(f"{KEY}:".encode()).decode(),
        base64.b64encode(f"{KEY}:password".encode()).decode(),
        base64.b64encode(KEY.encode()).decode(),
    ],
)
def test_a_known_key_is_hidden_however_it_is_spelled(spelled: str) -> None:
    """A key is hidden as it is, in a query, and as HTTP Basic sends it."""
    assert f"it is {HIDDEN}." == hidden_in(f"it is {spelled}.", [KEY])


@pytest.mark.parametrize(
    "value",
    [
        {"api_key": "abc"},
        {"tokens": ["abc"]},
        {"access_token": {"value": "abc"}},
        {"token": 4242},
        {"card[token]": "abc"},
        {"x[password][0]": "abc"},
        {"session_id": "abc"},
        {"Set-Cookie": "abc"},
        {"inner": [{"client_secret": "abc"}]},
    ],
)
def test_what_is_a_key_by_its_name_is_hidden(value: dict[str, object]) -> None:
    """Whatever stands under the name of a key is hidden, of any type."""
    text = str(hidden(value))

    assert (False, False, True) == ("abc" in text, "4242" in text, HIDDEN in text)


@pytest.mark.parametrize(
    "text",
    [
        f"https://acme.invoiced.com/{TOKEN}",
        f"https://acme.invoiced.com/invoices/{TOKEN}/pdf",
        f"see <https://acme.invoiced.com/invoices/{TOKEN}>",
        f"https://acme.invoiced.com/hook?token={TOKEN}&page=2",
        f"https://ada:{TOKEN}@acme.invoiced.com/",
        f"/invoices/{TOKEN}/pdf",
        f"Authorization: Bearer {TOKEN}",
        f"/customers?q=Bearer%20{TOKEN}",
        f"it was called with api_key={TOKEN}",
        f'{{"password": "{TOKEN}"}}',
    ],
)
def test_a_token_in_a_text_is_hidden(text: str) -> None:
    """A token is hidden in addresses, headers, and after a name."""
    told = hidden({"text": text})["text"]

    assert (False, True) == (TOKEN in told, HIDDEN in told)


@pytest.mark.parametrize(
    "value",
    [
        {"name": "Ada", "notes": "url", "website_url": "https://x.com/team/ada"},
        {"id": "XpbG6hVKzXtQ1AbCdEf", "path": "/customers/XpbG6hVKzXtQ1AbCdEf"},
        {"token": None, "password": ""},
        {"link": "https://a-long-name-of-a-host.example/customers?page=2"},
        {"said": "a token of what it is worth", "key": "currency"},
    ],
)
def test_the_rest_is_left(value: dict[str, object]) -> None:
    """Ids, harmless addresses and words are left as they are."""
    assert value == hidden(value, [KEY])
