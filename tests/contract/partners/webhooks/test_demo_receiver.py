"""The demo's receiver: it keeps what is signed with the endpoint's secret, once, and refuses the rest."""

import json
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.test import Client

from alliance.demo.models import ReceivedWebhook, WebhookReceiver
from alliance.demo.receiver import ensure_receiver
from alliance.demo.world import HOST, actor_of, ensure_world
from alliance.kernel.clock import utc_now
from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import organization_scope
from partners.webhooks.models import WebhookEndpoint
from partners.webhooks.services.remove_endpoint import remove_endpoint
from partners.webhooks.signing import new_secret, signed_headers
from tests.cast import NOW, host_organization, signed_in
from tests.webhooks import endpoint_of

ADDRESS = "/demo/webhooks/"
BODY = json.dumps({"type": "webhook.test", "timestamp": "2026-03-01T00:00:00Z", "data": {}})


@pytest.fixture
def secret(db, settings):
    settings.DEMO = True
    made = new_secret()
    WebhookReceiver.objects.create(endpoint_id=new_id(), secret=made)
    return made


def post(secret, *, body=BODY, at=None, message_id=None):
    headers = signed_headers(message_id=message_id or new_id(), body=BODY, keys=[secret], at=at or utc_now())
    return Client(enforce_csrf_checks=True).post(ADDRESS, body, content_type="application/json", headers=headers)


def test_a_signed_message_is_kept_once(secret):
    message_id = new_id()
    assert [post(secret, message_id=message_id).status_code for _ in range(2)] == [204, 204]
    assert ReceivedWebhook.objects.count() == 1
    shown = Client().get(ADDRESS).content.decode()
    assert "webhook.test" in shown
    assert f"msg_{message_id.hex}" in shown


def test_anything_else_is_refused(secret):
    assert post(new_secret()).status_code == 400
    assert post(secret, body=BODY + " ").status_code == 400
    assert post(secret, at=utc_now() - timedelta(minutes=6)).status_code == 400
    assert Client().post(ADDRESS, BODY, content_type="application/json").status_code == 400
    assert ReceivedWebhook.objects.count() == 0


def test_there_is_no_receiver_outside_a_demo(secret, settings):
    settings.DEMO = False
    assert post(secret).status_code == 404
    assert Client().get(ADDRESS).status_code == 404


def test_the_demos_endpoint_follows_the_demo_to_another_port(db, settings):
    settings.OUTGOING_HTTP_PLAIN = True
    settings.OUTGOING_HTTP_PORTS = frozenset({8000, 8001})
    settings.OUTGOING_HTTP_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"), ip_network("::1/128"))
    ensure_world(first_day=NOW.date(), now=NOW)
    for port in (8000, 8000, 8001):
        settings.SITE_URL = f"http://localhost:{port}"
        ensure_receiver(now=NOW)
    receiver = WebhookReceiver.objects.get()
    with organization_scope(HOST.id):
        endpoint = WebhookEndpoint.objects.get()
        assert (endpoint.pk, endpoint.url) == (receiver.endpoint_id, "http://localhost:8001/demo/webhooks/")
        remove_endpoint(actor=actor_of(HOST), endpoint_id=endpoint.pk, now=NOW)
    ensure_receiver(now=NOW)
    with organization_scope(HOST.id):
        assert not WebhookEndpoint.objects.filter(removed_at=None).exists()


def test_endpoints_in_trouble_wait_on_the_home_page(db):
    host = host_organization()
    endpoint = endpoint_of(host)
    assert "in trouble" not in signed_in(host.owner).get("/").content.decode()
    endpoint.change(failures=3)
    assert "/webhooks/?show=trouble" in signed_in(host.owner).get("/").content.decode()
    listed = signed_in(host.owner).get("/webhooks/?show=trouble").content.decode()
    assert "hooks.example" in listed
    endpoint.change(failures=0)
    assert "Every endpoint is well" in signed_in(host.owner).get("/webhooks/?show=trouble").content.decode()
