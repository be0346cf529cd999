"""Secrets go, everything else stays: a log that hides amounts and ids helps nobody."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.scrubbing import BLANK, is_secret_name, scrubbed, scrubbed_text, without_secrets


@pytest.mark.parametrize(
    "text",
    [
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "2026-03-01T12:00:00+00:00",
        "9747747.93 GBP",
        "order 536365 of 2010-12-01 08:26",
        "https://alliance.example/agreements/1?page=2",
        "postgresql://localhost:5432/alliance",
        "the token has expired; basic terms apply",
        "GET /orders/C536379",
        "第 3 期结算单",
    ],
)
def test_what_is_no_secret_stays(text):
    assert scrubbed_text(text) == text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("redis://:sesame@cache:6379/0", "sesame"),
        ("postgresql://u:s%40same@db/x failed", "same@"),
        ("Bearer abcdefghijklmnop1234", "abcdefgh"),
        ("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpw"),
        ('{"password": "hunter2"}', "hunter2"),
        ("api_key=hunter2;x=1", "hunter2"),
        ("pa_0123456789abcdef0123", "0123456789"),
        ("wrote to li.wei@example.cn", "li.wei"),
        ("GB33BUKB20201555555555", "BUKB2020"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "MIIE"),
    ],
)
def test_what_looks_like_a_secret_goes(text, secret):
    assert secret not in scrubbed_text(text)
    assert BLANK in scrubbed_text(text)


@pytest.mark.parametrize(
    "name", ["password", "new_password1", "Authorization", "api_key", "apiKey", "totp", "iban", "sessionid"]
)
def test_secret_names(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["name", "amount_minor", "footprint", "caliban", "currency", "partner_code", "actor_id"]
)
def test_names_that_are_not_secret(name):
    assert not is_secret_name(name)


_plain = st.none() | st.booleans() | st.integers() | st.text()
_values = st.recursive(_plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@given(_values)
def test_any_value_survives_and_scrubbing_twice_changes_nothing(value):
    once = scrubbed(value)
    json.dumps(once)
    assert scrubbed(once) == once


@given(st.dictionaries(st.text(), _plain))
def test_without_secrets_keeps_every_text_under_an_innocent_name(values):
    kept = without_secrets(values)
    assert all(kept[name] == (BLANK if is_secret_name(name) else value) for name, value in values.items())


def test_other_types_are_left_alone():
    values = {"at": datetime(2026, 1, 1, tzinfo=UTC), "share": Decimal("0.6")}
    assert scrubbed(values) == values
