"""Accepting a version through the portal."""

import pytest
from django.urls import reverse

from alliance.kernel.models import AuditEvent, OutboxMessage
from alliance.kernel.tenancy import organization_scope
from partners.models import Acceptance, Agreement, TermsVersion
from tests.cast import AgreementOf, Cast, accept, full_cast, proposed_agreement, signed_in


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


@pytest.fixture
def waiting(cast: Cast) -> AgreementOf:
    return proposed_agreement(cast.alliance, [(cast.host, "60"), (cast.south, "40")], name="Waiting")


def _page(agreement: AgreementOf) -> str:
    return reverse("portal:version_accept", args=[agreement.id, agreement.version_id])


def _data(agreement: AgreementOf, **changes: str) -> dict[str, str]:
    return {"document_sha256": agreement.document_sha256, "signer_name": "Mo Manager", "confirmed": "on"} | changes


def _state(agreement: AgreementOf) -> tuple[str, str, int]:
    with organization_scope(agreement.alliance.host.id):
        signatures = Acceptance.objects.filter(version_id=agreement.version_id).count()
        status = Agreement.objects.get(pk=agreement.id).status
        return status, TermsVersion.objects.get(pk=agreement.version_id).status, signatures


def test_the_last_signature_puts_it_in_force(cast, waiting):
    first = signed_in(cast.host.manager).post(_page(waiting), _data(waiting), follow=True)
    assert "have yet to accept" in first.content.decode()
    assert _state(waiting) == ("proposed", "proposed", 1)
    last = signed_in(cast.south.manager).post(_page(waiting), _data(waiting), follow=True)
    assert "Every party has accepted" in last.content.decode()
    assert _state(waiting) == ("signed", "accepted", 2)


def test_the_signature_keeps_its_evidence(cast, waiting):
    client = signed_in(cast.south.manager)
    client.cookies["django_language"] = "zh-hans"
    data = _data(waiting, signer_title=" Head of Partnerships ")
    browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    client.post(_page(waiting), data, REMOTE_ADDR="203.0.113.77", headers={"User-Agent": browser})
    with organization_scope(cast.host.id):
        signature = Acceptance.objects.get(version_id=waiting.version_id)
    assert (signature.signer_name, signature.signer_role, signature.language) == ("Mo Manager", "manager", "zh-hans")
    assert signature.ip_prefix == "203.0.113.0/24"
    assert signature.user_id == cast.south.manager.pk
    assert signature.document_sha256 == waiting.document_sha256
    with organization_scope(cast.south.id):
        assert AuditEvent.objects.filter(action="agreement.accepted", target_id=str(signature.id)).count() == 1
    assert (signature.signer_title, signature.browser) == ("Head of Partnerships", "Firefox")
    address = reverse("portal:agreement_version", args=[waiting.id, waiting.version_id])
    page = signed_in(cast.host.viewer).get(address).content.decode()
    for shown in ("Mo Manager", "Head of Partnerships", "Firefox", "203.0.113.0/24", waiting.document_sha256):
        assert shown in page, shown


def test_every_party_and_the_host_hear_of_it_whoever_signs_last(cast):
    parties = (cast.host, cast.south, cast.north)
    waiting = proposed_agreement(cast.alliance, [(party, "1/3") for party in parties])
    for party in parties:
        accept(waiting, party)
    for party in parties:
        with organization_scope(party.id):
            message = OutboxMessage.objects.get(topic="partners.AgreementSigned", payload__agreement_id=str(waiting.id))
            assert message.payload["version_id"] == str(waiting.version_id)
            assert message.payload["host_id"] == str(cast.host.id)
    with organization_scope(cast.stranger.id):
        assert not OutboxMessage.objects.filter(topic="partners.AgreementSigned").exists()


def test_the_page_shows_the_terms_in_both_languages(cast, waiting):
    page = signed_in(cast.south.owner).get(_page(waiting)).content.decode()
    assert "South Motors gets 40%." in page
    assert 'lang="zh-hans"' in page
    assert waiting.document_sha256 in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"signer_name": ""}, "required"),
        ({"signer_name": "   "}, "required"),
        ({"confirmed": ""}, "Confirm that you accept"),
        ({"document_sha256": "0" * 64}, "not the terms that are proposed now"),
        ({"document_sha256": ""}, "not the terms that are proposed now"),
    ],
)
def test_bad_input(cast, waiting, changes, sentence):
    response = signed_in(cast.host.owner).post(_page(waiting), _data(waiting, **changes))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert _state(waiting) == ("proposed", "proposed", 0)


def test_a_withdrawn_version_takes_no_signature(cast, waiting):
    signed_in(cast.host.owner).post(reverse("portal:version_withdraw", args=[waiting.id, waiting.version_id]))
    response = signed_in(cast.south.owner).post(_page(waiting), _data(waiting))
    assert response.status_code == 422
    assert "no longer waits for signatures" in response.content.decode()


def test_strangers_and_other_partners_find_nothing(cast, waiting):
    for outsider in (cast.stranger, cast.north):
        client = signed_in(outsider.owner)
        assert client.get(_page(waiting)).status_code == 404
        assert client.post(_page(waiting), _data(waiting)).status_code == 404
        assert client.get(reverse("portal:agreement", args=[waiting.id])).status_code == 404
    assert _state(waiting) == ("proposed", "proposed", 0)


def test_the_version_belongs_to_its_agreement(cast, waiting):
    mixed = reverse("portal:version_accept", args=[cast.agreement.id, waiting.version_id])
    assert signed_in(cast.host.owner).get(mixed).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_who_may_not_sign(cast, waiting, role):
    client = signed_in(getattr(cast.south, role))
    assert client.post(_page(waiting), _data(waiting)).status_code == 403
    assert _state(waiting)[2] == 0


def test_wrong_method(cast, waiting):
    assert signed_in(cast.host.owner).put(_page(waiting)).status_code == 405


def test_repeating_changes_nothing(cast, waiting):
    client = signed_in(cast.host.owner)
    client.post(_page(waiting), _data(waiting))
    again = client.post(_page(waiting), _data(waiting, signer_name="Somebody Else"), follow=True)
    assert again.status_code == 200
    assert _state(waiting) == ("proposed", "proposed", 1)
