"""Webhooks in the portal: added, shown once, tried, watched, switched off, removed."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.http.outgoing import addresses
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.sealing import unseal
from alliance.kernel.tenancy import organization_scope
from partners.webhooks.models import WebhookDelivery, WebhookEndpoint
from partners.webhooks.signing import secret_purpose
from tests.cast import NOW, host_organization, member_of, partner_organization, signed_in
from tests.contract.partners.webhooks.test_recording import attempt
from tests.webhooks import PUBLIC, endpoint_of, tell


@pytest.fixture
def host(db, monkeypatch):
    monkeypatch.setattr(
        addresses, "resolve_name", lambda name, _port: {"inside.example": ["10.0.0.1"]}.get(name, ["93.184.215.14"])
    )
    return host_organization()


def address(name, *arguments):
    return reverse(f"portal:{name}", args=arguments)


def post(party, name, *arguments, by=None, **data):
    return signed_in(by or party.owner).post(address(name, *arguments), data)


def page(party, name, *arguments, by=None, **query):
    return signed_in(by or party.owner).get(address(name, *arguments), query)


def add(party, **changes):
    data = {"url": PUBLIC, "types": ["partner.joined", "agreement.signed"], "description": "Orders"} | changes
    return post(party, "webhook_create", **data)


def rows(party):
    with organization_scope(party.id):
        return list(WebhookEndpoint.objects.all())


def actions(party):
    with organization_scope(party.id):
        return list(AuditEvent.objects.order_by("id").values_list("action", flat=True))


def test_the_secret_is_shown_once_and_kept_sealed(host):
    response = add(host)
    assert "no-store" in response["Cache-Control"]
    secret = re.search(r'value="(whsec_[^"]+)"', response.content.decode())[1]
    [row] = rows(host)
    assert secret not in row.sealed_secret
    assert unseal(row.sealed_secret, purpose=secret_purpose(row.id)) == secret
    assert (row.types, row.description) == (["agreement.signed", "partner.joined"], "Orders")
    for name in ("webhooks", "audit"):
        assert secret not in page(host, name).content.decode()
    assert secret not in page(host, "webhook", row.id).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": "http://hooks.example/"}, "url"),
        ({"url": "https://inside.example/"}, "url"),
        ({"url": "https://169.254.169.254/"}, "url"),
        ({"url": "https://hooks.example:22/"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"types": []}, "types"),
        ({"types": ["no.such.type"]}, "types"),
        ({"description": "x" * 121}, "description"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_loses_nothing(host, changes, field):
    response = add(host, **changes)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    if field != "url":
        assert PUBLIC in response.content.decode()
    assert rows(host) == []


def test_there_is_an_end_to_endpoints(host):
    for number in range(20):
        endpoint_of(host, f"{PUBLIC}/{number}")
    response = add(host)
    assert response.status_code == 422
    assert "20" in response.content.decode()


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.DEVELOPER])
def test_who_may(host, role):
    user = host.owner if role is Role.OWNER else member_of(host, role)
    assert page(host, "webhooks", by=user).status_code == 200


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MARKETER, Role.ANALYST, Role.VIEWER])
def test_who_may_not(host, role):
    endpoint = endpoint_of(host)
    user = member_of(host, role)
    for name, arguments in [("webhooks", ()), ("webhook_create", ()), ("webhook", (endpoint.id,))]:
        assert page(host, name, *arguments, by=user).status_code == 403
    assert post(host, "webhook_rotate", endpoint.id, by=user).status_code == 403


def test_a_stranger_sees_nothing(host):
    endpoint = endpoint_of(host)
    tell(host)
    delivery = endpoint.deliveries()[0]
    stranger = partner_organization()
    for name, argument in [
        ("webhook", endpoint.id),
        ("webhook_change", endpoint.id),
        ("webhook_delivery", delivery.pk),
    ]:
        assert page(stranger, name, argument).status_code == 404
    for name in ("rotate", "off", "on", "remove", "test", "resend_failed"):
        assert post(stranger, f"webhook_{name}", endpoint.id, hours="24").status_code == 404
    assert post(stranger, "webhook_resend", delivery.pk).status_code == 404
    assert endpoint.row().is_enabled


@pytest.mark.parametrize("name", ["rotate", "off", "on", "remove", "test", "resend_failed"])
def test_what_changes_something_is_a_post(host, name):
    assert page(host, f"webhook_{name}", endpoint_of(host).id).status_code == 405


def test_changing_keeps_the_secret_and_is_recorded_once(host):
    endpoint = endpoint_of(host)
    sealed = endpoint.row().sealed_secret
    data = {"url": "https://other.example/", "types": ["agreement.signed"], "description": ""}
    for _ in range(2):
        assert post(host, "webhook_change", endpoint.id, **data).status_code == 302
    row = endpoint.row()
    assert (row.url, row.types, row.sealed_secret) == ("https://other.example/", ["agreement.signed"], sealed)
    assert actions(host).count("webhook.changed") == 1


def test_a_changed_address_is_checked(host):
    endpoint = endpoint_of(host)
    response = post(host, "webhook_change", endpoint.id, url="https://inside.example/", types=["agreement.signed"])
    assert response.status_code == 422
    assert endpoint.row().url == PUBLIC


def test_rotating_shows_the_new_secret_once(host):
    endpoint = endpoint_of(host)
    response = post(host, "webhook_rotate", endpoint.id)
    assert "no-store" in response["Cache-Control"]
    fresh = re.search(r'value="(whsec_[^"]+)"', response.content.decode())[1]
    row = endpoint.row()
    purpose = secret_purpose(row.id)
    assert unseal(row.sealed_secret, purpose=purpose) == fresh
    assert unseal(row.sealed_previous_secret, purpose=purpose) == endpoint.secret
    assert timedelta(hours=23) < row.previous_secret_until - utc_now() <= timedelta(hours=24)
    assert "webhook.secret_rotated" in actions(host)


def test_switching_off_ends_what_is_on_its_way_and_on_begins_anew(host):
    endpoint = endpoint_of(host)
    tell(host)
    for _ in range(2):
        post(host, "webhook_off", endpoint.id)
    assert (endpoint.row().is_enabled, endpoint.row().disabled_reason) == (False, "member")
    assert [d.state for d in endpoint.deliveries()] == ["failed"]
    assert "switched off" in page(host, "webhook", endpoint.id).content.decode()
    endpoint.change(failures=7, failing_since=NOW)
    for _ in range(2):
        post(host, "webhook_on", endpoint.id)
    assert (endpoint.row().is_enabled, endpoint.row().failures) == (True, 0)
    assert actions(host)[-2:] == ["webhook.switched_off", "webhook.switched_on"]


def test_what_failed_is_sent_again(host):
    endpoint = endpoint_of(host)
    tell(host, now=utc_now() - timedelta(days=2))
    tell(host, times=2, now=utc_now() - timedelta(hours=2))
    post(host, "webhook_off", endpoint.id)
    assert post(host, "webhook_resend_failed", endpoint.id, hours="24").status_code == 302
    assert {d.state for d in endpoint.deliveries()} == {"failed"}, "it is off"
    post(host, "webhook_on", endpoint.id)
    post(host, "webhook_resend_failed", endpoint.id, hours="24")
    assert [(d.state, d.tries) for d in endpoint.deliveries()] == [("failed", 0), ("pending", 0), ("pending", 0)]
    assert post(host, "webhook_resend_failed", endpoint.id, hours="7").status_code == 302
    post(host, "webhook_resend_failed", endpoint.id, hours="720")
    assert {d.state for d in endpoint.deliveries()} == {"pending"}


def test_one_message_is_sent_again_under_its_id(host):
    endpoint = endpoint_of(host)
    tell(host)
    attempt(endpoint, status=200)
    [delivery] = endpoint.deliveries()
    endpoint.change(rests_until=NOW + timedelta(days=999))
    response = post(host, "webhook_resend", delivery.pk)
    assert response["Location"] == address("webhook_delivery", delivery.pk)
    [again] = endpoint.deliveries()
    assert (again.pk, again.message_id, again.state) == (delivery.pk, delivery.message_id, "pending")
    assert endpoint.row().rests_until is None
    attempt(endpoint, status=200)
    assert [row.number for row in endpoint.attempts()] == [1, 2]


def test_a_test_message_goes_to_an_endpoint_whatever_it_wants(host):
    endpoint = endpoint_of(host)
    other = endpoint_of(host, "https://other.example/")
    response = post(host, "webhook_test", endpoint.id)
    [delivery] = endpoint.deliveries()
    assert response["Location"] == address("webhook_delivery", delivery.pk)
    assert endpoint.bodies()[0]["type"] == "webhook.test"
    assert endpoint.bodies()[0]["data"] == {"endpoint_id": str(endpoint.id)}
    assert other.deliveries() == []
    post(host, "webhook_off", endpoint.id)
    assert post(host, "webhook_test", endpoint.id)["Location"] == address("webhook", endpoint.id)
    assert len(endpoint.deliveries()) == 1


def test_a_removed_endpoint_is_gone_and_its_secret_with_it(host):
    endpoint = endpoint_of(host)
    tell(host)
    delivery = endpoint.deliveries()[0]
    assert post(host, "webhook_remove", endpoint.id)["Location"] == address("webhooks")
    assert page(host, "webhook", endpoint.id).status_code == 404
    assert post(host, "webhook_remove", endpoint.id).status_code == 404
    assert page(host, "webhook_delivery", delivery.pk).status_code == 200, "its log stays for a while"
    assert (endpoint.row().sealed_secret, endpoint.row().is_enabled) == ("", False)
    assert tell(host) == 0


def test_the_log_shows_requests_and_answers(host):
    endpoint = endpoint_of(host)
    tell(host, times=2)
    attempt(endpoint, status=500, response_headers={"server": "<script>"}, response_body=b"<b>broken</b>")
    attempt(endpoint, error="timed_out", at=NOW + timedelta(seconds=9))
    delivery = endpoint.deliveries()[0]
    shown = page(host, "webhook_delivery", delivery.pk).content.decode()
    assert "&lt;b&gt;broken&lt;/b&gt;" in shown
    assert "The server did not answer in time." in shown
    assert "[removed]" in shown
    assert "partner.joined" in shown
    listed = page(host, "webhook", endpoint.id)
    assert len(listed.context["table"].rows) == 2
    assert len(page(host, "webhook", endpoint.id, state="failed").context["table"].rows) == 0
    assert len(page(host, "webhook", endpoint.id, type="partner.joined").context["table"].rows) == 2
    assert len(page(host, "webhook", endpoint.id, type="agreement.signed").context["table"].rows) == 0
    assert len(page(host, "webhook", endpoint.id, state="nonsense").context["table"].rows) == 2


def test_the_list_and_the_catalogue_of_types(host):
    assert "No endpoint yet" in page(host, "webhooks").content.decode()
    endpoint_of(host)
    assert PUBLIC in page(host, "webhooks").content.decode()
    assert "agreement.signed" in page(host, "webhook_types").content.decode()


def test_the_log_is_read_in_a_number_of_queries_that_does_not_grow(host, django_assert_max_num_queries):
    endpoint = endpoint_of(host)
    tell(host, times=30)
    client = signed_in(host.owner)
    client.get(address("webhook", endpoint.id))
    with django_assert_max_num_queries(16):
        client.get(address("webhook", endpoint.id))
    with organization_scope(host.id):
        assert WebhookDelivery.objects.count() == 30
