"""An operator looks at the portal through a member's eyes: reading only, for half an hour, and in the trail."""

from datetime import timedelta

import pytest
from django.db import InternalError, connections
from django.test import Client
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.access.services.end_overdue_viewings import end_overdue_viewings
from partners.access.services.start_viewing import start_viewing
from partners.models import Member, Organization, User, Viewing
from tests.cast import NOW, Party, partner_organization, signed_in
from tests.operators import at_console, operator

pytestmark = pytest.mark.usefixtures("committed")
REASON = "Ticket 4711: the statement page is said to be empty"


@pytest.fixture
def north(committed) -> Party:
    party = partner_organization(name="North Fitness")
    party.user(Role.FINANCE)
    return party


@pytest.fixture
def console(committed) -> Client:
    return at_console(operator())


def _member(party: Party, role: Role) -> Member:
    user = party.user(role)
    with organization_scope(party.id):
        return Member.objects.get(user=user)


def _begin(console: Client, party: Party, role: Role = Role.FINANCE, reason: str = REASON):
    address = reverse("admin:partners_member_view_as", args=[_member(party, role).pk])
    return console.post(address, {"reason": reason}, follow=True)


def _trail(party: Party) -> list[AuditEvent]:
    with organization_scope(party.id):
        return list(AuditEvent.objects.filter(action__startswith="viewing.").order_by("id"))


def test_the_operator_sees_the_portal_as_the_member_does_with_a_banner_on_every_page(north, console):
    page = _begin(console, north).content.decode()
    assert "You see North Fitness as North Fitness finance (Finance)." in page.replace("\n", " ")
    for name in ("portal:members", "portal:agreements", "portal:audit"):
        shown = console.get(reverse(name))
        assert shown.status_code == 200
        assert "viewing-banner" in shown.content.decode(), name
    assert "viewing-banner" in console.get("/no-such-page/").content.decode()
    assert console.get(reverse("portal:organization")).status_code == 403  # finance does not reach it
    assert "viewing-banner" in console.get(reverse("portal:organization")).content.decode()


def test_a_reason_is_required_and_stands_in_the_organizations_own_trail(north, console):
    assert _begin(console, north, reason="  ").status_code == 422
    assert _trail(north) == []
    _begin(console, north)
    [event] = _trail(north)
    assert (event.action, event.actor_kind, event.actor_label) == ("viewing.started", "operator", "Operator")
    assert event.after["reason"] == REASON
    page = signed_in(north.owner).get(reverse("portal:audit")).content.decode()
    assert "viewing.started" in page
    assert "Operator" in page


def test_no_form_passes(north, console):
    _begin(console, north, Role.OWNER)
    for name, data in (
        ("portal:organization", {"name": "Taken", "time_zone": "UTC"}),
        ("portal:member_invite", {"email": "a@north.example", "role": "owner", "language": "en"}),
        ("portal:security_second_factor", {"required": "yes"}),
        ("portal:switch_organization", {"organization_id": str(north.id)}),
        ("portal:apply", {}),
    ):
        refused = console.post(reverse(name), data)
        assert refused.status_code == 403, name
        assert "nothing can be changed" in refused.content.decode()
    with organization_scope(north.id):
        assert Organization.objects.get(pk=north.id).name == "North Fitness"


