"""Two versions of an agreement side by side, with the words and numbers that differ marked."""

from datetime import date

import pytest
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from partners.domain.proposal import Proposal
from partners.services.propose_version import propose_version
from tests.cast import NOW, Cast, full_cast, signed_in
from tests.contract.partners.drafts.drafting import draft_of, plain


@pytest.fixture
def cast(db) -> Cast:
    cast = full_cast()
    terms = plain(cast.host, cast.north, hold={"days": 30})
    with organization_scope(cast.host.id):
        propose_version(
            actor=cast.host.actor(),
            agreement_id=cast.agreement.id,
            proposal=Proposal.of_whole(terms, date(2026, 5, 1)),
            now=NOW,
        )
    return cast


def address(cast):
    return reverse("portal:agreement_difference", args=[cast.agreement.id])


def text(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_latest_version_is_compared_with_the_one_before_it(cast):
    page = text(signed_in(cast.north.owner).get(address(cast)))
    assert "From version 1 to version 2" in page
    assert '<del><span class="visually-hidden">[removed: </span>60%<span class="visually-hidden">]</span></del>' in page
    assert '<ins><span class="visually-hidden">[new: </span>50%<span class="visually-hidden">]</span></ins>' in page
    assert "30 whole days after the conversion" in page
    assert "Amounts are in EUR." not in page


def test_what_stays_is_shown_on_demand_and_the_order_is_the_readers(cast):
    client = signed_in(cast.north.viewer)
    everything = text(client.get(address(cast), {"all": "1"}))
    assert everything.count("Amounts are in EUR.") == 2
    back = text(client.get(address(cast), {"from": "2", "to": "1"}))
    assert '</span>50%<span class="visually-hidden">]</span></del>' in back
    same = text(client.get(address(cast), {"from": "2", "to": "2"}))
    assert "The two say the same." in same


def test_in_chinese(cast):
    client = signed_in(cast.north.owner)
    client.cookies["django_language"] = "zh-hans"
    page = text(client.get(address(cast)))
    assert "从第 1 版到第 2 版" in page
    assert '</span>60%<span class="visually-hidden">]</span></del>' in page


def test_who_may_and_which_versions_there_are(cast):
    assert signed_in(cast.stranger.owner).get(address(cast)).status_code == 404
    assert signed_in(cast.south.owner).get(address(cast)).status_code == 404
    client = signed_in(cast.host.owner)
    for wrong in ({"to": "9"}, {"from": "x"}, {"from": "²"}, {"to": "99999999999999999999"}):
        assert client.get(address(cast), wrong).status_code == 404
    assert client.post(address(cast)).status_code == 405


def test_a_draft_shows_what_it_changes_before_it_is_proposed(cast):
    terms = plain(cast.host, cast.north, hold={"days": 45})
    draft_id = draft_of(cast, terms, agreement_id=cast.agreement.id)
    client = signed_in(cast.host.owner)
    for name in ("draft", "draft_propose"):
        page = text(client.get(reverse(f"portal:{name}", args=[draft_id])))
        assert "45 whole days after the conversion" in page
        assert '</span>60%<span class="visually-hidden">]</span></del>' in page
