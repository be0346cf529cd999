"""New terms for an agreement that is in force."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from partners.domain.proposal import Proposal
from partners.models import TermsVersion
from partners.selectors import accepted_terms, terms_in_force
from partners.services.propose_version import propose_version
from tests.agreements import THIRTY_DAYS, propose_next
from tests.cast import NOW, Cast, full_cast, signed_in


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


def _data(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "effective_on": "2026-05-01",
        "until_on": "",
        "remainder": "first_in_order",
        "signer_name": "Olga Owner",
        "rows": "2",
        "row-0-organization": str(cast.host.id),
        "row-0-share": "55",
        "row-1-organization": str(cast.north.id),
        "row-1-share": "45",
    } | changes


def _page(cast: Cast) -> str:
    return reverse("portal:version_propose", args=[cast.agreement.id])


def _version(cast: Cast, number: int) -> TermsVersion:
    with organization_scope(cast.host.id):
        return TermsVersion.objects.get(agreement_id=cast.agreement.id, number=number)


def _sign(cast: Cast, version: TermsVersion, person) -> object:
    address = reverse("portal:version_accept", args=[cast.agreement.id, version.id])
    data = {"document_sha256": version.document_sha256, "signer_name": "N", "confirmed": "on"}
    return signed_in(person).post(address, data)


def test_an_accepted_successor_ends_the_open_version_where_it_begins(cast):
    response = signed_in(cast.host.owner).post(_page(cast), _data(cast))
    assert response.status_code == 302
    assert _version(cast, 1).effective_to is None
    assert _sign(cast, _version(cast, 2), cast.north.owner).status_code == 302
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    assert _version(cast, 1).effective_to == begin
    assert _version(cast, 1).document["effective_to"] is None
    with organization_scope(cast.north.id):
        before = terms_in_force(agreement_id=cast.agreement.id, at=datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC))
        after = accepted_terms(alliance_id=cast.alliance.id).in_force(partner_id=cast.north.id, at=begin)
    assert (before.number, after.number) == (1, 2)


def test_the_form_begins_with_the_present_shares(cast):
    page = signed_in(cast.north.owner).get(_page(cast)).content.decode()
    assert 'value="60 %"' in page
    assert 'value="40 %"' in page


def test_a_version_over_a_settled_time_is_refused_by_the_last_signature(cast):
    signed_in(cast.host.owner).post(_page(cast), _data(cast))
    _sign(cast, _version(cast, 2), cast.north.owner)
    signed_in(cast.host.owner).post(_page(cast), _data(cast, effective_on="2026-04-01", until_on="2026-06-01"))
    response = _sign(cast, _version(cast, 3), cast.north.owner)
    assert response.status_code == 422
    assert "already in force during a part of this time" in response.content.decode()
    assert _version(cast, 3).status == "proposed"
    assert _version(cast, 1).effective_to == datetime(2026, 5, 1, tzinfo=UTC)


def test_the_parties_stay(cast):
    data = _data(cast, **{"row-1-organization": str(cast.south.id)})
    assert signed_in(cast.host.owner).post(_page(cast), data).status_code == 422
    alone = _data(cast, **{"row-0-share": "100", "row-1-organization": "", "row-1-share": ""})
    assert signed_in(cast.host.owner).post(_page(cast), alone).status_code == 422


def test_who_may(cast):
    assert signed_in(cast.stranger.owner).get(_page(cast)).status_code == 404
    assert signed_in(cast.south.owner).post(_page(cast), _data(cast)).status_code == 404
    assert signed_in(cast.north.viewer).post(_page(cast), _data(cast)).status_code == 403
    assert signed_in(cast.north.owner).patch(_page(cast)).status_code == 405


def test_the_form_warns_when_shares_alone_would_lose_something(cast):
    client = signed_in(cast.host.owner)
    lost = "none of it would stay"
    assert lost not in client.get(_page(cast)).content.decode()
    with organization_scope(cast.host.id):
        terms = TermsVersion.objects.get(agreement_id=cast.agreement.id).parsed().to_json() | {"hold": {"days": 30}}
        proposal = Proposal.of_whole(terms, date(2026, 5, 1))
        propose_version(actor=cast.host.actor(), agreement_id=cast.agreement.id, proposal=proposal, now=NOW)
    for party in (cast.host, cast.north):
        assert _sign(cast, _version(cast, 2), party.owner).status_code == 302
    assert lost in client.get(_page(cast)).content.decode()


def test_what_is_signed_beside_the_terms_stays_when_only_shares_change(cast):
    propose_next(cast.agreement, date(2026, 5, 1), paper=THIRTY_DAYS)
    for party in (cast.host, cast.north):
        assert _sign(cast, _version(cast, 2), party.owner).status_code == 302
    assert signed_in(cast.host.owner).post(_page(cast), _data(cast, effective_on="2026-07-01")).status_code == 302
    assert _version(cast, 3).end_rule == THIRTY_DAYS.end_rule
