"""What the clock forgets, and who is told nothing."""

from datetime import timedelta

import pytest

from alliance.kernel.clock import utc_now
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import organization_scope
from partners.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from partners.webhooks.services.claim_due import claim_due
from partners.webhooks.services.forget_old import KEPT, forget_old
from partners.webhooks.services.remove_endpoint import remove_endpoint
from tests.cast import host_organization
from tests.contract.partners.webhooks.test_recording import attempt
from tests.operators import move
from tests.webhooks import endpoint_of, tell

pytestmark = pytest.mark.usefixtures("committed")


def messages(party):
    with organization_scope(party.id):
        return WebhookMessage.objects.count()


def test_the_log_is_kept_for_thirty_days_and_what_waits_for_longer():
    now = utc_now()
    long_ago = now - KEPT - timedelta(hours=1)
    served, waiting = host_organization(), host_organization()
    delivered, stuck = endpoint_of(served), endpoint_of(waiting)
    tell(served, now=long_ago)
    attempt(delivered, status=200, at=long_ago)
    tell(served, now=now)
    tell(waiting, now=long_ago)
    with organization_scope(waiting.id):
        gone = endpoint_of_removed(waiting, long_ago)
    assert forget_old(now=now) >= 1
    assert forget_old(now=now) == 0
    assert (messages(served), messages(waiting)) == (1, 1)
    assert [d.state for d in stuck.deliveries()] == ["pending"]
    with organization_scope(served.id):
        assert not WebhookAttempt.objects.exists()
    with organization_scope(waiting.id):
        assert not WebhookEndpoint.objects.filter(pk=gone).exists()


def endpoint_of_removed(party, at):
    endpoint = endpoint_of(party, "https://gone.example/")
    remove_endpoint(actor=party.actor(), endpoint_id=endpoint.id, now=at)
    return endpoint.id


def test_a_suspended_organization_is_told_nothing_and_sent_nothing_until_it_is_back():
    host = host_organization()
    endpoint = endpoint_of(host)
    tell(host)
    move(host, OrganizationStatus.SUSPENDED)
    assert tell(host) == 0
    assert endpoint.id not in {claim.endpoint_id for claim in claim_due(most=500)}
    move(host, OrganizationStatus.ACTIVE)
    assert endpoint.id in {claim.endpoint_id for claim in claim_due(most=500)}
    assert tell(host) == 1