def test_the_api_reads_and_does_not_write(north, console):
    _begin(console, north, Role.OWNER)
    assert console.get("/api/v1/organization").json()["name"] == "North Fitness"
    for method, path in (
        ("post", "/api/v1/invitations"),
        ("delete", f"/api/v1/members/{_member(north, Role.FINANCE).pk}"),
    ):
        refused = getattr(console, method)(path, "{}", content_type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (403, "viewing_is_read_only")
    assert console.get("/api/v1/api-keys").json()["code"] == "not_permitted"


def test_pages_with_secrets_stay_closed_even_as_an_owner(north, console):
    _begin(console, north, Role.OWNER)
    assert console.get(reverse("portal:api_keys")).status_code == 403
    assert console.get(reverse("portal:api_key_create")).status_code == 403


def test_postgresql_refuses_what_the_door_would_let_pass(north, console, monkeypatch):
    """The second wall, without the first."""
    _begin(console, north, Role.OWNER)
    console.raise_request_exception = False
    monkeypatch.setattr("alliance.portal.middleware.READING", frozenset({"GET", "POST"}))
    failed = console.post(reverse("portal:organization"), {"name": "Taken", "time_zone": "UTC"})
    assert failed.status_code == 500
    with organization_scope(north.id):
        assert Organization.objects.get(pk=north.id).name == "North Fitness"


def test_a_read_only_scope_writes_nothing_and_the_next_one_does(north):
    with pytest.raises(InternalError, match="read-only"), organization_scope(north.id, read_only=True):
        Organization.objects.filter(pk=north.id).update(industry="x")
    with organization_scope(north.id):
        Organization.objects.filter(pk=north.id).update(industry="fitness")
    with organization_scope(north.id), connections["default"].cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("off",)


def test_it_ends_when_the_operator_ends_it(north, console):
    _begin(console, north)
    ended = console.post(reverse("portal:viewing_end"))
    assert ended["Location"] == reverse("admin:partners_member_changelist")
    assert [event.action for event in _trail(north)] == ["viewing.started", "viewing.ended"]
    assert console.get(reverse("admin:index")).status_code == 200
    assert console.get(reverse("portal:members"))["Location"] == reverse("portal:no_organization")
    assert console.post(reverse("portal:viewing_end"))["Location"] == reverse("portal:home")  # again
    assert len(_trail(north)) == 2


def test_signing_out_works_in_the_middle_of_it(north, console):
    _begin(console, north)
    assert console.post(reverse("account_logout")).status_code == 302
    assert console.get(reverse("portal:members"))["Location"].startswith(reverse("account_login"))


def test_the_language_changes_for_the_operator_alone(north, console):
    User.objects.filter(pk=north.finance.pk).update(language="en")
    _begin(console, north)
    assert console.post(reverse("portal:set_language"), {"language": "zh-hans"}).status_code == 302
    assert User.objects.get(pk=north.finance.pk).language == "en"


@pytest.mark.parametrize("path", ["/admin/", "/accounts/email/", "/sessions/", "/accounts/2fa/"])
def test_the_operators_own_account_waits(north, console, path):
    _begin(console, north)
    assert console.get(path)["Location"] == reverse("portal:home")
    assert console.post(path)["Location"] == reverse("portal:home")


def _expire(party: Party) -> None:
    with organization_scope(party.id):
        Viewing.objects.update(
            started_at=utc_now() - timedelta(minutes=31), expires_at=utc_now() - timedelta(minutes=1)
        )


def test_it_is_over_after_half_an_hour_and_the_clock_writes_it_down(north, console):
    _begin(console, north)
    with organization_scope(north.id):
        viewing = Viewing.objects.get()
    assert viewing.expires_at - viewing.started_at == timedelta(minutes=30)
    _expire(north)
    assert console.get(reverse("portal:members"))["Location"] == reverse("portal:no_organization")
    assert console.get("/api/v1/organization").json()["code"] == "no_organization"
    assert end_overdue_viewings(now=utc_now()) >= 1
    assert [event.action for event in _trail(north)] == ["viewing.started", "viewing.ended"]
    assert end_overdue_viewings(now=utc_now()) == 0


def test_it_is_over_when_the_member_leaves_or_the_operator_is_none_any_more(north, console):
    _begin(console, north)
    with across_organizations(reason="a test takes the operator's access away"):
        User.objects.filter(pk=console.user.pk).update(is_staff=False)
    assert console.get(reverse("portal:members"))["Location"] == reverse("portal:no_organization")

    other = at_console(operator())
    _begin(other, north)
    with organization_scope(north.id):
        Member.objects.filter(user=north.finance).delete()
    assert other.get(reverse("portal:members"))["Location"] == reverse("portal:no_organization")


def test_the_role_is_the_members_present_one(north, console):
    _begin(console, north)
    with organization_scope(north.id):
        Member.objects.filter(user=north.finance).update(role=Role.VIEWER)
    assert console.get(reverse("portal:audit")).status_code == 403


def test_the_number_of_a_view_in_anothers_session_opens_nothing(north, console):
    _begin(console, north)
    thief = at_console(operator())
    session = thief.session
    session["viewing"] = console.session["viewing"]
    session.save()
    assert thief.get(reverse("portal:members"))["Location"] == reverse("portal:no_organization")


def test_only_operators_look(north):
    address = reverse("admin:partners_member_view_as", args=[_member(north, Role.FINANCE).pk])
    for client in (Client(), signed_in(north.owner)):
        response = client.post(address, {"reason": REASON}, follow=True)
        assert response.status_code == 404 or "/accounts/login/" in response.redirect_chain[-1][0]
    with pytest.raises(NotPermittedError), organization_scope(north.id):
        start_viewing(actor=north.actor(), member_id=_member(north, Role.FINANCE).pk, reason=REASON, now=NOW)
    assert _trail(north) == []
