"""An organization is suspended, reinstated and offboarded: who may, what closes, what stays open, what is told."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError, connections
from django.test import Client
from django.urls import reverse

from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.models import Organization, OrganizationStatusChange, User
from partners.services.change_organization_status import StatusReasonMissingError, StatusUnreachableError
from tests.api import Caller, MemberCaller, problem
from tests.cast import (
    Party,
    alliance_of,
    full_cast,
    host_organization,
    join,
    partner_organization,
    signed_in,
)
from tests.operators import at_console, move, operator
from tests.outbox import deliver_all

SUSPENDED, ACTIVE, OFFBOARDED = OrganizationStatus.SUSPENDED, OrganizationStatus.ACTIVE, OrganizationStatus.OFFBOARDED


def status_of(party: Party) -> str:
    with organization_scope(party.id):
        return Organization.objects.get(pk=party.id).status


@pytest.fixture
def north(committed) -> Party:
    return partner_organization(name="North")


def test_members_of_a_suspended_organization_read_and_see_why_and_write_nothing(north):
    move(north, SUSPENDED)
    client = signed_in(north.owner)
    page = client.get(reverse("portal:members"))
    assert page.status_code == 200
    assert "North is suspended." in page.content.decode()
    assert "Papers are missing" in page.content.decode()
    refused = client.post(reverse("portal:member_invite"), {"email": "a@b.example", "role": "viewer", "language": "en"})
    assert refused.status_code == 403
    assert "nothing can be changed" in refused.content.decode()
    assert client.post(reverse("account_logout")).status_code == 302


def test_keys_open_nothing_and_sessions_read(north):
    key, member = Caller(north), MemberCaller(north)
    move(north, SUSPENDED)
    problem(key.get(reverse("api:organization")), 403, "organization_suspended")
    assert member.get(reverse("api:organization")).status_code == 200
    problem(member.post(reverse("api:agreements")), 403, "organization_suspended")
    move(north, ACTIVE, "Papers have come")
    assert key.get(reverse("api:organization")).status_code == 200
    assert "is suspended" not in signed_in(north.owner).get(reverse("portal:members")).content.decode()
    move(north, OFFBOARDED, "The contract has ended")
    problem(key.get(reverse("api:organization")), 403, "organization_offboarded")
    assert member.get(reverse("api:organization")).status_code == 200


def test_nobody_joins_a_suspended_organization(north, mailoutbox):
    guest = partner_organization().owner
    signed_in(north.owner).post(
        reverse("portal:member_invite"), {"email": guest.email, "role": "viewer", "language": "en"}
    )
    deliver_all(north.id)
    link = "/join/" + mailoutbox[-1].body.split("/join/")[1].split()[0]
    move(north, SUSPENDED)
    said = signed_in(guest).post(link, follow=True).content.decode()
    assert "This organization is suspended" in said


def test_every_change_is_audited_and_told_in_the_readers_language(north, mailoutbox):
    finance, manager = north.user(Role.FINANCE), north.user(Role.MANAGER)
    User.objects.filter(pk=north.owner.pk).update(language="zh-hans")
    for _ in range(2):  # repeating is harmless
        move(north, SUSPENDED)
    deliver_all(north.id)
    told = {mail.to[0]: mail for mail in mailoutbox}
    assert set(told) == {north.owner.email, manager.email}
    assert finance.email not in told
    assert "Papers are missing" in told[manager.email].body
    assert told[manager.email].subject == "North is suspended"
    assert told[north.owner.email].subject != told[manager.email].subject
    with organization_scope(north.id):
        [row] = AuditEvent.objects.filter(action="organization.status_changed")
        assert (row.actor_kind, row.before, row.after["status"]) == ("operator", {"status": "active"}, "suspended")
        [change] = OrganizationStatusChange.objects.all()
        assert (change.before, change.after, change.changed_by) == ("active", "suspended", "Op")


@pytest.mark.parametrize(
    "path", [(OFFBOARDED, ACTIVE), (OFFBOARDED, SUSPENDED), (SUSPENDED, OrganizationStatus.APPLYING)]
)
def test_there_is_no_other_way(north, path):
    first, second = path
    move(north, first)
    with pytest.raises(StatusUnreachableError):
        move(north, second)
    assert status_of(north) == first


def test_a_reason_is_wanted(north):
    with pytest.raises(StatusReasonMissingError):
        move(north, SUSPENDED, "  ")
    assert status_of(north) == ACTIVE


def test_agreements_keep_their_history(committed):
    cast = full_cast()
    move(cast.north, OFFBOARDED)
    page = signed_in(cast.north.owner).get(reverse("portal:agreement", args=[cast.agreement.id]))
    assert page.status_code == 200
    assert "has left the platform" in page.content.decode()


# --- What the database refuses --------------------------------------------------------------------------------------


def _sql(party: Party, statement: str, *arguments: object) -> None:
    with organization_scope(party.id), connections["default"].cursor() as cursor:
        cursor.execute(statement, arguments)


@pytest.mark.parametrize("status", ["suspended", "offboarded", "applying"])
def test_an_organization_does_not_change_its_own_status(north, status):
    with pytest.raises(DatabaseError, match="its own status"):
        _sql(north, "UPDATE partners_organization SET status = %s WHERE id = %s", status, north.id)


def test_a_suspended_organization_does_not_free_itself(north):
    move(north, SUSPENDED)
    with pytest.raises(DatabaseError, match="its own status"):
        _sql(north, "UPDATE partners_organization SET status = 'active' WHERE id = %s", north.id)
    with pytest.raises(DatabaseError, match="permission denied"):
        _sql(north, "DELETE FROM partners_organizationstatuschange")
    with pytest.raises(DatabaseError, match="permission denied"):
        _sql(north, "UPDATE partners_organizationstatuschange SET reason = 'none'")


@pytest.mark.parametrize(
    ("first", "second"), [("offboarded", "active"), ("active", "applying"), ("suspended", "applying")]
)
def test_even_an_operator_moves_it_along_its_ways_only(north, first, second):
    if first != "active":
        move(north, OrganizationStatus(first))
    with (
        across_organizations(reason="a test's operator"),
        pytest.raises(DatabaseError, match="no organization goes from"),
        connections["operator"].cursor() as cursor,
    ):
        cursor.execute("UPDATE partners_organization SET status = %s WHERE id = %s", [second, north.id])


def test_no_organization_begins_suspended(north):
    with pytest.raises(DatabaseError, match="begins applying or active"):
        _sql(
            north,
            "INSERT INTO partners_organization (id, parties, name, kind, industry, country, time_zone, status, created_at) "
            "VALUES (gen_random_uuid(), '{}', 'X', 'partner', '', '', 'UTC', 'suspended', now())",
        )


def test_only_active_organizations_join_an_alliance(north):
    host = host_organization()
    alliance = alliance_of(host)
    move(north, SUSPENDED)
    page = signed_in(host.owner).post(
        reverse("portal:partner_add", args=[alliance.id]), {"organization_id": str(north.id), "partner_code": ""}
    )
    assert page.status_code == 422
    with pytest.raises(DatabaseError, match="only active organizations join"):
        _sql(
            host,
            "INSERT INTO partners_alliancemembership (id, parties, alliance_id, host_id, organization_id, partner_code, joined_at) "
            "VALUES (gen_random_uuid(), '{}', %s, %s, %s, '', now())",
            alliance.id,
            host.id,
            north.id,
        )
    move(north, ACTIVE)
    assert join(alliance, north)


# --- The console ----------------------------------------------------------------------------------------------------


@pytest.fixture
def console(committed) -> Client:
    return at_console(operator())


def _address(page: str, party: Party) -> str:
    return reverse(f"admin:partners_organization_{page}", args=[party.id])


def test_an_operator_suspends_and_reinstates_in_the_console(north, console):
    page = console.get(_address("change", north)).content.decode()
    assert _address("suspend", north) in page
    assert _address("reinstate", north) not in page
    assert console.get(_address("suspend", north)).status_code == 200
    assert console.post(_address("suspend", north), {"reason": ""}).status_code == 422
    assert status_of(north) == ACTIVE
    done = console.post(_address("suspend", north), {"reason": "Papers are missing"}, follow=True)
    assert done.redirect_chain == [(_address("change", north), 302)]
    assert status_of(north) == SUSPENDED
    assert console.post(_address("reinstate", north), {"reason": "They came"}).status_code == 302
    assert status_of(north) == ACTIVE
    with across_organizations(reason="a test reads the console's log"):
        entries = list(LogEntry.objects.filter(object_id=str(north.id)).order_by("pk"))
    assert [entry.change_message for entry in entries] == ["Suspend", "Reinstate"]
    assert console.get(reverse("admin:admin_logentry_change", args=[entries[0].pk])).status_code == 200
    assert console.get(_address("history", north)).status_code == 200


def test_nobody_else_does(north):
    for client in (Client(), signed_in(north.owner)):
        response = client.post(_address("suspend", north), {"reason": "x"}, follow=True)
        assert response.status_code == 404 or "/accounts/login/" in response.redirect_chain[-1][0]
    assert status_of(north) == ACTIVE
