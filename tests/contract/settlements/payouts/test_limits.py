"""A host's own limit above which two people approve: by owners, audited, by currency; a lower one reaches what waits."""

import json

import pytest
from django.db import DatabaseError
from django.urls import reverse

from alliance.kernel.actor import SecondFactorRequiredError
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.payouts.limits import approvals_needed
from settlements.payouts.models import PayoutBatch, PayoutLimit
from settlements.payouts.services.set_payout_limit import LimitNegativeError, LimitUnchangedError, set_payout_limit
from tests.api import Caller, problem
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY
from tests.contract.settlements.payouts.test_preparing import payable_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(db, settings):
    settings.PAYOUT_SECOND_APPROVER_ABOVE = "50000"
    return payable_market()


def limited(market, amount_minor, *, actor=None, currency="EUR", party=None):
    party = party or market.host
    with organization_scope(party.id):
        return set_payout_limit(
            actor=actor or party.actor(), currency=currency, amount_minor=amount_minor, now=FEBRUARY
        )


def needed(market, total_minor, currency="EUR"):
    with organization_scope(market.host.id):
        return approvals_needed(total_minor, currency)


def test_it_counts_above_by_currency_and_goes_back_to_the_installations(market):
    assert (needed(market, 5_000_000), needed(market, 5_000_001)) == (1, 2)
    limited(market, 3999)
    limited(market, 100, currency="JPY")
    assert (needed(market, 3999), needed(market, 4000)) == (1, 2)
    assert (needed(market, 100, "JPY"), needed(market, 101, "JPY"), needed(market, 5_000_000, "USD")) == (1, 2, 1)
    limited(market, 0)
    assert needed(market, 1) == 2
    limited(market, None)
    assert (needed(market, 5_000_000), needed(market, 5_000_001)) == (1, 2)


def batch_of(market, batch_id):
    with organization_scope(market.host.id):
        return PayoutBatch.objects.get(pk=batch_id)


