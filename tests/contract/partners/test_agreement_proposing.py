"""Proposing an agreement through the portal."""

from fractions import Fraction

import pytest
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from partners.models import Acceptance, Agreement, TermsVersion
from tests.cast import Cast, full_cast, signed_in


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


def _page(cast: Cast) -> str:
    return reverse("portal:agreement_propose", args=[cast.alliance.id])


def _data(*shares, **changes):
    data = {
        "name": "Courses with kits",
        "currency": "eur",
        "time_zone": "Europe/London",
        "effective_on": "2026-04-01",
        "until_on": "",
        "remainder": "largest_remainder",
        "signer_name": "",
        "rows": str(len(shares)),
    }
    for number, (party, share) in enumerate(shares):
        data |= {f"row-{number}-organization": str(party.id) if party else "", f"row-{number}-share": share}
    return data | changes


def _proposed(cast: Cast) -> list[Agreement]:
    with organization_scope(cast.host.id):
        return list(Agreement.objects.filter(name="Courses with kits"))


def test_works_with_exact_shares_and_local_days(cast):
    data = _data((cast.host, "1/3"), (cast.south, "50 %"), (cast.north, "1/6"), (None, ""))
    response = signed_in(cast.host.manager).post(_page(cast), data, follow=True)
    [agreement] = _proposed(cast)
    assert response.redirect_chain == [(reverse("portal:agreement", args=[agreement.id]), 302)]
    assert "waits for every party" in response.content.decode()
    with organization_scope(cast.south.id):
        version = TermsVersion.objects.get(agreement=agreement)
        assert [share.share for share in version.parsed().plain_shares] == [
            Fraction(1, 3),
            Fraction(1, 2),
            Fraction(1, 6),
        ]
        assert version.parsed().currency == "EUR"
        assert version.effective_from.isoformat() == "2026-03-31T23:00:00+00:00"  # midnight in London's summer
        assert version.effective_to is None


def test_a_partner_proposes_too_and_signs_at_once(cast):
    data = _data((cast.south, "0.4"), (cast.host, "0.6"), signer_name="Sue South")
    response = signed_in(cast.south.owner).post(_page(cast), data)
    [agreement] = _proposed(cast)
    assert response.status_code == 302
    with organization_scope(cast.host.id):
        [signature] = Acceptance.objects.filter(agreement=agreement)
        assert (signature.organization_id, signature.signer_name) == (cast.south.id, "Sue South")
    assert "waits for your acceptance" in signed_in(cast.host.owner).get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"row-1-share": "50"}, "add up to exactly 100"),
        ({"row-1-share": "forty"}, "Write each share as"),
        ({"row-1-share": ""}, "Name the party and its share"),
        ({"currency": "XXQ"}, "not a currency"),
        ({"name": " "}, "required"),
        ({"until_on": "2026-03-01"}, "The end comes after the beginning"),
        ({"effective_on": "yesterday"}, "valid date"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
        ({"remainder": "to_me"}, "valid choice"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(cast, changes, sentence):
    data = _data((cast.host, "60"), (cast.south, "40")) | changes
    response = signed_in(cast.host.owner).post(_page(cast), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert _proposed(cast) == []


def test_the_same_party_twice_is_refused(cast):
    response = signed_in(cast.host.owner).post(_page(cast), _data((cast.host, "60"), (cast.host, "40")))
    assert "Each party is named once" in response.content.decode()


def test_nobody_proposes_between_others(cast):
    response = signed_in(cast.host.owner).post(_page(cast), _data((cast.north, "60"), (cast.south, "40")))
    assert "Your own organization is one of the parties" in response.content.decode()


def test_a_party_outside_the_alliance_is_no_choice(cast):
    response = signed_in(cast.host.owner).post(_page(cast), _data((cast.host, "60"), (cast.stranger, "40")))
    assert response.status_code == 422
    assert _proposed(cast) == []


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_rows_grow_without_losing_what_was_typed(cast, headers):
    data = _data((cast.host, "60"), (cast.south, "40"), add_row="1")
    response = signed_in(cast.host.owner).post(_page(cast), data, headers=headers)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="row-2-share"' in page
    assert 'value="60"' in page
    assert ("<html" in page) is (not headers)
    assert _proposed(cast) == []


def test_a_stranger_finds_nothing(cast):
    client = signed_in(cast.stranger.owner)
    assert client.get(_page(cast)).status_code == 404
    assert client.post(_page(cast), _data((cast.stranger, "60"), (cast.host, "40"))).status_code == 404


def test_a_viewer_may_not(cast):
    client = signed_in(cast.host.viewer)
    assert client.get(_page(cast)).status_code == 403
    assert client.post(_page(cast), _data((cast.host, "60"), (cast.south, "40"))).status_code == 403


def test_signed_out_people_sign_in_first(cast, client):
    assert client.get(_page(cast)).headers["Location"].startswith(reverse("account_login"))


def test_wrong_method(cast):
    assert signed_in(cast.host.owner).delete(_page(cast)).status_code == 405


def test_a_declined_first_version_ends_the_agreement(cast):
    signed_in(cast.host.owner).post(_page(cast), _data((cast.host, "60"), (cast.south, "40")))
    [agreement] = _proposed(cast)
    with organization_scope(cast.host.id):
        version = TermsVersion.objects.get(agreement=agreement)
    address = reverse("portal:version_decline", args=[agreement.id, version.id])
    reason = {"reason": "The share is too small"}
    assert signed_in(cast.north.owner).post(address, reason).status_code == 404
    assert signed_in(cast.south.viewer).post(address, reason).status_code == 403
    assert signed_in(cast.south.owner).put(address).status_code == 405
    assert signed_in(cast.south.owner).get(address).status_code == 200
    missing = signed_in(cast.south.owner).post(address, {"reason": " "})
    assert (missing.status_code, "required" in missing.content.decode()) == (422, True)
    own = signed_in(cast.host.owner).post(address, reason)
    assert (own.status_code, "You can withdraw it" in own.content.decode()) == (422, True)
    said = signed_in(cast.south.owner).post(address, reason, follow=True).content.decode()
    assert "The proposal is declined" in said
    assert "The share is too small" in said
    with organization_scope(cast.host.id):
        version.refresh_from_db()
        agreement.refresh_from_db()
    assert (version.status, agreement.status, version.closed_by_id) == ("declined", "ended", cast.south.id)


def test_a_withdrawn_first_version_ends_the_agreement(cast):
    signed_in(cast.host.owner).post(_page(cast), _data((cast.host, "60"), (cast.south, "40")))
    [agreement] = _proposed(cast)
    with organization_scope(cast.host.id):
        version = TermsVersion.objects.get(agreement=agreement)
    address = reverse("portal:version_withdraw", args=[agreement.id, version.id])
    assert signed_in(cast.south.owner).post(address).status_code == 403
    assert signed_in(cast.host.owner).get(address).status_code == 405
    for _ in range(2):
        said = signed_in(cast.host.owner).post(address, follow=True).content.decode()
        assert "The proposal is withdrawn" in said
    with organization_scope(cast.host.id):
        version.refresh_from_db()
        agreement.refresh_from_db()
    assert (version.status, agreement.status) == ("withdrawn", "ended")
