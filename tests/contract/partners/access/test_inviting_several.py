"""Several people are invited at once: all of them, or nobody."""

import pytest
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Invitation
from tests.cast import Party, partner_organization, signed_in
from tests.outbox import deliver_all


@pytest.fixture
def north(db) -> Party:
    return partner_organization(name="North")


def _invite(party: Party, text: str, role: Role = Role.ANALYST):
    data = {"email": text, "role": role.value, "language": "en"}
    return signed_in(party.owner).post(reverse("portal:member_invite"), data, follow=True)


def _open(party: Party) -> list[str]:
    with organization_scope(party.id):
        return sorted(Invitation.objects.values_list("email", flat=True))


def test_commas_lines_and_repetitions(north, mailoutbox):
    said = _invite(north, "a@north.example, B@north.example\n c@north.example；a@north.example\n\n")
    assert "3 invitations are on their way" in said.content.decode()
    assert _open(north) == ["a@north.example", "b@north.example", "c@north.example"]
    deliver_all()
    assert sorted(mail.to[0] for mail in mailoutbox) == _open(north)


def test_one_that_is_wrong_holds_up_all_and_loses_nothing(north):
    text = f"a@north.example, nonsense, {north.owner.email}"
    refused = _invite(north, text)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Nobody has been invited yet." in page
    assert "nonsense: This is not an e-mail address." in page
    assert f"{north.owner.email}: This person is already a member." in page
    assert text in page.replace("&#x27;", "'")
    assert _open(north) == []


def test_a_single_one_is_refused_by_its_own_sentence(north):
    page = _invite(north, "nonsense").content.decode()
    assert "This is not an e-mail address." in page
    assert "Nobody has been invited" not in page


@pytest.mark.parametrize(("text", "sentence"), [(" ,\n", "at least one"), (" ", "required")])
def test_nobody(north, text, sentence):
    refused = _invite(north, text)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()


def test_at_most_fifty(north):
    assert "at most 50" in _invite(north, ",".join(f"p{n}@north.example" for n in range(51))).content.decode()
    assert _open(north) == []
    assert _invite(north, ",".join(f"p{n}@north.example" for n in range(50))).status_code == 200
    assert len(_open(north)) == 50


def test_nobody_grants_above_the_own_role(north):
    data = {"email": "a@north.example,b@north.example", "role": "owner", "language": "en"}
    assert signed_in(north.manager).post(reverse("portal:member_invite"), data).status_code == 422  # not even offered
    assert _open(north) == []
