"""A company asks to host; an operator decides."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import across_organizations, atomic, organization_scope
from partners.models import HostApplication, Member, Organization, User
from partners.services.decide_host_application import HostApplicationDecidedError, decide_host_application
from tests.outbox import deliver_all

DATA = {
    "organization_name": "Skyline Travel",
    "country": "FR",
    "time_zone": "Europe/Paris",
    "contact_name": "Tara",
    "message": "Trips",
}


def _apply(client, **changes):
    email = f"tara-{uuid4().hex[:8]}@skyline.example"
    address = changes.pop("REMOTE_ADDR", f"2001:db8:{uuid4().hex[:4]}::1")
    return email, client.post(reverse("portal:apply"), DATA | {"contact_email": email} | changes, REMOTE_ADDR=address)


def test_strangers_apply_and_get_nothing_by_it(db, client):
    _email, response = _apply(client)
    assert response["Location"] == reverse("portal:applied")
    with pytest.raises(ProgrammingError, match="permission denied"), atomic():
        HostApplication.objects.count()


@pytest.mark.parametrize("changes", [{"organization_name": ""}, {"contact_name": " "}, {"contact_email": "x"}])
def test_bad_input(db, client, changes):
    _email, response = _apply(client, **changes)
    assert response.status_code == 422


def test_too_many_from_one_address_are_slowed_down(db, client):
    address = f"2001:db8:{uuid4().hex[:4]}:1::1"
    codes = [_apply(client, REMOTE_ADDR=address)[1].status_code for _ in range(6)]
    assert codes == [302] * 5 + [429]


def test_wrong_method(db, client):
    assert client.put(reverse("portal:apply")).status_code == 405


def _operator() -> User:
    with across_organizations(reason="a test's operator"):
        return User.objects.create_user(f"operator-{uuid4().hex[:10]}@example.org", is_staff=True)


def _decide(email: str, operator: User, *, approve: bool) -> HostApplication:
    with across_organizations(reason="a test decides"):
        application = HostApplication.objects.get(contact_email=email)
        decide_host_application(
            operator_id=operator.pk, operator_label="Op", application_id=application.pk, approve=approve, now=utc_now()
        )
        application.refresh_from_db()
        return application


def test_approval_founds_the_organization_and_invites_its_owner(committed, client, mailoutbox):
    operator = _operator()
    email, _response = _apply(client)
    assert [operator.email] in [mail.to for mail in mailoutbox]
    for _ in range(2):  # repeating is harmless
        application = _decide(email, operator, approve=True)
    assert (application.status, application.organization_id) == ("approved", application.id)
    with organization_scope(application.id):
        founded = Organization.objects.get(pk=application.id)
        assert (founded.name, founded.kind, founded.status) == ("Skyline Travel", "host", "active")
        assert not Member.objects.exists()
    deliver_all(application.id)
    [invitation] = [mail for mail in mailoutbox if mail.to == [email]]
    assert "/join/" in invitation.body
    with pytest.raises(HostApplicationDecidedError):
        _decide(email, operator, approve=False)


def test_declining_tells_the_contact(committed, client, mailoutbox):
    operator = _operator()
    email, _response = _apply(client)
    application = _decide(email, operator, approve=False)
    assert (application.status, application.organization_id) == ("declined", None)
    assert [email] in [mail.to for mail in mailoutbox]
