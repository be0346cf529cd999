"""What the members page tells, and to whom; what each role may do, in words."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from alliance.kernel.clock import utc_now
from alliance.kernel.permissions import Permission, Role, allows
from partners.models import User
from partners.permission_table import MEANINGS
from tests.cast import Party, member_of, partner_organization, second_factor_of, signed_in


@pytest.fixture
def north(db) -> Party:
    return partner_organization(name="North")


def _page(party: Party, role: Role, name: str = "portal:members", language: str = "en") -> str:
    client = signed_in(party.user(role))
    client.cookies["django_language"] = language
    return re.sub(r"\s+", " ", client.get(reverse(name)).content.decode())


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
def test_owner_and_manager_see_who_is_secured_and_when_they_came(north, role):
    second_factor_of(north.finance)
    User.objects.filter(pk=north.viewer.pk).update(last_login=None)
    page = _page(north, role)
    assert page.count("set up") == 1
    assert "never" in page
    assert str(utc_now().year) in page


@pytest.mark.parametrize("role", [Role.FINANCE, Role.DEVELOPER, Role.VIEWER])
def test_others_do_not(north, role):
    second_factor_of(north.finance)
    page = _page(north, role)
    assert "Second factor" not in page
    assert "Last sign-in" not in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_what_it_may_and_what_it_may_not(north, role, language):
    page = _page(north, role, "portal:member_roles", language)
    own = page[: page.index("<table")]
    may, _, may_not = own.partition("roles-may-not")
    with translation.override(language):
        for permission in Permission:
            held, lacked = (may, may_not) if allows(role, permission) else (may_not, may)
            assert str(MEANINGS[permission]).replace("'", "&#x27;") in held
            assert str(MEANINGS[permission]).replace("'", "&#x27;") not in lacked


def test_the_whole_table_is_the_one_that_decides(north):
    page = _page(north, Role.VIEWER, "portal:member_roles")
    rows = re.findall(r"<tr> <th scope=\"row\".*?</tr>", page)
    assert len(rows) == len(Permission)
    for permission, row in zip(sorted(Permission), rows, strict=True):
        assert row.count(">yes<") == sum(allows(role, permission) for role in Role)


def test_a_member_in_two_organizations_has_two_roles(north):
    south = partner_organization(name="South")
    member_of(south, Role.VIEWER)
    client = signed_in(south.viewer)
    assert "Your role: Viewer" in client.get(reverse("portal:member_roles")).content.decode()