def test_a_lower_limit_reaches_batches_that_wait_for_approval(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    other = batch_of(market, batch_id)
    limited(market, 4000)
    assert batch_of(market, batch_id).approvals_needed == 1
    limited(market, 100, currency="USD")
    assert batch_of(market, batch_id).approvals_needed == 1
    limited(market, 3999)
    assert (batch_of(market, batch_id).approvals_needed, batch_of(market, batch_id).content_sha256) == (
        2,
        other.content_sha256,
    )
    first = market.desk.approve(batch_id, now=FEBRUARY)
    assert (first.count, first.needed, first.is_reserved) == (1, 2, False)
    assert market.desk.approve(batch_id, now=FEBRUARY, actor=market.desk.another()).is_reserved
    with organization_scope(market.host.id):
        said = AuditEvent.objects.filter(action="payout_limit.set").order_by("pk").last()
        [asked] = AuditEvent.objects.filter(action="payout_batch.asked_again")
    assert (said.before["amount_minor"], said.after["amount_minor"]) == (4000, 3999)
    assert (asked.before["approvals_needed"], asked.after["approvals_needed"]) == (1, 2)


def test_a_higher_limit_takes_back_no_approval_that_was_asked_for(market):
    limited(market, 3999)
    batch_id = market.desk.prepare(now=FEBRUARY)
    assert not market.desk.approve(batch_id, now=FEBRUARY).is_reserved
    limited(market, 900000)
    assert batch_of(market, batch_id).approvals_needed == 2
    limited(market, 1)
    assert market.desk.approve(batch_id, now=FEBRUARY, actor=market.desk.another()).is_reserved


def test_the_installations_lower_limit_is_looked_at_when_somebody_approves(market, settings):
    batch_id = market.desk.prepare(now=FEBRUARY)
    settings.PAYOUT_SECOND_APPROVER_ABOVE = "39.99"
    assert not market.desk.approve(batch_id, now=FEBRUARY).is_reserved
    settings.PAYOUT_SECOND_APPROVER_ABOVE = "50000"
    assert market.desk.approve(batch_id, now=FEBRUARY, actor=market.desk.another()).is_reserved


def test_what_is_wholly_approved_keeps_its_approval(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    assert market.desk.approve(batch_id, now=FEBRUARY).is_reserved
    limited(market, 0)
    assert (batch_of(market, batch_id).approvals_needed, batch_of(market, batch_id).state) == (1, "approved")


def test_a_lower_limit_asks_for_two(market):
    limited(market, 3999)
    batch_id = market.desk.prepare(now=FEBRUARY)
    assert not market.desk.approve(batch_id, now=FEBRUARY).is_reserved
    assert market.desk.approve(batch_id, now=FEBRUARY, actor=market.desk.another()).is_reserved


def test_only_owners_of_a_host_with_a_second_factor_and_only_what_changes_something(market):
    for actor in (market.host.actor(Role.FINANCE), market.host.actor(Role.MANAGER)):
        with pytest.raises(NotPermittedError):
            limited(market, 1, actor=actor)
    with pytest.raises(SecondFactorRequiredError):
        limited(market, 1, actor=market.host.actor(has_second_factor=False))
    with pytest.raises(NotPermittedError):
        limited(market, 1, party=market.north)
    with pytest.raises(LimitNegativeError):
        limited(market, -1)
    with pytest.raises(LimitUnchangedError):
        limited(market, None)
    limited(market, 1)
    with pytest.raises(LimitUnchangedError):
        limited(market, 1)
    with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
        PayoutLimit.objects.update(amount_minor=9)


def test_the_page(market):
    page, set_ = reverse("portal:payout_limits"), reverse("portal:payout_limit_set")
    owner = signed_in(market.host.owner, second_factor=True)
    assert "As the platform has it" in owner.get(page).content.decode()
    wrong = owner.post(set_, {"currency": "EUR", "amount": "1.234"})
    assert wrong.status_code == 422
    assert owner.post(set_, {"currency": "EUR", "amount": "39.99"}).url == page
    assert "€39.99" in owner.get(page).content.decode()
    finance = signed_in(market.host.user(Role.FINANCE), second_factor=True)
    assert set_ not in finance.get(page).content.decode()
    assert finance.post(set_, {"currency": "EUR", "amount": "9"}).status_code == 403
    assert signed_in(market.north.owner, second_factor=True).get(page).status_code == 404


def test_programs_read_and_owners_change_in_person(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    read, change = "/api/v1/payout-limits", "/api/v1/payout-limit-changes"
    [now] = json.loads(Caller(market.host).get(read).content)
    assert now == {"currency": "EUR", "amount_minor": 5_000_000, "is_own": False, "set_by": "", "set_at": None}
    problem(Caller(market.host, [Permission.STATEMENT_READ]).get(read), 403, "not_permitted")
    problem(Caller(market.north).get(read), 404, "not_found")
    assert Caller(market.host).post(change, {"currency": "EUR", "amount_minor": 1}).status_code == 403

    def changed(user, body, *, factor=True):
        client = signed_in(user, second_factor=factor)
        return client.post(change, json.dumps(body), content_type="application/json")

    answer = changed(market.host.owner, {"currency": "EUR", "amount_minor": 3999})
    assert answer.status_code == 201, answer.content
    assert json.loads(answer.content)["amount_minor"] == 3999
    [now] = json.loads(Caller(market.host).get(read).content)
    assert (now["amount_minor"], now["is_own"]) == (3999, True)
    batch = json.loads(Caller(market.host).get(f"/api/v1/payout-batches/{batch_id}").content)
    assert batch["approvals_needed"] == 2
    problem(changed(market.host.owner, {"currency": "EUR", "amount_minor": 3999}), 409, "limit_unchanged")
    problem(changed(market.host.owner, {"currency": "EUR", "amount_minor": -1}), 422, "limit_negative")
    assert changed(market.host.owner, {"currency": "EUR"}).status_code == 422
    assert changed(market.host.owner, {"currency": "EUR", "amount_minor": 1}, factor=False).status_code == 403
    for refused in (market.host.user(Role.FINANCE), market.north.owner):
        assert changed(refused, {"currency": "EUR", "amount_minor": 2}).status_code in {403, 404}
    assert changed(market.host.owner, {"currency": "EUR", "amount_minor": None}).status_code == 201
    [now] = json.loads(Caller(market.host).get(read).content)
    assert (now["amount_minor"], now["is_own"]) == (5_000_000, False)
    batch = json.loads(Caller(market.host).get(f"/api/v1/payout-batches/{batch_id}").content)
    assert batch["approvals_needed"] == 2
