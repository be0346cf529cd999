"""Conversions find their agreement: at import, when one is signed later, when a partner's code becomes known."""

from datetime import date

import pytest

from alliance.kernel.tenancy import organization_scope
from campaigns.events import ConversionsMatched, ConversionsRecorded
from campaigns.models import Conversion
from campaigns.selectors import conversion_fact, conversion_facts
from campaigns.services.match_conversions import match_conversions
from partners.models import AllianceMembership
from partners.services.change_partner_code import change_partner_code
from tests.cast import NOW, full_cast, join, partner_organization, signed_agreement, signed_in
from tests.contract.campaigns import sheets
from tests.contract.campaigns.sheets import csv_bytes, imported
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def client(cast):
    client = signed_in(cast.host.owner)
    imported(client, cast, csv_bytes(sheets.EVERYTHING))
    return client


@pytest.fixture
def published(monkeypatch):
    heard = []
    for module in ("record_conversions", "match_conversions"):
        path = f"campaigns.services.{module}.publish"
        from alliance.kernel.events import publish

        def listening(event, *, now, publish=publish):
            heard.append(event)
            publish(event, now=now)

        monkeypatch.setattr(path, listening)
    return heard


def by_reference(cast):
    with organization_scope(cast.host.id):
        return {c.reference: c for c in Conversion.objects.all()}


def test_an_agreement_signed_later_takes_the_conversions_of_its_time(cast, client, published):
    signed = signed_agreement(cast.alliance, [(cast.host, "1/2"), (cast.south, "1/2")], name="South")
    deliver_all()
    found = by_reference(cast)["1002"]
    assert (found.agreement_id, found.match_issue) == (signed.id, "")
    matched = [e for e in published if isinstance(e, ConversionsMatched)]
    assert matched == [
        ConversionsMatched(
            alliance_id=str(cast.alliance.id), agreement_id=str(signed.id), conversion_ids=(str(found.pk),)
        )
    ]


def test_an_agreement_for_another_time_takes_nothing_and_one_in_another_currency_does(cast, client):
    """What an order in another currency comes to is settlements' to say: at the stored rate of its day, or it waits for one."""
    shares = [(cast.host, "1/2"), (cast.south, "1/2")]
    signed_agreement(cast.alliance, shares, name="Later", effective_from=date(2026, 3, 1))
    deliver_all()
    assert by_reference(cast)["1002"].match_issue == "no_agreement"
    yuan = signed_agreement(
        cast.alliance,
        shares,
        name="Yuan",
        currency="CNY",
        effective_from=date(2020, 1, 1),
        effective_to=date(2026, 3, 1),
    )
    deliver_all()
    found = by_reference(cast)["1002"]
    assert (found.match_issue, found.agreement_id) == ("", yuan.id)


def test_two_agreements_at_once_are_ambiguous(cast, client):
    shares = [(cast.host, "1/2"), (cast.north, "1/2")]
    signed_agreement(cast.alliance, shares, name="Second")
    deliver_all()
    assert by_reference(cast)["1001"].agreement_id == cast.agreement.id  # a match once made stays
    imported(client, cast, csv_bytes([("77", *sheets.SALE[1:])]))
    found = by_reference(cast)["77"]
    assert (found.agreement_id, found.partner_id, found.match_issue) == (None, cast.north.id, "ambiguous")


def test_a_partner_who_joins_with_the_code_gets_its_conversions(cast, client):
    late = partner_organization(name="Late")
    join(cast.alliance, late, code="nobody")
    deliver_all()
    found = by_reference(cast)["1003"]
    assert (found.partner_id, found.match_issue) == (late.id, "no_agreement")
    with organization_scope(late.id):
        assert [c.reference for c in Conversion.objects.all()] == ["1003"]
    signed = signed_agreement(cast.alliance, [(cast.host, "1/2"), (late, "1/2")], name="Late")
    deliver_all()
    assert by_reference(cast)["1003"].agreement_id == signed.id


def test_a_partner_who_is_given_the_code_gets_its_conversions(cast, client):
    with organization_scope(cast.host.id):
        membership_id = AllianceMembership.objects.values_list("pk", flat=True).get(organization_id=cast.north.id)
        change_partner_code(actor=cast.host.system, membership_id=membership_id, partner_code="nobody", now=NOW)
    deliver_all()
    found = by_reference(cast)
    assert (found["1003"].partner_id, found["1003"].agreement_id) == (cast.north.id, cast.agreement.id)
    assert found["1001"].agreement_id == cast.agreement.id


def test_matching_again_changes_nothing(cast, client, published):
    with organization_scope(cast.host.id):
        assert match_conversions(actor=cast.host.system, alliance_id=cast.alliance.id, now=NOW) == 0
    assert published == []


def test_messages_are_cut_at_five_hundred(cast, client, published):
    rows = [(f"5{n:04}", "2026-02-03 10:00:00", "A", "", "1", "1.00", "", "south") for n in range(1100)]
    imported(client, cast, csv_bytes(rows))
    recorded = [len(e.conversion_ids) for e in published if isinstance(e, ConversionsRecorded)]
    assert recorded == [500, 500, 100]
    signed_agreement(cast.alliance, [(cast.host, "1/2"), (cast.south, "1/2")], name="South")
    deliver_all()
    matched = [len(e.conversion_ids) for e in published if isinstance(e, ConversionsMatched)]
    assert matched == [500, 500, 101]


def test_facts_for_settlements(cast, client):
    found = by_reference(cast)["C1001"]
    with organization_scope(cast.host.id):
        fact = conversion_fact(found.pk)
        assert conversion_facts([str(found.pk)]) == [fact]
    assert (fact.kind, fact.amount_minor, fact.currency, fact.reference) == ("refund", -500, "EUR", "C1001")
    assert (fact.host_id, fact.partner_id, fact.agreement_id) == (cast.host.id, cast.north.id, cast.agreement.id)
    with organization_scope(cast.stranger.id):
        assert conversion_facts([found.pk]) == []
